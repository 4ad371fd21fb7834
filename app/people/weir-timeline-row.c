/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-timeline-row.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-json-glance.h"

/* How many properties a line shows. */
#define N_GLANCED 4

struct _WeirTimelineRow
{
  GObject parent_instance;

  WeirTimelineKind kind;
  char *title;
  char *detail;
  char *json;
  gint64 time;
  guint64 seq;
  gboolean is_error;
};

G_DEFINE_FINAL_TYPE (WeirTimelineRow, weir_timeline_row, G_TYPE_OBJECT)

static void
weir_timeline_row_finalize (GObject *object)
{
  WeirTimelineRow *self = WEIR_TIMELINE_ROW (object);

  g_free (self->title);
  g_free (self->detail);
  g_free (self->json);

  G_OBJECT_CLASS (weir_timeline_row_parent_class)->finalize (object);
}

static void
weir_timeline_row_class_init (WeirTimelineRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_timeline_row_finalize;
}

static void
weir_timeline_row_init (WeirTimelineRow *self)
{
}

static char *
glance (const WeirEvent *event)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (event->text[WEIR_EVENT_PROPERTIES] != NULL)
    weir_json_glance (event->text[WEIR_EVENT_PROPERTIES], event->length[WEIR_EVENT_PROPERTIES],
                      N_GLANCED, text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * weir_timeline_row_new_event:
 * @event: an event; copied
 * @json: the same as it was answered
 *
 * Returns: (transfer full): a row
 */
WeirTimelineRow *
weir_timeline_row_new_event (const WeirEvent *event,
                             const char      *json)
{
  WeirTimelineRow *self = g_object_new (WEIR_TYPE_TIMELINE_ROW, NULL);

  self->kind = WEIR_TIMELINE_EVENT;
  self->title = g_strndup (event->text[WEIR_EVENT_NAME], event->length[WEIR_EVENT_NAME]);
  self->detail = glance (event);
  self->json = g_strdup (json);
  self->time = event->timestamp;
  self->seq = event->seq;
  self->is_error = (event->flags & WEIR_EVENT_IS_ERROR) != 0;
  return self;
}

/**
 * weir_timeline_row_new_day:
 * @micros: an instant of the day
 * @now: the present
 *
 * Returns: (transfer full): a heading
 */
WeirTimelineRow *
weir_timeline_row_new_day (gint64 micros,
                           gint64 now)
{
  WeirTimelineRow *self = g_object_new (WEIR_TYPE_TIMELINE_ROW, NULL);

  self->kind = WEIR_TIMELINE_DAY;
  self->title = weir_format_day (micros, now);
  self->time = micros;
  return self;
}

/**
 * weir_timeline_row_new_gap:
 * @from: the event before the pause
 * @to: the event after it
 *
 * Returns: (transfer full): a pause
 */
WeirTimelineRow *
weir_timeline_row_new_gap (gint64 from,
                           gint64 to)
{
  WeirTimelineRow *self = g_object_new (WEIR_TYPE_TIMELINE_ROW, NULL);
  g_autofree char *duration = weir_format_duration ((double) (to - from) / 1000);

  self->kind = WEIR_TIMELINE_GAP;
  /* Translators: nothing was heard of a person for so long, such as “3 h 12 m”. */
  self->title = g_strdup_printf (_("%s without events"), duration);
  self->time = from;
  return self;
}

/**
 * weir_timeline_row_get_kind:
 * @self: a row
 *
 * Returns: what it is
 */
WeirTimelineKind
weir_timeline_row_get_kind (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), WEIR_TIMELINE_EVENT);

  return self->kind;
}

/**
 * weir_timeline_row_get_title:
 * @self: a row
 *
 * Returns: (transfer none): the name of the event, the day, or how long the pause is
 */
const char *
weir_timeline_row_get_title (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), NULL);

  return self->title;
}

/**
 * weir_timeline_row_get_detail:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): some of the properties of an event
 */
const char *
weir_timeline_row_get_detail (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), NULL);

  return self->detail;
}

/**
 * weir_timeline_row_get_json:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): all of an event
 */
const char *
weir_timeline_row_get_json (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), NULL);

  return self->json;
}

/**
 * weir_timeline_row_get_time:
 * @self: a row
 *
 * Returns: when it was, in microseconds since the epoch
 */
gint64
weir_timeline_row_get_time (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), 0);

  return self->time;
}

/**
 * weir_timeline_row_get_seq:
 * @self: a row
 *
 * Returns: the number of an event, 0 of other rows
 */
guint64
weir_timeline_row_get_seq (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), 0);

  return self->seq;
}

/**
 * weir_timeline_row_is_error:
 * @self: a row
 *
 * Returns: whether the event says that something went wrong
 */
gboolean
weir_timeline_row_is_error (WeirTimelineRow *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_ROW (self), FALSE);

  return self->is_error;
}

/**
 * weir_timeline_row_equal:
 * @self: a row
 * @other: another row
 *
 * Returns: whether both show the same
 */
gboolean
weir_timeline_row_equal (WeirTimelineRow *self,
                         WeirTimelineRow *other)
{
  return self->kind == other->kind && self->seq == other->seq
         && g_str_equal (self->title, other->title);
}

/**
 * weir_format_day:
 * @micros: an instant
 * @now: the present
 *
 * Returns: (transfer full): the local day it was on, in words
 */
char *
weir_format_day (gint64 micros,
                 gint64 now)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);
  g_autoptr(GDateTime) today = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);
  g_autoptr(GDateTime) yesterday = today != NULL ? g_date_time_add_days (today, -1) : NULL;

  if (time == NULL || today == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (time) == g_date_time_get_year (today)
      && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (today))
    return g_strdup (_("Today"));
  if (g_date_time_get_year (time) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (yesterday))
    return g_strdup (_("Yesterday"));
  if (g_date_time_get_year (time) == g_date_time_get_year (today))
    /* Translators: a day of this year, as g_date_time_format() writes it. */
    return g_date_time_format (time, _("%A, %-d %B"));
  /* Translators: a day of another year, as g_date_time_format() writes it. */
  return g_date_time_format (time, _("%A, %-d %B %Y"));
}
