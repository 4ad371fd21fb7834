/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-predicate.h"

#include <string.h>

#include "weir-condition.h"
#include "weir-error.h"
#include "weir-json-load.h"

#define MAX_DEPTH       16
#define MAX_NODES       200
#define MAX_SAVED_DEPTH 8
#define MAX_TIMES       1000000
#define MAX_NAME        200

typedef struct {
  WeirFilter *common;
  gboolean is_saved;
  guint n_nodes;
} Reader;

static WeirPredicate *read_node (Reader    *reader,
                                 JsonNode  *json,
                                 guint      depth,
                                 GError   **error);

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);

  return FALSE;
}

static void
predicate_clear (gpointer data)
{
  WeirPredicate *self = data;

  weir_event_term_clear (&self->term);
  g_clear_pointer (&self->filter, weir_filter_unref);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self->name);
}

static WeirPredicate *
predicate_new (WeirPredicateKind kind)
{
  WeirPredicate *self = g_atomic_rc_box_new0 (WeirPredicate);

  self->kind = kind;
  if (kind >= WEIR_PREDICATE_ALL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_predicate_unref);

  return self;
}

static gboolean
has_member (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/* How many times: at_least and at_most, or exactly. */
static gboolean
read_times (WeirPredicate  *self,
            JsonObject     *object,
            GError        **error)
{
  gint64 at_least = 1, at_most = G_MAXUINT32, exactly = -1;

  if (!weir_question_read_integer (object, "at_least", 0, MAX_TIMES, &at_least, error) ||
      !weir_question_read_integer (object, "at_most", 0, MAX_TIMES, &at_most, error) ||
      !weir_question_read_integer (object, "exactly", 0, MAX_TIMES, &exactly, error))
    return FALSE;
  if (exactly >= 0)
    {
      if (has_member (object, "at_least") || has_member (object, "at_most"))
        return refuse (error, "exactly must stand without at_least and at_most");
      at_least = at_most = exactly;
    }
  if (at_most == 0 && !has_member (object, "at_least"))
    at_least = 0;
  if (at_least > at_most)
    return refuse (error, "at_least must not be more than at_most");
  self->at_least = (guint32) at_least;
  self->at_most = (guint32) at_most;

  return TRUE;
}

static gboolean
read_period (WeirPredicate  *self,
             JsonObject     *object,
             const char     *member,
             GError        **error)
{
  if (!weir_question_read_duration (object, member, &self->within, error))
    return FALSE;
  if (has_member (object, member) && self->within <= 0)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "%s must be longer than 0s",
                   member);
      return FALSE;
    }

  return TRUE;
}

static gboolean
refuse_times (JsonObject  *object,
              const char  *member,
              GError     **error)
{
  static const char *const times[] = { "at_least", "at_most", "exactly" };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      if (!has_member (object, times[i]))
        continue;
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "%s takes no %s", member,
                   times[i]);
      return FALSE;
    }

  return TRUE;
}

/* What somebody did: @member names the event. */
static WeirPredicate *
read_behaviour (Reader      *reader,
                JsonObject  *object,
                const char  *member,
                GError     **error)
{
  gboolean stopped = g_str_equal (member, "stopped");
  gboolean first = g_str_equal (member, "did_first");
  g_autoptr(WeirPredicate) self = predicate_new (stopped ? WEIR_PREDICATE_STOPPED
                                                 : first ? WEIR_PREDICATE_DID_FIRST
                                                         : WEIR_PREDICATE_DID);
  WeirPredicate *not;

  self->is_saved = reader->is_saved;
  self->at_least = 1;
  self->at_most = G_MAXUINT32;
  if (!weir_event_term_parse (&self->term, object, member, reader->common, error) ||
      !read_period (self, object, stopped ? "for" : "within", error))
    return NULL;
  if (stopped && self->within == 0)
    {
      refuse (error, "stopped needs “for”, the time since when, for instance 7d");
      return NULL;
    }
  if (g_str_equal (member, "did"))
    return read_times (self, object, error) ? g_steal_pointer (&self) : NULL;
  if (!refuse_times (object, member, error))
    return NULL;
  if (!g_str_equal (member, "did_not"))
    return g_steal_pointer (&self);

  not = predicate_new (WEIR_PREDICATE_NOT);
  g_ptr_array_add (not->children, g_steal_pointer (&self));

  return not;
}

static WeirPredicate *
read_person (JsonNode  *json,
             GError   **error)
{
  g_autoptr(WeirPredicate) self = predicate_new (WEIR_PREDICATE_PERSON);
  g_autofree char *text = json_to_string (json, FALSE);

  self->filter = weir_filter_new_from_json (text, -1, error);
  if (self->filter == NULL)
    return NULL;
  if (weir_filter_get_uses (self->filter) != WEIR_FILTER_USES_PERSON)
    {
      refuse (error, "a filter over persons asks for person.NAME; what an event carries is the "
                     "filter of did");
      return NULL;
    }

  return g_steal_pointer (&self);
}

static WeirPredicate *
read_saved (JsonObject  *object,
            GError     **error)
{
  g_autofree char *name = NULL;

  if (!weir_question_read_text (object, "cohort", MAX_NAME, &name, error))
    return NULL;
  if (name == NULL || *name == '\0')
    {
      refuse (error, "cohort must name a saved cohort");
      return NULL;
    }

  return weir_predicate_new_saved (name);
}

static WeirPredicate *
read_group (Reader             *reader,
            JsonNode           *json,
            WeirPredicateKind   kind,
            guint               depth,
            GError            **error)
{
  g_autoptr(WeirPredicate) self = predicate_new (kind);
  guint n = 1;

  if (kind != WEIR_PREDICATE_NOT)
    {
      if (!JSON_NODE_HOLDS_ARRAY (json) || json_array_get_length (json_node_get_array (json)) == 0)
        {
          refuse (error, "all and any hold an array of conditions, at least one");
          return NULL;
        }
      n = json_array_get_length (json_node_get_array (json));
    }
  for (guint i = 0; i < n; i++)
    {
      JsonNode *element = kind == WEIR_PREDICATE_NOT
                              ? json : json_array_get_element (json_node_get_array (json), i);
      WeirPredicate *child = read_node (reader, element, depth + 1, error);

      if (child == NULL)
        return NULL;
      g_ptr_array_add (self->children, child);
    }

  return g_steal_pointer (&self);
}

static WeirPredicate *
read_node (Reader    *reader,
           JsonNode  *json,
           guint      depth,
           GError   **error)
{
  static const char *const behaviours[] = { "did", "did_not", "did_first", "stopped" };
  static const char *const groups[] = { "all", "any", "not" };
  JsonObject *object;

  if (json == NULL || !JSON_NODE_HOLDS_OBJECT (json))
    {
      refuse (error, "where must be an object: did, did_not, did_first, stopped, property, cohort, "
                     "all, any or not");
      return NULL;
    }
  if (depth > MAX_DEPTH || ++reader->n_nodes > MAX_NODES)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "where has at most %d parts, %d deep", MAX_NODES, MAX_DEPTH);
      return NULL;
    }
  object = json_node_get_object (json);
  for (guint i = 0; i < G_N_ELEMENTS (behaviours); i++)
    {
      if (json_object_has_member (object, behaviours[i]))
        return read_behaviour (reader, object, behaviours[i], error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (json_object_has_member (object, groups[i]))
        return read_group (reader, json_object_get_member (object, groups[i]),
                           WEIR_PREDICATE_ALL + i, depth, error);
    }
  if (json_object_has_member (object, "property"))
    return read_person (json, error);
  if (json_object_has_member (object, "cohort"))
    return read_saved (object, error);

  refuse (error, "a condition of where has one of did, did_not, did_first, stopped, property, "
                 "cohort, all, any and not");
  return NULL;
}

/* Saved cohorts, resolved. */

typedef struct {
  WeirPeople *people;
  const char *names[MAX_SAVED_DEPTH];
  guint depth;
  guint n_nodes;
} Resolver;

static WeirPredicate *resolve (Resolver       *resolver,
                               WeirPredicate  *self,
                               GError        **error);

static gboolean
enter (Resolver    *resolver,
       const char  *name,
       GError     **error)
{
  for (guint i = 0; i < resolver->depth; i++)
    {
      if (!g_str_equal (resolver->names[i], name))
        continue;
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the cohort “%s” is defined by itself", name);
      return FALSE;
    }
  if (resolver->depth == MAX_SAVED_DEPTH)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "saved cohorts refer to each other more than %d deep", MAX_SAVED_DEPTH);
      return FALSE;
    }
  resolver->names[resolver->depth++] = name;

  return TRUE;
}

static WeirPredicate *
resolve_definition (Resolver    *resolver,
                    const char  *name,
                    JsonObject  *definition,
                    GError     **error)
{
  Reader reader = { .is_saved = TRUE };
  g_autoptr(WeirPredicate) where = NULL;

  if (json_object_has_member (definition, "where"))
    {
      where = read_node (&reader, json_object_get_member (definition, "where"), 0, error);
      return where != NULL ? resolve (resolver, where, error) : NULL;
    }
  where = predicate_new (WEIR_PREDICATE_STATIC);
  where->name = g_strdup (name);

  return g_steal_pointer (&where);
}

static WeirPredicate *
resolve_saved (Resolver    *resolver,
               const char  *name,
               GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *json = weir_people_dup_cohort (resolver->people, name, error);
  JsonNode *root;
  WeirPredicate *resolved;

  if (json == NULL || !enter (resolver, name, error))
    return NULL;
  root = weir_json_load (parser, json, -1) ? json_parser_get_root (parser) : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CORRUPT, "the cohort “%s” is not readable", name);
      return NULL;
    }
  resolved = resolve_definition (resolver, name, json_node_get_object (root), error);
  if (resolved == NULL)
    g_prefix_error (error, "cohort “%s”: ", name);
  resolver->depth--;

  return resolved;
}

static WeirPredicate *
resolve (Resolver       *resolver,
         WeirPredicate  *self,
         GError        **error)
{
  g_autoptr(WeirPredicate) copy = NULL;

  if (++resolver->n_nodes > MAX_NODES)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "where and the saved cohorts it names have more than %d parts", MAX_NODES);
      return NULL;
    }
  if (self->kind == WEIR_PREDICATE_SAVED)
    return resolve_saved (resolver, self->name, error);
  if (self->children == NULL)
    return weir_predicate_ref (self);

  copy = predicate_new (self->kind);
  for (guint i = 0; i < self->children->len; i++)
    {
      WeirPredicate *child = resolve (resolver, g_ptr_array_index (self->children, i), error);

      if (child == NULL)
        return NULL;
      g_ptr_array_add (copy->children, child);
    }

  return g_steal_pointer (&copy);
}

/**
 * weir_predicate_new_from_json:
 * @json: (nullable): the `where` of a cohort
 * @common: (nullable): what must hold for all events
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the predicate, or %NULL with %WEIR_ERROR_INVALID_REQUEST
 */
WeirPredicate *
weir_predicate_new_from_json (JsonNode    *json,
                              WeirFilter  *common,
                              GError     **error)
{
  Reader reader = { .common = common };

  return read_node (&reader, json, 0, error);
}

/**
 * weir_predicate_new_saved:
 * @name: name of a saved cohort
 *
 * Returns: (transfer full): a predicate that its members fulfil, to be resolved
 */
WeirPredicate *
weir_predicate_new_saved (const char *name)
{
  WeirPredicate *self = predicate_new (WEIR_PREDICATE_SAVED);

  self->name = g_strdup (name);

  return self;
}

/**
 * weir_predicate_new_both:
 * @a: a predicate
 * @b: another
 *
 * Returns: (transfer full): what those fulfil who fulfil both
 */
WeirPredicate *
weir_predicate_new_both (WeirPredicate *a,
                         WeirPredicate *b)
{
  WeirPredicate *self = predicate_new (WEIR_PREDICATE_ALL);

  g_ptr_array_add (self->children, weir_predicate_ref (a));
  g_ptr_array_add (self->children, weir_predicate_ref (b));

  return self;
}

/**
 * weir_predicate_ref:
 * @self: a predicate
 *
 * Returns: (transfer full): @self
 */
WeirPredicate *
weir_predicate_ref (WeirPredicate *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * weir_predicate_unref:
 * @self: (transfer full): a predicate
 */
void
weir_predicate_unref (WeirPredicate *self)
{
  g_atomic_rc_box_release_full (self, predicate_clear);
}

/**
 * weir_predicate_has_events:
 * @self: a predicate
 *
 * Returns: whether it is decided by events of its own
 */
gboolean
weir_predicate_has_events (const WeirPredicate *self)
{
  return self->kind <= WEIR_PREDICATE_STOPPED;
}

/**
 * weir_predicate_resolve:
 * @self: a predicate
 * @people: who knows the saved cohorts
 * @error: return location for an error
 *
 * Puts the definitions of saved cohorts in the place of their names.
 *
 * Returns: (transfer full) (nullable): a predicate that names none but static cohorts, or %NULL
 *   with %WEIR_ERROR_INVALID_REQUEST when one is not there or is defined by itself
 */
WeirPredicate *
weir_predicate_resolve (WeirPredicate  *self,
                        WeirPeople     *people,
                        GError        **error)
{
  Resolver resolver = { .people = people };

  return resolve (&resolver, self, error);
}
