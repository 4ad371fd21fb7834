/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-clickhouse-store.h"
#include "weir-event-codec.h"
#include "weir-sqlite-shared.h"
#include "weir-store.h"

/* What collectors that share do with each other's news, without ClickHouse: the log is an array here. What
 * it is in ClickHouse, tests/collector/shared.py says. */

#define N_STORES 3
#define N_ROUNDS 60

typedef struct {
  char *folder;
  WeirStore *store;
  guint number;
  guint64 seq;       /* the last event it took */
  guint n_applied;   /* entries of the log */
} Member;

static void
execute (const char *path,
         const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static char *
dup_path (const Member *member)
{
  return g_build_filename (member->folder, "events.db", NULL);
}

/* A store that shares, or not when the number is 0. Where ClickHouse is does not matter to one that has its number. */
static void
open_store (Member *member)
{
  g_autofree char *path = dup_path (member);
  g_autoptr(WeirClickhouseAddress) address = NULL;
  g_autoptr(GError) error = NULL;

  address = weir_clickhouse_address_new_url ("http://127.0.0.1:1/default", &error);
  g_assert_no_error (error);
  member->store = weir_clickhouse_store_new (path, "instance", 0, address);
  if (member->number > 0 && g_file_test (path, G_FILE_TEST_EXISTS))
    weir_clickhouse_store_set_shared (WEIR_CLICKHOUSE_STORE (member->store));
  g_assert_true (weir_store_open (member->store, &error));
  g_assert_no_error (error);
}

static void
close_store (Member *member)
{
  weir_store_close (member->store);
  g_clear_object (&member->store);
}

static void
member_init (Member *member,
             guint   number)
{
  g_autofree char *path = NULL;
  g_autofree char *sql = NULL;

  member->folder = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  member->number = number;
  member->seq = (guint64) number << WEIR_SHARED_SEQ_BITS;
  open_store (member);
  if (number == 0)
    return;
  close_store (member);
  path = dup_path (member);
  sql = g_strdup_printf ("INSERT INTO shared (id, number) VALUES (1, %u); UPDATE state SET cursor = %" G_GUINT64_FORMAT
                         ", elsewhere = %" G_GUINT64_FORMAT, number, member->seq, member->seq);
  execute (path, sql);
  open_store (member);
}

static void
member_clear (Member *member)
{
  static const char *const names[] = { "events.db", "events.db-wal", "events.db-shm" };

  close_store (member);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_build_filename (member->folder, names[i], NULL);

      g_unlink (file);
    }
  g_assert_cmpint (g_rmdir (member->folder), ==, 0);
  g_free (member->folder);
}

/* All that is decided, in words. Positions are left out: they are the log's, and a single store has other ones. */
static char *
describe (const Member *member)
{
  static const char *const questions[] = {
    "SELECT id, distinct_id, person_id, first_seen FROM identity ORDER BY id",
    "SELECT id, uuid, first_seen, identified, n_identities, properties FROM person ORDER BY id",
    "SELECT seq, kind, from_id, to_id, from_text, time, known, verdict, reason, voided FROM edge ORDER BY seq",
    "SELECT identity_id, key, kind, value FROM property_op ORDER BY 1, 2, 3",
    "SELECT id, name FROM event_name ORDER BY id",
    "SELECT id, name FROM source ORDER BY id",
  };
  g_autofree char *path = dup_path (member);
  GString *out = g_string_new (NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      sqlite3_stmt *select = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (db, questions[i], -1, &select, NULL), ==, SQLITE_OK);
      while (sqlite3_step (select) == SQLITE_ROW)
        {
          for (int j = 0; j < sqlite3_column_count (select); j++)
            g_string_append_printf (out, "%s|", (const char *) sqlite3_column_text (select, j));
          g_string_append_c (out, '\n');
        }
      sqlite3_finalize (select);
    }
  sqlite3_close (db);

  return g_string_free (out, FALSE);
}

static char *
make_event (gint64 time)
{
  gint person = g_test_rand_int_range (0, 12);
  gint other = person / 3 * 3 + g_test_rand_int_range (0, 3);
  g_autofree char *more = NULL;
  const char *name = "view";

  switch (g_test_rand_int_range (0, 7))
    {
    case 0:
      name = "$identify";
      more = g_strdup_printf ("\"user_id\":\"u%d\",\"anonymous_id\":\"a%d\"", person, other);
      break;

    case 1:
      name = "$alias";
      more = g_strdup_printf ("\"user_id\":\"u%d\",\"previous_id\":\"o%d\"", person, other);
      break;

    case 2:
      name = "$merge";
      more = g_strdup_printf ("\"user_id\":\"u%d\",\"previous_id\":\"u%d\"", person, other);
      break;

    case 3:
      more = g_strdup_printf ("\"user_id\":\"u%d\",\"properties\":{\"$set\":{\"k%d\":%d},"
                              "\"$set_once\":{\"f\":%d}}", person, other, (gint) time, (gint) time);
      break;

    case 4:
      more = g_strdup_printf ("\"user_id\":\"null\",\"anonymous_id\":\"a%d\"", person);
      break;

    default:
      more = g_strdup_printf ("\"anonymous_id\":\"a%d\"", person);
      break;
    }
  return g_strdup_printf ("{\"event\":\"%s\",\"timestamp\":\"2026-01-01T00:%02d:%02dZ\",%s}", name,
                          (gint) time / 60 % 60, (gint) time % 60, more);
}

/* Gives events the seqs that follow. */
static WeirEventBatch *
number (WeirEventBatch *decoded,
        guint64         seq)
{
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  guint64 first = seq + 1;
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, decoded);
  while (weir_event_iter_next (&iter, &event))
    {
      event.seq = ++seq;
      weir_event_builder_add (builder, &event);
    }
  return weir_event_builder_end (builder, first);
}

static WeirEventBatch *
decode (const char *json,
        guint64     seq)
{
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(WeirEventBatch) decoded = NULL;
  g_autoptr(GError) error = NULL;
  WeirDecodeContext context = { "local", FALSE, 1, 1, 1000000 };
  guint n_read = 0;

  weir_event_codec_decode (codec, json, strlen (json), &context, builder, rejections, &n_read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rejections->len, ==, 0);
  decoded = weir_event_builder_end (builder, 0);
  return number (decoded, seq);
}

static GPtrArray *
make_batches (Member *member,
              gint64  time)
{
  GPtrArray *batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  guint n = (guint) g_test_rand_int_range (1, 12);
  g_autoptr(GString) json = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *event = make_event (time + i);

      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", event);
    }
  g_string_append_c (json, ']');
  g_ptr_array_add (batches, decode (json->str, member->seq));
  return batches;
}

/* What became of commands: there are none that fail in another way than all. */
static void
count_outcome (const WeirSharedOutcome *outcome,
               gpointer                 user_data)
{
  GString *told = user_data;

  g_string_append_printf (told, "%d %" G_GINT64_FORMAT " %s\n", outcome->entry->kind, outcome->edge,
                          outcome->error != NULL ? outcome->error->message : "done");
}

/* Applies what the member has not, in pieces of any size. */
static void
follow (Member    *member,
        GPtrArray *log,
        GString   *told)
{
  g_autoptr(GError) error = NULL;

  while (member->n_applied < log->len)
    {
      g_autoptr(GPtrArray) piece = g_ptr_array_new ();
      guint n = (guint) g_test_rand_int_range (1, 20);

      n = MIN (n, log->len - member->n_applied);
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (piece, g_ptr_array_index (log, member->n_applied + i));
      g_assert_true (weir_sqlite_shared_apply (WEIR_SQLITE_STORE (member->store), piece, count_outcome, told, &error));
      g_assert_no_error (error);
      member->n_applied += n;
      if (g_test_rand_int_range (0, 20) == 0)
        {
          close_store (member);
          open_store (member);
        }
    }
}

/* Takes events as a collector does, and tells the log what is news. */
static void
take (Member    *member,
      GPtrArray *log,
      gint64     time)
{
  g_autoptr(GPtrArray) batches = make_batches (member, time);
  g_autoptr(GHashTable) none = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) news = NULL;
  WeirEventBatch *batch = g_ptr_array_index (batches, 0);
  g_autofree WeirPersonId *persons = g_new0 (WeirPersonId, weir_event_batch_get_n_events (batch));
  guint64 last = weir_event_batch_get_last_seq (batch);

  g_assert_true (weir_store_write (member->store, &batch, 1, persons, &error));
  g_assert_no_error (error);
  news = weir_sqlite_shared_find_news (WEIR_SQLITE_STORE (member->store), batches, member->seq, last, none, none,
                                       &error);
  g_assert_no_error (error);
  for (guint i = 0; i < news->len; i++)
    {
      WeirSharedEntry *entry = g_ptr_array_index (news, i);

      entry->place.stamp = time;
      entry->place.collector = g_strdup_printf ("c%u", member->number);
      g_ptr_array_add (log, entry);
    }
  g_ptr_array_set_free_func (news, NULL);
  member->seq = last;
}

static void
add_command (GPtrArray *log,
             gint64     time)
{
  WeirSharedKind kind = (WeirSharedKind) g_test_rand_int_range (WEIR_SHARED_MERGE, WEIR_SHARED_N_KINDS);
  WeirSharedEntry *entry = weir_shared_entry_new (kind);
  WeirPersonId person;
  char text[WEIR_PERSON_ID_TEXT_SIZE];

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *id = g_strdup_printf ("u%d", g_test_rand_int_range (0, 12));

      weir_person_id_from_distinct_id (&person, id, strlen (id));
      weir_person_id_format (&person, text);
      *(i == 0 ? &entry->person : &entry->other) = g_strdup (text);
    }
  entry->edge = g_test_rand_int_range (1, 60);
  entry->event.timestamp = time;
  entry->place = (WeirSharedPlace) { time, g_strdup ("c1"), 1, (guint64) time };
  g_ptr_array_add (log, entry);
}

/* Each is at another place of the log most of the time; in the end all are the same, also one that begins then. */
static void
test_agree (void)
{
  Member members[N_STORES + 1] = { { 0 } };
  g_autoptr(GPtrArray) log = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_shared_entry_free);
  g_autofree char *first = NULL;
  GString *told[N_STORES + 1];

  for (guint i = 0; i <= N_STORES; i++)
    told[i] = g_string_new (NULL);
  for (guint i = 0; i < N_STORES; i++)
    member_init (&members[i], i + 1);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      guint i = (guint) g_test_rand_int_range (0, N_STORES);

      take (&members[i], log, round * 20 + 1);
      if (g_test_rand_int_range (0, 3) == 0)
        add_command (log, round * 20 + 19);
      if (g_test_rand_bit ())
        follow (&members[i], log, told[i]);
    }
  member_init (&members[N_STORES], N_STORES + 1);
  for (guint i = 0; i <= N_STORES; i++)
    {
      g_autofree char *found = NULL;

      follow (&members[i], log, told[i]);
      found = describe (&members[i]);
      if (i == 0)
        first = g_strdup (found);
      g_assert_cmpstr (found, ==, first);
      g_assert_cmpstr (told[i]->str, ==, told[0]->str);
    }
  g_assert_cmpuint (log->len, >, N_ROUNDS);
  g_assert_nonnull (strstr (told[0]->str, "done"));
  for (guint i = 0; i <= N_STORES; i++)
    {
      member_clear (&members[i]);
      g_string_free (told[i], TRUE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/shared/agree", test_agree);
  return g_test_run ();
}
