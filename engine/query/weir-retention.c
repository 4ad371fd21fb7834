/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retention.h"

#include "weir-bits.h"
#include "weir-error.h"
#include "weir-retention-answer.h"

#define DEFAULT_PERIODS 11
#define DEFAULT_LIMIT   100
#define MAX_LIMIT       10000

typedef struct {
  WeirRetentionSpec spec;
} WeirRetentionPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (WeirRetention, weir_retention, WEIR_TYPE_QUESTION)

typedef WeirRetention WeirRetentionPersons;
typedef WeirRetentionClass WeirRetentionPersonsClass;

G_DEFINE_TYPE (WeirRetentionPersons, weir_retention_persons, WEIR_TYPE_RETENTION)

static void
weir_retention_finalize (GObject *object)
{
  WeirRetentionPrivate *priv = weir_retention_get_instance_private (WEIR_RETENTION (object));

  weir_event_term_clear (&priv->spec.start);
  weir_event_term_clear (&priv->spec.back);

  G_OBJECT_CLASS (weir_retention_parent_class)->finalize (object);
}

static gboolean
parse_table (WeirRetentionSpec  *spec,
             JsonObject         *object,
             GError            **error)
{
  static const char *const periods[] = { "hour", "day", "week", "month", NULL };
  static const char *const modes[] = { "recurring", "first_time", NULL };
  static const char *const criteria[] = { "on", "on_or_after", NULL };
  gint64 n_periods = DEFAULT_PERIODS;
  guint period = 1, mode = 0, criterion = 0;

  if (!weir_question_read_choice (object, "period", periods, &period, error) ||
      !weir_question_read_integer (object, "periods", 1, WEIR_RETENTION_MAX_PERIODS, &n_periods,
                                   error) ||
      !weir_question_read_choice (object, "mode", modes, &mode, error) ||
      !weir_question_read_choice (object, "criterion", criteria, &criterion, error) ||
      !weir_week_start_parse (object, &spec->week_start, error))
    return FALSE;

  spec->period = WEIR_PERIOD_HOUR + period;
  spec->n_periods = (guint) n_periods;
  spec->first_time = mode == 1;
  spec->or_after = criterion == 1;

  return TRUE;
}

static gboolean
parse_cell (WeirRetentionSpec  *spec,
            JsonObject         *object,
            GError            **error)
{
  g_autofree char *cursor = NULL;
  gint64 row = -1, column = -1, limit = DEFAULT_LIMIT;

  if (!weir_question_read_integer (object, "row", 0, spec->n_periods - 1, &row, error))
    return FALSE;
  if (row < 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "row must say which cohort, from 0 on");
      return FALSE;
    }
  if (!weir_question_read_integer (object, "column", 0, spec->n_periods - 1 - row, &column, error))
    return FALSE;
  if (column < 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "column must say which of the cohort's values, from 0 on");
      return FALSE;
    }
  if (!weir_question_read_integer (object, "limit", 0, MAX_LIMIT, &limit, error) ||
      !weir_question_read_text (object, "cursor", 100, &cursor, error) ||
      !weir_person_cursor_parse (cursor, &spec->after, error))
    return FALSE;

  spec->row = (guint) row;
  spec->column = (guint) column;
  spec->limit = (guint) limit;

  return TRUE;
}

static gboolean
weir_retention_parse (WeirQuestion  *question,
                      JsonObject    *object,
                      GError       **error)
{
  WeirRetention *self = WEIR_RETENTION (question);
  WeirRetentionPrivate *priv = weir_retention_get_instance_private (self);
  WeirFilter *common = weir_question_get_filter (question);
  WeirRetentionSpec *spec = &priv->spec;

  spec->lists_persons = WEIR_RETENTION_GET_CLASS (self)->lists_persons;

  return weir_event_term_parse_member (&spec->start, object, "start", common, error) &&
         weir_event_term_parse_member (&spec->back, object, "return", common, error) &&
         parse_table (spec, object, error) &&
         (!spec->lists_persons || parse_cell (spec, object, error));
}

static WeirAnswer *
weir_retention_answer (WeirQuestion  *question,
                       WeirPeople    *people,
                       gint64         now,
                       GError       **error)
{
  return weir_retention_answer_new (WEIR_RETENTION (question), people, now, error);
}

static void
weir_retention_class_init (WeirRetentionClass *klass)
{
  WeirQuestionClass *question_class = WEIR_QUESTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_retention_finalize;
  question_class->kind = "retention";
  question_class->parse = weir_retention_parse;
  question_class->answer = weir_retention_answer;
}

static void
weir_retention_init (WeirRetention *self)
{
}

static void
weir_retention_persons_class_init (WeirRetentionPersonsClass *klass)
{
  WEIR_QUESTION_CLASS (klass)->kind = "retention_persons";
  klass->lists_persons = TRUE;
}

static void
weir_retention_persons_init (WeirRetentionPersons *self)
{
}

/**
 * weir_retention_get_spec:
 * @self: a question about retention
 *
 * Returns: (transfer none): what it asks for
 */
const WeirRetentionSpec *
weir_retention_get_spec (WeirRetention *self)
{
  WeirRetentionPrivate *priv = weir_retention_get_instance_private (self);

  return &priv->spec;
}
