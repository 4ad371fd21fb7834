/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-ingest-handler.h"

#include <json-glib/json-glib.h>

#include "protocols/weir-protocol.h"
#include "weir-event-json.h"
#include "weir-json-load.h"
#include "weir-router.h"

#define MAX_EVENTS         250000
#define MAX_KEY_BODY_BYTES (1024 * 1024)

static void
refuse (WeirExchange *exchange,
        const GError *error)
{
  const WeirProtocol *protocol = exchange->route->data;

  if (protocol->reply_error != NULL)
    protocol->reply_error (exchange, error);
  else
    weir_exchange_reply_error (exchange, error);
}

static void
entry_done_cb (WeirJournalEntry *entry)
{
  WeirExchange *exchange = entry->user_data;
  const WeirProtocol *protocol = exchange->route->data;

  if (entry->error != NULL)
    {
      g_autoptr(GError) error = g_steal_pointer (&entry->error);

      refuse (exchange, error);
      return;
    }

  weir_metrics_observe_ack (exchange->services->metrics, g_get_monotonic_time () - exchange->began);
  protocol->reply (exchange);
}

/* Clients that cannot set headers (`sendBeacon`) put their key into the body. */
static gboolean
check_key_in_body (WeirExchange  *exchange,
                   GBytes        *body,
                   GError       **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  const char *text = g_bytes_get_data (body, NULL);
  gsize size = g_bytes_get_size (body);
  JsonNode *root;

  if (exchange->may_write)
    return TRUE;

  if (size > 0 && size <= MAX_KEY_BODY_BYTES && *text == '{' &&
      weir_json_load (parser, text, (gssize) size) &&
      (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    {
      const char *key =
        json_object_get_string_member_with_default (json_node_get_object (root), "api_key", NULL);

      if (key != NULL)
        exchange->source = weir_access_find_source (exchange->services->access, key);
    }

  exchange->may_write = exchange->source != NULL;
  if (!exchange->may_write)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAUTHORIZED,
                         "Sending events from another machine needs a write key");
  return exchange->may_write;
}

static char *
format_rejections (GArray *rejections)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < rejections->len; i++)
    {
      const WeirRejection *rejection = &g_array_index (rejections, WeirRejection, i);

      g_string_append_printf (text, "%s{\"index\":%u,\"code\":\"%s\",\"message\":",
                              i > 0 ? "," : "", rejection->index, rejection->code);
      weir_json_append_string (text, rejection->message, strlen (rejection->message));
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* Fills the exchange's entry from a body in the native form. */
static gboolean
decode (WeirExchange  *exchange,
        GBytes        *body,
        GError       **error)
{
  const WeirProtocol *protocol = exchange->route->data;
  WeirEventBuilder *builder = weir_http_worker_get_builder (exchange->worker);
  GArray *rejections = weir_http_worker_get_rejections (exchange->worker);
  WeirDecodeContext context = {
    .source = exchange->source != NULL ? exchange->source : "local",
    .received = g_get_real_time (),
    .hash_seed = weir_journal_get_hash_seed (exchange->services->journal),
    .max_events = MAX_EVENTS,
  };
  gconstpointer data;
  gsize size;
  gboolean decoded;

  g_array_set_size (rejections, 0);
  data = g_bytes_get_data (body, &size);
  decoded = weir_event_codec_decode (weir_http_worker_get_codec (exchange->worker), data, size,
                                     &context, builder, rejections, &exchange->entry.n_received,
                                     error);
  exchange->entry.batch = weir_event_builder_end (builder, 0);
  exchange->entry.n_rejected = rejections->len;
  exchange->entry.source = exchange->source;
  if (rejections->len > 0)
    weir_rejection_ring_add (exchange->services->rejections, context.source,
                             (const WeirRejection *) (gpointer) rejections->data, rejections->len,
                             data, size, exchange->entry.n_received);
  if (rejections->len > 0 && exchange->data == NULL)
    exchange->data = protocol->dup_rejections != NULL ? protocol->dup_rejections (rejections)
                                                      : format_rejections (rejections);
  return decoded;
}

static GBytes *
dup_native_body (WeirExchange  *exchange,
                 GError       **error)
{
  const WeirProtocol *protocol = exchange->route->data;
  g_autoptr(GBytes) body = weir_exchange_dup_body (exchange, error);

  if (body == NULL || !check_key_in_body (exchange, body, error))
    return NULL;
  if (protocol->translate == NULL)
    return g_steal_pointer (&body);
  if (g_bytes_get_size (body) > protocol->max_bytes)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                   "Here a body may have %" G_GSIZE_FORMAT " bytes; send less at a time, "
                   "or use /v1/events",
                   protocol->max_bytes);
      return NULL;
    }
  return protocol->translate (exchange, body, error);
}

/**
 * weir_ingest_handler_run:
 * @exchange: (transfer full): a request with events
 *
 * Reads the events, hands them to the journal, and answers once they are durable.
 */
void
weir_ingest_handler_run (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = NULL;

  g_return_if_fail (exchange != NULL);

  if (exchange->services->journal == NULL)
    {
      g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "This collector is read-only and takes no events");
      refuse (exchange, error);
      return;
    }

  body = dup_native_body (exchange, &error);
  if (body == NULL || !decode (exchange, body, &error))
    {
      refuse (exchange, error);
      return;
    }

  if (exchange->entry.n_received == 0)
    {
      ((const WeirProtocol *) exchange->route->data)->reply (exchange);
      return;   /* nothing to make durable */
    }

  exchange->entry.reply_queue = weir_http_worker_get_replies (exchange->worker);
  exchange->entry.done = entry_done_cb;
  weir_exchange_hold (exchange);
  if (!weir_journal_push (exchange->services->journal, &exchange->entry, &error))
    refuse (exchange, error);
}
