/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forwarders.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-forwarder.h"
#include "weir-time.h"

#define NICE    5
#define LOOK_MS 50

struct _WeirForwarders {
  GPtrArray *forwarders;   /* of WeirForwarder */
  WeirJournal *journal;
  WeirStoreSink *sink;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  gint64 deadline;         /* of the end, monotonic */
};

static WeirForwarder *
get_forwarder (WeirForwarders *self,
               guint           index)
{
  return g_ptr_array_index (self->forwarders, index);
}

static WeirForwarder *
find_forwarder (WeirForwarders *self,
                const char     *name)
{
  for (guint i = 0; i < self->forwarders->len; i++)
    if (g_str_equal (weir_forwarder_get_name (get_forwarder (self, i)), name))
      return get_forwarder (self, i);
  return NULL;
}

static gpointer
forward_thread (gpointer data)
{
  WeirForwarders *self = data;

  if (setpriority (PRIO_PROCESS, (id_t) gettid (), NICE) < 0)
    g_debug ("forwarders keep their priority: %s", g_strerror (errno));
  g_main_context_push_thread_default (self->context);
  for (guint i = 0; i < self->forwarders->len; i++)
    weir_forwarder_start (get_forwarder (self, i), self->sink);
  g_main_loop_run (self->loop);
  for (guint i = 0; i < self->forwarders->len; i++)
    weir_forwarder_close (get_forwarder (self, i));
  /* What the sessions still had to do when they were closed. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
are_drained (WeirForwarders *self)
{
  for (guint i = 0; i < self->forwarders->len; i++)
    if (!weir_forwarder_is_drained (get_forwarder (self, i)))
      return FALSE;
  return TRUE;
}

/* Looks again until all have stopped; at the deadline, tells those that have not. */
static gboolean
look_cb (gpointer user_data)
{
  WeirForwarders *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; now >= self->deadline && i < self->forwarders->len; i++)
    weir_forwarder_abort (get_forwarder (self, i));
  /* Who waits for the store then waits for its end; see weir_forwarders_free (). */
  if (!are_drained (self) && now < self->deadline + G_TIME_SPAN_SECOND)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
drain_cb (gpointer user_data)
{
  WeirForwarders *self = user_data;
  g_autoptr(GSource) look = g_timeout_source_new (LOOK_MS);

  for (guint i = 0; i < self->forwarders->len; i++)
    weir_forwarder_drain (get_forwarder (self, i));
  g_source_set_callback (look, look_cb, self, NULL);
  g_source_attach (look, self->context);
  return G_SOURCE_REMOVE;
}

/**
 * weir_forwarders_new:
 * @configs: (element-type Weir.ForwardConfig): one at least; must outlive the forwarders
 * @journal: where events come from, not started yet; must outlive the forwarders
 *
 * Returns: (transfer full): forwarders that do nothing yet
 */
WeirForwarders *
weir_forwarders_new (GPtrArray   *configs,
                     WeirJournal *journal)
{
  WeirForwarders *self = g_new0 (WeirForwarders, 1);

  self->journal = journal;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->forwarders = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_forwarder_free);
  for (guint i = 0; i < configs->len; i++)
    g_ptr_array_add (self->forwarders,
                     weir_forwarder_new (g_ptr_array_index (configs, i), journal));
  return self;
}

/**
 * weir_forwarders_start:
 * @self: forwarders whose journal was started
 * @sink: has dead letters kept; must outlive the forwarders
 *
 * Starts their thread.
 */
void
weir_forwarders_start (WeirForwarders *self,
                       WeirStoreSink  *sink)
{
  g_return_if_fail (self->thread == NULL);

  self->sink = sink;
  self->thread = g_thread_new ("weir-forward", forward_thread, self);
}

/**
 * weir_forwarders_stop:
 * @self: forwarders
 * @deadline: monotonic time, in microseconds
 *
 * Sends what there is, at most until @deadline, then ends the thread. What is left stays in the
 * journal, which must still run, as must the sink.
 */
void
weir_forwarders_stop (WeirForwarders *self,
                      gint64          deadline)
{
  if (self->thread == NULL)
    return;
  self->deadline = deadline;
  g_main_context_invoke (self->context, drain_cb, self);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * weir_forwarders_free:
 * @self: (transfer full): forwarders that do not run, and whose sink does not run either
 */
void
weir_forwarders_free (WeirForwarders *self)
{
  g_return_if_fail (self->thread == NULL);

  for (guint i = 0; i < self->forwarders->len; i++)
    while (weir_forwarder_is_busy (get_forwarder (self, i)))
      g_main_context_iteration (self->context, TRUE);
  g_ptr_array_unref (self->forwarders);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * weir_forwarders_has:
 * @self: (nullable): forwarders
 * @name: a name
 *
 * Returns: whether one has this name
 */
gboolean
weir_forwarders_has (WeirForwarders *self,
                     const char     *name)
{
  return self != NULL && find_forwarder (self, name) != NULL;
}

static gboolean
send_again_cb (gpointer user_data)
{
  GTask *task = user_data;
  WeirForwarder *forwarder = g_object_get_data (G_OBJECT (task), "forwarder");

  weir_forwarder_send_again (forwarder, task);
  return G_SOURCE_REMOVE;
}

/**
 * weir_forwarders_send_again_async:
 * @self: forwarders
 * @name: which of them
 * @batch: one event
 * @callback: called in the thread-default context of the caller
 * @user_data: for @callback
 *
 * Sends an event that was refused before, once. Any thread may ask.
 */
void
weir_forwarders_send_again_async (WeirForwarders      *self,
                                  const char          *name,
                                  WeirEventBatch      *batch,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  WeirForwarder *forwarder = find_forwarder (self, name);
  g_autoptr(GSource) source = NULL;

  g_task_set_source_tag (task, weir_forwarders_send_again_async);
  if (forwarder == NULL || self->thread == NULL)
    {
      g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                               "there is no forwarder “%s” now", name);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, weir_event_batch_ref (batch),
                        (GDestroyNotify) weir_event_batch_unref);
  g_object_set_data (G_OBJECT (task), "forwarder", forwarder);
  source = g_idle_source_new ();
  g_source_set_callback (source, send_again_cb, task, NULL);
  g_source_attach (source, self->context);
}

/**
 * weir_forwarders_send_again_finish:
 * @self: forwarders
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether it has arrived
 */
gboolean
weir_forwarders_send_again_finish (WeirForwarders  *self,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
append_one (WeirForwarders *self,
            WeirForwarder  *forwarder,
            GString        *out)
{
  WeirForwarderStatus status;
  WeirConsumerStatus place;
  gint64 now = g_get_real_time ();
  char retry_at[WEIR_TIME_TEXT_SIZE];

  weir_forwarder_get_status (forwarder, &status);
  weir_journal_get_consumer_status (self->journal, weir_forwarder_get_consumer (forwarder),
                                    &place);
  g_string_append (out, ",{\"name\":");
  weir_json_append_string (out, weir_forwarder_get_name (forwarder), -1);
  g_string_append_printf (
      out,
      ",\"kind\":\"forwarder\",\"state\":\"%s\",\"cursor\":%" G_GUINT64_FORMAT
      ",\"behind_events\":%" G_GUINT64_FORMAT ",\"behind_seconds\":%.1f,\"batches\":%"
      G_GUINT64_FORMAT ",\"last_batch_events\":%u,\"sent\":%" G_GUINT64_FORMAT
      ",\"requests\":%" G_GUINT64_FORMAT ",\"dead_lettered\":%" G_GUINT64_FORMAT
      ",\"evicted\":%" G_GUINT64_FORMAT ",\"last_error\":",
      status.state, place.cursor, place.behind,
      status.oldest > 0 ? (double) MAX (now - status.oldest, 0) / G_USEC_PER_SEC : 0,
      status.n_batches, status.last_events, status.n_sent, status.n_requests,
      status.n_dead_lettered, place.evicted);
  if (*status.last_error != '\0')
    weir_json_append_string (out, status.last_error, -1);
  else
    g_string_append (out, "null");
  if (status.retry_at > 0)
    {
      weir_time_format_rfc3339 (status.retry_at, retry_at);
      g_string_append_printf (out, ",\"retry_at\":\"%s\"}", retry_at);
    }
  else
    {
      g_string_append (out, ",\"retry_at\":null}");
    }
}

/**
 * weir_forwarders_append_status:
 * @self: forwarders
 * @out: gets a JSON object for each, with a comma in front
 *
 * Says how they are. Any thread may ask.
 */
void
weir_forwarders_append_status (WeirForwarders *self,
                               GString        *out)
{
  for (guint i = 0; i < self->forwarders->len; i++)
    append_one (self, get_forwarder (self, i), out);
}

typedef enum { SENT, REQUESTS, DEAD, EVICTED, BEHIND, UP } Metric;

static guint64
measure (WeirForwarders *self,
         WeirForwarder  *forwarder,
         Metric          metric)
{
  WeirForwarderStatus status;
  WeirConsumerStatus place;

  weir_forwarder_get_status (forwarder, &status);
  weir_journal_get_consumer_status (self->journal, weir_forwarder_get_consumer (forwarder),
                                    &place);
  switch (metric)
    {
    case SENT: return status.n_sent;
    case REQUESTS: return status.n_requests;
    case DEAD: return status.n_dead_lettered;
    case EVICTED: return place.evicted;
    case BEHIND: return place.behind;
    case UP:
    default: return g_str_equal (status.state, "ok");
    }
}

/**
 * weir_forwarders_append_metrics:
 * @self: forwarders
 * @out: gets Prometheus text
 *
 * Says what they did. Any thread may ask.
 */
void
weir_forwarders_append_metrics (WeirForwarders *self,
                                GString        *out)
{
  static const struct {
    const char *name;
    const char *type;
    const char *help;
  } metrics[] = {
    [SENT] = { "weir_forwarder_sent_total", "counter", "Events that have arrived, since start." },
    [REQUESTS] = { "weir_forwarder_requests_total", "counter", "Requests since start." },
    [DEAD] = { "weir_forwarder_dead_lettered_total", "counter",
               "Events the destination refused for good, since start." },
    [EVICTED] = { "weir_forwarder_evicted_total", "counter",
                  "Events that were deleted before they were sent, for want of room." },
    [BEHIND] = { "weir_forwarder_behind_events", "gauge", "Events not dealt with yet." },
    [UP] = { "weir_forwarder_up", "gauge", "Whether the last request was taken." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", metrics[i].name,
                              metrics[i].help, metrics[i].name, metrics[i].type);
      for (guint j = 0; j < self->forwarders->len; j++)
        {
          WeirForwarder *forwarder = get_forwarder (self, j);

          g_string_append_printf (out, "%s{name=\"%s\"} %" G_GUINT64_FORMAT "\n", metrics[i].name,
                                  weir_forwarder_get_name (forwarder),
                                  measure (self, forwarder, (Metric) i));
        }
    }
}
