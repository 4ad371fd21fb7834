/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-shared-log.h"

#include <string.h>

#include "weir-clickhouse-erasure.h"
#include "weir-clickhouse-row.h"
#include "weir-clickhouse-schema.h"
#include "weir-clickhouse-select.h"
#include "weir-error.h"

/*
 * The order is (stamp, collector, seq, n), and the stamp is the server's, at the insert. An insert
 * that has begun may still bring entries with stamps from its begin on. So the log is read up to
 * a watermark: before now, and before the begin of every insert into it that still runs. What is
 * below can not change any more, so all collectors read the same, however often they look.
 *
 * That hangs on a clock that does not go back. When it has, nothing is added until it has passed
 * the newest stamp again; the journal keeps what waits. When it goes back in the very moment of an
 * insert, the entries are added once more, and it is said.
 */

#define TIMEOUT_US (150 * G_TIME_SPAN_SECOND)
#define MARGIN_US  (20 * G_TIME_SPAN_MILLISECOND)   /* between two clocks of one server */
#define READ_ROWS  8192
#define N_TRIES    20

#define COLUMNS \
  "collector, seq, n, kind, name, source, time, received, user_id, distinct_id, anonymous_id," \
  " device_id, previous_id, properties, edge, person, other"
#define INSERT "INSERT INTO identity_log (" COLUMNS ") FORMAT RowBinary"
#define SELECT \
  "SELECT toUnixTimestamp64Micro(stamp), CAST(collector AS String), seq, n, kind," \
  " toUnixTimestamp64Micro(time), toUnixTimestamp64Micro(received), edge, CAST(name AS String)," \
  " CAST(source AS String), user_id, distinct_id, anonymous_id, device_id, previous_id," \
  " properties, person, other FROM identity_log"
#define N_COLUMNS 18

struct _WeirSharedLog {
  WeirClickhouseAddress *address;
  char *instance;
  WeirClickhouseClient *client;   /* NULL while it is not known to be usable */
  GByteArray *row;
};

/**
 * weir_shared_log_new:
 * @address: where ClickHouse is
 * @instance: name of the data directory
 *
 * Returns: (transfer full): a log that has not connected yet
 */
WeirSharedLog *
weir_shared_log_new (WeirClickhouseAddress *address,
                     const char            *instance)
{
  WeirSharedLog *self = g_new0 (WeirSharedLog, 1);

  self->address = weir_clickhouse_address_ref (address);
  self->instance = g_strdup (instance);
  self->row = g_byte_array_new ();

  return self;
}

/**
 * weir_shared_log_free:
 * @self: (transfer full): a log
 */
void
weir_shared_log_free (WeirSharedLog *self)
{
  g_clear_object (&self->client);
  g_byte_array_unref (self->row);
  weir_clickhouse_address_unref (self->address);
  g_free (self->instance);
  g_free (self);
}

static gboolean
open_client (WeirSharedLog  *self,
             GCancellable   *cancellable,
             GError        **error)
{
  if (self->client == NULL)
    self->client = weir_clickhouse_schema_connect (self->address, TIMEOUT_US, cancellable, error);
  return self->client != NULL;
}

/* Another server may be there the next time. */
static gboolean
keep_client (WeirSharedLog *self,
             gboolean       ok)
{
  if (!ok)
    g_clear_object (&self->client);
  return ok;
}

static gboolean
take_numbers (const WeirClickhouseBlock  *block,
              gpointer                    user_data,
              GError                    **error)
{
  gint64 *numbers = user_data;

  for (guint i = 0; block->n_rows > 0 && i < block->n_columns; i++)
    numbers[i] = weir_clickhouse_column_get_int64 (&block->columns[i], 0);
  return TRUE;
}

/* The number that this instance has, 0 for none, and the highest that anybody has. */
static gboolean
find_number (WeirSharedLog  *self,
             gint64         *numbers,
             GError        **error)
{
  g_autoptr(GString) sql = g_string_new ("SELECT toInt64(minIf(number, instance = ");

  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append (sql, ")), toInt64(max(number)) FROM collector_number");
  return weir_clickhouse_select (self->client, sql->str, 2, take_numbers, numbers, NULL, error);
}

/* The insert is called after the number. Of inserts that are called the same the table takes the
 * first, so whoever finds another's name under the number afterwards tries the next. */
static gboolean
take_number (WeirSharedLog  *self,
             guint32         number,
             GError        **error)
{
  g_autofree char *id = g_strdup_printf ("weir-number-%u", number);
  WeirClickhouseBatch *batch = weir_clickhouse_batch_new (
    id, "INSERT INTO collector_number (number, instance) FORMAT RowBinary");
  g_autoptr(GArray) refusals = NULL;

  g_byte_array_set_size (self->row, 0);
  weir_clickhouse_row_append (self->row, &number, sizeof number);
  weir_clickhouse_row_append_text (self->row, self->instance, strlen (self->instance));
  weir_clickhouse_batch_add (batch, self->row->data, self->row->len);
  refusals = weir_clickhouse_insert (self->client, batch, NULL, NULL, NULL, error);
  weir_clickhouse_batch_unref (batch);

  return refusals != NULL;
}

/**
 * weir_shared_log_register:
 * @self: a log
 * @max: the highest number there may be
 * @number: (out): a number no other data directory has, from 1 on
 * @error: return location for an error
 *
 * Takes a number for this data directory, or finds out which it has taken before.
 *
 * Returns: whether it has one
 */
gboolean
weir_shared_log_register (WeirSharedLog  *self,
                          guint           max,
                          guint          *number,
                          GError        **error)
{
  if (!open_client (self, NULL, error))
    return FALSE;
  for (guint i = 0; i < N_TRIES; i++)
    {
      gint64 numbers[2] = { 0, 0 };

      if (!find_number (self, numbers, error))
        return FALSE;
      *number = (guint) numbers[0];
      if (*number != 0)
        return TRUE;
      if (numbers[1] >= max)
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                               "no more collectors can share these tables");
          return FALSE;
        }
      if (!take_number (self, (guint32) numbers[1] + 1, error))
        return FALSE;
    }
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                       "ClickHouse: too many collectors take a number at once");
  return FALSE;
}

static gboolean
take_text (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  char **text = user_data;

  if (block->n_rows > 0 && *text == NULL)
    *text = g_strndup (block->columns[0].texts[0], block->columns[0].lengths[0]);
  return TRUE;
}

/**
 * weir_shared_log_find_group:
 * @self: a log
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Finds out who took the first number: that names the tables, to whoever shares them.
 *
 * Returns: (transfer full) (nullable): the name of a data directory, empty when nobody has joined
 */
char *
weir_shared_log_find_group (WeirSharedLog  *self,
                            GCancellable   *cancellable,
                            GError        **error)
{
  g_autofree char *group = NULL;

  if (!open_client (self, cancellable, error) ||
      !keep_client (self,
                    weir_clickhouse_select (self->client,
                                            "SELECT min(instance) FROM collector_number"
                                            " WHERE number = 1",
                                            1, take_text, &group, cancellable, error)))
    return NULL;
  return group != NULL ? g_steal_pointer (&group) : g_strdup ("");
}

/* What a data directory has said. */
typedef struct {
  GHashTable *seqs;
  gint64 added;
} Own;

static gboolean
take_own (const WeirClickhouseBlock  *block,
          gpointer                    user_data,
          GError                    **error)
{
  Own *own = user_data;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 seq = weir_clickhouse_column_get_uint64 (&block->columns[0], i);
      gint64 stamp = weir_clickhouse_column_get_int64 (&block->columns[1], i);

      g_hash_table_add (own->seqs, g_memdup2 (&seq, sizeof seq));
      own->added = MAX (own->added, stamp + 1);
    }
  return TRUE;
}

/**
 * weir_shared_log_find_own:
 * @self: a log
 * @after: only of events after this seq
 * @added: (out): all of it stands before this moment of the server's clock, microseconds since the
 *   epoch; 0 when there is nothing
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Waits until no insert of this data directory runs any more, and asks what it has said.
 *
 * Returns: (transfer full) (nullable) (element-type guint64): seqs of its events in the log
 */
GHashTable *
weir_shared_log_find_own (WeirSharedLog  *self,
                          guint64         after,
                          gint64         *added,
                          GCancellable   *cancellable,
                          GError        **error)
{
  g_autoptr(GHashTable) seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GString) sql = g_string_new ("SELECT seq, toUnixTimestamp64Micro(stamp)"
                                         " FROM identity_log WHERE kind = 0 AND collector = ");
  Own own = { seqs, 0 };

  weir_clickhouse_append_text (sql, self->instance, strlen (self->instance));
  g_string_append_printf (sql, " AND seq > %" G_GUINT64_FORMAT, after);
  if (!open_client (self, cancellable, error) ||
      !keep_client (self,
                    weir_clickhouse_wait_for_inserts (self->client, self->instance, cancellable,
                                                      error) &&
                    weir_clickhouse_select (self->client, sql->str, 2, take_own, &own, cancellable,
                                            error)))
    return NULL;
  *added = own.added;
  return g_steal_pointer (&seqs);
}

/* In the order of COLUMNS. */
static void
make_row (WeirSharedLog         *self,
          const WeirSharedEntry *entry)
{
  static const WeirEventText ids[] = { WEIR_EVENT_USER_ID, WEIR_EVENT_DISTINCT_ID,
                                       WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_DEVICE_ID,
                                       WEIR_EVENT_PREVIOUS_ID, WEIR_EVENT_PROPERTIES };
  const WeirEvent *event = &entry->event;
  guint8 kind = (guint8) entry->kind;
  GByteArray *row = self->row;

  g_byte_array_set_size (row, 0);
  weir_clickhouse_row_append_text (row, self->instance, strlen (self->instance));
  weir_clickhouse_row_append (row, &entry->place.seq, sizeof entry->place.seq);
  weir_clickhouse_row_append (row, &entry->place.n, sizeof entry->place.n);
  weir_clickhouse_row_append (row, &kind, 1);
  weir_clickhouse_row_append_event_text (row, event, WEIR_EVENT_NAME);
  weir_clickhouse_row_append_event_text (row, event, WEIR_EVENT_SOURCE);
  weir_clickhouse_row_append (row, &event->timestamp, sizeof event->timestamp);
  weir_clickhouse_row_append (row, &event->received, sizeof event->received);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    weir_clickhouse_row_append_event_text (row, event, ids[i]);
  weir_clickhouse_row_append (row, &entry->edge, sizeof entry->edge);
  weir_clickhouse_row_append_text (row, entry->person,
                                   entry->person != NULL ? strlen (entry->person) : 0);
  weir_clickhouse_row_append_text (row, entry->other,
                                   entry->other != NULL ? strlen (entry->other) : 0);
}

/* Each attempt may hold other entries than the one before, so it has a name of its own. What was
 * said and not heard is found by asking. */
static WeirClickhouseBatch *
make_batch (WeirSharedLog *self,
            GPtrArray     *entries)
{
  g_autofree char *id = g_strdup_printf ("weir-%s-log-%08x%08x", self->instance, g_random_int (),
                                         g_random_int ());
  WeirClickhouseBatch *batch = weir_clickhouse_batch_new (id, INSERT);

  for (guint i = 0; i < entries->len; i++)
    {
      make_row (self, g_ptr_array_index (entries, i));
      weir_clickhouse_batch_add (batch, self->row->data, self->row->len);
    }
  return batch;
}

static gboolean
read_clock (WeirSharedLog  *self,
            gint64         *now,
            gint64         *newest,
            GCancellable   *cancellable,
            GError        **error)
{
  gint64 numbers[2] = { 0, 0 };

  if (!weir_clickhouse_select (self->client,
                               "SELECT toUnixTimestamp64Micro(now64(6)),"
                               " ifNull((SELECT toUnixTimestamp64Micro(stamp) FROM identity_log"
                               " ORDER BY stamp DESC LIMIT 1), 0)",
                               2, take_numbers, numbers, cancellable, error))
    return FALSE;
  *now = numbers[0];
  *newest = numbers[1];
  return TRUE;
}

/* Whether the server's clock is ahead of all that was said. */
static gboolean
check_clock (WeirSharedLog  *self,
             gint64         *now,
             GCancellable   *cancellable,
             GError        **error)
{
  gint64 newest;

  if (!read_clock (self, now, &newest, cancellable, error))
    return FALSE;
  if (*now > newest)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
               "ClickHouse: its clock was set back, %" G_GINT64_FORMAT " s behind the log of who is"
               " who; nothing is added before it has passed that",
               (newest - *now) / G_USEC_PER_SEC);
  return FALSE;
}

static GArray *
add (WeirSharedLog           *self,
     WeirClickhouseBatch     *batch,
     WeirClickhouseNoteFunc   note,
     gpointer                 note_data,
     GCancellable            *cancellable,
     gint64                  *added,
     GError                 **error)
{
  g_autoptr(GArray) refusals = NULL;
  gint64 before, newest;

  if (!check_clock (self, &before, cancellable, error))
    return NULL;
  refusals = weir_clickhouse_insert (self->client, batch, note, note_data, cancellable, error);
  if (refusals == NULL || !read_clock (self, added, &newest, cancellable, error))
    return NULL;
  if (*added < before)
    {
      g_critical ("ClickHouse's clock was set back while who is who was written; if collectors"
                  " disagree from now on, begin their data directories anew");
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "ClickHouse: its clock was set back");
      return NULL;
    }
  return g_steal_pointer (&refusals);
}

/**
 * weir_shared_log_add:
 * @self: a log
 * @entries: (element-type WeirSharedEntry): what to say
 * @note: (nullable): is told of failures
 * @note_data: for @note
 * @cancellable: (nullable): to give up
 * @added: (out): all of it stands before this moment of the server's clock, microseconds since the
 *   epoch
 * @error: return location for an error
 *
 * Adds entries, as often as it takes while ClickHouse answers at all as one that can be used.
 *
 * Returns: (transfer full) (element-type Weir.ClickhouseRefusal) (nullable): those that are refused
 *   for good, usually none; %NULL on failure, and then some may have been added:
 *   [method@Weir.SharedLog.find_own] knows
 */
GArray *
weir_shared_log_add (WeirSharedLog           *self,
                     GPtrArray               *entries,
                     WeirClickhouseNoteFunc   note,
                     gpointer                 note_data,
                     GCancellable            *cancellable,
                     gint64                  *added,
                     GError                 **error)
{
  WeirClickhouseBatch *batch;
  GArray *refusals;

  if (!open_client (self, cancellable, error))
    return NULL;
  batch = make_batch (self, entries);
  refusals = add (self, batch, note, note_data, cancellable, added, error);
  weir_clickhouse_batch_unref (batch);
  keep_client (self, refusals != NULL);

  return refusals;
}

static gboolean
take_entries (const WeirClickhouseBlock  *block,
              gpointer                    user_data,
              GError                    **error)
{
  static const WeirEventText texts[] = { WEIR_EVENT_NAME, WEIR_EVENT_SOURCE, WEIR_EVENT_USER_ID,
                                         WEIR_EVENT_DISTINCT_ID, WEIR_EVENT_ANONYMOUS_ID,
                                         WEIR_EVENT_DEVICE_ID, WEIR_EVENT_PREVIOUS_ID,
                                         WEIR_EVENT_PROPERTIES };
  const WeirClickhouseColumn *columns = block->columns;

  for (guint i = 0; i < block->n_rows; i++)
    {
      guint64 kind = weir_clickhouse_column_get_uint64 (&columns[4], i);
      WeirSharedEntry *entry;

      if (kind >= WEIR_SHARED_N_KINDS)
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                               "the log of who is who has entries of a newer version of Weir");
          return FALSE;
        }
      entry = weir_shared_entry_new ((WeirSharedKind) kind);
      g_ptr_array_add (user_data, entry);
      entry->place.stamp = weir_clickhouse_column_get_int64 (&columns[0], i);
      entry->place.collector = g_strdup (columns[1].texts[i]);
      entry->place.seq = weir_clickhouse_column_get_uint64 (&columns[2], i);
      entry->place.n = weir_clickhouse_column_get_uint64 (&columns[3], i);
      entry->event.timestamp = weir_clickhouse_column_get_int64 (&columns[5], i);
      entry->event.received = weir_clickhouse_column_get_int64 (&columns[6], i);
      entry->edge = weir_clickhouse_column_get_int64 (&columns[7], i);
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        weir_shared_entry_set_text (entry, texts[j], columns[8 + j].texts[i],
                                    columns[8 + j].lengths[i]);
      entry->person = g_strdup (columns[16].texts[i]);
      entry->other = g_strdup (columns[17].texts[i]);
    }
  return TRUE;
}

static gboolean
find_watermark (WeirSharedLog  *self,
                gint64         *watermark,
                GCancellable   *cancellable,
                GError        **error)
{
  gint64 numbers[2] = { 0, 0 };

  if (!weir_clickhouse_select (self->client,
                               "SELECT toUnixTimestamp64Micro(now64(6)),"
                               " toInt64(ifNull(maxOrNull(elapsed), 0) * 1000000)"
                               " FROM system.processes"
                               " WHERE startsWith(query, 'INSERT INTO identity_log')",
                               2, take_numbers, numbers, cancellable, error))
    return FALSE;
  *watermark = numbers[0] - numbers[1] - MARGIN_US;
  return TRUE;
}

static char *
make_sql (const WeirSharedPlace *place,
          gint64                 watermark)
{
  GString *sql = g_string_new (SELECT);
  const char *collector = place->collector != NULL ? place->collector : "";

  g_string_append_printf (sql, " WHERE stamp >= fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT
                          "), 'UTC') AND stamp < fromUnixTimestamp64Micro(toInt64(%"
                          G_GINT64_FORMAT "), 'UTC') AND (toUnixTimestamp64Micro(stamp),"
                          " CAST(collector AS String), seq, n) > (toInt64(%" G_GINT64_FORMAT "), ",
                          place->stamp, watermark, place->stamp);
  weir_clickhouse_append_text (sql, collector, strlen (collector));
  g_string_append_printf (sql, ", toUInt64(%" G_GUINT64_FORMAT "), toUInt64(%" G_GUINT64_FORMAT
                          ")) ORDER BY stamp, CAST(collector AS String), seq, n LIMIT %d",
                          place->seq, place->n, READ_ROWS);
  return g_string_free (sql, FALSE);
}

/**
 * weir_shared_log_read:
 * @self: a log
 * @place: what comes behind this
 * @until: (out): everything before this moment of the server's clock is read, when the answer has
 *   been applied; 0 when there is more to be read first
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Reads what follows and does not change any more.
 *
 * Returns: (transfer full) (nullable) (element-type WeirSharedEntry): entries, in the log's order
 */
GPtrArray *
weir_shared_log_read (WeirSharedLog          *self,
                      const WeirSharedPlace  *place,
                      gint64                 *until,
                      GCancellable           *cancellable,
                      GError                **error)
{
  g_autoptr(GPtrArray) entries =
    g_ptr_array_new_with_free_func ((GDestroyNotify) weir_shared_entry_free);
  g_autofree char *sql = NULL;
  gint64 watermark;
  gboolean ok;

  *until = 0;
  if (!open_client (self, cancellable, error))
    return NULL;
  ok = find_watermark (self, &watermark, cancellable, error);
  if (ok)
    {
      sql = make_sql (place, watermark);
      ok = weir_clickhouse_select (self->client, sql, N_COLUMNS, take_entries, entries,
                                   cancellable, error);
    }
  if (!keep_client (self, ok))
    return NULL;
  if (entries->len < READ_ROWS)
    *until = watermark;
  return g_steal_pointer (&entries);
}

/**
 * weir_shared_log_erase:
 * @self: a log
 * @identities: (element-type guint32): numbers of somebody who was deleted
 * @ids: (element-type utf8): their texts
 * @stamp: where in the log the deletion stands
 * @n_before: (out): how many events they had
 * @n_after: (out): how many they have now
 * @error: return location for an error
 *
 * Deletes events of all collectors, takes the ids out of the events of others, and out of the log
 * what was set of the person. The ids stay in the log: who begins later numbers by them.
 *
 * Returns: whether it was done
 */
gboolean
weir_shared_log_erase (WeirSharedLog  *self,
                       GArray         *identities,
                       GPtrArray      *ids,
                       gint64          stamp,
                       guint64        *n_before,
                       guint64        *n_after,
                       GError        **error)
{
  return open_client (self, NULL, error) &&
         keep_client (self,
                      weir_clickhouse_count_events (self->client, NULL, identities, n_before,
                                                    error) &&
                      weir_clickhouse_erase_events (self->client, NULL, identities, ids, error) &&
                      weir_clickhouse_erase_properties (self->client, ids, stamp, error) &&
                      weir_clickhouse_count_events (self->client, NULL, identities, n_after,
                                                    error));
}
