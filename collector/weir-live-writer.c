/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-writer.h"

#include <string.h>

#include "weir-event-json.h"
#include "weir-sse-encoder.h"

/* How often the time is looked at: a filter may be costly, writing an event is not. */
#define EVENTS_PER_CHECK 64

struct _WeirLiveWriter
{
  WeirLiveRing *ring;
  char *epoch;
  WeirEventCodec *codec;    /* for filters that look into properties */
  GString *out;
  GString *json;
  GString *id;
};

static const char *
format_id (WeirLiveWriter *self,
           guint64         seq)
{
  g_string_printf (self->id, "%s-%" G_GUINT64_FORMAT, self->epoch, seq);

  return self->id->str;
}

static void
append_event (WeirLiveWriter     *self,
              const WeirEvent    *event,
              const WeirPersonId *person)
{
  g_string_truncate (self->json, 0);
  weir_event_append_json (event, person, self->epoch, self->json);
  weir_sse_append_message (self->out,
                           "event",
                           format_id (self, event->seq),
                           self->json->str,
                           self->json->len);
}

static gboolean
is_over (WeirLiveWriter    *self,
         const WeirLiveRun *run,
         guint              n_walked)
{
  return self->out->len >= run->max_bytes ||
         ((run->filter != NULL || n_walked % EVENTS_PER_CHECK == 0) &&
          g_get_monotonic_time () >= run->deadline);
}

/* Returns whether to go on with the next entry. */
static gboolean
write_entry (WeirLiveWriter      *self,
             WeirLiveRun         *run,
             const WeirLiveEntry *entry)
{
  WeirEventIter iter;
  WeirEvent event;
  guint n_walked = 0;

  weir_event_iter_init (&iter, entry->batch);
  for (guint i = 0; weir_event_iter_next (&iter, &event); i++)
    {
      if (event.seq <= run->cursor)
        continue;
      if (event.seq > run->until)
        {
          run->cursor = run->until;
          return FALSE;
        }

      if (run->filter == NULL || weir_filter_matches (run->filter, &event, self->codec))
        {
          if (!run->counts_only)
            append_event (self, &event, entry->persons != NULL ? &entry->persons[i] : NULL);
          run->n_events++;
          run->last_seq = event.seq;
        }
      run->cursor = event.seq;
      if (is_over (self, run, ++n_walked))
        return FALSE;
    }

  run->cursor = MAX (run->cursor, weir_event_batch_get_last_seq (entry->batch));

  return TRUE;
}

/**
 * weir_live_writer_new:
 * @ring: what to read; must outlive the writer
 * @epoch: first part of the ids
 *
 * Returns: (transfer full): a writer
 */
WeirLiveWriter *
weir_live_writer_new (WeirLiveRing *ring,
                      const char   *epoch)
{
  WeirLiveWriter *self = g_new0 (WeirLiveWriter, 1);

  self->ring = ring;
  self->epoch = g_strdup (epoch);
  self->codec = weir_event_codec_new ();
  self->out = g_string_new (NULL);
  self->json = g_string_new (NULL);
  self->id = g_string_new (NULL);

  return self;
}

/**
 * weir_live_writer_free:
 * @self: (transfer full): a writer
 *
 * Frees the writer.
 */
void
weir_live_writer_free (WeirLiveWriter *self)
{
  weir_event_codec_free (self->codec);
  g_string_free (self->out, TRUE);
  g_string_free (self->json, TRUE);
  g_string_free (self->id, TRUE);
  g_free (self->epoch);
  g_free (self);
}

/**
 * weir_live_writer_run:
 * @self: a writer
 * @run: what to do; its cursor is moved as far as this got
 *
 * Writes the events after the cursor that pass the filter. When the ring has lost some of them,
 * says so, and goes on after them.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL when there was nothing to write
 */
GBytes *
weir_live_writer_run (WeirLiveWriter *self,
                      WeirLiveRun    *run)
{
  gboolean go_on = TRUE;

  g_string_truncate (self->out, 0);
  run->n_missed = 0;
  run->n_events = 0;
  run->start = run->cursor;

  while (go_on && run->cursor < run->until)
    {
      g_autoptr (WeirLiveEntry) entry = NULL;
      guint64 floor_seq;

      entry = weir_live_ring_get_after (self->ring, run->cursor, &floor_seq);
      if (floor_seq > run->cursor)
        {
          /* What was missed comes before what is written. */
          if (self->out->len > 0)
            break;
          run->n_missed += floor_seq - run->cursor;
          run->cursor = floor_seq;
          run->start = floor_seq;
          continue;
        }

      if (entry != NULL)
        go_on = write_entry (self, run, entry);
      else
        run->cursor = run->until;
    }

  if (self->out->len == 0)
    return NULL;

  return g_bytes_new (self->out->str, self->out->len);
}

/**
 * weir_live_writer_parse_id:
 * @self: a writer
 * @id: (nullable): what a client sent as its last id
 * @seq: (out): the position it means
 *
 * Reads an id. Whether the stream can go on exactly there is for the caller to find out.
 *
 * Returns: %FALSE when it is no id of this epoch
 */
gboolean
weir_live_writer_parse_id (WeirLiveWriter *self,
                           const char     *id,
                           guint64        *seq)
{
  gsize length = strlen (self->epoch);

  return id != NULL && strncmp (id, self->epoch, length) == 0 && id[length] == '-' &&
         g_ascii_string_to_unsigned (id + length + 1, 10, 0, G_MAXUINT64, seq, NULL);
}

/**
 * weir_live_writer_append_id:
 * @self: a writer
 * @seq: a position
 * @out: where to append
 *
 * Appends a block that only says where the stream is.
 */
void
weir_live_writer_append_id (WeirLiveWriter *self,
                            guint64         seq,
                            GString        *out)
{
  weir_sse_append_message (out, NULL, format_id (self, seq), NULL, 0);
}

/**
 * weir_live_writer_append_gap:
 * @self: a writer
 * @seq: the position after what was missed
 * @n_missed: how many events
 * @out: where to append
 *
 * Appends the message that says that events were left out.
 */
void
weir_live_writer_append_gap (WeirLiveWriter *self,
                             guint64         seq,
                             guint64         n_missed,
                             GString        *out)
{
  char data[64];
  int length = g_snprintf (data, sizeof data, "{\"missed\":%" G_GUINT64_FORMAT "}", n_missed);

  weir_sse_append_message (out, "gap", format_id (self, seq), data, length);
}

/**
 * weir_live_writer_append_reset:
 * @self: a writer
 * @seq: where the stream goes on
 * @out: where to append
 *
 * Appends the message that says that the stream cannot go on where the client was.
 */
void
weir_live_writer_append_reset (WeirLiveWriter *self,
                               guint64         seq,
                               GString        *out)
{
  weir_sse_append_message (out, "reset", format_id (self, seq), "{}", 2);
}
