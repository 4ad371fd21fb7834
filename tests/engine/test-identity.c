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

static void
set_voided (Fixture    *fixture,
            gint64      edge,
            gboolean    is_voided)
{
  g_autoptr(GError) error = NULL;

  weir_store_set_edge_voided (fixture->store, edge, is_voided, &error);
  g_assert_no_error (error);
}

static WeirPersonId
find_person (Fixture    *fixture,
             const char *distinct_id)
{
  g_autofree char *sql = g_strdup_printf ("SELECT person_id FROM identities WHERE distinct_id = '%s'", distinct_id);
  g_autofree char *text = query (fixture, sql);
  WeirPersonId person;

  g_strchomp (text);
  g_assert_true (weir_person_id_parse (&person, text));
  return person;
}

static gint64
merge_by_hand (Fixture    *fixture,
               const char *from,
               const char *to)
{
  WeirPersonId source = find_person (fixture, from);
  WeirPersonId target = find_person (fixture, to);
  g_autoptr(GError) error = NULL;
  gint64 edge = 0;

  weir_store_merge_persons (fixture->store, &source, &target, NOON, &edge, &error);
  g_assert_no_error (error);
  return edge;
}

/* One random event about few ids, so that everything happens to everybody. Without @with_link only
 * what the event says of properties is left. */
static char *
make_event (guint32   seed,
            gboolean  with_link)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  int kind = g_rand_int_range (rand, 0, 24);
  int from = g_rand_int_range (rand, 0, 10);
  int to = g_rand_int_range (rand, 0, 10);
  int number = g_rand_int_range (rand, 0, 1000);
  GString *json = g_string_new (NULL);

  g_string_printf (json, "{\"event\":\"%s\",\"user_id\":\"id%d\"",
                   !with_link || kind >= 12 ? "e" : kind < 4 ? "$identify" : kind < 6 ? "e" : kind < 11 ? "$alias"
                                                                                               : "$merge", to);
  if (with_link && kind < 12)
    g_string_append_printf (json, ",\"%s\":\"id%d\"", kind < 6 ? "anonymous_id" : "previous_id", from);
  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0:
      g_string_append_printf (json, ",\"properties\":{\"$set\":{\"a\":%d}}", number);
      break;
    case 1:
      g_string_append (json, ",\"properties\":{\"$unset\":[\"a\"]}");
      break;
    case 2:
      g_string_append_printf (json, ",\"properties\":{\"$set\":{\"b\":%d}}", number);
      break;
    case 3:
      g_string_append_printf (json, ",\"properties\":{\"$set_once\":{\"b\":%d}}", number);
      break;
    case 4:
      g_string_append_printf (json, ",\"properties\":{\"$set_once\":{\"c\":%d},\"$set\":{\"a\":null}}", number);
      break;
    default:
      break;
    }
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

/* Whether the event of @seed makes the soft statement of the edge. */
static gboolean
says (guint32     seed,
      const char *edge)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  int kind = g_rand_int_range (rand, 0, 24);
  int from = g_rand_int_range (rand, 0, 10);
  int to = g_rand_int_range (rand, 0, 10);
  g_autofree char *pair = g_strdup_printf ("%d id%d id%d\n", kind == 11, from, to);

  return kind < 12 && from != to && g_str_equal (pair, edge);
}

/* A store that was told the events of all seeds, without the statement of @left_out. */
static Fixture *
tell (WeirIdentityRules  rules,
      const guint32     *seeds,
      guint              n,
      guint              per_write,
      const char        *left_out)
{
  Fixture *fixture = fixture_new (rules);

  /* Everybody was seen before anything was said of them. */
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"event\":\"e\",\"user_id\":\"id%u\"}", i);

      add (fixture, json);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *json = make_event (seeds[i], left_out == NULL || !says (seeds[i], left_out));

      add (fixture, json);
      if (i % per_write == 0)
        write_added (fixture);
    }
  write_added (fixture);

  return fixture;
}

#define PAIR "SELECT kind >= 3, (SELECT distinct_id FROM identity WHERE id = from_id),"                 \
             " (SELECT distinct_id FROM identity WHERE id = to_id) FROM edge WHERE seq = "

/* Any edge taken back leaves what there would be if it had never been said; given back, what there was; and every
 * intermediate state keeps the tables sound. */
static void
test_undo (gconstpointer data)
{
  WeirIdentityRules rules = (WeirIdentityRules) GPOINTER_TO_UINT (data);
  guint n_changed = 0;

  for (guint round = 0; round < (g_test_slow () ? 300 : 4); round++)
    {
      guint32 seeds[60];
      g_autoptr(Fixture) fixture = NULL;
      g_autofree char *before = NULL;
      g_autofree char *verdicts = NULL;
      g_autofree char *n_edges = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
        seeds[i] = (guint32) g_test_rand_int ();
      fixture = tell (rules, seeds, G_N_ELEMENTS (seeds), round % 7 + 1, NULL);
      assert_sound (fixture);
      before = query (fixture, PERSONS);
      verdicts = query (fixture, VERDICTS);
      n_edges = query (fixture, "SELECT count (*) FROM edge");
      for (gint64 edge = 1; edge <= g_ascii_strtoll (n_edges, NULL, 10); edge += g_test_slow () ? 1 : 2)
        {
          g_autofree char *sql = g_strdup_printf (PAIR "%" G_GINT64_FORMAT, edge);
          g_autofree char *pair = query (fixture, sql);
          g_autoptr(Fixture) other = tell (rules, seeds, G_N_ELEMENTS (seeds), 60, pair);
          g_autofree char *never = query (other, PERSONS);
          g_autofree char *after = NULL;

          set_voided (fixture, edge, TRUE);
          after = query (fixture, PERSONS);
          g_assert_cmpstr (after, ==, never);
          n_changed += !g_str_equal (after, before);
          assert_sound (fixture);
          set_voided (fixture, edge, FALSE);
          assert_query (fixture, PERSONS, before);
          assert_query (fixture, VERDICTS, verdicts);
          assert_sound (fixture);
        }
    }
  g_assert_cmpuint (n_changed, >, 5);
}

/* What was taken back is not brought back by the next event, in whatever order it names the ids; a $merge does. */
static void
test_stays_voided (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);
  static const char apart[] = "[\"a\"] 0 {}\n[\"u\"] 0 {}\n";
  gint64 edge;

  add (fixture, "{\"event\":\"e\",\"user_id\":\"u\",\"anonymous_id\":\"a\"}");
  write_added (fixture);
  assert_query (fixture, PERSONS, "[\"a\",\"u\"] 1 {}\n");
  set_voided (fixture, 1, TRUE);
  assert_query (fixture, PERSONS, apart);
  assert_query (fixture, VERDICTS, "refused voided\n");

  for (guint i = 0; i < 2; i++)
    {
      add (fixture, "{\"event\":\"e\",\"user_id\":\"u\",\"anonymous_id\":\"a\"}");
      add (fixture, "{\"event\":\"$identify\",\"user_id\":\"u\",\"anonymous_id\":\"a\"}");
      add (fixture, "{\"event\":\"$alias\",\"user_id\":\"a\",\"previous_id\":\"u\"}");
      write_added (fixture);
      assert_query (fixture, PERSONS, apart);
      close_store (fixture);
      open_store (fixture, WEIR_IDENTITY_RULES_WEIR);
    }
  assert_query (fixture, VERDICTS, "refused voided\nrefused voided\n");

  add (fixture, "{\"event\":\"$merge\",\"user_id\":\"u\",\"previous_id\":\"a\"}");
  write_added (fixture);
  assert_query (fixture, PERSONS, "[\"a\",\"u\"] 1 {}\n");
  set_voided (fixture, 3, TRUE);
  assert_query (fixture, PERSONS, apart);
  add (fixture, "{\"event\":\"$merge\",\"user_id\":\"u\",\"previous_id\":\"a\"}");
  write_added (fixture);
  assert_query (fixture, PERSONS, "[\"a\",\"u\"] 1 {}\n");
  set_voided (fixture, 4, TRUE);

  edge = merge_by_hand (fixture, "a", "u");
  assert_query (fixture, PERSONS, "[\"a\",\"u\"] 1 {}\n");
  set_voided (fixture, edge, TRUE);
  assert_query (fixture, PERSONS, apart);
  assert_sound (fixture);
}

/* A browser says who it is with every event; the log does not grow with that. */
static void
test_bounded_log (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);

  for (guint i = 0; i < 200; i++)
    {
      add (fixture, "{\"event\":\"e\",\"user_id\":\"u\",\"anonymous_id\":\"a\",\"properties\":{\"$set\":{\"x\":1}}}");
      add (fixture, "{\"event\":\"e\",\"user_id\":\"v\",\"anonymous_id\":\"a\"}");
      add (fixture, "{\"event\":\"e\",\"user_id\":\"v\",\"anonymous_id\":\"null\"}");
      add (fixture, "{\"event\":\"$merge\",\"user_id\":\"v\",\"previous_id\":\"w\"}");
      write_added (fixture);
    }
  assert_query (fixture, VERDICTS, "linked\nrefused anonymous_id_taken\nrefused illegal_id\nlinked\n");
  assert_query (fixture, "SELECT count (*) FROM property_op", "1\n");
  assert_query (fixture, "SELECT count (*) < 10 FROM identity_change", "1\n");
}

/* The person an event is given to is who it belongs to after it, also when the cache knew better before. */
static void
test_event_person (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);
  WeirPersonId a, u, both, later;

  add (fixture, "{\"event\":\"e\",\"anonymous_id\":\"a\"}");
  a = write_added (fixture);
  add (fixture, "{\"event\":\"e\",\"user_id\":\"u\"}");
  u = write_added (fixture);
  add (fixture, "{\"event\":\"e\",\"user_id\":\"u\",\"anonymous_id\":\"a\"}");
  both = write_added (fixture);
  add (fixture, "{\"event\":\"e\",\"anonymous_id\":\"a\"}");
  later = write_added (fixture);
  g_assert_cmpint (memcmp (&a, &u, sizeof a), !=, 0);
  g_assert_cmpmem (&both, sizeof both, &u, sizeof u);
  g_assert_cmpmem (&later, sizeof later, &u, sizeof u);
}

/* A hundred thousand ids of one person, merged again and again: what is rewritten is the small side. */
static void
test_scale (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);
  guint n_ids = g_test_slow () ? 100000 : 10000;
  g_autofree char *expected = NULL;

  for (guint i = 0; i < n_ids; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"event\":\"e\",\"user_id\":\"u\",\"anonymous_id\":\"a%u\"}", i);

      add (fixture, json);
    }
  write_added (fixture);
  for (guint i = 0; i < 1000; i++)
    {
      /* The large person joins a small one: its name changes, its rows do not. */
      g_autofree char *json = g_strdup_printf ("{\"event\":\"e\",\"user_id\":\"m%u\"}", i);
      g_autofree char *merge = i == 0 ? g_strdup ("{\"event\":\"$merge\",\"user_id\":\"m0\",\"previous_id\":\"u\"}")
                                      : g_strdup_printf ("{\"event\":\"$merge\",\"user_id\":\"m%u\","
                                                         "\"previous_id\":\"m%u\"}", i, i - 1);

      add (fixture, json);
      add (fixture, merge);
    }
  write_added (fixture);
  expected = g_strdup_printf ("1 %u\n", n_ids + 1001);
  assert_query (fixture, "SELECT count (*), n_identities FROM person", expected);
  assert_query (fixture, "SELECT p.uuid = (SELECT person_id FROM identities WHERE distinct_id = 'm999')"
                         " FROM person AS p", "1\n");
  {
    g_autofree char *n_changes = query (fixture, "SELECT count (*) FROM identity_change");

    g_assert_cmpuint (g_ascii_strtoull (n_changes, NULL, 10), <=, n_ids + 1001);
  }
}

static void
exec (const char *path,
      const char *sql)
{
  char *message = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s", message);
  sqlite3_close (db);
}

/* A file as version 1 left it holds statements that nobody has read. */
static void
test_catch_up (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);
  g_autofree char *script = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "vectors", "store-1.sql", NULL);

  close_store (fixture);
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  g_assert_true (g_file_get_contents (path, &script, NULL, NULL));
  exec (fixture->path, script);
  open_store (fixture, WEIR_IDENTITY_RULES_WEIR);

  assert_query (fixture, PERSONS, "[\"a1\",\"u1\"] 1 {\"name\":\"Ann\",\"plan\":\"pro\"}\n"
                                  "[\"a2\",\"u3\"] 1 {}\n[\"u2\"] 1 {}\n");
  assert_query (fixture, VERDICTS, "linked\nrefused anonymous_id_taken\nlinked\n");
  assert_sound (fixture);
  assert_query (fixture, "SELECT count (*) FROM events", "6\n");

  /* Once. */
  set_voided (fixture, 1, TRUE);
  close_store (fixture);
  open_store (fixture, WEIR_IDENTITY_RULES_WEIR);
  assert_query (fixture, "SELECT count (*) FROM edge WHERE voided", "1\n");
  fixture->last_seq = 6;
  add (fixture, "{\"event\":\"e\",\"user_id\":\"u9\"}");
  write_added (fixture);
  assert_query (fixture, "SELECT count (*) FROM events", "7\n");
}

/* Nothing of a deleted person is in any byte of the file, and its neighbours are as they were. */
static void
test_delete (void)
{
  g_autoptr(Fixture) fixture = fixture_new (WEIR_IDENTITY_RULES_WEIR);
  g_auto(WeirErasureReceipt) receipt = { 0 };
  g_autofree char *data = NULL;
  g_autoptr(GError) error = NULL;
  WeirPersonId person;
  gsize length;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *json = g_strdup_printf (
        "{\"event\":\"e\",\"user_id\":\"neighbour-%u\",\"anonymous_id\":\"%x-other\","
        "\"properties\":{\"$set\":{\"n\":%u}}}",
        i, g_random_int (), i);

      add (fixture, json);
      if (i % 30 == 0)
        add (fixture, "{\"event\":\"e\",\"user_id\":\"secret-user\",\"anonymous_id\":\"secret-anonymous\","
                      "\"properties\":{\"$set\":{\"mail\":\"secret-mail\"},\"path\":\"/secret-path\"}}");
    }
  add (fixture, "{\"event\":\"e\",\"user_id\":\"neighbour-1\",\"anonymous_id\":\"secret-anonymous\"}");
  write_added (fixture);
  person = find_person (fixture, "secret-user");

  weir_store_delete_person (fixture->store, &person, &receipt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receipt.before.events, ==, 100);
  g_assert_cmpuint (receipt.before.distinct_ids, ==, 2);
  g_assert_cmpuint (receipt.before.edges, ==, 2);
  g_assert_cmpuint (receipt.after.events + receipt.after.distinct_ids + receipt.after.edges, ==, 0);
  g_assert_true (g_file_get_contents (fixture->path, &data, &length, NULL));
  g_assert_null (memmem (data, length, "secret", 6));
  g_assert_nonnull (memmem (data, length, "neighbour-1", 11));
  assert_query (fixture, "SELECT count (*) FROM events", "3001\n");
  assert_query (fixture, "SELECT stored FROM state", "3101\n");
  assert_sound (fixture);

  g_assert_false (weir_store_delete_person (fixture->store, &person, &receipt, &error));
  g_assert_nonnull (error);

  /* Who comes back is somebody new, with a number that was never used. */
  add (fixture, "{\"event\":\"e\",\"user_id\":\"secret-user\"}");
  write_added (fixture);
  assert_query (fixture, "SELECT count (*) FROM identity WHERE id IN (SELECT identity_id FROM identity_change"
                         " WHERE person_id IS NULL)", "0\n");
  assert_query (fixture, "SELECT count (*) FROM identities WHERE distinct_id = 'secret-user'", "1\n");
  assert_query (fixture, "PRAGMA integrity_check", "ok\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity/vectors", test_vectors);
  g_test_add_data_func ("/identity/undo/weir", GUINT_TO_POINTER (WEIR_IDENTITY_RULES_WEIR), test_undo);
  g_test_add_data_func ("/identity/undo/posthog", GUINT_TO_POINTER (WEIR_IDENTITY_RULES_POSTHOG), test_undo);
  g_test_add_func ("/identity/stays-voided", test_stays_voided);
  g_test_add_func ("/identity/bounded-log", test_bounded_log);
  g_test_add_func ("/identity/event-person", test_event_person);
  g_test_add_func ("/identity/scale", test_scale);
  g_test_add_func ("/identity/catch-up", test_catch_up);
  g_test_add_func ("/identity/delete", test_delete);

  return g_test_run ();
}
