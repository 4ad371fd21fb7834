/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-story.h"
#include "weir-time.h"

#define DAY (86400 * (gint64) G_USEC_PER_SEC)

static const char *const saved[] = {
  "{\"where\":{\"did\":\"a\",\"at_least\":2,\"within\":\"100h\"}}",
  "{\"where\":{\"not\":{\"cohort\":\"c0\"}}}",
  "{\"distinct_ids\":[\"id1\",\"id4\",\"nobody\",\"id7\"]}",
};

typedef struct {
  TestStory *story;
  gint64 now;
  gint64 from;       /* what the question's range lets count */
  gint64 until;
} Oracle;

/* A random predicate, as JSON. */
static void
append_predicate (GString *out,
                  guint    depth)
{
  static const char *const filters[] = { "", "", ",\"filter\":{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"}" };
  int what = g_test_rand_int_range (0, depth > 0 ? 12 : 8);
  char name = "abc*"[g_test_rand_int_range (0, 4)];
  int hours = g_test_rand_int_range (1, 240);
  const char *filter = filters[g_test_rand_int_range (0, 3)];

  switch (what)
    {
    case 0:
      g_string_append_printf (out, "{\"did\":\"%c\"%s}", name, filter);
      break;

    case 1:
      g_string_append_printf (out, "{\"did\":\"%c\",\"within\":\"%dh\"%s}", name, hours, filter);
      break;

    case 2:
      g_string_append_printf (out, "{\"did\":\"%c\",\"at_least\":%d,\"at_most\":%d,\"within\":\"%dh\"%s}", name,
                              g_test_rand_int_range (0, 3), g_test_rand_int_range (3, 6), hours, filter);
      break;

    case 3:
      g_string_append_printf (out, "{\"did\":\"%c\",\"exactly\":%d%s}", name, g_test_rand_int_range (0, 4), filter);
      break;

    case 4:
      g_string_append_printf (out, "{\"did_not\":\"%c\",\"within\":\"%dh\"%s}", name, hours, filter);
      break;

    case 5:
      g_string_append_printf (out, "{\"did_first\":\"%c\",\"within\":\"%dh\"%s}", name, hours, filter);
      break;

    case 6:
      g_string_append_printf (out, "{\"stopped\":\"%c\",\"for\":\"%dh\"%s}", name, hours, filter);
      break;

    case 7:
      if (g_test_rand_int_range (0, 2) == 0)
        g_string_append (out, "{\"property\":\"person.team\",\"op\":\"=\",\"value\":\"x\"}");
      else
        g_string_append_printf (out, "{\"cohort\":\"c%d\"}", g_test_rand_int_range (0, 3));
      break;

    case 8:
      g_string_append (out, "{\"not\":");
      append_predicate (out, depth - 1);
      g_string_append_c (out, '}');
      break;

    default:
      g_string_append (out, what % 2 == 0 ? "{\"all\":[" : "{\"any\":[");
      for (int n = g_test_rand_int_range (1, 4); n > 0; n--)
        {
          append_predicate (out, depth - 1);
          g_string_append (out, n > 1 ? "," : "]}");
        }
      break;
    }
}

/* The definitions, one person at a time, over a list of events. */

static gboolean
is_meant (JsonObject           *leaf,
          const char           *member,
          const TestStoryEvent *event)
{
  const char *name = json_object_get_string_member (leaf, member);

  if (name[0] != '*' && event->name != (guint) (name[0] - 'a'))
    return FALSE;

  return !json_object_has_member (leaf, "filter") || event->plan == 1;
}

static guint
count_events (const Oracle *oracle,
              JsonObject   *leaf,
              const char   *member,
              guint32       person,
              gint64        from,
              gint64        until)
{
  guint n = 0;

  for (guint i = 0; i < oracle->story->events->len; i++)
    {
      const TestStoryEvent *event = &g_array_index (oracle->story->events, TestStoryEvent, i);

      n += test_story_get_person (oracle->story, event->identity) == person && is_meant (leaf, member, event) &&
           event->time >= from && event->time < until;
    }
  return n;
}

static gint64
get_hours (JsonObject *leaf,
           const char *member)
{
  const char *text = json_object_get_string_member_with_default (leaf, member, NULL);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) * 3600 * G_USEC_PER_SEC : G_MAXINT64 / 4;
}

static gboolean is_member (const Oracle *oracle, JsonObject *where, guint32 person);

static gboolean
is_saved_member (const Oracle *oracle,
                 const char   *name,
                 guint32       person)
{
  g_autoptr(JsonNode) definition = json_from_string (saved[name[1] - '0'], NULL);
  Oracle unlimited = { oracle->story, oracle->now, G_MININT64, G_MAXINT64 };
  JsonObject *object = json_node_get_object (definition);
  JsonArray *ids;

  if (json_object_has_member (object, "where"))
    return is_member (&unlimited, json_object_get_object_member (object, "where"), person);
  ids = json_object_get_array_member (object, "distinct_ids");
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      const char *id = json_array_get_string_element (ids, i);

      if (!g_str_equal (id, "nobody") && test_memory_store_get_person (oracle->story->store, id) == person)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_combined_member (const Oracle *oracle,
                    JsonObject   *where,
                    const char   *member,
                    guint32       person)
{
  JsonArray *parts = json_object_get_array_member (where, member);
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (parts); i++)
    n += is_member (oracle, json_array_get_object_element (parts, i), person);

  return g_str_equal (member, "all") ? n == json_array_get_length (parts) : n > 0;
}

static gboolean
is_member (const Oracle *oracle,
           JsonObject   *where,
           guint32       person)
{
  gint64 until = MIN (oracle->now, oracle->until);
  gint64 from = MAX (oracle->from, oracle->now - get_hours (where, "within"));

  if (json_object_has_member (where, "not"))
    return !is_member (oracle, json_object_get_object_member (where, "not"), person);
  if (json_object_has_member (where, "all"))
    return is_combined_member (oracle, where, "all", person);
  if (json_object_has_member (where, "any"))
    return is_combined_member (oracle, where, "any", person);
  if (json_object_has_member (where, "cohort"))
    return is_saved_member (oracle, json_object_get_string_member (where, "cohort"), person);
  if (json_object_has_member (where, "property"))
    {
      g_autofree char *properties =
          weir_people_dup_properties (test_memory_store_get_people (oracle->story->store), person);

      return strstr (properties, "\"x\"") != NULL;
    }
  if (json_object_has_member (where, "did_not"))
    return count_events (oracle, where, "did_not", person, from, until) == 0;
  if (json_object_has_member (where, "did_first"))
    return count_events (oracle, where, "did_first", person, from, until) > 0 &&
           count_events (oracle, where, "did_first", person, G_MININT64, from) == 0;
  if (json_object_has_member (where, "stopped"))
    return count_events (oracle, where, "stopped", person, oracle->from, until) > 0 &&
           count_events (oracle, where, "stopped", person,
                         MAX (oracle->from, oracle->now - get_hours (where, "for")), until) == 0;

  {
    gint64 n = count_events (oracle, where, "did", person, from, until);
    gint64 exactly = json_object_get_int_member_with_default (where, "exactly", -1);

    if (exactly >= 0)
      return n == exactly;
    return n >= json_object_get_int_member_with_default (where, "at_least", 1) &&
           n <= json_object_get_int_member_with_default (where, "at_most", G_MAXINT64);
  }
}

static gboolean
exists (TestStory *story,
        guint32    person)
{
  for (guint32 i = 1; person != 0 && i <= test_story_get_n (story); i++)
    {
      if (test_story_get_person (story, i) == person)
        return TRUE;
    }
  return FALSE;
}

static void
check_list (TestStory  *story,
            JsonObject *answer,
            const char *member,
            GString    *expected)
{
  JsonArray *persons = json_object_get_array_member (answer, member);
  g_autoptr(GString) got = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (persons); i++)
    {
      JsonArray *ids = json_object_get_array_member (json_array_get_object_element (persons, i), "distinct_ids");

      g_string_append_printf (got, "%u ",
                              test_memory_store_get_person (story->store, json_array_get_string_element (ids, 0)));
    }
  g_assert_cmpstr (got->str, ==, expected->str);
}

static void
check_answer (TestStory  *story,
              JsonObject *question,
              const char *json,
              gint64      last,
              gint64      from,
              gint64      until,
              gint64      since)
{
  g_autoptr(JsonNode) node = json_from_string (json, NULL);
  JsonObject *answer = json_node_get_object (node);
  JsonObject *where = json_object_get_object_member (question, "where");
  const char *limit_to = json_object_get_string_member_with_default (question, "cohort", NULL);
  Oracle now = { story, story->now, last > 0 ? story->now - last : from, last > 0 ? story->now : until };
  Oracle then = { story, since, last > 0 ? since - last : from, last > 0 ? since : until };
  g_autoptr(GString) members = g_string_new (NULL);
  g_autoptr(GString) entered = g_string_new (NULL);
  g_autoptr(GString) left = g_string_new (NULL);
  guint n = 0;

  for (guint32 person = 1; person <= test_story_get_n (story); person++)
    {
      gboolean is, was;

      if (!exists (story, person))
        continue;
      is = is_member (&now, where, person) && (limit_to == NULL || is_saved_member (&now, limit_to, person));
      was = is_member (&then, where, person) && (limit_to == NULL || is_saved_member (&then, limit_to, person));
      n += is;
      if (is)
        g_string_append_printf (members, "%u ", person);
      if (is && !was)
        g_string_append_printf (entered, "%u ", person);
      if (was && !is)
        g_string_append_printf (left, "%u ", person);
    }
  g_assert_cmpint (json_object_get_int_member (answer, "size"), ==, n);
  if (!json_object_has_member (answer, "entered"))
    {
      check_list (story, answer, "persons", members);
      return;
    }
  check_list (story, answer, "entered", entered);
  check_list (story, answer, "left", left);
}

static void
check_story (void)
{
  static const char *const start = "2026-03-10T00:00:00Z";
  gint64 now, last = 0, from = G_MININT64, until = G_MAXINT64, since;
  g_autoptr(TestStory) story = NULL;
  g_autoptr(GString) json = g_string_new ("{\"kind\":\"cohort\",\"where\":");
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(WeirQuestion) question = NULL;
  g_autoptr(WeirAnswer) answer = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (weir_time_parse_rfc3339 (start, strlen (start), &now));
  story = test_story_new ("UTC", now, 12 * DAY);
  for (guint i = 0; i < G_N_ELEMENTS (saved); i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i);

      test_memory_store_save_cohort (story->store, name, saved[i]);
    }
  for (guint i = g_test_rand_int_range (0, 10); i > 0; i--)
    test_story_go_on (story, NULL, NULL);

  append_predicate (json, 2);
  since = story->now - g_test_rand_int_range (0, 8 * 86400) * (gint64) G_USEC_PER_SEC;
  if (g_test_rand_int_range (0, 3) == 0)
    {
      g_autofree char *text = test_story_format_time (since);

      g_string_append_printf (json, ",\"since\":\"%s\"", text);
    }
  if (g_test_rand_int_range (0, 4) == 0)
    g_string_append_printf (json, ",\"cohort\":\"c%d\"", g_test_rand_int_range (0, 3));
  if (g_test_rand_int_range (0, 4) == 0)
    {
      last = g_test_rand_int_range (1, 200) * 3600 * (gint64) G_USEC_PER_SEC;
      g_string_append_printf (json, ",\"range\":{\"last\":\"%dh\"}", (int) (last / G_USEC_PER_SEC / 3600));
    }
  else if (g_test_rand_int_range (0, 4) == 0)
    {
      g_autofree char *text = NULL;

      until = story->now + g_test_rand_int_range (-4, 3) * DAY;
      text = test_story_format_time (until);
      g_string_append_printf (json, ",\"range\":{\"to\":\"%s\"}", text);
    }
  g_string_append_c (json, '}');
  g_test_message ("%s", json->str);
  node = json_from_string (json->str, NULL);
  question = weir_question_new_from_json (json->str, -1, &error);
  g_assert_no_error (error);
  answer = test_memory_store_ask (story->store, question, story->now, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = test_story_check_fresh (story, question, answer);

      check_answer (story, json_node_get_object (node), text, last, from, until, since);
      test_story_go_on (story, question, &answer);
    }
}

static void
test_live (void)
{
  for (guint round = 0; round < 500; round++)
    check_story ();
}

static void
check_csv (const char *more,
           const char *expected)
{
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  g_autofree char *json = g_strdup_printf ("{\"kind\":\"cohort\",\"where\":{\"did\":\"a\",\"within\":\"1d\"}%s}", more);
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (json, -1, NULL);
  g_autoptr(WeirAnswer) answer = NULL;
  g_autoptr(GString) csv = g_string_new (NULL);
  g_autoptr(GString) plain = NULL;

  test_memory_store_add (store,
                         "[{\"event\":\"a\",\"distinct_id\":\"x,\\\"y\\\"\",\"timestamp\":\"2026-03-01T00:00:00Z\"},"
                         "{\"event\":\"a\",\"distinct_id\":\"new\",\"timestamp\":\"2026-03-03T00:00:00Z\"}]");
  test_memory_store_merge (store, "new", "=newer", NULL);
  answer = test_memory_store_ask (store, question, G_GINT64_CONSTANT (1772528400) * G_USEC_PER_SEC, NULL);
  g_assert_true (weir_answer_write_csv (answer, csv, NULL));
  plain = g_string_new (NULL);
  /* The id of a person is a UUID. */
  for (char **lines = g_strsplit (csv->str, "\r\n", -1), **line = lines; *line != NULL || (g_strfreev (lines), FALSE);
       line++)
    {
      g_autoptr(GRegex) uuid = g_regex_new ("[0-9a-f]{8}-[0-9a-f-]{27}", 0, 0, NULL);
      g_autofree char *text = g_regex_replace_literal (uuid, *line, -1, 0, "UUID", 0, NULL);

      g_string_append_printf (plain, "%s|", text);
    }
  g_assert_cmpstr (plain->str, ==, expected);
}

static void
test_csv (void)
{
  check_csv ("", "person,distinct_id|UUID,new|UUID,=newer||");
  check_csv (",\"since\":\"2026-03-01T09:00:00Z\"",
             "change,person,distinct_id|entered,UUID,new|entered,UUID,=newer|left,UUID,\"x,\"\"y\"\"\"||");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cohort/live", test_live);
  g_test_add_func ("/cohort/csv", test_csv);

  return g_test_run ();
}
