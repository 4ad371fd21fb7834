/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-recall.h"

#include <string.h>

#include "weir-clickhouse-select.h"

typedef struct {
  WeirStoreIdFunc func;
  gpointer user_data;
} Recall;

static void
set_text (WeirEvent                 *event,
          WeirEventText              which,
          const WeirClickhouseBlock *block,
          guint                      column,
          guint                      row)
{
  if (block->columns[column].lengths[row] > 0)
    weir_event_set_text (event, which, block->columns[column].texts[row],
                         block->columns[column].lengths[row]);
}

static gboolean
take_events (const WeirClickhouseBlock  *block,
             gpointer                    user_data,
             GError                    **error)
{
  Recall *self = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      WeirEvent event;

      weir_event_init (&event);
      event.seq = weir_clickhouse_column_get_uint64 (&block->columns[0], i);
      event.timestamp = weir_clickhouse_column_get_int64 (&block->columns[1], i);
      event.received = weir_clickhouse_column_get_int64 (&block->columns[2], i);
      if (weir_clickhouse_column_get_uint64 (&block->columns[3], i))
        event.flags = WEIR_EVENT_IS_ERROR;
      event.value = weir_clickhouse_column_get_double (&block->columns[4], i);
      event.duration = weir_clickhouse_column_get_double (&block->columns[5], i);
      set_text (&event, WEIR_EVENT_NAME, block, 6, i);
      set_text (&event, WEIR_EVENT_SOURCE, block, 7, i);
      set_text (&event, WEIR_EVENT_DEPENDENCY, block, 8, i);
      self->func (&event, self->user_data);
    }
  return TRUE;
}

/* The newest events of a collector, oldest first. */
static void
append_newest (GString    *sql,
               const char *instance,
               guint64     last,
               guint       max)
{
  g_string_append (sql, " FROM event WHERE collector = ");
  weir_clickhouse_append_text (sql, instance, strlen (instance));
  g_string_append_printf (sql, " AND seq > %" G_GUINT64_FORMAT, last - MIN (max, last));
}

/**
 * weir_clickhouse_recall_since:
 * @client: a client that can be waited for
 * @instance: name of the data directory
 * @last: seq of the last event that is stored
 * @received: receipt time, microseconds since the epoch
 * @max: at most so many of the newest events
 * @func: (scope call): called with name, source, dependency, value, duration, flags and times,
 *   oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_clickhouse_recall_since (WeirClickhouseClient  *client,
                              const char            *instance,
                              guint64                last,
                              gint64                 received,
                              guint                  max,
                              WeirStoreIdFunc        func,
                              gpointer               user_data,
                              GError               **error)
{
  g_autoptr(GString) sql = g_string_new (
    "SELECT seq, toUnixTimestamp64Micro(time), toUnixTimestamp64Micro(received), is_error, value,"
    " duration_ms, CAST(name AS String), CAST(source AS String),"
    " if(position(properties, '\"dependency\"') > 0, JSONExtractString(properties, 'dependency'),"
    " '')");
  Recall recall = { func, user_data };

  append_newest (sql, instance, last, max);
  g_string_append_printf (sql,
                          " AND received >= fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT
                          "), 'UTC') ORDER BY seq", received);
  return weir_clickhouse_select (client, sql->str, 9, take_events, &recall, NULL, error);
}
