/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-persons-handler.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-identity-commands.h"
#include "weir-json-load.h"
#include "weir-router.h"
#include "weir-sqlite-persons.h"
#include "weir-sqlite-suggestions.h"

#define PERSONS     "/v1/persons/"
#define EDGES       "/v1/edges/"
#define MAX_EVENTS  10000

static void
refuse (WeirExchange *exchange,
        WeirError     code,
        const char   *message)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, code, message);

  weir_exchange_reply_error (exchange, error);
}

static void
reply (WeirExchange *exchange,
       GBytes       *answer,
       const GError *error)
{
  if (answer != NULL)
    weir_exchange_reply_bytes (exchange, SOUP_STATUS_OK,
                               exchange->wants_csv ? WEIR_TYPE_CSV : WEIR_TYPE_JSON, answer);
  else
    weir_exchange_reply_error (exchange, error);
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

  reply (exchange, answer, error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = weir_store_sink_run_finish (exchange->services->sink, result, &error);

  reply (exchange, answer, error);
}

static void
ask (WeirExchange   *exchange,
     WeirReaderFunc  func,
     gpointer        question,
     GDestroyNotify  question_free)
{
  weir_reader_pool_ask_async (exchange->services->readers, func, question, question_free,
                              weir_exchange_hold_watched (exchange), answered_cb, exchange);
}

static void
said_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  WeirExchange *exchange = user_data;
  WeirSharing *sharing = weir_clickhouse_sink_get_sharing (exchange->services->clickhouse);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = weir_sharing_say_finish (sharing, result, &error);

  reply (exchange, answer, error);
}

static char *
dup_person (const WeirPersonId *person)
{
  char text[WEIR_PERSON_ID_TEXT_SIZE];

  weir_person_id_format (person, text);
  return g_strdup (text);
}

/* Where who is who is shared, all collectors do what is asked of one. Returns whether it is. */
static gboolean
say (WeirExchange              *exchange,
     WeirSharedKind             kind,
     const WeirIdentityCommand *data)
{
  WeirClickhouseSink *sink = exchange->services->clickhouse;
  WeirSharing *sharing = sink != NULL ? weir_clickhouse_sink_get_sharing (sink) : NULL;
  WeirSharedEntry *entry;

  if (sharing == NULL)
    return FALSE;
  entry = weir_shared_entry_new (kind);
  entry->edge = data->edge;
  entry->person = dup_person (&data->person);
  entry->other = dup_person (&data->other);
  weir_exchange_hold (exchange);
  weir_sharing_say_async (sharing, entry, said_cb, exchange);
  weir_clickhouse_sink_poke (sink);
  return TRUE;
}

/* Not cancelled with the request: what was asked for is done, whoever waits for it. */
static void
command (WeirExchange        *exchange,
         WeirSharedKind       kind,
         WeirStoreFunc        func,
         WeirIdentityCommand *data)
{
  if (say (exchange, kind, data))
    {
      weir_identity_command_free (data);
      return;
    }
  weir_exchange_hold (exchange);
  weir_store_sink_run_async (exchange->services->sink, func, data,
                             (GDestroyNotify) weir_identity_command_free, NULL, done_cb, exchange);
}

/* What is to be deleted must have come to rest: what is still on its way would come back. */
static void
command_delete (WeirExchange        *exchange,
                WeirIdentityCommand *data)
{
  if (say (exchange, WEIR_SHARED_DELETE, data))
    {
      weir_identity_command_free (data);
      return;
    }
  weir_exchange_hold (exchange);
  weir_store_sink_run_stored_async (exchange->services->sink, weir_identity_command_delete, data,
                                    (GDestroyNotify) weir_identity_command_free, NULL, done_cb,
                                    exchange);
}

static gboolean
may_change (WeirExchange *exchange)
{
  if (exchange->services->sink != NULL)
    return TRUE;
  refuse (exchange, WEIR_ERROR_METHOD_NOT_ALLOWED,
          "this collector serves a file for reading only; nothing can be changed");
  return FALSE;
}

/* A number of the query, @fallback when it is absent. */
static gboolean
read_number (WeirExchange *exchange,
             const char   *name,
             guint64       max,
             guint64       fallback,
             guint64      *number)
{
  const char *text = weir_exchange_get_parameter (exchange, name);
  g_autofree char *message = NULL;

  *number = fallback;
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL))
    return TRUE;
  message = g_strdup_printf ("“%s” must be a whole number, at most %" G_GUINT64_FORMAT, name, max);
  refuse (exchange, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static void
show_list (WeirExchange   *exchange,
           const char     *id,
           WeirReaderFunc  func,
           guint           max)
{
  guint64 limit, before, after;
  WeirPersonAsk *question;

  if (!read_number (exchange, "limit", max, MIN (max, 100), &limit) ||
      !read_number (exchange, "before", G_MAXINT64, 0, &before) ||
      !read_number (exchange, "after", G_MAXINT64, 0, &after))
    return;
  question = weir_person_ask_new (id);
  question->limit = (guint) limit;
  question->before = before;
  question->after = (gint64) after;
  question->wants_csv = exchange->wants_csv = weir_exchange_prefers_csv (exchange);
  ask (exchange, func, question, (GDestroyNotify) weir_person_ask_free);
}

static void
run_get (WeirExchange *exchange,
         const char   *id,
         const char   *part)
{
  if (g_str_equal (part, ""))
    ask (exchange, weir_person_show_run, weir_person_ask_new (id),
         (GDestroyNotify) weir_person_ask_free);
  else if (g_str_equal (part, "export"))
    ask (exchange, weir_person_export_run, weir_person_ask_new (id),
         (GDestroyNotify) weir_person_ask_free);
  else if (g_str_equal (part, "edges"))
    show_list (exchange, id, weir_person_edges_run, WEIR_EDGES_MAX_LIMIT);
  else
    show_list (exchange, id, weir_person_events_run, MAX_EVENTS);
}

/* The person a merge is to be with, or NULL when the request was answered. */
static char *
dup_with (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, &error);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize size = 0;
  const char *json = body != NULL ? g_bytes_get_data (body, &size) : NULL;
  JsonNode *root, *node;

  if (body == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return NULL;
    }
  if (size == 0 || size > 4096 ||
      !weir_json_load (parser, json, (gssize) size) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      (node = json_object_get_member (json_node_get_object (root), "with")) == NULL ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    {
      refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
              "the body must be {\"with\":ID}, the id of another person");
      return NULL;
    }
  return json_node_dup_string (node);
}

static void
run_merge (WeirExchange       *exchange,
           const WeirPersonId *person)
{
  g_autofree char *with = may_change (exchange) ? dup_with (exchange) : NULL;
  WeirIdentityCommand *data;

  if (with == NULL)
    return;
  data = weir_identity_command_new (exchange->services);
  data->person = *person;
  if (weir_person_id_parse (&data->other, with))
    {
      command (exchange, WEIR_SHARED_MERGE, weir_identity_command_merge, data);
      return;
    }
  weir_identity_command_free (data);
  refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is no such person");
}

static void
run_delete (WeirExchange       *exchange,
            const WeirPersonId *person)
{
  WeirIdentityCommand *data;

  if (!may_change (exchange))
    return;
  data = weir_identity_command_new (exchange->services);
  data->person = *person;
  command_delete (exchange, data);
}

static WeirMethods
get_method (WeirExchange *exchange)
{
  const char *name = soup_server_message_get_method (exchange->message);

  if (g_str_equal (name, "POST"))
    return WEIR_METHOD_POST;
  return g_str_equal (name, "DELETE") ? WEIR_METHOD_DELETE : WEIR_METHOD_GET;
}

/**
 * weir_persons_handler_run_find:
 * @exchange: (transfer full): `GET /v1/persons?distinct_id=X`
 *
 * Answers with the person of a distinct id.
 */
void
weir_persons_handler_run_find (WeirExchange *exchange)
{
  const char *id = weir_exchange_get_parameter (exchange, "distinct_id");
  WeirPersonAsk *question;

  if (id == NULL || *id == '\0')
    {
      refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
              "“distinct_id” is required; to search, POST {\"kind\":\"persons\"} to /v1/query");
      return;
    }
  question = weir_person_ask_new (id);
  g_strstrip (question->id);
  question->is_distinct_id = TRUE;
  ask (exchange, weir_person_show_run, question, (GDestroyNotify) weir_person_ask_free);
}

/**
 * weir_persons_handler_run_person:
 * @exchange: (transfer full): a request for `/v1/persons/ID` or what is below it
 *
 * Shows one person, or changes who it is.
 */
void
weir_persons_handler_run_person (WeirExchange *exchange)
{
  static const struct {
    const char *name;
    WeirMethods methods;
  } parts[] = {
    { "", WEIR_METHOD_GET | WEIR_METHOD_DELETE },
    { "edges", WEIR_METHOD_GET },
    { "events", WEIR_METHOD_GET },
    { "export", WEIR_METHOD_GET },
    { "merge", WEIR_METHOD_POST },
  };
  g_auto(GStrv) path = g_strsplit (exchange->path + strlen (PERSONS), "/", 3);
  const char *part = path[0] != NULL && path[1] != NULL ? path[1] : "";
  g_autofree char *id = g_ascii_strdown (path[0] != NULL ? path[0] : "", -1);
  WeirMethods method = get_method (exchange);
  WeirMethods allowed = 0;
  WeirPersonId person;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (part, parts[i].name))
      allowed = parts[i].methods;

  if (allowed == 0 || g_strv_length (path) > 2)
    refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is nothing at this address");
  else if (!weir_person_id_parse (&person, id))
    refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is no such person");
  else if (!(allowed & method))
    refuse (exchange, WEIR_ERROR_METHOD_NOT_ALLOWED, "this cannot be done here");
  else if (method == WEIR_METHOD_GET)
    run_get (exchange, id, part);
  else if (method == WEIR_METHOD_POST)
    run_merge (exchange, &person);
  else
    run_delete (exchange, &person);
}

/**
 * weir_persons_handler_run_edge:
 * @exchange: (transfer full): `POST /v1/edges/SEQ/void` or `…/restore`
 *
 * Takes an edge back, or lets it count again.
 */
void
weir_persons_handler_run_edge (WeirExchange *exchange)
{
  g_auto(GStrv) path = g_strsplit (exchange->path + strlen (EDGES), "/", 3);
  const char *action = g_strv_length (path) == 2 ? path[1] : "";
  gboolean is_void = g_str_equal (action, "void");
  WeirIdentityCommand *data;
  guint64 seq;

  if ((!is_void && !g_str_equal (action, "restore")) ||
      !g_ascii_string_to_unsigned (path[0], 10, 1, G_MAXINT64, &seq, NULL))
    {
      refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is no such edge");
      return;
    }
  if (!may_change (exchange))
    return;
  data = weir_identity_command_new (exchange->services);
  data->edge = (gint64) seq;
  data->is_voided = is_void;
  command (exchange, is_void ? WEIR_SHARED_VOID : WEIR_SHARED_RESTORE,
           weir_identity_command_set_voided, data);
}

/**
 * weir_persons_handler_run_suggestions:
 * @exchange: (transfer full): `GET /v1/suggestions`
 *
 * Answers with persons who may be the same.
 */
void
weir_persons_handler_run_suggestions (WeirExchange *exchange)
{
  guint64 limit;
  guint *question;

  if (!read_number (exchange, "limit", WEIR_SUGGESTIONS_MAX_LIMIT, 100, &limit))
    return;
  weir_exchange_offer_table (exchange, "suggestions", "persons,evidence");
  question = g_new (guint, 1);
  *question = (guint) limit;
  ask (exchange, weir_suggestions_run, question, g_free);
}
