/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-answer.h"

#include "weir-answer-private.h"
#include "weir-error.h"
#include "weir-membership.h"

struct _WeirCohortAnswer {
  WeirAnswer parent_instance;

  const WeirCohortSpec *spec;
  WeirMembership *now;
  WeirMembership *before;   /* as of since, else NULL; looks at the same rows */
  GArray *conditions;
};

G_DEFINE_FINAL_TYPE (WeirCohortAnswer, weir_cohort_answer, WEIR_TYPE_ANSWER)

static void
weir_cohort_answer_finalize (GObject *object)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (object);

  g_clear_pointer (&self->now, weir_membership_free);
  g_clear_pointer (&self->before, weir_membership_free);
  g_array_unref (self->conditions);

  G_OBJECT_CLASS (weir_cohort_answer_parent_class)->finalize (object);
}

static const WeirCondition *
weir_cohort_answer_get_conditions (WeirAnswer *answer,
                                   guint      *n_conditions)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (answer);
  g_autoptr(GArray) before = g_array_new (FALSE, FALSE, sizeof (WeirCondition));

  g_array_set_size (self->conditions, 0);
  weir_membership_append_conditions (self->now, self->conditions);
  if (self->before != NULL)
    weir_membership_append_conditions (self->before, before);
  /* The same conditions, but what counted then began earlier. */
  for (guint i = 0; i < before->len; i++)
    {
      WeirCondition *condition = &g_array_index (self->conditions, WeirCondition, i);

      condition->from = MIN (condition->from, g_array_index (before, WeirCondition, i).from);
    }
  *n_conditions = self->conditions->len;

  return (const WeirCondition *) (gconstpointer) self->conditions->data;
}

static void
weir_cohort_answer_add (WeirAnswer     *answer,
                        const WeirRows *rows)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (answer);

  weir_membership_add (self->now, rows);
  if (self->before != NULL)
    weir_membership_add (self->before, rows);
}

static void
weir_cohort_answer_change (WeirAnswer             *answer,
                           const WeirPersonChange *changes,
                           guint                   n_changes)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (answer);

  weir_membership_change (self->now, changes, n_changes);
  if (self->before != NULL)
    weir_membership_change (self->before, changes, n_changes);
}

static void
weir_cohort_answer_advance (WeirAnswer *answer,
                            gint64      now)
{
  weir_membership_advance (WEIR_COHORT_ANSWER (answer)->now, now);
}

/* Finds members, and with since who is one now and was not then, and the other way round. */
static gboolean
update (WeirCohortAnswer  *self,
        WeirBits          *entered,
        WeirBits          *left,
        GError           **error)
{
  const WeirBits *now = weir_membership_get_members (self->now);

  if (!weir_membership_update (self->now, error))
    return FALSE;
  if (self->before == NULL)
    return TRUE;
  if (!weir_membership_update (self->before, error))
    return FALSE;
  weir_bits_unite (entered, now);
  weir_bits_subtract (entered, weir_membership_get_members (self->before));
  weir_bits_unite (left, weir_membership_get_members (self->before));
  weir_bits_subtract (left, now);

  return TRUE;
}

static gboolean
weir_cohort_answer_write (WeirAnswer  *answer,
                          GString     *out,
                          GError     **error)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (answer);
  WeirPeople *people = weir_answer_get_people (answer);
  const WeirBits *members = weir_membership_get_members (self->now);
  guint limit = self->spec->limit;
  g_auto(WeirBits) entered = { 0 };
  g_auto(WeirBits) left = { 0 };
  guint32 cursor;

  if (!update (self, &entered, &left, error))
    return FALSE;

  g_string_append_printf (out, "\"size\":%u,", weir_bits_count (members));
  if (self->before != NULL)
    {
      g_string_append (out, "\"entered\":");
      weir_bits_write_persons (&entered, people, 0, limit, out);
      g_string_append (out, ",\"left\":");
      weir_bits_write_persons (&left, people, 0, limit, out);
      g_string_append_printf (out, ",\"entered_count\":%u,\"left_count\":%u",
                              weir_bits_count (&entered), weir_bits_count (&left));
      return TRUE;
    }
  g_string_append (out, "\"persons\":");
  cursor = weir_bits_write_persons (members, people, self->spec->after, limit, out);
  if (cursor != 0)
    g_string_append_printf (out, ",\"cursor\":\"%u\"", cursor);
  else
    g_string_append (out, ",\"cursor\":null");

  return TRUE;
}

static gboolean
weir_cohort_answer_write_csv (WeirAnswer  *answer,
                              GString     *out,
                              GError     **error)
{
  WeirCohortAnswer *self = WEIR_COHORT_ANSWER (answer);
  WeirPeople *people = weir_answer_get_people (answer);
  const WeirBits *members = weir_membership_get_members (self->now);
  guint limit = self->spec->limit;
  g_auto(WeirBits) entered = { 0 };
  g_auto(WeirBits) left = { 0 };

  if (!update (self, &entered, &left, error))
    return FALSE;
  if (self->before == NULL)
    {
      weir_bits_write_csv (members, people, self->spec->after, limit, out);
      return TRUE;
    }
  g_string_append (out, "change,person,distinct_id\r\n");
  weir_bits_append_csv (&entered, people, 0, limit, "entered", out);
  weir_bits_append_csv (&left, people, 0, limit, "left", out);

  return TRUE;
}

static void
weir_cohort_answer_class_init (WeirCohortAnswerClass *klass)
{
  WeirAnswerClass *answer_class = WEIR_ANSWER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_cohort_answer_finalize;
  answer_class->get_conditions = weir_cohort_answer_get_conditions;
  answer_class->add = weir_cohort_answer_add;
  answer_class->change = weir_cohort_answer_change;
  answer_class->advance = weir_cohort_answer_advance;
  answer_class->write = weir_cohort_answer_write;
  answer_class->write_csv = weir_cohort_answer_write_csv;
}

static void
weir_cohort_answer_init (WeirCohortAnswer *self)
{
  self->conditions = g_array_new (FALSE, FALSE, sizeof (WeirCondition));
}

/**
 * weir_cohort_answer_new:
 * @question: what to answer
 * @people: whom to ask about persons
 * @now: the moment it stands at, microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): an answer that knows no events yet, or %NULL with
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirAnswer *
weir_cohort_answer_new (WeirCohort  *question,
                        WeirPeople  *people,
                        gint64       now,
                        GError     **error)
{
  g_autoptr(WeirCohortAnswer) self = g_object_new (WEIR_TYPE_COHORT_ANSWER, NULL);
  const WeirCohortSpec *spec = weir_cohort_get_spec (question);
  const WeirRange *range = weir_question_get_range (WEIR_QUESTION (question));
  g_autoptr(WeirPredicate) resolved = weir_predicate_resolve (spec->where, people, error);

  if (resolved == NULL)
    return NULL;
  weir_answer_construct (WEIR_ANSWER (self), WEIR_QUESTION (question), people, now);
  self->spec = spec;
  self->now = weir_membership_new (resolved, people, range, now, FALSE, 0, error);
  if (self->now == NULL)
    return NULL;
  if (spec->since == G_MININT64)
    return WEIR_ANSWER (g_steal_pointer (&self));

  if (spec->since > now)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "since must not be in the future");
      return NULL;
    }
  self->before = weir_membership_new (resolved, people, range, spec->since, TRUE, 0, error);
  if (self->before == NULL)
    return NULL;

  return WEIR_ANSWER (g_steal_pointer (&self));
}
