/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "test-script-server.h"
#include "weir-error.h"
#include "weir-live-stream.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=latin1\r\n" \
  "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  TestScriptServer *server;
  WeirLiveStream *stream;
  GString *seen;            /* “event|data|id>” of each message */
  GString *states;          /* first letter of each state */
} Fixture;

static void
message_cb (WeirLiveStream *stream,
            const char     *event,
            GBytes         *data,
            const char     *id,
            Fixture        *fixture)
{
  gsize length;
  const char *text = g_bytes_get_data (data, &length);

  g_string_append_printf (fixture->seen, "%s|%.*s|%s>", event, (int) length, text, id);
}

static void
state_cb (WeirLiveStream *stream,
          GParamSpec     *pspec,
          Fixture        *fixture)
{
  WeirLiveState state;

  g_object_get (stream, "state", &state, NULL);
  g_assert_cmpint (state, ==, weir_live_stream_get_state (stream));
  g_string_append_c (fixture->states, "scowr"[state]);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->server = test_script_server_new ();
  fixture->seen = g_string_new (NULL);
  fixture->states = g_string_new (NULL);
  fixture->stream = weir_live_stream_new (test_script_server_get_url (fixture->server), "s3cret");
  g_signal_connect (fixture->stream, "message", G_CALLBACK (message_cb), fixture);
  g_signal_connect (fixture->stream, "notify::state", G_CALLBACK (state_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->stream);
  test_script_server_free (fixture->server);
  g_string_free (fixture->seen, TRUE);
  g_string_free (fixture->states, TRUE);
}

static void
wait_for_state (Fixture       *fixture,
                WeirLiveState  state)
{
  test_wait_until (weir_live_stream_get_state (fixture->stream) == state);
}

static void
wait_for_text (Fixture    *fixture,
               const char *text)
{
  test_wait_until (strstr (fixture->seen->str, text) != NULL);
}

/* Takes the next request and checks one header, or its absence when @value is NULL. */
static void
check_request_header (Fixture    *fixture,
                      const char *name,
                      const char *value)
{
  g_autofree char *head = test_script_server_pop_request (fixture->server);
  g_autofree char *start = g_strconcat ("\r\n", name, ": ", value, NULL);
  const char *found = strcasestr (head, start);

  if (value == NULL)
    g_assert_null (found);
  else
    g_assert_true (found != NULL && found[strlen (start)] == '\r');
}

static void
test_messages (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *head = NULL;

  test_script_server_add (fixture->server,
                          OK, "!pause",
                          "retry: 20\n: ok\n\nevent: sta", "!pause",
                          "ts\nid: e-1\ndata: {\"a\":\"\xc3", "!pause",
                          "\xa9\"}\r", "!pause",
                          "\n\r\ndata: x\n\n", "!hold", NULL);
  weir_live_stream_set_topics (fixture->stream, "events,stats");
  weir_live_stream_set_filter (fixture->stream, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"a&b\"}");
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "message");

  g_assert_cmpstr (fixture->seen->str, ==, "stats|{\"a\":\"é\"}|e-1>message|x|e-1>");
  g_assert_cmpstr (fixture->states->str, ==, "co");
  g_assert_cmpstr (weir_live_stream_get_last_event_id (fixture->stream), ==, "e-1");
  g_assert_null (weir_live_stream_get_error (fixture->stream));

  head = test_script_server_pop_request (fixture->server);
  g_assert_true (g_str_has_prefix (head,
                                   "GET /v1/stream?topics=events,stats&filter="
                                   "%7B%22property%22%3A%22event%22,%22op%22%3A%22%3D%22,"
                                   "%22value%22%3A%22a%26b%22%7D HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, "\r\nAuthorization: Bearer s3cret\r\n"));
  g_assert_null (strcasestr (head, "Last-Event-ID"));
  g_assert_null (strcasestr (head, "Accept-Encoding"));

  weir_live_stream_stop (fixture->stream);
  g_assert_cmpstr (fixture->states->str, ==, "cos");
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  /* The reset comes in the middle of the third event, which does not count. */
  test_script_server_add (fixture->server,
                          CHUNKED, "4f\r\nretry: 20\n\n",
                          "event: event\nid: e-1\ndata: 1\n\nevent: event\nid: e-2\ndata: 2\n\nid: e-3\n",
                          "\r\n",
                          "!pause", "!reset", NULL);
  /* The replay repeats an event; a new epoch is not a repetition. */
  test_script_server_add (fixture->server,
                          OK,
                          "event: event\nid: e-2\ndata: 2\n\n",
                          "event: event\nid: e-3\ndata: 3\n\n",
                          "event: event\nid: f-1\ndata: 4\n\n",
                          "id: f-9\n\n", NULL);
  test_script_server_add (fixture->server,
                          OK,
                          "event: reset\ndata: {}\n\n",
                          "event: event\nid: f-1\ndata: 5\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|5|");

  check_request_header (fixture, "Last-Event-ID", NULL);
  check_request_header (fixture, "Last-Event-ID", "e-2");
  check_request_header (fixture, "Last-Event-ID", "f-9");
  g_assert_cmpstr (fixture->seen->str, ==,
                   "event|1|e-1>event|2|e-2>event|3|e-3>event|4|f-1>reset|{}|f-9>event|5|f-1>");
  g_assert_cmpstr (fixture->states->str, ==, "cowcowco");
}

static void
test_overload (Fixture       *fixture,
               gconstpointer  data)
{
  gint64 wait;

  test_script_server_add (fixture->server,
                          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 61\r\n\r\n"
                          "{\"error\":{\"code\":\"queue_full\",\"message\":\"The queue is full\"}}", NULL);
  test_script_server_add (fixture->server, OK, "data: x\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_state (fixture, WEIR_LIVE_WAITING);

  g_assert_error (weir_live_stream_get_error (fixture->stream), WEIR_ERROR, WEIR_ERROR_QUEUE_FULL);
  g_assert_cmpstr (weir_live_stream_get_error (fixture->stream)->message, ==, "The queue is full");
  wait = weir_live_stream_get_retry_at (fixture->stream) - g_get_monotonic_time ();
  g_assert_cmpint (wait, <=, 8 * G_USEC_PER_SEC);
  g_assert_cmpint (wait, >, 0);

  weir_live_stream_retry_now (fixture->stream);
  wait_for_text (fixture, "|x|");
  g_assert_cmpint (weir_live_stream_get_retry_at (fixture->stream), ==, 0);
  g_assert_null (weir_live_stream_get_error (fixture->stream));
  g_assert_cmpstr (fixture->states->str, ==, "cwco");
}

static void
test_backoff (Fixture       *fixture,
              gconstpointer  data)
{
  test_script_server_add (fixture->server, OK, "retry: 3\n\n", NULL);
  for (guint i = 0; i < 5; i++)
    test_script_server_add (fixture->server, "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", NULL);
  test_script_server_add (fixture->server, OK, "data: x\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|x|");

  g_assert_cmpstr (fixture->states->str, ==, "cowcwcwcwcwcwco");
}

static void
check_refused (Fixture    *fixture,
               const char *answer,
               WeirError   code)
{
  test_script_server_add (fixture->server, answer, NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_state (fixture, WEIR_LIVE_REFUSED);

  g_assert_error (weir_live_stream_get_error (fixture->stream), WEIR_ERROR, (int) code);
  g_assert_cmpint (weir_live_stream_get_retry_at (fixture->stream), ==, 0);
  g_assert_cmpstr (fixture->seen->str, ==, "");
}

static void
test_refusals (Fixture       *fixture,
               gconstpointer  data)
{
  check_refused (fixture, "HTTP/1.1 204 No Content\r\n\r\n", WEIR_ERROR_UNAVAILABLE);
  check_refused (fixture,
                 "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 4\r\n\r\nnope",
                 WEIR_ERROR_UNAUTHORIZED);
  check_refused (fixture,
                 "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                 WEIR_ERROR_FORBIDDEN);
  check_refused (fixture,
                 "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                 WEIR_ERROR_NOT_FOUND);
  check_refused (fixture,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\ndata: x\n\n",
                 WEIR_ERROR_INVALID_REQUEST);

  /* One request for each, and none after: what was refused is not tried again by itself. */
  for (guint i = 0; i < 5; i++)
    g_free (test_script_server_pop_request (fixture->server));
  g_assert_cmpstr (fixture->states->str, ==, "crcrcrcrcr");
}

static void
test_silence (Fixture       *fixture,
              gconstpointer  data)
{
  test_script_server_add (fixture->server, OK, "retry: 1\n\n", "!hold", NULL);
  test_script_server_add (fixture->server, "!hold", NULL);
  /* A machine with much to do may be late for some of these, too. */
  for (guint i = 0; i < 20; i++)
    test_script_server_add (fixture->server, OK, "data: x\n\n", "!hold", NULL);
  weir_live_stream_set_read_timeout (fixture->stream, 150);
  weir_live_stream_start (fixture->stream);
  wait_for_state (fixture, WEIR_LIVE_WAITING);
  g_assert_error (weir_live_stream_get_error (fixture->stream), WEIR_ERROR, WEIR_ERROR_TIMEOUT);

  wait_for_text (fixture, "|x|");
  g_assert_true (g_str_has_prefix (fixture->states->str, "cowcwc"));
  g_assert_true (g_str_has_suffix (fixture->states->str, "co"));
}

static void
test_new_filter (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *head = NULL;

  test_script_server_add (fixture->server, OK, "id: e-5\ndata: x\n\n", "!hold", NULL);
  test_script_server_add (fixture->server, OK, "data: y\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|x|");

  weir_live_stream_set_topics (fixture->stream, "events");
  weir_live_stream_set_filter (fixture->stream, "{}");
  weir_live_stream_set_filter (fixture->stream, "{}");
  wait_for_text (fixture, "|y|");

  g_free (test_script_server_pop_request (fixture->server));
  head = test_script_server_pop_request (fixture->server);
  g_assert_true (g_str_has_prefix (head, "GET /v1/stream?topics=events&filter=%7B%7D HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, "\r\nLast-Event-ID: e-5\r\n"));
  g_assert_cmpstr (fixture->states->str, ==, "coco");
}

static void
stop_on_message_cb (WeirLiveStream *stream,
                    const char     *event,
                    GBytes         *data,
                    const char     *id,
                    gpointer        user_data)
{
  weir_live_stream_stop (stream);
}

static void
test_stop_inside_message (Fixture       *fixture,
                          gconstpointer  data)
{
  gulong handler;

  test_script_server_add (fixture->server, OK, "id: e-1\ndata: x\n\nid: e-2\ndata: y\n\n", "!hold", NULL);
  test_script_server_add (fixture->server, OK, "id: e-2\ndata: y\n\n", "!hold", NULL);
  handler = g_signal_connect (fixture->stream, "message", G_CALLBACK (stop_on_message_cb), NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_state (fixture, WEIR_LIVE_STOPPED);
  test_wait_until (test_script_server_get_n_open (fixture->server) == 0);

  /* What was read with it but not delivered is asked for again. */
  g_assert_cmpstr (fixture->seen->str, ==, "message|x|e-1>");
  g_signal_handler_disconnect (fixture->stream, handler);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|y|");
  check_request_header (fixture, "Last-Event-ID", NULL);
  check_request_header (fixture, "Last-Event-ID", "e-1");
}

static void
test_redirect (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (TestScriptServer) other = test_script_server_new ();
  g_autofree char *answer = NULL;
  g_autofree char *head = NULL;

  answer = g_strdup_printf ("HTTP/1.1 307 Temporary Redirect\r\nLocation: %s/moved\r\n"
                            "Content-Length: 0\r\n\r\n",
                            test_script_server_get_url (other));
  test_script_server_add (fixture->server, answer, NULL);
  test_script_server_add (other, OK, "data: x\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|x|");

  /* The token stays with the collector it was given for. */
  check_request_header (fixture, "Authorization", "Bearer s3cret");
  head = test_script_server_pop_request (other);
  g_assert_true (g_str_has_prefix (head, "GET /moved HTTP/1.1\r\n"));
  g_assert_null (strcasestr (head, "Authorization"));
  weir_live_stream_stop (fixture->stream);
}

static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *line = g_strnfill (5 * 1024 * 1024, 'x');

  test_script_server_add (fixture->server, OK, "retry: 1\n\n", "data: ", line, "\n\n", NULL);
  test_script_server_add (fixture->server, OK, "data: x\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_state (fixture, WEIR_LIVE_WAITING);
  g_assert_error (weir_live_stream_get_error (fixture->stream), WEIR_ERROR, WEIR_ERROR_TOO_LARGE);
  wait_for_text (fixture, "|x|");
}

static gboolean
count_frame (gpointer data)
{
  g_usleep (1000);
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

/* Frames that never end, as where they are drawn without a graphics card, and messages get their turns. */
static void
test_frames (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *line = g_strnfill (1024 * 1024, 'x');
  guint n_frames = 0;
  guint frames = g_timeout_add_full (G_PRIORITY_HIGH_IDLE + 20, 0, count_frame, &n_frames, NULL);

  test_script_server_add (fixture->server, OK, "data: ", line, "\n\ndata: y\n\n", "!hold", NULL);
  weir_live_stream_start (fixture->stream);
  wait_for_text (fixture, "|y|");
  g_assert_cmpuint (n_frames, >=, 16);   /* at least one between two reads */
  g_source_remove (frames);
  weir_live_stream_stop (fixture->stream);
}

static void
test_nobody_there (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (WeirLiveStream) nobody = weir_live_stream_new ("http://127.0.0.1:1", NULL);
  g_autoptr (WeirLiveStream) nowhere = weir_live_stream_new ("not a url", NULL);

  weir_live_stream_start (nobody);
  test_wait_until (weir_live_stream_get_state (nobody) == WEIR_LIVE_WAITING);
  g_assert_error (weir_live_stream_get_error (nobody), G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

  weir_live_stream_start (nowhere);
  g_assert_cmpint (weir_live_stream_get_state (nowhere), ==, WEIR_LIVE_REFUSED);
  g_assert_error (weir_live_stream_get_error (nowhere), WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
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

  add ("/engine/live-stream/messages", test_messages);
  add ("/engine/live-stream/resume", test_resume);
  add ("/engine/live-stream/overload", test_overload);
  add ("/engine/live-stream/backoff", test_backoff);
  add ("/engine/live-stream/refusals", test_refusals);
  add ("/engine/live-stream/silence", test_silence);
  add ("/engine/live-stream/new-filter", test_new_filter);
  add ("/engine/live-stream/stop-inside-message", test_stop_inside_message);
  add ("/engine/live-stream/redirect", test_redirect);
  add ("/engine/live-stream/too-large", test_too_large);
  add ("/engine/live-stream/frames", test_frames);
  add ("/engine/live-stream/nobody-there", test_nobody_there);

  return g_test_run ();
}
