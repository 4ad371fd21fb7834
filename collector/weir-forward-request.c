/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-request.h"

#include <string.h>

#include "weir-clickhouse-error.h"
#include "weir-forward-body.h"

/* A server that deduplicates inserts does so by this, whatever else is in the address. */
static char *
make_url (const WeirForwardConfig *config,
          const char              *batch_id)
{
  if (config->format != WEIR_FORWARD_CLICKHOUSE)
    return g_strdup (config->url);
  return g_strdup_printf ("%s%cinsert_deduplication_token=%s", config->url,
                          strchr (config->url, '?') != NULL ? '&' : '?', batch_id);
}

static char **
make_headers (const WeirForwardConfig *config,
              const char              *batch_id)
{
  g_autoptr(GStrvBuilder) headers = g_strv_builder_new ();

  g_strv_builder_addv (headers, (const char **) config->headers);
  g_strv_builder_add_many (headers, "Weir-Batch-Id", batch_id, "Idempotency-Key", batch_id, NULL);
  return g_strv_builder_end (headers);
}

/**
 * weir_forward_send_async:
 * @session: the destination's session, in the thread in which it was made
 * @config: the destination
 * @batch_id: names what is sent, the same each time it is
 * @body: what is sent
 * @cancellable: (nullable): to give up
 * @callback: called in the thread-default context; see weir_http_post_finish()
 * @user_data: for @callback
 *
 * Posts once.
 */
void
weir_forward_send_async (SoupSession             *session,
                         const WeirForwardConfig *config,
                         const char              *batch_id,
                         GBytes                  *body,
                         GCancellable            *cancellable,
                         GAsyncReadyCallback      callback,
                         gpointer                 user_data)
{
  g_autofree char *url = make_url (config, batch_id);
  g_auto(GStrv) headers = make_headers (config, batch_id);
  WeirHttpPost post = {
    .url = url,
    .headers = headers,
    .type = weir_forward_get_type (config->format),
    .body = body,
    .timeout = config->timeout,
    .max_answer = WEIR_HTTP_EXCERPT,
    .wanted = config->format == WEIR_FORWARD_CLICKHOUSE ? "X-ClickHouse-Exception-Code" : NULL,
  };

  weir_http_post_async (session, &post, cancellable, callback, user_data);
}

/**
 * weir_forward_judge_reply:
 * @config: the destination
 * @reply: what it answered
 *
 * Returns: what to do with what was sent
 */
WeirForwardVerdict
weir_forward_judge_reply (const WeirForwardConfig *config,
                          const WeirHttpReply     *reply)
{
  const char *body = "";
  gsize length = 0;

  if (config->format != WEIR_FORWARD_CLICKHOUSE)
    return weir_forward_judge (reply->status);
  if (reply->body != NULL)
    body = g_bytes_get_data (reply->body, &length);
  return weir_forward_judge_clickhouse (reply->status,
                                        weir_clickhouse_find_code (reply->wanted, body, length));
}
