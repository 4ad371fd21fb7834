/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-answer.h"

#include <string.h>

#include "weir-answer-private.h"
#include "weir-error.h"
#include "weir-event-json.h"

/* Each text is kept while the answer lives. */
#define MAX_GROUPS 100000

typedef struct {
  WeirQuestion *question;
  WeirPeople *people;
  gint64 now;
  gboolean needs_reload;
  GHashTable *group_numbers;   /* GBytes → number + 1 */
  gboolean has_too_many_groups;
  GPtrArray *group_texts;      /* borrowed from the keys */
} WeirAnswerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirAnswer, weir_answer, G_TYPE_OBJECT)

static void
weir_answer_finalize (GObject *object)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (WEIR_ANSWER (object));

  g_clear_object (&priv->question);
  g_clear_object (&priv->people);
  g_hash_table_unref (priv->group_numbers);
  g_ptr_array_unref (priv->group_texts);

  G_OBJECT_CLASS (weir_answer_parent_class)->finalize (object);
}

static void
weir_answer_class_init (WeirAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_answer_finalize;
}

static void
weir_answer_init (WeirAnswer *self)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  priv->group_numbers =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  priv->group_texts = g_ptr_array_new ();
}

/*< private >
 * weir_answer_construct:
 * @self: an answer just made
 * @question: what it answers
 * @people: whom it asks about persons
 * @now: the moment it stands at, microseconds since the epoch
 *
 * For the classes that derive from it.
 */
void
weir_answer_construct (WeirAnswer   *self,
                       WeirQuestion *question,
                       WeirPeople   *people,
                       gint64        now)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  priv->question = g_object_ref (question);
  priv->people = g_object_ref (people);
  priv->now = now;
}

static gboolean
is_of_person (const char *property)
{
  return property != NULL && g_str_has_prefix (property, "person.");
}

/* Whether rows were chosen, numbered or grouped by what persons are. */
static gboolean
depends_on_persons (WeirAnswer *self)
{
  guint n_conditions;
  const WeirCondition *conditions = weir_answer_get_conditions (self, &n_conditions);

  for (guint i = 0; i < n_conditions; i++)
    {
      const WeirCondition *condition = &conditions[i];

      if (is_of_person (condition->number) || is_of_person (condition->group) ||
          (condition->filter != NULL &&
           (weir_filter_get_uses (condition->filter) & WEIR_FILTER_USES_PERSON) != 0))
        return TRUE;
    }

  return FALSE;
}

/**
 * weir_answer_get_question:
 * @self: an answer
 *
 * Returns: (transfer none): what it answers
 */
WeirQuestion *
weir_answer_get_question (WeirAnswer *self)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  return priv->question;
}

/**
 * weir_answer_get_people:
 * @self: an answer
 *
 * Returns: (transfer none): whom it asks about persons
 */
WeirPeople *
weir_answer_get_people (WeirAnswer *self)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  return priv->people;
}

/**
 * weir_answer_get_now:
 * @self: an answer
 *
 * Returns: the moment it stands at, microseconds since the epoch
 */
gint64
weir_answer_get_now (WeirAnswer *self)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  return priv->now;
}

/**
 * weir_answer_get_conditions:
 * @self: an answer
 * @n_conditions: (out): how many, at most %WEIR_MAX_CONDITIONS
 *
 * Returns: (transfer none) (array length=n_conditions): which events it wants to know of, valid
 *   until it advances
 */
const WeirCondition *
weir_answer_get_conditions (WeirAnswer *self,
                            guint      *n_conditions)
{
  return WEIR_ANSWER_GET_CLASS (self)->get_conditions (self, n_conditions);
}

/**
 * weir_answer_get_group:
 * @self: an answer
 * @text: the text of a property that is broken down by
 * @length: its length in bytes
 *
 * Returns: the number of the group, from 0 on; %WEIR_NO_GROUP once there are too many, and then the
 *   answer cannot be written
 */
guint32
weir_answer_get_group (WeirAnswer *self,
                       const char *text,
                       gsize       length)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);
  g_autoptr(GBytes) key = g_bytes_new_static (text, length);
  gpointer known = g_hash_table_lookup (priv->group_numbers, key);
  char *copy;

  if (known != NULL)
    return GPOINTER_TO_UINT (known) - 1;
  if (priv->group_texts->len >= MAX_GROUPS)
    {
      priv->has_too_many_groups = TRUE;
      return WEIR_NO_GROUP;
    }

  copy = g_malloc (length + 1);
  memcpy (copy, text, length);
  copy[length] = '\0';
  g_ptr_array_add (priv->group_texts, copy);
  g_hash_table_insert (priv->group_numbers,
                       g_bytes_new_with_free_func (copy, length, g_free, copy),
                       GUINT_TO_POINTER (priv->group_texts->len));

  return priv->group_texts->len - 1;
}

/**
 * weir_answer_get_value_group:
 * @self: an answer
 * @value: the value of a property that is broken down by
 *
 * Returns: the number of the group, %WEIR_NO_GROUP when there is no value
 */
guint32
weir_answer_get_value_group (WeirAnswer      *self,
                             const WeirValue *value)
{
  g_autoptr(GString) text = NULL;

  switch (value->type)
    {
    case WEIR_VALUE_TEXT:
    case WEIR_VALUE_OTHER:
      return weir_answer_get_group (self, value->text, value->length);

    case WEIR_VALUE_NUMBER:
      text = g_string_new (NULL);
      weir_json_append_double (text, value->number);
      return weir_answer_get_group (self, text->str, text->len);

    case WEIR_VALUE_BOOLEAN:
      return value->boolean ? weir_answer_get_group (self, "true", 4)
                            : weir_answer_get_group (self, "false", 5);

    case WEIR_VALUE_ABSENT:
    case WEIR_VALUE_NULL:
    default:
      return WEIR_NO_GROUP;
    }
}

/**
 * weir_answer_get_group_text:
 * @self: an answer
 * @group: number of a group
 *
 * Returns: (transfer none): its text
 */
const char *
weir_answer_get_group_text (WeirAnswer *self,
                            guint32     group)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  g_return_val_if_fail (group < priv->group_texts->len, NULL);

  return g_ptr_array_index (priv->group_texts, group);
}

/**
 * weir_answer_add:
 * @self: an answer
 * @rows: what was found
 */
void
weir_answer_add (WeirAnswer     *self,
                 const WeirRows *rows)
{
  if (rows->n_rows > 0)
    WEIR_ANSWER_GET_CLASS (self)->add (self, rows);
}

/**
 * weir_answer_change:
 * @self: an answer
 * @changes: (array length=n_changes): who is somebody else now, in the order it happened
 * @n_changes: how many
 *
 * The people's map must say the new state already.
 */
void
weir_answer_change (WeirAnswer             *self,
                    const WeirPersonChange *changes,
                    guint                   n_changes)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  if (n_changes == 0)
    return;
  WEIR_ANSWER_GET_CLASS (self)->change (self, changes, n_changes);
  priv->needs_reload |= depends_on_persons (self);
}

/**
 * weir_answer_advance:
 * @self: an answer
 * @now: microseconds since the epoch, not before the moment it stands at
 *
 * Lets the clock go on. Conditions of relative ranges change.
 */
void
weir_answer_advance (WeirAnswer *self,
                     gint64      now)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  if (now <= priv->now)
    return;
  priv->now = now;
  WEIR_ANSWER_GET_CLASS (self)->advance (self, now);
}

/**
 * weir_answer_needs_reload:
 * @self: an answer
 *
 * Some changes decide about rows that the answer never saw, or cannot take back: the properties of
 * a person that a filter, a number or a breakdown looks at, the deletion of somebody whose events
 * were added up, or a question whose rows are too many to keep for a live answer. Then what it
 * writes is old, and a live query asks the store again with a new answer.
 *
 * Returns: whether the answer must be made anew
 */
gboolean
weir_answer_needs_reload (WeirAnswer *self)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);
  WeirAnswerClass *klass = WEIR_ANSWER_GET_CLASS (self);

  return priv->needs_reload || (klass->needs_reload != NULL && klass->needs_reload (self));
}

static gboolean
check_groups (WeirAnswer  *self,
              GError     **error)
{
  WeirAnswerPrivate *priv = weir_answer_get_instance_private (self);

  if (!priv->has_too_many_groups)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "the property to break down by has more than %d values; choose another, or filter",
               MAX_GROUPS);
  return FALSE;
}

/**
 * weir_answer_write:
 * @self: an answer
 * @out: where the members of the JSON object are appended, without braces
 * @error: return location for an error
 *
 * Can be called again and again.
 *
 * Returns: whether it could be written
 */
gboolean
weir_answer_write (WeirAnswer  *self,
                   GString     *out,
                   GError     **error)
{
  return check_groups (self, error) &&
         WEIR_ANSWER_GET_CLASS (self)->write (self, out, error);
}

/**
 * weir_answer_write_csv:
 * @self: an answer
 * @out: where lines are appended, the first of which names the columns (RFC 4180)
 * @error: return location for an error
 *
 * Returns: whether it could be written
 */
gboolean
weir_answer_write_csv (WeirAnswer  *self,
                       GString     *out,
                       GError     **error)
{
  return check_groups (self, error) &&
         WEIR_ANSWER_GET_CLASS (self)->write_csv (self, out, error);
}
