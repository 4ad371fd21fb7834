/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-live.h"

#include <string.h>

typedef struct _Person Person;

typedef struct {
  guint32 number;
  Person *person;
  WeirFunnelRow *rows;
  guint n_rows;
  guint size;
} Identity;

struct _Person {
  guint32 number;
  gboolean is_dirty;
  GPtrArray *identities;        /* borrowed */
  WeirFunnelOutcome *outcome;   /* NULL: not even the first step */
  gint64 first_time;            /* of the rows in the range */
  gint64 next_time;             /* of the rows after it */
};

struct _WeirFunnelLive {
  WeirFunnelKinds *kinds;
  WeirFunnelMachine *machine;
  WeirFunnelMachine *other;    /* by the other rules that the question names; mostly NULL */
  const WeirPersonMap *map;
  GHashTable *identities;   /* number → Identity */
  GHashTable *persons;      /* number → Person */
  GArray *scratch;          /* WeirFunnelRow */
  GByteArray *found;        /* WeirFunnelOutcome */
  gsize n_rows;
};

static void
free_identity (gpointer data)
{
  Identity *identity = data;

  g_free (identity->rows);
  g_free (identity);
}

static void
free_person (gpointer data)
{
  Person *person = data;

  g_ptr_array_unref (person->identities);
  g_free (person->outcome);
  g_free (person);
}

static Person *
get_person (WeirFunnelLive *self,
            guint32         number)
{
  Person *person = g_hash_table_lookup (self->persons, GUINT_TO_POINTER (number));

  if (person != NULL)
    return person;
  person = g_new0 (Person, 1);
  person->number = number;
  person->identities = g_ptr_array_new ();
  g_hash_table_insert (self->persons, GUINT_TO_POINTER (number), person);

  return person;
}

static void
leave_person (Identity *identity)
{
  if (identity->person == NULL)
    return;
  identity->person->is_dirty = TRUE;
  g_ptr_array_remove_fast (identity->person->identities, identity);
  identity->person = NULL;
}

static void
join_person (WeirFunnelLive *self,
             Identity       *identity,
             guint32         number)
{
  if (identity->person == NULL || identity->person->number != number)
    {
      leave_person (identity);
      identity->person = get_person (self, number);
      g_ptr_array_add (identity->person->identities, identity);
    }
  identity->person->is_dirty = TRUE;
}

static Identity *
get_identity (WeirFunnelLive *self,
              guint32         number)
{
  Identity *identity = g_hash_table_lookup (self->identities, GUINT_TO_POINTER (number));

  if (identity != NULL)
    return identity;
  identity = g_new0 (Identity, 1);
  identity->number = number;
  g_hash_table_insert (self->identities, GUINT_TO_POINTER (number), identity);

  return identity;
}

/* Rows that the range left behind are gone for good: time does not go back. */
static void
forget_before (WeirFunnelLive *self,
               Identity       *identity,
               gint64          from)
{
  guint kept = 0;

  for (guint i = 0; i < identity->n_rows; i++)
    {
      if (identity->rows[i].time >= from)
        identity->rows[kept++] = identity->rows[i];
    }
  self->n_rows -= identity->n_rows - kept;
  identity->n_rows = kept;
}

static void
drop_identity (WeirFunnelLive *self,
               Identity       *identity)
{
  self->n_rows -= identity->n_rows;
  leave_person (identity);
  g_hash_table_remove (self->identities, GUINT_TO_POINTER (identity->number));
}

static void
gather (WeirFunnelLive *self,
        Person         *person,
        gint64          from,
        gint64          until)
{
  g_array_set_size (self->scratch, 0);
  person->first_time = person->next_time = G_MAXINT64;
  for (guint i = person->identities->len; i > 0; i--)
    {
      Identity *identity = g_ptr_array_index (person->identities, i - 1);

      forget_before (self, identity, from);
      if (identity->n_rows == 0)
        {
          drop_identity (self, identity);
          continue;
        }
      for (guint j = 0; j < identity->n_rows; j++)
        {
          gint64 time = identity->rows[j].time;

          if (time < until)
            {
              g_array_append_val (self->scratch, identity->rows[j]);
              person->first_time = MIN (person->first_time, time);
            }
          else
            person->next_time = MIN (person->next_time, time);
        }
    }
}

static void
update_person (WeirFunnelLive *self,
               Person         *person,
               gint64          from,
               gint64          until)
{
  WeirFunnelRow *rows;

  gather (self, person, from, until);
  rows = (WeirFunnelRow *) self->scratch->data;
  g_clear_pointer (&person->outcome, g_free);
  if (self->scratch->len > 0)
    {
      weir_funnel_kinds_sort (self->kinds, rows, self->scratch->len);
      g_byte_array_set_size (self->found, 0);
      if (weir_funnel_outcome_find (self->machine, self->other, self->kinds, person->number,
                                    rows, self->scratch->len, self->found))
        person->outcome = g_memdup2 (self->found->data, self->found->len);
    }
  person->is_dirty = FALSE;
}

/**
 * weir_funnel_live_new:
 * @funnel: the funnel
 * @kinds: what the kinds of the rows mean; must live longer
 * @map: who is who, always up to date; must live longer
 *
 * Returns: (transfer full): no rows yet
 */
WeirFunnelLive *
weir_funnel_live_new (WeirFunnel          *funnel,
                      WeirFunnelKinds     *kinds,
                      const WeirPersonMap *map)
{
  WeirFunnelLive *self = g_new0 (WeirFunnelLive, 1);

  weir_funnel_create_machines (funnel, &self->machine, &self->other);
  self->kinds = kinds;
  self->map = map;
  self->identities = g_hash_table_new_full (NULL, NULL, NULL, free_identity);
  self->persons = g_hash_table_new_full (NULL, NULL, NULL, free_person);
  self->scratch = g_array_new (FALSE, FALSE, sizeof (WeirFunnelRow));
  self->found = g_byte_array_new ();

  return self;
}

/**
 * weir_funnel_live_free:
 * @self: (transfer full): rows
 */
void
weir_funnel_live_free (WeirFunnelLive *self)
{
  g_hash_table_unref (self->persons);
  g_hash_table_unref (self->identities);
  g_array_unref (self->scratch);
  g_byte_array_unref (self->found);
  weir_funnel_machine_free (self->machine);
  g_clear_pointer (&self->other, weir_funnel_machine_free);
  g_free (self);
}

/**
 * weir_funnel_live_get_n_rows:
 * @self: rows
 *
 * Returns: how many it holds
 */
gsize
weir_funnel_live_get_n_rows (WeirFunnelLive *self)
{
  return self->n_rows;
}

/**
 * weir_funnel_live_add:
 * @self: rows
 * @row: a row, of any time
 */
void
weir_funnel_live_add (WeirFunnelLive      *self,
                      const WeirFunnelRow *row)
{
  guint32 number = weir_person_map_get (self->map, row->identity);
  Identity *identity;

  if (number == 0)
    return;
  identity = get_identity (self, row->identity);
  if (identity->n_rows == identity->size)
    {
      identity->size = MAX (identity->size + identity->size / 2, 2);
      identity->rows = g_renew (WeirFunnelRow, identity->rows, identity->size);
    }
  identity->rows[identity->n_rows++] = *row;
  self->n_rows++;
  join_person (self, identity, number);
}

/**
 * weir_funnel_live_change:
 * @self: rows
 * @identity: somebody who became somebody else, as the map says already
 */
void
weir_funnel_live_change (WeirFunnelLive *self,
                         guint32         identity)
{
  Identity *known = g_hash_table_lookup (self->identities, GUINT_TO_POINTER (identity));
  guint32 number = weir_person_map_get (self->map, identity);

  if (known == NULL)
    return;
  if (number == 0)
    drop_identity (self, known);
  else
    join_person (self, known, number);
}

/**
 * weir_funnel_live_update:
 * @self: rows
 * @from: start of the range, never before that of the last call
 * @until: its end
 *
 * Counts again those whose rows or whose range changed. Looks at every person, but at no rows of
 * those that did not change.
 */
void
weir_funnel_live_update (WeirFunnelLive *self,
                         gint64          from,
                         gint64          until)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->persons);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Person *person = value;

      if (!person->is_dirty && person->first_time >= from && person->next_time >= until)
        continue;
      update_person (self, person, from, until);
      if (person->identities->len == 0)
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * weir_funnel_live_foreach:
 * @self: rows
 * @func: (scope call): called with the outcome of each person, in no order
 * @user_data: for @func
 */
void
weir_funnel_live_foreach (WeirFunnelLive        *self,
                          WeirFunnelOutcomeFunc  func,
                          gpointer               user_data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->persons);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Person *person = value;

      if (person->outcome != NULL)
        func (person->outcome, user_data);
    }
}

/**
 * weir_funnel_create_machines:
 * @funnel: a funnel
 * @machine: (out) (transfer full): its rules
 * @other: (out) (transfer full) (nullable): those to compare with, if it names any
 */
void
weir_funnel_create_machines (WeirFunnel         *funnel,
                             WeirFunnelMachine **machine,
                             WeirFunnelMachine **other)
{
  WeirFunnelOrder order = weir_funnel_get_order (funnel);
  gint64 window = weir_funnel_get_window (funnel);
  WeirFunnelRules rules;
  guint n_steps;

  weir_funnel_get_steps (funnel, &n_steps);
  *machine = weir_funnel_machine_new (n_steps, order, window);
  weir_funnel_machine_set_rules (*machine, weir_funnel_get_rules (funnel));
  *other = NULL;
  if (!weir_funnel_get_other_rules (funnel, &rules))
    return;
  *other = weir_funnel_machine_new (n_steps, order, window);
  weir_funnel_machine_set_rules (*other, rules);
}

/**
 * weir_funnel_outcome_find:
 * @machine: the rules
 * @other: (nullable): other rules, to say whether they make a difference
 * @kinds: what the kinds of the rows mean
 * @person: a person
 * @rows: (array length=n_rows): the person's rows in the order in which they count
 * @n_rows: how many
 * @outcomes: how far the person came is appended here, unless not even to step 1
 *
 * Returns: whether the person reached a step or is excluded
 */
gboolean
weir_funnel_outcome_find (WeirFunnelMachine   *machine,
                          WeirFunnelMachine   *other,
                          WeirFunnelKinds     *kinds,
                          guint32              person,
                          const WeirFunnelRow *rows,
                          guint                n_rows,
                          GByteArray          *outcomes)
{
  const WeirFunnelKind *meanings = weir_funnel_kinds_get (kinds);
  guint path[WEIR_FUNNEL_MAX_STEPS];
  int reached = weir_funnel_machine_run (machine, rows, n_rows, meanings, path);
  guint n_durations = reached > 1 ? (guint) reached - 1 : 0;
  guint before = outcomes->len;
  WeirFunnelOutcome *outcome;

  if (reached == 0)
    return FALSE;
  g_byte_array_set_size (outcomes, before + WEIR_FUNNEL_OUTCOME_SIZE (n_durations));
  outcome = (gpointer) (outcomes->data + before);
  outcome->person = person;
  outcome->group = meanings[rows[path[0]].kind].group;
  outcome->reached = (gint16) reached;
  outcome->n_durations = n_durations;
  for (guint i = 0; i < n_durations; i++)
    outcome->durations[i] = rows[path[i + 1]].time - rows[path[i]].time;
  outcome->differs =
      other != NULL && weir_funnel_machine_run (other, rows, n_rows, meanings, path) != reached;

  return TRUE;
}
