/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-questions.h"

#include "weir-error.h"
#include "weir-event-csv.h"
#include "weir-event-json.h"
#include "weir-question-json.h"
#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"
#include "weir-sqlite-timeline.h"
#include "weir-time.h"

/* An events query with a filter stops looking after this many rows; the answer says how far it
 * came. */
#define MAX_SCANNED 2000000

/* With the oldest first somebody wants all of them, a piece after the other. */
#define MAX_SCANNED_OLDEST 500000

/* So many of a person's events are looked up at once. */
#define PERSON_EVENTS 256

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

static GBytes *
take_string (GString **out)
{
  return g_string_free_to_bytes (g_steal_pointer (out));
}

/* The same rows for the totals and for the paths: views of one site on one day, found along the
 * index. */
#define SITE_VIEWS \
  " FROM event WHERE name_id = (SELECT id FROM event_name WHERE name = 'page_view')" \
  " AND time >= ?1 AND time < ?2 AND properties ->> '$.site_id' = ?3"

static sqlite3_stmt *
prepare_site (sqlite3               *db,
              const char            *sql,
              const WeirSiteReport  *report,
              GError               **error)
{
  sqlite3_stmt *statement = prepare (db, sql, error);

  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, report->from);
      sqlite3_bind_int64 (statement, 2, report->until);
      sqlite3_bind_text (statement, 3, report->site_id, -1, SQLITE_STATIC);
    }
  return statement;
}

static gboolean
append_totals (sqlite3               *db,
               const WeirSiteReport  *report,
               GString               *out,
               GError               **error)
{
  sqlite3_stmt *statement;
  gboolean ok;

  /* A visitor without a user id is no user: anonymous ids are not counted. */
  statement = prepare_site (db,
                            "SELECT count (*), count (DISTINCT CASE WHEN flags >> 1 & 3 <> 2 THEN "
                            "identity_id END)" SITE_VIEWS,
                            report,
                            error);
  if (statement == NULL)
    return FALSE;
  ok = sqlite3_step (statement) == SQLITE_ROW || weir_sqlite_fail (db, "the store", "read", error);
  if (ok)
    g_string_append_printf (out,
                            ",\"total_views\":%" G_GINT64_FORMAT
                            ",\"unique_users\":%" G_GINT64_FORMAT,
                            (gint64) sqlite3_column_int64 (statement, 0),
                            (gint64) sqlite3_column_int64 (statement, 1));
  sqlite3_finalize (statement);

  return ok;
}

static gboolean
append_paths (sqlite3               *db,
              const WeirSiteReport  *report,
              GString               *out,
              GError               **error)
{
  sqlite3_stmt *statement;
  guint n_paths = 0;
  int code;

  statement =
      prepare_site (db,
                    "SELECT properties ->> '$.path' AS path, count (*) AS views" SITE_VIEWS
                    " AND path IS NOT NULL GROUP BY path ORDER BY views DESC, path LIMIT 10",
                    report,
                    error);
  if (statement == NULL)
    return FALSE;
  g_string_append (out, ",\"top_paths\":[");
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      g_string_append (out, n_paths++ > 0 ? ",{\"path\":" : "{\"path\":");
      weir_json_append_string (out, (const char *) sqlite3_column_text (statement, 0),
                               (gsize) sqlite3_column_bytes (statement, 0));
      g_string_append_printf (
          out, ",\"views\":%" G_GINT64_FORMAT "}", (gint64) sqlite3_column_int64 (statement, 1));
    }
  g_string_append_c (out, ']');
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (statement);

  return code == SQLITE_DONE;
}

/**
 * weir_site_report_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.SiteReport]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable):
 * `{site_id,date,total_views,unique_users,top_paths:[{path,views}]}`
 */
GBytes *
weir_site_report_run (WeirReader    *reader,
                      gpointer       question,
                      GCancellable  *cancellable,
                      GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  const WeirSiteReport *report = question;
  g_autoptr(GString) out = g_string_new ("{\"site_id\":");

  weir_json_append_string (out, report->site_id, -1);
  g_string_append_printf (out, ",\"date\":\"%s\"", report->date);
  if (!append_totals (db, report, out, error) || !append_paths (db, report, out, error))
    return NULL;
  g_string_append_c (out, '}');

  return take_string (&out);
}

static void
read_text (sqlite3_stmt  *statement,
           int            column,
           WeirEvent     *event,
           WeirEventText  which)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  weir_event_set_text (event, which, text, (gsize) sqlite3_column_bytes (statement, column));
}

#define EVENTS(whose, order) \
  "SELECT e.seq, e.time, e.received, e.flags, e.value, e.duration, n.name, s.name," \
  " i.distinct_id, p.uuid," \
  " e.message_id, e.session_id, e.properties, e.other_ids ->> 'distinct_id'," \
  " e.other_ids ->> 'anonymous_id', e.other_ids ->> 'device_id', e.other_ids ->> 'previous_id'," \
  " CASE WHEN ?5 THEN p.properties END" \
  " FROM event AS e CROSS JOIN event_name AS n ON n.id = e.name_id" \
  " CROSS JOIN source AS s ON s.id = e.source_id CROSS JOIN identity AS i ON i.id = e.identity_id" \
  " CROSS JOIN person AS p ON p.id = i.person_id" \
  " WHERE e.seq > ?1 AND e.seq < ?2 AND e.time >= ?3" whose " ORDER BY e.seq" order

static const char events_sql[] = EVENTS ("", " DESC");
static const char oldest_sql[] = EVENTS ("", "");

/* Where the events are in ClickHouse their table finds them by a list of identities. */
static const char person_sql[] = EVENTS (" AND e.identities = ?4", " DESC");

static void
read_event (sqlite3_stmt *statement,
            WeirEvent    *event)
{
  gint64 flags = sqlite3_column_int64 (statement, 3);

  weir_event_init (event);
  event->seq = (guint64) sqlite3_column_int64 (statement, 0);
  event->timestamp = sqlite3_column_int64 (statement, 1);
  event->received = sqlite3_column_int64 (statement, 2);
  if (flags & WEIR_SCHEMA_FLAG_ERROR)
    event->flags = WEIR_EVENT_IS_ERROR;
  if (sqlite3_column_type (statement, 4) != SQLITE_NULL)
    event->value = sqlite3_column_double (statement, 4);
  if (sqlite3_column_type (statement, 5) != SQLITE_NULL)
    event->duration = sqlite3_column_double (statement, 5);
  read_text (statement, 6, event, WEIR_EVENT_NAME);
  read_text (statement, 7, event, WEIR_EVENT_SOURCE);
  read_text (statement, 9, event, WEIR_EVENT_PERSON);
  read_text (statement, 10, event, WEIR_EVENT_ID);
  read_text (statement, 11, event, WEIR_EVENT_SESSION_ID);
  read_text (statement, 12, event, WEIR_EVENT_PROPERTIES);
  read_text (statement, 13, event, WEIR_EVENT_DISTINCT_ID);
  read_text (statement, 14, event, WEIR_EVENT_ANONYMOUS_ID);
  read_text (statement, 15, event, WEIR_EVENT_DEVICE_ID);
  read_text (statement, 16, event, WEIR_EVENT_PREVIOUS_ID);
  read_text (statement, 8, event,
             (WeirEventText) (WEIR_EVENT_USER_ID + (flags >> WEIR_SCHEMA_IDENTITY_SHIFT & 3)));
}

typedef struct {
  const WeirEventsQuery *query;
  WeirEventCodec *codec;
  WeirEventCodec *person_codec;   /* when the filter asks for properties of persons */
  char *instance;
  GString *out;
  gint64 kept_since;
  gint64 from;
  gint64 until;
  guint n_events;
  guint n_scanned;
  guint64 last_scanned;
  gint64 last_received;
} EventsRun;

static gboolean
is_full (const EventsRun *run)
{
  return run->n_events >= run->query->limit ||
         run->n_scanned >= (run->query->is_oldest_first ? MAX_SCANNED_OLDEST : MAX_SCANNED);
}

static gboolean
is_wanted (const EventsRun *run,
           const WeirEvent *event,
           sqlite3_stmt    *statement)
{
  const char *properties;

  if (event->timestamp < run->from || event->timestamp >= run->until)
    return FALSE;
  if (run->query->filter == NULL || run->person_codec == NULL)
    return run->query->filter == NULL ||
           weir_filter_matches (run->query->filter, event, run->codec);
  properties = (const char *) sqlite3_column_text (statement, 17);

  return weir_filter_matches_person (run->query->filter, event, run->codec, properties,
                                     (gsize) sqlite3_column_bytes (statement, 17),
                                     run->person_codec);
}

static void
write_event (EventsRun       *run,
             const WeirEvent *event)
{
  WeirPersonId person = { 0 };

  weir_person_id_parse (&person, event->text[WEIR_EVENT_PERSON]);
  if (run->query->wants_csv)
    {
      weir_event_append_csv (event, &person, run->instance, run->out);
      return;
    }
  if (run->n_events > 0)
    g_string_append_c (run->out, ',');
  weir_event_append_json (event, &person, run->instance, run->out);
}

/* Returns whether to go on. */
static gboolean
append_event (EventsRun    *run,
              sqlite3_stmt *statement)
{
  WeirEvent event;

  read_event (statement, &event);
  run->last_scanned = event.seq;
  run->last_received = event.received;
  run->n_scanned++;
  if (is_wanted (run, &event, statement))
    {
      write_event (run, &event);
      run->n_events++;
    }

  return !is_full (run);
}

static char *
dup_instance (sqlite3 *db)
{
  sqlite3_stmt *statement = prepare (db, "SELECT instance FROM state", NULL);
  char *instance = NULL;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    instance = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);

  return instance != NULL ? instance : g_strdup ("");
}

/* The events between two seqs, in the order of the statement, while there is room in the answer. */
static gboolean
scan_events (sqlite3_stmt *select,
             EventsRun    *run,
             guint64       after,
             guint64       before,
             GError      **error)
{
  int code = SQLITE_ROW;

  sqlite3_bind_int64 (select, 1, (gint64) after);
  sqlite3_bind_int64 (select, 2, (gint64) before);
  sqlite3_bind_int64 (select, 3, run->kept_since);
  sqlite3_bind_int (select, 5, run->person_codec != NULL);
  while (code == SQLITE_ROW && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      if (!append_event (run, select))
        break;
    }
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    weir_sqlite_fail (sqlite3_db_handle (select), "the store", "read", error);
  sqlite3_reset (select);

  return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* One by one where the timeline says they are. */
static gboolean
scan_person (sqlite3       *db,
             sqlite3_stmt  *select,
             EventsRun     *run,
             guint64        before,
             GError       **error)
{
  g_autoptr(GArray) identities = weir_sqlite_dup_identities (db, run->query->person, error);

  while (identities != NULL && identities->len > 0 && !is_full (run))
    {
      g_autoptr(GArray) seqs =
          weir_sqlite_timeline_find (db, (const guint32 *) identities->data, identities->len,
                                     run->query->after, before, PERSON_EVENTS, error);

      if (seqs == NULL)
        return FALSE;
      for (guint i = 0; i < seqs->len && !is_full (run); i++)
        {
          before = g_array_index (seqs, guint64, i);
          if (!scan_events (select, run, before - 1, before + 1, error))
            return FALSE;
        }
      if (seqs->len < PERSON_EVENTS)
        break;
    }

  return identities != NULL;
}

static gboolean
scan_person_elsewhere (sqlite3    *db,
                       EventsRun  *run,
                       guint64     before,
                       GError    **error)
{
  g_autoptr(GArray) identities = weir_sqlite_dup_identities (db, run->query->person, error);
  g_autoptr(GString) list = g_string_new ("0");
  sqlite3_stmt *select;
  gboolean ok;

  if (identities == NULL || (select = prepare (db, person_sql, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < identities->len; i++)
    g_string_append_printf (list, ",%u", g_array_index (identities, guint32, i));
  sqlite3_bind_text (select, 4, list->str, -1, SQLITE_STATIC);
  ok = scan_events (select, run, run->query->after, before, error);
  sqlite3_finalize (select);

  return ok;
}

static gboolean
run_events (WeirReader  *reader,
            EventsRun   *run,
            GError     **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  sqlite3_stmt *select = prepare (db, run->query->is_oldest_first ? oldest_sql : events_sql, error);
  guint64 before =
      run->query->before > 0 ? MIN (run->query->before, (guint64) G_MAXINT64) : G_MAXINT64;
  gboolean ok;

  if (select == NULL)
    return FALSE;
  if (run->query->limit == 0)
    ok = TRUE;
  else if (run->query->person != NULL && weir_reader_has_clickhouse (reader))
    ok = scan_person_elsewhere (db, run, before, error);
  else if (run->query->person != NULL)
    ok = scan_person (db, select, run, before, error);
  else
    ok = scan_events (select, run, run->query->after, before, error);
  sqlite3_finalize (select);

  return ok;
}

static void
append_received (EventsRun *run)
{
  char received[WEIR_TIME_TEXT_SIZE];

  if (!run->query->is_oldest_first)
    return;
  g_string_append (run->out, ",\"scanned_received\":");
  if (run->last_scanned == 0)
    {
      g_string_append (run->out, "null");
      return;
    }
  weir_time_format_rfc3339 (run->last_received, received);
  g_string_append_printf (run->out, "\"%s\"", received);
}

/**
 * weir_events_query_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.EventsQuery]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Lists events. The answer's `scanned_until` is the seq up to which was looked: a `before` to go on
 * from, with the oldest first an `after`.
 *
 * Returns: (transfer full) (nullable): `{kind,as_of,elapsed_ms,events:[…],scanned_until}`, with the
 *   oldest first also `scanned_received`: when that event was received; or the events as CSV
 */
GBytes *
weir_events_query_run (WeirReader    *reader,
                       gpointer       question,
                       GCancellable  *cancellable,
                       GError       **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autofree char *instance = dup_instance (db);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(WeirEventCodec) person_codec = NULL;
  EventsRun run = {
    .query = question,
    .codec = codec,
    .instance = instance,
    .out = out,
    .kept_since = weir_reader_get_kept_since (reader),
  };
  gint64 start = g_get_monotonic_time ();

  if (run.query->filter != NULL &&
      (weir_filter_get_uses (run.query->filter) & WEIR_FILTER_USES_PERSON) != 0)
    run.person_codec = person_codec = weir_event_codec_new ();
  weir_range_resolve (&run.query->range, g_get_real_time (), &run.from, &run.until);
  if (run.query->wants_csv)
    g_string_append (out, WEIR_EVENT_CSV_HEADER);
  else
    g_string_append_printf (out,
                            "{\"kind\":\"events\",\"as_of\":%" G_GINT64_FORMAT ",\"events\":[",
                            (gint64) weir_reader_get_as_of (reader));
  if (!run_events (reader, &run, error))
    return NULL;
  if (run.query->wants_csv)
    return take_string (&out);
  g_string_append_printf (out, "],\"scanned_until\":%" G_GUINT64_FORMAT, run.last_scanned);
  append_received (&run);
  g_string_append_printf (out, ",\"elapsed_ms\":%.1f}",
                          (double) (g_get_monotonic_time () - start) / 1000);

  return take_string (&out);
}
