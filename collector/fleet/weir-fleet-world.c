/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fleet-world.h"

#include <math.h>
#include <string.h>

#include "weir-time.h"

/*
 * Everything about an actor follows from its number and the seed, so that tens of thousands of them
 * need sixteen bytes each. Of ten actors four are machines and six are visitors. A visitor walks
 * through a session:
 *
 *   page_view … page_view → add_to_cart → sign_up + $identify → purchase
 *
 * and may leave at any step; each has a plan, a country and a liking of its own, so that funnels
 * differ by property. A session's pages call services, and those are what dependencies and latency
 * show. Trouble comes in episodes: for eight minutes of every hour one service is slow and fails
 * often.
 *
 * History is told day by day: each visitor comes for the first time on a day of its own and returns
 * ever less often, so that retention has the shape that it has in life.
 */

#define SECOND        ((gint64) G_USEC_PER_SEC)
#define DAY           (86400 * SECOND)
#define MACHINE_TENTH 4

typedef enum {
  STEP_LANDING,
  STEP_BROWSING,
  STEP_CART,
  STEP_SIGN_UP,
  STEP_IDENTIFY,
  STEP_PURCHASE,
  STEP_DONE,
} Step;

typedef struct {
  guint8 step;
  guint8 pages;
  guint16 sessions;
  guint16 generation;       /* how many visitors have come and gone in this place */
  guint8 is_known;           /* has signed up: has a user id */
  float level;              /* a machine's last reading */
} Actor;

struct _WeirFleetWorld {
  guint64 seed;
  guint64 state;            /* of the random numbers */
  guint64 n_made;
  guint64 run;              /* tells this run's message ids from those of the last one */
  guint n_actors;
  gboolean with_ids;
  Actor *actors;
  gint64 history_from;
  gint64 history_until;
  gint64 day;               /* start of the day being told */
  guint day_actor;          /* whose part of that day is next */
  gint64 clock;             /* within that actor's session */
};

static const char *const paths[] = {
  "/",     "/pricing",     "/features", "/docs",      "/docs/api",
  "/blog", "/blog/launch", "/about",    "/changelog", "/support",
};
static const char *const plans[] = { "free", "pro", "team", "enterprise" };
static const char *const countries[] = { "DE", "FR", "US", "BR", "IN", "JP", "GB", "NL" };
static const char *const services[] = { "payments", "search", "geo", "mail", "inventory" };
static const char *const sites[] = { "berlin", "lyon", "porto", "kyoto", "austin", "pune" };
static const double base_latency[] = { 80, 25, 12, 140, 35 };

/* Sebastiano Vigna, splitmix64: as good as needed here, and two lines. */
static guint64
mix (guint64 x)
{
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

static guint64
next_random (WeirFleetWorld *self)
{
  return mix (self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
}

static double
next_double (WeirFleetWorld *self)
{
  return (double) (next_random (self) >> 11) * 0x1p-53;
}

static gboolean
chance (WeirFleetWorld *self,
        double          probability)
{
  return next_double (self) < probability;
}

/* A property of an actor that never changes. */
static guint64
trait (WeirFleetWorld *self,
       guint           actor,
       guint           which)
{
  return mix (self->seed + actor * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) +
              which * G_GUINT64_CONSTANT (0xd1342543de82ef95));
}

static gboolean
is_machine (guint actor)
{
  return actor % 10 < MACHINE_TENTH;
}

static void
append_number (GString *out,
               guint64  number)
{
  char text[20];
  guint n = sizeof text;

  do
    text[--n] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  g_string_append_len (out, text + n, sizeof text - n);
}

/* Two decimals are what a sensor or a price has. */
static void
append_decimal (GString *out,
                double   number)
{
  guint64 hundredths = (guint64) llround (fabs (number) * 100);

  if (number < 0)
    g_string_append_c (out, '-');
  append_number (out, hundredths / 100);
  g_string_append_c (out, '.');
  g_string_append_c (out, (char) ('0' + hundredths / 10 % 10));
  g_string_append_c (out, (char) ('0' + hundredths % 10));
}

#define APPEND(out, literal) g_string_append_len (out, "" literal, sizeof (literal) - 1)

static void
open_event (WeirFleetWorld *self,
            GString        *out,
            const char     *name,
            const char     *source,
            gint64          now)
{
  char time[WEIR_TIME_TEXT_SIZE];
  gsize length = weir_time_format_rfc3339 (now, time);

  APPEND (out, "{\"event\":\"");
  g_string_append (out, name);
  APPEND (out, "\",\"source\":\"");
  g_string_append (out, source);
  APPEND (out, "\",\"timestamp\":\"");
  g_string_append_len (out, time, (gssize) length);
  if (self->with_ids)
    {
      APPEND (out, "\",\"id\":\"fleet-");
      append_number (out, self->run);
      g_string_append_c (out, '-');
      append_number (out, self->n_made);
    }
  g_string_append_c (out, '"');
  self->n_made++;
}

static void
append_visitor_number (WeirFleetWorld *self,
                       GString        *out,
                       guint           actor)
{
  append_number (out, actor);
  if (self->actors[actor].generation == 0)
    return;
  g_string_append_c (out, '-');
  append_number (out, self->actors[actor].generation);
}

static void
append_visitor (WeirFleetWorld *self,
                GString        *out,
                guint           actor)
{
  if (self->actors[actor].is_known)
    {
      APPEND (out, ",\"user_id\":\"u-");
      append_visitor_number (self, out, actor);
    }
  else
    {
      APPEND (out, ",\"anonymous_id\":\"a-");
      append_visitor_number (self, out, actor);
    }
  APPEND (out, "\",\"session_id\":\"s-");
  append_visitor_number (self, out, actor);
  g_string_append_c (out, '-');
  append_number (out, self->actors[actor].sessions);
  APPEND (out, "\",\"properties\":{\"country\":\"");
  g_string_append (out, countries[trait (self, actor, 1) % G_N_ELEMENTS (countries)]);
  g_string_append_c (out, '"');
}

static void
append_machine (WeirFleetWorld *self,
                GString        *out,
                guint           actor)
{
  APPEND (out, ",\"device_id\":\"device-");
  append_number (out, actor);
  APPEND (out, "\",\"properties\":{\"site\":\"");
  g_string_append (out, sites[trait (self, actor, 2) % G_N_ELEMENTS (sites)]);
  APPEND (out, "\",\"firmware\":\"");
  g_string_append (out, trait (self, actor, 3) % 5 == 0 ? "2.1.0" : "2.0.4");
  g_string_append_c (out, '"');
}

static void
append_reading (WeirFleetWorld *self,
                GString        *out,
                guint           actor,
                gint64          now)
{
  Actor *machine = &self->actors[actor];
  guint kind = (guint) (next_random (self) % 20);

  if (machine->level == 0)
    machine->level = 15 + (float) (trait (self, actor, 4) % 1000) / 100;
  machine->level += (float) (next_double (self) - 0.5);

  if (kind == 0 && chance (self, 0.3))
    {
      open_event (self, out, "device_error", "fleet", now);
      append_machine (self, out, actor);
      APPEND (out, ",\"level\":\"error\",\"error\":\"sensor timeout\"}}");
      return;
    }
  open_event (self,
              out,
              kind < 5    ? "heartbeat"
              : kind < 15 ? "temperature"
                          : "humidity",
              "fleet",
              now);
  if (kind >= 5)
    {
      APPEND (out, ",\"value\":");
      append_decimal (out, kind < 15 ? machine->level : 40 + machine->level);
    }
  append_machine (self, out, actor);
  if (kind < 5)
    {
      APPEND (out, ",\"battery\":");
      append_number (out, 40 + trait (self, actor, 5) % 60);
    }
  APPEND (out, "}}");
}

/* For eight minutes of every hour one service is in trouble. */
static gboolean
is_in_trouble (guint  service,
               gint64 now)
{
  gint64 hour = now / (3600 * SECOND);

  return now / (60 * SECOND) % 60 < 8 &&
         (guint) (mix ((guint64) hour) % G_N_ELEMENTS (services)) == service;
}

static void
append_call (WeirFleetWorld *self,
             GString        *out,
             guint           actor,
             gint64          now)
{
  guint service = (guint) (next_random (self) % G_N_ELEMENTS (services));
  gboolean trouble = is_in_trouble (service, now);
  gboolean fails = chance (self, trouble ? 0.18 : 0.004);
  /* Latencies are about log-normal: the sum of a few uniform numbers is near enough to normal. */
  double normal =
      next_double (self) + next_double (self) + next_double (self) + next_double (self) - 2;
  double duration = base_latency[service] * exp (1.2 * normal) * (trouble ? 6 : 1);

  open_event (self, out, "api_call", "shop", now);
  append_visitor (self, out, actor);
  APPEND (out, ",\"dependency\":\"");
  g_string_append (out, services[service]);
  APPEND (out, "\",\"duration_ms\":");
  append_decimal (out, duration);
  g_string_append (
      out, fails ? ",\"status\":503,\"error\":\"upstream unavailable\"}}" : ",\"status\":200}}");
}

static void
append_page (WeirFleetWorld *self,
             GString        *out,
             guint           actor,
             gint64          now)
{
  const char *path = paths[next_random (self) % G_N_ELEMENTS (paths)];

  if (self->actors[actor].step == STEP_LANDING)
    path = paths[0];
  open_event (self, out, "page_view", "shop", now);
  append_visitor (self, out, actor);
  APPEND (out, ",\"site_id\":\"shop\",\"path\":\"");
  g_string_append (out, path);
  APPEND (out, "\",\"duration_ms\":");
  append_decimal (out, 30 + 200 * next_double (self) * next_double (self));
  APPEND (out, "}}");
}

static void
append_identify (WeirFleetWorld *self,
                 GString        *out,
                 guint           actor,
                 gint64          now)
{
  open_event (self, out, "$identify", "shop", now);
  APPEND (out, ",\"user_id\":\"u-");
  append_visitor_number (self, out, actor);
  APPEND (out, "\",\"anonymous_id\":\"a-");
  append_visitor_number (self, out, actor);
  APPEND (out, "\",\"properties\":{\"$set\":{\"plan\":\"");
  g_string_append (out, plans[trait (self, actor, 6) % G_N_ELEMENTS (plans)]);
  APPEND (out, "\",\"country\":\"");
  g_string_append (out, countries[trait (self, actor, 1) % G_N_ELEMENTS (countries)]);
  APPEND (out, "\"}}}");
  self->actors[actor].is_known = TRUE;
}

static void
append_step (WeirFleetWorld *self,
             GString        *out,
             guint           actor,
             const char     *name,
             gint64          now)
{
  gboolean is_purchase = self->actors[actor].step == STEP_PURCHASE;

  open_event (self, out, name, "shop", now);
  if (is_purchase)
    {
      APPEND (out, ",\"value\":");
      append_decimal (out, 5 + 120 * next_double (self) * next_double (self));
    }
  append_visitor (self, out, actor);
  APPEND (out, ",\"plan\":\"");
  g_string_append (out, plans[trait (self, actor, 6) % G_N_ELEMENTS (plans)]);
  APPEND (out, "\"}}");
}

/* Where the visitor goes from where it is. */
static Step
choose_next (WeirFleetWorld *self,
             guint           actor)
{
  Actor *visitor = &self->actors[actor];
  double liking = 0.5 + (double) (trait (self, actor, 7) % 100) / 100;

  switch ((Step) visitor->step)
    {
    case STEP_LANDING:
      return chance (self, 0.75) ? STEP_BROWSING : STEP_DONE;
    case STEP_BROWSING:
      if (++visitor->pages < 2 + trait (self, actor, 8) % 5)
        return STEP_BROWSING;
      return chance (self, 0.45 * liking) ? STEP_CART : STEP_DONE;
    case STEP_CART:
      if (visitor->is_known)
        return chance (self, 0.6 * liking) ? STEP_PURCHASE : STEP_DONE;
      return chance (self, 0.5 * liking) ? STEP_SIGN_UP : STEP_DONE;
    case STEP_SIGN_UP:
      return STEP_IDENTIFY;
    case STEP_IDENTIFY:
      return chance (self, 0.55 * liking) ? STEP_PURCHASE : STEP_DONE;
    default:
      return STEP_DONE;
    }
}

/* One event of a session; afterwards the step says where it goes on. */
static void
append_visit (WeirFleetWorld *self,
              GString        *out,
              guint           actor,
              gint64          now)
{
  Actor *visitor = &self->actors[actor];

  if (visitor->step != STEP_LANDING && chance (self, 0.3))
    {
      append_call (self, out, actor, now);
      return;
    }
  switch ((Step) visitor->step)
    {
    case STEP_CART:
      append_step (self, out, actor, "add_to_cart", now);
      break;
    case STEP_SIGN_UP:
      append_step (self, out, actor, "sign_up", now);
      break;
    case STEP_IDENTIFY:
      append_identify (self, out, actor, now);
      break;
    case STEP_PURCHASE:
      append_step (self, out, actor, "purchase", now);
      break;
    default:
      append_page (self, out, actor, now);
      break;
    }

  visitor->step = (guint8) choose_next (self, actor);
  if (visitor->step == STEP_DONE)
    {
      visitor->step = STEP_LANDING;
      visitor->pages = 0;
      visitor->sessions++;
      /* Some do not come back, and others take their place. History decides that by its days. */
      if (self->history_until == 0 && chance (self, 0.2))
        {
          visitor->generation++;
          visitor->sessions = 0;
          visitor->is_known = FALSE;
        }
    }
}

/**
 * weir_fleet_world_new:
 * @seed: the same seed gives the same events
 * @n_devices: how many machines and visitors there are, at least 1
 *
 * Returns: (transfer full): a world
 */
WeirFleetWorld *
weir_fleet_world_new (guint64 seed,
                      guint   n_devices)
{
  WeirFleetWorld *self = g_new0 (WeirFleetWorld, 1);

  self->seed = seed;
  self->state = mix (seed + 1);
  self->run = (guint64) g_get_real_time ();
  self->n_actors = MAX (n_devices, 1);
  self->actors = g_new0 (Actor, self->n_actors);

  return self;
}

/**
 * weir_fleet_world_free:
 * @self: (transfer full): a world
 */
void
weir_fleet_world_free (WeirFleetWorld *self)
{
  g_free (self->actors);
  g_free (self);
}

/**
 * weir_fleet_world_set_ids:
 * @self: a world
 * @with_ids: whether events carry a message id, so that a request can be sent again safely; ids are
 *   the only thing that differs from run to run
 */
void
weir_fleet_world_set_ids (WeirFleetWorld *self,
                          gboolean        with_ids)
{
  self->with_ids = with_ids;
}

/**
 * weir_fleet_world_append_event:
 * @self: a world
 * @now: when it happens, microseconds since the epoch
 * @out: where to append
 *
 * Lets something happen and appends it as one native JSON event.
 */
void
weir_fleet_world_append_event (WeirFleetWorld *self,
                               gint64          now,
                               GString        *out)
{
  guint actor = (guint) (next_random (self) % self->n_actors);

  if (is_machine (actor))
    append_reading (self, out, actor, now);
  else
    append_visit (self, out, actor, now);
}

/**
 * weir_fleet_world_start_history:
 * @self: a world in which nothing has happened yet
 * @from: start of the history, microseconds since the epoch
 * @until: its end
 *
 * Prepares weir_fleet_world_append_past().
 */
void
weir_fleet_world_start_history (WeirFleetWorld *self,
                                gint64          from,
                                gint64          until)
{
  self->history_from = self->day = from;
  self->history_until = until;
  self->day_actor = 0;
  self->clock = 0;
}

/* Whether the actor is there on the day being told. */
static gboolean
is_active (WeirFleetWorld *self,
           guint           actor)
{
  gint64 n_days = MAX ((self->history_until - self->history_from + DAY - 1) / DAY, 1);
  gint64 day = (self->day - self->history_from) / DAY;
  gint64 first = (gint64) (trait (self, actor, 9) % (guint64) n_days);
  double loyalty = (double) (trait (self, actor, 10) % 100) / 100;

  if (is_machine (actor) || day == first)
    return TRUE;
  return day > first && chance (self, 0.6 * loyalty / sqrt ((double) (day - first)));
}

/**
 * weir_fleet_world_append_past:
 * @self: a world with a history
 * @out: where to append
 *
 * Appends the next event of the history.
 *
 * Returns: %FALSE when the history has arrived at its end
 */
gboolean
weir_fleet_world_append_past (WeirFleetWorld *self,
                              GString        *out)
{
  guint actor;

  for (;;)
    {
      if (self->day >= self->history_until)
        {
          self->history_until = 0;
          return FALSE;
        }
      if (self->clock > 0 && self->clock < self->history_until)
        break;
      if (self->clock >= self->history_until || self->day_actor >= self->n_actors)
        {
          self->day += DAY;
          self->day_actor = 0;
          self->clock = 0;
        }
      else if (is_active (self, self->day_actor))
        self->clock =
            self->day + (gint64) (trait (self, self->day_actor, 11 + (guint) (self->day / DAY)) %
                                  (guint64) DAY);
      else
        self->day_actor++;
    }

  actor = self->day_actor;
  if (is_machine (actor))
    append_reading (self, out, actor, self->clock);
  else
    append_visit (self, out, actor, self->clock);

  /* A session ends where the next one would begin; a machine reports once a day in history. */
  self->clock += (gint64) (next_random (self) % (guint64) (40 * SECOND)) + SECOND;
  if (is_machine (actor) || self->actors[actor].step == STEP_LANDING)
    {
      self->clock = 0;
      self->day_actor++;
    }

  return TRUE;
}
