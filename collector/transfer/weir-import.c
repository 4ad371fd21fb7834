/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import.h"

#include <stdio.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-codec.h"
#include "weir-json-load.h"
#include "weir-transfer-event.h"

#define MAX_BATCH_BYTES (4 * 1024 * 1024)
#define MAX_ANSWER      (64 * 1024 * 1024)
#define MAX_SHOWN       10

/* Rows of a batch that are not taken cost no room; the state is to be kept now and then anyway. */
#define MAX_BAD_ROWS    10000

typedef struct {
  gsize end;        /* in the body */
  guint64 number;   /* of its row */
} Sent;

struct _WeirImport {
  WeirImportParts parts;
  WeirImportRow row;
  WeirEventCodec *codec;
  WeirEventBuilder *builder;
  GArray *rejections;
  GString *body;
  GArray *events;         /* of the body */
  guint n_bad;            /* of the batch */
  guint limit;            /* events in a request, lower when the collector wants less */
  gboolean is_at_end;
  WeirImportResult result;
};

/**
 * weir_import_new:
 * @parts: what it works with
 *
 * Returns: (transfer full): an import that has not begun
 */
WeirImport *
weir_import_new (const WeirImportParts *parts)
{
  WeirImport *self = g_new0 (WeirImport, 1);

  self->parts = *parts;
  self->row.json = g_string_new (NULL);
  self->codec = weir_event_codec_new ();
  self->builder = weir_event_builder_new ();
  self->rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  self->body = g_string_new (NULL);
  self->events = g_array_new (FALSE, FALSE, sizeof (Sent));
  self->limit = (guint) parts->options->batch;
  return self;
}

/**
 * weir_import_free:
 * @self: (transfer full): an import
 */
void
weir_import_free (WeirImport *self)
{
  weir_import_row_clear (&self->row);
  weir_event_codec_free (self->codec);
  weir_event_builder_free (self->builder);
  g_array_unref (self->rejections);
  g_string_free (self->body, TRUE);
  g_array_unref (self->events);
  g_free (self);
}

static const char *
get_unit (WeirImport *self)
{
  return self->parts.options->format == WEIR_IMPORT_TABLE ? "row" : "line";
}

/* Returns FALSE when that ends the import. */
static gboolean
reject (WeirImport  *self,
        guint64      number,
        const char  *reason,
        const char  *data,
        gsize        length,
        GError     **error)
{
  self->n_bad++;
  self->result.rejected++;
  self->parts.counts.n_rejected++;
  if (self->parts.rejects != NULL)
    weir_import_rejects_add (self->parts.rejects, number, reason, data, length);
  if (!self->parts.options->is_strict)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "%s %" G_GUINT64_FORMAT ": %s",
               get_unit (self), number, reason);
  return FALSE;
}

static void
append (WeirImport           *self,
        const WeirEventBatch *batch)
{
  Sent sent = { 0, self->row.number };
  WeirEventIter iter;
  WeirEvent event;

  weir_event_iter_init (&iter, batch);
  weir_event_iter_next (&iter, &event);
  if (event.text[WEIR_EVENT_ID] == NULL)
    weir_event_set_text (&event, WEIR_EVENT_ID, self->row.made_id, strlen (self->row.made_id));
  weir_transfer_append_event (self->body, &event, NULL);
  sent.end = self->body->len;
  g_array_append_val (self->events, sent);
}

/* By the rules of the collector, so that what it would refuse is not sent. */
static gboolean
take_event (WeirImport  *self,
            GError     **error)
{
  const char *source = self->parts.options->source;
  WeirDecodeContext context = { source != NULL ? source : "", FALSE, 0, 0, 2 };
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autoptr(GError) why = NULL;
  const char *reason;
  gboolean is_read;
  guint n_read = 0;

  g_array_set_size (self->rejections, 0);
  is_read = weir_event_codec_decode (self->codec, self->row.json->str, self->row.json->len,
                                     &context, self->builder, self->rejections, &n_read, &why);
  batch = weir_event_builder_end (self->builder, 0);
  if (is_read && n_read == 1 && self->rejections->len == 0)
    {
      append (self, batch);
      return TRUE;
    }
  reason = !is_read ? why->message
           : self->rejections->len > 0
             ? g_array_index (self->rejections, WeirRejection, 0).message
             : "it is not one event";
  return reject (self, self->row.number, reason, self->row.data, self->row.length, error);
}

static gboolean
is_full (WeirImport *self)
{
  return self->events->len >= (guint) self->parts.options->batch ||
         self->body->len >= MAX_BATCH_BYTES || self->n_bad >= MAX_BAD_ROWS;
}

static gboolean
read_batch (WeirImport    *self,
            GCancellable  *cancellable,
            GError       **error)
{
  g_string_truncate (self->body, 0);
  g_array_set_size (self->events, 0);
  self->n_bad = 0;
  while (!self->is_at_end && !is_full (self))
    {
      gboolean ok = TRUE;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      switch (self->parts.source->next (self->parts.source, &self->row, cancellable, error))
        {
        case WEIR_IMPORT_EVENT:
          self->result.rows++;
          ok = take_event (self, error);
          break;
        case WEIR_IMPORT_BAD_ROW:
          self->result.rows++;
          ok = reject (self, self->row.number, self->row.reason, self->row.data, self->row.length,
                       error);
          break;
        case WEIR_IMPORT_END:
          self->is_at_end = TRUE;
          break;
        case WEIR_IMPORT_FAILED:
        default:
          return FALSE;
        }
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gsize
get_start (WeirImport *self,
           guint       index)
{
  return index > 0 ? g_array_index (self->events, Sent, index - 1).end : 0;
}

/* What the collector did not take after all; its rules may be newer than ours. */
static gboolean
take_refusals (WeirImport  *self,
               JsonArray   *rejected,
               guint        first,
               guint        n_events,
               GError     **error)
{
  for (guint i = 0; i < json_array_get_length (rejected); i++)
    {
      JsonNode *node = json_array_get_element (rejected, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      gint64 index = object != NULL ? json_object_get_int_member_with_default (object, "index", -1)
                                    : -1;
      const char *reason = NULL;
      const Sent *sent;
      gsize start;

      if (index < 0 || index >= n_events)
        continue;
      reason = json_object_get_string_member_with_default (object, "message", NULL);
      sent = &g_array_index (self->events, Sent, first + (guint) index);
      start = get_start (self, first + (guint) index);
      if (!reject (self, sent->number, reason != NULL ? reason : "the collector refused it",
                   self->body->str + start, sent->end - start - 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_answer (WeirImport  *self,
             GBytes      *answer,
             guint        first,
             guint        n_events,
             GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *text = g_bytes_get_data (answer, &length);
  JsonNode *root = length > 0 && weir_json_load (parser, text, (gssize) length)
                     ? json_parser_get_root (parser) : NULL;
  JsonObject *object =
    root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *rejected = object != NULL ? json_object_get_member (object, "rejected") : NULL;
  gint64 accepted, duplicates;

  if (rejected == NULL || !JSON_NODE_HOLDS_ARRAY (rejected))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "%s does not answer as a collector does", self->parts.options->to);
      return FALSE;
    }
  accepted = json_object_get_int_member_with_default (object, "accepted", 0);
  duplicates = json_object_get_int_member_with_default (object, "duplicates", 0);
  self->result.accepted += (guint64) MAX (accepted, 0);
  self->result.duplicates += (guint64) MAX (duplicates, 0);
  self->parts.counts.n_events += (guint64) MAX (accepted, 0) + (guint64) MAX (duplicates, 0);
  return take_refusals (self, json_node_get_array (rejected), first, n_events, error);
}

static gboolean
send_batch (WeirImport    *self,
            GCancellable  *cancellable,
            GError       **error)
{
  for (guint first = 0; first < self->events->len;)
    {
      guint n_events = MIN (self->limit, self->events->len - first);
      gsize start = get_start (self, first);
      g_autoptr(GBytes) body = g_bytes_new_static (self->body->str + start,
                                                   get_start (self, first + n_events) - start);
      g_autoptr(GBytes) answer = NULL;
      guint status;

      answer = weir_transfer_client_post (self->parts.client, "/v1/events", "application/x-ndjson",
                                          body, MAX_ANSWER, &status, cancellable, error);
      if (answer == NULL)
        return FALSE;
      if (status == 413 && n_events > 1)
        {
          self->limit = n_events / 2;
          continue;
        }
      if (status == 413 ? !reject (self, g_array_index (self->events, Sent, first).number,
                                   "the collector does not take a request that large", NULL, 0,
                                   error)
                        : !take_answer (self, answer, first, n_events, error))
        return FALSE;
      first += n_events;
    }
  return TRUE;
}

static void
show (WeirImport *self)
{
  guint64 done, total;

  self->parts.source->get_progress (self->parts.source, &done, &total);
  weir_transfer_progress_show (self->parts.progress,
                               self->result.accepted + self->result.duplicates, done, total);
}

/* Rows first: who has the state has them. */
static gboolean
keep (WeirImport  *self,
      GError     **error)
{
  guint64 size = 0;

  if (self->parts.rejects != NULL)
    {
      if (!weir_import_rejects_flush (self->parts.rejects, error))
        return FALSE;
      size = weir_import_rejects_get_size (self->parts.rejects);
    }
  weir_import_state_mark (self->parts.state, self->parts.source);
  return weir_import_state_save (self->parts.state, &self->parts.counts, size, error);
}

static void
show_events (WeirImport *self)
{
  for (guint i = 0; i < self->events->len && self->result.accepted + i < MAX_SHOWN; i++)
    fwrite (self->body->str + get_start (self, i), 1, get_start (self, i + 1) - get_start (self, i),
            stdout);
  self->result.accepted += self->events->len;
}

/**
 * weir_import_run:
 * @self: an import
 * @result: (out): what it did, also when it failed
 * @cancellable: stops it
 * @error: return location for an error
 *
 * Imports all there is. What was sent when it stopped, in whatever way, and is not in the state,
 * is sent again by the next run with the same message ids, by which the collector knows it.
 *
 * Returns: whether it came to the end
 */
gboolean
weir_import_run (WeirImport        *self,
                 WeirImportResult  *result,
                 GCancellable      *cancellable,
                 GError           **error)
{
  gboolean is_dry_run = self->parts.options->is_dry_run;
  gboolean ok = is_dry_run || keep (self, error);

  while (ok && !self->is_at_end)
    {
      ok = read_batch (self, cancellable, error);
      if (ok && is_dry_run)
        show_events (self);
      else if (ok)
        ok = send_batch (self, cancellable, error) && keep (self, error);
      show (self);
    }
  *result = self->result;
  return ok;
}
