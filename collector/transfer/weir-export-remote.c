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
#include "weir-transfer-client.h"

/*
 * The question `events` answers with the newest first. So the stream is cut into windows of seqs,
 * each small enough to be answered whole, and written from its end to its beginning.
 */

#define LIMIT        10000               /* that a question may have */
#define FIRST_WINDOW 256
#define MAX_WINDOW   1000000             /* half of what a question with a filter looks at */
#define MAX_ANSWER   (64 * 1024 * 1024)  /* more than the largest event */
#define FEW_BYTES    (2 * 1024 * 1024)

/* Where collectors share, the seqs of each begin at a number of its own, shifted by this; windows
 * of one would leave out the others. */
#define SHARED_BITS  42

typedef struct {
  const WeirExportOptions *options;
  WeirExportWriter *writer;
  WeirTransferClient *client;
  WeirEventCodec *codec;
  guint64 as_of;
} Run;

static GBytes *
ask (Run           *run,
     guint64        after,
     guint64        before,
     guint          limit,
     GCancellable  *cancellable,
     GError       **error)
{
  g_autoptr(GString) question = g_string_new (NULL);
  g_autoptr(GBytes) body = NULL;
  guint status;
  GBytes *answer;

  g_string_append_printf (question, "{\"kind\":\"events\",\"limit\":%u", limit);
  if (before > 0)
    g_string_append_printf (question,
                            ",\"after\":%" G_GUINT64_FORMAT ",\"before\":%" G_GUINT64_FORMAT,
                            after, before);
  if (run->options->filter_json != NULL && before > 0)
    g_string_append_printf (question, ",\"filter\":%s", run->options->filter_json);
  g_string_append_c (question, '}');
  body = g_bytes_new (question->str, question->len);
  answer = weir_transfer_client_post (run->client, "/v1/query", "application/json", body,
                                      MAX_ANSWER, &status, cancellable, error);
  if (answer == NULL || status == 200)
    return answer;
  g_bytes_unref (answer);
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "the filter is too large");
  return NULL;
}

static gboolean
fail (Run     *run,
      GError **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "%s does not answer as a collector does", run->options->url);
  return FALSE;
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
  for (guint i = pieces->len; i > 0; i--)
    {
      const WeirJsonPiece *piece = &g_array_index (pieces, WeirJsonPiece, i - 1);
      WeirEvent event;

      if (!weir_event_codec_decode_stored (run->codec, text + piece->offset, piece->length, &event,
                                           error))
        return FALSE;
      drop_additions (&event);
      if (!weir_export_writer_take (run->writer, &event, "", cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Returns whether it went well; @window becomes the next one, and @after moves on if this one was
 * answered whole. */
static gboolean
export_window (Run           *run,
               guint64       *after,
               guint64       *window,
               GCancellable  *cancellable,
               GError       **error)
{
  guint64 before = MIN (*after + *window, run->as_of) + 1;
  g_autoptr(GBytes) answer = ask (run, *after, before, LIMIT, cancellable, error);
  g_autoptr(GArray) pieces = NULL;
  const char *text;
  gsize length;

  if (answer == NULL)
    return FALSE;
  text = g_bytes_get_data (answer, &length);
  if (length < MAX_ANSWER && (pieces = weir_json_split (text, length)) == NULL)
    return fail (run, error);
  if (length >= MAX_ANSWER || (pieces->len >= LIMIT && *window > LIMIT))
    {
      *window /= 2;
      return *window > 0 || fail (run, error);
    }
  if (!write_pieces (run, text, pieces, cancellable, error))
    return FALSE;
  *after = before - 1;
  if (length < FEW_BYTES && pieces->len < LIMIT / 2)
    *window = MIN (*window * 2, MAX_WINDOW);
  else if (length > 4 * FEW_BYTES)
    *window = MAX (*window / 2, 1);
  return TRUE;
}

/* Which moment of the store it is. */
static gboolean
read_as_of (Run           *run,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr(GBytes) answer = ask (run, 0, 0, 1, cancellable, error);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;
  JsonObject *object = NULL;
  const char *text;
  gsize length;

  if (answer == NULL)
    return FALSE;
  text = g_bytes_get_data (answer, &length);
  if (length > 0 && weir_json_load (parser, text, (gssize) length) &&
      (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    object = json_node_get_object (root);
  if (object == NULL || !json_object_has_member (object, "as_of"))
    return fail (run, error);
  run->as_of = (guint64) json_object_get_int_member_with_default (object, "as_of", 0);
  if (run->as_of >> SHARED_BITS == 0)
    return TRUE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                       "this collector shares its events with others; export them from ClickHouse, "
                       "where they are the view “events”");
  return FALSE;
}

/**
 * weir_export_remote_run:
 * @options: what was asked for, with a URL
 * @writer: where the events go
 * @progress: where it is told
 * @cancellable: stops it
 * @error: return location for an error
 *
 * Exports the events of a running collector, up to the last one it has at this moment.
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
  Run run = { options, writer, client, codec, 0 };
  guint64 window = FIRST_WINDOW;
  guint64 after = 0;

  if (client == NULL || !read_as_of (&run, cancellable, error))
    return FALSE;
  while (after < run.as_of)
    {
      if (!export_window (&run, &after, &window, cancellable, error))
        return FALSE;
      weir_transfer_progress_show (progress, weir_export_writer_get_count (writer), after,
                                   run.as_of);
    }
  return TRUE;
}
