/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-export.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-error.h"
#include "weir-json-load.h"
#include "weir-json-split.h"
#include "weir-sqlite-shared.h"
#include "weir-time.h"
#include "weir-transfer-client.h"

/*
 * Events come a page at a time, the oldest first. Where collectors share their tables seqs have no
 * order among each other: there events are in the order of receipt, and of seq where that is equal.
 *
 * What is asked for is what stands behind an event. When that one is deleted meanwhile, the
 * collector begins a little before it; so it is looked at what was written already.
 */

#define FIRST_LIMIT 256
#define MAX_LIMIT   10000               /* that a question may have */
#define MAX_ANSWER  (64 * 1024 * 1024)  /* more than the largest event */
#define FEW_BYTES   (2 * 1024 * 1024)

/* Where an event stands. */
typedef struct {
  gint64 received;   /* 0 where nothing is shared */
  guint64 seq;
} Place;

typedef struct {
  const WeirExportOptions *options;
  WeirExportWriter *writer;
  WeirTransferClient *client;
  WeirEventCodec *codec;
  gboolean is_shared;
  guint64 after;     /* what was asked for up to there */
  Place last;        /* the last event that was looked at */
  Place end;         /* the last one there was at the beginning */
  gint64 begin;      /* of progress */
} Run;

static GBytes *
post (Run           *run,
      const GString *question,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr(GBytes) body = g_bytes_new (question->str, question->len);
  guint status;
  GBytes *answer = weir_transfer_client_post (run->client, "/v1/query", "application/json", body,
                                              MAX_ANSWER, &status, cancellable, error);

  if (answer == NULL || status == 200)
    return answer;
  g_bytes_unref (answer);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "the filter is too large");
  return NULL;
}

static GBytes *
ask_page (Run           *run,
          guint          limit,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GString) question = g_string_new (NULL);

  g_string_append_printf (question,
                          "{\"kind\":\"events\",\"order\":\"oldest\",\"limit\":%u,\"after\":%"
                          G_GUINT64_FORMAT, limit, run->after);
  if (run->options->filter_json != NULL)
    g_string_append_printf (question, ",\"filter\":%s", run->options->filter_json);
  g_string_append_c (question, '}');
  return post (run, question, cancellable, error);
}

static gboolean
fail (Run     *run,
      GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "%s does not answer as a collector does", run->options->url);
  return FALSE;
}

static Place
get_place (const Run *run,
           gint64     received,
           guint64    seq)
{
  return (Place) { run->is_shared ? received : 0, seq };
}

static gboolean
is_behind (const Place *place,
           const Place *other)
{
  return place->received != other->received ? place->received > other->received
                                            : place->seq > other->seq;
}

/* What an answer says though an event does not: no properties; and its distinct id is the id that
 * an event counts under, which it mostly has by another name too. */
static void
drop_additions (WeirEvent *event)
{
  static const WeirEventText others[] = { WEIR_EVENT_USER_ID, WEIR_EVENT_ANONYMOUS_ID,
                                          WEIR_EVENT_DEVICE_ID };
  const char *id = event->text[WEIR_EVENT_DISTINCT_ID];
  gsize length = event->length[WEIR_EVENT_DISTINCT_ID];

  if (event->length[WEIR_EVENT_PROPERTIES] == strlen ("{}"))
    weir_event_set_text (event, WEIR_EVENT_PROPERTIES, NULL, 0);
  for (guint i = 0; id != NULL && i < G_N_ELEMENTS (others); i++)
    if (event->text[others[i]] != NULL && event->length[others[i]] == length &&
        memcmp (event->text[others[i]], id, length) == 0)
      {
        weir_event_set_text (event, WEIR_EVENT_DISTINCT_ID, NULL, 0);
        return;
      }
}

static gboolean
write_pieces (Run           *run,
              const char    *text,
              GArray        *pieces,
              GCancellable  *cancellable,
              GError       **error)
{
  Place before = { 0, 0 };

  for (guint i = 0; i < pieces->len; i++)
    {
      const WeirJsonPiece *piece = &g_array_index (pieces, WeirJsonPiece, i);
      WeirEvent event;
      Place place;

      if (!weir_event_codec_decode_stored (run->codec, text + piece->offset, piece->length, &event,
                                           error))
        return FALSE;
      place = get_place (run, event.received, event.seq);
      if (!is_behind (&place, &before))
        return fail (run, error);   /* that is another order */
      before = place;
      if (!is_behind (&place, &run->last))
        continue;
      if (is_behind (&place, &run->end))
        return TRUE;
      drop_additions (&event);
      if (!weir_export_writer_take (run->writer, &event, "", cancellable, error))
        return FALSE;
      run->last = place;
    }
  return TRUE;
}

/* Reads an object of which a part is left out. */
static JsonObject *
load_object (JsonParser *parser,
             const char *text,
             gsize       length)
{
  JsonNode *root = length > 0 && weir_json_load (parser, text, (gssize) length)
                     ? json_parser_get_root (parser) : NULL;

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static gboolean
read_place (Run        *run,
            JsonObject *object,
            const char *seq,
            const char *received,
            Place      *place)
{
  const char *text = json_object_get_string_member_with_default (object, received, NULL);
  gint64 time = 0;

  if (run->is_shared &&
      (text == NULL || !weir_time_parse_rfc3339 (text, strlen (text), &time)))
    return FALSE;
  *place = get_place (run, time,
                      (guint64) json_object_get_int_member_with_default (object, seq, 0));
  return place->seq > 0;
}

/* What follows the events says up to where was looked. Returns whether there may be more. */
static gboolean
move_on (Run        *run,
         const char *text,
         gsize       length,
         GArray     *pieces,
         gboolean   *is_done)
{
  const WeirJsonPiece *last =
    pieces->len > 0 ? &g_array_index (pieces, WeirJsonPiece, pieces->len - 1) : NULL;
  gsize from = last != NULL ? last->offset + last->length : 0;
  const char *tail = memmem (text + from, length - from, "],\"", 3);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *json = NULL;
  JsonObject *object;
  Place place;

  if (tail == NULL)
    return FALSE;
  json = g_strdup_printf ("{%.*s", (int) (text + length - tail - 2), tail + 2);
  object = load_object (parser, json, strlen (json));
  if (object == NULL || !json_object_has_member (object, "scanned_received"))
    return FALSE;
  *is_done = json_object_get_int_member_with_default (object, "scanned_until", 0) == 0;
  if (*is_done)
    return TRUE;
  if (!read_place (run, object, "scanned_until", "scanned_received", &place))
    return FALSE;
  run->after = place.seq;
  if (is_behind (&place, &run->last))
    run->last = place;
  *is_done = !is_behind (&run->end, &place);
  return TRUE;
}

/* Returns whether it went well; @limit becomes that of the next page. */
static gboolean
export_page (Run           *run,
             guint         *limit,
             gboolean      *is_done,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GBytes) answer = ask_page (run, *limit, cancellable, error);
  g_autoptr(GArray) pieces = NULL;
  const char *text;
  gsize length;

  if (answer == NULL)
    return FALSE;
  text = g_bytes_get_data (answer, &length);
  if (length >= MAX_ANSWER)
    {
      *limit /= 2;
      return *limit > 0 || fail (run, error);
    }
  pieces = weir_json_split (text, length);
  if (pieces == NULL)
    return fail (run, error);
  if (!write_pieces (run, text, pieces, cancellable, error))
    return FALSE;
  if (!move_on (run, text, length, pieces, is_done))
    return fail (run, error);
  if (length < FEW_BYTES)
    *limit = MIN (*limit * 2, MAX_LIMIT);
  else if (length > 4 * FEW_BYTES)
    *limit = MAX (*limit / 2, 1);
  return TRUE;
}

/* Which moment of the store it is: the newest event there is. */
static gboolean
find_end (Run           *run,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GString) question = g_string_new ("{\"kind\":\"events\",\"limit\":1}");
  g_autoptr(GBytes) answer = post (run, question, cancellable, error);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *events;
  JsonArray *array;
  JsonObject *object;
  const char *text;
  gsize length;

  if (answer == NULL)
    return FALSE;
  text = g_bytes_get_data (answer, &length);
  object = load_object (parser, text, length);
  events = object != NULL ? json_object_get_member (object, "events") : NULL;
  if (events == NULL || !JSON_NODE_HOLDS_ARRAY (events) ||
      !json_object_has_member (object, "as_of"))
    return fail (run, error);
  run->is_shared =
    json_object_get_int_member_with_default (object, "as_of", 0) >> WEIR_SHARED_SEQ_BITS != 0;
  array = json_node_get_array (events);
  if (json_array_get_length (array) == 0)
    return TRUE;
  events = json_array_get_element (array, 0);
  return (JSON_NODE_HOLDS_OBJECT (events) &&
          read_place (run, json_node_get_object (events), "seq", "received", &run->end)) ||
         fail (run, error);
}

static void
show (Run                  *run,
      WeirTransferProgress *progress)
{
  guint64 n_events = weir_export_writer_get_count (run->writer);

  if (!run->is_shared)
    {
      weir_transfer_progress_show (progress, n_events, run->last.seq, run->end.seq);
      return;
    }
  if (run->begin == 0)
    run->begin = run->last.received;
  weir_transfer_progress_show (progress, n_events, (guint64) (run->last.received - run->begin),
                               (guint64) MAX (run->end.received - run->begin, 1));
}

/**
 * weir_export_remote_run:
 * @options: what was asked for, with a URL
 * @writer: where the events go
 * @progress: where it is told
 * @cancellable: stops it
 * @error: return location for an error
 *
 * Exports the events of a running collector, or of all that share them, up to the last one it knows
 * at this moment.
 *
 * Returns: whether all were written
 */
gboolean
weir_export_remote_run (const WeirExportOptions  *options,
                        WeirExportWriter         *writer,
                        WeirTransferProgress     *progress,
                        GCancellable             *cancellable,
                        GError                  **error)
{
  g_autoptr(WeirTransferClient) client =
    weir_transfer_client_new (options->url, options->token, options->patience, progress, error);
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  Run run = { options, writer, client, codec, .after = options->after };
  guint limit = FIRST_LIMIT;
  gboolean is_done;

  if (client == NULL || !find_end (&run, cancellable, error))
    return FALSE;
  is_done = run.end.seq == 0;
  while (!is_done)
    {
      if (!export_page (&run, &limit, &is_done, cancellable, error))
        return FALSE;
      show (&run, progress);
    }
  return TRUE;
}
