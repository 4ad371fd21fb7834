/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-question.h"

#include <string.h>

#include "weir-answer.h"
#include "weir-cohort.h"
#include "weir-error.h"
#include "weir-funnel.h"
#include "weir-funnel-persons.h"
#include "weir-json-load.h"
#include "weir-question-json.h"
#include "weir-retention.h"
#include "weir-trend.h"

typedef struct {
  WeirRange range;
  GTimeZone *time_zone;
  WeirFilter *filter;
  char *cohort;
} WeirQuestionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirQuestion, weir_question, G_TYPE_OBJECT)

/* The kinds of question that are answered from rows of events. */
static GType
find_type (const char *kind)
{
  static GType (*const types[]) (void) = {
    weir_cohort_get_type,
    weir_retention_get_type,
    weir_retention_persons_get_type,
    weir_trend_get_type,
    weir_funnel_get_type,
    weir_funnel_persons_get_type,
    NULL,
  };

  for (guint i = 0; types[i] != NULL; i++)
    {
      GType type = types[i] ();
      g_autoptr(GTypeClass) klass = g_type_class_ref (type);

      if (g_str_equal (((WeirQuestionClass *) klass)->kind, kind))
        return type;
    }
  return G_TYPE_INVALID;
}

static void
weir_question_finalize (GObject *object)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (WEIR_QUESTION (object));

  g_clear_pointer (&priv->time_zone, g_time_zone_unref);
  g_clear_pointer (&priv->filter, weir_filter_unref);
  g_free (priv->cohort);

  G_OBJECT_CLASS (weir_question_parent_class)->finalize (object);
}

static void
weir_question_class_init (WeirQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_question_finalize;
}

static void
weir_question_init (WeirQuestion *self)
{
}

static gboolean
parse_common (WeirQuestion  *self,
              JsonObject    *object,
              GError       **error)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (self);

  return weir_question_read_range (object, &priv->range, error) &&
         weir_question_read_time_zone (object, &priv->time_zone, error) &&
         weir_question_read_filter (object, "filter", &priv->filter, error) &&
         weir_question_read_text (object, "cohort", 200, &priv->cohort, error);
}

static WeirQuestion *
new_from_object (JsonObject  *object,
                 GError     **error)
{
  g_autoptr(WeirQuestion) self = NULL;
  g_autofree char *kind = NULL;
  GType type;

  if (!weir_question_read_text (object, "kind", 100, &kind, error))
    return NULL;
  type = kind != NULL ? find_type (kind) : G_TYPE_INVALID;
  if (type == G_TYPE_INVALID)
    {
      if (kind != NULL)
        g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "unknown kind “%s”", kind);
      else
        g_set_error_literal (
            error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "the question has no kind");
      return NULL;
    }

  self = g_object_new (type, NULL);
  if (!parse_common (self, object, error) ||
      !WEIR_QUESTION_GET_CLASS (self)->parse (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_question_new_from_json:
 * @json: the request's body
 * @length: its length in bytes, or -1
 * @error: return location for an error
 *
 * Reads a question over events: trend, funnel, funnel_persons, retention, cohort.
 *
 * Returns: (transfer full) (nullable): the question, or %NULL with %WEIR_ERROR_INVALID_JSON or
 *   %WEIR_ERROR_INVALID_REQUEST
 */
WeirQuestion *
weir_question_new_from_json (const char  *json,
                             gssize       length,
                             GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  g_return_val_if_fail (json != NULL, NULL);

  if (!weir_json_load (parser, json, length))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the question is not readable as JSON");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "the question must be an object");
      return NULL;
    }

  return new_from_object (json_node_get_object (root), error);
}

/**
 * weir_question_get_kind:
 * @self: a question
 *
 * Returns: (transfer none): what the wire contract calls its kind
 */
const char *
weir_question_get_kind (WeirQuestion *self)
{
  return WEIR_QUESTION_GET_CLASS (self)->kind;
}

/**
 * weir_question_get_range:
 * @self: a question
 *
 * Returns: (transfer none): the range of time it is about
 */
const WeirRange *
weir_question_get_range (WeirQuestion *self)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (self);

  return &priv->range;
}

/**
 * weir_question_get_time_zone:
 * @self: a question
 *
 * Returns: (transfer none): the time zone whose calendar counts
 */
GTimeZone *
weir_question_get_time_zone (WeirQuestion *self)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (self);

  return priv->time_zone;
}

/**
 * weir_question_get_filter:
 * @self: a question
 *
 * Returns: (transfer none) (nullable): what holds for all its events
 */
WeirFilter *
weir_question_get_filter (WeirQuestion *self)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (self);

  return priv->filter;
}

/**
 * weir_question_get_cohort:
 * @self: a question
 *
 * Returns: (transfer none) (nullable): the saved cohort whose members alone count
 */
const char *
weir_question_get_cohort (WeirQuestion *self)
{
  WeirQuestionPrivate *priv = weir_question_get_instance_private (self);

  return priv->cohort;
}

/**
 * weir_question_answer:
 * @self: a question
 * @people: whom to ask about persons
 * @now: the moment relative ranges end at, microseconds since the epoch
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): an answer that knows no events yet, or %NULL when a saved
 *   cohort it names is not there
 */
WeirAnswer *
weir_question_answer (WeirQuestion  *self,
                      WeirPeople    *people,
                      gint64         now,
                      GError       **error)
{
  g_return_val_if_fail (WEIR_IS_QUESTION (self), NULL);
  g_return_val_if_fail (WEIR_IS_PEOPLE (people), NULL);

  return WEIR_QUESTION_GET_CLASS (self)->answer (self, people, now, error);
}
