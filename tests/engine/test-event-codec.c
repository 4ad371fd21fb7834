/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-codec.h"
#include "weir-event-json.h"
#include "weir-json-split.h"

typedef struct {
  WeirEventCodec *codec;
  WeirEventBuilder *builder;
  GArray *rejections;
  WeirEventBatch *batch;
  GError *error;
  guint n_read;
} Fixture;

static void
setup (Fixture       *fixture,
       gconstpointer  data)
{
  fixture->codec = weir_event_codec_new ();
  fixture->builder = weir_event_builder_new ();
  fixture->rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
}

static void
teardown (Fixture       *fixture,
          gconstpointer  data)
{
  g_clear_pointer (&fixture->batch, weir_event_batch_unref);
  g_clear_error (&fixture->error);
  weir_event_codec_free (fixture->codec);
  weir_event_builder_free (fixture->builder);
  g_array_unref (fixture->rejections);
}

static gboolean
decode (Fixture    *fixture,
        const char *body,
        gsize       length)
{
  WeirDecodeContext context = {
    .source = "local",
    .received = G_GINT64_CONSTANT (1767225600000000),
    .hash_seed = 42,
    .max_events = 1000,
  };
  gboolean ok;

  g_clear_pointer (&fixture->batch, weir_event_batch_unref);
  g_clear_error (&fixture->error);
  g_array_set_size (fixture->rejections, 0);
  ok = weir_event_codec_decode (fixture->codec, body, length, &context, fixture->builder,
                                fixture->rejections, &fixture->n_read, &fixture->error);
  fixture->batch = weir_event_builder_end (fixture->builder, 0);
  g_assert_cmpint (ok, ==, fixture->error == NULL);

  return ok;
}

/* Decodes a body that holds exactly one event; returns its rejection code or NULL. */
static const char *
decode_one (Fixture    *fixture,
            const char *body,
            WeirEvent  *event)
{
  WeirEventIter iter;

  g_assert_true (decode (fixture, body, strlen (body)));
  g_assert_cmpuint (fixture->n_read, ==, 1);
  if (fixture->rejections->len > 0)
    return g_array_index (fixture->rejections, WeirRejection, 0).code;
  weir_event_iter_init (&iter, fixture->batch);
  g_assert_true (weir_event_iter_next (&iter, event));
  g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch), ==, 1);

  return NULL;
}

static void
test_whole (Fixture       *fixture,
            gconstpointer  data)
{
  WeirEvent event;

  g_assert_null (decode_one (fixture,
      "{\"event\":\" buy \",\"id\":\"m1\",\"timestamp\":\"2026-01-01T00:00:00.5+01:00\","
      "\"user_id\":\" u1 \",\"anonymous_id\":\"\",\"device_id\":7,\"value\":21.5,\"source\":\"shop\","
      "\"properties\":{ \"plan\" : \"pro\", \"duration_ms\":12, \"status\":503, \"dependency\":\"pay\"}}",
      &event));
  g_assert_cmpstr (event.text[WEIR_EVENT_NAME], ==, "buy");
  g_assert_cmpstr (event.text[WEIR_EVENT_ID], ==, "m1");
  g_assert_cmpstr (event.text[WEIR_EVENT_USER_ID], ==, "u1");
  g_assert_null (event.text[WEIR_EVENT_ANONYMOUS_ID]);
  g_assert_cmpstr (event.text[WEIR_EVENT_DEVICE_ID], ==, "7");
  g_assert_cmpstr (event.text[WEIR_EVENT_SOURCE], ==, "shop");
  g_assert_cmpstr (event.text[WEIR_EVENT_DEPENDENCY], ==, "pay");
  g_assert_cmpstr (event.text[WEIR_EVENT_PROPERTIES], ==,
                   "{\"plan\":\"pro\",\"duration_ms\":12,\"status\":503,\"dependency\":\"pay\"}");
  g_assert_cmpint (event.timestamp, ==, G_GINT64_CONSTANT (1767225600000000) - 3599500000);
  g_assert_cmpfloat (event.value, ==, 21.5);
  g_assert_cmpfloat (event.duration, ==, 12);
  g_assert_cmpint (event.flags, ==, WEIR_EVENT_IS_ERROR | WEIR_EVENT_HAS_TIME);
  g_assert_cmpuint (event.id_hash[0], !=, 0);
}

static void
test_forms (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct {
    const char *body;
    guint n_read, n_good;
  } forms[] = {
    { "{\"event\":\"a\",\"user_id\":\"u\"}", 1, 1 },
    { "[{\"event\":\"a\",\"user_id\":\"u\"},{\"event\":\"b\",\"user_id\":\"u\"}]", 2, 2 },
    { "{\"events\":[{\"event\":\"a\",\"user_id\":\"u\"}],\"sent_at\":1}", 1, 1 },
    { "{\"event\":\"a\",\"user_id\":\"u\"}\n{\"event\":\"b\",\"user_id\":\"u\"}\n", 2, 2 },
    { "{\"event\":\"a\",\"user_id\":\"u\"}\r\n\r\n{\"event\":\"b\",\"user_id\":\"u\"}", 2, 2 },
    { "{\"event\":\"a\",\"user_id\":\"u\"}\nnonsense\n{\"event\":\"b\",\"user_id\":\"u\"}\n", 3, 2 },
    { "\xef\xbb\xbf{\"event\":\"a\",\"user_id\":\"u\"}", 1, 1 },
    { " [ ] ", 0, 0 },
    { "[{\"event\":\"a\",\"user_id\":\"u\"},{\"event\":\"a\",\"user_id\":\"u\",},"
      "{\"event\":\"a\",\"user_id\":\"u\"}]", 3, 2 },
    { "{\"sent\":{\"events\":[1]},\"events\":[{\"event\":\"a\",\"user_id\":\"\\ud800\"},"
      "{\"event\":\"a\",\"user_id\":\"u\"}]}", 2, 1 },
    { "[1,null,\"x\",[],{\"event\":\"a\",\"user_id\":\"u\"}]", 5, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_test_message ("%s", forms[i].body);
      g_assert_true (decode (fixture, forms[i].body, strlen (forms[i].body)));
      g_assert_cmpuint (fixture->n_read, ==, forms[i].n_read);
      g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch), ==, forms[i].n_good);
      g_assert_cmpuint (fixture->rejections->len, ==, forms[i].n_read - forms[i].n_good);
    }
}

static void
test_unreadable (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct {
    const char *body;
    WeirError code;
  } bodies[] = {
    { "", WEIR_ERROR_INVALID_JSON },
    { "   \n ", WEIR_ERROR_INVALID_JSON },
    { "{", WEIR_ERROR_INVALID_JSON },
    { "nonsense", WEIR_ERROR_INVALID_JSON },
    { "{\"event\":}", WEIR_ERROR_INVALID_JSON },
    { "[{\"event\":\"a\",\"user_id\":\"u\"},{\"event\":\"b\",", WEIR_ERROR_INVALID_JSON },
    { "[{\"event\":\"a\",\"user_id\":\"u\"}", WEIR_ERROR_INVALID_JSON },
    { "\"text\"", WEIR_ERROR_INVALID_REQUEST },
    { "42", WEIR_ERROR_INVALID_REQUEST },
    { "{\"events\":{}}", WEIR_ERROR_INVALID_REQUEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_test_message ("%s", bodies[i].body);
      g_assert_false (decode (fixture, bodies[i].body, strlen (bodies[i].body)));
      g_assert_error (fixture->error, WEIR_ERROR, (int) bodies[i].code);
    }
}

/* One bad event among good ones costs only itself, with a code that says why. */
static void
test_rejections (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct {
    const char *event;
    const char *code;
  } cases[] = {
    { "{\"user_id\":\"u\"}", "missing_event" },
    { "{\"event\":\"  \",\"user_id\":\"u\"}", "missing_event" },
    { "{\"event\":null,\"user_id\":\"u\"}", "missing_event" },
    { "{\"event\":3,\"user_id\":\"u\"}", "invalid_event" },
    { "{\"event\":\"a\\u0000b\",\"user_id\":\"u\"}", "invalid_event" },
    { "{\"event\":\"a\"}", "missing_id" },
    { "{\"event\":\"a\",\"user_id\":\" \\t\"}", "missing_id" },
    { "{\"event\":\"a\",\"user_id\":true}", "invalid_id" },
    { "{\"event\":\"a\",\"user_id\":{}}", "invalid_id" },
    { "{\"event\":\"a\",\"user_id\":\"u\\u0000v\"}", "invalid_id" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"yesterday\"}", "invalid_timestamp" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"2026-02-30T00:00:00Z\"}", "invalid_timestamp" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":\"2026-01-01T00:00:00\"}", "invalid_timestamp" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"timestamp\":-5}", "invalid_timestamp" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"value\":\"7\"}", "invalid_value" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":[]}", "invalid_properties" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":1e999}}", "invalid_number" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":\"\\ud800\"}}", "invalid_string" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":\"\xff\"}}", "invalid_utf8" },
    { "{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":01}}", "invalid_number" },
    { "{\"event\":\"$alias\",\"user_id\":\"u\"}", "missing_previous_id" },
    { "[]", "invalid_event" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "[{\"event\":\"ok\",\"user_id\":\"u\"},%s,{\"event\":\"ok\",\"user_id\":\"u\"}]", cases[i].event);
      g_autofree char *shown = g_strescape (cases[i].event, NULL);
      const WeirRejection *rejection;

      g_test_message ("%s", shown);
      g_assert_true (decode (fixture, body, strlen (body)));
      g_assert_cmpuint (fixture->n_read, ==, 3);
      g_assert_cmpuint (fixture->rejections->len, ==, 1);
      rejection = &g_array_index (fixture->rejections, WeirRejection, 0);
      g_assert_cmpuint (rejection->index, ==, 1);
      g_assert_cmpstr (rejection->code, ==, cases[i].code);
      g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch), ==, 2);
    }
}

/* What stands behind the events is refused in its turn, never passed over without a word. */
static void
test_rest (Fixture       *fixture,
           gconstpointer  data)
{
  static const char good[] = "{\"event\":\"ok\",\"user_id\":\"u\"}";
  static const struct {
    const char *format;
    guint n_read;
    guint n_good;
  } cases[] = {
    { "[%s]\n[%s]", 2, 1 },
    { "[%s]]", 2, 1 },
    { "[%s] x", 2, 1 },
    { "[%s}, %s]", 2, 1 },
    { "[%s]\n%s", 2, 2 },
    { "{\"events\":[%s]}\n{\"events\":[%s]}", 2, 1 },
    { "{\"events\":[%s],\"api_key\":\"k]}\"} x", 2, 1 },
    { "{\"events\":[%s,],\"api_key\":\"k]}\"}\n", 2, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) body = g_string_new (cases[i].format);

      g_string_replace (body, "%s", good, 0);
      g_test_message ("%s", body->str);
      g_assert_true (decode (fixture, body->str, body->len));
      g_assert_cmpuint (fixture->n_read, ==, cases[i].n_read);
      g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch), ==, cases[i].n_good);
      g_assert_cmpuint (fixture->rejections->len, ==, cases[i].n_read - cases[i].n_good);
    }
}

/* A blank source is an absent one, as of an id. */
static void
test_source (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct {
    const char *source;
    const char *stored;
  } cases[] = {
    { "null", "local" }, { "\"\"", "local" }, { "\" \\t\"", "local" }, { "\" shop \"", "shop" },
    { "7", "7" },
  };
  WeirEvent event;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"event\":\"a\",\"user_id\":\"u\",\"source\":%s}",
                                               cases[i].source);

      g_assert_null (decode_one (fixture, body, &event));
      g_assert_cmpmem (event.text[WEIR_EVENT_SOURCE], event.length[WEIR_EVENT_SOURCE],
                       cases[i].stored, strlen (cases[i].stored));
    }
}

/* What looks odd but is good JSON is stored as it came. */
static void
test_odd_but_good (Fixture       *fixture,
                   gconstpointer  data)
{
  static const struct {
    const char *properties;
    const char *stored;
  } cases[] = {
    { "{\"x\":-0}", "{\"x\":0}" },
    { "{\"x\":9223372036854775808}", "{\"x\":9223372036854775808}" },
    { "{\"x\":\"\\u0000\"}", "{\"x\":\"\\u0000\"}" },
    { "{\"x\":1,\"x\":2}", "{\"x\":1,\"x\":2}" },
    { "{\"x\":\"\\ud83d\\ude00\"}", "{\"x\":\"\xf0\x9f\x98\x80\"}" },
    { "{\"\":null}", "{\"\":null}" },
    { "{\"a.b\":{\"c\":[1,[2]]}}", "{\"a.b\":{\"c\":[1,[2]]}}" },
  };
  WeirEvent event;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"event\":\"a\",\"user_id\":\"u\",\"properties\":%s}",
                                               cases[i].properties);

      g_assert_null (decode_one (fixture, body, &event));
      g_assert_cmpstr (event.text[WEIR_EVENT_PROPERTIES], ==, cases[i].stored);
    }
}

static void
test_sizes (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *name = g_strnfill (201, 'n');
  g_autofree char *wide = g_strnfill (WEIR_EVENT_MAX_BYTES, 'k');
  g_autofree char *body = NULL;
  g_autoptr(GString) many = g_string_new ("[");
  WeirEvent event;

  body = g_strdup_printf ("[{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":%s", deep);
  g_assert_false (decode (fixture, body, strlen (body)));

  g_free (body);
  memset (deep + 50000, ']', 50000);
  body = g_strdup_printf ("[{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"x\":%s}}]", deep);
  g_assert_cmpstr (decode_one (fixture, body, &event), ==, "too_deep");

  g_free (body);
  body = g_strdup_printf ("{\"event\":\"%s\",\"user_id\":\"u\"}", name);
  g_assert_cmpstr (decode_one (fixture, body, &event), ==, "invalid_event");
  body[strlen ("{\"event\":\"")] = ' ';
  g_assert_null (decode_one (fixture, body, &event));

  g_free (body);
  body = g_strdup_printf ("{\"event\":\"a\",\"user_id\":\"u\",\"properties\":{\"%s\":1}}", wide);
  g_assert_cmpstr (decode_one (fixture, body, &event), ==, "too_large");

  for (guint i = 0; i < 1001; i++)
    g_string_append_printf (many, "%s{\"event\":\"a\",\"user_id\":\"u\"}", i > 0 ? "," : "");
  g_string_append_c (many, ']');
  g_assert_false (decode (fixture, many->str, many->len));
  g_assert_error (fixture->error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE);
}

/* The corpus: the name of each file is what must become of it, OUTCOME.WHAT.json. */
static void
test_corpus (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "fuzz", "corpus", "event-codec", NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n_files = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *expected = g_strndup (name, strcspn (name, "."));
      g_autofree char *body = NULL;
      g_autofree char *outcome = NULL;
      gsize length;

      g_test_message ("%s", name);
      g_assert_true (g_file_get_contents (file, &body, &length, NULL));
      if (!decode (fixture, body, length))
        outcome = g_strdup (weir_error_get_name (fixture->error));
      else if (fixture->rejections->len > 0)
        outcome = g_strdup (g_array_index (fixture->rejections, WeirRejection, 0).code);
      else
        outcome = g_strdup_printf ("accepted-%u", weir_event_batch_get_n_events (fixture->batch));
      g_assert_cmpstr (outcome, ==, expected);
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 40);
}

/* Whatever is cut off or overwritten, the codec answers and never reads outside. */
static void
test_damage (Fixture       *fixture,
             gconstpointer  data)
{
  const char *body = "{\"events\":[{\"event\":\"a\",\"id\":\"\\u00e9\",\"user_id\":\"u\","
                     "\"properties\":{\"x\":[1.5,\"\\n\"]}},"
                     "{\"event\":\"b\",\"user_id\":\"v\",\"value\":-1e3}]}";
  gsize length = strlen (body);

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *cut = g_memdup2 (body, i > 0 ? i : 1);

      decode (fixture, cut, i);
      for (guint c = 0; c < 256; c += 7)
        {
          g_autofree char *changed = g_memdup2 (body, length);

          changed[i] = (char) c;
          decode (fixture, changed, length);
          g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch) + fixture->rejections->len,
                            >=, fixture->error == NULL ? fixture->n_read : 0);
        }
    }
}

static void
test_stored (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GString) again = g_string_new (NULL);
  WeirPersonId person;
  WeirValue value;
  WeirEvent event;

  g_assert_null (decode_one (fixture,
      "{\"event\":\"x \\\"y\\\"\\n\",\"anonymous_id\":\"a1\",\"value\":0.1,"
      "\"properties\":{\"a\":{\"b\":{\"c\":\"d\"}},\"a.b\":7,\"t\":true,\"l\":[1]}}", &event));
  event.seq = 77;
  weir_person_id_from_distinct_id (&person, "a1", 2);
  weir_event_append_json (&event, &person, "01234567-89ab-8cde-8f01", json);
  g_assert_nonnull (strstr (json->str, "\"id\":\"01234567-89ab-8cde-8f01-00000000004d\""));
  g_assert_null (strchr (json->str, '\n'));

  g_assert_true (weir_event_codec_decode_stored (fixture->codec, json->str, json->len, &event,
                                                 &fixture->error));
  g_assert_cmpuint (event.seq, ==, 77);
  g_assert_cmpfloat (event.value, ==, 0.1);
  g_assert_nonnull (event.text[WEIR_EVENT_PERSON]);
  weir_event_append_json (&event, &person, "01234567-89ab-8cde-8f01", again);
  g_assert_nonnull (strstr (again->str, "\"distinct_id\":\"a1\""));

  g_assert_true (weir_event_codec_load_properties (fixture->codec, &event));
  weir_event_codec_lookup (fixture->codec, "a.b", &value);
  g_assert_cmpint (value.type, ==, WEIR_VALUE_NUMBER);
  g_assert_cmpfloat (value.number, ==, 7);
  weir_event_codec_lookup (fixture->codec, "a.b.c", &value);
  g_assert_cmpint (value.type, ==, WEIR_VALUE_TEXT);
  g_assert_cmpmem (value.text, value.length, "d", 1);
  weir_event_codec_lookup (fixture->codec, "l", &value);
  g_assert_cmpint (value.type, ==, WEIR_VALUE_OTHER);
  weir_event_codec_lookup (fixture->codec, "t.x", &value);
  g_assert_cmpint (value.type, ==, WEIR_VALUE_ABSENT);

  g_assert_false (weir_event_codec_decode_stored (fixture->codec, "[]", 2, &event, &fixture->error));
}

static void
test_speed (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GString) body = g_string_new ("[");
  gint64 start;
  guint rounds = g_test_perf () ? 2000 : 2;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (body, "%s{\"event\":\"page_view\",\"id\":\"0190f1d2-7c1a-7d3e-9f00-%012u\","
                            "\"timestamp\":\"2026-01-01T00:00:00.123Z\",\"device_id\":\"device-%u\",\"value\":21.75,"
                            "\"properties\":{\"path\":\"/pricing\",\"line\":%u,\"ok\":true,\"duration_ms\":12.5}}",
                            i > 0 ? "," : "", i, i % 100, i);
  g_string_append_c (body, ']');

  start = g_get_monotonic_time ();
  for (guint i = 0; i < rounds; i++)
    {
      g_assert_true (decode (fixture, body->str, body->len));
      g_assert_cmpuint (weir_event_batch_get_n_events (fixture->batch), ==, 1000);
    }
  if (g_test_perf ())
    g_test_maximized_result (rounds * 1000.0 / (g_get_monotonic_time () - start),
                             "million events a second, %" G_GSIZE_FORMAT " bytes each", body->len / 1000);
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/event-codec/whole", test_whole },
    { "/event-codec/forms", test_forms },
    { "/event-codec/unreadable", test_unreadable },
    { "/event-codec/rejections", test_rejections },
    { "/event-codec/rest", test_rest },
    { "/event-codec/source", test_source },
    { "/event-codec/odd-but-good", test_odd_but_good },
    { "/event-codec/sizes", test_sizes },
    { "/event-codec/corpus", test_corpus },
    { "/event-codec/damage", test_damage },
    { "/event-codec/stored", test_stored },
    { "/event-codec/speed", test_speed },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, setup, tests[i].func, teardown);

  return g_test_run ();
}
