/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-error.h"
#include "weir-sse-encoder.h"
#include "weir-sse-parser.h"

typedef struct
{
  const char *event;
  const char *data;
  const char *id;
} Expected;

typedef struct
{
  const char *stream;
  gsize length;
  Expected events[3];
  const char *last_event_id;
  int retry_ms;
} Vector;

#define STREAM(s) s, sizeof (s) - 1

/* What a parser of the standard makes of each stream. Data with a NUL is written with “\0” as its
 * two characters, see collect_message(). */
static const Vector vectors[] = {
  /* 1 */
  { STREAM ("data: a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data:a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data:  a\n\n"), { { "message", " a", "" } }, "", -1 },
  { STREAM ("data: a\r\n\r\n"), { { "message", "a", "" } }, "", -1 },
  /* 5 */
  { STREAM ("data: a\r\r"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data: a\r\n\ndata: b\r\r\n"),
    { { "message", "a", "" }, { "message", "b", "" } }, "", -1 },
  { STREAM ("data: a\ndata: b\n\n"), { { "message", "a\nb", "" } }, "", -1 },
  { STREAM ("data\n\n"), { { "message", "", "" } }, "", -1 },
  { STREAM ("data\ndata\n\n"), { { "message", "\n", "" } }, "", -1 },
  /* 10 */
  { STREAM ("data:\n\n"), { { "message", "", "" } }, "", -1 },
  { STREAM (": hb\n\n"), { { NULL } }, "", -1 },
  { STREAM ("event: x\n\n"), { { NULL } }, "", -1 },
  { STREAM ("event: x\n\ndata: y\n\n"), { { "message", "y", "" } }, "", -1 },
  { STREAM ("event: x\ndata: y\n\ndata: z\n\n"),
    { { "x", "y", "" }, { "message", "z", "" } }, "", -1 },
  /* 15 */
  { STREAM ("id: 1\ndata: a\n\ndata: b\n\n"),
    { { "message", "a", "1" }, { "message", "b", "1" } }, "1", -1 },
  { STREAM ("id: 1\n\n"), { { NULL } }, "1", -1 },
  { STREAM ("id: 1\ndata: a\n\nid\ndata: b\n\n"),
    { { "message", "a", "1" }, { "message", "b", "" } }, "", -1 },
  { STREAM ("id: 1\ndata: a\n\nid: 2\0" "3\ndata: b\n\n"),
    { { "message", "a", "1" }, { "message", "b", "1" } }, "1", -1 },
  { STREAM ("data: a"), { { NULL } }, "", -1 },
  /* 20 */
  { STREAM ("data: a\n"), { { NULL } }, "", -1 },
  { STREAM ("id: 9\ndata: a\n"), { { NULL } }, "", -1 },
  { STREAM ("\xef\xbb\xbf" "data: a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("\xef\xbb\xbf\xef\xbb\xbf" "data: a\n\n"), { { NULL } }, "", -1 },
  { STREAM ("retry: 5000\n\n"), { { NULL } }, "", 5000 },
  /* 25 */
  { STREAM ("retry: 5s\n\n"), { { NULL } }, "", -1 },
  { STREAM ("retry: -1\n\n"), { { NULL } }, "", -1 },
  { STREAM ("retry:\n\n"), { { NULL } }, "", -1 },
  { STREAM ("Data: a\n\n"), { { NULL } }, "", -1 },
  { STREAM (" data: a\n\n"), { { NULL } }, "", -1 },
  /* 30 */
  { STREAM ("data : a\n\n"), { { NULL } }, "", -1 },
  { STREAM ("foo: bar\ndata: a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data: a:b: c\n\n"), { { "message", "a:b: c", "" } }, "", -1 },
  { STREAM ("data:\ttab\n\n"), { { "message", "\ttab", "" } }, "", -1 },
  { STREAM ("data: \xff\n\n"), { { "message", "\xef\xbf\xbd", "" } }, "", -1 },
  /* 35 */
  { STREAM ("data: x\0y\n\n"), { { "message", "x\\0y", "" } }, "", -1 },
  { STREAM (":\n\ndata: a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("event: a\nevent: b\ndata: c\n\n"), { { "b", "c", "" } }, "", -1 },
  { STREAM ("\n\n\ndata: a\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data: {\"a\":1}\nid: 7\nevent: m\n\n"), { { "m", "{\"a\":1}", "7" } }, "7", -1 },
  /* 40 */
  { STREAM ("data: a\n\x0b" "data: b\n\n"), { { "message", "a", "" } }, "", -1 },
  { STREAM ("data: a\xe2\x80\xa8" "b\n\n"), { { "message", "a\xe2\x80\xa8" "b", "" } }, "", -1 },

  /* Beyond the 41: broken sequences become one U+FFFD for each longest prefix (Unicode, table 3-8),
   * and never swallow the line end. */
  { STREAM ("data: \xe2\x80\n\n"), { { "message", "\xef\xbf\xbd", "" } }, "", -1 },
  { STREAM ("data: \xf0\x9f\x98" "a\xc0\xaf\n\n"),
    { { "message", "\xef\xbf\xbd" "a\xef\xbf\xbd\xef\xbf\xbd", "" } }, "", -1 },
  { STREAM ("data: \xed\xa0\x80\n\n"),
    { { "message", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "" } }, "", -1 },
  { STREAM ("data: \xf0\x9f\x98\x80\n\n"), { { "message", "\xf0\x9f\x98\x80", "" } }, "", -1 },
  { STREAM ("retry: 99999999999999999999\n\n"), { { NULL } }, "", G_MAXINT },
};

static void
collect_message (const char *event,
                 const char *data,
                 gsize       length,
                 const char *last_event_id,
                 gpointer    user_data)
{
  GString *out = user_data;

  g_assert_cmpint (data[length], ==, '\0');
  g_string_append_printf (out, "<%s|", event);
  for (gsize i = 0; i < length; i++)
    {
      if (data[i] == '\0')
        g_string_append (out, "\\0");
      else
        g_string_append_c (out, data[i]);
    }
  g_string_append_printf (out, "|%s>", last_event_id);
}

static void
check_vector (const Vector *vector,
              gsize         first,
              gsize         step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  WeirSseParser *parser = weir_sse_parser_new (1024, collect_message, seen);
  gsize position = 0;

  while (position < vector->length)
    {
      gsize n = MIN (position == 0 ? first : step, vector->length - position);
      g_autofree char *piece = g_memdup2 (vector->stream + position, n);

      weir_sse_parser_push (parser, piece, n, &error);
      g_assert_no_error (error);
      position += n;
    }

  for (guint i = 0; i < G_N_ELEMENTS (vector->events) && vector->events[i].event != NULL; i++)
    {
      const Expected *event = &vector->events[i];

      g_string_append_printf (expected, "<%s|%s|%s>", event->event, event->data, event->id);
    }

  g_assert_cmpstr (seen->str, ==, expected->str);
  g_assert_cmpstr (weir_sse_parser_get_last_event_id (parser), ==, vector->last_event_id);
  g_assert_cmpint (weir_sse_parser_get_retry_ms (parser), ==, vector->retry_ms);
  weir_sse_parser_free (parser);
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;

  check_vector (vector, vector->length, vector->length);
  check_vector (vector, 1, 1);
  for (gsize split = 1; split < vector->length; split++)
    check_vector (vector, split, vector->length);
}

static void
test_reconnect (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WeirSseParser) parser = weir_sse_parser_new (1024, collect_message, seen);

  g_assert_true (weir_sse_parser_push (parser, STREAM ("id: 7\ndata: a\n\nid: 8\ndata: lo"), NULL));
  weir_sse_parser_reset (parser);
  g_assert_cmpstr (weir_sse_parser_get_last_event_id (parser), ==, "7");

  /* A byte order mark may open the new connection; its first comment does not lose the id. */
  g_assert_true (weir_sse_parser_push (parser,
                                       STREAM ("\xef\xbb\xbf: ok\n\ndata: b\n\n"),
                                       NULL));
  g_assert_cmpstr (seen->str, ==, "<message|a|7><message|b|7>");
}

static void
check_refused (const char *unit,
               guint       max_units)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WeirSseParser) parser = weir_sse_parser_new (1000, collect_message, seen);
  guint n = 0;

  while (n < max_units && weir_sse_parser_push (parser, unit, strlen (unit), &error))
    n++;
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE);
  g_clear_error (&error);

  /* It stays refused until the next connection. */
  g_assert_false (weir_sse_parser_push (parser, STREAM ("\n\ndata: b\n\n"), &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE);
  g_assert_cmpstr (seen->str, ==, "");

  weir_sse_parser_reset (parser);
  g_assert_true (weir_sse_parser_push (parser, STREAM ("data: c\n\n"), NULL));
  g_assert_cmpstr (seen->str, ==, "<message|c|>");
}

static void
test_caps (void)
{
  g_autofree char *long_comment = g_strnfill (1001, ':');

  check_refused ("x", 1001);
  check_refused ("data: 0123456789\n", 101);
  check_refused ("data\n", 1001);
  check_refused (long_comment, 1);
}

static void
test_cap_is_exact (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GString) stream = g_string_new ("data: ");
  g_autoptr (WeirSseParser) parser = weir_sse_parser_new (1000, collect_message, seen);

  while (stream->len < 1000)
    g_string_append_c (stream, 'x');
  g_string_append (stream, "\n\n");

  for (guint i = 0; i < 3; i++)
    g_assert_true (weir_sse_parser_push (parser, stream->str, stream->len, NULL));
  g_assert_cmpuint (seen->len, ==, 3 * (strlen ("<message||>") + 994));
}

typedef struct
{
  GString *expected;
  guint n_seen;
} RoundTrip;

static void
check_round_trip (const char *event,
                  const char *data,
                  gsize       length,
                  const char *last_event_id,
                  gpointer    user_data)
{
  RoundTrip *trip = user_data;

  g_assert_cmpstr (event, ==, "event");
  g_assert_cmpstr (last_event_id, ==, "e-42");
  g_assert_cmpmem (data, length, trip->expected->str, trip->expected->len);
  trip->n_seen++;
}

/* What an event stream can carry of @data: every kind of line end arrives as LF. */
static GString *
normalise (const GString *data)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < data->len; i++)
    {
      if (data->str[i] != '\r')
        g_string_append_c (out, data->str[i]);
      else if (i + 1 == data->len || data->str[i + 1] != '\n')
        g_string_append_c (out, '\n');
    }

  return out;
}

static void
test_round_trip (void)
{
  static const char *const units[] = { "\r", "\n", "\r\n", " ", ":", "a", "data: ", "é", "\xf0\x9f\x98\x80", "\"" };

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GString) data = g_string_new (NULL);
      g_autoptr (GString) stream = g_string_new (NULL);
      g_autoptr (GString) expected = NULL;
      g_autoptr (WeirSseParser) parser = NULL;
      RoundTrip trip = { NULL, 0 };
      guint n_units = g_test_rand_int_range (0, 20);
      gsize split;

      for (guint i = 0; i < n_units; i++)
        g_string_append (data, units[g_test_rand_int_range (0, G_N_ELEMENTS (units))]);
      if (n_units % 5 == 1)
        g_string_append_c (data, '\0');

      expected = normalise (data);
      trip.expected = expected;
      parser = weir_sse_parser_new (4096, check_round_trip, &trip);

      weir_sse_append_retry (stream, 3000);
      weir_sse_append_comment (stream, "ok");
      weir_sse_append_message (stream, "event", "e-42", data->str, data->len);

      split = g_test_rand_int_range (0, stream->len + 1);
      g_assert_true (weir_sse_parser_push (parser, stream->str, split, NULL));
      g_assert_true (weir_sse_parser_push (parser, stream->str + split, stream->len - split, NULL));
      g_assert_cmpuint (trip.n_seen, ==, 1);
      g_assert_cmpint (weir_sse_parser_get_retry_ms (parser), ==, 3000);
    }
}

static void
test_encoder (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  weir_sse_append_message (out, NULL, "e-1", NULL, 0);
  g_assert_cmpstr (out->str, ==, "id: e-1\n\n");

  /* Nothing that is given as a name or an id can begin a field of its own. */
  g_string_truncate (out, 0);
  weir_sse_append_message (out, "x\ndata: y", "1\ndata: z", STREAM ("a\r\nb\rc"));
  g_assert_cmpstr (out->str, ==, "event: xdata: y\ndata: a\ndata: b\ndata: c\n\n");

  g_string_truncate (out, 0);
  weir_sse_append_comment (out, "a\nb");
  g_assert_cmpstr (out->str, ==, ": ab\n\n");

  g_string_truncate (out, 0);
  weir_sse_append_message (out, NULL, NULL, "", 0);
  g_assert_cmpstr (out->str, ==, "data: \n\n");
}

static void
ignore_message (const char *event,
                const char *data,
                gsize       length,
                const char *last_event_id,
                gpointer    user_data)
{
  g_assert_true (g_utf8_validate (event, -1, NULL));
}

/* Random bytes never do more than fail: run with sanitizers this is a small fuzzer. */
static void
test_noise (void)
{
  g_autoptr (WeirSseParser) parser = weir_sse_parser_new (256, ignore_message, NULL);

  for (guint round = 0; round < 20000; round++)
    {
      static const char alphabet[] = "\r\n\n: dataidretryevent0\xef\xbb\xbf\xf0\x9f";
      char bytes[32];

      for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet)];
      if (!weir_sse_parser_push (parser, bytes, sizeof bytes, NULL))
        weir_sse_parser_reset (parser);
      g_assert_cmpuint (strlen (weir_sse_parser_get_last_event_id (parser)), <=, 256 * 3);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/sse/vector/%u", i + 1);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/engine/sse/reconnect", test_reconnect);
  g_test_add_func ("/engine/sse/caps", test_caps);
  g_test_add_func ("/engine/sse/cap-is-exact", test_cap_is_exact);
  g_test_add_func ("/engine/sse/encoder", test_encoder);
  g_test_add_func ("/engine/sse/round-trip", test_round_trip);
  g_test_add_func ("/engine/sse/noise", test_noise);

  return g_test_run ();
}
