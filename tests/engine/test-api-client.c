/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "test-script-server.h"
#include "weir-api-client.h"
#include "weir-error.h"

typedef struct
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  char *url;
  GAsyncQueue *ready;
  WeirApiClient *client;
  GAsyncResult *result;
} Fixture;

/* Answers with what it was asked: method, path, query, authorization, type and body. */
static void
echo_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autofree char *answer = NULL;

  answer = g_strdup_printf ("%s %s %s %s %s %.*s",
                            soup_server_message_get_method (message),
                            path,
                            query ? (char *) g_hash_table_lookup (query, "q") : "-",
                            soup_message_headers_get_one (headers, "Authorization"),
                            type ? type : "-",
                            (int) body->length, body->data ? body->data : "");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, answer, strlen (answer));
}

static void
fail_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  guint status = atoi (path + strlen ("/fail/"));
  const char *body = query ? g_hash_table_lookup (query, "body") : "";

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static void
large_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  gsize size = atoi (g_hash_table_lookup (query, "mib")) * (gsize) 1024 * 1024;

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_TAKE, g_strnfill (size, 'x'), size);
}

static void
never_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  soup_server_message_pause (message);
}

static gpointer
thread_func (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_main_context_push_thread_default (fixture->context);
  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, "/echo", echo_cb, NULL, NULL);
  soup_server_add_handler (server, "/fail", fail_cb, NULL, NULL);
  soup_server_add_handler (server, "/large", large_cb, NULL, NULL);
  soup_server_add_handler (server, "/never", never_cb, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (server);
  g_async_queue_push (fixture->ready, g_uri_to_string (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_main_loop_run (fixture->loop);
  soup_server_disconnect (server);
  g_main_context_pop_thread_default (fixture->context);

  return NULL;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->context = g_main_context_new ();
  fixture->loop = g_main_loop_new (fixture->context, FALSE);
  fixture->ready = g_async_queue_new ();
  fixture->thread = g_thread_new ("server", thread_func, fixture);
  fixture->url = g_async_queue_pop (fixture->ready);
  fixture->client = weir_api_client_new (fixture->url, "s3cret");
  g_assert_cmpstr (weir_api_client_get_url (fixture->client), ==, fixture->url);
  g_assert_cmpstr (weir_api_client_get_token (fixture->client), ==, "s3cret");
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_assert_finalize_object (fixture->client);

  /* From within the loop: it may not have begun to run yet. */
  g_source_set_callback (source, quit_cb, fixture->loop, NULL);
  g_source_attach (source, fixture->context);
  g_thread_join (fixture->thread);
  g_main_loop_unref (fixture->loop);
  g_main_context_unref (fixture->context);
  g_async_queue_unref (fixture->ready);
  g_free (fixture->url);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->result = g_object_ref (result);
}

static GBytes *
wait_for_answer (Fixture  *fixture,
                 GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_wait_until (fixture->result != NULL);
  result = g_steal_pointer (&fixture->result);

  return weir_api_client_request_finish (fixture->client, result, error);
}

static void
check_answer (Fixture    *fixture,
              const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wait_for_answer (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   expected, strlen (expected));
}

static void
test_requests (Fixture       *fixture,
               gconstpointer  data)
{
  weir_api_client_get_async (fixture->client, "/echo?q=a%26b", NULL, answer_cb, fixture);
  check_answer (fixture, "GET /echo a&b Bearer s3cret - ");

  weir_api_client_post_async (fixture->client, "/echo", "{\"kind\":\"trend\"}", NULL, answer_cb, fixture);
  check_answer (fixture, "POST /echo - Bearer s3cret application/json {\"kind\":\"trend\"}");

  weir_api_client_send_async (fixture->client, "DELETE", "/echo/x", NULL, NULL, answer_cb, fixture);
  check_answer (fixture, "DELETE /echo/x - Bearer s3cret - ");
}

static void
check_error (Fixture    *fixture,
             const char *path,
             WeirError   code,
             const char *message)
{
  g_autoptr (GError) error = NULL;

  weir_api_client_get_async (fixture->client, path, NULL, answer_cb, fixture);
  g_assert_null (wait_for_answer (fixture, &error));
  g_assert_error (error, WEIR_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  check_error (fixture,
               "/fail/400?body={\"error\":{\"code\":\"invalid_json\",\"message\":\"Line%201\"}}",
               WEIR_ERROR_INVALID_JSON, "Line 1");
  check_error (fixture,
               "/fail/503?body={\"error\":{\"code\":\"disk_full\",\"message\":\"No%20room\"}}",
               WEIR_ERROR_DISK_FULL, "No room");
  check_error (fixture,
               "/fail/404?body={\"error\":{\"code\":\"of_tomorrow\",\"message\":\"New\"}}",
               WEIR_ERROR_NOT_FOUND, "New");
  check_error (fixture, "/fail/401?body=", WEIR_ERROR_UNAUTHORIZED,
               "The collector answered 401 Unauthorized");
  check_error (fixture, "/fail/502?body=<html>", WEIR_ERROR_UNAVAILABLE,
               "The collector answered 502 Bad Gateway");
  check_error (fixture, "/fail/418?body={\"error\":3}", WEIR_ERROR_INVALID_REQUEST,
               "The collector answered 418 Unknown Error");
}

static void
test_size (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  weir_api_client_get_async (fixture->client, "/large?mib=5", NULL, answer_cb, fixture);
  bytes = wait_for_answer (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 5 * 1024 * 1024);

  weir_api_client_get_async (fixture->client, "/large?mib=65", NULL, answer_cb, fixture);
  g_assert_null (wait_for_answer (fixture, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  weir_api_client_get_async (fixture->client, "/never", cancellable, answer_cb, fixture);
  g_timeout_add (20, cancel_cb, cancellable);
  g_assert_null (wait_for_answer (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_nobody_there (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (fixture->client);
  fixture->client = weir_api_client_new ("http://127.0.0.1:1/", NULL);
  weir_api_client_get_async (fixture->client, "/echo", NULL, answer_cb, fixture);
  g_assert_null (wait_for_answer (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);

  g_object_unref (fixture->client);
  fixture->client = weir_api_client_new ("nowhere", NULL);
  weir_api_client_get_async (fixture->client, "/echo", NULL, answer_cb, fixture);
  g_assert_null (wait_for_answer (fixture, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

static void
add (const char *path,
     void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/engine/api-client/requests", test_requests);
  add ("/engine/api-client/errors", test_errors);
  add ("/engine/api-client/size", test_size);
  add ("/engine/api-client/cancel", test_cancel);
  add ("/engine/api-client/nobody-there", test_nobody_there);

  return g_test_run ();
}
