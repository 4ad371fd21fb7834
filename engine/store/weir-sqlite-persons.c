/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-persons.h"

#include <string.h>

#include "weir-clickhouse-scan.h"
#include "weir-csv.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-identity-rules.h"
#include "weir-sqlite.h"
#include "weir-sqlite-questions.h"
#include "weir-sqlite-timeline.h"
#include "weir-time.h"

static sqlite3_stmt *
prepare (sqlite3     *db,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    weir_sqlite_fail (db, "the store", "read", error);
  return statement;
}

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  g_string_append (out, member);
  g_string_append_len (out, text, (gssize) weir_time_format_rfc3339 (micros, text));
}

/* A JSON text as one field of CSV. */
static void
append_csv (GString *out,
            GString *json)
{
  weir_csv_append_text (out, json->str);
  g_string_append_c (out, ',');
}

static gboolean
append_ids (sqlite3  *db,
            guint32   person,
            guint     max,
            GString  *out,
            GError  **error)
{
  sqlite3_stmt *select = prepare (db,
                                  "SELECT distinct_id FROM identity WHERE id = ?1 UNION ALL"
                                  " SELECT distinct_id FROM identity WHERE person_id = ?1"
                                  " AND person_id <> id LIMIT ?2",
                                  error);
  guint n = 0;

  if (select == NULL)
    return FALSE;
  sqlite3_bind_int64 (select, 1, person);
  sqlite3_bind_int64 (select, 2, max);
  g_string_append_c (out, '[');
  while (sqlite3_step (select) == SQLITE_ROW)
    {
      if (n++ > 0)
        g_string_append_c (out, ',');
      weir_json_append_string (out, (const char *) sqlite3_column_text (select, 0),
                               (gsize) sqlite3_column_bytes (select, 0));
    }
  g_string_append_c (out, ']');
  sqlite3_finalize (select);

  return TRUE;
}

static char *
dup_uuid (sqlite3  *db,
          guint32   person)
{
  sqlite3_stmt *select = prepare (db, "SELECT uuid FROM person WHERE id = ?1", NULL);
  char *uuid = NULL;

  sqlite3_bind_int64 (select, 1, person);
  if (sqlite3_step (select) == SQLITE_ROW)
    uuid = g_strdup ((const char *) sqlite3_column_text (select, 0));
  sqlite3_finalize (select);

  return uuid;
}

/* What is known of a person's identities, or is asked for now. */
static gint64
find_last_seen (WeirReader *reader,
                GArray     *identities,
                GHashTable *known,
                gint64      fallback)
{
  g_autoptr(GHashTable) asked = NULL;
  WeirLastSeen newest = { 0, fallback };

  if (known == NULL)
    {
      known = asked = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      weir_clickhouse_find_last_seen (reader, (const guint32 *) (gpointer) identities->data,
                                      identities->len, asked, NULL);
    }
  for (guint i = 0; i < identities->len; i++)
    {
      const WeirLastSeen *seen =
        g_hash_table_lookup (known, GUINT_TO_POINTER (g_array_index (identities, guint32, i)));

      if (seen != NULL && seen->seq > newest.seq)
        newest = *seen;
    }
  return newest.time;
}

/* When the newest event of a person happened; @fallback when none is kept. */
static gint64
get_last_seen (WeirReader *reader,
               const char *uuid,
               GHashTable *known,
               gint64      fallback)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(GArray) identities = weir_sqlite_dup_identities (db, uuid, NULL);
  sqlite3_stmt *select;
  gint64 last_seen = fallback;

  if (identities == NULL || identities->len == 0)
    return fallback;
  if (weir_reader_has_clickhouse (reader))
    return find_last_seen (reader, identities, known, fallback);
  select = prepare (db, "SELECT time FROM event WHERE seq = ?1", NULL);
  if (select != NULL)
    {
      g_autoptr(GArray) seqs = weir_sqlite_timeline_find (
          db, (const guint32 *) (gpointer) identities->data, identities->len, 0, 0, 1, NULL);

      if (seqs != NULL && seqs->len > 0)
        {
          sqlite3_bind_int64 (select, 1, (gint64) g_array_index (seqs, guint64, 0));
          if (sqlite3_step (select) == SQLITE_ROW)
            last_seen = sqlite3_column_int64 (select, 0);
        }
    }
  sqlite3_finalize (select);

  return last_seen;
}

/**
 * weir_sqlite_persons_dup_last_seen:
 * @reader: a reader that has begun
 * @persons: (array length=n_persons): numbers of persons
 * @n_persons: how many
 *
 * Asks ClickHouse once for many persons.
 *
 * Returns: (transfer full) (nullable) (element-type guint32 WeirLastSeen): their newest events, by
 *   identity; %NULL where a file has the events, of which each can be asked
 */
GHashTable *
weir_sqlite_persons_dup_last_seen (WeirReader    *reader,
                                   const guint32 *persons,
                                   guint          n_persons)
{
  g_autoptr(GArray) identities = NULL;
  g_autoptr(GHashTable) last_seen = NULL;

  if (!weir_reader_has_clickhouse (reader) || n_persons == 0)
    return NULL;
  identities = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < n_persons; i++)
    {
      g_autofree char *uuid = dup_uuid (weir_reader_get_db (reader), persons[i]);
      g_autoptr(GArray) some = uuid != NULL
        ? weir_sqlite_dup_identities (weir_reader_get_db (reader), uuid, NULL) : NULL;

      if (some != NULL)
        g_array_append_vals (identities, some->data, some->len);
    }
  last_seen = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  weir_clickhouse_find_last_seen (reader, (const guint32 *) (gpointer) identities->data,
                                  identities->len, last_seen, NULL);
  return g_steal_pointer (&last_seen);
}

/**
 * weir_sqlite_person_find:
 * @db: any connection to the store
 * @id: public id of a person, or a distinct id
 * @is_distinct_id: which of them
 * @error: return location for an error
 *
 * Returns: number of the person, or 0 with %WEIR_ERROR_NOT_FOUND
 */
guint32
weir_sqlite_person_find (sqlite3     *db,
                         const char  *id,
                         gboolean     is_distinct_id,
                         GError     **error)
{
  sqlite3_stmt *select =
      prepare (db,
               is_distinct_id ? "SELECT person_id FROM identity WHERE distinct_id = ?1"
                              : "SELECT id FROM person WHERE uuid = ?1",
               error);
  guint32 person = 0;

  if (select == NULL)
    return 0;
  sqlite3_bind_text (select, 1, id, -1, SQLITE_STATIC);
  if (sqlite3_step (select) == SQLITE_ROW)
    person = (guint32) sqlite3_column_int64 (select, 0);
  else
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such person");
  sqlite3_finalize (select);

  return person;
}

/**
 * weir_sqlite_person_append:
 * @reader: a reader that has begun
 * @person: number of a person
 * @max_ids: list at most so many distinct ids
 * @as_csv: whether as a row of CSV instead of a JSON object
 * @last_seen_of: (nullable) (element-type guint32 WeirLastSeen): what is known already of its
 *   identities, see [func@Weir.sqlite_persons_dup_last_seen]
 * @out: where to append
 * @error: return location for an error
 *
 * Appends what is known of a person.
 *
 * Returns: whether it could be read
 */
gboolean
weir_sqlite_person_append (WeirReader  *reader,
                           guint32      person,
                           guint        max_ids,
                           gboolean     as_csv,
                           GHashTable  *last_seen_of,
                           GString     *out,
                           GError     **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  sqlite3_stmt *select =
      prepare (db,
               "SELECT uuid, first_seen, identified, n_identities, coalesce (properties, '{}')"
               " FROM person WHERE id = ?1",
               error);
  g_autoptr(GString) ids = g_string_new (NULL);
  g_autoptr(GString) properties = g_string_new (NULL);
  gint64 first_seen, last_seen;
  const char *uuid;
  gboolean ok;

  if (select == NULL)
    return FALSE;
  sqlite3_bind_int64 (select, 1, person);
  ok = sqlite3_step (select) == SQLITE_ROW && append_ids (db, person, max_ids, ids, error);
  if (ok)
    {
      uuid = (const char *) sqlite3_column_text (select, 0);
      first_seen = sqlite3_column_int64 (select, 1);
      last_seen = get_last_seen (reader, uuid, last_seen_of, first_seen);
      g_string_append (properties, (const char *) sqlite3_column_text (select, 4));
      g_string_append_printf (out, as_csv ? "%s," : "{\"id\":\"%s\",\"distinct_ids\":", uuid);
      if (as_csv)
        append_csv (out, ids);
      else
        g_string_append_len (out, ids->str, (gssize) ids->len);
      g_string_append_printf (
          out, as_csv ? "%d,%s," : ",\"n_distinct_ids\":%d,\"identified\":%s,\"properties\":",
          sqlite3_column_int (select, 3), sqlite3_column_int (select, 2) ? "true" : "false");
      if (as_csv)
        append_csv (out, properties);
      else
        g_string_append_len (out, properties->str, (gssize) properties->len);
      append_time (out, as_csv ? "" : ",\"first_seen\":\"", first_seen);
      append_time (out, as_csv ? "," : "\",\"last_seen\":\"", last_seen);
      g_string_append (out, as_csv ? "\r\n" : "\"}");
    }
  sqlite3_finalize (select);

  return ok;
}

static int
compare_seqs (gconstpointer a,
              gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Seqs of the edges that concern a person, the refused ones too, in order. */
static GArray *
find_edges (sqlite3     *db,
            const char  *uuid,
            gint64       after,
            GError     **error)
{
  g_autoptr(GArray) identities = weir_sqlite_dup_identities (db, uuid, error);
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *select;
  guint n = 0;

  if (identities == NULL)
    return NULL;
  select = prepare (db,
                    "SELECT seq FROM edge WHERE to_id = ?1 AND seq > ?2"
                    " UNION SELECT seq FROM edge WHERE from_id = ?1 AND seq > ?2",
                    error);
  if (select == NULL)
    return NULL;
  for (guint i = 0; i < identities->len; i++)
    {
      sqlite3_bind_int64 (select, 1, g_array_index (identities, guint32, i));
      sqlite3_bind_int64 (select, 2, after);
      while (sqlite3_step (select) == SQLITE_ROW)
        {
          gint64 seq = sqlite3_column_int64 (select, 0);

          g_array_append_val (seqs, seq);
        }
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);

  g_array_sort (seqs, compare_seqs);
  for (guint i = 0; i < seqs->len; i++)
    if (n == 0 || g_array_index (seqs, gint64, n - 1) != g_array_index (seqs, gint64, i))
      g_array_index (seqs, gint64, n++) = g_array_index (seqs, gint64, i);
  g_array_set_size (seqs, n);

  return g_steal_pointer (&seqs);
}

static void
append_edge_json (sqlite3_stmt *row,
                  GString      *out)
{
  const char *reason = weir_reason_get_name ((WeirReason) sqlite3_column_int (row, 7));

  g_string_append_printf (
      out, "{\"seq\":%" G_GINT64_FORMAT ",\"kind\":\"%s\",\"from\":",
      (gint64) sqlite3_column_int64 (row, 0),
      weir_statement_kind_get_name ((WeirStatementKind) sqlite3_column_int (row, 1)));
  weir_json_append_string (out, (const char *) sqlite3_column_text (row, 2) ?: "", (gsize) -1);
  g_string_append (out, ",\"to\":");
  weir_json_append_string (out, (const char *) sqlite3_column_text (row, 3) ?: "", (gsize) -1);
  g_string_append_printf (out, ",\"event_seq\":%" G_GINT64_FORMAT,
                          (gint64) sqlite3_column_int64 (row, 4));
  append_time (out, ",\"time\":\"", sqlite3_column_int64 (row, 5));
  g_string_append_printf (out, "\",\"verdict\":\"%s\",\"reason\":%s%s%s,\"voided\":%s}",
                          weir_verdict_get_name ((WeirVerdict) sqlite3_column_int (row, 6)),
                          reason != NULL ? "\"" : "", reason != NULL ? reason : "null",
                          reason != NULL ? "\"" : "",
                          sqlite3_column_int (row, 8) ? "true" : "false");
}

static void
append_edge_csv (sqlite3_stmt *row,
                 GString      *out)
{
  g_string_append_printf (
      out, "%" G_GINT64_FORMAT ",%s,", (gint64) sqlite3_column_int64 (row, 0),
      weir_statement_kind_get_name ((WeirStatementKind) sqlite3_column_int (row, 1)));
  weir_csv_append_text (out, (const char *) sqlite3_column_text (row, 2));
  g_string_append_c (out, ',');
  weir_csv_append_text (out, (const char *) sqlite3_column_text (row, 3));
  g_string_append_printf (
      out, ",%" G_GINT64_FORMAT, (gint64) sqlite3_column_int64 (row, 4));
  append_time (out, ",", sqlite3_column_int64 (row, 5));
  g_string_append_printf (
      out, ",%s,%s,%s\r\n", weir_verdict_get_name ((WeirVerdict) sqlite3_column_int (row, 6)),
      weir_reason_get_name ((WeirReason) sqlite3_column_int (row, 7)) ?: "",
      sqlite3_column_int (row, 8) ? "true" : "false");
}

/* Returns how many were appended, or -1. */
static int
append_edges (sqlite3        *db,
              const char     *uuid,
              WeirPersonAsk  *ask,
              gint64         *last,
              GString        *out,
              GError        **error)
{
  g_autoptr(GArray) seqs = find_edges (db, uuid, ask->after, error);
  sqlite3_stmt *select;
  guint n = 0;

  if (seqs == NULL)
    return -1;
  select = prepare (db,
                    "SELECT e.seq, e.kind, coalesce (e.from_text, (SELECT distinct_id FROM identity"
                    "  WHERE id = e.from_id)),"
                    " (SELECT distinct_id FROM identity WHERE id = e.to_id),"
                    " coalesce ((SELECT seq FROM edge_origin WHERE edge = e.seq), e.event_seq),"
                    " e.time, e.verdict, e.reason, e.voided"
                    " FROM edge AS e WHERE e.seq = ?1",
                    error);
  if (select == NULL)
    return -1;
  for (guint i = 0; i < MIN (seqs->len, ask->limit); i++)
    {
      *last = g_array_index (seqs, gint64, i);
      sqlite3_bind_int64 (select, 1, *last);
      if (sqlite3_step (select) == SQLITE_ROW)
        {
          if (n++ > 0 && !ask->wants_csv)
            g_string_append_c (out, ',');
          (ask->wants_csv ? append_edge_csv : append_edge_json) (select, out);
        }
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);

  return (int) (seqs->len - MIN (seqs->len, ask->limit));
}

/**
 * weir_person_ask_new:
 * @id: public id of a person
 *
 * Returns: (transfer full): a question about it
 */
WeirPersonAsk *
weir_person_ask_new (const char *id)
{
  WeirPersonAsk *self = g_new0 (WeirPersonAsk, 1);

  self->id = g_strdup (id);
  self->limit = 100;

  return self;
}

/**
 * weir_person_ask_free:
 * @self: (transfer full): a question
 */
void
weir_person_ask_free (WeirPersonAsk *self)
{
  g_free (self->id);
  g_free (self);
}

/**
 * weir_person_show_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.PersonAsk]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable):
 *   `{id,distinct_ids,n_distinct_ids,identified,properties,first_seen,last_seen}`
 */
GBytes *
weir_person_show_run (WeirReader    *reader,
                      gpointer       question,
                      GCancellable  *cancellable,
                      GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  WeirPersonAsk *ask = question;
  guint32 person = weir_sqlite_person_find (db, ask->id, ask->is_distinct_id, error);
  g_autoptr(GString) out = g_string_new (NULL);

  if (person == 0 || !weir_sqlite_person_append (reader, person, G_MAXINT, FALSE, NULL, out, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * weir_person_edges_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.PersonAsk]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Lists why a person is who it is.
 *
 * Returns: (transfer full) (nullable): `{edges:[…],cursor}` or CSV
 */
GBytes *
weir_person_edges_run (WeirReader    *reader,
                       gpointer       question,
                       GCancellable  *cancellable,
                       GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  WeirPersonAsk *ask = question;
  guint32 person = weir_sqlite_person_find (db, ask->id, FALSE, error);
  g_autoptr(GString) out = g_string_new (NULL);
  gint64 last = 0;
  int n_left;

  if (person == 0)
    return NULL;
  g_string_append (
      out, ask->wants_csv ? "seq,kind,from,to,event_seq,time,verdict,reason,voided\r\n"
                          : "{\"edges\":[");
  n_left = append_edges (db, ask->id, ask, &last, out, error);
  if (n_left < 0)
    return NULL;
  if (!ask->wants_csv && n_left > 0)
    g_string_append_printf (out, "],\"cursor\":%" G_GINT64_FORMAT "}", last);
  else if (!ask->wants_csv)
    g_string_append (out, "],\"cursor\":null}");

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
run_events (WeirReader    *reader,
            WeirPersonAsk *ask,
            GCancellable  *cancellable,
            GError       **error)
{
  WeirEventsQuery query = {
    .person = ask->id,
    .range = { G_MININT64, G_MAXINT64, 0 },
    .before = ask->before,
    .limit = ask->limit,
    .wants_csv = ask->wants_csv,
  };

  return weir_events_query_run (reader, &query, cancellable, error);
}

/**
 * weir_person_events_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.PersonAsk]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the person's events, newest first, as JSON or CSV
 */
GBytes *
weir_person_events_run (WeirReader    *reader,
                        gpointer       question,
                        GCancellable  *cancellable,
                        GError       **error)
{
  WeirPersonAsk *ask = question;

  if (weir_sqlite_person_find (weir_reader_get_db (reader), ask->id, FALSE, error) == 0)
    return NULL;
  return run_events (reader, ask, cancellable, error);
}

/**
 * weir_person_export_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.PersonAsk]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): everything there is of a person, the newest
 *   %WEIR_EXPORT_MAX_EVENTS events at most: `{person,edges,events,complete}`
 */
GBytes *
weir_person_export_run (WeirReader    *reader,
                        gpointer       question,
                        GCancellable  *cancellable,
                        GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  WeirPersonAsk *ask = question;
  guint32 person = weir_sqlite_person_find (db, ask->id, FALSE, error);
  g_autoptr(GString) out = g_string_new ("{\"person\":");
  g_autofree char *uuid = NULL;
  g_autoptr(GBytes) events = NULL;
  g_autoptr(GArray) seqs = NULL;
  g_autoptr(GArray) identities = NULL;
  const char *json, *list;
  gint64 last;
  gsize size;

  if (person == 0 || !weir_sqlite_person_append (reader, person, G_MAXINT, FALSE, NULL, out, error))
    return NULL;
  uuid = dup_uuid (db, person);
  ask->limit = G_MAXINT;
  g_string_append (out, ",\"edges\":[");
  if (append_edges (db, uuid, ask, &last, out, error) < 0)
    return NULL;

  ask->limit = WEIR_EXPORT_MAX_EVENTS;
  events = run_events (reader, ask, cancellable, error);
  identities = weir_sqlite_dup_identities (db, uuid, error);
  if (events == NULL || identities == NULL)
    return NULL;
  seqs = weir_reader_has_clickhouse (reader)
           ? weir_clickhouse_find_events (reader, (const guint32 *) (gpointer) identities->data,
                                          identities->len, WEIR_EXPORT_MAX_EVENTS + 1, error)
           : weir_sqlite_timeline_find (db, (const guint32 *) (gpointer) identities->data,
                                        identities->len, 0, 0, WEIR_EXPORT_MAX_EVENTS + 1, error);
  if (seqs == NULL)
    return NULL;
  json = g_bytes_get_data (events, &size);
  list = memmem (json, size, "\"events\":[", strlen ("\"events\":["));
  g_string_append (out, "],");
  g_string_append_len (out, list, (gssize) (size - (gsize) (list - json)) - 1);
  g_string_append_printf (
      out, ",\"complete\":%s}", seqs->len <= WEIR_EXPORT_MAX_EVENTS ? "true" : "false");

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
