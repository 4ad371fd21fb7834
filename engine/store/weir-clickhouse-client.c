/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-client.h"

#include <string.h>

#include "weir-chdb.h"
#include "weir-error.h"
#include "weir-gzip.h"

/* Above this the server answers whatever it has to say of a failure. */
#define ERROR_BYTES (16 * 1024)

struct _WeirClickhouseClient {
  GObject parent_instance;

  WeirChdb *chdb;   /* instead of all that follows */
  GMainContext *context;
  SoupSession *session;
  char *url;        /* with a slash, without anything behind it */
  char *database;
  char **headers;   /* hold the password */
  gint64 timeout;
  WeirClickhouseServer server;
};

G_DEFINE_FINAL_TYPE (WeirClickhouseClient, weir_clickhouse_client, G_TYPE_OBJECT)

static void
weir_clickhouse_client_finalize (GObject *object)
{
  WeirClickhouseClient *self = WEIR_CLICKHOUSE_CLIENT (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->chdb, weir_chdb_unref);
  g_main_context_unref (self->context);
  g_free (self->url);
  g_free (self->database);
  g_strfreev (self->headers);

  G_OBJECT_CLASS (weir_clickhouse_client_parent_class)->finalize (object);
}

static void
weir_clickhouse_client_class_init (WeirClickhouseClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_clickhouse_client_finalize;
}

static void
weir_clickhouse_client_init (WeirClickhouseClient *self)
{
  self->context = g_main_context_ref_thread_default ();
}

static gboolean
is_header_text (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isprint (*text))
      return FALSE;
  return TRUE;
}

static gboolean
parse_url (WeirClickhouseClient *self,
           const char           *text)
{
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  g_autoptr(GStrvBuilder) headers = g_strv_builder_new ();
  const char *user, *password, *database;
  gboolean is_https;
  g_autofree char *host = NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return FALSE;
  is_https = g_str_equal (g_uri_get_scheme (uri), "https");
  if (!is_https && !g_str_equal (g_uri_get_scheme (uri), "http"))
    return FALSE;

  database = g_uri_get_path (uri) + (*g_uri_get_path (uri) == '/');
  if (strspn (database, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") != strlen (database))
    return FALSE;
  self->database = g_strdup (*database != '\0' ? database : "default");

  user = g_uri_get_user (uri);
  password = g_uri_get_password (uri);
  if ((user != NULL && !is_header_text (user)) ||
      (password != NULL && !is_header_text (password)))
    return FALSE;
  if (user != NULL && *user != '\0')
    g_strv_builder_add_many (headers, "X-ClickHouse-User", user, NULL);
  if (password != NULL)
    g_strv_builder_add_many (headers, "X-ClickHouse-Key", password, NULL);
  self->headers = g_strv_builder_end (headers);

  host = strchr (g_uri_get_host (uri), ':') != NULL
    ? g_strdup_printf ("[%s]", g_uri_get_host (uri)) : g_strdup (g_uri_get_host (uri));
  self->url = g_strdup_printf ("%s://%s:%d/", is_https ? "https" : "http", host,
                               g_uri_get_port (uri) > 0 ? g_uri_get_port (uri)
                               : is_https               ? 8443
                                                        : 8123);
  return TRUE;
}

/**
 * weir_clickhouse_client_new:
 * @url: where the server is, `http://user:password@host:8123/database`
 * @timeout: how long a request may take, in microseconds
 * @error: return location for a %WEIR_ERROR_CONFIGURATION
 *
 * Makes a client for the thread that calls, which then uses it alone. Nothing is sent yet.
 *
 * Returns: (transfer full) (nullable): the client
 */
WeirClickhouseClient *
weir_clickhouse_client_new (const char  *url,
                            gint64       timeout,
                            GError     **error)
{
  g_autoptr(WeirClickhouseClient) self = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (WEIR_TYPE_CLICKHOUSE_CLIENT, NULL);
  if (!parse_url (self, url))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                           "the address of ClickHouse is not one such as "
                           "http://user:password@host:8123/database");
      return NULL;
    }
  self->timeout = timeout;
  self->session = weir_http_session_new (timeout);
  return g_steal_pointer (&self);
}

/**
 * weir_clickhouse_client_new_embedded:
 * @library: file of the library libchdb
 * @folder: where its tables are
 * @error: return location for an error
 *
 * Makes a client of ClickHouse in this process.
 *
 * Returns: (transfer full) (nullable): the client
 */
WeirClickhouseClient *
weir_clickhouse_client_new_embedded (const char  *library,
                                     const char  *folder,
                                     GError     **error)
{
  g_autoptr(WeirClickhouseClient) self = g_object_new (WEIR_TYPE_CLICKHOUSE_CLIENT, NULL);

  self->database = g_strdup ("default");
  self->chdb = weir_chdb_open (library, folder, error);
  if (self->chdb == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * weir_clickhouse_client_get_database:
 * @self: a client
 *
 * Returns: (transfer none): the database that statements are about
 */
const char *
weir_clickhouse_client_get_database (WeirClickhouseClient *self)
{
  g_return_val_if_fail (WEIR_IS_CLICKHOUSE_CLIENT (self), NULL);

  return self->database;
}

/**
 * weir_clickhouse_client_get_context:
 * @self: a client
 *
 * Returns: (transfer none): the main context it works in: the thread-default one of when it was
 *   made
 */
GMainContext *
weir_clickhouse_client_get_context (WeirClickhouseClient *self)
{
  g_return_val_if_fail (WEIR_IS_CLICKHOUSE_CLIENT (self), NULL);

  return self->context;
}

/**
 * weir_clickhouse_client_get_server:
 * @self: a client
 *
 * Returns: (transfer none): what the last probe found; all zero before the first
 */
const WeirClickhouseServer *
weir_clickhouse_client_get_server (WeirClickhouseClient *self)
{
  g_return_val_if_fail (WEIR_IS_CLICKHOUSE_CLIENT (self), NULL);

  return &self->server;
}

static void
append_parameter (GString    *url,
                  const char *name,
                  const char *value)
{
  g_string_append_c (url, url->str[url->len - 1] == '/' ? '?' : '&');
  g_string_append_uri_escaped (url, name, NULL, FALSE);
  g_string_append_c (url, '=');
  g_string_append_uri_escaped (url, value, NULL, FALSE);
}

static gboolean
is_insert (const WeirClickhouseAsk *ask)
{
  return ask->rows != NULL || ask->packed != NULL;
}

/* Reads are answered as a whole, since a failure in the middle would come behind a 200. */
static char *
make_url (WeirClickhouseClient    *self,
          const WeirClickhouseAsk *ask)
{
  GString *url = g_string_new (self->url);

  append_parameter (url, "database", self->database);
  append_parameter (url, "wait_end_of_query", "1");
  if (ask->query_id != NULL)
    append_parameter (url, "query_id", ask->query_id);
  for (guint i = 0; ask->parameters != NULL && ask->parameters[i] != NULL; i += 2)
    append_parameter (url, ask->parameters[i], ask->parameters[i + 1]);
  if (is_insert (ask))
    append_parameter (url, "query", ask->sql);
  return g_string_free (url, FALSE);
}

static GBytes *
pack (const WeirClickhouseAsk *ask)
{
  gsize size;
  gconstpointer rows;

  if (ask->packed != NULL)
    return g_bytes_ref (ask->packed);
  rows = g_bytes_get_data (ask->rows, &size);
  return weir_gzip_compress (rows, size);
}

static void
reply_free (gpointer data)
{
  weir_clickhouse_reply_clear (data);
  g_free (data);
}

static void
posted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  WeirClickhouseReply *reply = g_new0 (WeirClickhouseReply, 1);
  g_auto(WeirHttpReply) http = { 0 };
  const char *body = "";
  gsize length = 0;

  weir_http_post_finish (result, &http);
  if (http.body != NULL)
    body = g_bytes_get_data (http.body, &length);
  /* A table may begin with the words of an exception; only old versions tell it by these. */
  if (http.wanted != NULL || http.status < 200 || http.status >= 300)
    reply->code = weir_clickhouse_find_code (http.wanted, body, length);
  reply->verdict = weir_clickhouse_judge (http.status, reply->code);
  reply->retry_after = http.retry_after;
  reply->message = g_steal_pointer (&http.message);
  if (reply->verdict == WEIR_CLICKHOUSE_DONE)
    reply->body = g_steal_pointer (&http.body);
  g_task_return_pointer (task, reply, reply_free);
}

static void
post (WeirClickhouseClient    *self,
      const WeirClickhouseAsk *ask,
      GCancellable            *cancellable,
      GTask                   *task)
{
  g_autofree char *url = make_url (self, ask);
  g_autoptr(GStrvBuilder) headers = g_strv_builder_new ();
  g_auto(GStrv) all = NULL;
  g_autoptr(GBytes) body = NULL;
  WeirHttpPost request = {
    .url = url,
    .type = "text/plain; charset=utf-8",
    .timeout = self->timeout,
    .max_answer = MAX (ask->max_answer, ERROR_BYTES),
    .is_whole = TRUE,
    .wanted = "X-ClickHouse-Exception-Code",
    .take = ask->take,
    .take_data = ask->take_data,
  };

  g_strv_builder_addv (headers, (const char **) self->headers);
  if (is_insert (ask))
    {
      request.type = "application/octet-stream";
      body = pack (ask);
      g_strv_builder_add_many (headers, "Content-Encoding", "gzip", NULL);
    }
  else
    {
      body = g_bytes_new (ask->sql, strlen (ask->sql));
    }
  all = g_strv_builder_end (headers);
  request.headers = all;
  request.body = body;
  weir_http_post_async (self->session, &request, cancellable, posted_cb, task);
}

/**
 * weir_clickhouse_client_ask_async:
 * @self: a client
 * @ask: what to ask
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default context
 * @user_data: for @callback
 *
 * Asks once, by POST and with a length. A library is asked at once.
 */
void
weir_clickhouse_client_ask_async (WeirClickhouseClient    *self,
                                  const WeirClickhouseAsk *ask,
                                  GCancellable            *cancellable,
                                  GAsyncReadyCallback      callback,
                                  gpointer                 user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, weir_clickhouse_client_ask_async);
  if (self->chdb != NULL)
    {
      WeirClickhouseReply *reply = g_new0 (WeirClickhouseReply, 1);

      weir_chdb_ask (self->chdb, ask, cancellable, reply);
      g_task_return_pointer (task, reply, reply_free);
      g_object_unref (task);
      return;
    }
  post (self, ask, cancellable, task);
}

/**
 * weir_clickhouse_client_ask_finish:
 * @self: a client
 * @result: what the callback got
 * @reply: (out caller-allocates): what became of it; to be cleared
 */
void
weir_clickhouse_client_ask_finish (WeirClickhouseClient *self,
                                   GAsyncResult         *result,
                                   WeirClickhouseReply  *reply)
{
  g_autofree WeirClickhouseReply *found = g_task_propagate_pointer (G_TASK (result), NULL);

  *reply = *found;
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * weir_clickhouse_client_ask:
 * @self: a client, whose context nobody else runs
 * @ask: what to ask
 * @cancellable: (nullable): to give up
 * @reply: (out caller-allocates): what became of it; to be cleared
 *
 * Asks once, and waits for the answer.
 */
void
weir_clickhouse_client_ask (WeirClickhouseClient    *self,
                            const WeirClickhouseAsk *ask,
                            GCancellable            *cancellable,
                            WeirClickhouseReply     *reply)
{
  g_autoptr(GAsyncResult) result = NULL;

  if (self->chdb != NULL)
    {
      weir_chdb_ask (self->chdb, ask, cancellable, reply);
      return;
    }
  g_main_context_push_thread_default (self->context);
  weir_clickhouse_client_ask_async (self, ask, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  weir_clickhouse_client_ask_finish (self, result, reply);
}

/* What is asked one after the other: the version, then each setting that not all servers know. */
static const struct {
  const char *setting;   /* NULL: the version */
  const char *value;
  gsize offset;
} probes[] = {
  { NULL, NULL, 0 },
  { "async_insert", "0", G_STRUCT_OFFSET (WeirClickhouseServer, has_async_insert) },
  { "insert_deduplication_token", "x", G_STRUCT_OFFSET (WeirClickhouseServer, has_token) },
};

typedef struct {
  WeirClickhouseServer server;
  guint step;
} Probe;

static void probe_next (GTask *task);

static gboolean
take_probe (Probe                     *probe,
            const WeirClickhouseReply *reply)
{
  if (probes[probe->step].setting != NULL)
    {
      G_STRUCT_MEMBER (gboolean, &probe->server, probes[probe->step].offset) =
        reply->verdict == WEIR_CLICKHOUSE_DONE;
      return reply->verdict == WEIR_CLICKHOUSE_DONE || reply->code == 115;
    }
  if (reply->verdict == WEIR_CLICKHOUSE_DONE)
    {
      g_autofree char *text = weir_clickhouse_reply_dup_text (reply);

      return weir_clickhouse_server_parse (&probe->server, text);
    }
  return FALSE;
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  WeirClickhouseClient *self = WEIR_CLICKHOUSE_CLIENT (source);
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);
  g_auto(WeirClickhouseReply) reply = { 0 };

  weir_clickhouse_client_ask_finish (self, result, &reply);
  if (!take_probe (probe, &reply))
    {
      g_task_return_new_error (task, WEIR_ERROR,
                               reply.verdict == WEIR_CLICKHOUSE_STOP ? WEIR_ERROR_CONFIGURATION
                                                                     : WEIR_ERROR_UNAVAILABLE,
                               "ClickHouse: %s", reply.message);
      g_object_unref (task);
      return;
    }
  if (++probe->step < G_N_ELEMENTS (probes))
    {
      probe_next (task);
      return;
    }
  self->server = probe->server;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
probe_next (GTask *task)
{
  const Probe *probe = g_task_get_task_data (task);
  char *parameters[] = { (char *) probes[probe->step].setting,
                         (char *) probes[probe->step].value, NULL };
  WeirClickhouseAsk ask = {
    .sql = probes[probe->step].setting != NULL ? "SELECT 1" : "SELECT version()",
    .parameters = parameters,
  };

  weir_clickhouse_client_ask_async (g_task_get_source_object (task), &ask,
                                    g_task_get_cancellable (task), probed_cb, task);
}

/**
 * weir_clickhouse_client_probe_async:
 * @self: a client
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default context
 * @user_data: for @callback
 *
 * Finds out what the server is and can do. To be done again after it was gone: another may have
 * taken its place.
 */
void
weir_clickhouse_client_probe_async (WeirClickhouseClient *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (WEIR_IS_CLICKHOUSE_CLIENT (self));

  g_task_set_source_tag (task, weir_clickhouse_client_probe_async);
  g_task_set_task_data (task, g_new0 (Probe, 1), g_free);
  probe_next (task);
}

/**
 * weir_clickhouse_client_probe_finish:
 * @self: a client
 * @result: what the callback got
 * @server: (out): what was found
 * @error: return location for an error
 *
 * Returns: whether it was found out; %WEIR_ERROR_CONFIGURATION says that trying again is of no use
 */
gboolean
weir_clickhouse_client_probe_finish (WeirClickhouseClient  *self,
                                     GAsyncResult          *result,
                                     WeirClickhouseServer  *server,
                                     GError               **error)
{
  gboolean is_found = g_task_propagate_boolean (G_TASK (result), error);

  *server = self->server;
  return is_found;
}

/**
 * weir_clickhouse_client_probe:
 * @self: a client, whose context nobody else runs
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Like [method@Weir.ClickhouseClient.probe_async], and waits.
 *
 * Returns: whether it was found out, and the server is new enough to be a store
 */
gboolean
weir_clickhouse_client_probe (WeirClickhouseClient  *self,
                              GCancellable          *cancellable,
                              GError               **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  WeirClickhouseServer server;

  g_main_context_push_thread_default (self->context);
  weir_clickhouse_client_probe_async (self, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);

  return weir_clickhouse_client_probe_finish (self, result, &server, error) &&
         weir_clickhouse_server_check (&server, error);
}

/**
 * weir_clickhouse_server_parse:
 * @self: gets the version
 * @text: what a server said; not trusted
 *
 * Returns: whether it is a version
 */
gboolean
weir_clickhouse_server_parse (WeirClickhouseServer *self,
                              const char           *text)
{
  char *end;
  guint64 major, minor;

  if (!g_ascii_isdigit (*text) || strlen (text) >= sizeof self->version ||
      strspn (text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-+") != strlen (text))
    return FALSE;
  major = g_ascii_strtoull (text, &end, 10);
  if (*end != '.' || !g_ascii_isdigit (end[1]))
    return FALSE;
  minor = g_ascii_strtoull (end + 1, NULL, 10);
  g_strlcpy (self->version, text, sizeof self->version);
  self->major = (guint) MIN (major, G_MAXUINT);
  self->minor = (guint) MIN (minor, G_MAXUINT);
  return TRUE;
}

/**
 * weir_clickhouse_server_check:
 * @self: what a probe found
 * @error: return location for a %WEIR_ERROR_CONFIGURATION that names the version
 *
 * Returns: whether it is new enough to be a store
 */
gboolean
weir_clickhouse_server_check (const WeirClickhouseServer  *self,
                              GError                     **error)
{
  if (self->major > WEIR_CLICKHOUSE_MAJOR ||
      (self->major == WEIR_CLICKHOUSE_MAJOR && self->minor >= WEIR_CLICKHOUSE_MINOR))
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
               "ClickHouse %s is too old: %d.%d or later is needed", self->version,
               WEIR_CLICKHOUSE_MAJOR, WEIR_CLICKHOUSE_MINOR);
  return FALSE;
}

/**
 * weir_clickhouse_reply_dup_text:
 * @self: an answer
 *
 * Returns: (transfer full): its text without white space around it
 */
char *
weir_clickhouse_reply_dup_text (const WeirClickhouseReply *self)
{
  gsize length = 0;
  const char *data = self->body != NULL ? g_bytes_get_data (self->body, &length) : NULL;

  return length > 0 ? g_strstrip (g_strndup (data, length)) : g_strdup ("");
}

/**
 * weir_clickhouse_reply_clear:
 * @self: what became of a request
 */
void
weir_clickhouse_reply_clear (WeirClickhouseReply *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->message, g_free);
}
