/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-scan-judge.h"

#include <math.h>
#include <string.h>

#include "weir-event-codec.h"
#include "weir-sqlite-schema.h"

#define BLOCK_ROWS    4096
#define PERSON_CACHE  4096      /* a power of two */

typedef struct {
  guint32 person;
  char *properties;
} CachedPerson;

struct _WeirScanJudge {
  const WeirScanQuestion *question;
  WeirPeople *people;
  const WeirPersonMap *map;
  WeirAnswer *answer;
  WeirScanFunc func;
  gpointer user_data;

  WeirEventCodec *codec;
  WeirEventCodec *person_codec;
  CachedPerson *persons;

  WeirRow rows[BLOCK_ROWS];
  double *numbers;
  guint32 *groups;
  guint n_rows;
};

static inline void
push (WeirScanJudge *self,
      gint64         time,
      guint32        identity,
      guint32        conditions)
{
  self->rows[self->n_rows++] = (WeirRow) { time, identity, conditions };
  if (self->n_rows == BLOCK_ROWS)
    weir_scan_judge_flush (self);
}

/* The properties of an identity's person; an answer of a few hundred thousand persons asks for each
 * many times, but one after the other. */
static const char *
get_properties (WeirScanJudge *self,
                guint32        identity)
{
  guint32 person = weir_person_map_get (self->map, identity);
  CachedPerson *cached = &self->persons[person & (PERSON_CACHE - 1)];

  if (cached->person != person)
    {
      g_free (cached->properties);
      cached->person = person;
      cached->properties = weir_people_dup_properties (self->people, person);
    }
  return cached->properties;
}

static void
set_text (WeirEvent     *event,
          WeirEventText  which,
          sqlite3_value *value)
{
  const char *text = (const char *) sqlite3_value_text (value);

  weir_event_set_text (event, which, text, (gsize) sqlite3_value_bytes (value));
}

/* The order of the values is that of the statements in weir-sqlite-scan.c. */
static void
read_event (WeirEvent           *event,
            const WeirScanPlan  *plan,
            WeirScanShape        shape,
            sqlite3_value      **values)
{
  weir_event_init (event);
  event->timestamp = sqlite3_value_int64 (values[0]);
  weir_event_set_text (event, WEIR_EVENT_NAME, plan->name, strlen (plan->name));
  if (shape == WEIR_SCAN_INDEX)
    return;

  if (sqlite3_value_type (values[2]) != SQLITE_NULL)
    event->value = sqlite3_value_double (values[2]);
  if (sqlite3_value_type (values[3]) != SQLITE_NULL)
    event->duration = sqlite3_value_double (values[3]);
  set_text (event, WEIR_EVENT_PROPERTIES, values[4]);
  if (shape == WEIR_SCAN_VALUES)
    return;

  set_text (event, WEIR_EVENT_SESSION_ID, values[6]);
  set_text (event, WEIR_EVENT_DISTINCT_ID, values[7]);
  set_text (event, WEIR_EVENT_ANONYMOUS_ID, values[8]);
  set_text (event, WEIR_EVENT_DEVICE_ID, values[9]);
  set_text (event, WEIR_EVENT_SOURCE, values[10]);
  set_text (event,
            (WeirEventText) (WEIR_EVENT_USER_ID +
                             (sqlite3_value_int64 (values[5]) >> WEIR_SCHEMA_IDENTITY_SHIFT & 3)),
            values[11]);
}

static gboolean
holds (WeirScanJudge       *self,
       const WeirCondition *condition,
       const WeirEvent     *event,
       guint32              identity)
{
  const char *properties;

  if (event->timestamp < condition->from || event->timestamp >= condition->until)
    return FALSE;
  if (condition->filter == NULL)
    return TRUE;
  if ((self->question->uses & WEIR_FILTER_USES_PERSON) == 0)
    return weir_filter_matches (condition->filter, event, self->codec);

  properties = get_properties (self, identity);
  return weir_filter_matches_person (condition->filter,
                                     event,
                                     self->codec,
                                     properties,
                                     properties != NULL ? strlen (properties) : 0,
                                     self->person_codec);
}

static void
read_property (WeirScanJudge      *self,
               const WeirProperty *property,
               const WeirEvent    *event,
               guint32             identity,
               WeirValue          *value)
{
  const char *properties = NULL;

  if (weir_property_get_uses (property) & WEIR_FILTER_USES_PERSON)
    properties = get_properties (self, identity);
  weir_property_read (property, event, self->codec, properties,
                      properties != NULL ? strlen (properties) : 0, self->person_codec, value);
}

static double
find_number (WeirScanJudge   *self,
             guint            bit,
             const WeirEvent *event,
             guint32          identity)
{
  const char *path = self->question->conditions[bit].number;
  WeirValue value;

  if (path == NULL)
    return NAN;
  if (g_str_equal (path, "value"))
    return event->value;
  if (g_str_equal (path, "duration_ms"))
    return event->duration;
  read_property (self, self->question->numbers[bit], event, identity, &value);

  return value.type == WEIR_VALUE_NUMBER ? value.number : NAN;
}

static guint32
find_group (WeirScanJudge   *self,
            guint            bit,
            const WeirEvent *event,
            guint32          identity)
{
  WeirValue value;

  if (self->question->groups[bit] == NULL)
    return WEIR_NO_GROUP;
  read_property (self, self->question->groups[bit], event, identity, &value);

  return weir_answer_get_value_group (self->answer, &value);
}

/* One row for each different pair of number and group that is asked for. */
static void
push_each (WeirScanJudge   *self,
           const WeirEvent *event,
           guint32          identity,
           guint32          conditions)
{
  for (guint32 left = conditions; left != 0;)
    {
      guint bit = (guint) __builtin_ctz (left);
      guint32 alike = left & self->question->alike[bit];

      if (self->numbers != NULL)
        self->numbers[self->n_rows] = find_number (self, bit, event, identity);
      if (self->groups != NULL)
        self->groups[self->n_rows] = find_group (self, bit, event, identity);
      push (self, event->timestamp, identity, alike);
      left &= ~alike;
    }
}

static void
judge (WeirScanJudge      *self,
       const WeirScanPlan *plan,
       const WeirEvent    *event,
       guint32             identity)
{
  guint32 conditions = 0;

  if (event->timestamp < self->question->kept_since)
    return;
  for (guint32 left = plan->conditions; left != 0; left &= left - 1)
    {
      guint bit = (guint) __builtin_ctz (left);

      if (holds (self, &self->question->conditions[bit], event, identity))
        conditions |= 1u << bit;
    }
  if (conditions == 0)
    return;
  if (self->numbers != NULL || self->groups != NULL)
    push_each (self, event, identity, conditions);
  else
    push (self, event->timestamp, identity, conditions);
}

/**
 * weir_scan_judge_new:
 * @question: what is asked; must outlive the judge
 * @people: who knows persons; must outlive the judge
 * @answer: (nullable): who numbers groups; must outlive the judge. %NULL when nobody asks for
 *   groups
 * @func: gets the rows
 * @user_data: for @func
 *
 * Returns: (transfer full): a judge
 */
WeirScanJudge *
weir_scan_judge_new (const WeirScanQuestion *question,
                     WeirPeople             *people,
                     WeirAnswer             *answer,
                     WeirScanFunc            func,
                     gpointer                user_data)
{
  WeirScanJudge *self = g_new0 (WeirScanJudge, 1);

  self->question = question;
  self->people = people;
  self->map = weir_people_get_map (people);
  self->answer = answer;
  self->func = func;
  self->user_data = user_data;
  self->codec = weir_event_codec_new ();
  self->person_codec = weir_event_codec_new ();
  self->persons = g_new0 (CachedPerson, PERSON_CACHE);
  if (question->wants_numbers)
    self->numbers = g_new (double, BLOCK_ROWS);
  if (question->wants_groups)
    self->groups = g_new (guint32, BLOCK_ROWS);

  return self;
}

/**
 * weir_scan_judge_free:
 * @self: (transfer full): a judge
 */
void
weir_scan_judge_free (WeirScanJudge *self)
{
  for (guint i = 0; i < PERSON_CACHE; i++)
    g_free (self->persons[i].properties);
  g_free (self->persons);
  weir_event_codec_free (self->codec);
  weir_event_codec_free (self->person_codec);
  g_free (self->numbers);
  g_free (self->groups);
  g_free (self);
}

/**
 * weir_scan_judge_take:
 * @self: a judge
 * @plan: what is asked of the event's name
 * @shape: which values there are
 * @values: the columns of the event
 *
 * Judges one event.
 */
void
weir_scan_judge_take (WeirScanJudge       *self,
                      const WeirScanPlan  *plan,
                      WeirScanShape        shape,
                      sqlite3_value      **values)
{
  guint32 identity = (guint32) sqlite3_value_int64 (values[1]);
  WeirEvent event;

  if (!plan->needs_judging)
    {
      push (self, sqlite3_value_int64 (values[0]), identity, plan->conditions);
      return;
    }
  read_event (&event, plan, shape, values);
  judge (self, plan, &event, identity);
}

static guint32
find_conditions_at (WeirScanJudge      *self,
                    const WeirScanPlan *plan,
                    gint64              time)
{
  guint32 conditions = plan->conditions;

  for (guint32 left = conditions; left != 0; left &= left - 1)
    {
      guint bit = (guint) __builtin_ctz (left);

      if (time < self->question->conditions[bit].from ||
          time >= self->question->conditions[bit].until)
        conditions &= ~(1u << bit);
    }

  return conditions;
}

/**
 * weir_scan_judge_take_event:
 * @self: a judge
 * @plan: what is asked of the event's name
 * @event: an event
 * @identity: who did it
 *
 * Judges one event.
 */
void
weir_scan_judge_take_event (WeirScanJudge      *self,
                            const WeirScanPlan *plan,
                            const WeirEvent    *event,
                            guint32             identity)
{
  if (event->timestamp >= plan->from && event->timestamp < plan->until &&
      weir_person_map_get (self->map, identity) != 0)
    judge (self, plan, event, identity);
}

/**
 * weir_scan_judge_take_row:
 * @self: a judge
 * @plan: what is asked of the event's name; no more than is given
 * @time: when it happened, microseconds since the epoch
 * @identity: who did it
 *
 * Judges one event of which no more needs to be known.
 */
void
weir_scan_judge_take_row (WeirScanJudge      *self,
                          const WeirScanPlan *plan,
                          gint64              time,
                          guint32             identity)
{
  guint32 conditions = plan->conditions;

  if (time < plan->from || time >= plan->until || weir_person_map_get (self->map, identity) == 0)
    return;
  if (plan->needs_judging)
    conditions = find_conditions_at (self, plan, time);
  if (conditions != 0)
    push (self, time, identity, conditions);
}

/**
 * weir_scan_judge_take_column:
 * @self: a judge
 * @plan: what is asked of the events' name; all of it is in the columns
 * @column: the events, of which those in the plan's time and not of deleted identities count
 *
 * Judges events of which no more needs to be known.
 */
void
weir_scan_judge_take_column (WeirScanJudge      *self,
                             const WeirScanPlan *plan,
                             WeirColumnIter      column)
{
  const gint64 from = plan->from, until = plan->until;
  gboolean has_deleted = weir_person_map_has_deleted (self->map);
  guint32 conditions = plan->conditions;
  guint n_rows = self->n_rows;
  guint32 identity;
  gint64 time;

  while (weir_column_iter_next (&column, &time, &identity) && time < until)
    {
      if (time < from || (has_deleted && weir_person_map_get (self->map, identity) == 0))
        continue;
      if (plan->needs_judging)
        conditions = find_conditions_at (self, plan, time);
      if (conditions == 0)
        continue;
      self->rows[n_rows++] = (WeirRow) { time, identity, conditions };
      if (n_rows == BLOCK_ROWS)
        {
          self->n_rows = n_rows;
          weir_scan_judge_flush (self);
          n_rows = 0;
        }
    }
  self->n_rows = n_rows;
}

/**
 * weir_scan_judge_flush:
 * @self: a judge
 *
 * Hands over the rows that wait.
 */
void
weir_scan_judge_flush (WeirScanJudge *self)
{
  WeirRows block = { self->n_rows, self->rows, self->numbers, self->groups };

  self->n_rows = 0;
  if (block.n_rows > 0)
    self->func (&block, self->user_data);
}
