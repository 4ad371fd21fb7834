/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort.h"

#include <string.h>

#include "weir-bits.h"
#include "weir-cohort-answer.h"
#include "weir-error.h"
#include "weir-time.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT     10000

/**
 * WeirCohort:
 *
 * The question `cohort`: who is a member, by what they did and who they are.
 */
struct _WeirCohort {
  WeirQuestion parent_instance;

  WeirCohortSpec spec;
};

G_DEFINE_FINAL_TYPE (WeirCohort, weir_cohort, WEIR_TYPE_QUESTION)

static void
weir_cohort_finalize (GObject *object)
{
  WeirCohort *self = WEIR_COHORT (object);

  g_clear_pointer (&self->spec.where, weir_predicate_unref);

  G_OBJECT_CLASS (weir_cohort_parent_class)->finalize (object);
}

static gboolean
parse_where (WeirCohort  *self,
             JsonObject  *object,
             GError     **error)
{
  WeirQuestion *question = WEIR_QUESTION (self);
  const char *limit_to = weir_question_get_cohort (question);
  g_autoptr(WeirPredicate) where =
      weir_predicate_new_from_json (json_object_get_member (object, "where"),
                                    weir_question_get_filter (question), error);
  g_autoptr(WeirPredicate) saved = NULL;

  if (where == NULL)
    return FALSE;
  if (limit_to == NULL)
    {
      self->spec.where = g_steal_pointer (&where);
      return TRUE;
    }
  saved = weir_predicate_new_saved (limit_to);
  self->spec.where = weir_predicate_new_both (where, saved);

  return TRUE;
}

static gboolean
parse_since (WeirCohortSpec  *spec,
             JsonObject      *object,
             GError         **error)
{
  g_autofree char *since = NULL;

  spec->since = G_MININT64;
  if (!weir_question_read_text (object, "since", 100, &since, error))
    return FALSE;
  if (since != NULL && !weir_time_parse_rfc3339 (since, strlen (since), &spec->since))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "since must be a time as in RFC 3339");
      return FALSE;
    }
  if (since != NULL && spec->after != 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "since takes no cursor; its lists have up to limit persons");
      return FALSE;
    }

  return TRUE;
}

static gboolean
weir_cohort_parse (WeirQuestion  *question,
                   JsonObject    *object,
                   GError       **error)
{
  WeirCohort *self = WEIR_COHORT (question);
  g_autofree char *cursor = NULL;
  gint64 limit = DEFAULT_LIMIT;

  if (!parse_where (self, object, error) ||
      !weir_question_read_integer (object, "limit", 0, MAX_LIMIT, &limit, error) ||
      !weir_question_read_text (object, "cursor", 100, &cursor, error) ||
      !weir_person_cursor_parse (cursor, &self->spec.after, error))
    return FALSE;
  self->spec.limit = (guint) limit;

  return parse_since (&self->spec, object, error);
}

static WeirAnswer *
weir_cohort_answer (WeirQuestion  *question,
                    WeirPeople    *people,
                    gint64         now,
                    GError       **error)
{
  return weir_cohort_answer_new (WEIR_COHORT (question), people, now, error);
}

static void
weir_cohort_class_init (WeirCohortClass *klass)
{
  WeirQuestionClass *question_class = WEIR_QUESTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_cohort_finalize;
  question_class->kind = "cohort";
  question_class->parse = weir_cohort_parse;
  question_class->answer = weir_cohort_answer;
}

static void
weir_cohort_init (WeirCohort *self)
{
}

/**
 * weir_cohort_get_spec:
 * @self: a question about a cohort
 *
 * Returns: (transfer none): what it asks for
 */
const WeirCohortSpec *
weir_cohort_get_spec (WeirCohort *self)
{
  return &self->spec;
}
