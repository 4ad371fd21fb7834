/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-protocol.h"

/* `POST /v1/events` of the wire contract. */

static void
native_reply (WeirExchange *exchange)
{
  g_autoptr(GBytes) body = NULL;
  GString *text;

  if (exchange->entry.accepted == 1 && exchange->entry.duplicates == 0 && exchange->data == NULL)
    {
      weir_exchange_reply (exchange, SOUP_STATUS_ACCEPTED, WEIR_TYPE_JSON,
                           "{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
      return;
    }

  text = g_string_sized_new (64);
  g_string_append_printf (text, "{\"accepted\":%u,\"duplicates\":%u,\"rejected\":%s}",
                          exchange->entry.accepted, exchange->entry.duplicates,
                          exchange->data != NULL ? exchange->data : "[]");
  body = g_string_free_to_bytes (text);
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_ACCEPTED, WEIR_TYPE_JSON, body);
}

const WeirProtocol weir_native_protocol = {
  .name = "native",
  .reply = native_reply,
};
