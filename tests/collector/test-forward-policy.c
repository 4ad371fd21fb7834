/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-forward-body.h"
#include "weir-forward-hand.h"
#include "weir-forward-policy.h"
#include "weir-retry.h"

/* What forwarders decide, without a socket. */

static void
test_judge (void)
{
  static const struct {
    guint status;
    WeirForwardVerdict verdict;
  } answers[] = {
    { 0, WEIR_FORWARD_AGAIN },     { 200, WEIR_FORWARD_DONE },    { 201, WEIR_FORWARD_DONE },
    { 202, WEIR_FORWARD_DONE },    { 204, WEIR_FORWARD_DONE },    { 301, WEIR_FORWARD_BLOCKED },
    { 307, WEIR_FORWARD_BLOCKED }, { 400, WEIR_FORWARD_SPLIT },   { 401, WEIR_FORWARD_BLOCKED },
    { 403, WEIR_FORWARD_BLOCKED }, { 404, WEIR_FORWARD_BLOCKED }, { 405, WEIR_FORWARD_BLOCKED },
    { 408, WEIR_FORWARD_AGAIN },   { 409, WEIR_FORWARD_SPLIT },   { 410, WEIR_FORWARD_BLOCKED },
    { 413, WEIR_FORWARD_SPLIT },   { 415, WEIR_FORWARD_BLOCKED }, { 422, WEIR_FORWARD_SPLIT },
    { 425, WEIR_FORWARD_AGAIN },   { 429, WEIR_FORWARD_AGAIN },   { 500, WEIR_FORWARD_AGAIN },
    { 501, WEIR_FORWARD_BLOCKED }, { 502, WEIR_FORWARD_AGAIN },   { 503, WEIR_FORWARD_AGAIN },
    { 504, WEIR_FORWARD_AGAIN },   { 507, WEIR_FORWARD_AGAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_test_message ("%u", answers[i].status);
      g_assert_cmpint (weir_forward_judge (answers[i].status), ==, answers[i].verdict);
    }
}

static void
test_retry_after (void)
{
  /* Sun, 06 Nov 1994 08:49:37 GMT */
  const gint64 now = G_GINT64_CONSTANT (784111777) * G_USEC_PER_SEC;
  static const struct {
    const char *text;
    gint64 seconds;   /* -1: ignored */
  } headers[] = {
    { NULL, -1 }, { "", -1 }, { "0", 0 }, { "7", 7 }, { "3600", 3600 }, { "86400", 3600 },
    { "99999999999999999999999", 3600 }, { "-5", -1 }, { "+5", -1 }, { "1.5", -1 }, { "soon", -1 }, { "5 s", -1 },
    { "Sun, 06 Nov 1994 08:49:47 GMT", 10 }, { "Sun, 06 Nov 1994 08:00:00 GMT", 0 },
    { "Mon, 07 Nov 1994 08:49:37 GMT", 3600 }, { "Sunday, 06-Nov-94 08:49:47 GMT", 10 }, { "Sun Nov", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      gint64 micros = -1;
      gboolean is_read = weir_retry_parse_after (headers[i].text, now, &micros);

      g_test_message ("%s", headers[i].text);
      g_assert_cmpint (is_read, ==, headers[i].seconds >= 0);
      if (is_read)
        g_assert_cmpint (micros, ==, headers[i].seconds * G_USEC_PER_SEC);
    }
}

static void
test_pause (void)
{
  /* Full jitter: from nothing to twice as much each time, up to a minute. */
  for (guint n = 1; n < WEIR_RETRY_BREAKER; n++)
    {
      g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_AGAIN, n, 0, 0), ==, 0);
      g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_AGAIN, n, 0, 1), ==,
                       G_USEC_PER_SEC << (n - 1));
    }
  /* An open circuit is probed, not tried. */
  for (guint n = WEIR_RETRY_BREAKER; n < 100; n++)
    g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_AGAIN, n, 0, 0), ==, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_AGAIN, G_MAXUINT, 0, 1), ==, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_AGAIN, 1, 90 * G_USEC_PER_SEC, 0.5), ==,
                   90 * G_USEC_PER_SEC);
  g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_BLOCKED, 1, 0, 0), ==, 150 * G_USEC_PER_SEC);
  g_assert_cmpint (weir_forward_choose_pause (WEIR_FORWARD_BLOCKED, 1, 0, 1), ==, 300 * G_USEC_PER_SEC);
}

/* Sends as fast as it may for three hours, batches of any size. */
static void
test_rate (void)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(WeirForwardConfig) config = NULL;
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GError) error = NULL;
  const char *key;
  WeirForwardRate rate;
  gint64 now = 0;

  g_key_file_set_value (file, "forwarder bi", "url", "https://api.powerbi.com/beta/1/datasets/2/rows?key=3");
  g_key_file_set_value (file, "forwarder bi", "format", "powerbi");
  g_key_file_set_value (file, "forwarder bi", "batch", "50000");
  config = weir_forward_config_new (file, "forwarder bi", "/", &key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (config->batch, ==, 10000);
  rate = config->rate;
  while (now < 3 * G_TIME_SPAN_HOUR)
    {
      guint n = g_test_rand_bit () ? (guint) g_test_rand_int_range (1, 100)
                                   : (guint) g_test_rand_int_range (1, 10001);

      g_array_append_val (times, now);
      g_array_append_val (rows, n);
      weir_forward_rate_note (&rate, n, now);
      now = MAX (now + 1000, rate.ready_at);
    }
  for (guint i = 0, first_minute = 0, first_hour = 0, in_hour = 0; i < times->len; i++)
    {
      gint64 at = g_array_index (times, gint64, i);

      in_hour += g_array_index (rows, guint, i);
      while (g_array_index (times, gint64, first_minute) <= at - G_TIME_SPAN_MINUTE)
        first_minute++;
      while (g_array_index (times, gint64, first_hour) <= at - G_TIME_SPAN_HOUR)
        in_hour -= g_array_index (rows, guint, first_hour++);
      g_assert_cmpuint (i - first_minute + 1, <=, 120);
      g_assert_cmpuint (in_hour, <=, 1000000);
    }
}

static WeirEventBatch *
make_batch (guint   n_events,
            guint64 first_seq)
{
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();

  for (guint i = 0; i < n_events; i++)
    {
      WeirEvent event;

      weir_event_init (&event);
      event.timestamp = event.received = G_GINT64_CONSTANT (1767225600123456);
      event.seq = first_seq + i;
      event.value = i;
      weir_event_set_text (&event, WEIR_EVENT_NAME, "a\"b", 3);
      weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
      weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u", 1);
      weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, "{\"n\":[1]}", 9);
      weir_event_builder_add (builder, &event);
    }
  return weir_event_builder_end (builder, first_seq);
}

/* One bad event of ten thousand is found with fourteen requests that are refused. */
static void
test_bisect (void)
{
  g_autoptr(WeirForwardHand) hand = weir_forward_hand_new ();
  g_autoptr(WeirEventBatch) batch = make_batch (10000, 1);
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();

  for (guint bad = 0; bad < 10000; bad += 1111)
    {
      WeirForwardRange range;
      guint n_refused = 0, n_sent = 0, next = 0;
      gboolean is_found = FALSE;

      weir_forward_hand_clear (hand);
      weir_forward_hand_begin (hand, 0);
      g_assert_false (weir_forward_hand_fill (hand, batch, 10000, NULL, codec, G_MAXUINT, G_MAXSIZE));
      weir_forward_hand_deal (hand);
      while (weir_forward_hand_next (hand, &range))
        {
          g_assert_cmpuint (range.first, ==, next);   /* in order */
          if (bad < range.first || bad >= range.first + range.n_events)
            {
              n_sent += range.n_events;
              next += range.n_events;
              weir_forward_hand_pass (hand);
              continue;
            }
          if (range.n_events > 1)
            {
              n_refused++;
              weir_forward_hand_split (hand);
              continue;
            }
          is_found = TRUE;
          next++;
          weir_forward_hand_pass (hand);
        }
      g_assert_true (is_found);
      g_assert_cmpuint (n_sent, ==, 9999);
      g_assert_cmpuint (n_refused, <=, 14);
    }
}

/* Only what passes is in hand, but the place moves over all of it. */
static void
test_filter (void)
{
  g_autoptr(WeirForwardHand) hand = weir_forward_hand_new ();
  g_autoptr(WeirEventBatch) batch = make_batch (100, 11);
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(WeirFilter) filter =
    weir_filter_new_from_json ("{\"property\":\"value\",\"op\":\">=\",\"value\":90}", -1, NULL);
  WeirEvent event;

  weir_forward_hand_begin (hand, 20);   /* in the middle of the batch */
  g_assert_true (weir_forward_hand_fill (hand, batch, 1000, filter, codec, 1000, G_MAXSIZE));
  g_assert_cmpuint (weir_forward_hand_get_n_events (hand), ==, 10);
  g_assert_cmpuint (weir_forward_hand_get_until (hand), ==, 110);
  weir_forward_hand_get_event (hand, 0, &event);
  g_assert_cmpuint (event.seq, ==, 101);

  /* Full: goes on later where it stopped. */
  weir_forward_hand_clear (hand);
  weir_forward_hand_begin (hand, 20);
  g_assert_false (weir_forward_hand_fill (hand, batch, 1000, filter, codec, 4, G_MAXSIZE));
  g_assert_cmpuint (weir_forward_hand_get_n_events (hand), ==, 4);
  g_assert_cmpuint (weir_forward_hand_get_until (hand), ==, 104);
  g_assert_false (weir_forward_hand_fill (hand, batch, 104, filter, codec, 4, G_MAXSIZE));
}

static void
test_bodies (void)
{
#define NATIVE(seq, value) \
  "{\"seq\":" seq ",\"id\":\"i-" seq "\",\"event\":\"a\\\"b\",\"timestamp\":\"2026-01-01T00:00:00.123456Z\"," \
  "\"received\":\"2026-01-01T00:00:00.123456Z\",\"source\":\"local\",\"distinct_id\":\"u\",\"user_id\":\"u\"," \
  "\"value\":" value ",\"properties\":{\"n\":[1]}}"
#define ROW(seq, time, value) \
  "{\"seq\":" seq ",\"id\":\"i-" seq "\",\"event\":\"a\\\"b\",\"timestamp\":\"" time "\",\"received\":\"" time "\"," \
  "\"source\":\"local\",\"distinct_id\":\"u\",\"user_id\":\"u\",\"value\":" value ",\"properties\":\"{\\\"n\\\":[1]}\"}"
#define ISO "2026-01-01T00:00:00.123456Z"
#define PLAIN "2026-01-01 00:00:00.123456"
  static const struct {
    const char *format;
    const char *url;
    const char *body;
  } bodies[] = {
    { "json-array", "http://h/", "[" NATIVE ("1", "0") "," NATIVE ("2", "1") "]" },
    { "ndjson", "http://h/", NATIVE ("1", "0") "\n" NATIVE ("2", "1") "\n" },
    { "powerbi", "http://h/?key=x", "[" ROW ("1", ISO, "0") "," ROW ("2", ISO, "1") "]" },
    { "powerbi", "http://h/rows", "{\"rows\":[" ROW ("1", ISO, "0") "," ROW ("2", ISO, "1") "]}" },
    { "clickhouse", "http://h/", ROW ("1", PLAIN, "0") "\n" ROW ("2", PLAIN, "1") "\n" },
  };
  g_autoptr(WeirEventBatch) batch = make_batch (2, 1);

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(GKeyFile) file = g_key_file_new ();
      g_autoptr(WeirForwardConfig) config = NULL;
      g_autoptr(GBytes) bytes = NULL;
      g_autofree char *text = NULL;
      g_autofree char *expected = g_strdup (bodies[i].body);
      WeirForwardBody body;
      WeirEventIter iter;
      WeirEvent event;
      const char *key;

      g_key_file_set_value (file, "forwarder x", "url", bodies[i].url);
      g_key_file_set_value (file, "forwarder x", "format", bodies[i].format);
      config = weir_forward_config_new (file, "forwarder x", "/", &key, NULL);
      g_assert_nonnull (config);
      weir_forward_body_begin (&body, config, "i");
      weir_event_iter_init (&iter, batch);
      while (weir_event_iter_next (&iter, &event))
        {
          char id[8];

          g_snprintf (id, sizeof id, "i-%u", (guint) event.seq);
          weir_event_set_text (&event, WEIR_EVENT_ID, id, strlen (id));
          weir_forward_body_add (&body, &event);
        }
      bytes = weir_forward_body_end (&body);
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_cmpstr (text, ==, expected);
    }
}

/* What is too long for a column of Power BI is cut between two characters. */
static void
test_clip (void)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(WeirForwardConfig) config = NULL;
  g_autoptr(GString) long_text = g_string_new ("x");
  g_autoptr(GBytes) bytes = NULL;
  WeirForwardBody body;
  WeirEvent event;
  const char *key, *text;
  guint n_smileys = 0;

  for (guint i = 0; i < 3000; i++)
    g_string_append (long_text, "\xf0\x9f\x99\x82");
  g_key_file_set_value (file, "forwarder x", "url", "http://h/");
  g_key_file_set_value (file, "forwarder x", "format", "powerbi");
  config = weir_forward_config_new (file, "forwarder x", "/", &key, NULL);
  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_NAME, "e", 1);
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u", 1);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, long_text->str, long_text->len);
  weir_forward_body_begin (&body, config, "i");
  weir_forward_body_add (&body, &event);
  bytes = weir_forward_body_end (&body);
  text = g_bytes_get_data (bytes, NULL);
  g_assert_true (g_utf8_validate (text, (gssize) g_bytes_get_size (bytes), NULL));
  for (const char *at = text; at < text + g_bytes_get_size (bytes); at = g_utf8_next_char (at))
    n_smileys += g_utf8_get_char (at) == 0x1f642;
  g_assert_cmpuint (n_smileys, ==, 1999);   /* the x and 1999 of two units */
}

static void
test_config (void)
{
  static const struct {
    const char *group;
    const char *key;
    const char *value;
    const char *message;   /* NULL: fine */
  } cases[] = {
    { "forwarder a", "batch", "1", NULL },
    { "forwarder a", "interval", "0.5s", NULL },
    { "forwarder a", "filter", "{\"property\":\"event\",\"op\":\"matches\",\"value\":\"^a\\\\.b\"}", NULL },
    { "forwarder a", "max-rate", "1000", NULL },
    { "forwarder a", "max-requests", "60", NULL },
    { "forwarder", "batch", "1", "is not a name" },
    { "forwarder a b", "batch", "1", "is not a name" },
    { "forwarder ../a", "batch", "1", "is not a name" },
    { "forwarder store", "batch", "1", "cannot be called" },
    { "forwarder journal", "batch", "1", "cannot be called" },
    { "forwarder a", "batch", "0", "is not a number" },
    { "forwarder a", "batch", "50001", "is not a number" },
    { "forwarder a", "batch", "many", "is not a number" },
    { "forwarder a", "interval", "2", "is not a duration" },
    { "forwarder a", "interval", "2d", "is not from" },
    { "forwarder a", "timeout", "0s", "is not from" },
    { "forwarder a", "format", "xml", "is not one of" },
    { "forwarder a", "filter", "{\"property\":", "filter" },
    { "forwarder a", "filter", "{\"property\":\"person.x\",\"op\":\"is_set\"}", "which person" },
    { "forwarder a", "max-rate", "-1", "is not a number" },
    { "forwarder a", "color", "red", "there is no such key" },
    { "forwarder a", "batch", "", "it is empty" },
    { "forwarder a", "url", "ftp://h/", "it is not an address" },
    { "forwarder a", "url", "h:80", "it is not an address" },
    { "forwarder a", "url", "https://u:hunter2@h/", "a name or a password" },
    { "forwarder a", "headers-file", "/nowhere/at/all", "/nowhere/at/all: " },
    { "forwarder a", "headers-file", "/", "it is not a file" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GKeyFile) file = g_key_file_new ();
      g_autoptr(WeirForwardConfig) config = NULL;
      g_autoptr(GError) error = NULL;
      const char *key;

      g_key_file_set_value (file, cases[i].group, "url", "https://h/?key=secret");
      g_key_file_set_value (file, cases[i].group, cases[i].key, cases[i].value);
      config = weir_forward_config_new (file, cases[i].group, "/", &key, &error);
      g_test_message ("%s %s=%s: %s", cases[i].group, cases[i].key, cases[i].value,
                      error != NULL ? error->message : "fine");
      if (cases[i].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_null (config);
      g_assert_nonnull (error);
      if (!g_str_equal (cases[i].message, "filter"))   /* the filter's own words */
        g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_null (strstr (error->message, "hunter2"));
    }
}

static void
test_headers (void)
{
  static const struct {
    int mode;
    const char *text;
    const char *message;
  } cases[] = {
    { 0600, "# a comment\nAuthorization: Bearer s3cret \r\n\nX-Two: a: b\n", NULL },
    { 0400, "", NULL },
    { 0644, "Authorization: Bearer s3cret\n", "it needs the mode 0600" },
    { 0660, "Authorization: Bearer s3cret\n", "it needs the mode 0600" },
    { 0600, "Authorization Bearer s3cret\n", "line 1 is not a header" },
    { 0600, "A: b\nBad Name: s3cret\n", "line 2 is not a header" },
    { 0600, "Content-Length: 3\n", "is not for you to give" },
    { 0600, "A: b\rC: d\n", "line 1 is not a header" },
  };
  g_autofree char *dir = g_dir_make_tmp ("weir-headers-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "headers", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GKeyFile) file = g_key_file_new ();
      g_autoptr(WeirForwardConfig) config = NULL;
      g_autoptr(GError) error = NULL;
      const char *key;

      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      g_assert_cmpint (g_chmod (path, cases[i].mode), ==, 0);
      g_key_file_set_value (file, "forwarder a", "url", "https://h/");
      g_key_file_set_value (file, "forwarder a", "headers-file", "headers");   /* beside the configuration */
      config = weir_forward_config_new (file, "forwarder a", dir, &key, &error);
      g_test_message ("%u: %s", i, error != NULL ? error->message : "fine");
      if (cases[i].message == NULL)
        {
          g_assert_no_error (error);
          if (i == 0)
            {
              g_assert_cmpuint (g_strv_length (config->headers), ==, 4);
              g_assert_cmpstr (config->headers[1], ==, "Bearer s3cret");
              g_assert_cmpstr (config->headers[3], ==, "a: b");
            }
        }
      else
        {
          g_assert_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION);
          g_assert_nonnull (strstr (error->message, cases[i].message));
          g_assert_null (strstr (error->message, "s3cret"));
        }
      g_remove (path);
    }
  g_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/forward-policy/judge", test_judge);
  g_test_add_func ("/collector/forward-policy/retry-after", test_retry_after);
  g_test_add_func ("/collector/forward-policy/pause", test_pause);
  g_test_add_func ("/collector/forward-policy/rate", test_rate);
  g_test_add_func ("/collector/forward-policy/bisect", test_bisect);
  g_test_add_func ("/collector/forward-policy/filter", test_filter);
  g_test_add_func ("/collector/forward-policy/bodies", test_bodies);
  g_test_add_func ("/collector/forward-policy/clip", test_clip);
  g_test_add_func ("/collector/forward-policy/config", test_config);
  g_test_add_func ("/collector/forward-policy/headers", test_headers);
  return g_test_run ();
}
