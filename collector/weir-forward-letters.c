/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-letters.h"

#include "weir-event-json.h"

typedef struct {
  guint64 seq;
  gint64 received;
  gint64 at;
  char *event;
  guint8 *record;
  gsize size;
  char *code;
  char *reason;
} Letter;

struct _WeirForwardLetters {
  gatomicrefcount ref_count;
  char *sink;
  char *instance;
  GArray *letters;   /* of Letter */
};

static void
letter_clear (gpointer data)
{
  Letter *letter = data;

  g_free (letter->event);
  g_free (letter->record);
  g_free (letter->code);
  g_free (letter->reason);
}

/**
 * weir_forward_letters_new:
 * @sink: name of the forwarder
 * @instance: see [method@Weir.Event.format_id]
 *
 * Returns: (transfer full): none yet
 */
WeirForwardLetters *
weir_forward_letters_new (const char *sink,
                          const char *instance)
{
  WeirForwardLetters *self = g_new0 (WeirForwardLetters, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->sink = g_strdup (sink);
  self->instance = g_strdup (instance);
  self->letters = g_array_new (FALSE, FALSE, sizeof (Letter));
  g_array_set_clear_func (self->letters, letter_clear);
  return self;
}

/**
 * weir_forward_letters_ref:
 * @self: letters
 *
 * Returns: (transfer full): @self
 */
WeirForwardLetters *
weir_forward_letters_ref (WeirForwardLetters *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weir_forward_letters_unref:
 * @self: (transfer full): letters
 */
void
weir_forward_letters_unref (WeirForwardLetters *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->letters);
  g_free (self->sink);
  g_free (self->instance);
  g_free (self);
}

/**
 * weir_forward_letters_add:
 * @self: letters
 * @event: what was refused
 * @record: its record
 * @size: length of @record in bytes
 * @status: what the destination answered
 * @reason: the same for people
 *
 * Copies an event.
 */
void
weir_forward_letters_add (WeirForwardLetters *self,
                          const WeirEvent    *event,
                          const guint8       *record,
                          gsize               size,
                          guint               status,
                          const char         *reason)
{
  GString *json = g_string_new (NULL);
  Letter letter = {
    .seq = event->seq,
    .received = event->received,
    .at = g_get_real_time (),
    .record = g_memdup2 (record, size),
    .size = size,
    .code = g_strdup_printf ("http_%u", status),
    .reason = g_strdup (reason),
  };

  weir_event_append_json (event, NULL, self->instance, json);
  letter.event = g_string_free (json, FALSE);
  g_array_append_val (self->letters, letter);
}

/**
 * weir_forward_letters_get_n:
 * @self: letters
 *
 * Returns: how many there are
 */
guint
weir_forward_letters_get_n (WeirForwardLetters *self)
{
  return self->letters->len;
}

/**
 * weir_forward_letters_keep:
 * @store: the store, in its thread
 * @letters: a [struct@Weir.ForwardLetters]
 * @error: return location for an error
 *
 * Puts them to the dead letters. Those that are there already, because the process ended before it
 * was known, stay as they are.
 *
 * Returns: (transfer full) (nullable): nothing, or %NULL when one could not be kept
 */
GBytes *
weir_forward_letters_keep (WeirStore  *store,
                           gpointer    letters,
                           GError    **error)
{
  const WeirForwardLetters *self = letters;

  for (guint i = 0; i < self->letters->len; i++)
    {
      const Letter *kept = &g_array_index (self->letters, Letter, i);
      WeirDeadLetter letter = {
        .seq = kept->seq,
        .received = kept->received,
        .at = kept->at,
        .sink = self->sink,
        .code = kept->code,
        .reason = kept->reason,
        .attempts = 1,
        .event = kept->event,
        .raw = kept->record,
        .raw_size = kept->size,
      };

      if (!weir_store_add_dead_letter (store, &letter, error))
        return NULL;
    }
  return g_bytes_new_static ("", 0);
}
