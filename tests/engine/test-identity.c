/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "weir-event-codec.h"
#include "weir-identity-graph.h"
#include "weir-sqlite-store.h"

#define INSTANCE "01234567-89ab-8cde-8f01"
#define NOON     G_GINT64_CONSTANT (1767268800000000)   /* 2026-01-01T12:00:00Z */

/* A real store in a real file, told of events one batch at a time. */
typedef struct {
  char *dir;
  char *path;
  WeirStore *store;
  WeirEventCodec *codec;
  WeirEventBuilder *builder;
  guint64 last_seq;
} Fixture;

static void
open_store (Fixture           *fixture,
            WeirIdentityRules  rules)
{
  g_autoptr(GError) error = NULL;

  fixture->store = weir_sqlite_store_new (fixture->path, INSTANCE, 0);
  weir_sqlite_store_set_identity_rules (WEIR_SQLITE_STORE (fixture->store), rules);
  weir_store_open (fixture->store, &error);
  g_assert_no_error (error);
}

static Fixture *
fixture_new (WeirIdentityRules rules)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->dir = g_dir_make_tmp ("weir-identity-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "events.db", NULL);
  fixture->codec = weir_event_codec_new ();
  fixture->builder = weir_event_builder_new ();
  open_store (fixture, rules);

  return fixture;
}

static void
close_store (Fixture *fixture)
{
  weir_store_close (fixture->store);
  g_assert_finalize_object (fixture->store);
}

static void
fixture_free (Fixture *fixture)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  close_store (fixture);
  weir_event_codec_free (fixture->codec);
  weir_event_builder_free (fixture->builder);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Hands what was added to the store, in one transaction. Returns who the last event belongs to. */
static WeirPersonId
write_added (Fixture *fixture)
{
  guint n_events = weir_event_builder_get_n_events (fixture->builder);
  g_autoptr(WeirEventBatch) unnumbered = weir_event_builder_end (fixture->builder, 0);
  g_autofree WeirPersonId *persons = g_new0 (WeirPersonId, MAX (n_events, 1));
  guint64 first_seq = fixture->last_seq + 1;
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autoptr(GError) error = NULL;
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, unnumbered);
  while (weir_event_iter_next (&iter, &event))
    {
      event.seq = ++fixture->last_seq;
      weir_event_builder_add (fixture->builder, &event);
    }
  batch = weir_event_builder_end (fixture->builder, first_seq);
  weir_store_write (fixture->store, &batch, 1, persons, &error);
  g_assert_no_error (error);

  return persons[MAX (n_events, 1) - 1];
}

/* As the collector reads it: ids trimmed, blank ones absent. */
static void
add (Fixture    *fixture,
     const char *json)
{
  WeirDecodeContext context = { .source = "local", .received = NOON, .max_events = 10 };
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(GError) error = NULL;
  guint n_read;

  weir_event_codec_decode (fixture->codec, json, strlen (json), &context, fixture->builder, rejections,
                           &n_read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rejections->len, ==, 0);
}

/* As PostHog reads it: ids as they are. */
static void
add_raw (Fixture    *fixture,
         JsonObject *object)
{
  static const struct {
    const char *member;
    WeirEventText which;
  } members[] = {
    { "event", WEIR_EVENT_NAME },
    { "user_id", WEIR_EVENT_USER_ID },
    { "distinct_id", WEIR_EVENT_DISTINCT_ID },
    { "anonymous_id", WEIR_EVENT_ANONYMOUS_ID },
    { "previous_id", WEIR_EVENT_PREVIOUS_ID },
  };
  g_autofree char *properties = NULL;
  WeirEvent event;

  weir_event_init (&event);
  event.timestamp = event.received = NOON;
  event.flags = WEIR_EVENT_SETS_PERSON;
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "local", 5);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (object, members[i].member))
      {
        const char *text = json_object_get_string_member (object, members[i].member);

        weir_event_set_text (&event, members[i].which, text, strlen (text));
      }
  if (json_object_has_member (object, "properties"))
    {
      properties = json_to_string (json_object_get_member (object, "properties"), FALSE);
      weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, strlen (properties));
    }
  weir_event_builder_add (fixture->builder, &event);
}

static char *
query (Fixture    *fixture,
       const char *sql)
{
  g_autoptr(GString) text = g_string_new (NULL);
  sqlite3_stmt *statement;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));
  while (sqlite3_step (statement) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (statement); i++)
      g_string_append_printf (text, "%s%s", (const char *) sqlite3_column_text (statement, i) ?: "",
                              i + 1 < sqlite3_column_count (statement) ? " " : "\n");
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_query (Fixture    *fixture,
              const char *sql,
              const char *expected)
{
  g_autofree char *text = query (fixture, sql);

  g_test_message ("%s", sql);
  g_assert_cmpstr (text, ==, expected);
}

/* Everybody, in an order that depends on nothing but who they are. */
#define PERSONS                                                                                         \
  "SELECT (SELECT json_group_array (d) FROM (SELECT distinct_id AS d FROM identity AS i"                \
  "  WHERE i.person_id = p.id ORDER BY 1)) AS ids, p.identified, coalesce (p.properties, '{}')"         \
  " FROM person AS p ORDER BY ids"
#define VERDICTS                                                                                        \
  "SELECT CASE WHEN reason IS NULL THEN verdict ELSE verdict || ' ' || reason END FROM edges ORDER BY seq"

/* What must hold between the tables whatever happened. */
static void
assert_sound (Fixture *fixture)
{
  assert_query (fixture, "SELECT p.id FROM person AS p WHERE NOT EXISTS"
                         " (SELECT 1 FROM identity AS i WHERE i.id = p.id AND i.person_id = p.id)", "");
  assert_query (fixture, "SELECT i.id FROM identity AS i WHERE NOT EXISTS"
                         " (SELECT 1 FROM person AS p WHERE p.id = i.person_id)", "");
  assert_query (fixture, "SELECT p.id FROM person AS p WHERE n_identities <>"
                         " (SELECT count (*) FROM identity AS i WHERE i.person_id = p.id)", "");
  assert_query (fixture, "SELECT p.id FROM person AS p WHERE first_seen <>"
                         " (SELECT min (first_seen) FROM identity AS i WHERE i.person_id = p.id)", "");
  /* Who only reads identity_change knows where everybody is. */
  assert_query (fixture, "SELECT i.id FROM identity AS i WHERE i.person_id <> coalesce ((SELECT c.person_id"
                         "  FROM identity_change AS c WHERE c.identity_id = i.id ORDER BY c.id DESC LIMIT 1), i.id)",
                "");
}

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char *
spell_persons (JsonArray *persons)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (persons); i++)
    {
      JsonObject *person = json_array_get_object_element (persons, i);
      g_autofree char *ids = json_to_string (json_object_get_member (person, "ids"), FALSE);
      g_autofree char *properties = json_to_string (json_object_get_member (person, "properties"), FALSE);

      g_ptr_array_add (lines, g_strdup_printf ("%s %d %s\n", ids,
                                               json_object_get_boolean_member (person, "identified"), properties));
    }
  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, g_ptr_array_index (lines, i));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
spell_verdicts (JsonArray *verdicts)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (verdicts); i++)
    g_string_append_printf (text, "%s\n", json_array_get_string_element (verdicts, i));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The same statements, decided one by one without any store. */
static char *
replay_pure (Fixture           *fixture,
             WeirIdentityRules  rules)
{
  g_autoptr(WeirIdentityGraph) graph = weir_identity_graph_new (rules);
  g_autoptr(GString) text = g_string_new (NULL);
  sqlite3_stmt *statement;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "SELECT kind, from_id, to_id, event_seq, known, reason = 2, voided FROM edge ORDER BY seq",
                      -1, &statement, NULL);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      WeirIdentityEdge edge = {
        .kind = (WeirStatementKind) sqlite3_column_int (statement, 0),
        .from = (guint32) sqlite3_column_int (statement, 1),
        .to = (guint32) sqlite3_column_int (statement, 2),
        .event_seq = (guint64) sqlite3_column_int (statement, 3),
        .from_existed = sqlite3_column_int (statement, 4) & 1,
        .to_existed = (sqlite3_column_int (statement, 4) & 2) != 0,
        .is_illegal = sqlite3_column_int (statement, 5),
        .is_voided = sqlite3_column_int (statement, 6),
      };
      const char *reason;

      weir_identity_graph_add_edge (graph, &edge);
      reason = weir_reason_get_name (edge.decision.reason);
      g_string_append_printf (text, "%s%s%s\n", weir_verdict_get_name (edge.decision.verdict),
                              reason != NULL ? " " : "", reason != NULL ? reason : "");
    }
  sqlite3_finalize (statement);
  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
run_vector (JsonObject        *vector,
            WeirIdentityRules  rules)
{
  g_autoptr(Fixture) fixture = fixture_new (rules);
  JsonArray *events = json_object_get_array_member (vector, "events");
  gboolean is_posthog = rules == WEIR_IDENTITY_RULES_POSTHOG;
  JsonObject *expected = is_posthog && json_object_has_member (vector, "posthog")
                           ? json_object_get_object_member (vector, "posthog") : vector;
  g_autofree char *persons = spell_persons (json_object_get_array_member (expected, "persons"));
  g_autofree char *verdicts = spell_verdicts (json_object_get_array_member (expected, "verdicts"));
  g_autofree char *replayed = NULL;

  g_test_message ("%s (%s)", json_object_get_string_member (vector, "name"), is_posthog ? "posthog" : "weir");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      g_autofree char *json = json_to_string (json_array_get_element (events, i), FALSE);

      if (is_posthog)
        add_raw (fixture, json_array_get_object_element (events, i));
      else
        add (fixture, json);
      write_added (fixture);
    }
  assert_query (fixture, PERSONS, persons);
  assert_query (fixture, VERDICTS, verdicts);
  assert_sound (fixture);
  replayed = replay_pure (fixture, rules);
  g_assert_cmpstr (replayed, ==, verdicts);
}

static void
test_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "vectors", "identity.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonArray *vectors;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  vectors = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (vectors), >=, 35);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    {
      run_vector (json_array_get_object_element (vectors, i), WEIR_IDENTITY_RULES_WEIR);
      run_vector (json_array_get_object_element (vectors, i), WEIR_IDENTITY_RULES_POSTHOG);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity/vectors", test_vectors);

  return g_test_run ();
}
