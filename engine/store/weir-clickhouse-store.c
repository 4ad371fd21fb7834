/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-store.h"

#include "weir-clickhouse-erasure.h"
#include "weir-clickhouse-recall.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-shared-log.h"
#include "weir-sqlite.h"
#include "weir-sqlite-dead-letters.h"
#include "weir-sqlite-shared.h"
#include "weir-sqlite-store-private.h"
#include "weir-store-private.h"

#define TIMEOUT_US (30 * G_TIME_SPAN_SECOND)

/* Deleting by age rewrites tables, so it is not done for every second that passes. */
#define N_STEPS 100

struct _WeirClickhouseStore {
  WeirSqliteStore parent_instance;

  WeirClickhouseAddress *address;
  WeirClickhouseClient *client;
};

G_DEFINE_FINAL_TYPE (WeirClickhouseStore, weir_clickhouse_store, WEIR_TYPE_SQLITE_STORE)

static gboolean
connect_client (WeirClickhouseStore  *self,
                GError              **error)
{
  if (self->client == NULL)
    self->client = weir_clickhouse_address_connect (self->address, TIMEOUT_US, error);
  return self->client != NULL;
}

static gboolean
weir_clickhouse_store_foreach_message_id (WeirStore        *store,
                                          guint             max,
                                          WeirStoreIdFunc   func,
                                          gpointer          user_data,
                                          GError          **error)
{
  return weir_sqlite_recent_ids_foreach (WEIR_SQLITE_STORE (store)->recent_ids, func, user_data,
                                         error);
}

/* A collector has to begin also when ClickHouse is out of reach. */
static gboolean
weir_clickhouse_store_foreach_since (WeirStore        *store,
                                     gint64            received,
                                     guint             max,
                                     WeirStoreIdFunc   func,
                                     gpointer          user_data,
                                     GError          **error)
{
  WeirClickhouseStore *self = WEIR_CLICKHOUSE_STORE (store);
  g_autoptr(GError) local = NULL;
  WeirStoreCounts counts;

  weir_store_get_counts (store, &counts);
  if (counts.cursor == 0)
    return TRUE;
  if (!connect_client (self, error))
    return FALSE;
  if (!weir_clickhouse_recall_since (self->client, WEIR_SQLITE_STORE (self)->instance,
                                     counts.cursor, received, max, func, user_data, &local))
    g_warning ("%s; health is measured from now on", local->message);
  return TRUE;
}

/* The texts of ids. */
static GPtrArray *
dup_ids (WeirClickhouseStore  *self,
         GArray               *identities,
         GError              **error)
{
  sqlite3 *db = WEIR_SQLITE_STORE (self)->db;
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *select = NULL;

  if (sqlite3_prepare_v2 (db, "SELECT distinct_id FROM identity WHERE id = ?1", -1, &select,
                          NULL) != SQLITE_OK)
    {
      weir_sqlite_fail (db, "the store", "read", error);
      return NULL;
    }
  for (guint i = 0; i < identities->len; i++)
    {
      sqlite3_bind_int64 (select, 1, g_array_index (identities, guint32, i));
      if (sqlite3_step (select) == SQLITE_ROW)
        g_ptr_array_add (ids, g_strdup ((const char *) sqlite3_column_text (select, 0)));
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);
  return g_steal_pointer (&ids);
}

static gboolean
delete_events (WeirClickhouseStore  *self,
               GArray               *identities,
               GError              **error)
{
  g_autoptr(GPtrArray) ids = dup_ids (self, identities, error);

  return ids != NULL &&
         weir_clickhouse_erase_events (self->client, WEIR_SQLITE_STORE (self)->instance,
                                       identities, ids, error);
}

/* The events first: when that fails, nothing is half done. */
static gboolean
weir_clickhouse_store_delete_person (WeirStore           *store,
                                     const WeirPersonId  *person,
                                     WeirErasureReceipt  *receipt,
                                     GError             **error)
{
  WeirClickhouseStore *self = WEIR_CLICKHOUSE_STORE (store);
  const char *instance = WEIR_SQLITE_STORE (self)->instance;
  char uuid[WEIR_PERSON_ID_TEXT_SIZE];
  g_autoptr(GArray) identities = NULL;
  guint64 n_before = 0, n_after = 0;
  guint32 number;

  /* The log has said it, and events follow; see weir-shared-log.c. */
  if (WEIR_SQLITE_STORE (self)->is_shared)
    return WEIR_STORE_CLASS (weir_clickhouse_store_parent_class)->delete_person (store, person,
                                                                                 receipt, error);
  *receipt = (WeirErasureReceipt) { 0 };
  weir_person_id_format (person, uuid);
  if (!weir_sqlite_find_person (WEIR_SQLITE_STORE (self)->db, uuid, &number, error))
    return FALSE;
  identities = weir_sqlite_dup_identities (WEIR_SQLITE_STORE (self)->db, uuid, error);
  if (identities == NULL || !connect_client (self, error) ||
      !weir_clickhouse_count_events (self->client, instance, identities, &n_before, error) ||
      !delete_events (self, identities, error) ||
      !WEIR_STORE_CLASS (weir_clickhouse_store_parent_class)->delete_person (store, person, receipt,
                                                                             error) ||
      !weir_clickhouse_count_events (self->client, instance, identities, &n_after, error))
    return FALSE;
  receipt->before.events += n_before;
  receipt->after.events += n_after;

  return TRUE;
}

static gboolean
fail_shared (const char  *message,
             GError     **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, message);
  return FALSE;
}

/* The one time when ClickHouse must be there for a collector to begin. */
static gboolean
join (WeirClickhouseStore  *self,
      GError              **error)
{
  WeirSqliteStore *people = WEIR_SQLITE_STORE (self);
  g_autoptr(WeirSharedLog) log = weir_shared_log_new (self->address, people->instance);
  g_autofree char *script = NULL;
  guint number;

  if (!weir_shared_log_register (log, WEIR_SHARED_MAX_NUMBER, &number, error))
    return FALSE;
  script = g_strdup_printf (
    "BEGIN IMMEDIATE; INSERT INTO shared (id, number) VALUES (1, %u);"
    "UPDATE state SET cursor = %" G_GUINT64_FORMAT ";"
    "UPDATE state SET elsewhere = cursor; COMMIT",
    number, (guint64) number << WEIR_SHARED_SEQ_BITS);
  if (weir_sqlite_run (people->db, script, "the store", "written", error))
    return TRUE;
  if (!sqlite3_get_autocommit (people->db))
    sqlite3_exec (people->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

/* A data directory keeps to sharing, and to not sharing. */
static gboolean
check_shared (WeirClickhouseStore  *self,
              GError              **error)
{
  WeirSqliteStore *people = WEIR_SQLITE_STORE (self);
  gboolean was_shared =
    weir_sqlite_get_int64 (people->db, "SELECT number FROM shared WHERE id = 1") != 0;
  WeirStoreCounts counts;

  if (was_shared && !people->is_shared)
    return fail_shared ("this data directory was begun with --shared yes; start with it", error);
  if (was_shared || !people->is_shared)
    return TRUE;
  weir_store_get_counts (WEIR_STORE (self), &counts);
  if (counts.taken > 0)
    return fail_shared ("this data directory was begun without --shared; begin another one, and "
                        "import its events", error);
  if (!join (self, error))
    return FALSE;
  counts.taken = counts.cursor =
    (guint64) weir_sqlite_get_int64 (people->db, "SELECT cursor FROM state");
  weir_store_set_counts (WEIR_STORE (self), &counts);
  return TRUE;
}

static gboolean
weir_clickhouse_store_open (WeirStore  *store,
                            GError    **error)
{
  if (!WEIR_STORE_CLASS (weir_clickhouse_store_parent_class)->open (store, error))
    return FALSE;
  if (check_shared (WEIR_CLICKHOUSE_STORE (store), error))
    return TRUE;
  WEIR_STORE_CLASS (weir_clickhouse_store_parent_class)->close (store);
  return FALSE;
}

static void
weir_clickhouse_store_finalize (GObject *object)
{
  WeirClickhouseStore *self = WEIR_CLICKHOUSE_STORE (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->address, weir_clickhouse_address_unref);

  G_OBJECT_CLASS (weir_clickhouse_store_parent_class)->finalize (object);
}

static void
weir_clickhouse_store_class_init (WeirClickhouseStoreClass *klass)
{
  WeirStoreClass *store_class = WEIR_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_clickhouse_store_finalize;
  store_class->open = weir_clickhouse_store_open;
  store_class->foreach_message_id = weir_clickhouse_store_foreach_message_id;
  store_class->foreach_since = weir_clickhouse_store_foreach_since;
  store_class->delete_person = weir_clickhouse_store_delete_person;
}

static void
weir_clickhouse_store_init (WeirClickhouseStore *self)
{
  WEIR_SQLITE_STORE (self)->is_elsewhere = TRUE;
}

/**
 * weir_clickhouse_store_new:
 * @path: the file of persons
 * @instance: name of the data directory
 * @keep: age in microseconds after which events are deleted, by the time they happened; 0 for never
 * @address: where events come to rest
 *
 * Returns: (transfer full): a store that is not open yet; ClickHouse need not be there
 */
WeirStore *
weir_clickhouse_store_new (const char            *path,
                           const char            *instance,
                           gint64                 keep,
                           WeirClickhouseAddress *address)
{
  WeirClickhouseStore *self = g_object_new (WEIR_TYPE_CLICKHOUSE_STORE, NULL);

  weir_sqlite_store_init_with (WEIR_SQLITE_STORE (self), path, instance, keep);
  self->address = weir_clickhouse_address_ref (address);

  return WEIR_STORE (self);
}

/**
 * weir_clickhouse_store_set_shared:
 * @self: a store that is not open
 *
 * Lets a log in ClickHouse say who is who, for all collectors that write to the same tables. A new
 * file takes a number when it is opened, for which ClickHouse must be there.
 */
void
weir_clickhouse_store_set_shared (WeirClickhouseStore *self)
{
  g_return_if_fail (WEIR_SQLITE_STORE (self)->db == NULL);

  WEIR_SQLITE_STORE (self)->is_shared = TRUE;
}

static gboolean
bury (WeirClickhouseStore         *self,
      const WeirClickhouseLetter  *refused,
      GError                     **error)
{
  WeirSqliteStore *people = WEIR_SQLITE_STORE (self);
  gsize size = weir_event_get_record_size (&refused->event);
  g_autofree guint8 *record = g_malloc (size);
  g_autofree char *code = g_strdup_printf ("%u", refused->code);
  WeirDeadLetter letter = { refused->event.seq, refused->event.received, g_get_real_time (),
                            WEIR_SINK_STORE, code, refused->message, 1, NULL, record, size };

  g_string_truncate (people->json, 0);
  weir_event_append_json (&refused->event, NULL, people->instance, people->json);
  letter.event = people->json->str;
  weir_event_write_record (&refused->event, record);
  return weir_sqlite_dead_letters_add (people->db, &letter, error);
}

/**
 * weir_clickhouse_store_note:
 * @self: an open store
 * @written: what was inserted
 * @error: return location for an error
 *
 * Notes how far ClickHouse is, and keeps what it refused. Between two writes.
 *
 * Returns: whether it is noted; otherwise what was inserted is found there again
 */
gboolean
weir_clickhouse_store_note (WeirClickhouseStore          *self,
                            const WeirClickhouseWritten  *written,
                            GError                      **error)
{
  sqlite3 *db = WEIR_SQLITE_STORE (self)->db;
  WeirStoreCounts counts;
  gboolean ok = TRUE;

  weir_store_get_counts (WEIR_STORE (self), &counts);
  counts.cursor = MAX (counts.cursor, written->cursor);
  counts.stored += written->n_stored;
  counts.dead_lettered += written->letters->len;
  if (!weir_sqlite_run (db, "BEGIN IMMEDIATE", "the store", "written", error))
    return FALSE;
  for (guint i = 0; ok && i < written->letters->len; i++)
    ok = bury (self, g_ptr_array_index (written->letters, i), error);
  ok = ok && weir_sqlite_store_put_counts (WEIR_SQLITE_STORE (self), &counts, error) &&
       weir_sqlite_run (db, "COMMIT", "the store", "written", error);
  if (ok)
    weir_store_set_counts (WEIR_STORE (self), &counts);
  else if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);

  return ok;
}

/**
 * weir_clickhouse_store_move_kept_since:
 * @self: an open store
 * @now: the wall clock, microseconds since the epoch
 * @before: (out): events that happened before do not count any more, and may be deleted;
 *   microseconds since the epoch
 * @error: return location for an error
 *
 * Lets readers leave out what is too old, if a step of time has passed since the last call. Between
 * two writes.
 *
 * Returns: whether there is something to delete now
 */
gboolean
weir_clickhouse_store_move_kept_since (WeirClickhouseStore  *self,
                                       gint64                now,
                                       gint64               *before,
                                       GError              **error)
{
  WeirSqliteStore *people = WEIR_SQLITE_STORE (self);
  gint64 step = CLAMP (people->keep / N_STEPS, G_TIME_SPAN_SECOND, G_TIME_SPAN_HOUR);
  g_autofree char *update = NULL;

  if (people->keep == 0)
    return FALSE;
  *before = (now - people->keep) / step * step;
  if (weir_sqlite_get_int64 (people->db, "SELECT kept_since FROM state") >= *before)
    return FALSE;
  update = g_strdup_printf ("UPDATE state SET kept_since = %" G_GINT64_FORMAT, *before);
  return weir_sqlite_run (people->db, update, "the store", "written", error);
}
