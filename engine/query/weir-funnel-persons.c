/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-persons.h"

#include <string.h>

#include "weir-bits.h"
#include "weir-error.h"
#include "weir-funnel-answer.h"
#include "weir-funnel-tally.h"
#include "weir-question-json.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT     10000

/* Who they are that a funnel counts: the same answer, written as a list. */

/* Which groups. */
typedef enum {
  GROUP_ALL,
  GROUP_NAMED,    /* group, NULL for the events without the property */
  GROUP_OTHER,    /* those that the funnel shows as one */
} GroupChoice;

struct _WeirFunnelPersons {
  WeirFunnel parent_instance;

  gint64 step;
  gboolean converted;
  gboolean excluded;
  gboolean differing;
  GroupChoice choice;
  char *group;
  gint64 limit;
  guint32 after;     /* the last person of the page before */
};

G_DEFINE_FINAL_TYPE (WeirFunnelPersons, weir_funnel_persons, WEIR_TYPE_FUNNEL)

#define WEIR_TYPE_FUNNEL_PERSONS_ANSWER (weir_funnel_persons_answer_get_type ())
G_DECLARE_FINAL_TYPE (WeirFunnelPersonsAnswer, weir_funnel_persons_answer,
                      WEIR, FUNNEL_PERSONS_ANSWER, WeirFunnelAnswer)

struct _WeirFunnelPersonsAnswer {
  WeirFunnelAnswer parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirFunnelPersonsAnswer, weir_funnel_persons_answer,
                     WEIR_TYPE_FUNNEL_ANSWER)

static const char *const more_members[] = {
  "step", "converted", "excluded", "differs_from", "group", "other", "limit", "cursor", NULL,
};

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);

  return FALSE;
}

static gboolean
parse_step (WeirFunnelPersons  *self,
            JsonObject         *object,
            GError            **error)
{
  WeirFunnelRules rules;
  guint n_steps;

  weir_funnel_get_steps (WEIR_FUNNEL (self), &n_steps);
  if (!weir_question_read_integer (object, "step", 1, n_steps, &self->step, error) ||
      !weir_question_read_boolean (object, "converted", &self->converted, error) ||
      !weir_question_read_boolean (object, "excluded", &self->excluded, error))
    return FALSE;
  self->differing = weir_funnel_get_other_rules (WEIR_FUNNEL (self), &rules);
  if (self->differing && (self->step != 0 || self->excluded ||
                          json_object_has_member (object, "converted")))
    return refuse (error, "differs_from is about all steps: leave out step, converted, excluded");
  if (self->differing)
    return TRUE;
  if (self->excluded && (self->step != 0 || json_object_has_member (object, "converted")))
    return refuse (error, "excluded persons reached no step: leave out step and converted");
  if (!self->excluded && self->step == 0)
    return refuse (error, "step must say at which step");
  if (!self->excluded && !self->converted && self->step == 1)
    return refuse (error, "before step 1 there is nobody: converted must be true");

  return TRUE;
}

/* A group that is null is that of the events without the property. */
static gboolean
parse_group (WeirFunnelPersons  *self,
             JsonObject         *object,
             GError            **error)
{
  gboolean other = FALSE;

  if (!weir_question_read_text (object, "group", 100000, &self->group, error) ||
      !weir_question_read_boolean (object, "other", &other, error))
    return FALSE;
  if (json_object_has_member (object, "group"))
    self->choice = GROUP_NAMED;
  if (other && self->choice == GROUP_NAMED)
    return refuse (error, "group and other exclude each other");
  if (other)
    self->choice = GROUP_OTHER;
  if (self->choice != GROUP_ALL && weir_funnel_get_breakdown (WEIR_FUNNEL (self)) == NULL)
    return refuse (error, "a group needs a breakdown");

  return TRUE;
}

static gboolean
parse_page (WeirFunnelPersons  *self,
            JsonObject         *object,
            GError            **error)
{
  g_autofree char *cursor = NULL;

  if (!weir_question_read_integer (object, "limit", 1, MAX_LIMIT, &self->limit, error) ||
      !weir_question_read_text (object, "cursor", 100, &cursor, error))
    return FALSE;

  return cursor == NULL || weir_person_cursor_parse (cursor, &self->after, error);
}

static gboolean
weir_funnel_persons_parse (WeirQuestion  *question,
                           JsonObject    *object,
                           GError       **error)
{
  WeirFunnelPersons *self = WEIR_FUNNEL_PERSONS (question);

  return WEIR_QUESTION_CLASS (weir_funnel_persons_parent_class)->parse (question, object, error) &&
         parse_step (self, object, error) &&
         parse_group (self, object, error) &&
         parse_page (self, object, error);
}

static WeirAnswer *
weir_funnel_persons_answer (WeirQuestion  *question,
                            WeirPeople    *people,
                            gint64         now,
                            GError       **error)
{
  return weir_funnel_answer_new (
      WEIR_TYPE_FUNNEL_PERSONS_ANSWER, WEIR_FUNNEL (question), people, now, error);
}

static void
weir_funnel_persons_finalize (GObject *object)
{
  WeirFunnelPersons *self = WEIR_FUNNEL_PERSONS (object);

  g_free (self->group);

  G_OBJECT_CLASS (weir_funnel_persons_parent_class)->finalize (object);
}

static void
weir_funnel_persons_class_init (WeirFunnelPersonsClass *klass)
{
  WeirQuestionClass *question_class = WEIR_QUESTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_funnel_persons_finalize;
  WEIR_FUNNEL_CLASS (klass)->more_members = more_members;
  question_class->kind = "funnel_persons";
  question_class->parse = weir_funnel_persons_parse;
  question_class->answer = weir_funnel_persons_answer;
}

static void
weir_funnel_persons_init (WeirFunnelPersons *self)
{
  self->converted = TRUE;
  self->limit = DEFAULT_LIMIT;
}

/* The list. */

typedef struct {
  WeirFunnelPersons *question;
  WeirAnswer *answer;
  WeirFunnelTally *tally;    /* NULL unless it is needed */
  WeirBits *persons;
} Search;

static gboolean
is_in_group (const Search            *search,
             const WeirFunnelOutcome *outcome)
{
  const char *wanted = search->question->group;

  switch (search->question->choice)
    {
    case GROUP_NAMED:
      if (outcome->group == WEIR_NO_GROUP || wanted == NULL)
        return outcome->group == WEIR_NO_GROUP && wanted == NULL;
      return g_str_equal (weir_answer_get_group_text (search->answer, outcome->group), wanted);

    case GROUP_OTHER:
      return !weir_funnel_tally_names (search->tally, outcome->group);

    case GROUP_ALL:
    default:
      return TRUE;
    }
}

static gboolean
is_wanted (const Search            *search,
           const WeirFunnelOutcome *outcome)
{
  const WeirFunnelPersons *question = search->question;

  if (!is_in_group (search, outcome))
    return FALSE;
  if (question->differing)
    return outcome->differs;
  if (question->excluded)
    return outcome->reached == WEIR_FUNNEL_EXCLUDED;
  if (question->converted)
    return outcome->reached >= question->step;

  return outcome->reached == question->step - 1;
}

static void
take_outcome (const WeirFunnelOutcome *outcome,
              gpointer                 user_data)
{
  Search *search = user_data;

  if (is_wanted (search, outcome))
    weir_bits_add (search->persons, outcome->person);
}

/* All persons that belong into the list. */
static gboolean
find_persons (WeirAnswer  *answer,
              WeirBits    *persons,
              GError     **error)
{
  WeirFunnelAnswer *funnel_answer = WEIR_FUNNEL_ANSWER (answer);
  WeirFunnelPersons *question = WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer));
  g_autoptr(WeirFunnelTally) tally = NULL;

  if (!weir_funnel_answer_update (funnel_answer, error))
    return FALSE;
  if (question->choice == GROUP_OTHER)
    tally = weir_funnel_tally_new (funnel_answer);
  weir_funnel_answer_foreach (
      funnel_answer, take_outcome, &(Search) { question, answer, tally, persons });

  return TRUE;
}

static gboolean
weir_funnel_persons_answer_write (WeirAnswer  *answer,
                                  GString     *out,
                                  GError     **error)
{
  WeirFunnelPersons *question = WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer));
  g_auto(WeirBits) persons = { 0 };
  guint32 next;

  if (!find_persons (answer, &persons, error))
    return FALSE;
  g_string_append (out, "\"persons\":");
  next = weir_bits_write_persons (&persons,
                                  weir_answer_get_people (answer),
                                  question->after,
                                  (guint) question->limit,
                                  out);
  if (next != 0)
    g_string_append_printf (out, ",\"cursor\":\"%u\"", next);
  else
    g_string_append (out, ",\"cursor\":null");
  g_string_append_printf (out, ",\"total\":%u", weir_bits_count (&persons));

  return TRUE;
}

static gboolean
weir_funnel_persons_answer_write_csv (WeirAnswer  *answer,
                                      GString     *out,
                                      GError     **error)
{
  WeirFunnelPersons *question = WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer));
  g_auto(WeirBits) persons = { 0 };

  if (!find_persons (answer, &persons, error))
    return FALSE;
  weir_bits_write_csv (&persons,
                       weir_answer_get_people (answer),
                       question->after,
                       (guint) question->limit,
                       out);

  return TRUE;
}

static void
weir_funnel_persons_answer_class_init (WeirFunnelPersonsAnswerClass *klass)
{
  WeirAnswerClass *answer_class = WEIR_ANSWER_CLASS (klass);

  answer_class->write = weir_funnel_persons_answer_write;
  answer_class->write_csv = weir_funnel_persons_answer_write_csv;
}

static void
weir_funnel_persons_answer_init (WeirFunnelPersonsAnswer *self)
{
}
