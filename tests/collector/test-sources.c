/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "test-collector.h"

/* The ledger by source and the write keys, of a real collector that is also killed. */

static const char *const members[] = { "received", "accepted", "duplicate", "rejected" };

static JsonNode *
get_sources (TestCollector *collector)
{
  g_autoptr(TestReply) reply = test_collector_get (collector, "/v1/sources");
  JsonNode *node;

  g_test_message ("%s", reply->body);
  g_assert_cmpint (reply->status, ==, 200);
  node = json_from_string (reply->body, NULL);
  g_assert_nonnull (node);
  return node;
}

static JsonObject *
find (JsonNode   *sources,
      const char *name)
{
  JsonArray *array = json_object_get_array_member (json_node_get_object (sources), "sources");

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *source = json_array_get_object_element (array, i);

      if (g_str_equal (json_object_get_string_member (source, "name"), name))
        return source;
    }
  return NULL;
}

static void
assert_source (TestCollector *collector,
               const char    *name,
               gint64         received,
               gint64         accepted,
               gint64         duplicate,
               gint64         rejected)
{
  g_autoptr(JsonNode) sources = get_sources (collector);
  JsonObject *source = find (sources, name);
  JsonObject *ledger;
  const gint64 expected[] = { received, accepted, duplicate, rejected };

  g_assert_nonnull (source);
  ledger = json_object_get_object_member (source, "ledger");
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_cmpint (json_object_get_int_member (ledger, members[i]), ==, expected[i]);
  if (!g_str_equal (name, "(other)"))   /* what was counted before came at an unknown time */
    g_assert_true (received == 0 || json_object_get_string_member (source, "last_seen") != NULL);
}

/* The rows sum to the ledger, each member. */
static void
assert_sums (TestCollector *collector)
{
  g_autoptr(JsonNode) sources = get_sources (collector);
  JsonArray *array = json_object_get_array_member (json_node_get_object (sources), "sources");

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *metric = g_strdup_printf ("weir_events_%s_total", members[i]);
      gint64 sum = 0;

      for (guint j = 0; j < json_array_get_length (array); j++)
        sum += json_object_get_int_member (
            json_object_get_object_member (json_array_get_object_element (array, j), "ledger"), members[i]);
      g_assert_cmpfloat (test_collector_get_metric (collector, metric), ==, (double) sum);
    }
}

static int
post_events (TestCollector *collector,
             const char    *key,
             const char    *body)
{
  g_autofree char *header = key != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", key) : NULL;
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", header, body, -1);

  return reply->status;
}

static void
test_ledger (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) again = NULL;

  g_assert_cmpint (post_events (collector, NULL,
                                "[{\"event\":\"a\",\"user_id\":\"u\",\"id\":\"1\",\"source\":\"kiosk\"},"
                                "{\"event\":\"a\",\"user_id\":\"u\",\"id\":\"1\",\"source\":\"kiosk\"},"
                                "{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"shop\"},"
                                "{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"kiosk\"},"
                                "{\"event\":\"a\",\"user_id\":\"u\"},{\"event\":\"a\"},7]"), ==, 202);
  assert_source (collector, "kiosk", 3, 2, 1, 0);
  assert_source (collector, "shop", 1, 1, 0, 0);
  assert_source (collector, "local", 3, 1, 0, 2);
  assert_sums (collector);

  test_collector_kill (collector);
  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  assert_source (again, "kiosk", 3, 2, 1, 0);
  assert_source (again, "local", 3, 1, 0, 2);
  assert_sums (again);
  test_collector_stop (again);
}

/* More sources than there is room for share one row; sums hold, also when it is killed under load. */
static void
test_many (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) again = NULL;
  g_autoptr(GString) body = g_string_new ("[");
  g_autoptr(JsonNode) sources = NULL;
  int fd;

  for (guint i = 0; i < 1100; i++)
    g_string_append_printf (body, "%s{\"event\":\"a\",\"user_id\":\"u\",\"source\":\"s%u\"}", i > 0 ? "," : "", i);
  g_string_append_c (body, ']');
  g_assert_cmpint (post_events (collector, NULL, body->str), ==, 202);
  assert_source (collector, "s999", 1, 1, 0, 0);
  assert_source (collector, "(other)", 100, 100, 0, 0);
  sources = get_sources (collector);
  g_assert_true (json_object_get_boolean_member (find (sources, "(other)"), "other"));
  g_assert_false (json_object_has_member (find (sources, "s1"), "other"));
  assert_sums (collector);

  fd = test_collector_connect (collector);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *head = g_strdup_printf ("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                               "%" G_GSIZE_FORMAT "\r\n\r\n", body->len);

      test_socket_send (fd, head, -1);
      test_socket_send (fd, body->str, (gssize) body->len);
    }
  test_collector_kill (collector);
  close (fd);
  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  assert_sums (again);
  test_collector_stop (again);
}

/* A journal of the version before, which knew no sources, is read; what it counted is nobody's. */
static void
test_old_journal (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autoptr(TestCollector) again = NULL;
  g_autofree char *path = g_build_filename (collector->data_dir, "journal.db", NULL);
  sqlite3 *db;

  g_assert_cmpint (post_events (collector, NULL, "[{\"event\":\"a\",\"user_id\":\"u\"},1]"), ==, 202);
  test_collector_stop (collector);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "DROP TABLE source; DROP TABLE replayed; DROP TABLE consumer;"
                                     "PRAGMA user_version = 1", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  assert_source (again, "(other)", 2, 1, 0, 1);
  g_assert_cmpint (post_events (again, NULL, "{\"event\":\"a\",\"user_id\":\"u\"}"), ==, 202);
  assert_source (again, "local", 1, 1, 0, 0);
  assert_sums (again);
  test_collector_stop (again);
}

/* Makes a key; returns it, and its id. */
static char *
make_key (TestCollector  *collector,
          char          **id)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, "POST", "/v1/keys", "{\"name\":\"shop\"}");
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  test_assert_reply (reply, 201, "\"name\":\"shop\",\"key\":\"wk_");
  node = json_from_string (reply->body, NULL);
  object = json_node_get_object (node);
  *id = g_strdup (json_object_get_string_member (object, "id"));
  return g_strdup (json_object_get_string_member (object, "key"));
}

static void
test_keys (void)
{
  static const char event[] = "{\"event\":\"a\",\"user_id\":\"u\"}";
  g_autoptr(TestCollector) collector = test_collector_new ("--ingest-threads 4");
  g_autoptr(TestCollector) again = NULL;
  g_autofree char *file = g_build_filename (collector->data_dir, "keys.json", NULL);
  g_autofree char *id = NULL;
  g_autofree char *key = make_key (collector, &id);
  g_autofree char *path = g_strdup_printf ("/v1/keys/%s", id);
  g_autofree char *restore = g_strdup_printf ("/v1/keys/%s/restore", id);
  g_autofree char *stored = NULL;
  g_autoptr(TestReply) revoked = NULL;
  g_autoptr(TestReply) restored = NULL;
  g_autoptr(TestReply) unknown = NULL;
  g_autoptr(JsonNode) sources = NULL;
  struct stat status;

  g_assert_cmpint (post_events (collector, key, event), ==, 202);
  assert_source (collector, "shop", 1, 1, 0, 0);
  g_assert_cmpint (post_events (collector, "wk_00000000_0000", event), ==, 401);

  /* Only a hash of it is kept, for its owner. */
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (file, &stored, NULL, NULL));
  g_assert_null (strstr (stored, key + 12));
  g_assert_nonnull (strstr (stored, id));

  /* On every thread at once. */
  revoked = test_collector_request (collector, "DELETE", path, NULL);
  test_assert_reply (revoked, 200, "{\"revoked\":true}");
  for (guint i = 0; i < 16; i++)
    g_assert_cmpint (post_events (collector, key, event), ==, 401);
  sources = get_sources (collector);
  g_assert_true (json_object_get_boolean_member (
      json_array_get_object_element (json_object_get_array_member (find (sources, "shop"), "keys"), 0), "revoked"));

  test_collector_kill (collector);
  again = test_collector_new_in (collector->data_dir, NULL, -1, 0);
  g_assert_cmpint (post_events (again, key, event), ==, 401);
  restored = test_collector_request (again, "POST", restore, NULL);
  test_assert_reply (restored, 200, "{\"restored\":true}");
  g_assert_cmpint (post_events (again, key, event), ==, 202);
  assert_source (again, "shop", 2, 2, 0, 0);
  unknown = test_collector_request (again, "DELETE", "/v1/keys/ffffffff", NULL);
  test_assert_error (unknown, 404, "not_found");
  test_collector_stop (again);
}

static void
test_configured (void)
{
  g_autofree char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "weir.conf", NULL);
  g_autofree char *options = g_strdup_printf ("--config %s", file);
  g_autoptr(TestCollector) collector = NULL;
  g_autoptr(TestReply) listed = NULL;
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) nameless = NULL;
  g_autoptr(TestReply) stranger = NULL;

  g_assert_true (g_file_set_contents (file, "[keys]\nkiosk=secret-of-the-kiosk\n", -1, NULL));
  collector = test_collector_new (options);
  listed = test_collector_get (collector, "/v1/sources");
  test_assert_reply (listed, 200, "{\"name\":\"kiosk\",\"ledger\":{\"received\":0,\"accepted\":0,\"duplicate\":0,"
                                  "\"rejected\":0},\"first_seen\":null,\"last_seen\":null,\"keys\":[{\"id\":"
                                  "\"config:kiosk\",\"created\":null,\"last_used\":null,\"prefix\":null,"
                                  "\"revoked\":false,\"configured\":true}]}");
  g_assert_null (strstr (listed->body, "secret"));
  refused = test_collector_request (collector, "DELETE", "/v1/keys/config%3Akiosk", NULL);
  test_assert_error (refused, 400, "invalid_request");
  nameless = test_collector_request (collector, "POST", "/v1/keys", "{\"name\":\" \"}");
  test_assert_error (nameless, 400, "invalid_request");
  stranger = test_collector_post (collector, "/v1/keys", NULL, "{\"name\":\"x\"}", -1);
  test_assert_error (stranger, 401, "unauthorized");
  g_remove (file);
  g_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/collector/sources/ledger", test_ledger);
  g_test_add_func ("/collector/sources/many", test_many);
  g_test_add_func ("/collector/sources/old-journal", test_old_journal);
  g_test_add_func ("/collector/sources/keys", test_keys);
  g_test_add_func ("/collector/sources/configured", test_configured);
  return g_test_run ();
}
