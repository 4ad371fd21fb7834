/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#include "test-clickhouse-front.h"
#include "test-transfer.h"

/* `weir-collector export` by URL from one of two collectors that share their tables, while events come
 * in at both and persons are deleted. */

#define N_EVENTS  6000
#define N_PERSONS 10
#define BATCH     100
#define PATIENCE  (60 * G_TIME_SPAN_SECOND)

typedef struct {
  TestTransfer transfer;     /* has the first one */
  TestCollector *other;
  TestClickhouseFront *front;
  char *token;               /* a file */
  int is_ending;             /* atomic */
} Fixture;

static TestCollector *
start (TestClickhouseFront *front)
{
  g_autofree char *options = g_strdup_printf ("--store clickhouse --shared yes --clickhouse-url %s",
                                              test_clickhouse_front_get_url (front));

  return test_collector_new (options);
}

static gboolean
fixture_open (Fixture *self)
{
  memset (self, 0, sizeof *self);
  self->front = test_clickhouse_front_new ();
  if (self->front == NULL)
    {
      g_test_skip ("the library of ClickHouse is not there");
      return FALSE;
    }
  self->transfer.collector = start (self->front);
  self->transfer.dir = g_dir_make_tmp ("weir-transfer-XXXXXX", NULL);
  self->other = start (self->front);
  self->token = g_build_filename (self->transfer.collector->data_dir, "token", NULL);
  return TRUE;
}

static void
fixture_close (Fixture *self)
{
  test_transfer_tear_down (&self->transfer, NULL);
  test_collector_free (self->other);
  test_clickhouse_front_free (self->front);
  g_free (self->token);
}

static void
post (TestCollector *collector,
      const char    *name,
      guint          first,
      guint          n)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(TestReply) reply = NULL;

  for (guint i = first; i < first + n; i++)
    g_string_append_printf (body, "{\"event\":\"%s\",\"id\":\"%s-%u\",\"user_id\":\"p%u\"}\n", name, name, i,
                            i % N_PERSONS);
  reply = test_collector_post (collector, "/v1/events", NULL, body->str, -1);
  g_assert_cmpint (reply->status, ==, 202);
}

static char *
dup_member (TestCollector *collector,
            const char    *method,
            const char    *path,
            const char    *body,
            const char    *member)
{
  g_autoptr(TestReply) reply = test_collector_request (collector, method, path, body);
  g_autofree char *mark = g_strdup_printf ("\"%s\":", member);
  const char *found = reply->status == 200 ? strstr (reply->body, mark) : NULL;

  found = found != NULL ? found + strlen (mark) : NULL;
  return found != NULL ? g_strndup (found, strcspn (found, ",}")) : NULL;
}

/* Until all that was posted is in the table, and whose it is is known at the one that is asked. */
static void
wait_until_known (Fixture    *self,
                  const char *n_events,
                  const char *n_persons)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  g_autofree char *rows = NULL;
  g_autofree char *persons = NULL;

  while ((g_strcmp0 (rows, n_events) != 0 || g_strcmp0 (persons, n_persons) != 0) &&
         g_get_monotonic_time () < deadline)
    {
      g_usleep (50000);
      g_free (rows);
      g_free (persons);
      rows = test_clickhouse_front_ask (self->front, "SELECT count() FROM event");
      persons = dup_member (self->transfer.collector, "POST", "/v1/query", "{\"kind\":\"persons\"}", "total");
    }
  g_assert_cmpstr (rows, ==, n_events);
  g_assert_cmpstr (persons, ==, n_persons);
}

static void
delete_person (TestCollector *collector,
               guint          number)
{
  g_autofree char *find = g_strdup_printf ("/v1/persons?distinct_id=p%u", number);
  g_autofree char *id = dup_member (collector, "GET", find, NULL, "id");
  g_autofree char *path = g_strdup_printf ("/v1/persons/%.*s", 36, id + 1);
  g_autoptr(TestReply) reply = test_collector_request (collector, "DELETE", path, NULL);

  g_assert_cmpint (reply->status, ==, 200);
}

/* Others go on, at both: the second half of the persons is left in peace, the first half is deleted. */
static gpointer
disturb (gpointer data)
{
  Fixture *self = data;
  sigset_t all;

  /* The other thread hears of its children; a call of this one that waits would end for it. */
  sigfillset (&all);
  g_assert_cmpint (pthread_sigmask (SIG_BLOCK, &all, NULL), ==, 0);
  for (guint i = 0; !g_atomic_int_get (&self->is_ending); i++)
    {
      post (i % 2 == 0 ? self->transfer.collector : self->other, "later", i * BATCH, BATCH);
      if (i % 4 == 0 && i / 4 < N_PERSONS / 2)
        delete_person (self->other, i / 4);
      g_usleep (10000);
    }
  return NULL;
}

/* What is in an export: ids, none twice, each behind the one before. Returns the last seq. */
static gint64
read_export (const char *text,
             GHashTable *ids)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *last = g_strdup ("");
  gint64 last_seq = 0;

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_autofree char *place = NULL;
      JsonObject *event;
      GString *received;

      g_assert_true (json_parser_load_from_data (parser, lines[i], -1, NULL));
      event = json_node_get_object (json_parser_get_root (parser));
      last_seq = json_object_get_int_member (event, "seq");
      /* Fractions are left out where they are nothing. */
      received = g_string_new (json_object_get_string_member (event, "received"));
      g_string_truncate (received, received->len - 1);
      while (received->len < strlen ("2026-01-01T00:00:00.000000"))
        g_string_append_c (received, received->len == strlen ("2026-01-01T00:00:00") ? '.' : '0');
      g_string_append_printf (received, " %020" G_GINT64_FORMAT, last_seq);
      place = g_string_free (received, FALSE);
      g_assert_cmpstr (place, >, last);
      g_free (last);
      last = g_steal_pointer (&place);
      g_assert_true (g_hash_table_add (ids, g_strdup (json_object_get_string_member (event, "id"))));
    }
  return last_seq;
}

/* @option: (nullable): one more, which has a value. */
static void
run_export (Fixture    *self,
            GHashTable *ids,
            const char *option,
            const char *value)
{
  g_assert_cmpint (test_transfer_run (&self->transfer, "export", "--url", "@", "--token-file", self->token, option,
                                      value, NULL),
                   ==, 0);
  read_export (self->transfer.out, ids);
}

static gboolean
has (GHashTable *ids,
     const char *name,
     guint       number)
{
  g_autofree char *id = g_strdup_printf ("%s-%u", name, number);

  return g_hash_table_contains (ids, id);
}

/* Two ways to have all of it: at once, and from where an export ended that was cut off. */
static void
check_quiet (Fixture *self)
{
  g_autoptr(GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *begin = NULL;
  g_autofree char *after = NULL;
  char *end;

  run_export (self, all, NULL, NULL);
  g_assert_cmpuint (g_hash_table_size (all), ==, N_EVENTS);

  begin = g_steal_pointer (&self->transfer.out);
  end = begin + strlen (begin) / 3;
  while (*end++ != '\n')
    ;
  *end = '\0';
  after = g_strdup_printf ("%" G_GINT64_FORMAT, read_export (begin, parts));
  run_export (self, parts, "--after", after);
  g_assert_cmpuint (g_hash_table_size (parts), ==, N_EVENTS);

  g_hash_table_remove_all (all);
  run_export (self, all, "--filter", "{\"property\":\"user_id\",\"op\":\"=\",\"value\":\"p7\"}");
  g_assert_cmpuint (g_hash_table_size (all), ==, N_EVENTS / N_PERSONS);
}

static void
test_all (void)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GThread *thread;
  Fixture self;

  if (!fixture_open (&self))
    return;
  for (guint i = 0; i < N_EVENTS; i += BATCH)
    post (i / BATCH % 2 == 0 ? self.transfer.collector : self.other, "first", i, BATCH);
  wait_until_known (&self, G_STRINGIFY (N_EVENTS), G_STRINGIFY (N_PERSONS));
  check_quiet (&self);

  thread = g_thread_new ("disturb", disturb, &self);
  for (guint round = 0; round < 5; round++)
    {
      g_hash_table_remove_all (ids);
      run_export (&self, ids, NULL, NULL);
      for (guint i = 0; i < N_EVENTS; i++)
        g_assert_true (i % N_PERSONS < N_PERSONS / 2 || has (ids, "first", i));
    }
  g_atomic_int_set (&self.is_ending, TRUE);
  g_thread_join (thread);
  fixture_close (&self);
}

/* The event behind which it is to go on was deleted: what comes behind it is all there. */
static void
test_deleted_place (void)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *after = NULL;
  Fixture self;

  if (!fixture_open (&self))
    return;
  post (self.transfer.collector, "first", 0, 2);
  post (self.other, "first", 2, 2);
  post (self.transfer.collector, "first", 4, 1);   /* of p4 */
  wait_until_known (&self, "5", "5");
  after = dup_member (self.transfer.collector, "POST", "/v1/query", "{\"kind\":\"events\",\"limit\":1}", "seq");
  post (self.other, "last", 5, 3);
  wait_until_known (&self, "8", "8");
  delete_person (self.other, 4);
  wait_until_known (&self, "7", "7");
  run_export (&self, ids, "--after", after);
  for (guint i = 5; i < 8; i++)
    g_assert_true (has (ids, "last", i));
  g_assert_false (has (ids, "first", 4));
  fixture_close (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/export-shared/all", test_all);
  g_test_add_func ("/collector/export-shared/deleted-place", test_deleted_place);

  return g_test_run ();
}
