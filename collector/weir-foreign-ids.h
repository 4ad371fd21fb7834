/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"

G_BEGIN_DECLS

/**
 * WeirForeignIds:
 *
 * The message ids of the last events that other collectors have and told of. A window of its own,
 * so that they push out none of this collector's. Any thread may use it.
 */
typedef struct _WeirForeignIds WeirForeignIds;

WeirForeignIds *weir_foreign_ids_new       (guint            capacity,
                                            guint64          seed);
void            weir_foreign_ids_free      (WeirForeignIds  *self);
void            weir_foreign_ids_add       (WeirForeignIds  *self,
                                            WeirEventBatch  *batch);
gboolean        weir_foreign_ids_has       (WeirForeignIds  *self,
                                            const guint64    hash[2]);
guint           weir_foreign_ids_get_count (WeirForeignIds  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirForeignIds, weir_foreign_ids_free)

G_END_DECLS
