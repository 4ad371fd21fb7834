/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "weir-activity.h"

#define SLOT_US ((gint64) WEIR_ACTIVITY_SLOT_SECONDS * G_USEC_PER_SEC)

static void
add (WeirActivity *activity,
     gint64        received,
     const char   *name,
     const char   *dependency,
     gboolean      error,
     double        value,
     double        duration)
{
  WeirEvent event;

  weir_event_init (&event);
  event.received = received;
  event.value = value;
  event.duration = duration;
  event.flags = error ? WEIR_EVENT_IS_ERROR : 0;
  weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u1", 2);
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "shop", 4);
  if (dependency != NULL)
    weir_event_set_text (&event, WEIR_EVENT_DEPENDENCY, dependency, strlen (dependency));
  weir_activity_add_event (activity, &event);
}

static void
add_plain (WeirActivity *activity,
           gint64        received,
           const char   *name)
{
  add (activity, received, name, NULL, FALSE, NAN, NAN);
}

static JsonNode *
get_stats (WeirActivity *activity,
           gint64        now)
{
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  weir_activity_append_json (activity, now, out);
  g_string_append_c (out, '}');
  g_assert_null (strchr (out->str, '\n'));
  node = json_from_string (out->str, &error);
  g_assert_no_error (error);

  return node;
}

/* The JSON of what is found at @path. */
static char *
query (JsonNode   *stats,
       const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) result = json_path_query (path, stats, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = json_to_string (result, FALSE);

  /* Without the array that a query wraps its results in. */
  return g_strndup (text + 1, strlen (text) - 2);
}

#define assert_query(stats, path, expected)                      \
  G_STMT_START {                                                 \
    g_autofree char *_found = query (stats, path);               \
    g_assert_cmpstr (_found, ==, expected);                      \
  } G_STMT_END

static guint
query_length (JsonNode   *stats,
              const char *path)
{
  g_autoptr (JsonNode) result = json_path_query (path, stats, NULL);

  return json_array_get_length (json_node_get_array (result));
}

static double
query_number (JsonNode   *stats,
              const char *path)
{
  g_autofree char *text = query (stats, path);

  return g_ascii_strtod (text, NULL);
}

static void
test_empty (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) stats = get_stats (activity, 1500 * SLOT_US + 7 * G_USEC_PER_SEC);

  assert_query (stats, "$.window_seconds", "600");
  assert_query (stats, "$.slot_seconds", "10");
  assert_query (stats, "$.slot_elapsed_seconds", "7");
  assert_query (stats, "$.count", "0");
  assert_query (stats, "$.error_rate", "0");
  assert_query (stats, "$.latency_ms", "{\"count\":0,\"p50\":null,\"p95\":null,\"p99\":null}");
  assert_query (stats, "$.types", "[]");
  assert_query (stats, "$.other_types.types", "0");
  assert_query (stats, "$.dependencies", "[]");
  assert_query (stats, "$.sources", "[]");
  assert_query (stats, "$.history.p50[59]", "null");
  assert_query (stats, "$.history.events[59]", "0");
}

static void
test_counts (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) stats = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < 6; i++)
    add (activity, now, "view", NULL, i == 0, i < 4 ? i : NAN, NAN);
  for (guint i = 0; i < 3; i++)
    add (activity, now - 2 * SLOT_US, "buy", NULL, FALSE, NAN, NAN);
  add (activity, now - 59 * SLOT_US, "buy", NULL, TRUE, NAN, NAN);

  stats = get_stats (activity, now);
  assert_query (stats, "$.count", "10");
  assert_query (stats, "$.errors", "2");
  assert_query (stats, "$.error_rate", "0.20000000000000001");
  assert_query (stats, "$.history.events[59]", "6");
  assert_query (stats, "$.history.events[58]", "0");
  assert_query (stats, "$.history.events[57]", "3");
  assert_query (stats, "$.history.events[0]", "1");
  assert_query (stats, "$.history.errors[0]", "1");

  assert_query (stats, "$.types[0].event", "\"view\"");
  assert_query (stats, "$.types[0].count", "6");
  assert_query (stats, "$.types[0].average", "1.5");
  assert_query (stats, "$.types[0].errors", "1");
  assert_query (stats, "$.types[1].event", "\"buy\"");
  assert_query (stats, "$.types[1].count", "4");
  assert_query (stats, "$.types[1].average", "null");
  assert_query (stats, "$.types[1].history[57]", "3");
  assert_query (stats, "$.sources[0].source", "\"shop\"");
  assert_query (stats, "$.sources[0].count", "10");
  g_assert_cmpuint (weir_activity_get_n_added (activity), ==, 10);
}

/* Time passes by asking later. */
static void
test_window (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) later = NULL;
  g_autoptr (JsonNode) last = NULL;
  g_autoptr (JsonNode) gone = NULL;
  gint64 now = g_get_real_time ();

  add (activity, now, "view", "geo", TRUE, 5, 20);
  add_plain (activity, now - 60 * SLOT_US, "too-old");
  add_plain (activity, now - 61 * SLOT_US, "too-old");
  add_plain (activity, now + 2 * SLOT_US, "of-the-future");
  g_assert_cmpuint (weir_activity_get_n_added (activity), ==, 4);

  later = get_stats (activity, now + SLOT_US);
  assert_query (later, "$.count", "1");
  assert_query (later, "$.history.events[58]", "1");
  assert_query (later, "$.types[*].event", "\"view\"");

  last = get_stats (activity, now + 59 * SLOT_US);
  assert_query (last, "$.history.events[0]", "1");
  assert_query (last, "$.dependencies[0].name", "\"geo\"");

  gone = get_stats (activity, now + 60 * SLOT_US);
  assert_query (gone, "$.count", "0");
  assert_query (gone, "$.types", "[]");
  assert_query (gone, "$.dependencies", "[]");
  assert_query (gone, "$.latency_ms.p50", "null");

  /* That a source is silent is told. */
  assert_query (gone, "$.sources[0].source", "\"shop\"");
  assert_query (gone, "$.sources[0].count", "0");
}

static void
test_latency (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) stats = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = 1; i <= 1000; i++)
    add (activity, now - (i % 3) * SLOT_US, "call", i % 2 ? "payments" : NULL, i % 50 == 1, NAN, i);
  add (activity, now, "call", "geo", FALSE, NAN, NAN);
  add (activity, now, "call", NULL, FALSE, NAN, -5);
  add (activity, now, "call", NULL, FALSE, NAN, INFINITY);

  stats = get_stats (activity, now);
  assert_query (stats, "$.latency_ms.count", "1001");
  g_assert_cmpfloat_with_epsilon (query_number (stats, "$.latency_ms.p50"), 501, 5.1);
  g_assert_cmpfloat_with_epsilon (query_number (stats, "$.latency_ms.p95"), 951, 9.6);
  g_assert_cmpfloat_with_epsilon (query_number (stats, "$.latency_ms.p99"), 991, 10);
  g_assert_cmpfloat_with_epsilon (query_number (stats, "$.history.p50[57]"), 500, 7);
  assert_query (stats, "$.history.p50[56]", "null");

  assert_query (stats, "$.dependencies[0].name", "\"payments\"");
  assert_query (stats, "$.dependencies[0].calls", "500");
  assert_query (stats, "$.dependencies[0].failures", "20");
  assert_query (stats, "$.dependencies[0].error_rate", "0.040000000000000001");
  g_assert_cmpfloat_with_epsilon (query_number (stats, "$.dependencies[0].p99"), 989, 11);
  assert_query (stats, "$.dependencies[1].name", "\"geo\"");
  assert_query (stats, "$.dependencies[1].p50", "null");
}

static void
test_bounds (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) stats = NULL;
  gint64 now = g_get_real_time ();

  /* More names than there is room for, the last of them the most frequent. */
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *name = g_strdup_printf ("name-%u", i);

      add (activity, now, name, name, TRUE, NAN, 1);
    }
  for (guint i = 0; i < 30; i++)
    {
      add_plain (activity, now, "name-3");
      add_plain (activity, now, "name-599");
    }

  stats = get_stats (activity, now);
  assert_query (stats, "$.count", "660");
  assert_query (stats, "$.types[0].event", "\"(other)\"");
  assert_query (stats, "$.types[0].count", "118");
  assert_query (stats, "$.types[1].event", "\"name-3\"");
  assert_query (stats, "$.types[1].count", "31");
  g_assert_cmpuint (query_length (stats, "$.types[*]"), ==, 10);
  assert_query (stats, "$.other_types.types", "503");
  assert_query (stats, "$.other_types.count", "503");
  assert_query (stats, "$.other_types.history[59]", "503");
  assert_query (stats, "$.dependencies[0].name", "\"(other)\"");
  assert_query (stats, "$.dependencies[0].failures", "472");
  g_assert_cmpuint (query_length (stats, "$.dependencies[*]"), ==, 20);
}

static void
test_odd_names (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (JsonNode) stats = NULL;
  gint64 now = g_get_real_time ();

  add_plain (activity, now, "\"\n</script>é");
  stats = get_stats (activity, now);
  assert_query (stats, "$.types[0].event", "\"\\\"\\n</script>é\"");
}

static void
test_aggregations (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 now = g_get_real_time ();
  g_autoptr (JsonNode) node = NULL;

  add (activity, now, "temperature", NULL, FALSE, 20, NAN);
  add (activity, now, "temperature", NULL, FALSE, 23, NAN);
  add_plain (activity, now - 3 * SLOT_US, "boot");
  add_plain (activity, now, "never-listed");

  weir_activity_append_aggregations (activity, now, 2, out);
  node = json_from_string (out->str, NULL);
  assert_query (node, "$.aggregations[*]",
                "{\"event_type\":\"temperature\",\"event_count\":2,\"avg_value\":21.5},"
                "{\"event_type\":\"boot\",\"event_count\":1,\"avg_value\":null}");
  g_assert_true (g_str_has_prefix (out->str, "{\"timestamp\":\"20"));
}

static void
test_batch (void)
{
  g_autoptr (WeirActivity) activity = weir_activity_new ();
  g_autoptr (WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr (WeirEventBatch) batch = NULL;
  g_autoptr (JsonNode) stats = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < 100; i++)
    {
      WeirEvent event;

      weir_event_init (&event);
      event.received = now;
      weir_event_set_text (&event, WEIR_EVENT_NAME, i % 4 ? "a" : "b", 1);
      weir_event_set_text (&event, WEIR_EVENT_SOURCE, i % 2 ? "x" : "y", 1);
      weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u", 1);
      weir_event_builder_add (builder, &event);
    }
  batch = weir_event_builder_end (builder, 1);
  weir_activity_add (activity, batch);

  stats = get_stats (activity, now);
  assert_query (stats, "$.types[*].count", "75,25");
  assert_query (stats, "$.sources[*].count", "50,50");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/activity/empty", test_empty);
  g_test_add_func ("/collector/activity/counts", test_counts);
  g_test_add_func ("/collector/activity/window", test_window);
  g_test_add_func ("/collector/activity/latency", test_latency);
  g_test_add_func ("/collector/activity/bounds", test_bounds);
  g_test_add_func ("/collector/activity/odd-names", test_odd_names);
  g_test_add_func ("/collector/activity/aggregations", test_aggregations);
  g_test_add_func ("/collector/activity/batch", test_batch);

  return g_test_run ();
}
