/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-reply-queue.h"

#include "weir-journal.h"

struct _WeirReplyQueue {
  GSource *source;
  GMutex mutex;
  WeirJournalEntry *first;
  WeirJournalEntry **last;
  int is_waiting;   /* atomic: whether there is anything to deliver */
};

typedef struct {
  GSource parent;
  WeirReplyQueue *queue;
} ReplySource;

static gboolean
reply_source_check (GSource *source)
{
  return g_atomic_int_get (&((ReplySource *) source)->queue->is_waiting);
}

static gboolean
reply_source_prepare (GSource *source,
                      int     *timeout)
{
  *timeout = -1;
  return reply_source_check (source);
}

static gboolean
reply_source_dispatch (GSource     *source,
                       GSourceFunc  callback,
                       gpointer     user_data)
{
  WeirReplyQueue *self = ((ReplySource *) source)->queue;
  WeirJournalEntry *entry;

  g_mutex_lock (&self->mutex);
  entry = g_steal_pointer (&self->first);
  self->last = &self->first;
  g_atomic_int_set (&self->is_waiting, FALSE);
  g_mutex_unlock (&self->mutex);

  while (entry != NULL)
    {
      WeirJournalEntry *next = entry->next;

      entry->next = NULL;
      entry->done (entry);
      entry = next;
    }

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs reply_source_funcs = {
  reply_source_prepare,
  reply_source_check,
  reply_source_dispatch,
  NULL,
};

/**
 * weir_reply_queue_new:
 * @context: the main context in which entries are to be delivered
 *
 * Returns: (transfer full): a queue
 */
WeirReplyQueue *
weir_reply_queue_new (GMainContext *context)
{
  WeirReplyQueue *self = g_new0 (WeirReplyQueue, 1);

  g_mutex_init (&self->mutex);
  self->last = &self->first;
  self->source = g_source_new (&reply_source_funcs, sizeof (ReplySource));
  ((ReplySource *) self->source)->queue = self;
  g_source_set_static_name (self->source, "[weir] journal replies");
  g_source_attach (self->source, context);

  return self;
}

/**
 * weir_reply_queue_free:
 * @self: (transfer full): a queue that no entry in the journal names any more
 */
void
weir_reply_queue_free (WeirReplyQueue *self)
{
  g_return_if_fail (self->first == NULL);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_reply_queue_push:
 * @self: a queue
 * @entry: an entry whose outcome is known
 *
 * Has the entry's `done` called in the queue's main context. May be called from any thread.
 */
void
weir_reply_queue_push (WeirReplyQueue   *self,
                       WeirJournalEntry *entry)
{
  gboolean was_waiting;

  entry->next = NULL;
  g_mutex_lock (&self->mutex);
  *self->last = entry;
  self->last = &entry->next;
  was_waiting = self->is_waiting;
  g_atomic_int_set (&self->is_waiting, TRUE);
  g_mutex_unlock (&self->mutex);

  if (!was_waiting)
    g_main_context_wakeup (g_source_get_context (self->source));
}
