/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "test-transfer.h"

/* `weir-collector import` as a process, into a collector that is another one. */

#define assert_asked(self, sql, expected) \
  G_STMT_START { \
    g_autofree char *asked_ = test_transfer_ask ((self)->collector, sql); \
    g_assert_cmpstr (asked_, ==, expected); \
  } G_STMT_END

static const char *const count_sql = "SELECT count (*) || ' ' || count (DISTINCT id) FROM events";

static void
test_ndjson (TestTransfer  *self,
             gconstpointer  data)
{
  g_autofree char *rejected = NULL;
  g_autofree char *state = test_transfer_dup_path (self, "a.ndjson.weir-import");
  GStatBuf info;

  test_transfer_write (self, "a.ndjson",
                       "\xef\xbb\xbf{\"event\":\"a\",\"id\":\"m1\",\"user_id\":\"u1\","
                       "\"timestamp\":\"2001-02-03T04:05:06.789012Z\","
                       "\"session_id\":\"s\",\"source\":\"shop\",\"value\":1.5,\"properties\":{\"n\":1}}\n"
                       "\n"
                       "  {\"event\":\"b\",\"device_id\":\"d1\",\"timestamp\":981173106}  \r\n"
                       "{\"event\":\"\",\"user_id\":\"u1\"}\n"
                       "not json\n"
                       "[{\"event\":\"b\",\"user_id\":\"u1\"},{\"event\":\"b\",\"user_id\":\"u1\"}]\n"
                       "{\"event\":\"b\",\"user_id\":\"u2\",\"timestamp\":\"2001-02-03\"}\n"
                       "{\"event\":\"b\",\"user_id\":\"\xff\"}\n"
                       "{\"event\":\"b\",\"user_id\":\"u2\",\"timestamp\":\"2001-02-03T00:00:00Z\"}", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--rejected", "@bad", "@a.ndjson", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "{\"rows\":8,\"accepted\":3,\"duplicates\":0,\"rejected\":5,"));
  assert_asked (self, count_sql, "3 3");
  assert_asked (self, "SELECT id || timestamp || user_id || session_id || source || value || properties FROM events"
                      " WHERE event = 'a'", "m12001-02-03T04:05:06.789012Zu1sshop1.5{\"n\":1}");
  assert_asked (self, "SELECT timestamp FROM events WHERE device_id = 'd1'", "2001-02-03T04:05:06.000000Z");

  rejected = test_transfer_read (self, "bad");
  g_assert_true (g_str_has_prefix (rejected, "{\"line\":4,\"reason\":\"the event has no name (\\\"event\\\")\",\"row\":"
                                             "\"{\\\"event\\\":\\\"\\\",\\\"user_id\\\":\\\"u1\\\"}\"}\n{\"line\":5,"));
  g_assert_nonnull (strstr (rejected, "\n{\"line\":6,\"reason\":\"it is not one event\""));
  g_assert_nonnull (strstr (rejected, "\n{\"line\":7,\"reason\":\"timestamp must be"));
  g_assert_nonnull (strstr (rejected, "\n{\"line\":8,"));
  g_assert_true (g_utf8_validate (rejected, -1, NULL));
  g_assert_cmpint (g_stat (state, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* Nothing is left, and what is behind is not touched again. */
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--rejected", "@bad", "@a.ndjson", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "{\"rows\":0,"));
  g_assert_nonnull (strstr (self->err, "all of it was imported before"));

  /* Without the state everything is sent again, with the same ids. */
  g_assert_cmpint (g_remove (state), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@a.ndjson", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "\"accepted\":0,\"duplicates\":3,\"rejected\":5,"));
  assert_asked (self, count_sql, "3 3");
}

/* A file that has grown goes on where it ended. */
static void
test_grown (TestTransfer  *self,
            gconstpointer  data)
{
  test_transfer_write (self, "g", "{\"event\":\"a\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@g", NULL), ==, 0);
  test_transfer_write (self, "g", "{\"event\":\"a\",\"user_id\":\"u1\"}\n{\"event\":\"b\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@g", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "{\"rows\":1,\"accepted\":1,"));
  assert_asked (self, count_sql, "2 2");

  test_transfer_write (self, "g", "{\"event\":\"c\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@g", NULL), ==, 78);
  g_assert_nonnull (strstr (self->err, "it is not the file that the state is of"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--source", "x", "@g", NULL), ==, 78);
  g_assert_nonnull (strstr (self->err, "is of another import"));
}

static void
test_csv (TestTransfer  *self,
          gconstpointer  data)
{
  g_autofree char *rejected = NULL;

  test_transfer_write (self, "v.csv",
                       "id,Event_Type,user_id,timestamp,path,\"the \"\"note\"\"\",count,code,ok,secret\r\n"
                       "1,view,u1,2024-05-01 10:00:00,/a,\"two\r\nlines, \"\"quoted\"\"\",12,007,true,x\r\n"
                       "2,view,,2024-05-01T10:00:00.5,/b,5 inch \" disk,-1.25,,false,x\r\n"
                       "3,view,u1,2024-05-01\r\n"
                       "4,view,u1,yesterday,/a,,,,,x\r\n"
                       "6,view,u3,1714557600,/c,\"a\"b,,,,x\r\n"
                       "5,view,u2,2024-05-01 10:00:00+02,\"no end,,,,,x\r\n"
                       "x7,,u3,2024-05-01,,,,,,x\r\n"
                       "x8,view,u3,2024-05-01 10:00:00 UTC,,,,,,x", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--rejected", "@bad", "--timezone",
                                      "Europe/Berlin", "--map", "properties.where=path", "--skip", "secret", "--set",
                                      "source=site", "@v.csv", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "{\"rows\":8,\"accepted\":3,\"duplicates\":0,\"rejected\":5,"));
  assert_asked (self, "SELECT id || '|' || event || '|' || user_id || '|' || source || '|' || timestamp || properties "
                      "FROM"
                      " events WHERE id = 'v.csv:1'",
                "v.csv:1|view|u1|site|2024-05-01T08:00:00.000000Z{\"where\":\"/a\",\"the \\\"note\\\"\":"
                "\"two\\r\\nlines, \\\"quoted\\\"\",\"count\":12,\"code\":\"007\",\"ok\":true}");
  /* Nobody is told, so it was somebody of their own. */
  assert_asked (self, "SELECT timestamp || properties || length (anonymous_id) FROM events WHERE id = 'v.csv:2'",
                "2024-05-01T08:00:00.500000Z{\"where\":\"/b\",\"the \\\"note\\\"\":\"5 inch \\\" disk\","
                "\"count\":-1.25,"
                "\"ok\":false}36");
  assert_asked (self, "SELECT timestamp || properties FROM events WHERE id = 'x8'", "2024-05-01T10:00:00.000000Z{}");

  rejected = test_transfer_read (self, "bad");
  g_assert_nonnull (strstr (rejected, "{\"line\":5,\"reason\":\"the row has too few fields\""));
  g_assert_nonnull (strstr (rejected, "{\"line\":6,\"reason\":\"the timestamp cannot be read\""));
  g_assert_nonnull (strstr (rejected, "{\"line\":8,\"reason\":\"a quote has no end\""));
  g_assert_nonnull (strstr (rejected, "{\"line\":7,\"reason\":\"there is something behind a closing quote\""));
  g_assert_nonnull (strstr (rejected, "{\"line\":9,\"reason\":\"the event has no name"));
}

static void
test_csv_columns (TestTransfer  *self,
                  gconstpointer  data)
{
  test_transfer_write (self, "c.csv", "what;who;when\nsold;me;1700000000\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--delimiter", ";", "@c.csv", NULL), ==, 64);
  g_assert_nonnull (strstr (self->err, "no column tells the name of the event"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--delimiter", ";", "--map", "event=nothing",
                                      "@c.csv", NULL), ==, 64);
  g_assert_nonnull (strstr (self->err, "there is no column “nothing”"));
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--delimiter", ";", "--map", "event=what", "--map",
                                      "user_id=who", "--map", "timestamp=when", "@c.csv", NULL), ==, 0);
  assert_asked (self, "SELECT event || user_id || timestamp || properties FROM events",
                "soldme2023-11-14T22:13:20.000000Z{}");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--map", "nonsense=who", "@c.csv", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--timezone", "Mars/Olympus", "@c.csv", NULL), ==,
                   64);
  test_transfer_write (self, "empty.csv", "", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@empty.csv", NULL), ==, 64);
}

static void
assert_same_person (TestTransfer *self,
                    const char   *one,
                    const char   *other)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT count (DISTINCT person_id) FROM identities WHERE distinct_id IN ('%s', '%s')", one, other);

  assert_asked (self, sql, "1");
}

static void
test_posthog (TestTransfer  *self,
              gconstpointer  data)
{
  test_transfer_write (
    self, "ph.jsonl",
    "{\"uuid\":\"0190-1\",\"event\":\"$pageview\",\"distinct_id\":\"v-1\",\"timestamp\":\"2024-01-02 03:04:05.678901\","
    "\"properties\":\"{\\\"$device_id\\\":\\\"dev\\\",\\\"$session_id\\\":\\\"ses\\\",\\\"x\\\":[1,2]}\",\"team_id\":3,"
    "\"elements_chain\":\"\",\"ip\":\"10.0.0.1\"}\n"
    "{\"uuid\":\"0190-2\",\"event\":\"$identify\",\"distinct_id\":\"ann\",\"timestamp\":\"2024-01-02T03:04:06Z\","
    "\"properties\":{\"$anon_distinct_id\":\"v-1\",\"$set\":{\"city\":\"Oslo\"}}}\n"
    "{\"uuid\":\"0190-3\",\"event\":\"$create_alias\",\"distinct_id\":\"ann\",\"timestamp\":\"2024-01-02T03:04:07Z\","
    "\"properties\":{\"distinct_id\":\"ann\",\"alias\":\"ann@work\"}}\n"
    "{\"uuid\":\"0190-4\",\"event\":\"seen\",\"distinct_id\":\"bob\",\"timestamp\":\"2024-01-02T03:04:08+01:00\","
    "\"properties\":{},\"$set_once\":{\"plan\":\"free\"}}\n"
    "{\"uuid\":\"0190-5\",\"event\":\"$merge_dangerously\",\"distinct_id\":\"ann\","
    "\"timestamp\":\"2024-01-02T03:04:09Z\","
    "\"properties\":{\"alias\":\"bob\"}}\n"
    "{\"uuid\":\"0190-6\",\"event\":\"late\",\"timestamp\":\"2024-01-02T03:04:09Z\",\"properties\":{}}\n"
    "{\"uuid\":\"0190-7\",\"event\":\"late\",\"distinct_id\":\"ann\",\"properties\":{}}\n"
    "{\"uuid\":\"0190-8\",\"event\":\"$create_alias\",\"distinct_id\":\"ann\",\"timestamp\":\"2024-01-02T03:04:09Z\"}\n"
    "{\"uuid\":\"0190-9\",\"event\":\"late\",\"distinct_id\":\"ann\",\"timestamp\":\"2024-01-02T03:04:09Z\","
    "\"properties\":\"[\"}\n",
    -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--format", "posthog", "--rejected", "@bad",
                                      "@ph.jsonl", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "{\"rows\":9,\"accepted\":5,\"duplicates\":0,\"rejected\":4,"));
  assert_asked (self, "SELECT event || distinct_id || device_id || session_id || timestamp || properties FROM events"
                      " WHERE id = '0190-1'",
                "$pageviewv-1devses2024-01-02T03:04:05.678901Z{\"$device_id\":\"dev\",\"$session_id\":\"ses\","
                "\"x\":[1,2],"
                "\"$ip\":\"10.0.0.1\"}");
  assert_asked (self, "SELECT timestamp FROM events WHERE id = '0190-4'", "2024-01-02T02:04:08.000000Z");
  assert_same_person (self, "v-1", "ann");
  assert_same_person (self, "ann", "ann@work");
  assert_same_person (self, "ann", "bob");
  assert_asked (self, "SELECT properties ->> 'city' || (properties ->> 'plan') FROM persons"
                      " WHERE distinct_ids LIKE '%\"bob\"%'", "Oslofree");
}

static void
test_mixpanel (TestTransfer  *self,
               gconstpointer  data)
{
  test_transfer_write (
    self, "mp.json",
    "{\"event\":\"Opened\",\"properties\":{\"time\":1709985600,\"distinct_id\":\"$device:d1\",\"$insert_id\":\"i1\","
    "\"$device_id\":\"d1\",\"n\":3}}\n"
    "{\"event\":\"Bought\",\"properties\":{\"time\":1710072000,\"distinct_id\":\"amy\",\"$insert_id\":\"i2\","
    "\"$device_id\":\"d1\",\"$user_id\":\"amy\"}}\n"
    "{\"event\":\"$identify\",\"properties\":{\"time\":1710072000,\"distinct_id\":\"old\",\"$insert_id\":\"i3\","
    "\"$identified_id\":\"cat\",\"$anon_id\":\"old\"}}\n"
    "{\"event\":\"$create_alias\",\"properties\":{\"time\":1710072000,\"distinct_id\":\"first\",\"alias\":\"dan\"}}\n"
    "{\"event\":\"$merge\",\"properties\":{\"time\":1710072000,\"$distinct_ids\":[\"cat\",\"dan\"]}}\n"
    "{\"event\":\"$merge\",\"properties\":{\"time\":1710072000,\"$distinct_ids\":[\"cat\"]}}\n"
    "{\"event\":\"Lost\",\"properties\":{\"distinct_id\":\"amy\"}}\n"
    "{\"event\":\"Lost\",\"properties\":{\"time\":1710072000}}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--format", "mixpanel", "--timezone",
                                      "America/New_York", "@mp.json", NULL), ==, 1);
  g_assert_nonnull (strstr (self->out, "{\"rows\":8,\"accepted\":5,\"duplicates\":0,\"rejected\":3,"));
  /* Noon by the clock in New York, the day before summer time and the day it began. */
  assert_asked (self, "SELECT timestamp || distinct_id || properties FROM events WHERE id = 'i1'",
                "2024-03-09T17:00:00.000000Z$device:d1{\"$device_id\":\"d1\",\"n\":3}");
  assert_asked (self, "SELECT timestamp || user_id || anonymous_id FROM events WHERE id = 'i2'",
                "2024-03-10T16:00:00.000000Zamy$device:d1");
  assert_same_person (self, "amy", "$device:d1");
  assert_same_person (self, "cat", "old");
  assert_same_person (self, "dan", "first");
  assert_same_person (self, "cat", "dan");
}

/* What is not understood is copied, so that nothing becomes another number or a shorter text. */
static void
test_exact (TestTransfer  *self,
            gconstpointer  data)
{
#define EXACT "\"big\":18446744073709551615,\"low\":-9223372036854775808,\"d\":0.1,\"z\":\"a\\u0000b\\ud83d\\ude00\""
  static const char expected[] = "{\"big\":18446744073709551615,\"low\":-9223372036854775808,\"d\":0.1,"
                                 "\"z\":\"a\\u0000b\xf0\x9f\x98\x80\"}";

  test_transfer_write (self, "mp", "{\"event\":\"mp\",\"properties\":{\"time\":1,\"distinct_id\":\"a\", " EXACT "}}",
                       -1);
  test_transfer_write (self, "ph", "{\"event\":\"ph\",\"distinct_id\":\"a\",\"timestamp\":1,"
                                   "\"properties\":{ " EXACT " }}",
                       -1);
  test_transfer_write (self, "nd", "{\"event\":\"nd\",\"user_id\":\"a\",\"properties\":{" EXACT "}}", -1);
  test_transfer_write (self, "c.csv", "event,user_id,timestamp,properties\ncsv,a,1,\"{\"\"big\"\":18446744073709551615,"
                                      "\"\"low\"\":-9223372036854775808,\"\"d\"\":0.1,"
                                      "\"\"z\"\":\"\"a\\u0000b\\ud83d\\ude00\"\"}\"", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--format", "mixpanel", "@mp", NULL), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--format", "posthog", "@ph", NULL), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@nd", NULL), ==, 0);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@c.csv", NULL), ==, 0);
  assert_asked (self, "SELECT properties FROM events WHERE event = 'nd'", expected);
  assert_asked (self, "SELECT group_concat (event) FROM (SELECT event FROM events WHERE properties ="
                      " (SELECT properties FROM events WHERE event = 'nd') ORDER BY event)", "csv,mp,nd,ph");
}

static GBytes *
pack (const char *text)
{
  g_autoptr(GZlibCompressor) packer = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (packer));

  g_assert_true (g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* Two members, as `cat a.gz b.gz` makes them, and then half of one. */
static void
test_gzip (TestTransfer  *self,
           gconstpointer  data)
{
  g_autoptr(GBytes) first = pack ("{\"event\":\"a\",\"user_id\":\"u1\"}\n{\"event\":\"a\",\"user_");
  g_autoptr(GBytes) second = pack ("id\":\"u2\"}\n{\"event\":\"a\",\"user_id\":\"u3\"}\n");
  g_autoptr(GByteArray) both = g_byte_array_new ();

  g_byte_array_append (both, g_bytes_get_data (first, NULL), (guint) g_bytes_get_size (first));
  g_byte_array_append (both, g_bytes_get_data (second, NULL), (guint) g_bytes_get_size (second));
  test_transfer_write (self, "z.ndjson.gz", (const char *) both->data, both->len);
  test_transfer_write (self, "half.ndjson.gz", (const char *) both->data, both->len - 12);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@z.ndjson.gz", NULL), ==, 0);
  assert_asked (self, count_sql, "3 3");
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@half.ndjson.gz", NULL), ==, 66);
  g_assert_nonnull (strstr (self->err, "damaged or incomplete"));
  /* The name without .gz is the same, so the ids are. */
  test_transfer_write (self, "z.ndjson", "{\"event\":\"a\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@z.ndjson", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"accepted\":0,\"duplicates\":1,"));
}

/* A line of 120 MB costs itself, and no memory to speak of. */
static void
test_long_line (TestTransfer  *self,
                gconstpointer  data)
{
  g_autofree char *path = test_transfer_dup_path (self, "long.ndjson");
  g_autofree char *block = g_malloc (1024 * 1024);
  g_autofree char *rejected = NULL;
  struct rusage usage;
  FILE *file = g_fopen (path, "w");

  memset (block, 'x', 1024 * 1024);
  g_assert_cmpint (fputs ("{\"event\":\"a\",\"user_id\":\"u1\"}\n{\"event\":\"", file), >=, 0);
  for (guint i = 0; i < 120; i++)
    g_assert_cmpuint (fwrite (block, 1024 * 1024, 1, file), ==, 1);
  g_assert_cmpint (fputs ("\"}\n{\"event\":\"b\",\"user_id\":\"u1\"}\n", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);

  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--rejected", "@bad", "@long.ndjson", NULL), ==, 1);
  rejected = test_transfer_read (self, "bad");
  g_assert_cmpstr (rejected, ==, "{\"line\":2,\"reason\":\"the row is longer than 2 MiB\"}\n");
  assert_asked (self, count_sql, "2 2");
  g_assert_cmpint (getrusage (RUSAGE_CHILDREN, &usage), ==, 0);
  g_test_message ("%ld KiB", usage.ru_maxrss);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpint (usage.ru_maxrss, <, 100 * 1024);   /* also of the collectors before it */
#endif
}

static void
write_many (TestTransfer *self,
            const char   *name,
            guint         n_events)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_events; i++)
    {
      g_string_append_printf (text, "{\"event\":\"a\",\"user_id\":\"u%u\",\"properties\":{\"n\":%u}", i % 100, i);
      if (i % 2 == 0)
        g_string_append_printf (text, ",\"id\":\"m%u\"", i);
      g_string_append (text, i % 1000 == 999 ? "\n" : "}\n");   /* some are broken */
    }
  test_transfer_write (self, name, text->str, (gssize) text->len);
}

/* Each event of write_many () that is one, once, and none else. */
static void
assert_exactly (TestTransfer *self,
                guint         n_events)
{
  guint n_bad = n_events / 1000;
  guint64 sum = (guint64) n_events * (n_events - 1) / 2;
  g_autofree char *expected = NULL;

  for (guint i = 999; i < n_events; i += 1000)
    sum -= i;
  expected = g_strdup_printf ("%u %u %u %" G_GUINT64_FORMAT, n_events - n_bad, n_events - n_bad, n_events - n_bad, sum);
  assert_asked (self, "SELECT count (*) || ' ' || count (DISTINCT id) || ' ' || count (DISTINCT properties ->> 'n') "
                      "|| ' ' ||"
                      " sum (properties ->> 'n') FROM events", expected);
}

static void
assert_rejected (TestTransfer *self,
                 guint         n_bad,
                 guint         n_before)
{
  g_autofree char *text = test_transfer_read (self, "bad");
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, n_bad + 1);
  for (guint i = 0; i < n_bad; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("{\"line\":%u,", (i + 1) * 1000 + n_before);

      g_assert_true (g_str_has_prefix (lines[i], prefix));
    }
}

static guint64
get_place (TestTransfer *self,
           const char   *name)
{
  g_autofree char *path = test_transfer_dup_path (self, name);
  g_autoptr(GKeyFile) state = g_key_file_new ();

  if (!g_key_file_load_from_file (state, path, G_KEY_FILE_NONE, NULL))
    return 0;
  return g_key_file_get_uint64 (state, "import", "events", NULL);
}

static void
wait_for_place (TestTransfer *self,
                GSubprocess  *process,
                const char   *name,
                guint64       n_events)
{
  while (get_place (self, name) < n_events)
    {
      g_assert_nonnull (g_subprocess_get_identifier (process));   /* it still runs */
      g_usleep (500);
    }
}

#define MANY 20000

/* Killed four times in the middle of things, then left alone. */
static void
kill_and_go_on (TestTransfer *self,
                const char   *name,
                guint         n_before)
{
  g_autofree char *path = test_transfer_dup_path (self, name);
  g_autofree char *state = g_strconcat (name, ".weir-import", NULL);

  for (guint i = 1; i <= 4; i++)
    {
      g_autoptr(GSubprocess) process = test_transfer_spawn (self, "import", "--to", "@", "--batch", "20", "--rejected",
                                                            "@bad", path, NULL);

      wait_for_place (self, process, state, i * MANY / 10);
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
      g_assert_true (g_subprocess_get_if_signaled (process));
    }
  g_assert_cmpuint (get_place (self, state), <, MANY - MANY / 1000);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--batch", "20", "--rejected", "@bad", path, NULL),
                   ==, 1);
  g_assert_nonnull (strstr (self->err, "going on after"));
  assert_exactly (self, MANY);
  assert_rejected (self, MANY / 1000, n_before);
}

static void
test_killed (TestTransfer  *self,
             gconstpointer  data)
{
  write_many (self, "k.ndjson", MANY);
  kill_and_go_on (self, "k.ndjson", 0);
}

static void
test_killed_gzip (TestTransfer  *self,
                  gconstpointer  data)
{
  g_autofree char *text = NULL;
  g_autoptr(GBytes) packed = NULL;

  write_many (self, "k", MANY);
  text = test_transfer_read (self, "k");
  packed = pack (text);
  test_transfer_write (self, "k.ndjson.gz", g_bytes_get_data (packed, NULL), (gssize) g_bytes_get_size (packed));
  kill_and_go_on (self, "k.ndjson.gz", 0);
}

static void
test_killed_csv (TestTransfer  *self,
                 gconstpointer  data)
{
  g_autoptr(GString) text = g_string_new ("id,event,user_id,timestamp,n,note\r\n");

  for (guint i = 0; i < MANY; i++)
    {
      if (i % 2 == 0)
        g_string_append_printf (text, "m%u", i);
      g_string_append_printf (text, ",a,u%u,%u,%u%s\r\n", i % 100, 1700000000 + i, i,
                              i % 1000 == 999 ? "" : ",\"x, \"\"y\"\"\"");
    }
  test_transfer_write (self, "k.csv", text->str, (gssize) text->len);
  kill_and_go_on (self, "k.csv", 1);
  assert_asked (self, "SELECT count (DISTINCT properties ->> 'note') || max (properties ->> 'note') FROM events",
                "1x, \"y\"");
}

/* The same state, from a pipe that says all of it again. */
static void
test_stdin (TestTransfer  *self,
            gconstpointer  data)
{
  g_autofree char *text = NULL;
  g_autofree char *err = NULL;
  g_autoptr(GSubprocess) first = NULL;
  g_autoptr(GSubprocess) second = NULL;
  gsize half;

  write_many (self, "s", MANY);
  text = test_transfer_read (self, "s");
  half = strlen (text) / 2;
  first = test_transfer_spawn (self, "import", "--to", "@", "--batch", "100", "--state", "@state", "-", NULL);
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (first), text, half, NULL, NULL, NULL));
  /* It waits for more of the pipe now. */
  wait_for_place (self, first, "state", 1000);
  g_subprocess_send_signal (first, SIGINT);
  g_assert_true (g_subprocess_communicate_utf8 (first, NULL, NULL, NULL, &err, NULL));
  g_assert_true (g_subprocess_get_if_exited (first));
  g_assert_cmpint (g_subprocess_get_exit_status (first), ==, 130);
  g_assert_nonnull (strstr (err, "interrupted"));
  g_assert_nonnull (strstr (err, "call the same again to go on"));

  second = test_transfer_spawn (self, "import", "--to", "@", "--batch", "100", "--state", "@state", "-", NULL);
  g_assert_true (g_subprocess_communicate_utf8 (second, text, NULL, NULL, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (second), ==, 1);
  assert_exactly (self, MANY);
}

/* The collector is killed, and comes back at the same address. */
static void
test_collector_killed (TestTransfer  *self,
                       gconstpointer  data)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->collector->port);
  char *options[] = { (char *) "--listen", listen, NULL };
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *err = NULL;
  TestCollector *again;

  write_many (self, "c.ndjson", MANY);
  process = test_transfer_spawn (self, "import", "--to", "@", "--batch", "50", "@c.ndjson", NULL);
  wait_for_place (self, process, "c.ndjson.weir-import", 1000);
  test_collector_kill (self->collector);
  again = test_collector_new_in (self->collector->data_dir, options, -1, 0);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (err, "; trying again in "));

  g_free (g_steal_pointer (&self->collector->data_dir));
  self->collector->data_dir = g_strdup ("/nonexistent");
  test_collector_free (self->collector);
  self->collector = again;
  assert_exactly (self, MANY);
}

/* The disk is full for a while: 503 with Retry-After loses nothing. */
static void
test_disk_full (TestTransfer  *self,
                gconstpointer  data)
{
  g_autoptr(TestReply) reply = test_collector_request (self->collector, "POST", "/v1/drill",
                                                       "{\"fault\":\"disk-full\",\"seconds\":2}");

  g_assert_cmpint (reply->status, ==, 201);
  write_many (self, "d.ndjson", MANY);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@d.ndjson", NULL), ==, 1);
  g_assert_nonnull (strstr (self->err, "it answered 503"));
  assert_exactly (self, MANY);
}

/* A collector that takes a kilobyte at a time, and an event that is larger. */
static void
test_small_bodies (TestTransfer  *self,
                   gconstpointer  data)
{
  g_autofree char *large = g_strnfill (2000, 'x');
  g_autofree char *line = g_strdup_printf ("{\"event\":\"a\",\"user_id\":\"u1\",\"properties\":{\"n\":0,"
                                           "\"x\":\"%s\"}}\n",
                                           large);
  g_autofree char *rejected = NULL;

  write_many (self, "many", 900);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@many", NULL), ==, 0);
  assert_exactly (self, 900);
  test_transfer_write (self, "large", line, -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--rejected", "@bad", "@large", NULL), ==, 1);
  rejected = test_transfer_read (self, "bad");
  g_assert_nonnull (strstr (rejected, "{\"line\":1,\"reason\":\"the collector does not take a request that large\""));
}

static void
test_strict (TestTransfer  *self,
             gconstpointer  data)
{
  test_transfer_write (self, "s", "{\"event\":\"a\",\"user_id\":\"u1\"}\n{\"event\":\"b\",\"user_id\":\"u1\"}\nbad\n",
                       -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--batch", "1", "--strict", "@s", NULL), ==, 65);
  g_assert_nonnull (strstr (self->err, "line 3: "));
  assert_asked (self, count_sql, "2 2");
  test_transfer_write (self, "s", "{\"event\":\"a\",\"user_id\":\"u1\"}\n{\"event\":\"b\",\"user_id\":\"u1\"}\n"
                                  "{\"event\":\"c\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--batch", "1", "--strict", "--state", "@new", "@s",
                                      NULL), ==, 0);
  assert_asked (self, count_sql, "3 3");
}

static void
test_dry_run (TestTransfer  *self,
              gconstpointer  data)
{
  g_autofree char *state = test_transfer_dup_path (self, "d.ndjson.weir-import");
  g_auto(GStrv) lines = NULL;

  write_many (self, "d.ndjson", 3000);
  g_assert_cmpint (test_transfer_run (self, "import", "--dry-run", "@d.ndjson", NULL), ==, 1);
  lines = g_strsplit (self->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 11);
  g_assert_cmpstr (lines[0], ==, "{\"event\":\"a\",\"id\":\"m0\",\"user_id\":\"u0\",\"properties\":{\"n\":0}}");
  g_assert_nonnull (strstr (self->err, "3000 rows: 2997 events, 3 rows are not taken; nothing was sent"));
  assert_asked (self, count_sql, "0 0");
  g_assert_false (g_file_test (state, G_FILE_TEST_EXISTS));
}

static void
test_refusals (TestTransfer  *self,
               gconstpointer  data)
{
  g_autofree char *unused = g_strdup_printf ("http://127.0.0.1:%u", self->collector->port);
  g_autofree char *not_there = g_strdup_printf ("%s/nothing", self->collector->url);

  test_transfer_write (self, "a", "{\"event\":\"a\",\"user_id\":\"u1\"}\n", -1);
  test_transfer_write (self, "two", "one two\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--nonsense", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "ftp://localhost", "@a", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--batch", "0", "@a", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--format", "xml", "@a", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--table", "t", "@a", NULL), ==, 64);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "@none", NULL), ==, 66);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--key-file", "@two", "@a", NULL), ==, 78);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", not_there, "--state", "@1", "@a", NULL), ==, 69);
  /* Nothing came of the first one, so it is not in the way of another with other options. */
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--state", "@1", "@a", NULL), ==, 0);
  test_collector_stop (self->collector);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", unused, "--patience", "0s", "--state", "@3", "@a", NULL),
                   ==, 75);
  g_assert_cmpint (test_transfer_run (self, "import", "--help", NULL), ==, 0);
  g_assert_nonnull (strstr (self->out, "--rejected=FILE"));
}

/* The key is in a file, and its name is the source of events that name none. */
static void
test_key (TestTransfer  *self,
          gconstpointer  data)
{
  g_autoptr(TestReply) reply = test_collector_request (self->collector, "POST", "/v1/keys", "{\"name\":\"shop\"}");
  const char *key = strstr (reply->body, "\"key\":\"");
  g_autofree char *text = NULL;

  g_assert_cmpint (reply->status, ==, 201);
  g_assert_nonnull (key);
  key += strlen ("\"key\":\"");
  text = g_strndup (key, strcspn (key, "\""));
  test_transfer_write (self, "key", text, -1);
  test_transfer_write (self, "a", "{\"event\":\"a\",\"user_id\":\"u1\"}\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--key-file", "@key", "@a", NULL), ==, 0);
  assert_asked (self, "SELECT source FROM events", "shop");
  test_transfer_write (self, "wrong", "wk_12345678_nobody\n", -1);
  g_assert_cmpint (test_transfer_run (self, "import", "--to", "@", "--key-file", "@wrong", "--state", "@2", "@a", NULL),
                   ==, 77);
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *path;
    const char *options;
    void (*func) (TestTransfer *self, gconstpointer data);
  } tests[] = {
    { "/collector/import/ndjson", NULL, test_ndjson },
    { "/collector/import/grown", NULL, test_grown },
    { "/collector/import/csv", NULL, test_csv },
    { "/collector/import/csv-columns", NULL, test_csv_columns },
    { "/collector/import/posthog", NULL, test_posthog },
    { "/collector/import/mixpanel", NULL, test_mixpanel },
    { "/collector/import/exact", NULL, test_exact },
    { "/collector/import/gzip", NULL, test_gzip },
    { "/collector/import/long-line", NULL, test_long_line },
    { "/collector/import/killed", NULL, test_killed },
    { "/collector/import/killed-csv", NULL, test_killed_csv },
    { "/collector/import/killed-gzip", NULL, test_killed_gzip },
    { "/collector/import/stdin", NULL, test_stdin },
    { "/collector/import/collector-killed", NULL, test_collector_killed },
    { "/collector/import/disk-full", "--fault-drill", test_disk_full },
    { "/collector/import/small-bodies", "--max-body-bytes 1024", test_small_bodies },
    { "/collector/import/strict", NULL, test_strict },
    { "/collector/import/dry-run", NULL, test_dry_run },
    { "/collector/import/refusals", NULL, test_refusals },
    { "/collector/import/key", NULL, test_key },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, TestTransfer, tests[i].options, test_transfer_set_up, tests[i].func,
                test_transfer_tear_down);
  return g_test_run ();
}
