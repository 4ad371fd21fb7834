/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-ask.h"

#include "weir-answer.h"
#include "weir-sqlite-scan.h"

/**
 * weir_ask_new:
 * @question: what to answer
 * @wants_csv: whether to answer with CSV instead of JSON
 *
 * Returns: (transfer full): what [func@Weir.ask_run] takes
 */
WeirAsk *
weir_ask_new (WeirQuestion *question,
              gboolean      wants_csv)
{
  WeirAsk *self = g_new0 (WeirAsk, 1);

  self->question = g_object_ref (question);
  self->wants_csv = wants_csv;

  return self;
}

/**
 * weir_ask_free:
 * @self: (transfer full): a question on its way
 */
void
weir_ask_free (WeirAsk *self)
{
  g_object_unref (self->question);
  g_free (self);
}

static gboolean
write_answer (WeirAsk     *self,
              WeirReader  *reader,
              WeirAnswer  *answer,
              gint64       start,
              GString     *out,
              GError     **error)
{
  gsize begin;

  if (self->wants_csv)
    return weir_answer_write_csv (answer, out, error);

  g_string_append_printf (out,
                          "{\"kind\":\"%s\",\"as_of\":%" G_GUINT64_FORMAT,
                          weir_question_get_kind (self->question),
                          weir_reader_get_as_of (reader));
  begin = out->len;
  g_string_append_c (out, ',');
  if (!weir_answer_write (answer, out, error))
    return FALSE;
  if (out->len == begin + 1)
    g_string_truncate (out, begin);
  g_string_append_printf (
      out, ",\"elapsed_ms\":%.1f}", (double) (g_get_monotonic_time () - start) / 1000);

  return TRUE;
}

/**
 * weir_ask_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.Ask]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Answers a question over events: all of its rows go through the one definition there is.
 *
 * Returns: (transfer full) (nullable): JSON or CSV
 */
GBytes *
weir_ask_run (WeirReader    *reader,
              gpointer       question,
              GCancellable  *cancellable,
              GError       **error)
{
  WeirAsk *self = question;
  gint64 start = g_get_monotonic_time ();
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(WeirSqliteScan) scan = NULL;
  g_autoptr(WeirAnswer) answer = NULL;

  answer = weir_question_answer (self->question,
                                 WEIR_PEOPLE (weir_reader_get_people (reader)),
                                 g_get_real_time (),
                                 error);
  if (answer == NULL)
    return NULL;
  scan = weir_sqlite_scan_new (reader, answer);
  if (!weir_sqlite_scan_run (scan, error) ||
      !write_answer (self, reader, answer, start, out, error))
    return NULL;

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
