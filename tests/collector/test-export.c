/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "test-transfer.h"

/* `weir-collector export` as a process, from a collector that is another one and from its file. */

/* Every member there is, identities of all kinds, and texts that need care. */
static const char story[] =
  "{\"event\":\"visit\",\"id\":\"m1\",\"anonymous_id\":\"v1\",\"timestamp\":\"2024-01-01T00:00:00.123456Z\","
  "\"session_id\":\"s1\","
  "\"source\":\"shop\",\"value\":0.1,\"properties\":{\"a\":{\"b\":[1,2.5,null,true]},\"t\":\"x,"
  "\\\"y\\\"\\r\\nz\\u00e9\"}}\n"
  "{\"event\":\"visit\",\"device_id\":\"d1\",\"timestamp\":\"2024-01-01T00:00:01Z\"}\n"
  "{\"event\":\"visit\",\"id\":\"12\",\"user_id\":\"u0\",\"device_id\":\"d1\",\"timestamp\":\"2024-01-01T00:00:01Z\","
  "\"value\":-3}\n"
  "{\"event\":\"$identify\",\"user_id\":\"u1\",\"anonymous_id\":\"v1\",\"timestamp\":\"2024-01-02T00:00:00Z\","
  "\"properties\":{\"$set\":{\"plan\":\"pro\",\"name\":\"Ann, \\\"A\\\"\"}}}\n"
  "{\"event\":\"buy\",\"user_id\":\"u1\",\"distinct_id\":\"other\",\"timestamp\":\"2024-01-03T00:00:00Z\","
  "\"properties\":{\"n\":7}}\n"
  "{\"event\":\"$identify\",\"distinct_id\":\"u2\",\"anonymous_id\":\"v2\",\"timestamp\":\"2024-01-03T00:00:00Z\"}\n"
  "{\"event\":\"$alias\",\"user_id\":\"u2\",\"previous_id\":\"x2\",\"timestamp\":\"2024-01-03T00:00:01Z\"}\n"
  "{\"event\":\"buy\",\"distinct_id\":\"u2\",\"timestamp\":\"2024-01-03T00:00:02Z\",\"properties\":{\"n\":8}}\n"
  "{\"event\":\"$merge\",\"user_id\":\"u1\",\"previous_id\":\"u2\",\"timestamp\":\"2024-01-04T00:00:00Z\"}\n"
  "{\"event\":\"buy\",\"user_id\":\"u3\",\"anonymous_id\":\"v3\",\"timestamp\":\"2024-01-05T00:00:00Z\","
  "\"properties\":{\"n\":9}}\n";

static void
tell_story (TestTransfer *self)
{
  g_autoptr(TestReply) reply = test_collector_post (self->collector, "/v1/events", NULL, story, -1);

  g_assert_cmpint (reply->status, ==, 202);
  g_assert_nonnull (strstr (reply->body, "{\"accepted\":10,\"duplicates\":0,\"rejected\":[]}"));
  test_transfer_settle (self->collector);
}

/* Lines without what is another each time: when and as what it was received. */
static char **
dup_events (const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      char *end = strstr (lines[i], ",\"received\":");

      g_assert_nonnull (end);
      *end = '\0';
      g_strv_builder_add (builder, lines[i]);
    }
  return g_strv_builder_end (builder);
}

static void
assert_same_events (const char *one,
                    const char *other)
{
  g_auto(GStrv) a = dup_events (one);
  g_auto(GStrv) b = dup_events (other);

  g_assert_cmpuint (g_strv_length (a), >, 0);
  for (guint i = 0; a[i] != NULL && b[i] != NULL; i++)
    g_assert_cmpstr (a[i], ==, b[i]);
  g_assert_cmpuint (g_strv_length (a), ==, g_strv_length (b));
}

static int
export_all (TestTransfer *self,
            const char   *output)
{
  return test_transfer_run (self, "export", "--data-dir", self->collector->data_dir, "--output", output, NULL);
}

/* Sends a file to a collector that is new, and exports that. */
static char *
go_round (TestTransfer *self,
          const char   *input)
{
  TestTransfer second = { 0 };
  char *text;

  test_transfer_set_up (&second, NULL);
  g_assert_cmpint (test_transfer_run (&second, "import", "--to", "@", "--state", "@state", input, NULL), ==, 0);
  test_transfer_settle (second.collector);
  g_assert_cmpint (export_all (&second, "@again.ndjson"), ==, 0);
  text = test_transfer_read (&second, "again.ndjson");
  test_transfer_tear_down (&second, NULL);
  return text;
}

static void
test_round_trip (TestTransfer  *self,
                 gconstpointer  data)
{
  static const char *const names[] = { "a.ndjson", "a.ndjson.gz", "a.csv", "a.csv.gz" };
  g_autofree char *first = NULL;

  tell_story (self);
  g_assert_cmpint (export_all (self, "@first.ndjson"), ==, 0);
  first = test_transfer_read (self, "first.ndjson");
  g_assert_nonnull (strstr (first, "\"user_id\":\"u1\",\"distinct_id\":\"other\""));
  g_assert_nonnull (strstr (first, "\"previous_id\":\"x2\""));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = test_transfer_dup_path (self, names[i]);
      g_autofree char *again = NULL;
      GStatBuf info;

      g_assert_cmpint (export_all (self, path), ==, 0);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
      again = go_round (self, path);
      assert_same_events (first, again);
    }
}

static char *
export_remote (TestTransfer *self)
{
  g_autofree char *token = g_build_filename (self->collector->data_dir, "token", NULL);

  g_assert_cmpint (test_transfer_run (self, "export", "--url", "@", "--token-file", token, NULL), ==, 0);
  return g_strdup (self->out);
}

/* By URL the same, but for an id that the answers of a collector do not have. */
static void
test_remote (TestTransfer  *self,
             gconstpointer  data)
{
  g_autofree char *remote = NULL;
  g_autofree char *local = NULL;
  g_autofree char *path = test_transfer_dup_path (self, "remote.ndjson");
  g_autofree char *again = NULL;
  g_auto(GStrv) parts = NULL;
  g_autofree char *without = NULL;

  tell_story (self);
  remote = export_remote (self);
  g_assert_cmpint (export_all (self, "@local.ndjson"), ==, 0);
  local = test_transfer_read (self, "local.ndjson");
  parts = g_strsplit (local, ",\"distinct_id\":\"other\"", -1);
  without = g_strjoinv ("", parts);
  g_assert_cmpstr (remote, ==, without);

  test_transfer_write (self, "remote.ndjson", remote, -1);
  again = go_round (self, path);
  assert_same_events (remote, again);
}

static void
write_many (TestTransfer *self,
            const char   *name,
            guint         n_events,
            const char   *filler)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_events; i++)
    g_string_append_printf (text, "{\"event\":\"e%u\",\"user_id\":\"u%u\",\"timestamp\":%u,\"properties\":{\"n\":%u,"
                                  "\"f\":\"%s\"}}\n",
                            i % 7, i % 100, 1700000000 + i, i, filler);
  test_transfer_write (self, name, text->str, (gssize) text->len);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Many pages, some of which are too large to be had whole. */
static void
test_pages (TestTransfer  *self,
              gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (200 * 1024, 'x');
  g_autofree char *remote = NULL;
  g_autofree char *local = NULL;

  write_many (self, "small", 30000, "");
  write_many (self, "large", 400, filler);
  write_many (self, "more", 100, "");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@small", NULL), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@large", NULL), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@more", NULL), ==, 0);
  test_transfer_settle (self->collector);
  g_assert_cmpint (export_all (self, "@local"), ==, 0);
  local = test_transfer_read (self, "local");
  g_assert_cmpuint (count_lines (local), ==, 30500);
  remote = export_remote (self);
  g_assert_true (g_str_equal (remote, local));   /* too long to be shown */
}

static guint
count (TestTransfer *self,
       const char   *option,
       const char   *value)
{
  g_autofree char *token = g_build_filename (self->collector->data_dir, "token", NULL);
  guint n;

  g_assert_cmpint (test_transfer_run (self, "export", "--data-dir", self->collector->data_dir, option, value, NULL),
                   ==, 0);
  n = count_lines (self->out);
  g_assert_cmpint (test_transfer_run (self, "export", "--url", "@", "--token-file", token, option, value, NULL), ==, 0);
  g_assert_cmpuint (count_lines (self->out), ==, n);
  return n;
}

static void
test_scope (TestTransfer  *self,
            gconstpointer  data)
{
  tell_story (self);
  g_assert_cmpuint (count (self, "--event", "buy"), ==, 3);
  g_assert_cmpuint (count (self, "--source", "shop"), ==, 1);
  g_assert_cmpuint (count (self, "--from", "2024-01-03"), ==, 6);
  g_assert_cmpuint (count (self, "--to", "2024-01-03T00:00:00Z"), ==, 4);
  g_assert_cmpuint (count (self, "--last", "1d"), ==, 0);
  g_assert_cmpuint (count (self, "--filter", "{\"property\":\"n\",\"op\":\">=\",\"value\":8}"), ==, 2);
  g_assert_cmpuint (count (self, "--filter", "{\"property\":\"t\",\"op\":\"contains\",\"value\":\"\\\"y\\\"\"}"), ==,
                    1);
  g_assert_cmpuint (count (self, "--after", "0"), ==, 10);
  g_assert_cmpuint (count (self, "--after", "7"), ==, 3);
  g_assert_cmpuint (count (self, "--after", "10"), ==, 0);
  g_assert_cmpuint (count (self, "--after", "999999"), ==, 0);
  /* Of a person, which a list of events cannot be asked for. */
  g_assert_cmpint (test_transfer_run (self, "export", "--data-dir", self->collector->data_dir, "--event", "buy",
                                      "--filter", "{\"property\":\"person.plan\",\"op\":\"=\",\"value\":\"pro\"}",
                                      NULL),
                   ==, 0);
  g_assert_cmpuint (count_lines (self->out), ==, 2);
}

/* The story of who wrote it is in the file too, and it can be served. */
static void
test_copy (TestTransfer  *self,
           gconstpointer  data)
{
  g_autofree char *copy = test_transfer_dup_path (self, "copy.db");
  char *options[] = { (char *) "--read-only", copy, NULL };
  g_autoptr(GSubprocess) import = NULL;
  g_autofree char *first = NULL;
  g_autofree char *text = NULL;
  g_autofree char *empty = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  TestCollector *reader;
  g_autoptr(TestReply) reply = NULL;

  tell_story (self);
  write_many (self, "many", 30000, "");
  import = test_transfer_spawn (self, "import", "--to", "@", "--batch", "100", "@many", NULL);
  while (test_collector_get_metric (self->collector, "weir_events_stored_total") < 2000)
    g_usleep (1000);
  g_assert_cmpint (export_all (self, "@copy.db"), ==, 0);
  g_assert_nonnull (g_subprocess_get_identifier (import));   /* it was written meanwhile */
  g_assert_cmpint (export_all (self, "@now.ndjson"), ==, 0);
  first = test_transfer_read (self, "now.ndjson");
  g_assert_true (g_subprocess_communicate_utf8 (import, NULL, NULL, NULL, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (import), ==, 0);

  /* A moment: no holes, and counters that agree with what is there. */
  g_assert_cmpint (sqlite3_open_v2 (copy, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT (SELECT integrity_check FROM pragma_integrity_check) || ' ' ||"
                                           " (count (*) = max (seq)) || (count (*) = (SELECT stored FROM state)) ||"
                                           " (count (*) >= 2000) FROM event", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok 111");
  sqlite3_finalize (statement);
  sqlite3_close (db);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *seq = g_strdup_printf (",\"seq\":%u}\n", i + 1);

      g_assert_nonnull (strstr (first, seq));
    }
  g_assert_cmpint (test_transfer_run (self, "export", copy, NULL), ==, 0);
  text = g_steal_pointer (&self->out);
  g_assert_true (g_str_has_prefix (first, text));

  reader = test_collector_new_in (empty, options, -1, 0);
  reply = test_collector_get (reader, "/v1/persons?distinct_id=x2");
  g_assert_nonnull (strstr (reply->body, "\"u1\""));
  g_assert_nonnull (strstr (reply->body, "\"plan\":\"pro\""));
  test_collector_free (reader);
}

/* What is exported while events come in has an end, and no holes. */
static void
test_moment (TestTransfer  *self,
             gconstpointer  data)
{
  g_autoptr(GSubprocess) import = NULL;
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;
  const char *texts[2];

  write_many (self, "many", 30000, "");
  import = test_transfer_spawn (self, "import", "--to", "@", "--batch", "100", "@many", NULL);
  while (test_collector_get_metric (self->collector, "weir_events_stored_total") < 2000)
    g_usleep (1000);
  g_assert_cmpint (export_all (self, "@local"), ==, 0);
  remote = export_remote (self);
  g_assert_nonnull (g_subprocess_get_identifier (import));
  g_subprocess_force_exit (import);
  g_subprocess_wait (import, NULL, NULL);
  local = test_transfer_read (self, "local");
  texts[0] = local;
  texts[1] = remote;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto(GStrv) lines = g_strsplit (texts[i], "\n", -1);
      guint n_lines = g_strv_length (lines) - 1;

      g_assert_cmpuint (n_lines, >=, 2000);
      for (guint j = 0; j < n_lines; j++)
        {
          g_autofree char *seq = g_strdup_printf (",\"seq\":%u}", j + 1);

          g_assert_true (g_str_has_suffix (lines[j], seq));
        }
    }
}

static gboolean
has_partial (TestTransfer *self)
{
  g_autoptr(GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (strstr (name, ".partial-") != NULL)
      return TRUE;
  return FALSE;
}

/* Standard output is a pipe that nobody reads, so it is in the middle of things. */
static void
test_interrupted (TestTransfer  *self,
                  gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (1000, 'x');
  g_autoptr(GSubprocess) process = NULL;
  char byte;

  write_many (self, "many", 5000, filler);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@many", NULL), ==, 0);
  test_transfer_settle (self->collector);
  process = test_transfer_spawn (self, "export", "--data-dir", self->collector->data_dir, NULL);
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (process), &byte, 1, NULL, NULL), ==, 1);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
}

static void
test_refusals (TestTransfer  *self,
               gconstpointer  data)
{
  g_autofree char *database = g_build_filename (self->collector->data_dir, "events.db", NULL);
  g_autofree char *kept = NULL;

  tell_story (self);
  test_transfer_write (self, "out.ndjson", "kept", -1);
  test_transfer_write (self, "wrong", "nobody", -1);
  test_transfer_write (self, "text.db", "this is no database at all, whatever its name may say", -1);
  g_assert_cmpint (export_all (self, "@out.ndjson"), ==, 73);
  kept = test_transfer_read (self, "out.ndjson");
  g_assert_cmpstr (kept, ==, "kept");
  g_assert_cmpint (test_transfer_run (self, "export", database, "--force", "--output", "@out.ndjson", NULL), ==, 0);
  g_assert_cmpint (export_all (self, "@no/such/folder.ndjson"), ==, 73);
  g_assert_cmpint (export_all (self, "@no/such/folder.db"), ==, 73);
  g_assert_cmpint (test_transfer_run (self, "export", "--url", "@", "--token-file", "@wrong", NULL), ==, 77);
  g_assert_cmpint (test_transfer_run (self, "export", "--url", "@", "--token-file", "@wrong", "--output", "@x", NULL),
                   ==, 77);
  g_assert_false (has_partial (self));
  g_assert_cmpint (test_transfer_run (self, "export", "@none.db", NULL), ==, 66);
  g_assert_cmpint (test_transfer_run (self, "export", "@text.db", NULL), ==, 66);
  g_assert_cmpint (test_transfer_run (self, "export", "--url", "@", "--format", "sqlite", "--output", "@y", NULL), ==,
                   64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--format", "sqlite", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--filter", "{\"property\":1}", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--from", "soon", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--after", "-1", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--after", "1", "--output", "@z.db", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "--last", "1d", "--to", "2024-01-01", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", database, "@other.db", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "export", "--help", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "--filter=JSON"));
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *path;
    void (*func) (TestTransfer *self, gconstpointer data);
  } tests[] = {
    { "/collector/export/round-trip", test_round_trip },
    { "/collector/export/remote", test_remote },
    { "/collector/export/pages", test_pages },
    { "/collector/export/scope", test_scope },
    { "/collector/export/copy", test_copy },
    { "/collector/export/moment", test_moment },
    { "/collector/export/interrupted", test_interrupted },
    { "/collector/export/refusals", test_refusals },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, TestTransfer, NULL, test_transfer_set_up, tests[i].func, test_transfer_tear_down);
  return g_test_run ();
}
