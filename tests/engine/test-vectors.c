/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-clickhouse-front.h"
#include "test-memory-store.h"
#include "test-sqlite-store.h"
#include "weir-time.h"

/* The definitions as data: what each question answers about which events, the same for every store.
 * A vector is
 *   {"name", "events":[…], "persons":[["id", "other id"…]…], "properties":{"id":{…}},
 *    "cohorts":{"name":{…}}, "now", "question":{…},
 *    "expect":{members of the answer}, "csv":"…", "error":"part of the message"}
 * Persons and their properties are put into the store without any event. The id of a person is made
 * by the store, so a person in `expect` need not say it. */

/* What a store must do for the vectors. */
typedef struct {
  const char *name;
  gpointer (*open)           (void);
  void     (*close)          (gpointer store);
  void     (*add)            (gpointer store, const char *events);
  void     (*merge)          (gpointer store, const char *into, const char *other);
  void     (*set_properties) (gpointer store, const char *distinct_id, const char *json);
  void     (*save_cohort)    (gpointer store, const char *name, const char *json);
  gboolean (*ask)            (gpointer store, WeirQuestion *question, gint64 now,
                              GString *json, GString *csv, GError **error);
} BackEnd;

static void
memory_merge (gpointer    store,
              const char *into,
              const char *other)
{
  test_memory_store_merge (store, into, other, NULL);
}

static void
memory_set_properties (gpointer    store,
                       const char *distinct_id,
                       const char *json)
{
  test_memory_store_set_properties (store, distinct_id, json, NULL);
}

static gboolean
memory_ask (gpointer       store,
            WeirQuestion  *question,
            gint64         now,
            GString       *json,
            GString       *csv,
            GError       **error)
{
  g_autoptr(WeirAnswer) answer = test_memory_store_ask (store, question, now, error);

  return answer != NULL && weir_answer_write (answer, json, error) &&
         (csv == NULL || weir_answer_write_csv (answer, csv, error));
}

static gboolean
sqlite_ask (gpointer       store,
            WeirQuestion  *question,
            gint64         now,
            GString       *json,
            GString       *csv,
            GError       **error)
{
  return test_sqlite_store_ask (store, question, now, json, csv, error);
}

static gpointer
open_clickhouse (void)
{
  g_autoptr(WeirClickhouseAddress) address = test_clickhouse_address_dup_embedded ();

  return address != NULL ? test_sqlite_store_new_clickhouse (address) : NULL;
}

static TestClickhouseFront *front;   /* NULL until it is needed */
static char **wanted;

/* The same engine, spoken to as its server is. */
static gpointer
open_clickhouse_http (void)
{
  g_autoptr(WeirClickhouseAddress) address = NULL;

  if (front == NULL)
    front = test_clickhouse_front_new ();
  if (front == NULL)
    return NULL;
  address = weir_clickhouse_address_new_url (test_clickhouse_front_get_url (front), NULL);
  return test_sqlite_store_new_clickhouse (address);
}

static const BackEnd back_ends[] = {
  {
    .name = "memory",
    .open = (gpointer (*) (void)) test_memory_store_new,
    .close = (void (*) (gpointer)) test_memory_store_free,
    .add = (void (*) (gpointer, const char *)) test_memory_store_add,
    .merge = memory_merge,
    .set_properties = memory_set_properties,
    .save_cohort = (void (*) (gpointer, const char *, const char *)) test_memory_store_save_cohort,
    .ask = memory_ask,
  },
  {
    .name = "sqlite",
    .open = (gpointer (*) (void)) test_sqlite_store_new,
    .close = (void (*) (gpointer)) test_sqlite_store_free,
    .add = (void (*) (gpointer, const char *)) test_sqlite_store_add,
    .merge = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_merge,
    .set_properties =
      (void (*) (gpointer, const char *, const char *)) test_sqlite_store_set_properties,
    .save_cohort = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_save_cohort,
    .ask = sqlite_ask,
  },
  {
    .name = "sqlite-offline",
    .open = (gpointer (*) (void)) test_sqlite_store_new_offline,
    .close = (void (*) (gpointer)) test_sqlite_store_free,
    .add = (void (*) (gpointer, const char *)) test_sqlite_store_add,
    .merge = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_merge,
    .set_properties =
      (void (*) (gpointer, const char *, const char *)) test_sqlite_store_set_properties,
    .save_cohort = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_save_cohort,
    .ask = sqlite_ask,
  },
  {
    .name = "chdb",
    .open = open_clickhouse,
    .close = (void (*) (gpointer)) test_sqlite_store_free,
    .add = (void (*) (gpointer, const char *)) test_sqlite_store_add,
    .merge = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_merge,
    .set_properties =
      (void (*) (gpointer, const char *, const char *)) test_sqlite_store_set_properties,
    .save_cohort = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_save_cohort,
    .ask = sqlite_ask,
  },
  {
    .name = "clickhouse",
    .open = open_clickhouse_http,
    .close = (void (*) (gpointer)) test_sqlite_store_free,
    .add = (void (*) (gpointer, const char *)) test_sqlite_store_add,
    .merge = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_merge,
    .set_properties =
      (void (*) (gpointer, const char *, const char *)) test_sqlite_store_set_properties,
    .save_cohort = (void (*) (gpointer, const char *, const char *)) test_sqlite_store_save_cohort,
    .ask = sqlite_ask,
  },
};

typedef struct {
  const BackEnd *back_end;
  JsonObject *vector;
} Case;

static gboolean
nodes_equal (JsonNode *expected,
             JsonNode *got);

static gboolean
objects_equal (JsonObject *expected,
               JsonObject *got)
{
  g_autoptr(GList) names = json_object_get_members (got);

  for (GList *l = names; l != NULL; l = l->next)
    {
      if (!json_object_has_member (expected, l->data) && !g_str_equal (l->data, "id"))
        return FALSE;
    }
  g_list_free (g_steal_pointer (&names));
  names = json_object_get_members (expected);
  for (GList *l = names; l != NULL; l = l->next)
    {
      if (!json_object_has_member (got, l->data) ||
          !nodes_equal (json_object_get_member (expected, l->data), json_object_get_member (got, l->data)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
arrays_equal (JsonArray *expected,
              JsonArray *got)
{
  if (json_array_get_length (expected) != json_array_get_length (got))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (expected); i++)
    {
      if (!nodes_equal (json_array_get_element (expected, i), json_array_get_element (got, i)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_number (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean
nodes_equal (JsonNode *expected,
             JsonNode *got)
{
  if (is_number (expected) && is_number (got))
    return json_node_get_double (expected) == json_node_get_double (got);
  if (json_node_get_node_type (expected) != json_node_get_node_type (got))
    return FALSE;
  switch (json_node_get_node_type (expected))
    {
    case JSON_NODE_OBJECT:
      return objects_equal (json_node_get_object (expected), json_node_get_object (got));

    case JSON_NODE_ARRAY:
      return arrays_equal (json_node_get_array (expected), json_node_get_array (got));

    case JSON_NODE_VALUE:
      return json_node_equal (expected, got);

    case JSON_NODE_NULL:
    default:
      return TRUE;
    }
}

static char *
node_to_text (JsonNode *node)
{
  return node != NULL ? json_to_string (node, FALSE) : g_strdup ("nothing");
}

static void
add_events (const Case *test,
            gpointer    store)
{
  g_autofree char *events = NULL;

  if (!json_object_has_member (test->vector, "events"))
    return;
  events = json_to_string (json_object_get_member (test->vector, "events"), FALSE);
  test->back_end->add (store, events);
}

static void
add_persons (const Case *test,
             gpointer    store)
{
  JsonArray *persons;

  if (!json_object_has_member (test->vector, "persons"))
    return;
  persons = json_object_get_array_member (test->vector, "persons");
  for (guint i = 0; i < json_array_get_length (persons); i++)
    {
      JsonArray *ids = json_array_get_array_element (persons, i);

      for (guint j = 1; j < json_array_get_length (ids); j++)
        test->back_end->merge (store, json_array_get_string_element (ids, 0),
                               json_array_get_string_element (ids, j));
    }
}

static void
add_named (const Case *test,
           gpointer    store,
           const char *member,
           void      (*add) (gpointer, const char *, const char *))
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!json_object_has_member (test->vector, member))
    return;
  json_object_iter_init (&iter, json_object_get_object_member (test->vector, member));
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autofree char *json = json_to_string (node, FALSE);

      add (store, name, json);
    }
}

static gint64
get_now (const Case *test)
{
  const char *text = json_object_get_string_member_with_default (test->vector, "now", "2030-01-01T00:00:00Z");
  gint64 now;

  g_assert_true (weir_time_parse_rfc3339 (text, strlen (text), &now));

  return now;
}

static gboolean
ask (const Case  *test,
     gpointer     store,
     GString     *json,
     GString     *csv,
     GError     **error)
{
  g_autofree char *text = json_to_string (json_object_get_member (test->vector, "question"), FALSE);
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (text, -1, error);

  return question != NULL && test->back_end->ask (store, question, get_now (test), json, csv, error);
}

static void
check_members (const Case *test,
               const char *json)
{
  g_autofree char *text = g_strdup_printf ("{%s}", json);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonObject *answer;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  answer = json_node_get_object (json_parser_get_root (parser));
  json_object_iter_init (&iter, json_object_get_object_member (test->vector, "expect"));
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonNode *got = json_object_get_member (answer, name);
      g_autofree char *expected_text = node_to_text (node);
      g_autofree char *got_text = node_to_text (got);

      if (got != NULL && nodes_equal (node, got))
        continue;
      g_test_message ("%s: expected %s, got %s", name, expected_text, got_text);
      g_test_fail ();
    }
}

static void
test_vector (gconstpointer data)
{
  const Case *test = data;
  const char *expected_error = json_object_get_string_member_with_default (test->vector, "error", NULL);
  const char *expected_csv = json_object_get_string_member_with_default (test->vector, "csv", NULL);
  gpointer store = test->back_end->open ();
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GString) csv = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (json_object_has_member (test->vector, "expect") || expected_error != NULL || expected_csv != NULL);
  if (store == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return;
    }
  add_events (test, store);
  add_persons (test, store);
  add_named (test, store, "properties", test->back_end->set_properties);
  add_named (test, store, "cohorts", test->back_end->save_cohort);
  ask (test, store, json, expected_csv != NULL ? csv : NULL, &error);
  test->back_end->close (store);
  if (expected_error != NULL)
    {
      g_assert_nonnull (error);
      if (strstr (error->message, expected_error) == NULL)
        g_assert_cmpstr (error->message, ==, expected_error);
      return;
    }
  g_assert_no_error (error);
  if (json_object_has_member (test->vector, "expect"))
    check_members (test, json->str);
  if (expected_csv != NULL)
    g_assert_cmpstr (csv->str, ==, expected_csv);
}

/* Which stores to ask: the arguments, or all. A path of -p would have GLib plan no test at all. */
static gboolean
is_wanted (const char *store)
{
  return wanted == NULL || *wanted == NULL || g_strv_contains ((const char *const *) wanted, store);
}

static void
add_file (const char *path,
          const char *file)
{
  g_autofree char *group = g_strndup (file, strlen (file) - strlen (".json"));
  JsonParser *parser = json_parser_new ();   /* as long as the tests */
  g_autoptr(GError) error = NULL;
  JsonArray *vectors;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  vectors = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (vectors), >, 0);
  for (guint i = 0; i < G_N_ELEMENTS (back_ends); i++)
    {
      if (!is_wanted (back_ends[i].name))
        continue;
      for (guint j = 0; j < json_array_get_length (vectors); j++)
        {
          Case *test = g_new (Case, 1);
          g_autofree char *name = NULL;

          test->back_end = &back_ends[i];
          test->vector = json_array_get_object_element (vectors, j);
          name = g_strdup_printf ("/vectors/%s/%s/%s", test->back_end->name, group,
                                  json_object_get_string_member (test->vector, "name"));
          g_test_add_data_func_full (name, test, test_vector, g_free);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *dir = NULL;
  g_autoptr(GDir) files = NULL;
  const char *file;
  int status;

  g_test_init (&argc, &argv, NULL);
  wanted = argv + 1;
  dir = g_test_build_filename (G_TEST_DIST, "..", "vectors", NULL);
  files = g_dir_open (dir, 0, NULL);
  g_assert_nonnull (files);
  while ((file = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, file, NULL);

      if (g_str_has_suffix (file, ".json") && !g_str_equal (file, "identity.json"))
        add_file (path, file);
    }

  status = g_test_run ();
  g_clear_pointer (&front, test_clickhouse_front_free);

  return status;
}
