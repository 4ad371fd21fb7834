/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-receipt.h"

#include "weir-clickhouse-select.h"
#include "weir-sqlite-shared.h"

static gboolean
take_pair (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  guint64 *pair = user_data;

  for (guint i = 0; block->n_rows > 0 && i < 2; i++)
    pair[i] = weir_clickhouse_column_get_uint64 (&block->columns[i], 0);
  return TRUE;
}

static gboolean
select_pair (WeirReader  *reader,
             const char  *sql,
             guint64     *pair,
             GError     **error)
{
  WeirClickhouseClient *client = weir_reader_get_clickhouse (reader, error);

  return client != NULL &&
         weir_clickhouse_select (client, sql, 2, take_pair, pair,
                                 weir_reader_get_cancellable (reader), error);
}

/**
 * weir_clickhouse_find_receipt:
 * @reader: a reader that has begun
 * @seq: a seq of any collector
 * @receipt: (out): where its event stands, or the last before it of the same collector; 0 for none
 * @error: return location for an error
 *
 * Returns: whether it could be asked
 */
gboolean
weir_clickhouse_find_receipt (WeirReader   *reader,
                              guint64       seq,
                              WeirReceipt  *receipt,
                              GError      **error)
{
  guint64 first = seq >> WEIR_SHARED_SEQ_BITS << WEIR_SHARED_SEQ_BITS;
  guint64 pair[2] = { 0, 0 };
  g_autofree char *sql = g_strdup_printf (
    "SELECT toUInt64(toUnixTimestamp64Micro(received)), seq FROM event WHERE seq >= %"
    G_GUINT64_FORMAT " AND seq <= %" G_GUINT64_FORMAT " ORDER BY seq DESC LIMIT 1", first, seq);
  gboolean ok = select_pair (reader, sql, pair, error);

  *receipt = (WeirReceipt) { pair[0], pair[1] };
  return ok;
}

/**
 * weir_clickhouse_find_span:
 * @reader: a reader that has begun
 * @first: (inout): moved to the first event, if that is later
 * @last: (inout): moved behind the last event, if that is earlier
 * @error: return location for an error
 *
 * The parts tell it alone, no row is read.
 *
 * Returns: whether it could be asked
 */
gboolean
weir_clickhouse_find_span (WeirReader   *reader,
                           WeirReceipt  *first,
                           WeirReceipt  *last,
                           GError      **error)
{
  guint64 span[2] = { 0, 0 };

  if (!select_pair (reader,
                    "SELECT toUInt64(toUnixTimestamp64Micro(min(received))),"
                    " toUInt64(toUnixTimestamp64Micro(max(received))) FROM event",
                    span, error))
    return FALSE;
  if (span[0] > first->time)
    *first = (WeirReceipt) { span[0], 0 };
  if (span[1] < last->time)
    *last = (WeirReceipt) { span[1], G_MAXUINT64 };
  return TRUE;
}

/**
 * weir_clickhouse_append_between:
 * @sql: a statement, to be gone on with a condition
 * @after: behind this event
 * @before: before this one
 * @from: received at this time or later, which lets parts be left out
 * @to: received at this time or earlier
 *
 * Appends the condition that an event stands there.
 */
void
weir_clickhouse_append_between (GString           *sql,
                                const WeirReceipt *after,
                                const WeirReceipt *before,
                                guint64            from,
                                guint64            to)
{
  g_string_append_printf (sql, " AND received >= fromUnixTimestamp64Micro(toInt64(%"
                          G_GUINT64_FORMAT "), 'UTC') AND received <="
                          " fromUnixTimestamp64Micro(toInt64(%" G_GUINT64_FORMAT "), 'UTC')"
                          " AND (toUInt64(toUnixTimestamp64Micro(received)), seq) >"
                          " (toUInt64(%" G_GUINT64_FORMAT "), toUInt64(%" G_GUINT64_FORMAT "))"
                          " AND (toUInt64(toUnixTimestamp64Micro(received)), seq) <"
                          " (toUInt64(%" G_GUINT64_FORMAT "), toUInt64(%" G_GUINT64_FORMAT "))",
                          from, to, after->time, after->seq, before->time, before->seq);
}
