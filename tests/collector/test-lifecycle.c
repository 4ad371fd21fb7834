/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "test-collector.h"

/* A real collector from start to end: options, files, signals, full disks. */

#define EVENT "{\"event\":\"a\",\"user_id\":\"u\"}"
#define POST  "POST /v1/events HTTP/1.1\r\n"
#define HOST  "Host: localhost\r\n"

static char *
make_dir (void)
{
  char *dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);

  g_assert_nonnull (dir);
  return dir;
}

static guint
count_lines (const char *text)
{
  guint lines = 0;

  for (; *text != '\0'; text++)
    lines += *text == '\n';
  return lines;
}

static void
assert_fails (const char *options,
              int         status,
              const char *named)
{
  g_auto(GStrv) list = g_strsplit (options, " ", -1);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int got = test_collector_run (list, &out, &err);

  g_test_message ("%s → %d %s", options, got, err);
  g_assert_cmpint (got, ==, status);
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpuint (count_lines (err), ==, 1);
  g_assert_nonnull (strstr (err, named));
}

/* A file that holds no store is refused at the start, by a line that says why. */
static void
assert_file_fails (const char *contents,
                   const char *named)
{
  g_autofree char *data_dir = g_dir_make_tmp ("weir-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (data_dir, "some.db", NULL);
  g_autofree char *options = g_strdup_printf ("--read-only %s --data-dir %s", path, data_dir);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  assert_fails (options, 78, path);
  assert_fails (options, 78, named);
  g_unlink (path);
  g_rmdir (data_dir);
}

static void
remove_dir (const char *path)
{
  g_autofree char *command = g_strdup_printf ("rm -rf %s", path);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

static void
test_usage (void)
{
  assert_fails ("--no-such-option", 64, "--no-such-option");
  assert_fails ("stray", 64, "stray");
  assert_fails ("--listen", 64, "--listen");
  assert_fails ("--listen nonsense", 64, "--listen");
  assert_fails ("--listen 127.0.0.1:70000", 64, "--listen");
  assert_fails ("--listen example.org:80", 64, "--listen");
  assert_fails ("--listen unix:", 64, "--listen");
  assert_fails ("--durability maybe", 64, "--durability");
  assert_fails ("--keep 3", 64, "--keep");
  assert_fails ("--ingest-threads 0", 64, "--ingest-threads");
  assert_fails ("--ingest-threads 2x", 64, "--ingest-threads");
  assert_fails ("--max-body-bytes -1", 64, "--max-body-bytes");
  assert_fails ("--max-body-bytes 99999999999999999999", 64, "--max-body-bytes");
  assert_fails ("--cors-origins example.org", 64, "--cors-origins");
  assert_fails ("--cors-origins https://example.org/path", 64, "--cors-origins");
  assert_fails ("--store mysql", 78, "--store");
  assert_fails ("--store clickhouse", 78, "clickhouse-url");
  assert_fails ("--store clickhouse --clickhouse-url ftp://example.org", 78, "clickhouse-url");
  assert_fails ("--store chdb --chdb-library /no/such/library.so --data-dir /tmp/weir-none", 78, "/no/such/library.so");
  assert_fails ("--config /no/such/file", 78, "/no/such/file");
  assert_fails ("--read-only /no/such/file --data-dir /tmp/weir-none", 78, "/no/such/file");
  assert_file_fails ("", "-wal");
  assert_file_fails ("this is no database, whatever its name says", "not a database");
  remove_dir ("/tmp/weir-none");
}

static void
test_config_file (void)
{
  static const struct {
    const char *text;
    const char *named;
  } vectors[] = {
    { "[collector]\nlisten=127.0.0.1:0\nlissten=1\n", ":3: there is no option “lissten”" },
    { "[colector]\n", ":1: there is no group “colector”" },
    { "[collector]\n[forwarder bi]\nformat=json-array\n", ":2: url: it is missing" },
    { "[collector]\n[forwarder bi]\nurl=ftp://x\n", ":3: url: it is not an address" },
    { "[collector]\ndurability=none\n", "durability: “none”" },
    { "[collector]\nmax-connections=many\n", "max-connections: “many”" },
    { "[collector]\nrequire-key=perhaps\n", "require-key: “perhaps”" },
    { "[collector]\nrequire-key=yes\n", "require-key: there is no write key" },
    { "[collector]\nthis is no key\n", "this is no key" },
    { "[keys]\nshop=\n", ":2: the write key “shop” is empty" },
    { "[keys]\na=k\nb=k\n", ":3: the write key “b” is given twice" },
    { "[collector]\nstore=clickhouse\n", "clickhouse-url" },
  };
  g_autofree char *dir = make_dir ();
  g_autofree char *path = g_build_filename (dir, "config", NULL);
  g_autofree char *options = g_strdup_printf ("--config %s", path);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_assert_true (g_file_set_contents (path, vectors[i].text, -1, NULL));
      assert_fails (options, 78, vectors[i].named);
      assert_fails (options, 78, path);
    }
  g_remove (path);
  g_rmdir (dir);
}

/* The command line wins over the file, option by option. */
static void
test_precedence (void)
{
  g_autofree char *dir = make_dir ();
  g_autofree char *path = g_build_filename (dir, "config", NULL);
  g_autofree char *options = g_strdup_printf ("--config %s --max-body-bytes 3K", path);
  g_autofree char *body = g_strnfill (3000, ' ');
  g_autoptr(TestCollector) collector = NULL;
  g_autoptr(TestReply) fits = NULL;
  g_autoptr(TestReply) served = NULL;

  g_assert_true (g_file_set_contents (path,
                                      "# comment\n[collector]\nmax-body-bytes = 2000\n"
                                      "listen = 127.0.0.1:1\n"
                                      "host-names = a.example;b.example\n", -1, NULL));
  memcpy (body, EVENT, strlen (EVENT));
  collector = test_collector_new (options);
  fits = test_collector_post (collector, "/v1/events", NULL, body, 3000);
  g_assert_cmpint (fits->status, ==, 202);
  served = test_collector_ask (collector, "GET /healthz HTTP/1.1\r\nHost: b.example\r\n\r\n", -1);
  g_assert_cmpint (served->status, ==, 200);
  g_remove (path);
  g_rmdir (dir);
}

static void
test_version_and_help (void)
{
  static const char *const asked[] = { "--version", "--help" };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      char *options[] = { (char *) asked[i], NULL };
      g_autofree char *out = NULL;

      g_assert_cmpint (test_collector_run (options, &out, NULL), ==, 0);
      g_assert_nonnull (strstr (out, i == 0 ? "weir-collector 0." : "--data-dir"));
    }
}

static void
test_files (void)
{
  g_autofree char *parent = make_dir ();
  g_autofree char *dir = g_build_filename (parent, "new", "deep", NULL);
  g_autofree char *token = g_build_filename (dir, "token", NULL);
  g_autofree char *between = g_build_filename (parent, "new", NULL);
  g_autoptr(TestCollector) collector = test_collector_new_in (dir, NULL, -1, 0);
  g_autofree char *first_token = g_strdup (collector->token);
  struct stat info;

  g_assert_cmpint (g_stat (dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (token, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* The token stays. */
  test_collector_stop (collector);
  g_clear_pointer (&collector, test_collector_free);
  g_assert_true (g_file_test (parent, G_FILE_TEST_IS_DIR));
  g_mkdir_with_parents (dir, 0700);
  g_assert_true (g_file_set_contents (token, first_token, -1, NULL));
  collector = test_collector_new_in (dir, NULL, -1, 0);
  g_assert_cmpstr (collector->token, ==, first_token);
  g_clear_pointer (&collector, test_collector_free);
  g_rmdir (between);
  g_rmdir (parent);
}

static void
test_second_collector (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *options =
    g_strdup_printf ("--listen 127.0.0.1:0 --data-dir %s", collector->data_dir);
  g_auto(GStrv) list = g_strsplit (options, " ", -1);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autofree char *pid = g_strdup_printf ("(process %d)", collector->pid);
  g_autofree char *busy = g_strdup_printf ("--data-dir /tmp/weir-none --listen 127.0.0.1:%u",
                                           collector->port);
  g_auto(GStrv) busy_list = g_strsplit (busy, " ", -1);
  g_autofree char *busy_err = NULL;
  g_autoptr(TestReply) reply = NULL;

  g_assert_cmpint (test_collector_run (list, &out, &err), ==, 78);
  g_assert_cmpstr (out, ==, "");
  g_assert_nonnull (strstr (err, "is in use by another collector"));
  g_assert_nonnull (strstr (err, pid));

  g_assert_cmpint (test_collector_run (busy_list, NULL, &busy_err), ==, 78);
  g_assert_nonnull (strstr (busy_err, "cannot listen on 127.0.0.1:"));
  g_remove ("/tmp/weir-none/token");
  g_rmdir ("/tmp/weir-none");

  reply = test_collector_post (collector, "/v1/events", NULL, EVENT, -1);
  g_assert_cmpint (reply->status, ==, 202);
}

static void
test_check (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  g_autofree char *options = g_strdup_printf ("--check --data-dir %s", collector->data_dir);
  g_autofree char *store = g_build_filename (collector->data_dir, "events.db", NULL);
  g_auto(GStrv) list = g_strsplit (options, " ", -1);
  g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, EVENT, -1);
  g_autofree char *running = NULL;
  g_autofree char *stopped = NULL;
  g_autofree char *damaged = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_cmpint (reply->status, ==, 202);
  g_assert_cmpint (test_collector_run (list, &running, NULL), ==, 0);
  g_assert_nonnull (strstr (running, "configuration: sound"));
  g_assert_nonnull (strstr (running, "journal.db: in use by a running collector"));

  test_collector_stop (collector);
  g_assert_cmpint (test_collector_run (list, &stopped, NULL), ==, 0);
  g_assert_nonnull (strstr (stopped, "sound, 0 events waiting"));
  g_assert_nonnull (strstr (stopped, "sound, 1 events stored"));

  g_assert_true (g_file_get_contents (store, &bytes, &length, NULL));
  memset (bytes + 4096, 'x', length - 4096);
  g_assert_true (g_file_set_contents (store, bytes, (gssize) length, NULL));
  g_assert_cmpint (test_collector_run (list, &damaged, NULL), ==, 78);
  g_assert_nonnull (strstr (damaged, "events.db: damaged: "));
}

/* A request under way when the signal comes is answered; nothing accepted is lost. */
static void
test_drain (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  static const char head[] = POST HOST "Content-Length: 27\r\n\r\n{\"ev";
  int fds[20];
  int idle = test_collector_connect (collector);
  g_autoptr(TestReply) first = NULL;
  g_autofree char *options = g_strdup_printf ("--check --data-dir %s", collector->data_dir);
  g_auto(GStrv) list = g_strsplit (options, " ", -1);
  g_autofree char *report = NULL;

  test_socket_send (idle, "GET /healthz HTTP/1.1\r\n" HOST "\r\n", -1);
  first = test_socket_receive (idle);
  g_assert_cmpint (first->status, ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = test_collector_connect (collector);
      test_socket_send (fds[i], head, -1);
    }
  while (test_collector_get_metric (collector, "weir_body_bytes") < 27 * G_N_ELEMENTS (fds))
    g_usleep (20000);

  g_subprocess_send_signal (collector->process, SIGTERM);
  g_assert_true (test_socket_is_closed (idle));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr(TestReply) reply = NULL;

      test_socket_send (fds[i], EVENT + 4, -1);
      reply = test_socket_receive (fds[i]);
      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 202);
      g_assert_cmpstr (test_reply_get_header (reply, "Connection"), ==, "close");
      g_assert_true (test_socket_is_closed (fds[i]));
      close (fds[i]);
    }
  close (idle);
  test_collector_wait (collector);

  g_assert_cmpint (test_collector_run (list, &report, NULL), ==, 0);
  g_assert_nonnull (strstr (report, "sound, 20 events stored"));
}

static void
test_second_signal (void)
{
  g_autoptr(TestCollector) collector = test_collector_new (NULL);
  int fd = test_collector_connect (collector);

  test_socket_send (fd, POST HOST "Content-Length: 27\r\n\r\n{\"ev", -1);
  while (test_collector_get_metric (collector, "weir_body_bytes") < 27)
    g_usleep (20000);
  g_subprocess_send_signal (collector->process, SIGINT);
  while (test_collector_is_listening (collector))
    g_usleep (10000);
  g_subprocess_send_signal (collector->process, SIGINT);
  g_subprocess_wait (collector->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (collector->process));
  g_clear_object (&collector->process);
  close (fd);
}

/* What was answered with 202 survives the death of the process. */
static void
test_kill (void)
{
  g_autofree char *dir = make_dir ();
  g_autoptr(TestCollector) collector = test_collector_new_in (dir, NULL, -1, 0);
  guint n_accepted = 0;
  g_autoptr(TestCollector) again = NULL;

  for (; n_accepted < 50; n_accepted++)
    {
      g_autoptr(TestReply) reply = test_collector_post (collector, "/v1/events", NULL, EVENT, -1);

      g_assert_cmpint (reply->status, ==, 202);
    }
  test_collector_kill (collector);

  again = test_collector_new_in (dir, NULL, -1, 0);
  while (test_collector_get_metric (again, "weir_events_stored_total") < n_accepted)
    g_usleep (20000);
  g_assert_cmpfloat (test_collector_get_metric (again, "weir_events_stored_total"), ==, n_accepted);
  g_assert_cmpfloat (test_collector_get_metric (again, "weir_events_accepted_total"), ==,
                     n_accepted);
}

/* A file size limit stands for a full disk: both fail the write. */
static void
test_full_disk (void)
{
  g_autofree char *dir = make_dir ();
  g_autoptr(TestCollector) collector = test_collector_new_in (dir, NULL, -1, 0);
  g_autofree char *padding = g_strnfill (60000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"event\":\"a\",\"user_id\":\"u\","
                                           "\"properties\":{\"p\":\"%s\"}}", padding);
  struct rlimit limit = { 1024 * 1024, RLIM_INFINITY };
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) unready = NULL;
  guint n_accepted = 0;
  const char *retry;

  g_assert_cmpint (prlimit (collector->pid, RLIMIT_FSIZE, &limit, NULL), ==, 0);
  for (;;)
    {
      g_clear_pointer (&refused, test_reply_free);
      refused = test_collector_post (collector, "/v1/events", NULL, body, -1);
      g_assert_nonnull (refused);
      if (refused->status != 202)
        break;
      g_assert_cmpuint (++n_accepted, <, 2000);
    }
  g_test_message ("%u accepted, then %s%s", n_accepted, refused->head, refused->body);
  g_assert_cmpint (refused->status, ==, 503);
  g_assert_nonnull (strstr (refused->body, "{\"error\":{\"code\":\"disk_full\""));
  retry = test_reply_get_header (refused, "Retry-After");
  g_assert_nonnull (retry);
  g_assert_cmpuint (strspn (retry, "0123456789"), ==, strlen (retry));
  g_assert_cmpint (atoi (retry), >=, 1);

  unready = test_collector_get (collector, "/readyz");
  g_assert_cmpint (unready->status, ==, 503);
  g_assert_nonnull (strstr (unready->body, "\"part\":\"journal\",\"reason\":\""));
  g_assert_nonnull (test_reply_get_header (unready, "Retry-After"));

  /* Space again: it recovers by itself, and has kept every promise. */
  limit.rlim_cur = RLIM_INFINITY;
  g_assert_cmpint (prlimit (collector->pid, RLIMIT_FSIZE, &limit, NULL), ==, 0);
  for (;;)
    {
      g_autoptr(TestReply) ready = test_collector_get (collector, "/readyz");

      if (ready->status == 200)
        break;
      g_usleep (20000);
    }
  g_clear_pointer (&refused, test_reply_free);
  refused = test_collector_post (collector, "/v1/events", NULL, body, -1);
  g_assert_cmpint (refused->status, ==, 202);
  while (test_collector_get_metric (collector, "weir_events_stored_total") < n_accepted + 1)
    g_usleep (20000);
  g_assert_cmpfloat (test_collector_get_metric (collector, "weir_events_accepted_total"), ==,
                     n_accepted + 1);
}

static void
test_read_only (void)
{
  g_autofree char *dir = make_dir ();
  g_autoptr(TestCollector) writer = test_collector_new_in (dir, NULL, -1, 0);
  g_autofree char *store = g_build_filename (dir, "events.db", NULL);
  g_autofree char *options = g_strdup_printf ("--read-only %s", store);
  g_autoptr(TestReply) posted = test_collector_post (writer, "/v1/events", NULL, EVENT, -1);
  g_autoptr(TestCollector) reader = NULL;
  g_autoptr(TestReply) refused = NULL;
  g_autoptr(TestReply) ready = NULL;
  g_autoptr(TestReply) answer = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length;
  gsize after_length;

  g_assert_cmpint (posted->status, ==, 202);
  test_collector_stop (writer);
  g_assert_true (g_file_get_contents (store, &before, &before_length, NULL));
  g_assert_cmpint (g_chmod (store, 0400), ==, 0);

  reader = test_collector_new (options);
  refused = test_collector_post (reader, "/v1/events", NULL, EVENT, -1);
  test_assert_error (refused, 503, "unavailable");
  ready = test_collector_get (reader, "/readyz");
  g_assert_cmpint (ready->status, ==, 200);
  headers = g_strdup_printf ("Authorization: Bearer %s\r\n", reader->token);
  answer = test_collector_post (reader, "/v1/query", headers, "{\"kind\":\"events\"}", -1);
  g_assert_cmpint (answer->status, ==, 200);
  g_assert_nonnull (strstr (answer->body, "\"event\":\"a\""));

  test_collector_stop (reader);
  g_assert_true (g_file_get_contents (store, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);
}

static int
connect_unix (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
test_unix_socket (void)
{
  g_autofree char *dir = make_dir ();
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  char *options[] = { "--listen", g_strconcat ("unix:", path, NULL), NULL };
  struct stat info;

  /* The second time it finds what the first left when it was killed. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(TestCollector) collector = NULL;
      g_autofree char *data_dir = make_dir ();
      g_autoptr(TestReply) reply = NULL;
      g_autoptr(TestReply) old = NULL;
      int fd;

      collector = test_collector_new_in (data_dir, options, -1, 0);
      g_assert_cmpstr (collector->unix_path, ==, path);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);

      fd = connect_unix (path);
      test_socket_send (fd, POST HOST "Content-Length: 27\r\n\r\n" EVENT, -1);
      reply = test_socket_receive (fd);
      g_assert_cmpint (reply->status, ==, 202);
      close (fd);

      /* Without a Host the library looks at the address, and wants an internet one. */
      fd = connect_unix (path);
      test_socket_send (fd, "GET /healthz HTTP/1.0\r\n\r\n", -1);
      old = test_socket_receive (fd);
      g_assert_cmpint (old->status, ==, 200);
      close (fd);

      if (i == 0)
        test_collector_kill (collector);
      else
        test_collector_stop (collector);
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, i == 0);
    }
  g_free (options[1]);
  g_rmdir (dir);
}

static void
test_listen_v6 (void)
{
  g_autofree char *data_dir = make_dir ();
  char *options[] = { "--listen", "[::1]:0", NULL };
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr(GSocket) probe = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, 0, NULL);

  if (probe == NULL || !g_socket_bind (probe, address, FALSE, NULL))
    {
      g_test_skip ("this machine has no IPv6");
      g_rmdir (data_dir);
    }
  else
    {
      g_autoptr(TestCollector) collector = test_collector_new_in (data_dir, options, -1, 0);

      g_assert_true (g_str_has_prefix (collector->url, "http://127.0.0.1:"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/lifecycle/usage", test_usage);
  g_test_add_func ("/collector/lifecycle/config-file", test_config_file);
  g_test_add_func ("/collector/lifecycle/precedence", test_precedence);
  g_test_add_func ("/collector/lifecycle/version-and-help", test_version_and_help);
  g_test_add_func ("/collector/lifecycle/files", test_files);
  g_test_add_func ("/collector/lifecycle/second-collector", test_second_collector);
  g_test_add_func ("/collector/lifecycle/check", test_check);
  g_test_add_func ("/collector/lifecycle/drain", test_drain);
  g_test_add_func ("/collector/lifecycle/second-signal", test_second_signal);
  g_test_add_func ("/collector/lifecycle/kill", test_kill);
  g_test_add_func ("/collector/lifecycle/full-disk", test_full_disk);
  g_test_add_func ("/collector/lifecycle/read-only", test_read_only);
  g_test_add_func ("/collector/lifecycle/unix-socket", test_unix_socket);
  g_test_add_func ("/collector/lifecycle/listen-v6", test_listen_v6);

  return g_test_run ();
}
