/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <stdint.h>

#include "weir-sse-parser.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
append_message (const char *event,
                const char *data,
                gsize       length,
                const char *last_event_id,
                gpointer    user_data)
{
  GString *seen = user_data;

  g_assert (g_utf8_validate (event, -1, NULL));
  g_assert (g_utf8_validate (last_event_id, -1, NULL));
  g_string_append_printf (seen, "%s %s ", event, last_event_id);
  g_string_append_len (seen, data, length);
}

/* However the stream is cut, its messages are the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *bytes = (const char *) data;
  g_autoptr (GString) whole_seen = g_string_new (NULL);
  g_autoptr (GString) cut_seen = g_string_new (NULL);
  g_autoptr (WeirSseParser) whole = weir_sse_parser_new (4096, append_message, whole_seen);
  g_autoptr (WeirSseParser) cut = weir_sse_parser_new (4096, append_message, cut_seen);
  gboolean cut_ok = TRUE;
  gboolean whole_ok;

  whole_ok = weir_sse_parser_push (whole, bytes, size, NULL);
  for (size_t i = 0; i < size && cut_ok; i++)
    cut_ok = weir_sse_parser_push (cut, bytes + i, 1, NULL);

  g_assert (whole_ok == cut_ok);
  g_assert (g_string_equal (whole_seen, cut_seen));

  return 0;
}
