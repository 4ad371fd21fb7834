/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "sample-stats.h"
#include "weir-event-item.h"
#include "weir-live-source.h"
#include "weir-session.h"

#define TOKEN "a-read-token"

/* A collector as far as the console needs one, on a real socket. */
typedef struct {
  SoupServer *server;
  char *url;
  char *stats;              /* what a stream of statistics sends; NULL sends nothing */
  const char *events;       /* what a stream of events sends */
  const char *history;
  guint refuse_stream;      /* HTTP status, 0 for none */
  GPtrArray *open;          /* messages of streams */
  GPtrArray *questions;
  GPtrArray *filters;
} Fake;

static gboolean
is_allowed (SoupServerMessage *message)
{
  const char *value = soup_message_headers_get_one
                        (soup_server_message_get_request_headers (message), "Authorization");

  return g_strcmp0 (value, "Bearer " TOKEN) == 0;
}

static void
reply (SoupServerMessage *message,
       guint              status,
       const char        *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY,
                                    text, strlen (text));
}

static void
stream_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  Fake *fake = user_data;
  const char *topics = query != NULL ? g_hash_table_lookup (query, "topics") : NULL;
  const char *filter = query != NULL ? g_hash_table_lookup (query, "filter") : NULL;
  const char *text = g_strcmp0 (topics, "events") == 0 ? fake->events : fake->stats;

  if (!is_allowed (message))
    {
      reply (message, 401, "{\"error\":{\"code\":\"unauthorized\",\"message\":\"Wrong token\"}}");
      return;
    }
  if (g_strcmp0 (topics, "events") == 0)
    g_ptr_array_add (fake->filters, g_strdup (filter != NULL ? filter : ""));
  if (fake->refuse_stream != 0 && g_strcmp0 (topics, "events") == 0)
    {
      reply (message, fake->refuse_stream,
             "{\"error\":{\"code\":\"invalid_request\",\"message\":\"<b>No such filter</b>\"}}");
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message),
                                         "text/event-stream", NULL);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY,
                            text != NULL ? text : ": nothing\n\n",
                            strlen (text != NULL ? text : ": nothing\n\n"));
  g_ptr_array_add (fake->open, g_object_ref (message));
}

static void
query_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  Fake *fake = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr(GBytes) bytes = soup_message_body_flatten (body);

  g_ptr_array_add (fake->questions, g_strndup (g_bytes_get_data (bytes, NULL),
                                               g_bytes_get_size (bytes)));
  if (fake->history != NULL)
    reply (message, 200, fake->history);
  else
    reply (message, 503, "{\"error\":{\"code\":\"unavailable\",\"message\":\"Not now\"}}");
}

static void
set_up (Fake          *fake,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  GSList *uris;
  g_autofree char *stats = sample_json (&(Sample) { .lag = .1 });

  fake->server = soup_server_new (NULL, NULL);
  fake->stats = g_strdup_printf ("event: stats\ndata: %s\n\n", stats);
  fake->open = g_ptr_array_new_with_free_func (g_object_unref);
  fake->questions = g_ptr_array_new_with_free_func (g_free);
  fake->filters = g_ptr_array_new_with_free_func (g_free);
  soup_server_add_handler (fake->server, "/v1/stream", stream_cb, fake, NULL);
  soup_server_add_handler (fake->server, "/v1/query", query_cb, fake, NULL);
  soup_server_listen_local (fake->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fake->server);
  fake->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fake          *fake,
           gconstpointer  data)
{
  soup_server_disconnect (fake->server);
  g_object_unref (fake->server);
  g_free (fake->stats);
  g_free (fake->url);
  g_ptr_array_unref (fake->open);
  g_ptr_array_unref (fake->questions);
  g_ptr_array_unref (fake->filters);
}

/* Ends the test rather than hang. */
static gboolean
too_long_cb (gpointer where)
{
  g_error ("Waited too long at %s", (const char *) where);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition) \
  G_STMT_START { \
    guint _deadline = g_timeout_add_seconds (60, too_long_cb, (gpointer) G_STRLOC); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (_deadline); \
  } G_STMT_END

static void
test_live (Fake          *fake,
           gconstpointer  data)
{
  WeirSession *session = weir_session_new ();
  g_autofree char *url = g_strconcat (fake->url, "//", NULL);

  g_assert_cmpint (weir_session_get_state (session), ==, WEIR_SESSION_IDLE);
  weir_session_open_url (session, url, TOKEN);
  wait_until (weir_session_get_stats (session) != NULL);
  g_assert_cmpint (weir_session_get_state (session), ==, WEIR_SESSION_LIVE);
  g_assert_cmpstr (weir_session_get_url (session), ==, fake->url);
  g_assert_cmpuint (weir_session_get_stats (session)->seq, ==, 1204331);
  g_assert_false (weir_session_owns_collector (session));
  g_assert_finalize_object (session);
}

static void
test_catching_up (Fake          *fake,
                  gconstpointer  data)
{
  WeirSession *session = weir_session_new ();
  g_autofree char *stats = sample_json (&(Sample) { .lag = 12 });

  g_free (fake->stats);
  fake->stats = g_strdup_printf ("event: stats\ndata: %s\n\n", stats);
  weir_session_open_url (session, fake->url, TOKEN);
  wait_until (weir_session_get_state (session) == WEIR_SESSION_CATCHING_UP);
  g_assert_finalize_object (session);
}

static void
test_wrong_token (Fake          *fake,
                  gconstpointer  data)
{
  WeirSession *session = weir_session_new ();

  weir_session_open_url (session, fake->url, "wrong");
  wait_until (weir_session_get_state (session) == WEIR_SESSION_FAILED);
  g_assert_nonnull (weir_session_get_error (session));
  g_assert_null (weir_session_get_stats (session));
  g_assert_finalize_object (session);
}

static void
test_token_file (Fake          *fake,
                 gconstpointer  data)
{
  WeirSession *session = weir_session_new ();
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  int fd = g_file_open_tmp ("weir-token-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_set_contents (path, TOKEN "\n", -1, NULL));
  weir_session_set_token_file (session, path);
  weir_session_open_url (session, fake->url, NULL);
  wait_until (weir_session_get_state (session) == WEIR_SESSION_LIVE);
  g_assert_finalize_object (session);
  g_unlink (path);
}

static void
test_lost (Fake          *fake,
           gconstpointer  data)
{
  WeirSession *session = weir_session_new ();

  weir_session_open_url (session, fake->url, TOKEN);
  wait_until (weir_session_get_stats (session) != NULL);
  soup_server_disconnect (fake->server);
  wait_until (weir_session_get_state (session) == WEIR_SESSION_WAITING);
  g_assert_cmpint (weir_session_get_retry_at (session), >, 0);
  /* What was seen last is still there. */
  g_assert_nonnull (weir_session_get_stats (session));
  g_assert_finalize_object (session);
}

static void
count_cb (gpointer  object,
          guint    *n)
{
  (*n)++;
}

/* A source that feeds a ring, as a page has it. */
typedef struct {
  WeirSession *session;
  WeirEventRing *ring;
  WeirEventFeed *feed;
  WeirLiveSource *source;
} Setup;

static void
setup_init (Setup *setup,
            Fake  *fake)
{
  setup->session = weir_session_new ();
  setup->ring = weir_event_ring_new (1000, G_MAXSIZE / 2);
  setup->feed = weir_event_feed_new (setup->ring, NULL);
  setup->source = weir_live_source_new (setup->session, setup->feed);
  weir_session_open_url (setup->session, fake->url, TOKEN);
}

static void
setup_clear (Setup *setup)
{
  weir_live_source_set_active (setup->source, FALSE);
  g_object_run_dispose (G_OBJECT (setup->source));
  g_object_run_dispose (G_OBJECT (setup->session));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (setup->source);
  g_assert_finalize_object (setup->feed);
  g_assert_finalize_object (setup->ring);
  g_assert_finalize_object (setup->session);
}

static char *
dup_seqs (WeirEventRing *ring)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (ring)); i++)
    {
      g_autoptr(WeirEventItem) item = g_list_model_get_item (G_LIST_MODEL (ring), i);
      WeirEvent event;

      g_assert_true (weir_event_item_read (item, &event));
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", event.seq);
    }
  return g_string_free (text, FALSE);
}

#define EVENT(seq) "{\"seq\":" #seq ",\"event\":\"e\",\"distinct_id\":\"d\"}"
#define MESSAGE(seq) "event: event\nid: x-" #seq "\ndata: " EVENT (seq) "\n\n"

static void
test_history_then_stream (Fake          *fake,
                          gconstpointer  data)
{
  Setup setup;
  g_autofree char *seqs = NULL;

  /* Two events come both ways. */
  fake->history = "{\"kind\":\"events\",\"events\":[" EVENT (12) "," EVENT (11) "," EVENT (10) ","
                  EVENT (9) "]}";
  fake->events = MESSAGE (11) MESSAGE (12) MESSAGE (13);
  setup_init (&setup, fake);
  weir_live_source_set_active (setup.source, TRUE);
  wait_until (fake->questions->len == 1 && fake->filters->len == 1
              && !weir_live_source_is_loading (setup.source));
  wait_until ((weir_event_feed_flush (setup.feed, 0),
               g_list_model_get_n_items (G_LIST_MODEL (setup.ring)) >= 5));
  seqs = dup_seqs (setup.ring);
  /* Whichever was first: in order, and each once. */
  g_assert_cmpstr (seqs, ==, "13 12 11 10 9 ");
  setup_clear (&setup);
}

static void
test_no_history (Fake          *fake,
                 gconstpointer  data)
{
  Setup setup;

  fake->events = MESSAGE (13);
  setup_init (&setup, fake);
  weir_live_source_set_active (setup.source, TRUE);
  wait_until ((weir_event_feed_flush (setup.feed, 0),
               g_list_model_get_n_items (G_LIST_MODEL (setup.ring)) == 1));
  setup_clear (&setup);
}

static void
test_filter_starts_over (Fake          *fake,
                         gconstpointer  data)
{
  Setup setup;
  guint n_resets = 0;

  fake->history = "{\"events\":[]}";
  setup_init (&setup, fake);
  g_signal_connect (setup.source, "reset", G_CALLBACK (count_cb), &n_resets);
  weir_live_source_set_active (setup.source, TRUE);
  wait_until (fake->filters->len == 1 && fake->questions->len == 1);
  weir_live_source_set_filter (setup.source, "{\"all\":[]}");
  weir_live_source_set_filter (setup.source, "{\"all\":[]}");
  wait_until (fake->filters->len == 2 && fake->questions->len == 2);
  g_assert_cmpstr (g_ptr_array_index (fake->filters, 0), ==, "");
  g_assert_cmpstr (g_ptr_array_index (fake->filters, 1), ==, "{\"all\":[]}");
  g_assert_cmpstr (g_ptr_array_index (fake->questions, 1), ==,
                   "{\"kind\":\"events\",\"limit\":300,\"filter\":{\"all\":[]}}");
  g_assert_cmpuint (n_resets, ==, 2);
  setup_clear (&setup);
}

static void
test_refused_filter (Fake          *fake,
                     gconstpointer  data)
{
  Setup setup;

  fake->history = "{\"events\":[]}";
  fake->refuse_stream = 400;
  setup_init (&setup, fake);
  weir_live_source_set_active (setup.source, TRUE);
  wait_until (weir_live_source_get_error (setup.source) != NULL);
  g_assert_cmpstr (weir_live_source_get_error (setup.source)->message, ==,
                   "<b>No such filter</b>");
  fake->refuse_stream = 0;
  weir_live_source_set_filter (setup.source, "{}");
  g_assert_null (weir_live_source_get_error (setup.source));
  setup_clear (&setup);
}

static void
add (const char *path,
     void        (*test) (Fake *, gconstpointer))
{
  g_test_add (path, Fake, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/session/live", test_live);
  add ("/session/catching-up", test_catching_up);
  add ("/session/wrong-token", test_wrong_token);
  add ("/session/token-file", test_token_file);
  add ("/session/lost", test_lost);
  add ("/source/history-then-stream", test_history_then_stream);
  add ("/source/no-history", test_no_history);
  add ("/source/filter-starts-over", test_filter_starts_over);
  add ("/source/refused-filter", test_refused_filter);
  return g_test_run ();
}
