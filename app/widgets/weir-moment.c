/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-moment.h"

/**
 * weir_moment_read:
 * @entry: where a moment is typed
 * @micros: (out): the moment, in microseconds since the epoch
 *
 * Reads a date, or a date and a time with or without seconds.
 *
 * Returns: whether it is one
 */
gboolean
weir_moment_read (GtkEditable *entry,
                  gint64      *micros)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  gboolean has_time = strlen (text) > strlen ("2026-01-01");
  gboolean has_seconds = strlen (text) > strlen ("2026-01-01 00:00");
  g_autofree char *full = g_strconcat (text, has_time ? "" : "T00:00",
                                       has_seconds ? "" : ":00", NULL);
  g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601 (full, zone);

  if (moment == NULL)
    return FALSE;
  *micros = g_date_time_to_unix (moment) * G_USEC_PER_SEC;
  return TRUE;
}

/**
 * weir_moment_write:
 * @entry: where a moment is typed
 * @micros: a moment, in microseconds since the epoch
 *
 * Shows a moment, to the minute.
 */
void
weir_moment_write (GtkEditable *entry,
                   gint64       micros)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);
  g_autofree char *text = moment != NULL ? g_date_time_format (moment, "%F %H:%M") : NULL;

  gtk_editable_set_text (entry, text != NULL ? text : "");
}
