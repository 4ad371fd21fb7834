/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-answer.h"

#include <string.h>

#include "weir-answer-private.h"
#include "weir-cohort-scope.h"
#include "weir-funnel-kinds.h"
#include "weir-funnel-live.h"
#include "weir-funnel-rows.h"
#include "weir-funnel-tally.h"
#include "weir-question-json.h"

/*
 * Before the first write rows are only put down. The first write counts all persons. What comes
 * after that makes it a live answer: rows move to where each person can be counted alone. A live
 * answer that would have too many rows for that asks to be made anew instead.
 */

typedef struct {
  GArray *conditions;      /* WeirCondition; those of the scope come last */
  guint n_own;             /* conditions */
  WeirCohortScope *scope;  /* who counts; NULL: everybody */
  gboolean uses_person;    /* what is known of persons decides about rows */
  gboolean needs_reload;
  guint max_in_memory;
  WeirFunnelKinds *kinds;
  WeirFunnelRows *rows;    /* NULL when live */
  WeirFunnelLive *live;
  GByteArray *outcomes;    /* of the first write, one after the other; NULL before and when live */
} WeirFunnelAnswerPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (WeirFunnelAnswer, weir_funnel_answer, WEIR_TYPE_ANSWER)

static WeirFunnel *
get_funnel (WeirFunnelAnswer *self)
{
  return WEIR_FUNNEL (weir_answer_get_question (WEIR_ANSWER (self)));
}

static const WeirPersonMap *
get_map (WeirFunnelAnswer *self)
{
  return weir_people_get_map (weir_answer_get_people (WEIR_ANSWER (self)));
}

static void
get_range (WeirFunnelAnswer *self,
           gint64           *from,
           gint64           *until)
{
  weir_range_resolve (weir_question_get_range (WEIR_QUESTION (get_funnel (self))),
                      weir_answer_get_now (WEIR_ANSWER (self)),
                      from,
                      until);
}

static void
add_condition (WeirFunnelAnswer *self,
               const char       *event,
               WeirFilter       *filter)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  WeirCondition condition = {
    .event = event,
    .filter = filter,
    .group = weir_funnel_get_breakdown (get_funnel (self)),
  };

  /* Every condition asks for the group, so that an event is one row. */
  g_array_append_val (priv->conditions, condition);
  if (filter != NULL && weir_filter_get_uses (filter) & WEIR_FILTER_USES_PERSON)
    priv->uses_person = TRUE;
}

/* Rows after now are wanted too: their time will come. */
static void
set_range (WeirFunnelAnswer *self)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  const WeirRange *range = weir_question_get_range (WEIR_QUESTION (get_funnel (self)));
  gint64 from, until;

  get_range (self, &from, &until);
  g_array_set_size (priv->conditions, priv->n_own);
  for (guint i = 0; i < priv->n_own; i++)
    {
      WeirCondition *condition = &g_array_index (priv->conditions, WeirCondition, i);

      condition->from = from;
      condition->until = range->last > 0 ? G_MAXINT64 : until;
    }
  if (priv->scope != NULL)
    weir_cohort_scope_append_conditions (priv->scope, priv->conditions);
}

static void
set_up (WeirFunnelAnswer *self)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  WeirFunnel *funnel = get_funnel (self);
  const char *breakdown = weir_funnel_get_breakdown (funnel);
  guint32 taints[WEIR_FUNNEL_MAX_EXCLUSIONS];
  const WeirFunnelExclusion *exclusions;
  const WeirFunnelStep *steps;
  guint n_steps, n_exclusions;

  steps = weir_funnel_get_steps (funnel, &n_steps);
  for (guint i = 0; i < n_steps; i++)
    add_condition (self, steps[i].event, steps[i].filter);
  exclusions = weir_funnel_get_exclusions (funnel, &n_exclusions);
  for (guint i = 0; i < n_exclusions; i++)
    {
      add_condition (self, exclusions[i].event, exclusions[i].filter);
      taints[i] = ((1u << exclusions[i].to) - 1) & ~((1u << exclusions[i].from) - 1);
    }
  /* Anything else that a person does ends a strict chain. */
  if (weir_funnel_get_order (funnel) == WEIR_FUNNEL_STRICT)
    add_condition (self, NULL, weir_question_get_filter (WEIR_QUESTION (funnel)));
  if (breakdown != NULL && g_str_has_prefix (breakdown, "person."))
    priv->uses_person = TRUE;
  priv->n_own = priv->conditions->len;
  priv->kinds = weir_funnel_kinds_new (WEIR_ANSWER (self), n_steps, taints, n_exclusions);
  priv->rows = weir_funnel_rows_new (priv->kinds, priv->max_in_memory);
}

static const WeirCondition *
weir_funnel_answer_get_conditions (WeirAnswer *answer,
                                   guint      *n_conditions)
{
  WeirFunnelAnswerPrivate *priv =
      weir_funnel_answer_get_instance_private (WEIR_FUNNEL_ANSWER (answer));

  *n_conditions = priv->conditions->len;

  return (const WeirCondition *) priv->conditions->data;
}

static void
move_to_live (guint32              person,
              const WeirFunnelRow *rows,
              guint                n_rows,
              gpointer             user_data)
{
  for (guint i = 0; i < n_rows; i++)
    weir_funnel_live_add (user_data, &rows[i]);
}

/* Something happens after the answer was written. */
static void
go_live (WeirFunnelAnswer *self)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  if (priv->outcomes == NULL || priv->needs_reload)
    return;
  if (weir_funnel_rows_is_spilled (priv->rows))
    {
      priv->needs_reload = TRUE;
      return;
    }
  priv->live = weir_funnel_live_new (get_funnel (self), priv->kinds, get_map (self));
  weir_funnel_rows_foreach_person (priv->rows, get_map (self), move_to_live, priv->live, NULL);
  g_clear_pointer (&priv->rows, weir_funnel_rows_free);
  g_clear_pointer (&priv->outcomes, g_byte_array_unref);
}

/* Turns the rows from @first on into rows of the funnel. Returns how many of @n_rows it made. */
static guint
convert (WeirFunnelAnswerPrivate *priv,
         const WeirRows          *rows,
         guint                    first,
         WeirFunnelRow           *to,
         guint                    n_rows)
{
  guint32 own_bits = (1u << priv->n_own) - 1;
  guint32 last_conditions = 0, last_group = 0, last_kind = 0;   /* mostly the same for many rows */
  guint n = 0;

  for (guint i = first; i < first + n_rows; i++)
    {
      guint32 conditions = rows->rows[i].conditions & own_bits;
      guint32 group = rows->groups != NULL ? rows->groups[i] : WEIR_NO_GROUP;

      if (conditions == 0)
        continue;
      if (conditions != last_conditions || group != last_group)
        last_kind = weir_funnel_kinds_find (priv->kinds, conditions, group);
      last_conditions = conditions;
      last_group = group;
      to[n++] = (WeirFunnelRow) { rows->rows[i].time, rows->rows[i].identity, last_kind };
    }

  return n;
}

static void
add_live (WeirFunnelAnswerPrivate *priv,
          const WeirRows          *rows)
{
  WeirFunnelRow own;

  for (guint i = 0; i < rows->n_rows; i++)
    {
      if (convert (priv, rows, i, &own, 1) > 0)
        weir_funnel_live_add (priv->live, &own);
    }
  if (weir_funnel_live_get_n_rows (priv->live) > priv->max_in_memory)
    priv->needs_reload = TRUE;
}

static void
weir_funnel_answer_add (WeirAnswer     *answer,
                        const WeirRows *rows)
{
  WeirFunnelAnswer *self = WEIR_FUNNEL_ANSWER (answer);
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  if (priv->scope != NULL)
    weir_cohort_scope_add (priv->scope, rows);
  go_live (self);
  if (priv->needs_reload)
    return;
  if (priv->live != NULL)
    {
      add_live (priv, rows);
      return;
    }
  for (guint first = 0, n_rows; first < rows->n_rows; first += n_rows)
    {
      WeirFunnelRow *to;

      n_rows = rows->n_rows - first;
      to = weir_funnel_rows_reserve (priv->rows, get_map (self), &n_rows);
      weir_funnel_rows_commit (priv->rows, convert (priv, rows, first, to, n_rows));
    }
}

static void
weir_funnel_answer_change (WeirAnswer             *answer,
                           const WeirPersonChange *changes,
                           guint                   n_changes)
{
  WeirFunnelAnswer *self = WEIR_FUNNEL_ANSWER (answer);
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  if (priv->scope != NULL)
    weir_cohort_scope_change (priv->scope, changes, n_changes);
  /* Which rows there are would be another question now; and a file is sorted by who was who. */
  if (priv->uses_person || (priv->rows != NULL && weir_funnel_rows_is_spilled (priv->rows)))
    priv->needs_reload = TRUE;
  go_live (self);
  for (guint i = 0; i < n_changes && priv->live != NULL; i++)
    weir_funnel_live_change (priv->live, changes[i].identity);
}

static void
weir_funnel_answer_advance (WeirAnswer *answer,
                            gint64      now)
{
  WeirFunnelAnswer *self = WEIR_FUNNEL_ANSWER (answer);
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  if (priv->scope != NULL)
    weir_cohort_scope_advance (priv->scope, now);
  set_range (self);
  if (weir_question_get_range (WEIR_QUESTION (get_funnel (self)))->last > 0)
    go_live (self);
}

static gboolean
weir_funnel_answer_needs_reload (WeirAnswer *answer)
{
  WeirFunnelAnswerPrivate *priv =
      weir_funnel_answer_get_instance_private (WEIR_FUNNEL_ANSWER (answer));

  return priv->needs_reload;
}

static gboolean
weir_funnel_answer_write (WeirAnswer  *answer,
                          GString     *out,
                          GError     **error)
{
  g_autoptr(WeirFunnelTally) tally = NULL;

  if (!weir_funnel_answer_update (WEIR_FUNNEL_ANSWER (answer), error))
    return FALSE;
  tally = weir_funnel_tally_new (WEIR_FUNNEL_ANSWER (answer));
  weir_funnel_tally_write (tally, out);

  return TRUE;
}

static gboolean
weir_funnel_answer_write_csv (WeirAnswer  *answer,
                              GString     *out,
                              GError     **error)
{
  g_autoptr(WeirFunnelTally) tally = NULL;

  if (!weir_funnel_answer_update (WEIR_FUNNEL_ANSWER (answer), error))
    return FALSE;
  tally = weir_funnel_tally_new (WEIR_FUNNEL_ANSWER (answer));
  weir_funnel_tally_write_csv (tally, out);

  return TRUE;
}

static void
weir_funnel_answer_finalize (GObject *object)
{
  WeirFunnelAnswerPrivate *priv =
      weir_funnel_answer_get_instance_private (WEIR_FUNNEL_ANSWER (object));

  g_clear_pointer (&priv->scope, weir_cohort_scope_free);
  g_clear_pointer (&priv->live, weir_funnel_live_free);
  g_clear_pointer (&priv->rows, weir_funnel_rows_free);
  g_clear_pointer (&priv->kinds, weir_funnel_kinds_free);
  g_clear_pointer (&priv->outcomes, g_byte_array_unref);
  g_array_unref (priv->conditions);

  G_OBJECT_CLASS (weir_funnel_answer_parent_class)->finalize (object);
}

static void
weir_funnel_answer_class_init (WeirFunnelAnswerClass *klass)
{
  WeirAnswerClass *answer_class = WEIR_ANSWER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_funnel_answer_finalize;
  answer_class->get_conditions = weir_funnel_answer_get_conditions;
  answer_class->add = weir_funnel_answer_add;
  answer_class->change = weir_funnel_answer_change;
  answer_class->advance = weir_funnel_answer_advance;
  answer_class->needs_reload = weir_funnel_answer_needs_reload;
  answer_class->write = weir_funnel_answer_write;
  answer_class->write_csv = weir_funnel_answer_write_csv;
}

static void
weir_funnel_answer_init (WeirFunnelAnswer *self)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  priv->conditions = g_array_new (FALSE, FALSE, sizeof (WeirCondition));
  priv->max_in_memory = WEIR_FUNNEL_ROWS_IN_MEMORY;
}

/**
 * weir_funnel_answer_new:
 * @type: the type of answer
 * @question: what it answers
 * @people: whom it asks about persons
 * @now: the moment it stands at, microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): an answer that knows no events yet, or %NULL when the cohort
 *   cannot be had
 */
WeirAnswer *
weir_funnel_answer_new (GType        type,
                        WeirFunnel  *question,
                        WeirPeople  *people,
                        gint64       now,
                        GError     **error)
{
  g_autoptr(WeirFunnelAnswer) self = g_object_new (type, NULL);
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  GError *local_error = NULL;

  weir_answer_construct (WEIR_ANSWER (self), WEIR_QUESTION (question), people, now);
  set_up (self);
  priv->scope = weir_cohort_scope_new_for_question (
      WEIR_QUESTION (question), people, now, priv->n_own, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }
  set_range (self);

  return WEIR_ANSWER (g_steal_pointer (&self));
}

typedef struct {
  WeirFunnelAnswerPrivate *priv;
  WeirFunnelMachine *machine;
  WeirFunnelMachine *other;
  gint64 from;
  gint64 until;
} Count;

static void
count_person (guint32              person,
              const WeirFunnelRow *rows,
              guint                n_rows,
              gpointer             user_data)
{
  Count *count = user_data;

  for (; n_rows > 0 && rows->time < count->from; n_rows--)
    rows++;
  while (n_rows > 0 && rows[n_rows - 1].time >= count->until)
    n_rows--;
  if (n_rows > 0)
    weir_funnel_outcome_find (
        count->machine, count->other, count->priv->kinds, person, rows, n_rows,
        count->priv->outcomes);
}

static gboolean
count_all (WeirFunnelAnswer  *self,
           gint64             from,
           gint64             until,
           GError           **error)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  g_autoptr(WeirFunnelMachine) machine = NULL;
  g_autoptr(WeirFunnelMachine) other = NULL;

  weir_funnel_create_machines (get_funnel (self), &machine, &other);
  priv->outcomes = g_byte_array_new ();
  if (weir_funnel_rows_foreach_person (priv->rows,
                                       get_map (self),
                                       count_person,
                                       &(Count) { priv, machine, other, from, until },
                                       error))
    return TRUE;
  g_clear_pointer (&priv->outcomes, g_byte_array_unref);

  return FALSE;
}

/**
 * weir_funnel_answer_update:
 * @self: an answer
 * @error: return location for an error
 *
 * Counts everybody, or those for whom something changed since the last time.
 *
 * Returns: whether all rows could be read
 */
gboolean
weir_funnel_answer_update (WeirFunnelAnswer  *self,
                           GError           **error)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  gint64 from, until;

  if (priv->scope != NULL && !weir_cohort_scope_update (priv->scope, error))
    return FALSE;
  get_range (self, &from, &until);
  if (priv->live != NULL)
    weir_funnel_live_update (priv->live, from, until);
  else if (priv->outcomes == NULL)
    return count_all (self, from, until, error);

  return TRUE;
}

typedef struct {
  WeirCohortScope *scope;
  WeirFunnelOutcomeFunc func;
  gpointer user_data;
} Visit;

static void
visit (const WeirFunnelOutcome *outcome,
       gpointer                 user_data)
{
  const Visit *self = user_data;

  if (self->scope == NULL || weir_cohort_scope_contains (self->scope, outcome->person))
    self->func (outcome, self->user_data);
}

/**
 * weir_funnel_answer_foreach:
 * @self: an answer that is up to date
 * @func: (scope call): called with the outcome of each person who counts and reached a step, in no
 *   order
 * @user_data: for @func
 */
void
weir_funnel_answer_foreach (WeirFunnelAnswer      *self,
                            WeirFunnelOutcomeFunc  func,
                            gpointer               user_data)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);
  Visit members = { priv->scope, func, user_data };

  if (priv->live != NULL)
    {
      weir_funnel_live_foreach (priv->live, visit, &members);
      return;
    }
  for (guint i = 0; priv->outcomes != NULL && i < priv->outcomes->len;)
    {
      const WeirFunnelOutcome *outcome = (gconstpointer) (priv->outcomes->data + i);

      visit (outcome, &members);
      i += WEIR_FUNNEL_OUTCOME_SIZE (outcome->n_durations);
    }
}

/**
 * weir_funnel_answer_set_max_in_memory:
 * @self: an answer that has no rows yet
 * @n_rows: how many rows it may keep in memory
 *
 * For tests; %WEIR_FUNNEL_ROWS_IN_MEMORY unless told.
 */
void
weir_funnel_answer_set_max_in_memory (WeirFunnelAnswer *self,
                                      guint             n_rows)
{
  WeirFunnelAnswerPrivate *priv = weir_funnel_answer_get_instance_private (self);

  g_return_if_fail (n_rows > 0);

  priv->max_in_memory = n_rows;
  g_clear_pointer (&priv->rows, weir_funnel_rows_free);
  priv->rows = weir_funnel_rows_new (priv->kinds, n_rows);
}
