/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-shared.h"

#include "weir-error.h"
#include "weir-sqlite.h"
#include "weir-sqlite-store-private.h"

/*
 * All collectors apply the same entries in the same order to files that were empty, with the code
 * that applies events where nothing is shared. So persons, numbers of identities and of edges come
 * out the same in each, and rows that carry them mean the same to all.
 *
 * What is compared when persons are worked out anew are positions in the stream. Seqs of several
 * collectors have no order among each other, so the position here is the entry's ordinal number in
 * the log.
 */

/* What was found to be new in this batch, so that it is said once. */
typedef struct {
  WeirSqliteStore *store;
  GHashTable *said;   /* of GString */
} Search;

static gboolean
say_once (Search     *self,
          char        kind,
          const char *text,
          gsize       length)
{
  GString *key = g_string_sized_new (length + 2);

  g_string_append_c (key, kind);
  g_string_append_len (key, text, (gssize) length);
  return g_hash_table_add (self->said, key);
}

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

/* Looks at all of it, so that what follows in the batch is not said again. */
static gboolean
is_news (Search          *self,
         const WeirEvent *event,
         WeirEventText    which)
{
  WeirSqliteStore *store = self->store;
  g_autoptr(GString) pair = g_string_new (NULL);
  gboolean is_new = (event->flags & WEIR_EVENT_SETS_PERSON) != 0;

  if (weir_sqlite_identities_find (store->identities, event->text[which], event->length[which]) ==
      0)
    is_new |= say_once (self, 'i', event->text[which], event->length[which]);
  if (!weir_sqlite_store_knows (store, event, WEIR_EVENT_NAME))
    is_new |= say_once (self, 'n', event->text[WEIR_EVENT_NAME], event->length[WEIR_EVENT_NAME]);
  if (!weir_sqlite_store_knows (store, event, WEIR_EVENT_SOURCE))
    is_new |= say_once (self, 's', event->text[WEIR_EVENT_SOURCE],
                        event->length[WEIR_EVENT_SOURCE]);
  if (weir_sqlite_edges_is_news (store->edges, event, pair))
    is_new |= say_once (self, 'p', pair->str, pair->len);

  return is_new;
}

/**
 * weir_sqlite_shared_find_news:
 * @store: an open store that shares
 * @batches: (element-type WeirEventBatch): events, in order
 * @after: those up to this seq are dealt with
 * @until: those up to this one are to be
 * @present: seqs whose news is in the log already
 * @refused: seqs that the log does not take, which are looked at no more
 * @error: return location for an error
 *
 * Finds what others have to be told: an id, a name or a source that is not known here, a statement
 * that has no line, and whatever sets a person's properties. It does not matter when something is
 * told twice.
 *
 * Returns: (transfer full) (nullable) (element-type WeirSharedEntry): the news
 */
GPtrArray *
weir_sqlite_shared_find_news (WeirSqliteStore  *store,
                              GPtrArray        *batches,
                              guint64           after,
                              guint64           until,
                              GHashTable       *present,
                              GHashTable       *refused,
                              GError          **error)
{
  g_autoptr(GPtrArray) news =
    g_ptr_array_new_with_free_func ((GDestroyNotify) weir_shared_entry_free);
  g_autoptr(GHashTable) said = g_hash_table_new_full ((GHashFunc) g_string_hash,
                                                      (GEqualFunc) g_string_equal, free_string,
                                                      NULL);
  Search search = { store, said };

  /* Reads again what a transaction that failed has left. */
  if (!weir_sqlite_store_begin (store, error))
    return NULL;
  for (guint i = 0; i < batches->len; i++)
    {
      WeirEventBatch *batch = g_ptr_array_index (batches, i);
      WeirEventIter iter;
      WeirEvent event;

      if (weir_event_batch_get_last_seq (batch) <= after ||
          weir_event_batch_get_first_seq (batch) > until)
        continue;
      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        {
          WeirEventText which = weir_event_get_identity (&event);

          if (event.seq <= after || event.seq > until || which == WEIR_EVENT_N_TEXTS ||
              event.text[WEIR_EVENT_NAME] == NULL || event.text[WEIR_EVENT_SOURCE] == NULL ||
              g_hash_table_contains (refused, &event.seq))
            continue;
          if (is_news (&search, &event, which) && !g_hash_table_contains (present, &event.seq))
            g_ptr_array_add (news, weir_shared_entry_new_event (&event));
        }
    }
  return weir_sqlite_store_end (store, TRUE, error) ? g_steal_pointer (&news) : NULL;
}

/* In the transaction that is open. */
gboolean
weir_sqlite_shared_put_place (WeirSqliteStore  *store,
                              GError          **error)
{
  sqlite3_stmt *update = NULL;
  const WeirSharedPlace *place = &store->place;
  gboolean ok;

  if (sqlite3_prepare_v2 (store->db,
                          "UPDATE shared SET ordinal = ?1, stamp = ?2, collector = ?3, seq = ?4,"
                          " n = ?5", -1, &update, NULL) != SQLITE_OK)
    return weir_sqlite_fail (store->db, "the store", "written", error);
  sqlite3_bind_int64 (update, 1, store->ordinal);
  sqlite3_bind_int64 (update, 2, place->stamp);
  sqlite3_bind_text (update, 3, place->collector != NULL ? place->collector : "", -1,
                     SQLITE_STATIC);
  sqlite3_bind_int64 (update, 4, (gint64) place->seq);
  sqlite3_bind_int64 (update, 5, (gint64) place->n);
  ok = sqlite3_step (update) == SQLITE_DONE ||
       weir_sqlite_fail (store->db, "the store", "written", error);
  sqlite3_finalize (update);

  return ok;
}

/* Reads again how far it is, after a transaction that was rolled back as well. */
static gboolean
load_place (WeirSqliteStore  *store,
            GError          **error)
{
  sqlite3_stmt *select = NULL;
  gboolean ok = FALSE;

  if (sqlite3_prepare_v2 (store->db, "SELECT ordinal, stamp, collector, seq, n FROM shared", -1,
                          &select, NULL) == SQLITE_OK &&
      sqlite3_step (select) == SQLITE_ROW)
    {
      WeirSharedPlace place = {
        .stamp = sqlite3_column_int64 (select, 1),
        .collector = (char *) sqlite3_column_text (select, 2),
        .seq = (guint64) sqlite3_column_int64 (select, 3),
        .n = (guint64) sqlite3_column_int64 (select, 4),
      };

      store->ordinal = sqlite3_column_int64 (select, 0);
      weir_shared_place_copy (&store->place, &place);
      ok = TRUE;
    }
  if (!ok)
    weir_sqlite_fail (store->db, "the store", "read", error);
  sqlite3_finalize (select);

  return ok;
}

/* As an event of the stream, at its position in the log. */
static gboolean
apply_news (WeirSqliteStore  *store,
            WeirSharedEntry  *entry,
            GError          **error)
{
  WeirEventText which = weir_event_get_identity (&entry->event);
  WeirEvent event = entry->event;
  WeirPersonId person;
  gboolean ok;

  /* Written by another program. */
  if (which == WEIR_EVENT_N_TEXTS || event.text[WEIR_EVENT_NAME] == NULL ||
      event.text[WEIR_EVENT_SOURCE] == NULL)
    return TRUE;
  event.seq = (guint64) store->ordinal;
  weir_sqlite_edges_set_origin (store->edges, entry->place.seq);
  ok = weir_sqlite_store_settle (store, &event, which, &person, error);
  weir_sqlite_edges_set_origin (store->edges, 0);

  return ok;
}

static gboolean
parse_persons (const WeirSharedEntry  *entry,
               WeirPersonId           *person,
               WeirPersonId           *other,
               GError                **error)
{
  if (entry->person != NULL && weir_person_id_parse (person, entry->person) &&
      (entry->kind != WEIR_SHARED_MERGE ||
       (entry->other != NULL && weir_person_id_parse (other, entry->other))))
    return TRUE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such person");
  return FALSE;
}

static gboolean
run_command (WeirSqliteStore        *store,
             const WeirSharedEntry  *entry,
             gint64                 *edge,
             WeirErasureReceipt     *receipt,
             GError                **error)
{
  WeirPersonId person, other;

  switch (entry->kind)
    {
    case WEIR_SHARED_VOID:
    case WEIR_SHARED_RESTORE:
      *edge = entry->edge;
      return weir_store_set_edge_voided (WEIR_STORE (store), entry->edge,
                                         entry->kind == WEIR_SHARED_VOID, error);

    case WEIR_SHARED_MERGE:
      return parse_persons (entry, &person, &other, error) &&
             weir_store_merge_persons (WEIR_STORE (store), &other, &person, entry->event.timestamp,
                                       edge, error);

    case WEIR_SHARED_DELETE:
      return parse_persons (entry, &person, &other, error) &&
             weir_store_delete_person (WEIR_STORE (store), &person, receipt, error);

    case WEIR_SHARED_NEWS:
    default:
      return TRUE;
    }
}

/* Whether the same comes out everywhere, so that the log goes on behind it. */
static gboolean
is_verdict (const GError *error)
{
  return g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND) ||
         g_error_matches (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

static void
step_to (WeirSqliteStore       *store,
         const WeirSharedEntry *entry)
{
  store->ordinal++;
  weir_shared_place_copy (&store->place, &entry->place);
}

/* In a transaction of its own, or in none when it has no effect. */
static gboolean
apply_command (WeirSqliteStore        *store,
               WeirSharedEntry        *entry,
               WeirSharedOutcomeFunc   func,
               gpointer                user_data,
               GError                **error)
{
  g_auto(WeirErasureReceipt) receipt = { 0 };
  g_autoptr(GError) local = NULL;
  WeirSharedOutcome outcome = { entry, 0, NULL, NULL };
  gint64 before = store->ordinal;

  step_to (store, entry);
  weir_sqlite_edges_set_origin (store->edges, entry->place.seq);
  store->has_place = TRUE;
  run_command (store, entry, &outcome.edge, &receipt, &local);
  weir_sqlite_edges_set_origin (store->edges, 0);
  /* What has failed behind the end of its transaction has had its effect. */
  if (local != NULL && !is_verdict (local) && store->has_place)
    {
      store->has_place = FALSE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* Nothing was written, or not in vain. */
  if (store->has_place && (!weir_sqlite_store_begin (store, error) ||
                           !weir_sqlite_store_end (store, TRUE, error)))
    {
      store->has_place = FALSE;
      return FALSE;
    }
  g_assert (store->ordinal == before + 1);
  outcome.receipt = receipt.ids != NULL ? &receipt : NULL;
  outcome.error = local;
  func (&outcome, user_data);

  return TRUE;
}

/* The news up to the next command, in one transaction. Returns how many entries, 0 on failure. */
static guint
apply_run (WeirSqliteStore  *store,
           GPtrArray        *entries,
           guint             first,
           GError          **error)
{
  gboolean ok = weir_sqlite_store_begin (store, error);
  guint n = 0;

  if (!ok)
    return 0;
  store->has_place = TRUE;
  for (; ok && first + n < entries->len; n++)
    {
      WeirSharedEntry *entry = g_ptr_array_index (entries, first + n);

      if (entry->kind != WEIR_SHARED_NEWS)
        break;
      step_to (store, entry);
      ok = apply_news (store, entry, error);
    }
  ok = weir_sqlite_store_end (store, ok, error);
  store->has_place = FALSE;

  return ok ? n : 0;
}

/**
 * weir_sqlite_shared_apply:
 * @store: an open store that shares
 * @entries: (element-type WeirSharedEntry): what follows in the log, in its order
 * @func: (scope call): told of each command, once its effect is written
 * @user_data: for @func
 * @error: return location for an error
 *
 * Lets entries have their effect, each once: how far it is is written in the same transactions.
 * Between two writes.
 *
 * Returns: whether all are applied; otherwise some may be
 */
gboolean
weir_sqlite_shared_apply (WeirSqliteStore        *store,
                          GPtrArray              *entries,
                          WeirSharedOutcomeFunc   func,
                          gpointer                user_data,
                          GError                **error)
{
  guint i = 0;

  if (!load_place (store, error))
    return FALSE;
  while (i < entries->len)
    {
      WeirSharedEntry *entry = g_ptr_array_index (entries, i);
      guint n = 1;

      if (entry->kind == WEIR_SHARED_NEWS)
        n = apply_run (store, entries, i, error);
      else if (!apply_command (store, entry, func, user_data, error))
        n = 0;
      if (n == 0)
        return FALSE;
      i += n;
    }
  return TRUE;
}

/**
 * weir_sqlite_shared_get_place:
 * @store: an open store that shares
 * @place: (inout): how far it is in the log
 *
 * In the store's thread.
 */
void
weir_sqlite_shared_get_place (WeirSqliteStore *store,
                              WeirSharedPlace *place)
{
  if (load_place (store, NULL))
    weir_shared_place_copy (place, &store->place);
}

/* Within the deletion's transaction, while its ids are in their table. */
gboolean
weir_sqlite_shared_note_erasure (WeirSqliteStore  *store,
                                 GError          **error)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT OR REPLACE INTO shared_erasure SELECT id, text, %" G_GINT64_FORMAT " FROM temp.erased",
    store->place.stamp);

  return weir_sqlite_run (store->db, sql, "the store", "written", error);
}

/**
 * weir_sqlite_shared_read_erasure:
 * @store: an open store that shares
 * @identities: (element-type guint32): gets the numbers whose events are still to be deleted
 * @ids: (element-type utf8): gets their texts
 * @stamp: (out): where in the log the oldest deletion stands that is not done, whose they are
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_shared_read_erasure (WeirSqliteStore  *store,
                                 GArray           *identities,
                                 GPtrArray        *ids,
                                 gint64           *stamp,
                                 GError          **error)
{
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  /* Those of one deletion: an id may have come back between two. */
  *stamp = weir_sqlite_get_int64 (store->db, "SELECT min (stamp) FROM shared_erasure");
  if (sqlite3_prepare_v2 (store->db,
                          "SELECT identity, text FROM shared_erasure WHERE stamp = ?1"
                          " ORDER BY identity", -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_int64 (select, 1, *stamp);
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          guint32 identity = (guint32) sqlite3_column_int64 (select, 0);

          g_array_append_val (identities, identity);
          g_ptr_array_add (ids, g_strdup ((const char *) sqlite3_column_text (select, 1)));
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (store->db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

/**
 * weir_sqlite_shared_forget_erasure:
 * @store: an open store that shares
 * @identities: (element-type guint32): numbers whose events are deleted now
 * @error: return location for an error
 *
 * Returns: whether that is noted
 */
gboolean
weir_sqlite_shared_forget_erasure (WeirSqliteStore  *store,
                                   GArray           *identities,
                                   GError          **error)
{
  g_autoptr(GString) sql = g_string_new ("DELETE FROM shared_erasure WHERE identity IN (0");

  for (guint i = 0; i < identities->len; i++)
    g_string_append_printf (sql, ",%u", g_array_index (identities, guint32, i));
  g_string_append_c (sql, ')');
  return weir_sqlite_run (store->db, sql->str, "the store", "written", error);
}
