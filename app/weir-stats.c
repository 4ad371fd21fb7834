/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-stats.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "weir-error.h"
#include "weir-json.h"

#define MAX_ENTRIES 256

static void
series_clear (WeirSeries *series)
{
  g_clear_pointer (&series->values, g_free);
  series->n_values = 0;
}

static void
type_stats_clear (gpointer data)
{
  WeirTypeStats *type = data;

  g_free (type->name);
  series_clear (&type->history);
}

static void
dependency_stats_clear (gpointer data)
{
  WeirDependencyStats *dependency = data;

  g_free (dependency->name);
  series_clear (&dependency->history);
  series_clear (&dependency->failure_history);
}

static void
source_stats_clear (gpointer data)
{
  g_free (((WeirSourceStats *) data)->name);
}

static void
stats_clear (gpointer data)
{
  WeirStats *self = data;

  g_free (self->reason);
  series_clear (&self->events);
  series_clear (&self->error_history);
  series_clear (&self->p50);
  series_clear (&self->p95);
  series_clear (&self->p99);
  series_clear (&self->other_history);
  g_array_unref (self->types);
  g_array_unref (self->dependencies);
  g_array_unref (self->sources);
}

static void
read_series (JsonObject *object,
             const char *member,
             WeirSeries *series)
{
  JsonArray *array = weir_json_get_array (object, member);
  guint n = array != NULL ? MIN (json_array_get_length (array), WEIR_STATS_MAX_SLOTS) : 0;

  series->n_values = n;
  series->values = g_new (double, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    series->values[i] = weir_json_node_to_number (json_array_get_element (array, i), NAN);
}

static void
read_latency (JsonObject  *object,
              WeirLatency *latency)
{
  latency->count = weir_json_get_count (object, "count");
  latency->p50 = weir_json_get_number (object, "p50");
  latency->p95 = weir_json_get_number (object, "p95");
  latency->p99 = weir_json_get_number (object, "p99");
}

static JsonObject *
get_entry (JsonArray *array,
           guint      index)
{
  JsonNode *node;

  if (array == NULL || index >= json_array_get_length (array) || index >= MAX_ENTRIES)
    return NULL;
  node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
read_types (WeirStats  *self,
            JsonObject *root)
{
  JsonArray *array = weir_json_get_array (root, "types");
  JsonObject *others = weir_json_get_object (root, "other_types");
  JsonObject *entry;

  for (guint i = 0; (entry = get_entry (array, i)) != NULL; i++)
    {
      WeirTypeStats type = { .name = g_strdup (weir_json_get_text (entry, "event")) };

      type.count = weir_json_get_count (entry, "count");
      type.errors = weir_json_get_count (entry, "errors");
      type.average = weir_json_get_number (entry, "average");
      read_series (entry, "history", &type.history);
      if (type.name == NULL)
        type_stats_clear (&type);
      else
        g_array_append_val (self->types, type);
    }
  self->n_other_types = weir_json_get_count (others, "types");
  self->other_count = weir_json_get_count (others, "count");
  read_series (others, "history", &self->other_history);
}

static void
read_dependencies (WeirStats  *self,
                   JsonObject *root)
{
  JsonArray *array = weir_json_get_array (root, "dependencies");
  JsonObject *entry;

  for (guint i = 0; (entry = get_entry (array, i)) != NULL; i++)
    {
      WeirDependencyStats dependency = { .name = g_strdup (weir_json_get_text (entry, "name")) };

      dependency.calls = weir_json_get_count (entry, "calls");
      dependency.failures = weir_json_get_count (entry, "failures");
      dependency.error_rate = weir_json_get_number (entry, "error_rate");
      read_latency (entry, &dependency.latency);
      read_series (entry, "history", &dependency.history);
      read_series (entry, "failure_history", &dependency.failure_history);
      if (dependency.name == NULL)
        dependency_stats_clear (&dependency);
      else
        g_array_append_val (self->dependencies, dependency);
    }
}

static void
read_sources (WeirStats  *self,
              JsonObject *root)
{
  JsonArray *array = weir_json_get_array (root, "sources");
  JsonObject *entry;

  for (guint i = 0; (entry = get_entry (array, i)) != NULL; i++)
    {
      WeirSourceStats source = { .name = g_strdup (weir_json_get_text (entry, "source")) };

      source.count = weir_json_get_count (entry, "count");
      source.last_seen = weir_json_get_time (entry, "last_seen");
      if (source.name != NULL)
        g_array_append_val (self->sources, source);
    }
}

static void
read_ledger (WeirStats  *self,
             JsonObject *root)
{
  JsonObject *ledger = weir_json_get_object (root, "ledger");

  self->ledger.received = weir_json_get_count (ledger, "received");
  self->ledger.accepted = weir_json_get_count (ledger, "accepted");
  self->ledger.duplicate = weir_json_get_count (ledger, "duplicate");
  self->ledger.rejected = weir_json_get_count (ledger, "rejected");
  self->ledger.stored = weir_json_get_count (ledger, "stored");
  self->ledger.queued = weir_json_get_count (ledger, "queued");
  self->ledger.dead_lettered = weir_json_get_count (ledger, "dead_lettered");
}

static void
read_totals (WeirStats  *self,
             JsonObject *root)
{
  JsonObject *rates = weir_json_get_object (root, "rates");
  JsonObject *history = weir_json_get_object (root, "history");
  JsonNode *ready = json_object_get_member (root, "ready");

  self->at = weir_json_get_time (root, "at");
  self->seq = weir_json_get_count (root, "seq");
  self->received_rate = weir_json_get_number (rates, "received");
  self->stored_rate = weir_json_get_number (rates, "stored");
  self->lag = weir_json_get_number (root, "lag_seconds");
  self->journal_bytes = weir_json_get_count (root, "journal_bytes");
  self->n_clients = weir_json_get_count (root, "clients");
  self->ready = ready == NULL || !JSON_NODE_HOLDS_VALUE (ready) || json_node_get_boolean (ready);
  self->reason = g_strdup (weir_json_get_text (root, "reason"));

  self->window = weir_json_get_number (root, "window_seconds");
  self->slot = weir_json_get_number (root, "slot_seconds");
  self->slot_elapsed = weir_json_get_number (root, "slot_elapsed_seconds");
  self->count = weir_json_get_count (root, "count");
  self->errors = weir_json_get_count (root, "errors");
  self->error_rate = weir_json_get_number (root, "error_rate");
  read_latency (weir_json_get_object (root, "latency_ms"), &self->latency);
  read_series (history, "events", &self->events);
  read_series (history, "errors", &self->error_history);
  read_series (history, "p50", &self->p50);
  read_series (history, "p95", &self->p95);
  read_series (history, "p99", &self->p99);

  if (!(self->window > 0))
    self->window = 600;
  if (!(self->slot > 0))
    self->slot = 10;
  if (!(self->slot_elapsed >= 0 && self->slot_elapsed <= self->slot))
    self->slot_elapsed = self->slot;
}

static GArray *
new_entries (gsize          size,
             GDestroyNotify clear)
{
  GArray *array = g_array_new (FALSE, FALSE, (guint) size);

  g_array_set_clear_func (array, clear);
  return array;
}

/**
 * weir_stats_new_from_json:
 * @json: a `stats` message
 * @length: its length in bytes, or -1 when NUL-terminated
 * @error: where to put an error
 *
 * Reads a message. Members that are absent or of another type than expected count as not said,
 * so that an older or newer collector can still be watched.
 *
 * Returns: (transfer full): the statistics, or %NULL with @error set when @json is no object
 */
WeirStats *
weir_stats_new_from_json (const char  *json,
                          gssize       length,
                          GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  WeirStats *self;
  JsonNode *root;

  g_return_val_if_fail (json != NULL, NULL);

  if (!json_parser_load_from_data (parser, json, length, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON,
                           "The statistics are not a JSON object");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (WeirStats);
  self->types = new_entries (sizeof (WeirTypeStats), type_stats_clear);
  self->dependencies = new_entries (sizeof (WeirDependencyStats), dependency_stats_clear);
  self->sources = new_entries (sizeof (WeirSourceStats), source_stats_clear);
  read_totals (self, json_node_get_object (root));
  read_ledger (self, json_node_get_object (root));
  read_types (self, json_node_get_object (root));
  read_dependencies (self, json_node_get_object (root));
  read_sources (self, json_node_get_object (root));
  return self;
}

/**
 * weir_stats_ref:
 * @self: statistics
 *
 * Returns: (transfer full): @self
 */
WeirStats *
weir_stats_ref (WeirStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * weir_stats_unref:
 * @self: (transfer full): statistics
 *
 * Gives a reference back.
 */
void
weir_stats_unref (WeirStats *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, stats_clear);
}

/**
 * weir_stats_get_type:
 * @self: statistics
 * @index: rank of an event type, 0 for the largest
 *
 * Returns: (transfer none) (nullable): its numbers, or %NULL when there are not so many
 */
const WeirTypeStats *
weir_stats_get_type (const WeirStats *self,
                     guint            index)
{
  return index < self->types->len ? &g_array_index (self->types, WeirTypeStats, index) : NULL;
}

/**
 * weir_stats_get_dependency:
 * @self: statistics
 * @index: rank of a dependency, 0 for the one with most failures
 *
 * Returns: (transfer none) (nullable): its numbers, or %NULL when there are not so many
 */
const WeirDependencyStats *
weir_stats_get_dependency (const WeirStats *self,
                           guint            index)
{
  return index < self->dependencies->len
         ? &g_array_index (self->dependencies, WeirDependencyStats, index) : NULL;
}

/**
 * weir_stats_get_source:
 * @self: statistics
 * @index: rank of a source, 0 for the largest
 *
 * Returns: (transfer none) (nullable): its numbers, or %NULL when there are not so many
 */
const WeirSourceStats *
weir_stats_get_source (const WeirStats *self,
                       guint            index)
{
  return index < self->sources->len
         ? &g_array_index (self->sources, WeirSourceStats, index) : NULL;
}

/**
 * weir_stats_get_slot_end:
 * @self: statistics
 * @n_slots: how many slots a history has
 * @index: one of them
 *
 * Returns: when the slot ends; for the one that is still running, the instant of the message
 */
gint64
weir_stats_get_slot_end (const WeirStats *self,
                         guint            n_slots,
                         guint            index)
{
  double back;

  g_return_val_if_fail (index < n_slots, self->at);

  if (index + 1 == n_slots)
    return self->at;
  back = self->slot_elapsed + self->slot * (n_slots - 2 - index);
  return self->at - (gint64) (back * G_USEC_PER_SEC);
}

/**
 * weir_stats_get_slot_rate:
 * @self: statistics
 * @series: counts
 * @index: a slot of @series
 *
 * Returns: the count of the slot for each second of it; for one that has run for less than a
 *   second, which says nothing yet, that of the slot before
 */
double
weir_stats_get_slot_rate (const WeirStats  *self,
                          const WeirSeries *series,
                          guint             index)
{
  g_return_val_if_fail (index < series->n_values, NAN);

  if (index + 1 < series->n_values || self->slot_elapsed >= self->slot)
    return series->values[index] / self->slot;
  if (self->slot_elapsed >= 1)
    return series->values[index] / self->slot_elapsed;
  return index > 0 ? series->values[index - 1] / self->slot : NAN;
}
