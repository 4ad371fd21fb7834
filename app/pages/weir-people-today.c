/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-people-today.h"

#include <math.h>

#include "weir-json.h"
#include "weir-live-answer-stream.h"
#include "weir-time.h"

/* The day before is counted anew this often: until a later time of day. */
#define COMPARE_SECONDS 300

struct _WeirPeopleToday
{
  GObject parent_instance;

  WeirSession *session;
  WeirLiveAnswerStream *stream;
  GCancellable *cancellable;
  guint timer_id;
  gint64 midnight;          /* of the day that is counted, µs since the epoch */
  double today;             /* NAN: not known */
  double yesterday;
  gboolean is_active;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirPeopleToday, weir_people_today, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static gint64
get_midnight (int days)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) day = g_date_time_add_days (now, days);
  g_autoptr(GDateTime) midnight =
    g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                           g_date_time_get_day_of_month (day), 0, 0, 0);

  return g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
}

static void
add_moment (JsonObject *range,
            const char *member,
            gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (micros, text);
  json_object_set_string_member (range, member, text);
}

static JsonObject *
create_question (gint64 from,
                 gint64 to)
{
  JsonObject *question = json_object_new ();
  JsonObject *series = json_object_new ();
  JsonObject *range = json_object_new ();
  JsonArray *list = json_array_new ();
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  const char *name = g_time_zone_get_identifier (zone);

  json_object_set_string_member (series, "event", "*");
  json_object_set_string_member (series, "measure", "persons");
  json_array_add_object_element (list, series);
  add_moment (range, "from", from);
  add_moment (range, "to", to);
  json_object_set_string_member (question, "kind", "trend");
  json_object_set_array_member (question, "series", list);
  json_object_set_object_member (question, "range", range);
  json_object_set_string_member (question, "interval", "day");
  if (name != NULL && strchr (name, '/') != NULL && *name != '/')
    json_object_set_string_member (question, "timezone", name);
  return question;
}

static double
read_value (JsonObject *answer)
{
  JsonArray *all = weir_json_get_array (answer, "series");
  JsonArray *values = weir_json_get_array (weir_json_array_get_object (all, 0), "values");

  return weir_json_array_get_n (values) > 0
         ? weir_json_node_to_number (json_array_get_element (values, 0), NAN) : NAN;
}

static void
answered_cb (WeirPeopleToday *self,
             JsonObject      *answer)
{
  self->today = read_value (answer);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
drop_stream (WeirPeopleToday *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_answer_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

static void
follow (WeirPeopleToday *self)
{
  g_autoptr(JsonObject) question = NULL;

  drop_stream (self);
  if (weir_session_get_file (self->session) != NULL || !weir_session_is_attached (self->session))
    return;
  self->midnight = get_midnight (0);
  question = create_question (self->midnight, get_midnight (1));
  self->stream = weir_live_answer_stream_new (self->session, question);
  g_signal_connect_object (self->stream, "answered",
                           G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
}

static void
yesterday_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeirPeopleToday) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);

  if (answer == NULL)
    return;
  self->yesterday = read_value (answer);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
compare (WeirPeopleToday *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  gint64 before = get_midnight (-1);
  gint64 until = before + (g_get_real_time () - get_midnight (0));
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *body = NULL;

  if (client == NULL || weir_session_get_file (self->session) != NULL || until <= before)
    return;
  question = create_question (before, until);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable,
                              yesterday_cb, g_object_ref (self));
}

static gboolean
timer_cb (gpointer user_data)
{
  WeirPeopleToday *self = user_data;

  compare (self);
  if (self->midnight != get_midnight (0))
    follow (self);
  return G_SOURCE_CONTINUE;
}

static void
moved_cb (WeirPeopleToday *self)
{
  self->today = self->yesterday = NAN;
  g_signal_emit (self, signals[CHANGED], 0);
  if (!self->is_active)
    return;
  follow (self);
  compare (self);
}

static void
weir_people_today_dispose (GObject *object)
{
  WeirPeopleToday *self = WEIR_PEOPLE_TODAY (object);

  g_cancellable_cancel (self->cancellable);
  weir_people_today_set_active (self, FALSE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_people_today_parent_class)->dispose (object);
}

static void
weir_people_today_finalize (GObject *object)
{
  g_object_unref (WEIR_PEOPLE_TODAY (object)->cancellable);

  G_OBJECT_CLASS (weir_people_today_parent_class)->finalize (object);
}

static void
weir_people_today_class_init (WeirPeopleTodayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_people_today_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_people_today_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_people_today_init (WeirPeopleToday *self)
{
  self->cancellable = g_cancellable_new ();
  self->today = self->yesterday = NAN;
}

/**
 * weir_people_today_new:
 * @session: whom to ask
 *
 * Returns: (transfer full): numbers that are not known yet
 */
WeirPeopleToday *
weir_people_today_new (WeirSession *session)
{
  WeirPeopleToday *self;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);

  self = g_object_new (WEIR_TYPE_PEOPLE_TODAY, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * weir_people_today_set_active:
 * @self: the numbers
 * @active: whether somebody can see them
 *
 * Follows the stream, or lets it be.
 */
void
weir_people_today_set_active (WeirPeopleToday *self,
                              gboolean         active)
{
  g_return_if_fail (WEIR_IS_PEOPLE_TODAY (self));

  if (self->is_active == active)
    return;
  self->is_active = active;
  if (!active)
    {
      g_clear_handle_id (&self->timer_id, g_source_remove);
      drop_stream (self);
      return;
    }
  follow (self);
  compare (self);
  self->timer_id = g_timeout_add_seconds (COMPARE_SECONDS, timer_cb, self);
}

/**
 * weir_people_today_get_today:
 * @self: the numbers
 *
 * Returns: how many since midnight, or NAN while that is not known
 */
double
weir_people_today_get_today (WeirPeopleToday *self)
{
  g_return_val_if_fail (WEIR_IS_PEOPLE_TODAY (self), NAN);

  return self->today;
}

/**
 * weir_people_today_get_yesterday:
 * @self: the numbers
 *
 * Returns: how many on the day before until this time, or NAN while that is not known
 */
double
weir_people_today_get_yesterday (WeirPeopleToday *self)
{
  g_return_val_if_fail (WEIR_IS_PEOPLE_TODAY (self), NAN);

  return self->yesterday;
}
