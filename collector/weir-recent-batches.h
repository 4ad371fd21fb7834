/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"

G_BEGIN_DECLS

/**
 * WeirRecentBatches:
 *
 * The newest batches of the journal, in order, so that consumers which keep up need not read them
 * from the disk. Not locked: the journal's mutex guards it.
 */
typedef struct _WeirRecentBatches WeirRecentBatches;

WeirRecentBatches *weir_recent_batches_new           (void);
void               weir_recent_batches_free          (WeirRecentBatches  *self);
void               weir_recent_batches_push          (WeirRecentBatches  *self,
                                                      WeirEventBatch     *batch,
                                                      gint64              received);
guint64            weir_recent_batches_trim          (WeirRecentBatches  *self,
                                                      gsize               max_bytes,
                                                      guint64             until);
void               weir_recent_batches_drop          (WeirRecentBatches  *self,
                                                      guint64             until);
WeirEventBatch    *weir_recent_batches_find          (WeirRecentBatches  *self,
                                                      guint64             after,
                                                      gint64             *received);
guint64            weir_recent_batches_get_first_seq (WeirRecentBatches  *self);
gsize              weir_recent_batches_get_bytes     (WeirRecentBatches  *self);

G_END_DECLS
