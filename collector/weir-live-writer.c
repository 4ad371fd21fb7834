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
  char run[9];              /* names the process, in ids of events that are live only */
  WeirEventCodec *codec;    /* for filters that look into properties */
  GString *out;
  GString *json;
  GString *id;
};

/* `EPOCH-SEQ` for ever means the place after an event of this collector. Behind events of others it
 * is told which process counted them, and how many there were. */
static const char *
format_place (WeirLiveWriter *self,
              guint64         seq,
              gboolean        is_own,
              guint64         n_foreign)
{
  g_string_printf (self->id, "%s-%" G_GUINT64_FORMAT, self->epoch, seq);
  if (!is_own)
    g_string_append_printf (self->id, ".%s.%" G_GUINT64_FORMAT, self->run, n_foreign);

  return self->id->str;
}

static const char *
format_id (WeirLiveWriter *self,
           guint64         position)
{
  gboolean is_own;
  guint64 seq = weir_live_ring_get_own_seq (self->ring, position, &is_own);

  return format_place (self, seq, is_own, position - seq);
}

static void
append_event (WeirLiveWriter      *self,
              const WeirLiveEntry *entry,
              const WeirEvent     *event,
              const WeirPersonId  *person)
{
  gboolean is_own = entry->origin == NULL;
  guint64 seq = is_own ? event->seq : entry->own_seq;

  g_string_truncate (self->json, 0);
  if (is_own)
    weir_event_append_json (event, person, self->epoch, self->json);
  else
    weir_event_append_foreign_json (event, person, entry->origin, self->json);
  weir_sse_append_message (self->out,
                           "event",
                           format_place (self, seq, is_own, event->seq + entry->offset - seq),
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

/* What never came of another collector is told before what is written. Returns whether to go on. */
static gboolean
pass_missed (WeirLiveWriter      *self,
             WeirLiveRun         *run,
             const WeirLiveEntry *entry)
{
  if (entry->n_missed == 0 || run->cursor >= entry->start)
    return TRUE;
  if (self->out->len > 0 || run->n_events > 0)
    return FALSE;
  run->n_missed += entry->start - run->cursor;
  run->cursor = run->start = entry->start;
  return TRUE;
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

  if (!pass_missed (self, run, entry))
    return FALSE;
  weir_event_iter_init (&iter, entry->batch);
  for (guint i = 0; weir_event_iter_next (&iter, &event); i++)
    {
      guint64 position = event.seq + entry->offset;

      if (position <= run->cursor)
        continue;
      if (position > run->until)
        {
          run->cursor = run->until;
          return FALSE;
        }

      if (run->filter == NULL || weir_filter_matches (run->filter, &event, self->codec))
        {
          if (!run->counts_only)
            append_event (self, entry, &event, entry->persons != NULL ? &entry->persons[i] : NULL);
          run->n_events++;
          run->last_position = position;
        }
      run->cursor = position;
      if (is_over (self, run, ++n_walked))
        return FALSE;
    }

  run->cursor = MAX (run->cursor, entry->end);

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
  g_snprintf (self->run, sizeof self->run, "%08x", g_random_int ());
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
      guint64 floor;

      entry = weir_live_ring_get_after (self->ring, run->cursor, &floor);
      if (floor > run->cursor)
        {
          /* What was missed comes before what is written. */
          if (self->out->len > 0)
            break;
          run->n_missed += floor - run->cursor;
          run->cursor = floor;
          run->start = floor;
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
 * @position: (out): the position it means
 *
 * Reads an id. Whether the stream can go on exactly there is for the caller to find out. What
 * another process counted of other collectors is passed over: it goes on behind the own event.
 *
 * Returns: %FALSE when it is no id of this epoch, or of an event that is gone
 */
gboolean
weir_live_writer_parse_id (WeirLiveWriter *self,
                           const char     *id,
                           guint64        *position)
{
  gsize length = strlen (self->epoch);
  g_auto(GStrv) parts = NULL;
  const char *first;
  guint64 seq, n_foreign;

  if (id == NULL || strncmp (id, self->epoch, length) != 0 || id[length] != '-')
    return FALSE;
  parts = g_strsplit (id + length + 1, ".", 4);
  first = parts[0] != NULL ? parts[0] : "";
  if (!g_ascii_string_to_unsigned (first, 10, 0, G_MAXUINT64, &seq, NULL))
    return FALSE;
  if (parts[1] == NULL)
    return weir_live_ring_find_seq (self->ring, seq, position);

  if (g_strv_length (parts) != 3 ||
      !g_ascii_string_to_unsigned (parts[2], 10, 0, G_MAXUINT64, &n_foreign, NULL))
    return FALSE;
  if (!g_str_equal (parts[1], self->run))
    return weir_live_ring_find_seq (self->ring, seq, position);
  *position = seq + n_foreign;
  return TRUE;
}

/**
 * weir_live_writer_append_id:
 * @self: a writer
 * @position: a position
 * @out: where to append
 *
 * Appends a block that only says where the stream is.
 */
void
weir_live_writer_append_id (WeirLiveWriter *self,
                            guint64         position,
                            GString        *out)
{
  weir_sse_append_message (out, NULL, format_id (self, position), NULL, 0);
}

/**
 * weir_live_writer_append_gap:
 * @self: a writer
 * @position: the position after what was missed
 * @n_missed: how many events
 * @out: where to append
 *
 * Appends the message that says that events were left out.
 */
void
weir_live_writer_append_gap (WeirLiveWriter *self,
                             guint64         position,
                             guint64         n_missed,
                             GString        *out)
{
  char data[64];
  int length = g_snprintf (data, sizeof data, "{\"missed\":%" G_GUINT64_FORMAT "}", n_missed);

  weir_sse_append_message (out, "gap", format_id (self, position), data, length);
}

/**
 * weir_live_writer_append_reset:
 * @self: a writer
 * @position: where the stream goes on
 * @out: where to append
 *
 * Appends the message that says that the stream cannot go on where the client was.
 */
void
weir_live_writer_append_reset (WeirLiveWriter *self,
                               guint64         position,
                               GString        *out)
{
  weir_sse_append_message (out, "reset", format_id (self, position), "{}", 2);
}
