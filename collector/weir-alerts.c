/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alerts.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "weir-alert.h"
#include "weir-alert-measure.h"
#include "weir-data-dir.h"
#include "weir-event-json.h"
#include "weir-json-load.h"
#include "weir-sse-encoder.h"
#include "weir-time.h"

/*
 * A question may cost a tenth of the time: after one that took a second the same rule waits ten. A
 * step of the clock, seen by how far the two clocks went apart, leaves rules that look back alone
 * until what they look at is whole again.
 */

#define NICE        5
#define CHECK_US    (5 * G_TIME_SPAN_SECOND)
#define COST        10
#define STEP_US     (2 * G_TIME_SPAN_SECOND)
#define BLIND_US    (10 * G_TIME_SPAN_MINUTE)

typedef struct {
  guint64 id;
  char *name;
  gboolean is_firing;
  gint64 at;
  double value;
  double threshold;
  char *rule;
} Entry;

struct _WeirAlerts {
  char *path;
  WeirServices *services;
  GThread *thread;
  GCancellable *cancellable;
  GMutex measure_mutex;     /* one question at a time */
  GMutex file_mutex;        /* one change at a time; taken before the last */

  GMutex mutex;
  GCond wake;
  GPtrArray *alerts;        /* of WeirAlert, by name */
  GQueue history;           /* of Entry, the oldest first */
  guint64 last_id;
  gint64 whole_since;       /* monotonic: since then neither clock nor collector had a gap */
  gint64 stepped_at;        /* monotonic; 0 when the clock never did */
  gint64 clock_offset;
  gboolean is_stopping;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_free (entry->rule);
  g_free (entry);
}

/* Where it is, or where it belongs. */
static gboolean
find (WeirAlerts *self,
      const char *name,
      guint      *position)
{
  for (*position = 0; *position < self->alerts->len; (*position)++)
    {
      const WeirAlert *alert = g_ptr_array_index (self->alerts, *position);
      int order = strcmp (alert->name, name);

      if (order >= 0)
        return order == 0;
    }
  return FALSE;
}

static void
append_number (GString    *out,
               const char *member,
               double      number)
{
  g_string_append_printf (out, ",\"%s\":", member);
  if (isfinite (number))
    weir_json_append_double (out, number);
  else
    g_string_append (out, "null");
}

static void
append_entry (const Entry *entry,
              gboolean     with_id,
              GString     *out)
{
  char at[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (entry->at, at);
  g_string_append_c (out, '{');
  if (with_id)
    g_string_append_printf (out, "\"id\":%" G_GUINT64_FORMAT ",", entry->id);
  g_string_append (out, "\"name\":");
  weir_json_append_string (out, entry->name, -1);
  g_string_append_printf (out, ",\"state\":\"%s\",\"at\":\"%s\"",
                          entry->is_firing ? "firing" : "resolved", at);
  append_number (out, "value", entry->value);
  append_number (out, "threshold", entry->threshold);
  g_string_append_printf (out, ",\"rule\":%s}", entry->rule);
}

/* Called with both locks; gives up the inner one while it writes. */
static gboolean
save (WeirAlerts  *self,
      GError     **error)
{
  g_autoptr(GString) out = g_string_new (NULL);
  gboolean is_saved;

  g_string_append_printf (out, "{\"last_id\":%" G_GUINT64_FORMAT ",\"alerts\":[", self->last_id);
  for (guint i = 0; i < self->alerts->len; i++)
    {
      WeirAlert *alert = g_ptr_array_index (self->alerts, i);

      g_string_append (out, i > 0 ? ",\n" : "\n");
      weir_alert_append (alert, out);
      g_string_truncate (out, out->len - 1);
      g_string_append_printf (out, ",\"firing\":%s,\"told\":%s}",
                              alert->state == WEIR_ALERT_FIRING ? "true" : "false",
                              alert->is_told ? "true" : "false");
    }
  g_string_append (out, "\n],\"history\":[");
  for (GList *l = self->history.head; l != NULL; l = l->next)
    {
      g_string_append (out, l->prev != NULL ? ",\n" : "\n");
      append_entry (l->data, TRUE, out);
    }
  g_string_append (out, "\n]}\n");

  g_mutex_unlock (&self->mutex);
  is_saved = weir_data_dir_write (self->path, out->str, (gssize) out->len, error);
  g_mutex_lock (&self->mutex);
  return is_saved;
}

/* Called locked. */
static void
tell (WeirAlerts  *self,
      const Entry *entry)
{
  g_autoptr(GString) data = g_string_new (NULL);
  GString *message = g_string_new (NULL);
  g_autoptr(GBytes) bytes = NULL;

  append_entry (entry, FALSE, data);
  weir_sse_append_message (message, "alert", NULL, data->str, data->len);
  bytes = g_string_free_to_bytes (message);
  weir_live_hub_publish_alert (self->services->hub, bytes);
}

/* Called locked. What is resolved is told to those who were told that it fires. */
static void
note_change (WeirAlerts *self,
             WeirAlert  *alert,
             gboolean    is_firing,
             gint64      now)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->id = ++self->last_id;
  entry->name = g_strdup (alert->name);
  entry->is_firing = is_firing;
  entry->at = now;
  entry->value = alert->value;
  entry->threshold = alert->rule->threshold;
  entry->rule = g_strdup (alert->rule->json);
  g_queue_push_tail (&self->history, entry);
  if (self->history.length > WEIR_ALERTS_MAX_HISTORY)
    entry_free (g_queue_pop_head (&self->history));

  if (!is_firing && alert->is_told)
    tell (self, entry);
  if (!is_firing)
    g_message ("the alert “%s” is resolved", alert->name);
  else
    g_message ("the alert “%s” fires", alert->name);
}

/* Called locked. Says that an alert fires, once for an episode, and not while it is snoozed. */
static gboolean
tell_firing (WeirAlerts *self,
             WeirAlert  *alert,
             gint64      monotonic)
{
  Entry entry = { 0, alert->name, TRUE, alert->since, alert->value, alert->rule->threshold,
                  alert->rule->json };

  if (alert->state != WEIR_ALERT_FIRING || alert->is_told ||
      weir_alert_is_snoozed (alert, monotonic))
    return FALSE;
  tell (self, &entry);
  alert->is_told = TRUE;
  return TRUE;
}

/* Called locked. */
static gboolean
can_judge (WeirAlerts          *self,
           const WeirAlertRule *rule,
           gint64               monotonic)
{
  gint64 within = rule->within;

  if (rule->kind == WEIR_ALERT_FUNNEL_STEP)
    within = BLIND_US;
  else if (!weir_alert_rule_is_recent (rule))
    return TRUE;
  if (self->stepped_at != 0 && monotonic - self->stepped_at < within)
    return FALSE;
  return rule->kind == WEIR_ALERT_FUNNEL_STEP || rule->op == WEIR_ALERT_ABOVE ||
         rule->op == WEIR_ALERT_AT_LEAST || monotonic - self->whole_since >= within;
}

/* Called with the lock of the file. Returns whether there is something to keep. */
static gboolean
take_measure (WeirAlerts   *self,
              const char   *name,
              WeirAlertRule *rule,
              double        value,
              const GError *error,
              gint64        took)
{
  gint64 now = g_get_real_time ();
  gint64 monotonic = g_get_monotonic_time ();
  WeirAlertChange change = WEIR_ALERT_NOTHING;
  gboolean is_changed = FALSE;
  WeirAlert *alert;
  guint position;

  g_mutex_lock (&self->mutex);
  if (find (self, name, &position) &&
      ((WeirAlert *) g_ptr_array_index (self->alerts, position))->rule == rule)
    {
      alert = g_ptr_array_index (self->alerts, position);
      g_clear_pointer (&alert->error, g_free);
      if (rule->kind == WEIR_ALERT_SILENCE && error == NULL)
        {
          weir_alert_hear (alert, weir_alert_find_last_seen (self->services, rule->source),
                           monotonic);
          value = (double) (monotonic - alert->silent_since) / G_USEC_PER_SEC;
        }
      alert->checked = now;
      alert->next_check = monotonic + MAX (0, COST * took);
      if (error != NULL)
        alert->error = g_strdup (error->message);
      else
        change = weir_alert_judge (alert, value, now, monotonic);
      if (change != WEIR_ALERT_NOTHING)
        note_change (self, alert, change == WEIR_ALERT_FIRED, now);
      is_changed = change != WEIR_ALERT_NOTHING;
      is_changed |= tell_firing (self, alert, monotonic);
    }
  g_mutex_unlock (&self->mutex);
  return is_changed;
}

/* The rules that are to be looked at now; more may be made meanwhile. */
static GPtrArray *
ref_due (WeirAlerts *self,
         GPtrArray  *names)
{
  GPtrArray *rules = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_alert_rule_unref);
  gint64 monotonic = g_get_monotonic_time ();
  gint64 offset = g_get_real_time () - monotonic;

  g_mutex_lock (&self->mutex);
  if (ABS (offset - self->clock_offset) > STEP_US)
    self->stepped_at = monotonic;
  self->clock_offset = offset;
  for (guint i = 0; i < self->alerts->len; i++)
    {
      const WeirAlert *alert = g_ptr_array_index (self->alerts, i);

      if (monotonic < alert->next_check || !can_judge (self, alert->rule, monotonic))
        continue;
      g_ptr_array_add (rules, weir_alert_rule_ref (alert->rule));
      g_ptr_array_add (names, g_strdup (alert->name));
    }
  g_mutex_unlock (&self->mutex);
  return rules;
}

static void
check (WeirAlerts *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) rules = ref_due (self, names);
  g_autoptr(GError) failure = NULL;
  gboolean is_changed = FALSE;

  /* Twice: what costs nothing first. */
  for (guint i = 0; i < 2 * rules->len && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      WeirAlertRule *rule = g_ptr_array_index (rules, i % rules->len);
      gboolean is_question = weir_alert_measure_is_question (rule);
      g_autoptr(GError) error = NULL;
      gint64 began = g_get_monotonic_time ();
      double value = NAN;

      if (is_question != (i >= rules->len))
        continue;
      weir_alerts_measure (self, rule, &value, &error);
      if (g_cancellable_is_cancelled (self->cancellable))
        return;
      is_changed |= take_measure (self, g_ptr_array_index (names, i % rules->len), rule, value,
                                  error, is_question ? g_get_monotonic_time () - began : 0);
    }
  if (!is_changed)
    return;
  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  if (!save (self, &failure))
    g_warning ("what alerts did cannot be kept: %s", failure->message);
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);
}

static gpointer
alerts_thread (gpointer data)
{
  WeirAlerts *self = data;

  if (setpriority (PRIO_PROCESS, gettid (), NICE) < 0)
    g_debug ("The thread of alerts runs with the priority of the others");
  g_mutex_lock (&self->mutex);
  while (!self->is_stopping)
    {
      gint64 next = g_get_monotonic_time () + CHECK_US;

      g_mutex_unlock (&self->mutex);
      check (self);
      g_mutex_lock (&self->mutex);
      while (!self->is_stopping && g_cond_wait_until (&self->wake, &self->mutex, next))
        continue;
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static const char *
get_text (JsonObject *object,
          const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

static gint64
get_time (JsonObject *object,
          const char *member)
{
  const char *text = get_text (object, member);
  gint64 micros = 0;

  return weir_time_parse_rfc3339 (text, strlen (text), &micros) ? micros : 0;
}

static double
get_number (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;
}

static gboolean
load_alert (WeirAlerts *self,
            JsonObject *object)
{
  gint64 now = g_get_real_time ();
  gint64 monotonic = g_get_monotonic_time ();
  gint64 snoozed_until = get_time (object, "snoozed_until");
  WeirAlertRule *rule =
    weir_alert_rule_new_from_json (json_object_get_member (object, "rule"), NULL);
  WeirAlert *alert;
  guint position;

  if (rule == NULL)
    return FALSE;
  alert = weir_alert_new (get_text (object, "name"), rule, get_time (object, "since"), monotonic);
  alert->value = get_number (object, "value");
  if (json_object_get_boolean_member_with_default (object, "firing", FALSE))
    alert->state = WEIR_ALERT_FIRING;
  alert->is_told = json_object_get_boolean_member_with_default (object, "told", FALSE);
  weir_alert_snooze (alert, CLAMP (snoozed_until - now, 0, WEIR_ALERTS_MAX_SNOOZE), now, monotonic);
  if (find (self, alert->name, &position))
    g_ptr_array_remove_index (self->alerts, position);
  g_ptr_array_insert (self->alerts, (int) position, alert);
  return TRUE;
}

static void
load_entry (WeirAlerts *self,
            JsonObject *object)
{
  Entry *entry = g_new0 (Entry, 1);
  JsonNode *rule = json_object_get_member (object, "rule");

  entry->id = (guint64) json_object_get_int_member_with_default (object, "id", 0);
  entry->name = g_strdup (get_text (object, "name"));
  entry->is_firing = g_str_equal (get_text (object, "state"), "firing");
  entry->at = get_time (object, "at");
  entry->value = get_number (object, "value");
  entry->threshold = get_number (object, "threshold");
  entry->rule = rule != NULL ? json_to_string (rule, FALSE) : g_strdup ("null");
  g_queue_push_tail (&self->history, entry);
}

static JsonArray *
get_array (JsonObject *object,
           const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
load (WeirAlerts  *self,
      const char  *json,
      gsize        length,
      GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  JsonObject *object;
  JsonArray *alerts = NULL, *history;
  gboolean ok = length > 0 && weir_json_load (parser, json, (gssize) length) &&
                (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root);

  object = ok ? json_node_get_object (root) : NULL;
  ok = ok && (alerts = get_array (object, "alerts")) != NULL;
  for (guint i = 0; ok && i < json_array_get_length (alerts); i++)
    {
      JsonNode *node = json_array_get_element (alerts, i);

      ok = JSON_NODE_HOLDS_OBJECT (node) && load_alert (self, json_node_get_object (node));
    }
  if (!ok)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                   "%s holds no alerts that can be read; move it away to start without",
                   self->path);
      return FALSE;
    }
  history = get_array (object, "history");
  for (guint i = 0; history != NULL && i < json_array_get_length (history); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (history, i)))
      load_entry (self, json_array_get_object_element (history, i));
  self->last_id = (guint64) json_object_get_int_member_with_default (object, "last_id", 0);
  return TRUE;
}

/**
 * weir_alerts_open:
 * @path: the file; need not exist
 * @services: what is measured; must outlive the alerts
 * @error: return location for an error
 *
 * Returns: (transfer full): the alerts, which are not looked at yet, or %NULL with
 *   %WEIR_ERROR_CONFIGURATION when the file cannot be read
 */
WeirAlerts *
weir_alerts_open (const char  *path,
                  gpointer     services,
                  GError     **error)
{
  g_autoptr(WeirAlerts) self = g_new0 (WeirAlerts, 1);
  g_autoptr(GError) local = NULL;
  g_autofree char *json = NULL;
  gsize length = 0;

  self->path = g_strdup (path);
  self->services = services;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->measure_mutex);
  g_mutex_init (&self->file_mutex);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->history);
  self->alerts = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_alert_free);
  self->whole_since = g_get_monotonic_time ();
  self->clock_offset = g_get_real_time () - self->whole_since;

  if (!g_file_get_contents (path, &json, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&self);
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, local->message);
      return NULL;
    }
  return load (self, json, length, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_alerts_start:
 * @self: alerts
 *
 * Starts the thread.
 */
void
weir_alerts_start (WeirAlerts *self)
{
  self->thread = g_thread_new ("weir-alerts", alerts_thread, self);
}

/**
 * weir_alerts_stop:
 * @self: alerts
 *
 * Ends the thread, and the question it may wait for.
 */
void
weir_alerts_stop (WeirAlerts *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * weir_alerts_free:
 * @self: (transfer full): alerts that do not run
 */
void
weir_alerts_free (WeirAlerts *self)
{
  g_return_if_fail (self->thread == NULL);

  g_ptr_array_unref (self->alerts);
  g_queue_clear_full (&self->history, entry_free);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->measure_mutex);
  g_mutex_clear (&self->file_mutex);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_alerts_measure:
 * @self: alerts
 * @rule: a rule, saved or not
 * @value: (out): what it measures now; not a number when there is nothing to measure
 * @error: return location for an error
 *
 * Measures one at a time. Blocks.
 *
 * Returns: whether it could be measured
 */
gboolean
weir_alerts_measure (WeirAlerts           *self,
                     const WeirAlertRule  *rule,
                     double               *value,
                     GError              **error)
{
  gboolean is_question = weir_alert_measure_is_question (rule);
  gboolean ok;

  if (is_question)
    g_mutex_lock (&self->measure_mutex);
  ok = weir_alert_measure (self->services, rule, self->cancellable, value, error);
  if (is_question)
    g_mutex_unlock (&self->measure_mutex);
  return ok;
}

/**
 * weir_alerts_put:
 * @self: alerts
 * @name: a name
 * @rule: when it is to fire; in place of the rule of that name
 * @error: return location for an error
 *
 * Saves a rule. One that is changed begins anew. Blocks.
 *
 * Returns: whether it is saved
 */
gboolean
weir_alerts_put (WeirAlerts     *self,
                 const char     *name,
                 WeirAlertRule  *rule,
                 GError        **error)
{
  gint64 now = g_get_real_time ();
  gboolean ok = FALSE;
  guint position;

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  if (find (self, name, &position))
    {
      WeirAlert *old = g_ptr_array_index (self->alerts, position);

      if (g_str_equal (old->rule->json, rule->json))
        ok = TRUE;
      else if (old->state == WEIR_ALERT_FIRING)
        note_change (self, old, FALSE, now);
      if (!ok)
        g_ptr_array_remove_index (self->alerts, position);
    }
  else if (self->alerts->len >= WEIR_ALERTS_MAX)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "there may be 200 alerts; delete one first");
      position = G_MAXUINT;
    }
  if (!ok && position != G_MAXUINT)
    {
      g_ptr_array_insert (self->alerts, (int) position,
                          weir_alert_new (name, weir_alert_rule_ref (rule), now,
                                          g_get_monotonic_time ()));
      ok = save (self, error);
    }
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);
  return ok;
}

static gboolean
not_found (const char  *name,
           GError     **error)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no alert “%s”", name);
  return FALSE;
}

/**
 * weir_alerts_remove:
 * @self: alerts
 * @name: name of an alert
 * @error: return location for an error
 *
 * Forgets an alert; what it did stays in the history. Blocks.
 *
 * Returns: whether it is gone; %WEIR_ERROR_NOT_FOUND when it was not there
 */
gboolean
weir_alerts_remove (WeirAlerts  *self,
                    const char  *name,
                    GError     **error)
{
  gboolean ok;
  guint position;

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  ok = find (self, name, &position);
  if (ok)
    {
      WeirAlert *alert = g_ptr_array_index (self->alerts, position);

      if (alert->state == WEIR_ALERT_FIRING)
        note_change (self, alert, FALSE, g_get_real_time ());
      g_ptr_array_remove_index (self->alerts, position);
      ok = save (self, error);
    }
  else
    not_found (name, error);
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);
  return ok;
}

/**
 * weir_alerts_snooze:
 * @self: alerts
 * @name: name of an alert
 * @micros: how long nobody is to be told; 0 to end that
 * @error: return location for an error
 *
 * Blocks.
 *
 * Returns: whether it was done; %WEIR_ERROR_NOT_FOUND when there is no such alert
 */
gboolean
weir_alerts_snooze (WeirAlerts  *self,
                    const char  *name,
                    gint64       micros,
                    GError     **error)
{
  gboolean ok;
  guint position;

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  ok = find (self, name, &position);
  if (ok)
    {
      weir_alert_snooze (g_ptr_array_index (self->alerts, position), micros, g_get_real_time (),
                         g_get_monotonic_time ());
      ok = save (self, error);
    }
  else
    not_found (name, error);
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);
  return ok;
}

/**
 * weir_alerts_append_list:
 * @self: alerts
 * @out: gets `{"alerts":[…]}`, by name
 */
void
weir_alerts_append_list (WeirAlerts *self,
                         GString    *out)
{
  g_string_append (out, "{\"alerts\":[");
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->alerts->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      weir_alert_append (g_ptr_array_index (self->alerts, i), out);
    }
  g_mutex_unlock (&self->mutex);
  g_string_append (out, "]}");
}

/**
 * weir_alerts_append_history:
 * @self: alerts
 * @before: only what came before this id, 0 for all
 * @limit: at most so many
 * @out: gets `{"history":[…],"cursor":ID}`, newest first; the cursor is null at the end
 */
void
weir_alerts_append_history (WeirAlerts *self,
                            guint64     before,
                            guint       limit,
                            GString    *out)
{
  guint64 cursor = 0;
  guint n = 0;

  g_string_append (out, "{\"history\":[");
  g_mutex_lock (&self->mutex);
  for (GList *l = self->history.tail; l != NULL; l = l->prev)
    {
      const Entry *entry = l->data;

      if (before > 0 && entry->id >= before)
        continue;
      if (n == limit)
        break;
      if (n++ > 0)
        g_string_append_c (out, ',');
      append_entry (entry, TRUE, out);
      cursor = l->prev != NULL ? entry->id : 0;
    }
  g_mutex_unlock (&self->mutex);
  if (cursor > 0)
    g_string_append_printf (out, "],\"cursor\":%" G_GUINT64_FORMAT "}", cursor);
  else
    g_string_append (out, "],\"cursor\":null}");
}
