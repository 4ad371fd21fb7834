/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-store.h"

G_BEGIN_DECLS

/* Does something with the store, in the store's thread, between two transactions. Returns what the
 * caller is to be told, or sets @error. */
typedef GBytes *(*WeirStoreFunc) (WeirStore  *store,
                                  gpointer    data,
                                  GError    **error);

/**
 * WeirStoreCommands:
 *
 * What others want done with the store, in order. Each waits until the store has everything that
 * was accepted before it, so that who asks for a change sees its own events. Any thread may add
 * some; only the store's thread runs them.
 */
typedef struct _WeirStoreCommands WeirStoreCommands;

WeirStoreCommands *weir_store_commands_new    (void);
void               weir_store_commands_free   (WeirStoreCommands  *self);
gboolean           weir_store_commands_push   (WeirStoreCommands  *self,
                                               guint64             after,
                                               WeirStoreFunc       func,
                                               gpointer            data,
                                               GDestroyNotify      data_destroy,
                                               GTask              *task);
gboolean           weir_store_commands_run    (WeirStoreCommands  *self,
                                               WeirStore          *store,
                                               guint64             cursor);
void               weir_store_commands_refuse (WeirStoreCommands  *self,
                                               const GError       *error,
                                               gboolean            for_good);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirStoreCommands, weir_store_commands_free)

G_END_DECLS
