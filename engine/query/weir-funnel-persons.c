/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-persons.h"

#include <string.h>

#include "weir-csv.h"
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
  "step", "converted", "excluded", "group", "other", "limit", "cursor", NULL,
};

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);

  return FALSE;
}

static gboolean
read_boolean (JsonObject  *object,
              const char  *member,
              gboolean    *value,
              GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "%s must be true or false", member);
      return FALSE;
    }
  *value = json_node_get_boolean (node);

  return TRUE;
}

static gboolean
parse_step (WeirFunnelPersons  *self,
            JsonObject         *object,
            GError            **error)
{
  guint n_steps;

  weir_funnel_get_steps (WEIR_FUNNEL (self), &n_steps);
  if (!weir_question_read_integer (object, "step", 1, n_steps, &self->step, error) ||
      !read_boolean (object, "converted", &self->converted, error) ||
      !read_boolean (object, "excluded", &self->excluded, error))
    return FALSE;
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
      !read_boolean (object, "other", &other, error))
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
  guint64 after;

  if (!weir_question_read_integer (object, "limit", 1, MAX_LIMIT, &self->limit, error) ||
      !weir_question_read_text (object, "cursor", 100, &cursor, error))
    return FALSE;
  if (cursor == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (cursor, 10, 1, G_MAXUINT32, &after, NULL))
    return refuse (error, "cursor must be one that an answer gave");
  self->after = (guint32) after;

  return TRUE;
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
      WEIR_TYPE_FUNNEL_PERSONS_ANSWER, WEIR_FUNNEL (question), people, now);
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
  GArray *persons;           /* guint32 */
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
    g_array_append_val (search->persons, outcome->person);
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  guint32 one = *(const guint32 *) a, two = *(const guint32 *) b;

  return (one > two) - (one < two);
}

/* All persons that belong into the list, in rising order. */
static GArray *
find_persons (WeirAnswer  *answer,
              GError     **error)
{
  WeirFunnelAnswer *funnel_answer = WEIR_FUNNEL_ANSWER (answer);
  Search search = { WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer)), answer };

  if (!weir_funnel_answer_update (funnel_answer, error))
    return NULL;
  if (search.question->choice == GROUP_OTHER)
    search.tally = weir_funnel_tally_new (funnel_answer);
  search.persons = g_array_new (FALSE, FALSE, sizeof (guint32));
  weir_funnel_answer_foreach (funnel_answer, take_outcome, &search);
  g_array_sort (search.persons, compare_numbers);
  g_clear_pointer (&search.tally, weir_funnel_tally_free);

  return search.persons;
}

static void
find_page (WeirFunnelPersons *question,
           const GArray      *persons,
           guint             *first,
           guint             *end)
{
  for (*first = 0; *first < persons->len; (*first)++)
    {
      if (g_array_index (persons, guint32, *first) > question->after)
        break;
    }
  *end = (guint) MIN (persons->len, *first + question->limit);
}

static gboolean
weir_funnel_persons_answer_write (WeirAnswer  *answer,
                                  GString     *out,
                                  GError     **error)
{
  g_autoptr(GArray) persons = find_persons (answer, error);
  guint first, end;

  if (persons == NULL)
    return FALSE;
  find_page (WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer)), persons, &first, &end);
  g_string_append (out, "\"persons\":[");
  for (guint i = first; i < end; i++)
    {
      if (i > first)
        g_string_append_c (out, ',');
      weir_people_append_person (
          weir_answer_get_people (answer), g_array_index (persons, guint32, i), out);
    }
  g_string_append (out, "],\"cursor\":");
  if (end < persons->len)
    g_string_append_printf (out, "\"%u\"", g_array_index (persons, guint32, end - 1));
  else
    g_string_append (out, "null");
  g_string_append_printf (out, ",\"total\":%u", persons->len);

  return TRUE;
}

/* One line: the id, and the distinct ids as the JSON array they are elsewhere. */
static void
append_csv_person (WeirAnswer *answer,
                   guint32     person,
                   GString    *out)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GString) json = g_string_new (NULL);
  g_autofree char *ids = NULL;
  JsonObject *object;

  weir_people_append_person (weir_answer_get_people (answer), person, json);
  if (!json_parser_load_from_data (parser, json->str, (gssize) json->len, NULL) ||
      json_parser_get_root (parser) == NULL)
    return;
  object = json_node_get_object (json_parser_get_root (parser));
  ids = json_to_string (json_object_get_member (object, "distinct_ids"), FALSE);
  weir_csv_append_text (out, json_object_get_string_member (object, "id"));
  g_string_append_c (out, ',');
  weir_csv_append_text (out, ids);
  g_string_append (out, "\r\n");
}

static gboolean
weir_funnel_persons_answer_write_csv (WeirAnswer  *answer,
                                      GString     *out,
                                      GError     **error)
{
  g_autoptr(GArray) persons = find_persons (answer, error);
  guint first, end;

  if (persons == NULL)
    return FALSE;
  find_page (WEIR_FUNNEL_PERSONS (weir_answer_get_question (answer)), persons, &first, &end);
  g_string_append (out, "id,distinct_ids\r\n");
  for (guint i = first; i < end; i++)
    append_csv_person (answer, g_array_index (persons, guint32, i), out);

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
