/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-sqlite-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-answer.h"
#include "weir-clickhouse-store.h"
#include "weir-event-codec.h"
#include "weir-reader.h"
#include "weir-sqlite-scan.h"
#include "weir-sqlite-store.h"

#define INSTANCE "01234567-89ab-8cde-8f01"

/* Of each store one, since all of a process share the tables. */
#define CLICKHOUSE_INSTANCE "01234567-89ab-%04x-%08x"

struct _TestSqliteStore {
  char *dir;
  char *path;
  gboolean is_offline;
  char *instance;
  WeirClickhouseAddress *address;   /* NULL for a file with events */
  WeirClickhouseWriter *writer;
  WeirStore *store;
  WeirEventCodec *codec;
  WeirEventBuilder *builder;
  guint64 last_seq;
};

static void
open_store (TestSqliteStore *self)
{
  g_autoptr(GError) error = NULL;

  if (self->store != NULL)
    return;
  self->store = self->address != NULL
                  ? weir_clickhouse_store_new (self->path, self->instance, 0, self->address)
                  : weir_sqlite_store_new (self->path, self->instance, 0);
  weir_store_open (self->store, &error);
  g_assert_no_error (error);
}

static void
close_store (TestSqliteStore *self)
{
  if (self->store == NULL)
    return;
  weir_store_close (self->store);
  g_clear_object (&self->store);
}

static TestSqliteStore *
store_new (const char            *instance,
           WeirClickhouseAddress *address)
{
  TestSqliteStore *self = g_new0 (TestSqliteStore, 1);

  self->instance = g_strdup (instance);
  self->address = address != NULL ? weir_clickhouse_address_ref (address) : NULL;
  self->dir = g_dir_make_tmp ("weir-vectors-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "events.db", NULL);
  self->codec = weir_event_codec_new ();
  self->builder = weir_event_builder_new ();
  if (address != NULL)
    self->writer = weir_clickhouse_writer_new (address, self->path, instance);
  open_store (self);

  return self;
}

TestSqliteStore *
test_sqlite_store_new (void)
{
  return store_new (INSTANCE, NULL);
}

TestSqliteStore *
test_sqlite_store_new_clickhouse (WeirClickhouseAddress *address)
{
  static guint last;
  g_autofree char *instance =
    g_strdup_printf (CLICKHOUSE_INSTANCE, ++last & 0xffff, g_random_int ());

  return store_new (instance, address);
}

TestSqliteStore *
test_sqlite_store_new_like (TestSqliteStore *other)
{
  return store_new (other->instance, NULL);
}

WeirClickhouseAddress *
test_clickhouse_address_dup_embedded (void)
{
  static char *folder;
  const char *library = g_getenv ("WEIR_CHDB_LIBRARY");

  if (library == NULL || !g_file_test (library, G_FILE_TEST_EXISTS))
    return NULL;
  if (folder == NULL)
    folder = g_dir_make_tmp ("weir-chdb-XXXXXX", NULL);
  return weir_clickhouse_address_new_library (library, folder);
}

WeirReader *
test_sqlite_store_new_reader (TestSqliteStore *self)
{
  WeirReader *reader = weir_reader_new (self->path, self->is_offline);

  weir_reader_set_clickhouse (reader, self->address);
  return reader;
}

/* The sink's part: what is written comes to rest. */
static void
carry (TestSqliteStore *self,
       WeirEventBatch  *batch)
{
  g_autoptr(GPtrArray) batches =
    g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  g_autoptr(WeirClickhouseDraft) draft = NULL;
  g_auto(WeirClickhouseWritten) written = { 0 };
  g_autoptr(GError) error = NULL;
  WeirStoreCounts counts;

  weir_store_get_counts (self->store, &counts);
  g_ptr_array_add (batches, weir_event_batch_ref (batch));
  weir_clickhouse_writer_begin (self->writer, counts.cursor, NULL, &error);
  g_assert_no_error (error);
  draft = weir_clickhouse_writer_draft (self->writer, batches, counts.cursor, counts.taken);
  weir_clickhouse_writer_write (self->writer, draft, NULL, NULL, NULL, &written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (written.letters->len, ==, 0);
  weir_clickhouse_store_note (WEIR_CLICKHOUSE_STORE (self->store), &written, &error);
  g_assert_no_error (error);
}

TestSqliteStore *
test_sqlite_store_new_offline (void)
{
  TestSqliteStore *self = test_sqlite_store_new ();

  self->is_offline = TRUE;

  return self;
}

void
test_sqlite_store_free (TestSqliteStore *self)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  close_store (self);
  g_clear_pointer (&self->writer, weir_clickhouse_writer_free);
  g_clear_pointer (&self->address, weir_clickhouse_address_unref);
  g_free (self->instance);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (self->path, suffixes[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  weir_event_codec_free (self->codec);
  weir_event_builder_free (self->builder);
  g_free (self->path);
  g_free (self->dir);
  g_free (self);
}

const char *
test_sqlite_store_get_path (TestSqliteStore *self)
{
  return self->path;
}

WeirStore *
test_sqlite_store_get_store (TestSqliteStore *self)
{
  open_store (self);

  return self->store;
}

/* The journal's part: gives each event its place in the stream. */
static WeirEventBatch *
number (TestSqliteStore *self,
        guint            n_events)
{
  g_autoptr(WeirEventBatch) decoded = weir_event_builder_end (self->builder, 0);
  guint64 first_seq = self->last_seq + 1;
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, decoded);
  while (weir_event_iter_next (&iter, &event))
    {
      event.seq = ++self->last_seq;
      weir_event_builder_add (self->builder, &event);
    }

  return weir_event_builder_end (self->builder, first_seq);
}

void
test_sqlite_store_add (TestSqliteStore *self,
                       const char      *json)
{
  WeirDecodeContext context = { "local", FALSE, g_get_real_time (), 1, 1000000 };
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autofree WeirPersonId *persons = NULL;
  g_autoptr(GError) error = NULL;
  guint n_read, n_events;

  open_store (self);
  weir_event_codec_decode (self->codec, json, strlen (json), &context, self->builder, rejections,
                           &n_read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rejections->len, ==, 0);
  n_events = weir_event_builder_get_n_events (self->builder);
  if (n_events == 0)
    return;
  batch = number (self, n_events);
  persons = g_new (WeirPersonId, n_events);
  weir_store_write (self->store, &batch, 1, persons, &error);
  g_assert_no_error (error);
  if (self->address != NULL)
    carry (self, batch);
}

static void
find_person (TestSqliteStore *self,
             const char      *distinct_id,
             WeirPersonId    *person,
             gint64          *number)
{
  sqlite3_stmt *select = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db,
                                       "SELECT p.uuid, p.id FROM identity AS i JOIN person AS p"
                                       " ON p.id = i.person_id WHERE i.distinct_id = ?1",
                                       -1, &select, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_text (select, 1, distinct_id, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (select), ==, SQLITE_ROW);
  g_assert_true (weir_person_id_parse (person, (const char *) sqlite3_column_text (select, 0)));
  *number = sqlite3_column_int64 (select, 1);
  sqlite3_finalize (select);
  sqlite3_close (db);
}

/* Some persons of the vectors have ids that no event ever came with. */
static void
ensure_identity (TestSqliteStore *self,
                 const char      *distinct_id)
{
  char uuid[WEIR_PERSON_ID_TEXT_SIZE];
  sqlite3_stmt *insert = NULL;
  WeirPersonId person;
  sqlite3 *db = NULL;

  close_store (self);
  weir_person_id_from_distinct_id (&person, distinct_id, strlen (distinct_id));
  weir_person_id_format (&person, uuid);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db,
                      "INSERT OR IGNORE INTO identity (id, distinct_id, person_id, first_seen)"
                      " SELECT coalesce (max (id), 0) + 1, ?1, coalesce (max (id), 0) + 1, 0"
                      " FROM identity",
                      -1, &insert, NULL);
  sqlite3_bind_text (insert, 1, distinct_id, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
  sqlite3_finalize (insert);
  sqlite3_prepare_v2 (db,
                      "INSERT OR IGNORE INTO person (id, uuid, first_seen)"
                      " SELECT id, ?2, 0 FROM identity WHERE distinct_id = ?1 AND person_id = id",
                      -1, &insert, NULL);
  sqlite3_bind_text (insert, 1, distinct_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (insert, 2, uuid, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
  sqlite3_finalize (insert);
  sqlite3_close (db);
}

void
test_sqlite_store_merge (TestSqliteStore *self,
                         const char      *into,
                         const char      *other)
{
  g_autoptr(GError) error = NULL;
  WeirPersonId to, from;
  gint64 number, edge;

  ensure_identity (self, into);
  ensure_identity (self, other);
  open_store (self);
  find_person (self, into, &to, &number);
  find_person (self, other, &from, &number);
  weir_store_merge_persons (self->store, &from, &to, g_get_real_time (), &edge, &error);
  g_assert_no_error (error);
}

/* The store lets nobody set properties but events, and an event would be counted. */
void
test_sqlite_store_set_properties (TestSqliteStore *self,
                                  const char      *distinct_id,
                                  const char      *json)
{
  sqlite3_stmt *update = NULL;
  WeirPersonId person;
  sqlite3 *db = NULL;
  gint64 number;

  find_person (self, distinct_id, &person, &number);
  close_store (self);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "UPDATE person SET properties = ?1 WHERE id = ?2", -1,
                                       &update, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_text (update, 1, json, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (update, 2, number);
  g_assert_cmpint (sqlite3_step (update), ==, SQLITE_DONE);
  sqlite3_finalize (update);
  sqlite3_close (db);
}

void
test_sqlite_store_save_cohort (TestSqliteStore *self,
                               const char      *name,
                               const char      *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirSavedCohort) cohort =
      weir_saved_cohort_new_from_json (name, json, strlen (json), NULL);

  /* Some vectors have damaged ones, which only somebody else could have written. */
  if (cohort == NULL)
    {
      cohort = g_new0 (WeirSavedCohort, 1);
      cohort->name = g_strdup (name);
      cohort->definition = g_strdup (json);
    }
  open_store (self);
  weir_store_put_cohort (self->store, cohort, &error);
  g_assert_no_error (error);
}

gboolean
test_sqlite_store_ask (TestSqliteStore  *self,
                       WeirQuestion     *question,
                       gint64            now,
                       GString          *json,
                       GString          *csv,
                       GError          **error)
{
  g_autoptr(WeirReader) reader = NULL;
  g_autoptr(WeirAnswer) answer = NULL;
  g_autoptr(WeirSqliteScan) scan = NULL;
  gboolean ok;

  if (self->is_offline)
    close_store (self);
  reader = test_sqlite_store_new_reader (self);
  if (!weir_reader_begin (reader, NULL, error))
    return FALSE;
  answer =
      weir_question_answer (question, WEIR_PEOPLE (weir_reader_get_people (reader)), now, error);
  if (answer == NULL)
    return FALSE;
  scan = weir_sqlite_scan_new (reader, answer);
  ok = weir_sqlite_scan_run (scan, error) && weir_answer_write (answer, json, error) &&
       (csv == NULL || weir_answer_write_csv (answer, csv, error));
  weir_reader_end (reader);

  return ok;
}
