/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-trail.h"

#include "weir-json.h"

struct _WeirCohortTrail
{
  GObject parent_instance;

  WeirSession *session;
  GCancellable *cancellable;
  JsonNode *where;
  gint64 times[WEIR_COHORT_TRAIL_POINTS];
  double sizes[WEIR_COHORT_TRAIL_POINTS];
  guint n_known;
};

enum {
  DONE,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCohortTrail, weir_cohort_trail, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void ask (WeirCohortTrail *self);

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirCohortTrail) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);

  /* The size itself is told, or its error is: the trail is only missing then. */
  if (answer == NULL)
    return;
  self->sizes[self->n_known++] = weir_json_get_number (answer, "size")
                                 - weir_json_get_number (answer, "entered_count")
                                 + weir_json_get_number (answer, "left_count");
  if (self->n_known < WEIR_COHORT_TRAIL_POINTS)
    ask (self);
  else
    g_signal_emit (self, signals[DONE], 0);
}

static void
ask (WeirCohortTrail *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  g_autoptr(GDateTime) time =
    g_date_time_new_from_unix_utc (self->times[self->n_known] / G_USEC_PER_SEC);
  g_autofree char *since = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *body = NULL;

  if (client == NULL)
    return;
  json_object_set_string_member (question, "kind", "cohort");
  json_object_set_member (question, "where", json_node_copy (self->where));
  json_object_set_string_member (question, "since", since);
  json_object_set_int_member (question, "limit", 0);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, answered_cb,
                              g_object_ref (self));
}

static void
weir_cohort_trail_dispose (GObject *object)
{
  WeirCohortTrail *self = WEIR_COHORT_TRAIL (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->where, json_node_unref);

  G_OBJECT_CLASS (weir_cohort_trail_parent_class)->dispose (object);
}

static void
weir_cohort_trail_class_init (WeirCohortTrailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_cohort_trail_dispose;

  signals[DONE] =
    g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_cohort_trail_init (WeirCohortTrail *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * weir_cohort_trail_new:
 * @session: whom to ask
 * @where: the conditions of a cohort
 * @from: the first instant, in microseconds since the epoch
 * @to: the last one
 *
 * Begins to ask how large a cohort was, at instants that are equally far from each other.
 *
 * Returns: (transfer full): a trail
 */
WeirCohortTrail *
weir_cohort_trail_new (WeirSession *session,
                       JsonNode    *where,
                       gint64       from,
                       gint64       to)
{
  WeirCohortTrail *self = g_object_new (WEIR_TYPE_COHORT_TRAIL, NULL);

  self->session = g_object_ref (session);
  self->where = json_node_copy (where);
  for (guint i = 0; i < WEIR_COHORT_TRAIL_POINTS; i++)
    self->times[i] = from + (to - from) / (WEIR_COHORT_TRAIL_POINTS - 1) * i;
  ask (self);
  return self;
}

/**
 * weir_cohort_trail_stop:
 * @self: a trail
 *
 * Ends it. It emits nothing any more.
 */
void
weir_cohort_trail_stop (WeirCohortTrail *self)
{
  g_return_if_fail (WEIR_IS_COHORT_TRAIL (self));

  g_cancellable_cancel (self->cancellable);
}

/**
 * weir_cohort_trail_get_times:
 * @self: a trail
 *
 * Returns: (array fixed-size=9) (transfer none): the instants, in microseconds since the epoch
 */
const gint64 *
weir_cohort_trail_get_times (WeirCohortTrail *self)
{
  g_return_val_if_fail (WEIR_IS_COHORT_TRAIL (self), NULL);

  return self->times;
}

/**
 * weir_cohort_trail_get_sizes:
 * @self: a trail
 *
 * Returns: (array fixed-size=9) (transfer none): how large the cohort was, once ::done was emitted
 */
const double *
weir_cohort_trail_get_sizes (WeirCohortTrail *self)
{
  g_return_val_if_fail (WEIR_IS_COHORT_TRAIL (self), NULL);

  return self->sizes;
}
