/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-story.h"

#include <math.h>

#include "weir-time.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define HOUR   (3600 * SECOND)
#define N_IDS  9

static const char *const plans[] = { "free", "pro" };

/* All ids are known at any time, so that asking for one makes nobody. */
static void
know_all (TestStory *self)
{
  for (guint i = 0; i < N_IDS; i++)
    {
      g_autofree char *id = g_strdup_printf ("id%u", i);

      test_memory_store_get_identity (self->store, id);
    }
}

TestStory *
test_story_new (const char *zone,
                gint64      now,
                gint64      spread)
{
  TestStory *self = g_new0 (TestStory, 1);

  self->store = test_memory_store_new ();
  self->zone = g_time_zone_new_identifier (zone);
  g_assert_nonnull (self->zone);
  self->events = g_array_new (FALSE, FALSE, sizeof (TestStoryEvent));
  self->now = now;
  self->spread = spread;
  know_all (self);

  return self;
}

void
test_story_free (TestStory *self)
{
  test_memory_store_free (self->store);
  g_time_zone_unref (self->zone);
  g_array_unref (self->events);
  g_free (self);
}

char *
test_story_format_time (gint64 time)
{
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (time, text);

  return g_strdup (text);
}

/* Any time, now itself, midnight, or a full hour, give or take a microsecond. */
static gint64
pick_time (TestStory *self)
{
  gint64 time = self->now - (gint64) (g_test_rand_double () * (double) self->spread);

  if (g_test_rand_int_range (0, 8) == 0)
    time = self->now + (gint64) (g_test_rand_double () * (double) (30 * HOUR));
  if (g_test_rand_int_range (0, 10) == 0)
    time = self->now;
  if (g_test_rand_int_range (0, 3) == 0)
    {
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / SECOND);
      g_autoptr(GDateTime) wall = g_date_time_to_timezone (utc, self->zone);
      gint64 of_hour = g_date_time_get_minute (wall) * 60 + g_date_time_get_second (wall);

      time = (g_date_time_to_unix (utc) - of_hour) * SECOND;
      if (g_test_rand_int_range (0, 2) == 0)
        time -= g_date_time_get_hour (wall) * HOUR;
    }
  if (g_test_rand_int_range (0, 4) == 0)
    time += g_test_rand_int_range (-1, 2);

  return time;
}

static char *
pick_id (void)
{
  return g_strdup_printf ("id%d", g_test_rand_int_range (0, N_IDS));
}

static void
add_event (TestStory *self)
{
  TestStoryEvent event = { .time = pick_time (self), .name = (guint) g_test_rand_int_range (0, TEST_STORY_N_NAMES) };
  g_autofree char *id = pick_id ();
  g_autofree char *time = test_story_format_time (event.time);
  g_autoptr(GString) json = g_string_new (NULL);

  event.value = g_test_rand_int_range (0, 5) == 0 ? NAN : g_test_rand_int_range (-400, 4000) / 4.;
  event.plan = g_test_rand_int_range (-1, 2);
  g_string_printf (json, "{\"event\":\"%c\",\"distinct_id\":\"%s\",\"timestamp\":\"%s\"", 'a' + event.name, id, time);
  if (!isnan (event.value))
    g_string_append_printf (json, ",\"value\":%.2f", event.value);
  if (event.plan >= 0)
    g_string_append_printf (json, ",\"properties\":{\"plan\":\"%s\"}", plans[event.plan]);
  g_string_append_c (json, '}');
  test_memory_store_add (self->store, json->str);
  event.identity = test_memory_store_get_identity (self->store, id);
  g_array_append_val (self->events, event);
}

static void
change_persons (TestStory  *self,
                WeirAnswer *answer)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  g_autofree char *id = pick_id ();
  g_autofree char *other = pick_id ();

  switch (g_test_rand_int_range (0, 6))
    {
    case 0:
      test_memory_store_delete (self->store, id, changes);
      know_all (self);
      break;

    case 1:
    case 2:
      test_memory_store_split (self->store, id, changes);
      break;

    case 3:
      test_memory_store_set_properties (self->store, id, g_test_rand_int_range (0, 2) == 0 ? "{\"team\":\"x\"}"
                                                                                           : "{\"team\":\"y\"}",
                                        changes);
      break;

    default:
      test_memory_store_merge (self->store, id, other, changes);
      break;
    }
  if (answer != NULL)
    weir_answer_change (answer, (const WeirPersonChange *) (gconstpointer) changes->data, changes->len);
}

static void
pass_time (TestStory *self)
{
  static const gint64 steps[] = { 1, SECOND, 600 * SECOND, HOUR, 5 * HOUR, 24 * HOUR, 24 * HOUR, 80 * HOUR };
  gint64 step = steps[g_test_rand_int_range (0, G_N_ELEMENTS (steps))];

  self->now += g_test_rand_int_range (0, 2) == 0 ? step : (gint64) (g_test_rand_double () * (double) step) + 1;
  if (g_test_rand_int_range (0, 4) == 0)
    self->now += HOUR - self->now % HOUR;
}

void
test_story_go_on (TestStory     *self,
                  WeirQuestion  *question,
                  WeirAnswer   **answer)
{
  guint n_events = test_memory_store_get_n_events (self->store);
  int what = g_test_rand_int_range (0, 10);

  if (what < 5)
    {
      for (int n = g_test_rand_int_range (1, 12); n > 0; n--)
        add_event (self);
      if (answer != NULL)
        test_memory_store_feed (self->store, *answer, n_events);
    }
  else if (what < 8)
    {
      change_persons (self, answer != NULL ? *answer : NULL);
    }
  else
    {
      pass_time (self);
      if (answer != NULL)
        weir_answer_advance (*answer, self->now);
    }
  if (answer != NULL && weir_answer_needs_reload (*answer))
    {
      g_object_unref (*answer);
      *answer = test_memory_store_ask (self->store, question, self->now, NULL);
      g_assert_nonnull (*answer);
    }
}

guint32
test_story_get_person (TestStory *self,
                       guint32    identity)
{
  return weir_person_map_get (weir_people_get_map (test_memory_store_get_people (self->store)), identity);
}

guint32
test_story_get_n (TestStory *self)
{
  return weir_person_map_get_n_identities (weir_people_get_map (test_memory_store_get_people (self->store)));
}

char *
test_story_check_fresh (TestStory    *self,
                        WeirQuestion *question,
                        WeirAnswer   *answer)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirAnswer) fresh = test_memory_store_ask (self->store, question, self->now, &error);
  g_autoptr(GString) live_text = g_string_new ("{");
  g_autoptr(GString) fresh_text = g_string_new ("{");

  g_assert_no_error (error);
  weir_answer_write (answer, live_text, &error);
  g_assert_no_error (error);
  weir_answer_write (fresh, fresh_text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (live_text->str, ==, fresh_text->str);
  weir_answer_write_csv (answer, live_text, &error);
  g_assert_no_error (error);
  weir_answer_write_csv (fresh, fresh_text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (live_text->str, ==, fresh_text->str);

  g_string_assign (live_text, "{");
  weir_answer_write (answer, live_text, NULL);
  g_string_append_c (live_text, '}');

  return g_string_free (g_steal_pointer (&live_text), FALSE);
}

/* An hour begins when the wall shows a full hour, or jumps past one; a clock that is set back by half
 * an hour goes on in the same one. */
static GDateTime *
find_hour (GDateTime *wall)
{
  GDateTime *start = g_date_time_ref (wall);

  while (g_date_time_get_minute (start) != 0)
    {
      GDateTime *before = g_date_time_add_minutes (start, -1);
      gboolean is_jump = g_date_time_get_hour (before) != g_date_time_get_hour (start);

      if (is_jump)
        {
          g_date_time_unref (before);
          break;
        }
      g_date_time_unref (start);
      start = before;
    }

  return start;
}

char *
test_story_get_label (TestStory  *self,
                      const char *period,
                      guint       week_start,
                      gint64      time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / SECOND - (time % SECOND < 0));
  g_autoptr(GDateTime) wall = g_date_time_to_timezone (utc, self->zone);
  g_autoptr(GDateTime) day = NULL;

  if (g_str_equal (period, "hour"))
    {
      g_autoptr(GDateTime) start = find_hour (wall);

      return g_date_time_get_utc_offset (start) == 0 ? g_date_time_format (start, "%Y-%m-%dT%H:%M:00Z")
                                                     : g_date_time_format (start, "%Y-%m-%dT%H:%M:00%:z");
    }
  if (g_str_equal (period, "month"))
    return g_date_time_format (wall, "%Y-%m-01");
  if (g_str_equal (period, "day"))
    return g_date_time_format (wall, "%Y-%m-%d");

  /* At noon no clock is changed. */
  day = g_date_time_new_utc (g_date_time_get_year (wall), g_date_time_get_month (wall),
                             g_date_time_get_day_of_month (wall), 12, 0, 0);
  while ((guint) g_date_time_get_day_of_week (day) != week_start)
    {
      GDateTime *before = g_date_time_add_days (day, -1);

      g_date_time_unref (day);
      day = before;
    }

  return g_date_time_format (day, "%Y-%m-%d");
}
