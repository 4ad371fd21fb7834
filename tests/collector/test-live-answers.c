/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>
#include <string.h>

#include "test-sqlite-store.h"
#include "weir-live-answer.h"

/* A live answer is at every moment what a fresh one would be: random events, late ones, merges that
 * the events bring, edges taken back, persons deleted, cohorts saved, on a real store. The fresh
 * answer is made by another live answer that knows nothing yet; that such a one equals the
 * definitions is what the vectors are for. */

#define START     G_GINT64_CONSTANT (1767225600000000)   /* 2026-01-01T00:00:00Z */
#define N_STEPS   60
#define N_STORIES 16

static const char *const questions[] = {
  "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"},{\"event\":\"c\"}],"
  "\"window\":\"1h\"}",
  "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"2h\","
  "\"order\":\"strict\",\"breakdown\":\"plan\",\"range\":{\"from\":\"2026-01-01T02:00:00Z\"}}",
  "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],\"window\":\"3h\","
  "\"exclusions\":[{\"event\":\"c\"}],\"range\":{\"last\":\"6h\"}}",
  "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\",\"filter\":{\"property\":\"person.level\","
  "\"op\":\">\",\"value\":2}},{\"event\":\"*\"}],\"window\":\"3h\"}",
  "{\"kind\":\"trend\",\"series\":[{\"event\":\"a\",\"measure\":\"count\"},"
  "{\"event\":\"*\",\"measure\":\"persons\"},{\"event\":\"b\",\"measure\":\"sum\"},"
  "{\"event\":\"b\",\"measure\":\"p90\"}],\"interval\":\"hour\","
  "\"range\":{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\"}}",
  "{\"kind\":\"trend\",\"series\":[{\"event\":\"*\",\"measure\":\"persons\"}],\"interval\":\"hour\","
  "\"breakdown\":\"plan\",\"range\":{\"last\":\"8h\"},\"cohort\":\"saved\"}",
  "{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"*\"},"
  "\"period\":\"hour\",\"periods\":10,\"range\":{\"from\":\"2026-01-01T00:00:00Z\"}}",
  "{\"kind\":\"retention\",\"start\":{\"event\":\"a\"},\"return\":{\"event\":\"b\"},"
  "\"mode\":\"first_time\",\"criterion\":\"on_or_after\",\"period\":\"hour\",\"periods\":5}",
  "{\"kind\":\"cohort\",\"where\":{\"all\":[{\"did\":\"a\",\"at_least\":2,\"within\":\"5h\"},"
  "{\"did_not\":\"c\",\"within\":\"1h\"}]}}",
  "{\"kind\":\"cohort\",\"where\":{\"any\":[{\"cohort\":\"saved\"},"
  "{\"property\":\"person.level\",\"op\":\"<\",\"value\":3}]}}",
};

typedef struct {
  TestSqliteStore *store;
  WeirReader *reader;          /* of the live answers */
  GPtrArray *answers;
  gint64 now;
  guint n_differences;
} Story;

static void
append_event (Story   *story,
              GString *out)
{
  static const char *const names[] = { "a", "b", "c", "d", "a", "b" };
  gint64 age = g_test_rand_int_range (0, 6) == 0 ? g_test_rand_int_range (0, 36000)
                                                 : g_test_rand_int_range (0, 600);
  double seconds = (double) (story->now - age * G_USEC_PER_SEC) / G_USEC_PER_SEC;
  int user = g_test_rand_int_range (0, 12);
  int anonymous = g_test_rand_int_range (0, 16);

  g_string_append_printf (out, "%s{\"timestamp\":%.0f,", out->len > 1 ? "," : "", seconds);
  switch (g_test_rand_int_range (0, 14))
    {
    case 0:
      g_string_append_printf (out, "\"event\":\"$identify\",\"user_id\":\"u%d\","
                                   "\"anonymous_id\":\"n%d\"}", user, anonymous);
      return;
    case 1:
      g_string_append_printf (out, "\"event\":\"$merge\",\"user_id\":\"u%d\","
                                   "\"previous_id\":\"u%d\"}", user, (user + 1) % 12);
      return;
    case 2:
      g_string_append_printf (out, "\"event\":\"d\",\"user_id\":\"u%d\",\"properties\":"
                                   "{\"$set\":{\"level\":%d}}}", user, anonymous % 6);
      return;
    default:
      break;
    }
  g_string_append_printf (out, "\"event\":\"%s\",\"%s\":\"%s%d\",\"value\":%d,\"properties\":"
                               "{\"plan\":\"%c\"}}",
                          names[g_test_rand_int_range (0, G_N_ELEMENTS (names))],
                          anonymous % 2 ? "user_id" : "anonymous_id", anonymous % 2 ? "u" : "n",
                          anonymous % 2 ? user : anonymous, anonymous * 3,
                          'x' + g_test_rand_int_range (0, 3));
}

static void
add_events (Story *story)
{
  g_autoptr(GString) events = g_string_new ("[");
  int n_events = g_test_rand_int_range (1, 60);

  for (int i = 0; i < n_events; i++)
    append_event (story, events);
  g_string_append_c (events, ']');
  test_sqlite_store_add (story->store, events->str);
}

static gint64
select_number (Story      *story,
               const char *sql,
               char      **text)
{
  sqlite3_stmt *select = NULL;
  sqlite3 *db = NULL;
  gint64 number = 0;

  g_assert_cmpint (sqlite3_open_v2 (test_sqlite_store_get_path (story->store), &db,
                                    SQLITE_OPEN_READONLY, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &select, NULL), ==, SQLITE_OK);
  if (sqlite3_step (select) == SQLITE_ROW)
    {
      number = sqlite3_column_int64 (select, 0);
      if (text != NULL)
        *text = g_strdup ((const char *) sqlite3_column_text (select, 1));
    }
  sqlite3_finalize (select);
  sqlite3_close (db);

  return number;
}

static void
void_an_edge (Story *story)
{
  gint64 edge = select_number (story, "SELECT seq FROM edge ORDER BY random () LIMIT 1", NULL);
  g_autoptr(GError) error = NULL;

  if (edge == 0)
    return;
  weir_store_set_edge_voided (test_sqlite_store_get_store (story->store), edge,
                              g_test_rand_bit (), &error);
  g_clear_error (&error);   /* one that was voided already cannot be again */
}

static void
delete_a_person (Story *story)
{
  g_autofree char *uuid = NULL;
  WeirErasureReceipt receipt = { 0 };
  g_autoptr(GError) error = NULL;
  WeirPersonId person;

  select_number (story, "SELECT id, uuid FROM person ORDER BY random () LIMIT 1", &uuid);
  if (uuid == NULL)
    return;
  g_assert_true (weir_person_id_parse (&person, uuid));
  weir_store_delete_person (test_sqlite_store_get_store (story->store), &person, &receipt, &error);
  g_assert_no_error (error);
  weir_erasure_receipt_clear (&receipt);
}

static void
save_a_cohort (Story *story)
{
  test_sqlite_store_save_cohort (story->store, "saved",
                                 g_test_rand_bit () ? "{\"where\":{\"did\":\"b\"}}"
                                                    : "{\"distinct_ids\":[\"u1\",\"n3\",\"u5\"]}");
}

static char *
get_text (WeirLiveAnswer *answer)
{
  g_autoptr(GBytes) message = weir_live_answer_dup_message (answer);

  return g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
}

static void
compare (Story      *story,
         guint       i,
         WeirReader *reader)
{
  g_autoptr(GArray) nothing = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (questions[i], -1, &error);
  g_autoptr(WeirLiveAnswer) fresh = weir_live_answer_new ("id", question);
  g_autofree char *live_text = get_text (g_ptr_array_index (story->answers, i));
  g_autofree char *fresh_text = NULL;

  weir_live_answer_update (fresh, reader, nothing, story->now);
  fresh_text = get_text (fresh);
  g_assert_null (strstr (fresh_text, "\"error\""));
  g_assert_cmpstr (live_text, ==, fresh_text);
}

static void
run_round (Story *story)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  g_autoptr(WeirReader) reader =
      weir_reader_new (test_sqlite_store_get_path (story->store), FALSE);
  g_autoptr(GError) error = NULL;

  weir_reader_begin_with_changes (story->reader, NULL, changes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < story->answers->len; i++)
    {
      WeirLiveAnswer *answer = g_ptr_array_index (story->answers, i);

      weir_live_answer_update (answer, story->reader, changes, story->now);
      /* One that is made anew too often waits for its turn. */
      while (!weir_live_answer_is_current (answer))
        {
          g_usleep (1000);
          weir_live_answer_update (answer, story->reader, changes, story->now);
        }
    }
  weir_reader_begin (reader, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < story->answers->len; i++)
    compare (story, i, reader);
  weir_reader_end (reader);
  weir_reader_end (story->reader);
}

static void
test_story (void)
{
  Story story = { test_sqlite_store_new (), NULL, NULL, START + 6 * G_TIME_SPAN_HOUR, 0 };
  g_autoptr(GError) error = NULL;

  story.reader = weir_reader_new (test_sqlite_store_get_path (story.store), FALSE);
  story.answers = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_live_answer_unref);
  save_a_cohort (&story);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr(WeirQuestion) question = weir_question_new_from_json (questions[i], -1, &error);

      g_assert_no_error (error);
      g_ptr_array_add (story.answers, weir_live_answer_new ("id", question));
    }

  for (guint step = 0; step < N_STEPS; step++)
    {
      switch (g_test_rand_int_range (0, 10))
        {
        case 0: void_an_edge (&story); break;
        case 1: delete_a_person (&story); break;
        case 2: save_a_cohort (&story); break;
        default: add_events (&story); break;
        }
      story.now += g_test_rand_int_range (0, 1200) * G_USEC_PER_SEC;
      run_round (&story);
    }
  g_ptr_array_unref (story.answers);
  weir_reader_free (story.reader);
  test_sqlite_store_free (story.store);
}

static void
test_stories (void)
{
  for (guint i = 0; i < N_STORIES; i++)
    test_story ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-answers/stories", test_stories);

  return g_test_run ();
}
