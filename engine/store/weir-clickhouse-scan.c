/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-scan.h"

#include <string.h>

#include "weir-clickhouse-select.h"
#include "weir-sqlite-shared.h"

/*
 * One statement for all names that matter; it asks for no more columns than somebody looks at. What
 * the columns say is judged by the code that judges the stream and the rows of SQLite, so that
 * there is one definition.
 */

#define COLUMNS_VALUES ", value, duration_ms, properties"
#define COLUMNS_TEXTS \
  COLUMNS_VALUES \
  ", session_id, distinct_id, anonymous_id, device_id, CAST(source AS String), user_id"

static const struct {
  const char *columns;
  guint n_columns;
} shapes[] = {
  [WEIR_SCAN_INDEX] = { "", 3 },
  [WEIR_SCAN_VALUES] = { COLUMNS_VALUES, 6 },
  [WEIR_SCAN_TEXTS] = { COLUMNS_TEXTS, 12 },
};

typedef struct {
  WeirScanJudge *judge;
  GArray *plans;
  WeirScanShape shape;
} Scan;

static void
set_text (WeirEvent                  *event,
          WeirEventText               which,
          const WeirClickhouseColumn *column,
          guint                       row)
{
  if (column->lengths[row] > 0)
    weir_event_set_text (event, which, column->texts[row], column->lengths[row]);
}

static void
read_event (const Scan                 *self,
            const WeirScanPlan         *plan,
            const WeirClickhouseColumn *columns,
            guint                       row,
            WeirEvent                  *event)
{
  static const WeirEventText texts[] = { WEIR_EVENT_SESSION_ID, WEIR_EVENT_DISTINCT_ID,
                                         WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_DEVICE_ID,
                                         WEIR_EVENT_SOURCE, WEIR_EVENT_USER_ID };

  weir_event_init (event);
  event->timestamp = weir_clickhouse_column_get_int64 (&columns[1], row);
  weir_event_set_text (event, WEIR_EVENT_NAME, plan->name, strlen (plan->name));
  if (self->shape == WEIR_SCAN_INDEX)
    return;
  event->value = weir_clickhouse_column_get_double (&columns[3], row);
  event->duration = weir_clickhouse_column_get_double (&columns[4], row);
  set_text (event, WEIR_EVENT_PROPERTIES, &columns[5], row);
  for (guint i = 0; self->shape == WEIR_SCAN_TEXTS && i < G_N_ELEMENTS (texts); i++)
    set_text (event, texts[i], &columns[6 + i], row);
}

static gboolean
take_rows (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  Scan *self = user_data;
  const WeirClickhouseColumn *columns = block->columns;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 number = weir_clickhouse_column_get_uint64 (&columns[0], i);
      const WeirScanPlan *plan;
      WeirEvent event;
      guint32 identity = (guint32) weir_clickhouse_column_get_uint64 (&columns[2], i);

      if (number >= self->plans->len)
        continue;
      plan = &g_array_index (self->plans, WeirScanPlan, number);
      if (plan->is_in_columns)
        {
          weir_scan_judge_take_row (self->judge, plan,
                                    weir_clickhouse_column_get_int64 (&columns[1], i), identity);
          continue;
        }
      read_event (self, plan, columns, i, &event);
      weir_scan_judge_take_event (self->judge, plan, &event, identity);
    }
  return TRUE;
}

/**
 * weir_clickhouse_append_scope:
 * @sql: a statement, to be gone on with a condition
 * @reader: a reader that has begun
 * @until: its own events up to this seq
 *
 * Appends which rows its moment includes. Where collectors share them these are also the others',
 * if it is known here whose they are: their log is read by each at its own pace. A collector that
 * shares with nobody may have rows in the same table; its seqs are below all that are shared.
 */
void
weir_clickhouse_append_scope (GString    *sql,
                              WeirReader *reader,
                              guint64     until)
{
  const char *instance = weir_reader_get_instance (reader);
  WeirPeople *people = WEIR_PEOPLE (weir_reader_get_people (reader));

  if (!weir_reader_is_shared (reader))
    {
      g_string_append (sql, "collector = ");
      weir_clickhouse_append_text (sql, instance, strlen (instance));
      g_string_append_printf (sql, " AND seq <= %" G_GUINT64_FORMAT, until);
      return;
    }
  g_string_append (sql, "(collector != ");
  weir_clickhouse_append_text (sql, instance, strlen (instance));
  g_string_append_printf (sql, " OR seq <= %" G_GUINT64_FORMAT ") AND identity <= %u AND seq >= %"
                          G_GUINT64_FORMAT, until,
                          weir_person_map_get_n_identities (weir_people_get_map (people)),
                          G_GUINT64_CONSTANT (1) << WEIR_SHARED_SEQ_BITS);
}

static void
append_time (GString    *sql,
             const char *sign,
             gint64      time)
{
  g_string_append_printf (sql,
                          " AND time %s fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT
                          "), 'UTC')", sign, time);
}

static char *
make_sql (const Scan *self,
          WeirReader *reader,
          guint64     after,
          guint64     until)
{
  GString *sql = g_string_new ("SELECT CAST(transform(name, [");
  g_autoptr(GString) names = g_string_new (NULL);
  gint64 from = G_MAXINT64, to = G_MININT64;

  for (guint i = 0; i < self->plans->len; i++)
    {
      const WeirScanPlan *plan = &g_array_index (self->plans, WeirScanPlan, i);

      if (i > 0)
        g_string_append_c (names, ',');
      weir_clickhouse_append_text (names, plan->name, strlen (plan->name));
      from = MIN (from, plan->from);
      to = MAX (to, plan->until);
    }
  g_string_append_printf (sql, "%s], [", names->str);
  for (guint i = 0; i < self->plans->len; i++)
    g_string_append_printf (sql, "%stoUInt32(%u)", i > 0 ? "," : "", i);
  g_string_append_printf (sql, "], toUInt32(4294967295)) AS UInt32),"
                          " toUnixTimestamp64Micro(time), identity%s"
                          " FROM event WHERE name IN (%s) AND ",
                          shapes[self->shape].columns, names->str);
  weir_clickhouse_append_scope (sql, reader, until);
  if (from > 0)
    append_time (sql, ">=", from);
  if (to < G_MAXINT64 / 2)
    append_time (sql, "<", to);
  if (after > 0)
    g_string_append_printf (sql, " AND seq > %" G_GUINT64_FORMAT, after);
  return g_string_free (sql, FALSE);
}

/**
 * weir_clickhouse_scan:
 * @reader: a reader that has begun
 * @judge: gets the rows
 * @plans: (element-type WeirScanPlan): what is asked of the events of each name
 * @after: only events after this seq
 * @until: and up to this one
 * @error: return location for an error
 *
 * Finds the events that a question is about.
 *
 * Returns: whether all could be read
 */
gboolean
weir_clickhouse_scan (WeirReader     *reader,
                      WeirScanJudge  *judge,
                      GArray         *plans,
                      guint64         after,
                      guint64         until,
                      GError        **error)
{
  WeirClickhouseClient *client = weir_reader_get_clickhouse (reader, error);
  Scan self = { judge, plans, WEIR_SCAN_INDEX };
  g_autofree char *sql = NULL;
  gboolean ok;

  if (client == NULL)
    return FALSE;
  if (plans->len == 0 || after >= until)
    return TRUE;
  for (guint i = 0; i < plans->len; i++)
    self.shape = MAX (self.shape, g_array_index (plans, WeirScanPlan, i).shape);
  sql = make_sql (&self, reader, after, until);
  ok = weir_clickhouse_select (client, sql, shapes[self.shape].n_columns, take_rows, &self,
                               weir_reader_get_cancellable (reader), error);
  weir_scan_judge_flush (judge);

  return ok;
}

static gboolean
take_seqs (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  GArray *seqs = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 seq = weir_clickhouse_column_get_uint64 (&block->columns[0], i);

      g_array_append_val (seqs, seq);
    }
  return TRUE;
}

static void
append_whose (GString       *sql,
              WeirReader    *reader,
              const guint32 *identities,
              guint          n_identities)
{
  g_string_append (sql, " FROM event WHERE ");
  weir_clickhouse_append_scope (sql, reader, weir_reader_get_as_of (reader));
  g_string_append (sql, " AND identity IN (0");
  for (guint i = 0; i < n_identities; i++)
    g_string_append_printf (sql, ",%u", identities[i]);
  g_string_append_c (sql, ')');
}

/**
 * weir_clickhouse_find_events:
 * @reader: a reader that has begun
 * @identities: (array length=n_identities): whose events to find
 * @n_identities: how many
 * @max: how many are enough
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type guint64): seqs, the newest first, at most @max
 */
GArray *
weir_clickhouse_find_events (WeirReader    *reader,
                             const guint32 *identities,
                             guint          n_identities,
                             guint          max,
                             GError       **error)
{
  WeirClickhouseClient *client = weir_reader_get_clickhouse (reader, error);
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr(GString) sql = g_string_new ("SELECT seq");

  append_whose (sql, reader, identities, n_identities);
  g_string_append_printf (sql, " ORDER BY %sseq DESC LIMIT %u",
                          weir_reader_is_shared (reader) ? "received DESC, " : "", max);
  if (client == NULL ||
      !weir_clickhouse_select (client, sql->str, 1, take_seqs, seqs,
                               weir_reader_get_cancellable (reader), error))
    return NULL;
  return g_steal_pointer (&seqs);
}

static gboolean
take_last_seen (const WeirClickhouseBlock  *block,
                gpointer                    user_data,
                GError                    **error)
{
  GHashTable *last_seen = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      WeirLastSeen seen = { weir_clickhouse_column_get_uint64 (&block->columns[1], i),
                            weir_clickhouse_column_get_int64 (&block->columns[2], i) };

      g_hash_table_insert (
        last_seen,
        GUINT_TO_POINTER ((guint32) weir_clickhouse_column_get_uint64 (&block->columns[0], i)),
        g_memdup2 (&seen, sizeof seen));
    }
  return TRUE;
}

/**
 * weir_clickhouse_find_last_seen:
 * @reader: a reader that has begun
 * @identities: (array length=n_identities): whose newest events to find
 * @n_identities: how many
 * @last_seen: (element-type guint32 WeirLastSeen): what is found is put here; frees its values
 * @error: return location for an error
 *
 * Returns: whether it could be read
 */
gboolean
weir_clickhouse_find_last_seen (WeirReader     *reader,
                                const guint32  *identities,
                                guint           n_identities,
                                GHashTable     *last_seen,
                                GError        **error)
{
  WeirClickhouseClient *client = weir_reader_get_clickhouse (reader, error);
  g_autoptr(GString) sql = g_string_new (
    weir_reader_is_shared (reader)
      ? "SELECT identity, toUInt64(toUnixTimestamp64Micro(max(received))),"
        " toUnixTimestamp64Micro(argMax(time, (received, seq)))"
      : "SELECT identity, max(seq), toUnixTimestamp64Micro(argMax(time, seq))");

  append_whose (sql, reader, identities, n_identities);
  g_string_append (sql, " GROUP BY identity");
  return client != NULL &&
         weir_clickhouse_select (client, sql->str, 3, take_last_seen, last_seen,
                                 weir_reader_get_cancellable (reader), error);
}
