/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-error.h"
#include "weir-store-private.h"

typedef struct {
  GMutex mutex;
  WeirStoreCounts counts;
} WeirStorePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirStore, weir_store, G_TYPE_OBJECT)

static void
weir_store_finalize (GObject *object)
{
  WeirStorePrivate *priv = weir_store_get_instance_private (WEIR_STORE (object));

  g_mutex_clear (&priv->mutex);

  G_OBJECT_CLASS (weir_store_parent_class)->finalize (object);
}

static void
weir_store_class_init (WeirStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_store_finalize;
}

static void
weir_store_init (WeirStore *self)
{
  WeirStorePrivate *priv = weir_store_get_instance_private (self);

  g_mutex_init (&priv->mutex);
}

static gboolean
cannot (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                       "this store cannot do that");
  return FALSE;
}

/**
 * weir_store_open:
 * @self: a store
 * @error: return location for an error
 *
 * Opens the store, brings its layout up to date and reads its counts. To be called once, before the
 * writer thread starts; from then on everything but get_counts() belongs to that thread.
 *
 * Returns: whether it is open
 */
gboolean
weir_store_open (WeirStore  *self,
                 GError    **error)
{
  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  return WEIR_STORE_GET_CLASS (self)->open (self, error);
}

/**
 * weir_store_write:
 * @self: an open store
 * @batches: (array length=n_batches): numbered batches, in order
 * @n_batches: how many
 * @persons: (out caller-allocates): room for a person id for each event of all batches
 * @error: return location for an error
 *
 * Stores batches and moves the cursor behind them, in one transaction. Events at or before the
 * cursor are left out, so that a batch may be given again after a failure: each event is stored
 * exactly once.
 *
 * Returns: whether they are stored; otherwise nothing has changed
 */
gboolean
weir_store_write (WeirStore       *self,
                  WeirEventBatch **batches,
                  guint            n_batches,
                  WeirPersonId    *persons,
                  GError         **error)
{
  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  return WEIR_STORE_GET_CLASS (self)->write (self, batches, n_batches, persons, error);
}

/**
 * weir_store_maintain:
 * @self: an open store
 * @now: the wall clock, microseconds since the epoch
 * @idle: whether nothing waits to be stored
 *
 * Does a bounded piece of upkeep, some 20 ms at most.
 *
 * Returns: whether there is more to do at once
 */
gboolean
weir_store_maintain (WeirStore *self,
                     gint64     now,
                     gboolean   idle)
{
  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  return WEIR_STORE_GET_CLASS (self)->maintain (self, now, idle);
}

/**
 * weir_store_foreach_message_id:
 * @self: an open store
 * @max: look at so many of the newest events
 * @func: (scope call): called with events of which only source and message id are set, oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Lists message ids, for the dedup window.
 *
 * Returns: whether they could be read
 */
gboolean
weir_store_foreach_message_id (WeirStore        *self,
                               guint             max,
                               WeirStoreIdFunc   func,
                               gpointer          user_data,
                               GError          **error)
{
  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  return WEIR_STORE_GET_CLASS (self)->foreach_message_id (self, max, func, user_data, error);
}

/**
 * weir_store_foreach_since:
 * @self: an open store
 * @received: receipt time, microseconds since the epoch
 * @max: at most so many of the newest events
 * @func: (scope call): called with what health is measured by: name, source, dependency, value,
 * duration, flags and times; oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Lists recent events, to warm up what is kept in memory about them.
 *
 * Returns: whether they could be read
 */
gboolean
weir_store_foreach_since (WeirStore        *self,
                          gint64            received,
                          guint             max,
                          WeirStoreIdFunc   func,
                          gpointer          user_data,
                          GError          **error)
{
  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  return WEIR_STORE_GET_CLASS (self)->foreach_since (self, received, max, func, user_data, error);
}

/**
 * weir_store_steal_notices:
 * @self: a store
 *
 * Gets what became of who is who since the last call; bounded. From the writer's thread, after a
 * write.
 *
 * Returns: (transfer full) (element-type WeirIdentityNotice) (nullable): the notices, in order, or
 *   %NULL when there are none
 */
GPtrArray *
weir_store_steal_notices (WeirStore *self)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), NULL);

  klass = WEIR_STORE_GET_CLASS (self);
  return klass->steal_notices != NULL ? klass->steal_notices (self) : NULL;
}

/**
 * weir_store_set_edge_voided:
 * @self: an open store
 * @edge: number of an edge
 * @is_voided: %TRUE to take it back, %FALSE to let it count again
 * @error: return location for an error
 *
 * Changes whether an edge counts; whoever it concerns is worked out anew. Between two writes.
 *
 * Returns: whether it is so now; %WEIR_ERROR_NOT_FOUND when there is no such edge,
 *   %WEIR_ERROR_INVALID_REQUEST when it can have no effect
 */
gboolean
weir_store_set_edge_voided (WeirStore  *self,
                            gint64      edge,
                            gboolean    is_voided,
                            GError    **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->set_edge_voided == NULL)
    return cannot (error);

  return klass->set_edge_voided (self, edge, is_voided, error);
}

/**
 * weir_store_merge_persons:
 * @self: an open store
 * @from: the person that joins
 * @to: the person that stays
 * @now: the wall clock, microseconds since the epoch
 * @edge: (out): number of the edge that says so
 * @error: return location for an error
 *
 * Makes two persons one, identified or not. Between two writes.
 *
 * Returns: whether they are one; %WEIR_ERROR_NOT_FOUND when there is no such person,
 *   %WEIR_ERROR_INVALID_REQUEST when they are the same
 */
gboolean
weir_store_merge_persons (WeirStore           *self,
                          const WeirPersonId  *from,
                          const WeirPersonId  *to,
                          gint64               now,
                          gint64              *edge,
                          GError             **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->merge_persons == NULL)
    return cannot (error);

  return klass->merge_persons (self, from, to, now, edge, error);
}

/**
 * weir_store_delete_person:
 * @self: an open store
 * @person: a person
 * @receipt: (out): what was done; to be cleared
 * @error: return location for an error
 *
 * Deletes a person with its events, ids, edges, properties and dead letters, makes sure that their
 * texts are in no part of the file, and counts again. Between two writes.
 *
 * Returns: whether it was deleted; %WEIR_ERROR_NOT_FOUND when there is no such person
 */
gboolean
weir_store_delete_person (WeirStore           *self,
                          const WeirPersonId  *person,
                          WeirErasureReceipt  *receipt,
                          GError             **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->delete_person == NULL)
    return cannot (error);

  return klass->delete_person (self, person, receipt, error);
}

/**
 * weir_store_put_cohort:
 * @self: an open store
 * @cohort: what to save, in place of one of the same name
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it is saved
 */
gboolean
weir_store_put_cohort (WeirStore              *self,
                       const WeirSavedCohort  *cohort,
                       GError                **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->put_cohort == NULL)
    return cannot (error);

  return klass->put_cohort (self, cohort, error);
}

/**
 * weir_store_remove_cohort:
 * @self: an open store
 * @name: name of a saved cohort
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it is gone; %WEIR_ERROR_NOT_FOUND when it was not there
 */
gboolean
weir_store_remove_cohort (WeirStore   *self,
                          const char  *name,
                          GError     **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->remove_cohort == NULL)
    return cannot (error);

  return klass->remove_cohort (self, name, error);
}

/**
 * weir_store_put_question:
 * @self: an open store
 * @question: what to save, in place of one of the same name
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it is saved; %WEIR_ERROR_INVALID_REQUEST when there are too many
 */
gboolean
weir_store_put_question (WeirStore                *self,
                         const WeirSavedQuestion  *question,
                         GError                  **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->put_question == NULL)
    return cannot (error);

  return klass->put_question (self, question, error);
}

/**
 * weir_store_remove_question:
 * @self: an open store
 * @name: name of a saved question
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it is gone; %WEIR_ERROR_NOT_FOUND when it was not there
 */
gboolean
weir_store_remove_question (WeirStore   *self,
                            const char  *name,
                            GError     **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->remove_question == NULL)
    return cannot (error);

  return klass->remove_question (self, name, error);
}

/**
 * weir_store_add_dead_letter:
 * @self: an open store
 * @letter: an event that could not be delivered for good, and the sink that gave up
 * @error: return location for an error
 *
 * Keeps it to be looked at, edited and sent again. Between two writes; for sinks in
 * [func@Weir.StoreSink.run_async]. The ledger is the caller's care: it counts only events that are
 * not stored.
 *
 * Returns: whether it is kept
 */
gboolean
weir_store_add_dead_letter (WeirStore             *self,
                            const WeirDeadLetter  *letter,
                            GError               **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->add_dead_letter == NULL)
    return cannot (error);

  return klass->add_dead_letter (self, letter, error);
}

/**
 * weir_store_edit_dead_letter:
 * @self: an open store
 * @id: a dead letter
 * @event: the event as it is to be, valid
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it was changed; %WEIR_ERROR_NOT_FOUND when it is not there
 */
gboolean
weir_store_edit_dead_letter (WeirStore   *self,
                             gint64       id,
                             const char  *event,
                             GError     **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->edit_dead_letter == NULL)
    return cannot (error);

  return klass->edit_dead_letter (self, id, event, error);
}

/**
 * weir_store_set_dead_letter:
 * @self: an open store
 * @id: a dead letter
 * @fate: what becomes of it
 * @error: return location for an error
 *
 * Between two writes.
 *
 * Returns: whether it was done; %WEIR_ERROR_NOT_FOUND when it is not there
 */
gboolean
weir_store_set_dead_letter (WeirStore           *self,
                            gint64               id,
                            WeirDeadLetterFate   fate,
                            GError             **error)
{
  WeirStoreClass *klass;

  g_return_val_if_fail (WEIR_IS_STORE (self), FALSE);

  klass = WEIR_STORE_GET_CLASS (self);
  if (klass->set_dead_letter == NULL)
    return cannot (error);

  return klass->set_dead_letter (self, id, fate, error);
}

/**
 * weir_erasure_receipt_clear:
 * @self: a receipt
 *
 * Frees what it holds.
 */
void
weir_erasure_receipt_clear (WeirErasureReceipt *self)
{
  g_clear_pointer (&self->ids, g_ptr_array_unref);
}

/**
 * weir_store_close:
 * @self: a store
 *
 * Closes the store; what was written stays.
 */
void
weir_store_close (WeirStore *self)
{
  g_return_if_fail (WEIR_IS_STORE (self));

  WEIR_STORE_GET_CLASS (self)->close (self);
}

/**
 * weir_store_get_counts:
 * @self: a store
 * @counts: (out): its counts, all of one transaction
 *
 * May be called from any thread.
 */
void
weir_store_get_counts (WeirStore       *self,
                       WeirStoreCounts *counts)
{
  WeirStorePrivate *priv = weir_store_get_instance_private (self);

  g_mutex_lock (&priv->mutex);
  *counts = priv->counts;
  g_mutex_unlock (&priv->mutex);
}

/**
 * weir_store_set_counts:
 * @self: a store
 * @counts: what its last transaction left
 *
 * For implementations of stores.
 */
void
weir_store_set_counts (WeirStore             *self,
                       const WeirStoreCounts *counts)
{
  WeirStorePrivate *priv = weir_store_get_instance_private (self);

  g_mutex_lock (&priv->mutex);
  priv->counts = *counts;
  g_mutex_unlock (&priv->mutex);
}
