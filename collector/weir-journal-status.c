/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-private.h"

/**
 * weir_journal_get_last_seq:
 * @self: a journal
 *
 * Returns: seq of the last event that was accepted
 */
guint64
weir_journal_get_last_seq (WeirJournal *self)
{
  guint64 last_seq;

  g_return_val_if_fail (WEIR_IS_JOURNAL (self), 0);

  g_mutex_lock (&self->mutex);
  last_seq = self->last_seq;
  g_mutex_unlock (&self->mutex);

  return last_seq;
}

/**
 * weir_journal_get_retry_after:
 * @self: a journal
 *
 * Returns: when a refused request may succeed, in whole seconds, from 1 to 60
 */
guint
weir_journal_get_retry_after (WeirJournal *self)
{
  guint64 n_behind;
  WeirDrainRate drain;

  g_mutex_lock (&self->mutex);
  n_behind = self->last_seq - MIN (self->cursor, self->last_seq);
  drain = self->drain;
  if (!self->is_healthy)
    drain.rate = 0;
  g_mutex_unlock (&self->mutex);

  return weir_drain_rate_get_retry_after (&drain, n_behind);
}

/**
 * weir_journal_get_status:
 * @self: a journal
 * @status: (out): how it is, all of one instant
 */
void
weir_journal_get_status (WeirJournal       *self,
                         WeirJournalStatus *status)
{
  gint64 oldest = 0;

  g_mutex_lock (&self->mutex);
  status->ledger = self->ledger;
  status->ledger.stored = self->stored;
  status->ledger.dead_lettered += self->sink_dead_lettered;
  status->ledger.queued = self->ledger.accepted - MIN (self->stored + status->ledger.dead_lettered,
                                                       self->ledger.accepted);
  status->bytes = self->file_bytes;
  status->waiting_bytes = self->waiting_bytes;
  status->n_commits = self->n_commits;
  status->cursor = self->cursor;
  status->healthy = self->is_healthy;
  g_strlcpy (status->reason, self->reason, sizeof status->reason);
  status->oldest = self->handed_out;
  if (status->oldest == 0 &&
      weir_recent_batches_find (self->recent, self->cursor, &oldest) != NULL)
    status->oldest = oldest;
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_journal_get_sources:
 * @self: a journal
 *
 * Returns: (transfer none): the ledger by source
 */
WeirSourceLedger *
weir_journal_get_sources (WeirJournal *self)
{
  return self->sources;
}

/**
 * weir_journal_set_others:
 * @self: a journal that was not started
 * @others: message ids that other collectors have; must outlive the journal's thread
 *
 * Lets events that another collector has be duplicates here.
 */
void
weir_journal_set_others (WeirJournal    *self,
                         WeirForeignIds *others)
{
  g_return_if_fail (WEIR_IS_JOURNAL (self));
  g_return_if_fail (self->thread == NULL);

  self->others = others;
}

/**
 * weir_journal_get_hash_seed:
 * @self: a journal
 *
 * Returns: the seed for [method@Weir.Event.hash_id]
 */
guint64
weir_journal_get_hash_seed (WeirJournal *self)
{
  return weir_journal_file_get_hash_seed (self->file);
}

/**
 * weir_journal_get_instance:
 * @self: a journal
 *
 * Returns: (transfer none): the name of the data directory, see [method@Weir.Event.format_id]
 */
const char *
weir_journal_get_instance (WeirJournal *self)
{
  return weir_journal_file_get_instance (self->file);
}
