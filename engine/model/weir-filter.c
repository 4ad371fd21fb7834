/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a filter means, here and wherever it is turned into SQL.
 *
 *   property                        is
 *   event, source, user_id,         that text of the event, absent when it has none
 *   anonymous_id, device_id,
 *   session_id
 *   distinct_id                     the id the event counts under: the user id, else the distinct
 *                                   id, else the anonymous id, else the device id
 *   value                           the event's number, absent when it has none
 *   person.NAME                     a property of the person; an event that is matched by itself
 *                                   knows none, so it is absent
 *   anything else                   a path into the event's properties; null is absent
 *
 *   op              true when
 *   =               both are numbers, both texts or both booleans, and they are the same
 *   !=              = is not true; so also when absent or of another type
 *   < <= > >=       both are numbers and stand so, or both are texts and stand so byte by byte
 *   contains        it is a text and the value is a part of it, byte by byte
 *   not_contains    contains is not true
 *   matches         it is a text and the regular expression (PCRE2) is found in it; only its first
 *                   4 KiB are looked at, and an expression that takes too long is not found
 *   in              = is true for one of the values
 *   is_set          it is not absent
 *   is_not_set      it is absent
 *
 * “all” of nothing is true, “any” of nothing is false. Arrays and objects are set, and are
 * neither numbers nor texts.
 */

#include "config.h"

#include "weir-filter.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-filter-private.h"

#define MAX_MATCHED_BYTES 4096

typedef struct _Match Match;

struct _Match {
  const WeirEvent *event;
  WeirEventCodec *codec;
  gboolean tried;      /* the properties are only read when something asks for them */
  gboolean loaded;
  Match *person;       /* the same for the person's properties; may be NULL */
};

static void
look_up_text (const WeirEvent *event,
              WeirEventText    which,
              WeirValue       *value)
{
  if (event->text[which] == NULL)
    return;

  value->type = WEIR_VALUE_TEXT;
  value->text = event->text[which];
  value->length = event->length[which];
}

static void
look_up_property (Match      *match,
                  const char *path,
                  WeirValue  *value)
{
  if (match->event->text[WEIR_EVENT_PROPERTIES] == NULL || match->codec == NULL)
    return;

  if (!match->tried)
    {
      match->tried = TRUE;
      match->loaded = weir_event_codec_load_properties (match->codec, match->event);
    }

  if (match->loaded)
    weir_event_codec_lookup (match->codec, path, value);
  if (value->type == WEIR_VALUE_NULL)
    value->type = WEIR_VALUE_ABSENT;
}

static void
look_up (Match                *match,
         const WeirFilterNode *node,
         WeirValue            *value)
{
  memset (value, 0, sizeof *value);

  switch (node->subject)
    {
    case WEIR_FILTER_SUBJECT_TEXT:
      look_up_text (match->event, node->text, value);
      break;

    case WEIR_FILTER_SUBJECT_IDENTITY:
      look_up_text (match->event, weir_event_get_identity (match->event), value);
      break;

    case WEIR_FILTER_SUBJECT_VALUE:
      if (!isnan (match->event->value))
        {
          value->type = WEIR_VALUE_NUMBER;
          value->number = match->event->value;
        }
      break;

    case WEIR_FILTER_SUBJECT_PROPERTY:
      look_up_property (match, node->path, value);
      break;

    case WEIR_FILTER_SUBJECT_PERSON:
      if (match->person != NULL)
        look_up_property (match->person, node->path, value);
      break;

    default:
      break;
    }
}

static gboolean
is_equal (const WeirValue *a,
          const WeirValue *b)
{
  if (a->type != b->type)
    return FALSE;

  switch (a->type)
    {
    case WEIR_VALUE_BOOLEAN:
      return a->boolean == b->boolean;

    case WEIR_VALUE_NUMBER:
      return a->number == b->number;

    case WEIR_VALUE_TEXT:
      return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;

    case WEIR_VALUE_ABSENT:
    case WEIR_VALUE_NULL:
    case WEIR_VALUE_OTHER:
    default:
      return FALSE;
    }
}

/* Sets @order to less, equal or greater than zero; %FALSE when there is no order between them. */
static gboolean
compare (const WeirValue *a,
         const WeirValue *b,
         int             *order)
{
  if (a->type == WEIR_VALUE_NUMBER && b->type == WEIR_VALUE_NUMBER)
    {
      *order = (a->number > b->number) - (a->number < b->number);
      return TRUE;
    }

  if (a->type == WEIR_VALUE_TEXT && b->type == WEIR_VALUE_TEXT)
    {
      int prefix = memcmp (a->text, b->text, MIN (a->length, b->length));

      *order = prefix != 0 ? prefix : (a->length > b->length) - (a->length < b->length);
      return TRUE;
    }

  return FALSE;
}

static gboolean
contains (const WeirValue *value,
          const WeirValue *part)
{
  return value->type == WEIR_VALUE_TEXT &&
         (part->length == 0 || memmem (value->text, value->length, part->text, part->length));
}

static gboolean
regex_matches (const WeirFilterNode *node,
               const WeirValue      *value)
{
  gsize length;

  if (value->type != WEIR_VALUE_TEXT)
    return FALSE;

  /* Not in the middle of a character. */
  length = MIN (value->length, MAX_MATCHED_BYTES);
  while (length > 0 && length < value->length && (value->text[length] & 0xc0) == 0x80)
    length--;

  return g_regex_match_full (node->regex,
                             length > 0 ? value->text : "",
                             length,
                             0, 0, NULL, NULL);
}

static gboolean
test_matches (Match                *match,
              const WeirFilterNode *node)
{
  const WeirValue *operand = node->operands;
  WeirValue value;
  int order = 0;

  look_up (match, node, &value);

  switch (node->op)
    {
    case WEIR_FILTER_EQUAL:
      return is_equal (&value, operand);

    case WEIR_FILTER_NOT_EQUAL:
      return !is_equal (&value, operand);

    case WEIR_FILTER_LESS:
      return compare (&value, operand, &order) && order < 0;

    case WEIR_FILTER_LESS_OR_EQUAL:
      return compare (&value, operand, &order) && order <= 0;

    case WEIR_FILTER_GREATER:
      return compare (&value, operand, &order) && order > 0;

    case WEIR_FILTER_GREATER_OR_EQUAL:
      return compare (&value, operand, &order) && order >= 0;

    case WEIR_FILTER_CONTAINS:
      return contains (&value, operand);

    case WEIR_FILTER_NOT_CONTAINS:
      return !contains (&value, operand);

    case WEIR_FILTER_MATCHES:
      return regex_matches (node, &value);

    case WEIR_FILTER_IN:
      for (guint i = 0; i < node->n_operands; i++)
        {
          if (is_equal (&value, &node->operands[i]))
            return TRUE;
        }
      return FALSE;

    case WEIR_FILTER_IS_SET:
      return value.type != WEIR_VALUE_ABSENT;

    case WEIR_FILTER_IS_NOT_SET:
      return value.type == WEIR_VALUE_ABSENT;

    default:
      g_assert_not_reached ();
    }
}

static gboolean
node_matches (Match                *match,
              const WeirFilterNode *node)
{
  gboolean stop_at = node->kind == WEIR_FILTER_ANY;

  if (node->kind == WEIR_FILTER_TEST)
    return test_matches (match, node);

  if (node->kind == WEIR_FILTER_NOT)
    return !node_matches (match, g_ptr_array_index (node->children, 0));

  for (guint i = 0; i < node->children->len; i++)
    {
      if (node_matches (match, g_ptr_array_index (node->children, i)) == stop_at)
        return stop_at;
    }

  return !stop_at;
}

static void
append_operand (GString         *out,
                const WeirValue *value)
{
  if (value->type == WEIR_VALUE_NUMBER)
    weir_json_append_double (out, value->number);
  else if (value->type == WEIR_VALUE_BOOLEAN)
    g_string_append (out, value->boolean ? "true" : "false");
  else
    weir_json_append_string (out, value->text, value->length);
}

static void
append_test (GString              *out,
             const WeirFilterNode *node)
{
  g_string_append (out, "{\"property\":");
  weir_json_append_string (out, node->property, -1);
  g_string_append_printf (out, ",\"op\":\"%s\"", weir_filter_operator_get_name (node->op));

  if (node->op == WEIR_FILTER_IN)
    {
      g_string_append (out, ",\"value\":[");
      for (guint i = 0; i < node->n_operands; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_operand (out, &node->operands[i]);
        }
      g_string_append_c (out, ']');
    }
  else if (node->n_operands > 0)
    {
      g_string_append (out, ",\"value\":");
      append_operand (out, node->operands);
    }

  g_string_append_c (out, '}');
}

static void
append_node (GString              *out,
             const WeirFilterNode *node)
{
  if (node->kind == WEIR_FILTER_TEST)
    {
      append_test (out, node);
    }
  else if (node->kind == WEIR_FILTER_NOT)
    {
      g_string_append (out, "{\"not\":");
      append_node (out, g_ptr_array_index (node->children, 0));
      g_string_append_c (out, '}');
    }
  else
    {
      g_string_append (out, node->kind == WEIR_FILTER_ALL ? "{\"all\":[" : "{\"any\":[");
      for (guint i = 0; i < node->children->len; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_node (out, g_ptr_array_index (node->children, i));
        }
      g_string_append (out, "]}");
    }
}

static WeirFilter *
filter_new_take (WeirFilterNode *root)
{
  WeirFilter *self = g_atomic_rc_box_new0 (WeirFilter);

  self->root = root;

  return self;
}

static void
filter_clear (gpointer data)
{
  WeirFilter *self = data;

  weir_filter_node_free (self->root);
}

const WeirFilterNode *
weir_filter_get_root (const WeirFilter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->root;
}

/**
 * weir_filter_new_from_json:
 * @json: a filter as the wire contract has it
 * @length: its length in bytes, or -1 when NUL-terminated
 * @error: return location for an error
 *
 * Reads a filter. What it may cost later is bounded here: its size, its depth, and the steps
 * its regular expressions may take.
 *
 * Returns: (transfer full): the filter, or %NULL with %WEIR_ERROR_INVALID_REQUEST and a message
 *   that says what is wrong
 */
WeirFilter *
weir_filter_new_from_json (const char  *json,
                           gssize       length,
                           GError     **error)
{
  g_autoptr (GError) local_error = NULL;
  WeirFilterNode *root;

  g_return_val_if_fail (json != NULL, NULL);

  root = weir_filter_node_new_from_json (json,
                                         length < 0 ? strlen (json) : (gsize) length,
                                         &local_error);
  if (root == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return filter_new_take (root);
}

/**
 * weir_filter_new_event:
 * @name: name of an event
 *
 * Makes a filter that lets through the events of one name.
 *
 * Returns: (transfer full): the filter
 */
WeirFilter *
weir_filter_new_event (const char *name)
{
  WeirFilterNode *node;

  g_return_val_if_fail (name != NULL, NULL);

  node = g_new0 (WeirFilterNode, 1);
  node->kind = WEIR_FILTER_TEST;
  node->op = WEIR_FILTER_EQUAL;
  node->operands = g_new0 (WeirValue, 1);
  node->n_operands = 1;
  node->operands->type = WEIR_VALUE_TEXT;
  node->operands->text = g_strdup (name);
  node->operands->length = strlen (name);
  weir_filter_node_set_property (node, "event");

  return filter_new_take (node);
}

/**
 * weir_filter_new_both:
 * @a: (nullable): a filter
 * @b: (nullable): another
 *
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a filter that lets through what both do; %NULL when there is
 *   neither, or with %WEIR_ERROR_INVALID_REQUEST when both together are too large for one filter
 */
WeirFilter *
weir_filter_new_both (WeirFilter  *a,
                      WeirFilter  *b,
                      GError     **error)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *both = NULL;

  if (a == NULL || b == NULL)
    return a != NULL ? weir_filter_ref (a) : b != NULL ? weir_filter_ref (b) : NULL;

  first = weir_filter_to_json (a);
  second = weir_filter_to_json (b);
  both = g_strdup_printf ("{\"all\":[%s,%s]}", first, second);

  return weir_filter_new_from_json (both, -1, error);
}

/**
 * weir_filter_ref:
 * @self: a filter
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
WeirFilter *
weir_filter_ref (WeirFilter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * weir_filter_unref:
 * @self: (transfer full): a filter
 *
 * Drops a reference.
 */
void
weir_filter_unref (WeirFilter *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, filter_clear);
}

/**
 * weir_filter_matches:
 * @self: a filter
 * @event: an event
 * @codec: (nullable): to look into the properties with; what it had loaded is lost. %NULL takes
 *   them for empty
 *
 * Asks whether the filter lets the event through. Any thread may, with a codec of its own.
 *
 * Returns: whether it does
 */
gboolean
weir_filter_matches (const WeirFilter *self,
                     const WeirEvent  *event,
                     WeirEventCodec   *codec)
{
  Match match = { event, codec, FALSE, FALSE, NULL };

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return node_matches (&match, self->root);
}

/**
 * weir_filter_matches_person:
 * @self: a filter
 * @event: an event
 * @codec: (nullable): to look into the event's properties with
 * @properties: (nullable): the properties of the event's person, a JSON object
 * @length: their length in bytes; they are followed by a NUL byte
 * @person_codec: (nullable): another codec, to look into those with
 *
 * Like [method@Weir.Filter.matches], with what is known of the person.
 *
 * Returns: whether the filter lets the event through
 */
gboolean
weir_filter_matches_person (const WeirFilter *self,
                            const WeirEvent  *event,
                            WeirEventCodec   *codec,
                            const char       *properties,
                            gsize             length,
                            WeirEventCodec   *person_codec)
{
  WeirEvent person_event;
  Match person = { &person_event, person_codec, FALSE, FALSE, NULL };
  Match match = { event, codec, FALSE, FALSE, &person };

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  weir_event_init (&person_event);
  if (properties != NULL)
    weir_event_set_text (&person_event, WEIR_EVENT_PROPERTIES, properties, length);

  return node_matches (&match, self->root);
}

void
weir_filter_node_look_up (const WeirFilterNode *node,
                          const WeirEvent      *event,
                          WeirEventCodec       *codec,
                          const char           *properties,
                          gsize                 length,
                          WeirEventCodec       *person_codec,
                          WeirValue            *value)
{
  WeirEvent person_event;
  Match person = { &person_event, person_codec, FALSE, FALSE, NULL };
  Match match = { event, codec, FALSE, FALSE, &person };

  weir_event_init (&person_event);
  if (properties != NULL)
    weir_event_set_text (&person_event, WEIR_EVENT_PROPERTIES, properties, length);
  look_up (&match, node, value);
}

WeirFilterUses
weir_filter_node_get_uses (const WeirFilterNode *node)
{
  WeirFilterUses uses = 0;

  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    uses |= weir_filter_node_get_uses (g_ptr_array_index (node->children, i));
  if (node->kind != WEIR_FILTER_TEST)
    return uses;

  switch (node->subject)
    {
    case WEIR_FILTER_SUBJECT_TEXT:
      return node->text == WEIR_EVENT_NAME ? WEIR_FILTER_USES_NAME : WEIR_FILTER_USES_TEXTS;

    case WEIR_FILTER_SUBJECT_VALUE:
      return WEIR_FILTER_USES_VALUE;

    case WEIR_FILTER_SUBJECT_PROPERTY:
      return WEIR_FILTER_USES_PROPERTIES;

    case WEIR_FILTER_SUBJECT_PERSON:
      return WEIR_FILTER_USES_PERSON;

    case WEIR_FILTER_SUBJECT_IDENTITY:
    default:
      return WEIR_FILTER_USES_TEXTS;
    }
}

/**
 * weir_filter_get_uses:
 * @self: a filter
 *
 * Returns: what it looks at, so that no more of an event needs to be read
 */
WeirFilterUses
weir_filter_get_uses (const WeirFilter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return weir_filter_node_get_uses (self->root);
}

/**
 * weir_filter_to_json:
 * @self: a filter
 *
 * Writes the filter in one fixed way: filters that were written with other spaces or another
 * order of members give the same text.
 *
 * Returns: (transfer full): JSON on one line
 */
char *
weir_filter_to_json (const WeirFilter *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  append_node (out, self->root);

  return g_string_free (g_steal_pointer (&out), FALSE);
}
