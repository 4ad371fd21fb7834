/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-rejection-ring.h"

#include "weir-event-json.h"
#include "weir-json-split.h"
#include "weir-time.h"

#define MAX_OF_REQUEST    100
#define MAX_EXCERPT_BYTES 500
#define MAX_SPLIT_BYTES   (4 * 1024 * 1024)   /* larger bodies are not looked through again */

typedef struct {
  gint64 at;
  char *source;
  const char *code;      /* static, like the message */
  const char *message;
  guint index;
  char *excerpt;
} Entry;

struct _WeirRejectionRing {
  GMutex mutex;
  Entry entries[WEIR_REJECTION_RING_MAX];
  guint64 n_added;
};

static void
entry_clear (Entry *entry)
{
  g_free (entry->source);
  g_free (entry->excerpt);
  *entry = (Entry) { 0 };
}

/* What is not UTF-8 is replaced, by something longer; so it is cut twice. */
static char *
make_excerpt (const char *text,
              gsize       length)
{
  char *excerpt = g_utf8_make_valid (text, (gssize) MIN (length, MAX_EXCERPT_BYTES));
  gsize end = strlen (excerpt);

  while (end > MAX_EXCERPT_BYTES)
    end = (gsize) (g_utf8_find_prev_char (excerpt, excerpt + end) - excerpt);
  excerpt[end] = '\0';
  return excerpt;
}

/**
 * weir_rejection_ring_new:
 *
 * Returns: (transfer full): an empty ring
 */
WeirRejectionRing *
weir_rejection_ring_new (void)
{
  WeirRejectionRing *self = g_new0 (WeirRejectionRing, 1);

  g_mutex_init (&self->mutex);
  return self;
}

/**
 * weir_rejection_ring_free:
 * @self: (transfer full): a ring
 */
void
weir_rejection_ring_free (WeirRejectionRing *self)
{
  weir_rejection_ring_clear (self);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_rejection_ring_add:
 * @self: a ring
 * @source: whose request it was
 * @rejections: (array length=n_rejections): what was refused, and why
 * @n_rejections: how many; of one request the first hundred are kept
 * @body: the request
 * @length: its length in bytes
 * @n_events: how many events were read from it
 *
 * Remembers what was refused.
 */
void
weir_rejection_ring_add (WeirRejectionRing   *self,
                         const char          *source,
                         const WeirRejection *rejections,
                         guint                n_rejections,
                         const char          *body,
                         gsize                length,
                         guint                n_events)
{
  g_autoptr(GArray) pieces = length <= MAX_SPLIT_BYTES ? weir_json_split (body, length) : NULL;
  gboolean is_split = pieces != NULL && pieces->len == n_events;
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < MIN (n_rejections, MAX_OF_REQUEST); i++)
    {
      const WeirRejection *rejection = &rejections[i];
      Entry entry = { now, g_strdup (source), rejection->code, rejection->message,
                      rejection->index, NULL };
      Entry *place;

      if (is_split && rejection->index < pieces->len)
        {
          const WeirJsonPiece *piece = &g_array_index (pieces, WeirJsonPiece, rejection->index);

          entry.excerpt = make_excerpt (body + piece->offset, piece->length);
        }
      else
        entry.excerpt = n_events == 1 ? make_excerpt (body, length) : g_strdup ("");

      g_mutex_lock (&self->mutex);
      place = &self->entries[self->n_added++ % WEIR_REJECTION_RING_MAX];
      entry_clear (place);
      *place = entry;
      g_mutex_unlock (&self->mutex);
    }
}

/**
 * weir_rejection_ring_clear:
 * @self: a ring
 *
 * Forgets everything: a person was deleted, of whom the excerpts may tell.
 */
void
weir_rejection_ring_clear (WeirRejectionRing *self)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < WEIR_REJECTION_RING_MAX; i++)
    entry_clear (&self->entries[i]);
  self->n_added = 0;
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_rejection_ring_append_json:
 * @self: a ring
 * @limit: at most so many
 * @out: gets `{"rejected":[…]}`, newest first
 */
void
weir_rejection_ring_append_json (WeirRejectionRing *self,
                                 guint              limit,
                                 GString           *out)
{
  guint64 n_entries;

  g_string_append (out, "{\"rejected\":[");
  g_mutex_lock (&self->mutex);
  n_entries = MIN (self->n_added, MIN (limit, WEIR_REJECTION_RING_MAX));
  for (guint64 i = 0; i < n_entries; i++)
    {
      const Entry *entry = &self->entries[(self->n_added - 1 - i) % WEIR_REJECTION_RING_MAX];
      char at[WEIR_TIME_TEXT_SIZE];

      weir_time_format_rfc3339 (entry->at, at);
      g_string_append_printf (out, "%s{\"at\":\"%s\",\"source\":", i > 0 ? "," : "", at);
      weir_json_append_string (out, entry->source, -1);
      g_string_append_printf (out, ",\"code\":\"%s\",\"message\":", entry->code);
      weir_json_append_string (out, entry->message, -1);
      g_string_append_printf (out, ",\"index\":%u,\"excerpt\":", entry->index);
      weir_json_append_string (out, entry->excerpt, -1);
      g_string_append_c (out, '}');
    }
  g_mutex_unlock (&self->mutex);
  g_string_append (out, "]}");
}
