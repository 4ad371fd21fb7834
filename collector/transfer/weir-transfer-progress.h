/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirTransferProgress:
 *
 * Tells on stderr how far it is: one line that changes on a terminal, a line now and then
 * elsewhere. Belongs to one thread.
 */
typedef struct _WeirTransferProgress WeirTransferProgress;

WeirTransferProgress *weir_transfer_progress_new    (const char            *doing,
                                                     gboolean               is_quiet);
void                  weir_transfer_progress_free   (WeirTransferProgress  *self);
void                  weir_transfer_progress_show   (WeirTransferProgress  *self,
                                                     guint64                n_events,
                                                     guint64                done,
                                                     guint64                total);
void                  weir_transfer_progress_say    (WeirTransferProgress  *self,
                                                     const char            *format,
                                                     ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirTransferProgress, weir_transfer_progress_free)

GCancellable *weir_transfer_signals_watch (void);

G_END_DECLS
