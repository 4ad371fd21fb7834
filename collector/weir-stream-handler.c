/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-stream-handler.h"

#include <string.h>
#include <sys/socket.h>

#include "weir-event-json.h"

#define MAX_LAST_EVENT_ID_BYTES 128
#define MAX_TOPICS              32
#define QUERY_PREFIX            "query:"

static const struct {
  const char *name;
  WeirTopics topic;
} topics[] = {
  { "events", WEIR_TOPIC_EVENTS },
  { "stats", WEIR_TOPIC_STATS },
  { "dashboard", WEIR_TOPIC_DASHBOARD },
  { "identity", WEIR_TOPIC_IDENTITY },
  { "alerts", WEIR_TOPIC_ALERTS },
};

/* The ids of `query:ID` topics, which must be kept answered. */
static gboolean
parse_queries (WeirExchange  *exchange,
               const char    *text,
               char        ***queries,
               GError       **error)
{
  g_auto(GStrv) names = g_strsplit (text, ",", MAX_TOPICS);
  g_autoptr(GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *id = g_strstrip (names[i]);

      if (!g_str_has_prefix (id, QUERY_PREFIX))
        continue;
      id += strlen (QUERY_PREFIX);
      if (!weir_live_questions_has (exchange->services->questions, id))
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND,
                               "there is no such live query; post it to /v1/live first");
          return FALSE;
        }
      g_strv_builder_add (ids, id);
    }
  *queries = g_strv_builder_end (ids);

  return TRUE;
}

static gboolean
parse_topics (const char  *text,
              WeirTopics  *chosen,
              GError     **error)
{
  g_auto(GStrv) names = g_strsplit (text, ",", MAX_TOPICS);

  *chosen = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      WeirTopics before = *chosen;
      gboolean known = *g_strstrip (names[i]) == '\0';

      for (guint j = 0; j < G_N_ELEMENTS (topics); j++)
        if (g_str_equal (names[i], topics[j].name))
          *chosen |= topics[j].topic, known = TRUE;
      if (g_str_has_prefix (names[i], QUERY_PREFIX))
        *chosen |= WEIR_TOPIC_QUERIES, known = TRUE;
      if (!known && before == *chosen)
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                               "Topics are events, stats, identity, alerts, dashboard and "
                               "query:ID");
          return FALSE;
        }
    }
  if (*chosen == 0)
    *chosen = WEIR_TOPIC_EVENTS | WEIR_TOPIC_STATS;
  return TRUE;
}

/* Both an event name and a filter may be given; then both must hold. */
static gboolean
parse_filter (WeirExchange  *exchange,
              WeirFilter   **filter,
              GError       **error)
{
  const char *event = weir_exchange_get_parameter (exchange, "event");
  const char *json = weir_exchange_get_parameter (exchange, "filter");
  g_autoptr(WeirFilter) alone = NULL;
  g_autoptr(GString) both = NULL;

  *filter = NULL;
  if (json == NULL || *json == '\0')
    {
      if (event != NULL && *event != '\0')
        *filter = weir_filter_new_event (event);
      return TRUE;
    }

  /* Parsed alone first, so that nothing can close a bracket that is not its own. */
  alone = weir_filter_new_from_json (json, -1, error);
  if (alone == NULL)
    return FALSE;
  if ((weir_filter_get_uses (alone) & WEIR_FILTER_USES_PERSON) != 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "The stream does not know the properties of persons; ask for person.NAME"
                           " in a question, or in a live one");
      return FALSE;
    }
  if (event == NULL || *event == '\0')
    {
      *filter = g_steal_pointer (&alone);
      return TRUE;
    }

  both = g_string_new ("{\"all\":[{\"property\":\"event\",\"op\":\"=\",\"value\":");
  weir_json_append_string (both, event, -1);
  g_string_append_printf (both, "},%s]}", json);
  *filter = weir_filter_new_from_json (both->str, (gssize) both->len, error);
  return *filter != NULL;
}

static const char *
find_last_event_id (WeirExchange *exchange)
{
  const char *id = weir_exchange_get_header (exchange, "Last-Event-ID");

  if (id == NULL)
    id = weir_exchange_get_parameter (exchange, "last_event_id");
  return id != NULL && *id != '\0' && strlen (id) <= MAX_LAST_EVENT_ID_BYTES ? id : NULL;
}

static void
turn_away (GSocketConnection *connection,
           const GError      *error)
{
  g_autofree char *json = weir_error_to_json (error);
  g_autofree char *answer = NULL;
  int fd = g_socket_get_fd (g_socket_connection_get_socket (connection));

  answer = g_strdup_printf ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                            "Content-Length: %" G_GSIZE_FORMAT "\r\nRetry-After: 5\r\n"
                            "Connection: close\r\n\r\n%s", strlen (json), json);
  (void) !send (fd, answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
subscribe (WeirExchange *exchange,
           WeirTopics    chosen,
           WeirFilter   *filter,
           char        **queries)
{
  WeirLiveHub *hub = exchange->services->hub;
  WeirLiveQuestions *questions = exchange->services->questions;
  g_auto(GStrv) ids = g_strdupv (queries);
  WeirSubscription subscription = {
    .topics = chosen,
    .filter = filter,
    .queries = queries,
    .last_event_id = g_strdup (find_last_event_id (exchange)),
  };
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  connection = weir_exchange_steal (exchange, &subscription.extra_headers);
  subscription.connection = G_IO_STREAM (g_object_ref (connection));
  if (!weir_live_hub_subscribe (hub, &subscription, &error))
    turn_away (connection, error);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    weir_live_questions_resend (questions, ids[i]);
}

static void
answer (WeirExchange *exchange,
        WeirTopics    chosen,
        WeirFilter   *filter,
        char        **queries)
{
  if (g_str_equal (soup_server_message_get_method (exchange->message), "HEAD"))
    {
      g_clear_pointer (&filter, weir_filter_unref);
      g_strfreev (queries);
      weir_exchange_set_header (exchange, "Content-Type", "text/event-stream");
      weir_exchange_reply (exchange, SOUP_STATUS_OK, NULL, NULL);
      return;
    }
  subscribe (exchange, chosen, filter, queries);
}

/**
 * weir_stream_handler_run:
 * @exchange: (transfer full): `GET /v1/stream`
 *
 * Hands the connection to the live hub.
 */
void
weir_stream_handler_run (WeirExchange *exchange)
{
  const char *text = weir_exchange_get_parameter (exchange, "topics");
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) queries = NULL;
  WeirFilter *filter = NULL;
  WeirTopics chosen;

  if (!parse_topics (text != NULL ? text : "", &chosen, &error) ||
      !parse_queries (exchange, text != NULL ? text : "", &queries, &error) ||
      !parse_filter (exchange, &filter, &error))
    weir_exchange_reply_error (exchange, error);
  else
    answer (exchange, chosen, filter, g_steal_pointer (&queries));
}

/**
 * weir_stream_handler_run_dashboard:
 * @exchange: (transfer full): `GET /dashboard-stream`
 *
 * Hands the connection to the live hub, for the aggregate every five seconds.
 */
void
weir_stream_handler_run_dashboard (WeirExchange *exchange)
{
  answer (exchange, WEIR_TOPIC_DASHBOARD, NULL, NULL);
}
