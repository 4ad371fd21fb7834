/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fleet.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-fleet-connection.h"
#include "weir-fleet-world.h"
#include "weir-sketch.h"

/*
 * One event loop. Requests are made when a connection is free and the rate allows it: the rate is a
 * debt in events that grows with time and is paid by sending. A request that was refused for now,
 * or whose connection broke, is sent again, with the same message ids, until it is taken or time is
 * up.
 */

#define TICK_MS     5
#define DRAIN_US    (10 * G_TIME_SPAN_SECOND)
#define RETRY_MS    250

typedef struct {
  GBytes *body;
  guint n_events;
} Request;

typedef struct {
  WeirFleet *fleet;
  WeirFleetConnection *connection;
  Request *request;
} Slot;

struct _WeirFleet {
  WeirFleetOptions options;
  WeirFleetWorld *world;
  GMainLoop *loop;
  WeirFleetPoller *poller;
  GSocketAddress *address;
  Slot *slots;
  GQueue idle;            /* of Slot */
  GQueue refused;         /* of Request: to be sent again */
  GPtrArray *prebuilt;    /* of Request */
  guint next_prebuilt;
  GString *buffer;
  WeirSketch *latency;    /* milliseconds */
  gint64 started;
  gint64 finished;
  gint64 first_taken;     /* wall clock of the first 202 */
  gint64 slowest;         /* microseconds */
  double n_allowed;       /* events that the rate allows until now */
  gint64 last_tick;
  guint n_busy;
  gint64 resume_at;       /* Retry-After: nothing is sent before */
  gboolean in_history;
  gboolean is_ending;
  guint64 n_sent;
  guint64 n_accepted;
  guint64 n_rejected;
};

static void send_some (WeirFleet *self);

static void
request_free (Request *request)
{
  g_bytes_unref (request->body);
  g_free (request);
}

static Request *
make_request (WeirFleet *self)
{
  Request *request = g_new0 (Request, 1);
  gint64 now = g_get_real_time ();
  gboolean is_list = self->options.batch > 1;

  g_string_truncate (self->buffer, 0);
  if (is_list)
    g_string_append_c (self->buffer, '[');
  for (; request->n_events < (guint) self->options.batch; request->n_events++)
    {
      gsize length = self->buffer->len;

      if (request->n_events > 0)
        g_string_append_c (self->buffer, ',');
      if (!self->in_history)
        weir_fleet_world_append_event (self->world, now, self->buffer);
      else if (!weir_fleet_world_append_past (self->world, self->buffer))
        {
          self->in_history = FALSE;
          g_string_truncate (self->buffer, length);
          break;
        }
    }
  if (is_list)
    g_string_append_c (self->buffer, ']');
  request->body = g_bytes_new (self->buffer->str, self->buffer->len);

  return request;
}

/* Prebuilt requests go round and round. */
static void
release (WeirFleet *self,
         Request   *request)
{
  if (self->prebuilt->len == 0)
    request_free (request);
}

/* The next request, or NULL when the rate or the end allows none now. */
static Request *
next_request (WeirFleet *self)
{
  Request *request = g_queue_pop_head (&self->refused);

  if (request != NULL)
    return request;
  if (self->is_ending)
    return NULL;
  if (self->options.n_events > 0 && self->n_sent >= (guint64) self->options.n_events)
    return NULL;
  if (!self->in_history && self->options.rate > 0 && self->n_allowed < self->options.batch)
    return NULL;

  if (self->prebuilt->len > 0)
    request = g_ptr_array_index (self->prebuilt, self->next_prebuilt++ % self->prebuilt->len);
  else
    request = make_request (self);
  if (request->n_events == 0)
    {
      release (self, request);
      return next_request (self);
    }
  self->n_sent += request->n_events;
  self->n_allowed -= request->n_events;

  return request;
}

static gboolean
is_done (WeirFleet *self)
{
  gboolean told_all = self->options.backfill > 0 && !self->in_history &&
                      self->options.seconds == 0 && self->options.rate == 0;

  if (told_all || (self->options.n_events > 0 && self->n_sent >= (guint64) self->options.n_events))
    self->is_ending = TRUE;
  return self->is_ending && self->n_busy == 0 && g_queue_is_empty (&self->refused);
}

static void
refuse (WeirFleet             *self,
        Request               *request,
        const WeirFleetAnswer *answer)
{
  guint64 wait_ms = answer->retry_after > 0 ? answer->retry_after * 1000 : RETRY_MS;

  self->resume_at = MAX (self->resume_at, g_get_monotonic_time () + (gint64) wait_ms * 1000);
  g_queue_push_tail (&self->refused, request);
}

static void
on_answer (WeirFleetConnection   *connection,
           const WeirFleetAnswer *answer,
           gpointer               user_data)
{
  Slot *slot = user_data;
  WeirFleet *self = slot->fleet;
  Request *request = g_steal_pointer (&slot->request);

  self->n_busy--;
  if (answer->status == 202)
    {
      if (self->first_taken == 0)
        self->first_taken = g_get_real_time ();
      self->n_accepted += answer->accepted;
      self->n_rejected +=
          request->n_events - MIN (answer->accepted + answer->duplicates, request->n_events);
      /* A duplicate is an event whose first answer was lost with its connection. */
      self->n_accepted += answer->duplicates;
      weir_sketch_add (self->latency, (double) answer->elapsed / 1000);
      self->slowest = MAX (self->slowest, answer->elapsed);
      release (self, request);
    }
  else if (answer->status == 0 || answer->status == 429 || answer->status == 503)
    {
      refuse (self, request, answer);
    }
  else
    {
      g_printerr ("weir-fleet: a request was answered with status %u\n", answer->status);
      release (self, request);
    }

  g_queue_push_tail (&self->idle, slot);
  if (is_done (self))
    g_main_loop_quit (self->loop);
  else
    send_some (self);
}

static void
send_some (WeirFleet *self)
{
  if (g_get_monotonic_time () < self->resume_at)
    return;
  while (!g_queue_is_empty (&self->idle))
    {
      Request *request = next_request (self);
      Slot *slot;

      if (request == NULL)
        break;
      slot = g_queue_pop_head (&self->idle);
      slot->request = request;
      self->n_busy++;
      weir_fleet_connection_post (slot->connection, request->body);
    }
}

static gboolean
on_tick (gpointer data)
{
  WeirFleet *self = data;
  gint64 now = g_get_monotonic_time ();

  if (self->options.seconds > 0 && now - self->started > (gint64) (self->options.seconds * 1e6))
    self->is_ending = TRUE;
  /* At most one second of debt: a collector that was away is not to be flooded. */
  if (self->options.rate > 0)
    {
      self->n_allowed += self->options.rate * (double) (now - self->last_tick) / 1e6;
      self->n_allowed = MIN (self->n_allowed, MAX (self->options.rate, self->options.batch));
    }
  self->last_tick = now;
  if (self->is_ending && self->finished == 0)
    self->finished = now;
  if (is_done (self) || (self->finished > 0 && now - self->finished > DRAIN_US))
    g_main_loop_quit (self->loop);
  else
    send_some (self);

  return G_SOURCE_CONTINUE;
}

static GSocketAddress *
find_address (const char  *url,
              char       **host,
              GError     **error)
{
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GSocketConnectable) connectable = NULL;
  g_autoptr(GSocketAddressEnumerator) addresses = NULL;
  int port;

  if (g_str_has_prefix (url, "unix:"))
    {
      *host = g_strdup ("localhost");
      return g_unix_socket_address_new (url + strlen ("unix:"));
    }
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  if (uri == NULL)
    return NULL;
  if (g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 || g_uri_get_host (uri) == NULL)
    {
      g_set_error (
          error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "“%s” is not an http:// address", url);
      return NULL;
    }

  port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : 80;
  *host = strchr (g_uri_get_host (uri), ':') != NULL
              ? g_strdup_printf ("[%s]:%d", g_uri_get_host (uri), port)
              : g_strdup_printf ("%s:%d", g_uri_get_host (uri), port);
  connectable = g_network_address_new (g_uri_get_host (uri), (guint16) port);
  addresses = g_socket_connectable_enumerate (connectable);

  return g_socket_address_enumerator_next (addresses, NULL, error);
}

/**
 * weir_fleet_new:
 * @options: what to do; its texts must outlive the fleet
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a fleet that does not run yet
 */
WeirFleet *
weir_fleet_new (const WeirFleetOptions  *options,
                GError                 **error)
{
  g_autoptr(WeirFleet) self = g_new0 (WeirFleet, 1);
  g_autofree char *host = NULL;

  self->options = *options;
  self->prebuilt = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  self->world = weir_fleet_world_new ((guint64) options->seed, (guint) options->n_devices);
  self->latency = weir_sketch_new ();
  self->buffer = g_string_new (NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->poller = weir_fleet_poller_new (weir_fleet_connection_ready);
  g_queue_init (&self->idle);
  g_queue_init (&self->refused);
  self->address = find_address (options->url, &host, error);
  if (self->address == NULL)
    return NULL;

  self->slots = g_new0 (Slot, options->n_connections);
  for (int i = 0; i < options->n_connections; i++)
    {
      self->slots[i].fleet = self;
      self->slots[i].connection =
          weir_fleet_connection_new (self->poller, self->address, host, options->path,
                                     options->key, on_answer, &self->slots[i]);
      g_queue_push_tail (&self->idle, &self->slots[i]);
    }

  return g_steal_pointer (&self);
}

static void
prepare (WeirFleet *self)
{
  gint64 now = g_get_real_time ();

  weir_fleet_world_set_ids (self->world, self->options.prebuild == 0);
  if (self->options.backfill > 0)
    {
      weir_fleet_world_start_history (self->world, now - self->options.backfill, now);
      self->in_history = TRUE;
    }
  for (int i = 0; i < self->options.prebuild; i++)
    g_ptr_array_add (self->prebuilt, make_request (self));
}

/**
 * weir_fleet_run:
 * @self: a fleet
 *
 * Runs until the time is up, the history is told, or weir_fleet_stop() is called.
 */
void
weir_fleet_run (WeirFleet *self)
{
  guint timer;

  prepare (self);
  self->started = self->last_tick = g_get_monotonic_time ();
  timer = g_timeout_add (TICK_MS, on_tick, self);
  send_some (self);
  g_main_loop_run (self->loop);
  g_source_remove (timer);
  if (self->finished == 0)
    self->finished = g_get_monotonic_time ();
}

/**
 * weir_fleet_stop:
 * @self: a running fleet
 *
 * Ends the run as if its time were up.
 */
void
weir_fleet_stop (WeirFleet *self)
{
  self->is_ending = TRUE;
}

/**
 * weir_fleet_report:
 * @self: a fleet that ran
 *
 * Says what became of the events: those whose request got no answer that settles them have failed.
 *
 * Returns: (transfer full): one line of JSON
 */
char *
weir_fleet_report (WeirFleet *self)
{
  g_autoptr(GString) out = g_string_new (NULL);
  guint64 n_failed = self->n_sent - MIN (self->n_accepted + self->n_rejected, self->n_sent);

  g_string_append_printf (out,
                          "{\"sent\":%" G_GUINT64_FORMAT ",\"accepted\":%" G_GUINT64_FORMAT
                          ",\"rejected\":%" G_GUINT64_FORMAT ",\"failed\":%" G_GUINT64_FORMAT
                          ",\"seconds\":",
                          self->n_sent,
                          self->n_accepted,
                          self->n_rejected,
                          n_failed);
  weir_json_append_double (out, (double) ((self->finished - self->started) / 1000) / 1000);
  g_string_append (out, ",\"p50_ms\":");
  weir_json_append_double (out,
                           round (weir_sketch_get_quantile (self->latency, 0.5) * 1000) / 1000);
  g_string_append (out, ",\"p99_ms\":");
  weir_json_append_double (out,
                           round (weir_sketch_get_quantile (self->latency, 0.99) * 1000) / 1000);
  g_string_append (out, ",\"max_ms\":");
  weir_json_append_double (out, (double) self->slowest / 1000);
  g_string_append (out, ",\"first_accepted_at\":");
  weir_json_append_double (
      out, self->first_taken > 0 ? (double) (self->first_taken / 1000) / 1000 : NAN);
  g_string_append_c (out, '}');

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * weir_fleet_free:
 * @self: (transfer full): a fleet
 */
void
weir_fleet_free (WeirFleet *self)
{
  for (int i = 0; self->slots != NULL && i < self->options.n_connections; i++)
    {
      weir_fleet_connection_free (self->slots[i].connection);
      if (self->slots[i].request != NULL)
        release (self, self->slots[i].request);
    }
  g_free (self->slots);
  weir_fleet_poller_free (self->poller);
  if (self->prebuilt->len == 0)
    g_queue_clear_full (&self->refused, (GDestroyNotify) request_free);
  g_queue_clear (&self->refused);
  g_queue_clear (&self->idle);
  g_ptr_array_unref (self->prebuilt);
  weir_fleet_world_free (self->world);
  weir_sketch_free (self->latency);
  g_string_free (self->buffer, TRUE);
  g_clear_object (&self->address);
  g_main_loop_unref (self->loop);
  g_free (self);
}
