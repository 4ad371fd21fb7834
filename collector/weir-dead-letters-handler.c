/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-dead-letters-handler.h"

#include <string.h>

#include "weir-exchange-json.h"
#include "weir-letter-replay.h"
#include "weir-sqlite-dead-letters.h"

#define LETTERS        "/v1/dead-letters/"
#define REPLAY         "replay"
#define MAX_BODY_BYTES (1024 * 1024)

/* A change that is on its way. */
typedef struct {
  gint64 id;
  WeirDeadLetterFate fate;
  char *event;   /* NULL: only the fate changes */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->event);
  g_free (change);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer =
    weir_reader_pool_ask_finish (exchange->services->readers, result, &error);

  weir_exchange_reply_result (exchange, answer, error);
}

/* What was discarded is in the exchange's data, so that it can be taken back. */
static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = weir_store_sink_run_finish (exchange->services->sink, result, &error);
  GString *out;

  if (answer == NULL || exchange->data == NULL)
    {
      weir_exchange_reply_result (exchange, answer, error);
      return;
    }
  out = g_string_new ("{\"deleted\":true,\"dead_letter\":");
  g_string_append (out, exchange->data);
  g_string_append_c (out, '}');
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
}

/* Called in the store's thread. */
static GBytes *
run_change (WeirStore  *store,
            gpointer    data,
            GError    **error)
{
  const Change *change = data;
  const char *answer = change->event != NULL ? "{\"saved\":true}" : "{\"restored\":true}";
  gboolean ok = change->event != NULL
    ? weir_store_edit_dead_letter (store, change->id, change->event, error)
    : weir_store_set_dead_letter (store, change->id, change->fate, error);

  return ok ? g_bytes_new_static (answer, strlen (answer)) : NULL;
}

static void
start_change (WeirExchange       *exchange,
              gint64              id,
              WeirDeadLetterFate  fate,
              char               *event)
{
  Change *change = g_new0 (Change, 1);

  change->id = id;
  change->fate = fate;
  change->event = event;
  if (!exchange->held)
    weir_exchange_hold (exchange);
  weir_store_sink_run_async (exchange->services->sink, run_change, change, change_free, NULL,
                             changed_cb, exchange);
}

static void
ask_one (WeirExchange        *exchange,
         gint64               id,
         GAsyncReadyCallback  callback)
{
  weir_exchange_hold (exchange);
  weir_reader_pool_ask_async (exchange->services->readers, weir_sqlite_dead_letters_get,
                              g_memdup2 (&id, sizeof id), g_free, NULL, callback, exchange);
}

static void
discard_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) letter =
    weir_reader_pool_ask_finish (exchange->services->readers, result, &error);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();

  if (letter == NULL ||
      !json_parser_load_from_data (parser, g_bytes_get_data (letter, NULL),
                                   (gssize) g_bytes_get_size (letter), &error))
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }
  exchange->data = g_strndup (g_bytes_get_data (letter, NULL), g_bytes_get_size (letter));
  start_change (exchange,
                json_object_get_int_member (json_node_get_object (json_parser_get_root (parser)),
                                            "id"),
                WEIR_DEAD_LETTER_DISCARDED, NULL);
}

/* The body, an object, or NULL when the request was answered. */
static JsonNode *
read_body (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  JsonNode *body = weir_exchange_dup_object (exchange, MAX_BODY_BYTES, &error);

  if (body == NULL)
    weir_exchange_reply_error (exchange, error);
  return body;
}

static void
edit (WeirExchange *exchange,
      gint64        id)
{
  g_autoptr(JsonNode) body = read_body (exchange);
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  JsonNode *event;

  if (body == NULL)
    return;
  event = json_object_get_member (json_node_get_object (body), "event");
  if (event == NULL || !JSON_NODE_HOLDS_OBJECT (event))
    {
      weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                            "the body must be {\"event\":{…}}");
      return;
    }
  json = json_to_string (event, FALSE);
  if (weir_letter_check_event (exchange, json, &error))
    start_change (exchange, id, WEIR_DEAD_LETTER_WAITS, g_steal_pointer (&json));
  else
    weir_exchange_reply_error (exchange, error);
}

static gboolean
read_id (JsonNode *node,
         gint64   *id)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *id = json_node_get_int (node);
  return *id > 0;
}

static void
replay_many (WeirExchange *exchange)
{
  g_autoptr(JsonNode) body = read_body (exchange);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  JsonNode *list = object != NULL ? json_object_get_member (object, "ids") : NULL;
  JsonNode *all = object != NULL ? json_object_get_member (object, "all") : NULL;
  JsonArray *array = NULL;

  if (body == NULL)
    return;
  if (list != NULL && JSON_NODE_HOLDS_ARRAY (list))
    array = json_node_get_array (list);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      gint64 id;

      if (read_id (json_array_get_element (array, i), &id))
        g_array_append_val (ids, id);
      else
        array = NULL;
    }
  if (array != NULL && ids->len > 0 && ids->len <= WEIR_REPLAY_MAX)
    weir_letter_replay_many (exchange, g_steal_pointer (&ids));
  else if (list == NULL && all != NULL && JSON_NODE_HOLDS_VALUE (all) &&
           json_node_get_boolean (all))
    weir_letter_replay_many (exchange, NULL);
  else
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "the body must be {\"ids\":[…]}, of at most 1 000, or {\"all\":true}");
}

/* Takes back that a letter was discarded. */
static void
restore (WeirExchange *exchange)
{
  g_autoptr(JsonNode) body = read_body (exchange);
  JsonObject *object;
  JsonNode *letter;
  gint64 id;

  if (body == NULL)
    return;
  object = json_node_get_object (body);
  letter = json_object_get_member (object, "dead_letter");
  if (letter != NULL && JSON_NODE_HOLDS_OBJECT (letter))
    object = json_node_get_object (letter);
  if (read_id (json_object_get_member (object, "id"), &id))
    start_change (exchange, id, WEIR_DEAD_LETTER_WAITS, NULL);
  else
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "the body must be a dead letter that was discarded, with its id");
}

/**
 * weir_dead_letters_handler_list:
 * @exchange: (transfer full): `GET /v1/dead-letters?limit=&before=&sink=`, or `POST` of one that
 *   was discarded
 */
void
weir_dead_letters_handler_list (WeirExchange *exchange)
{
  const char *sink = weir_exchange_get_parameter (exchange, "sink");
  WeirDeadLettersAsk *ask;
  guint64 limit, before;

  if (weir_exchange_get_method (exchange) == WEIR_METHOD_POST)
    {
      if (weir_exchange_may_change (exchange))
        restore (exchange);
      return;
    }
  if (!weir_exchange_read_number (exchange, "limit", WEIR_DEAD_LETTERS_MAX_LIMIT, 100, &limit) ||
      !weir_exchange_read_number (exchange, "before", G_MAXINT64, 0, &before))
    return;
  weir_exchange_offer_table (exchange, "dead_letters",
                             "id,at,sink,code,reason,attempts,event,raw");
  ask = g_new0 (WeirDeadLettersAsk, 1);
  ask->before = (gint64) before;
  ask->limit = (guint) limit;
  ask->sink = sink != NULL && *sink != '\0' ? g_strdup (sink) : NULL;
  weir_reader_pool_ask_async (exchange->services->readers, weir_sqlite_dead_letters_list, ask,
                              (GDestroyNotify) weir_dead_letters_ask_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

static void
run_one (WeirExchange *exchange,
         gint64        id,
         WeirMethods   method)
{
  if (method == WEIR_METHOD_GET)
    ask_one (exchange, id, answered_cb);
  else if (!weir_exchange_may_change (exchange))
    return;
  else if (method == WEIR_METHOD_PUT)
    edit (exchange, id);
  else
    ask_one (exchange, id, discard_cb);
}

/**
 * weir_dead_letters_handler_run:
 * @exchange: (transfer full): a request for `/v1/dead-letters/ID`, its `/replay`, or
 *   `/v1/dead-letters/replay`
 *
 * Shows, edits, discards, or sends again.
 */
void
weir_dead_letters_handler_run (WeirExchange *exchange)
{
  g_auto(GStrv) path = g_strsplit (exchange->path + strlen (LETTERS), "/", 3);
  WeirMethods method = weir_exchange_get_method (exchange);
  guint n_parts = g_strv_length (path);
  gboolean is_many = n_parts == 1 && g_str_equal (path[0], REPLAY);
  gboolean is_replay = is_many || (n_parts == 2 && g_str_equal (path[1], REPLAY));
  guint64 id = 0;

  if (!is_many && (n_parts == 0 || n_parts > 2 || (n_parts == 2 && !is_replay) ||
                   !g_ascii_string_to_unsigned (path[0], 10, 1, G_MAXINT64, &id, NULL)))
    weir_exchange_refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is no such dead letter");
  else if (is_replay != (method == WEIR_METHOD_POST))
    weir_exchange_refuse (exchange, WEIR_ERROR_METHOD_NOT_ALLOWED, "this cannot be done here");
  else if (!is_replay)
    run_one (exchange, (gint64) id, method);
  else if (!weir_exchange_may_change (exchange))
    return;
  else if (is_many)
    replay_many (exchange);
  else
    weir_letter_replay_one (exchange, (gint64) id);
}
