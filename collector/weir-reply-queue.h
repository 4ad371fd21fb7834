/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WeirJournalEntry WeirJournalEntry;

/* Called in the thread of the entry's reply queue, once, when the entry is durable or has failed.
 */
typedef void (*WeirJournalDoneFunc) (WeirJournalEntry *entry);

/**
 * WeirReplyQueue:
 *
 * Brings finished entries back to the main context that waits for them, one wake-up for as
 * many as there are.
 */
typedef struct _WeirReplyQueue WeirReplyQueue;

WeirReplyQueue *weir_reply_queue_new   (GMainContext      *context);
void            weir_reply_queue_free  (WeirReplyQueue    *self);
void            weir_reply_queue_push  (WeirReplyQueue    *self,
                                        WeirJournalEntry  *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirReplyQueue, weir_reply_queue_free)

G_END_DECLS
