/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-scan.h"

#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-column.h"
#include "weir-property.h"
#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"

/*
 * Most questions look at nothing but name, time and identity: those are read from the columns
 * (weir-event-column.c), a block at a time, and for the newest few thousand events, which are in no
 * column yet, from the end of the table `event`. Others go name by name along the index
 * `event_by_name`. Rows never come out of SQLite one by one: an aggregate function takes them inside
 * the virtual machine, which costs a third less than stepping.
 *
 * What a filter looks at beyond time and name is read from the event's row and judged by the same
 * code that judges the live stream.
 */

#define BLOCK_ROWS    4096
#define PERSON_CACHE  4096      /* a power of two */

/* How much of an event has to be read. */
typedef enum {
  SHAPE_INDEX,       /* time and identity: nothing but the index */
  SHAPE_VALUES,      /* the numbers and the properties as well */
  SHAPE_TEXTS,       /* everything */
} Shape;

#define COLUMNS_INDEX  "e.time, e.identity_id"
#define COLUMNS_VALUES COLUMNS_INDEX ", e.value, e.duration, e.properties"
#define COLUMNS_TEXTS \
  COLUMNS_VALUES \
  ", e.flags, e.session_id, e.other_ids ->> 'distinct_id', e.other_ids ->> 'anonymous_id'," \
  " e.other_ids ->> 'device_id', (SELECT name FROM source WHERE id = e.source_id)," \
  " (SELECT distinct_id FROM identity WHERE id = e.identity_id)"

#define FROM_INDEX \
  " FROM event AS e INDEXED BY event_by_name WHERE name_id = ?1 AND time >= ?2 AND time < ?3"
#define FROM_NEW " FROM event AS e WHERE seq > ?1 AND seq <= ?2"

static const char *const sql_by_name[] = {
  [SHAPE_INDEX] = "SELECT weir_take (" COLUMNS_INDEX ")" FROM_INDEX,
  [SHAPE_VALUES] = "SELECT weir_take (" COLUMNS_VALUES ")" FROM_INDEX,
  [SHAPE_TEXTS] = "SELECT weir_take (" COLUMNS_TEXTS ")" FROM_INDEX,
};

static const char *const sql_new[] = {
  [SHAPE_INDEX] = "SELECT weir_take_new (e.name_id, " COLUMNS_INDEX ")" FROM_NEW,
  [SHAPE_VALUES] = "SELECT weir_take_new (e.name_id, " COLUMNS_VALUES ")" FROM_NEW,
  [SHAPE_TEXTS] = "SELECT weir_take_new (e.name_id, " COLUMNS_TEXTS ")" FROM_NEW,
};

typedef struct {
  guint32 person;
  char *properties;
} CachedPerson;

/* What is asked of the events of one name. */
typedef struct {
  gint64 name_id;
  char *name;
  guint32 conditions;
  gint64 from;
  gint64 until;
  Shape shape;
  gboolean needs_judging;   /* not every event in the range fulfils all conditions */
  gboolean has_filter;
} NamePlan;

struct _WeirSqliteScan {
  WeirReader *reader;
  WeirAnswer *answer;
  const WeirCondition *conditions;
  guint n_conditions;
  gint64 kept_since;
  gboolean has_deleted;
  WeirFilterUses uses;
  WeirProperty *number_properties[WEIR_MAX_CONDITIONS];
  WeirProperty *group_properties[WEIR_MAX_CONDITIONS];
  guint32 alike[WEIR_MAX_CONDITIONS];   /* the conditions that ask for the same as this one */

  NamePlan *plan;               /* of the events that come */
  GArray *new_plans;
  Shape new_shape;
  WeirEventCodec *codec;
  WeirEventCodec *person_codec;
  CachedPerson *persons;

  WeirRow rows[BLOCK_ROWS];
  double *numbers;
  guint32 *groups;
  guint n_rows;
};

static const WeirPersonMap *
get_map (WeirSqliteScan *self)
{
  return weir_people_get_map (WEIR_PEOPLE (weir_reader_get_people (self->reader)));
}

static void
flush (WeirSqliteScan *self)
{
  WeirRows block = { self->n_rows, self->rows, self->numbers, self->groups };

  self->n_rows = 0;
  weir_answer_add (self->answer, &block);
}

static inline void
push (WeirSqliteScan *self,
      gint64          time,
      guint32         identity,
      guint32         conditions)
{
  self->rows[self->n_rows++] = (WeirRow) { time, identity, conditions };
  if (self->n_rows == BLOCK_ROWS)
    flush (self);
}

/* The properties of a person; an answer of a few hundred thousand persons asks for each many times,
 * but one after the other. */
static const char *
get_properties (WeirSqliteScan *self,
                guint32         person)
{
  CachedPerson *cached = &self->persons[person & (PERSON_CACHE - 1)];

  if (cached->person != person)
    {
      g_free (cached->properties);
      cached->person = person;
      cached->properties =
          weir_people_dup_properties (WEIR_PEOPLE (weir_reader_get_people (self->reader)), person);
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

static void
read_event (WeirSqliteScan *self,
            WeirEvent      *event,
            sqlite3_value **values)
{
  weir_event_init (event);
  event->timestamp = sqlite3_value_int64 (values[0]);
  weir_event_set_text (event, WEIR_EVENT_NAME, self->plan->name, strlen (self->plan->name));
  if (self->plan->shape == SHAPE_INDEX)
    return;

  if (sqlite3_value_type (values[2]) != SQLITE_NULL)
    event->value = sqlite3_value_double (values[2]);
  if (sqlite3_value_type (values[3]) != SQLITE_NULL)
    event->duration = sqlite3_value_double (values[3]);
  set_text (event, WEIR_EVENT_PROPERTIES, values[4]);
  if (self->plan->shape == SHAPE_VALUES)
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
holds (WeirSqliteScan      *self,
       const WeirCondition *condition,
       const WeirEvent     *event,
       guint32              identity)
{
  const char *properties = NULL;
  guint32 person;

  if (event->timestamp < condition->from || event->timestamp >= condition->until)
    return FALSE;
  if (condition->filter == NULL)
    return TRUE;
  if ((self->uses & WEIR_FILTER_USES_PERSON) == 0)
    return weir_filter_matches (condition->filter, event, self->codec);

  person = weir_person_map_get (get_map (self), identity);
  properties = get_properties (self, person);
  return weir_filter_matches_person (condition->filter,
                                     event,
                                     self->codec,
                                     properties,
                                     properties != NULL ? strlen (properties) : 0,
                                     self->person_codec);
}

static void
read_property (WeirSqliteScan     *self,
               const WeirProperty *property,
               const WeirEvent    *event,
               guint32             identity,
               WeirValue          *value)
{
  const char *properties = NULL;

  if (weir_property_get_uses (property) & WEIR_FILTER_USES_PERSON)
    properties = get_properties (self, weir_person_map_get (get_map (self), identity));
  weir_property_read (property, event, self->codec, properties,
                      properties != NULL ? strlen (properties) : 0, self->person_codec, value);
}

static double
find_number (WeirSqliteScan  *self,
             guint            bit,
             const WeirEvent *event,
             guint32          identity)
{
  const char *path = self->conditions[bit].number;
  WeirValue value;

  if (path == NULL)
    return NAN;
  if (g_str_equal (path, "value"))
    return event->value;
  if (g_str_equal (path, "duration_ms"))
    return event->duration;
  read_property (self, self->number_properties[bit], event, identity, &value);

  return value.type == WEIR_VALUE_NUMBER ? value.number : NAN;
}

static guint32
find_group (WeirSqliteScan  *self,
            guint            bit,
            const WeirEvent *event,
            guint32          identity)
{
  WeirValue value;

  if (self->group_properties[bit] == NULL)
    return WEIR_NO_GROUP;
  read_property (self, self->group_properties[bit], event, identity, &value);

  return weir_answer_get_value_group (self->answer, &value);
}

/* One row for each different pair of number and group that is asked for. */
static void
push_each (WeirSqliteScan  *self,
           const WeirEvent *event,
           guint32          identity,
           guint32          conditions)
{
  for (guint32 left = conditions; left != 0;)
    {
      guint bit = (guint) __builtin_ctz (left);
      guint32 alike = left & self->alike[bit];

      if (self->numbers != NULL)
        self->numbers[self->n_rows] = find_number (self, bit, event, identity);
      if (self->groups != NULL)
        self->groups[self->n_rows] = find_group (self, bit, event, identity);
      push (self, event->timestamp, identity, alike);
      left &= ~alike;
    }
}

static void
judge (WeirSqliteScan *self,
       sqlite3_value **values)
{
  guint32 identity = (guint32) sqlite3_value_int64 (values[1]);
  guint32 conditions = 0;
  WeirEvent event;

  read_event (self, &event, values);
  if (event.timestamp < self->kept_since)
    return;
  for (guint32 left = self->plan->conditions; left != 0; left &= left - 1)
    {
      guint bit = (guint) __builtin_ctz (left);

      if (holds (self, &self->conditions[bit], &event, identity))
        conditions |= 1u << bit;
    }
  if (conditions == 0)
    return;
  if (self->numbers != NULL || self->groups != NULL)
    push_each (self, &event, identity, conditions);
  else
    push (self, event.timestamp, identity, conditions);
}

static void
take_step (sqlite3_context *context,
           int              n_values,
           sqlite3_value  **values)
{
  WeirSqliteScan *self = sqlite3_user_data (context);

  if (self->plan->needs_judging)
    judge (self, values);
  else
    push (self,
          sqlite3_value_int64 (values[0]),
          (guint32) sqlite3_value_int64 (values[1]),
          self->plan->conditions);
}

static void
take_final (sqlite3_context *context)
{
  sqlite3_result_null (context);
}

static void
clear_name_plan (gpointer data)
{
  NamePlan *plan = data;

  g_free (plan->name);
}

static Shape
get_shape (WeirFilterUses uses)
{
  if (uses & WEIR_FILTER_USES_TEXTS)
    return SHAPE_TEXTS;
  if (uses & (WEIR_FILTER_USES_VALUE | WEIR_FILTER_USES_PROPERTIES))
    return SHAPE_VALUES;
  return SHAPE_INDEX;
}

static WeirFilterUses
get_uses (WeirSqliteScan *self,
          guint           bit)
{
  const WeirCondition *condition = &self->conditions[bit];
  WeirFilterUses uses = condition->filter != NULL ? weir_filter_get_uses (condition->filter) : 0;

  if (self->number_properties[bit] != NULL)
    uses |= WEIR_FILTER_USES_VALUE | weir_property_get_uses (self->number_properties[bit]);
  if (self->group_properties[bit] != NULL)
    uses |= weir_property_get_uses (self->group_properties[bit]);

  return uses;
}

static WeirProperty *
make_property (WeirProperty *old,
               const char   *name)
{
  if (old != NULL)
    weir_property_free (old);
  return name != NULL ? weir_property_new (name) : NULL;
}

static guint32
find_alike (WeirSqliteScan *self,
            guint           bit)
{
  guint32 alike = 0;

  for (guint i = 0; i < self->n_conditions; i++)
    {
      if (g_strcmp0 (self->conditions[i].number, self->conditions[bit].number) == 0 &&
          g_strcmp0 (self->conditions[i].group, self->conditions[bit].group) == 0)
        alike |= 1u << i;
    }
  return alike;
}

static void
read_conditions (WeirSqliteScan *self)
{
  gboolean wants_numbers = FALSE;
  gboolean wants_groups = FALSE;

  self->conditions = weir_answer_get_conditions (self->answer, &self->n_conditions);
  self->uses = 0;
  for (guint i = 0; i < self->n_conditions; i++)
    {
      wants_numbers |= self->conditions[i].number != NULL;
      wants_groups |= self->conditions[i].group != NULL;
      self->number_properties[i] =
          make_property (self->number_properties[i], self->conditions[i].number);
      self->group_properties[i] =
          make_property (self->group_properties[i], self->conditions[i].group);
      self->alike[i] = find_alike (self, i);
      self->uses |= get_uses (self, i);
    }
  if (wants_numbers && self->numbers == NULL)
    self->numbers = g_new (double, BLOCK_ROWS);
  if (wants_groups && self->groups == NULL)
    self->groups = g_new (guint32, BLOCK_ROWS);
  self->kept_since = weir_reader_get_kept_since (self->reader);
  self->has_deleted = weir_person_map_has_deleted (get_map (self));
}

/* Returns whether the events of this name matter. */
static gboolean
plan_name (WeirSqliteScan *self,
           NamePlan       *plan)
{
  WeirFilterUses uses = 0;
  gboolean same_range = TRUE;
  gboolean filtered = FALSE;

  plan->from = G_MAXINT64;
  plan->until = G_MININT64;
  for (guint i = 0; i < self->n_conditions; i++)
    {
      const WeirCondition *condition = &self->conditions[i];

      if (condition->event != NULL && !g_str_equal (condition->event, plan->name))
        continue;
      if (plan->conditions != 0)
        same_range &= condition->from == plan->from && condition->until == plan->until;
      plan->conditions |= 1u << i;
      plan->from = MIN (plan->from, condition->from);
      plan->until = MAX (plan->until, condition->until);
      filtered |= condition->filter != NULL;
      uses |= get_uses (self, i);
    }
  plan->from = MAX (plan->from, self->kept_since);
  plan->shape = get_shape (uses);
  plan->has_filter = filtered;
  plan->needs_judging = filtered || !same_range || self->numbers != NULL || self->groups != NULL;

  return plan->conditions != 0 && plan->from < plan->until;
}

/* The names whose events matter. */
static GArray *
make_plans (WeirSqliteScan  *self,
            GError         **error)
{
  g_autoptr(GArray) plans = g_array_new (FALSE, TRUE, sizeof (NamePlan));
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  int code;

  g_array_set_clear_func (plans, clear_name_plan);
  if (sqlite3_prepare_v2 (db, "SELECT id, name FROM event_name ORDER BY id", -1, &select, NULL) !=
      SQLITE_OK)
    {
      weir_sqlite_fail (db, "the store", "read", error);
      return NULL;
    }
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      NamePlan plan = { sqlite3_column_int64 (select, 0),
                        g_strdup ((const char *) sqlite3_column_text (select, 1)) };

      if (plan_name (self, &plan))
        g_array_append_val (plans, plan);
      else
        clear_name_plan (&plan);
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE ? g_steal_pointer (&plans) : NULL;
}

static gboolean
run_name (WeirSqliteScan  *self,
          NamePlan        *plan,
          GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok;

  self->plan = plan;
  ok = sqlite3_prepare_v2 (db, sql_by_name[plan->shape], -1, &select, NULL) == SQLITE_OK;
  if (ok)
    {
      sqlite3_bind_int64 (select, 1, plan->name_id);
      sqlite3_bind_int64 (select, 2, plan->from);
      sqlite3_bind_int64 (select, 3, plan->until);
      ok = sqlite3_step (select) == SQLITE_ROW && sqlite3_step (select) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  flush (self);

  return ok;
}

/* Whether the columns hold all that matters of the events of this name. */
static gboolean
is_in_columns (WeirSqliteScan *self,
               const NamePlan *plan)
{
  return plan->shape == SHAPE_INDEX && !plan->has_filter && self->numbers == NULL &&
         self->groups == NULL;
}

static guint32
get_conditions_at (WeirSqliteScan *self,
                   gint64          time)
{
  guint32 conditions = 0;

  for (guint32 left = self->plan->conditions; left != 0; left &= left - 1)
    {
      guint bit = (guint) __builtin_ctz (left);

      if (time >= self->conditions[bit].from && time < self->conditions[bit].until)
        conditions |= 1u << bit;
    }
  return conditions;
}

static gboolean
take_column (WeirSqliteScan  *self,
             sqlite3_stmt    *select,
             GError         **error)
{
  const NamePlan *plan = self->plan;
  const WeirPersonMap *map = get_map (self);
  WeirColumnIter iter;
  guint32 identity;
  gint64 time;

  if (!weir_column_iter_init (&iter, sqlite3_column_blob (select, 0),
                              (gsize) sqlite3_column_bytes (select, 0)))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "a column of events is damaged");
      return FALSE;
    }
  while (weir_column_iter_next (&iter, &time, &identity))
    {
      guint32 conditions = plan->conditions;

      identity = GUINT32_FROM_LE (identity);
      if (time < plan->from)
        continue;
      if (time >= plan->until)
        break;
      if (self->has_deleted && weir_person_map_get (map, identity) == 0)
        continue;
      if (plan->needs_judging && (conditions = get_conditions_at (self, time)) == 0)
        continue;
      push (self, time, identity, conditions);
    }
  return TRUE;
}

static gboolean
run_columns (WeirSqliteScan  *self,
             NamePlan        *plan,
             GArray          *parts,
             GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok;

  self->plan = plan;
  ok = sqlite3_prepare_v2 (db,
                           "SELECT rows FROM event_column WHERE id = ?1 AND max_time >= ?2"
                           " AND min_time < ?3",
                           -1, &select, NULL) == SQLITE_OK ||
       weir_sqlite_fail (db, "the store", "read", error);
  for (guint i = 0; ok && i < parts->len; i++)
    {
      int code;

      sqlite3_bind_int64 (select, 1, g_array_index (parts, gint64, i) << 32 | plan->name_id);
      sqlite3_bind_int64 (select, 2, plan->from);
      sqlite3_bind_int64 (select, 3, plan->until);
      code = sqlite3_step (select);
      if (code == SQLITE_ROW)
        ok = take_column (self, select, error);
      else if (code != SQLITE_DONE)
        ok = weir_sqlite_fail (db, "the store", "read", error);
      sqlite3_reset (select);
    }
  sqlite3_finalize (select);
  flush (self);

  return ok;
}

/* The parts there are, in the order of the stream, and the last seq they hold. */
static GArray *
read_parts (WeirSqliteScan  *self,
            guint64         *last_seq,
            GError         **error)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  *last_seq = 0;
  if (sqlite3_prepare_v2 (db, "SELECT id, last_seq FROM timeline_part ORDER BY first_seq", -1,
                          &select, NULL) == SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          gint64 id = sqlite3_column_int64 (select, 0);

          g_array_append_val (parts, id);
          *last_seq = (guint64) sqlite3_column_int64 (select, 1);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE ? g_steal_pointer (&parts) : NULL;
}

/**
 * weir_sqlite_scan_new:
 * @reader: a reader, whose one scan this is while it lives
 * @answer: what is to get the rows
 *
 * Returns: (transfer full): a scan
 */
WeirSqliteScan *
weir_sqlite_scan_new (WeirReader *reader,
                      WeirAnswer *answer)
{
  WeirSqliteScan *self = g_new0 (WeirSqliteScan, 1);

  self->reader = reader;
  self->answer = g_object_ref (answer);
  self->codec = weir_event_codec_new ();
  self->person_codec = weir_event_codec_new ();
  self->persons = g_new0 (CachedPerson, PERSON_CACHE);

  return self;
}

/**
 * weir_sqlite_scan_free:
 * @self: (transfer full): a scan
 */
void
weir_sqlite_scan_free (WeirSqliteScan *self)
{
  for (guint i = 0; i < PERSON_CACHE; i++)
    g_free (self->persons[i].properties);
  g_free (self->persons);
  g_clear_pointer (&self->codec, weir_event_codec_free);
  g_clear_pointer (&self->person_codec, weir_event_codec_free);
  for (guint i = 0; i < WEIR_MAX_CONDITIONS; i++)
    {
      g_clear_pointer (&self->number_properties[i], weir_property_free);
      g_clear_pointer (&self->group_properties[i], weir_property_free);
    }
  g_free (self->numbers);
  g_free (self->groups);
  g_object_unref (self->answer);
  g_free (self);
}

static gboolean
add_function (WeirSqliteScan  *self,
              const char      *name,
              void           (*step) (sqlite3_context *, int, sqlite3_value **),
              GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);

  return sqlite3_create_function_v2 (db, name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, self, NULL,
                                     step, take_final, NULL) == SQLITE_OK ||
         weir_sqlite_fail (db, "the store", "read", error);
}

static NamePlan *
find_plan (GArray *plans,
           gint64  name_id)
{
  /* Plans are in the order of their ids. */
  guint low = 0, high = plans->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      NamePlan *plan = &g_array_index (plans, NamePlan, middle);

      if (plan->name_id == name_id)
        return plan;
      if (plan->name_id < name_id)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

static void
take_new_step (sqlite3_context *context,
               int              n_values,
               sqlite3_value  **values)
{
  WeirSqliteScan *self = sqlite3_user_data (context);
  Shape shape = self->new_shape;

  self->plan = find_plan (self->new_plans, sqlite3_value_int64 (values[0]));
  if (self->plan == NULL)
    return;
  self->plan->shape = shape;
  judge (self, values + 1);
}

static gboolean
run_new (WeirSqliteScan  *self,
         guint64          after,
         guint64          until,
         GError         **error)
{
  sqlite3 *db = weir_reader_get_db (self->reader);
  sqlite3_stmt *select = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (db, sql_new[self->new_shape], -1, &select, NULL) == SQLITE_OK;
  if (ok)
    {
      sqlite3_bind_int64 (select, 1, (gint64) after);
      sqlite3_bind_int64 (select, 2, (gint64) until);
      ok = sqlite3_step (select) == SQLITE_ROW && sqlite3_step (select) == SQLITE_DONE;
    }
  if (!ok)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);
  flush (self);

  return ok;
}

static void
drop_plans (GArray         *plans,
            WeirSqliteScan *self,
            gboolean        in_columns)
{
  for (guint i = plans->len; i > 0; i--)
    {
      if (is_in_columns (self, &g_array_index (plans, NamePlan, i - 1)) == in_columns)
        g_array_remove_index (plans, i - 1);
    }
}

/* The events that are in no column yet. */
static gboolean
run_tail (WeirSqliteScan  *self,
          GArray          *plans,
          guint64          after,
          GError         **error)
{
  gboolean ok;

  drop_plans (plans, self, FALSE);
  if (plans->len == 0)
    return TRUE;
  self->new_plans = plans;
  self->new_shape = SHAPE_INDEX;
  ok = add_function (self, "weir_take_new", take_new_step, error) &&
       run_new (self, after, G_MAXINT64, error);
  self->new_plans = NULL;

  return ok;
}

/**
 * weir_sqlite_scan_run:
 * @self: a scan; its reader has begun
 * @error: return location for an error
 *
 * Gives the answer all rows that there are.
 *
 * Returns: whether all could be read
 */
gboolean
weir_sqlite_scan_run (WeirSqliteScan  *self,
                      GError         **error)
{
  g_autoptr(GArray) plans = NULL;
  g_autoptr(GArray) parts = NULL;
  guint64 last_seq;

  read_conditions (self);
  plans = make_plans (self, error);
  parts = plans != NULL ? read_parts (self, &last_seq, error) : NULL;
  if (parts == NULL || !add_function (self, "weir_take", take_step, error))
    return FALSE;
  for (guint i = 0; i < plans->len; i++)
    {
      NamePlan *plan = &g_array_index (plans, NamePlan, i);

      if (!(is_in_columns (self, plan) ? run_columns (self, plan, parts, error)
                                       : run_name (self, plan, error)))
        return FALSE;
    }

  return run_tail (self, plans, last_seq, error);
}

/**
 * weir_sqlite_scan_run_new:
 * @self: a scan; its reader has begun
 * @after: seq of the last event the answer knows of
 * @until: seq of the last event to give it
 * @error: return location for an error
 *
 * Gives the answer the rows of newer events. What it costs depends on how many those are, not on
 * how many are stored.
 *
 * Returns: whether all could be read
 */
gboolean
weir_sqlite_scan_run_new (WeirSqliteScan  *self,
                          guint64          after,
                          guint64          until,
                          GError         **error)
{
  gboolean ok;

  if (after >= until)
    return TRUE;
  read_conditions (self);
  self->new_plans = make_plans (self, error);
  if (self->new_plans == NULL)
    return FALSE;
  self->new_shape = get_shape (self->uses | (self->numbers != NULL ? WEIR_FILTER_USES_VALUE : 0));
  ok = add_function (self, "weir_take_new", take_new_step, error) &&
       run_new (self, after, until, error);
  g_clear_pointer (&self->new_plans, g_array_unref);

  return ok;
}
