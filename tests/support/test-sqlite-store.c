/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-sqlite-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-answer.h"
#include "weir-event-codec.h"
#include "weir-reader.h"
#include "weir-sqlite-scan.h"
#include "weir-sqlite-store.h"

#define INSTANCE "01234567-89ab-8cde-8f01"

struct _TestSqliteStore {
  char *dir;
  char *path;
  gboolean is_offline;
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
  self->store = weir_sqlite_store_new (self->path, INSTANCE, 0);
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

TestSqliteStore *
test_sqlite_store_new (void)
{
  TestSqliteStore *self = g_new0 (TestSqliteStore, 1);

  self->dir = g_dir_make_tmp ("weir-vectors-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "events.db", NULL);
  self->codec = weir_event_codec_new ();
  self->builder = weir_event_builder_new ();
  open_store (self);

  return self;
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
  reader = weir_reader_new (self->path, self->is_offline);
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
