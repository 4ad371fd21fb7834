/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/* Parts of a row in the format RowBinary. */

static inline void
weir_clickhouse_row_append (GByteArray    *row,
                            gconstpointer  data,
                            gsize          size)
{
  if (size > 0)
    g_byte_array_append (row, data, (guint) size);
}

/* Its length first, seven bits a byte. */
static inline void
weir_clickhouse_row_append_text (GByteArray *row,
                                 const char *text,
                                 gsize       length)
{
  guint8 bytes[10];
  guint n = 0;

  for (gsize left = length; n == 0 || left > 0; left >>= 7)
    bytes[n++] = (guint8) ((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  weir_clickhouse_row_append (row, bytes, n);
  weir_clickhouse_row_append (row, text, length);
}

static inline void
weir_clickhouse_row_append_event_text (GByteArray      *row,
                                       const WeirEvent *event,
                                       WeirEventText    which)
{
  weir_clickhouse_row_append_text (row, event->text[which], event->length[which]);
}

G_END_DECLS
