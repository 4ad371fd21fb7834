/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-memory-store.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-property.h"

#define BLOCK 64   /* small, so that tests see more than one */

typedef struct {
  WeirEvent event;
  guint32 identity;
} Stored;

struct _TestMemoryStore {
  WeirEventCodec *codec;
  WeirEventCodec *person_codec;
  WeirEventBuilder *builder;
  GPtrArray *batches;        /* what the events point into */
  GArray *events;            /* Stored */
  GHashTable *identities;    /* distinct id → number */
  GPtrArray *distinct_ids;   /* by number; 0 is nobody */
  GHashTable *properties;    /* person → JSON */
  GHashTable *cohorts;       /* name → JSON */
  WeirPersonMap *map;
  WeirPeople *people;
};

/* The people of a store. */

#define TEST_TYPE_PEOPLE (test_people_get_type ())
G_DECLARE_FINAL_TYPE (TestPeople, test_people, TEST, PEOPLE, WeirPeople)

struct _TestPeople {
  WeirPeople parent_instance;

  TestMemoryStore *store;   /* outlives it */
};

G_DEFINE_TYPE (TestPeople, test_people, WEIR_TYPE_PEOPLE)

static const WeirPersonMap *
test_people_get_map (WeirPeople *people)
{
  return TEST_PEOPLE (people)->store->map;
}

static const char *
get_properties (TestMemoryStore *store,
                guint32          person)
{
  const char *json = g_hash_table_lookup (store->properties, GUINT_TO_POINTER (person));

  return json != NULL ? json : "{}";
}

/* A person is known by the identity of the same number. */
static gboolean
is_person (TestMemoryStore *store,
           guint32          person)
{
  for (guint32 i = 1; i < store->distinct_ids->len; i++)
    {
      if (person != 0 && weir_person_map_get (store->map, i) == person)
        return TRUE;
    }
  return FALSE;
}

static gboolean
test_people_foreach_person (WeirPeople      *people,
                            WeirPersonFunc   func,
                            gpointer         user_data,
                            GError         **error)
{
  TestMemoryStore *store = TEST_PEOPLE (people)->store;

  for (guint32 i = 1; i < store->distinct_ids->len; i++)
    {
      const char *properties = get_properties (store, i);

      if (is_person (store, i))
        func (i, properties, strlen (properties), user_data);
    }
  return TRUE;
}

static char *
test_people_dup_properties (WeirPeople *people,
                            guint32     person)
{
  TestMemoryStore *store = TEST_PEOPLE (people)->store;

  return is_person (store, person) ? g_strdup (get_properties (store, person)) : NULL;
}

static void
test_people_append_person (WeirPeople *people,
                           guint32     person,
                           GString    *out)
{
  TestMemoryStore *store = TEST_PEOPLE (people)->store;
  char text[WEIR_PERSON_ID_TEXT_SIZE];
  const char *name, *comma = "";
  WeirPersonId id;

  if (!is_person (store, person))
    return;
  name = g_ptr_array_index (store->distinct_ids, person);
  weir_person_id_from_distinct_id (&id, name, strlen (name));
  weir_person_id_format (&id, text);
  g_string_append_printf (out, "{\"id\":\"%s\",\"distinct_ids\":[", text);
  for (guint32 i = 1; i < store->distinct_ids->len; i++)
    {
      if (weir_person_map_get (store->map, i) != person)
        continue;
      g_string_append (out, comma);
      comma = ",";
      name = g_ptr_array_index (store->distinct_ids, i);
      weir_json_append_string (out, name, strlen (name));
    }
  g_string_append (out, "]}");
}

static char *
test_people_dup_cohort (WeirPeople  *people,
                        const char  *name,
                        GError     **error)
{
  const char *json = g_hash_table_lookup (TEST_PEOPLE (people)->store->cohorts, name);

  if (json == NULL)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "there is no cohort “%s”", name);

  return g_strdup (json);
}

static gboolean
test_people_foreach_member (WeirPeople        *people,
                            const char        *name,
                            WeirIdentityFunc   func,
                            gpointer           user_data,
                            GError           **error)
{
  TestMemoryStore *store = TEST_PEOPLE (people)->store;
  g_autofree char *json = test_people_dup_cohort (people, name, error);
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *object;
  JsonArray *ids;

  if (json == NULL || !json_parser_load_from_data (parser, json, -1, error))
    return FALSE;
  object = json_node_get_object (json_parser_get_root (parser));
  if (!json_object_has_member (object, "distinct_ids"))
    return TRUE;
  ids = json_object_get_array_member (object, "distinct_ids");
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      const char *id = json_array_get_string_element (ids, i);
      gpointer identity = g_hash_table_lookup (store->identities, id);

      if (identity != NULL)
        func (GPOINTER_TO_UINT (identity), user_data);
    }
  return TRUE;
}

static void
test_people_class_init (TestPeopleClass *klass)
{
  WeirPeopleClass *people_class = WEIR_PEOPLE_CLASS (klass);

  people_class->get_map = test_people_get_map;
  people_class->foreach_person = test_people_foreach_person;
  people_class->dup_properties = test_people_dup_properties;
  people_class->append_person = test_people_append_person;
  people_class->dup_cohort = test_people_dup_cohort;
  people_class->foreach_member = test_people_foreach_member;
}

static void
test_people_init (TestPeople *self)
{
}

/* Rows of events. */

static gboolean
condition_holds (TestMemoryStore     *self,
                 const WeirCondition *condition,
                 const Stored        *stored)
{
  const WeirEvent *event = &stored->event;
  const char *properties;

  if (condition->event != NULL && !g_str_equal (condition->event, event->text[WEIR_EVENT_NAME]))
    return FALSE;
  if (event->timestamp < condition->from || event->timestamp >= condition->until)
    return FALSE;
  if (condition->filter == NULL)
    return TRUE;
  properties = get_properties (self, weir_person_map_get (self->map, stored->identity));

  return weir_filter_matches_person (condition->filter, event, self->codec,
                                     properties, strlen (properties), self->person_codec);
}

static void
read_property (TestMemoryStore *self,
               const char      *name,
               const Stored    *stored,
               WeirValue       *value)
{
  const char *properties = get_properties (self, weir_person_map_get (self->map, stored->identity));
  g_autoptr(WeirProperty) property = weir_property_new (name);

  weir_property_read (property, &stored->event, self->codec, properties, strlen (properties), self->person_codec,
                      value);
}

static double
find_number (TestMemoryStore *self,
             const char      *name,
             const Stored    *stored)
{
  WeirValue value = { WEIR_VALUE_ABSENT };

  if (name != NULL)
    read_property (self, name, stored, &value);

  return value.type == WEIR_VALUE_NUMBER ? value.number : NAN;
}

static guint32
find_group (TestMemoryStore *self,
            WeirAnswer      *answer,
            const char      *name,
            const Stored    *stored)
{
  WeirValue value = { WEIR_VALUE_ABSENT };

  if (name != NULL)
    read_property (self, name, stored, &value);

  return weir_answer_get_value_group (answer, &value);
}

typedef struct {
  TestMemoryStore *store;
  WeirAnswer *answer;
  const WeirCondition *conditions;
  guint n_conditions;
  gboolean has_numbers;
  gboolean has_groups;
  WeirRow rows[BLOCK];
  double numbers[BLOCK];
  guint32 groups[BLOCK];
  guint n_rows;
} Feed;

static void
feed_init (Feed            *feed,
           TestMemoryStore *self,
           WeirAnswer      *answer)
{
  *feed = (Feed) { .store = self, .answer = answer };
  feed->conditions = weir_answer_get_conditions (answer, &feed->n_conditions);
  g_assert_cmpuint (feed->n_conditions, <=, WEIR_MAX_CONDITIONS);
  for (guint i = 0; i < feed->n_conditions; i++)
    {
      feed->has_numbers |= feed->conditions[i].number != NULL;
      feed->has_groups |= feed->conditions[i].group != NULL;
    }
}

static void
feed_flush (Feed *feed)
{
  WeirRows rows = {
    .n_rows = feed->n_rows,
    .rows = feed->rows,
    .numbers = feed->has_numbers ? feed->numbers : NULL,
    .groups = feed->has_groups ? feed->groups : NULL,
  };

  weir_answer_add (feed->answer, &rows);
  feed->n_rows = 0;
}

/* One row for each different pair of number and group that is asked for. */
static void
feed_event (Feed         *feed,
            const Stored *stored)
{
  guint32 left = 0;

  for (guint i = 0; i < feed->n_conditions; i++)
    left |= condition_holds (feed->store, &feed->conditions[i], stored) ? 1u << i : 0;
  while (left != 0)
    {
      const WeirCondition *first = &feed->conditions[g_bit_nth_lsf (left, -1)];
      guint32 bits = 0;

      for (guint i = 0; i < feed->n_conditions; i++)
        {
          if (g_strcmp0 (feed->conditions[i].number, first->number) == 0 &&
              g_strcmp0 (feed->conditions[i].group, first->group) == 0)
            bits |= left & 1u << i;
        }
      left &= ~bits;
      feed->rows[feed->n_rows] = (WeirRow) { stored->event.timestamp, stored->identity, bits };
      feed->numbers[feed->n_rows] = find_number (feed->store, first->number, stored);
      feed->groups[feed->n_rows] = find_group (feed->store, feed->answer, first->group, stored);
      if (++feed->n_rows == BLOCK)
        feed_flush (feed);
    }
}

static int
compare_stored (gconstpointer a,
                gconstpointer b)
{
  const Stored *one = *(const Stored *const *) a;
  const Stored *two = *(const Stored *const *) b;
  int order = g_strcmp0 (one->event.text[WEIR_EVENT_NAME], two->event.text[WEIR_EVENT_NAME]);

  if (order == 0)
    order = (one->event.timestamp > two->event.timestamp) - (one->event.timestamp < two->event.timestamp);

  return order != 0 ? order : (one > two) - (one < two);
}

/* Who is who. */

static void
move (TestMemoryStore *self,
      guint32          identity,
      guint32          person,
      GArray          *changes)
{
  WeirPersonChange change = { identity, weir_person_map_get (self->map, identity), person };

  weir_person_map_set (self->map, identity, person);
  if (changes != NULL)
    g_array_append_val (changes, change);
}

static void
move_all (TestMemoryStore *self,
          guint32          old_person,
          guint32          new_person,
          GArray          *changes)
{
  for (guint32 i = 1; i < self->distinct_ids->len; i++)
    {
      if (weir_person_map_get (self->map, i) == old_person)
        move (self, i, new_person, changes);
    }
}

TestMemoryStore *
test_memory_store_new (void)
{
  TestMemoryStore *self = g_new0 (TestMemoryStore, 1);

  self->codec = weir_event_codec_new ();
  self->person_codec = weir_event_codec_new ();
  self->builder = weir_event_builder_new ();
  self->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_event_batch_unref);
  self->events = g_array_new (FALSE, FALSE, sizeof (Stored));
  self->identities = g_hash_table_new (g_str_hash, g_str_equal);
  self->distinct_ids = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->distinct_ids, NULL);
  self->properties = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->cohorts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->map = weir_person_map_new ();
  self->people = g_object_new (TEST_TYPE_PEOPLE, NULL);
  TEST_PEOPLE (self->people)->store = self;

  return self;
}

void
test_memory_store_free (TestMemoryStore *self)
{
  g_object_unref (self->people);
  weir_person_map_free (self->map);
  g_hash_table_unref (self->cohorts);
  g_hash_table_unref (self->properties);
  g_hash_table_unref (self->identities);
  g_ptr_array_unref (self->distinct_ids);
  g_array_unref (self->events);
  g_ptr_array_unref (self->batches);
  weir_event_builder_free (self->builder);
  weir_event_codec_free (self->person_codec);
  weir_event_codec_free (self->codec);
  g_free (self);
}

WeirPeople *
test_memory_store_get_people (TestMemoryStore *self)
{
  return self->people;
}

/* Events in any form that the collector takes. */
void
test_memory_store_add (TestMemoryStore *self,
                       const char      *json)
{
  WeirDecodeContext context = { .source = "local", .received = 0, .max_events = G_MAXUINT };
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(GError) error = NULL;
  WeirEventBatch *batch;
  WeirEventIter iter;
  Stored stored;
  guint n_read;

  weir_event_codec_decode (self->codec, json, strlen (json), &context, self->builder, rejections, &n_read, &error);
  g_assert_no_error (error);
  if (rejections->len > 0)
    g_error ("event %u: %s", g_array_index (rejections, WeirRejection, 0).index,
             g_array_index (rejections, WeirRejection, 0).message);
  batch = weir_event_builder_end (self->builder, self->events->len + 1);
  g_ptr_array_add (self->batches, batch);
  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &stored.event))
    {
      WeirEventText which = weir_event_get_identity (&stored.event);

      stored.identity = test_memory_store_get_identity (self, stored.event.text[which]);
      g_array_append_val (self->events, stored);
    }
}

guint
test_memory_store_get_n_events (TestMemoryStore *self)
{
  return self->events->len;
}

/* The number of a distinct id; a new one when it was never seen, or was deleted since. */
guint32
test_memory_store_get_identity (TestMemoryStore *self,
                                const char      *distinct_id)
{
  gpointer known = g_hash_table_lookup (self->identities, distinct_id);
  guint32 identity = self->distinct_ids->len;

  if (known != NULL)
    return GPOINTER_TO_UINT (known);
  g_ptr_array_add (self->distinct_ids, g_strdup (distinct_id));
  g_hash_table_insert (self->identities,
                       g_ptr_array_index (self->distinct_ids, identity), GUINT_TO_POINTER (identity));
  weir_person_map_set_n_identities (self->map, identity);

  return identity;
}

guint32
test_memory_store_get_person (TestMemoryStore *self,
                              const char      *distinct_id)
{
  return weir_person_map_get (self->map, test_memory_store_get_identity (self, distinct_id));
}

/* Everybody that `other` is becomes the person that `into` is; the properties of `into` stay. */
void
test_memory_store_merge (TestMemoryStore *self,
                         const char      *into,
                         const char      *other,
                         GArray          *changes)
{
  guint32 person = test_memory_store_get_person (self, into);
  guint32 old_person = test_memory_store_get_person (self, other);

  if (person == old_person)
    return;
  move_all (self, old_person, person, changes);
  g_hash_table_remove (self->properties, GUINT_TO_POINTER (old_person));
}

/* The distinct id becomes a person of its own. The others stay together: when the person bore the
 * number of the one that leaves, they become the person of the least number left. */
void
test_memory_store_split (TestMemoryStore *self,
                         const char      *distinct_id,
                         GArray          *changes)
{
  guint32 identity = test_memory_store_get_identity (self, distinct_id);
  guint32 old_person = weir_person_map_get (self->map, identity);
  guint32 heir = 0;

  if (old_person != identity)
    {
      move (self, identity, identity, changes);
      return;
    }
  for (guint32 i = 1; i < self->distinct_ids->len; i++)
    {
      if (i == identity || weir_person_map_get (self->map, i) != old_person)
        continue;
      heir = heir != 0 ? heir : i;
      move (self, i, heir, changes);
    }
}

/* The person and the events of all its ids are no more. */
void
test_memory_store_delete (TestMemoryStore *self,
                          const char      *distinct_id,
                          GArray          *changes)
{
  guint32 person = test_memory_store_get_person (self, distinct_id);

  for (guint32 i = 1; i < self->distinct_ids->len; i++)
    {
      if (weir_person_map_get (self->map, i) == person)
        g_hash_table_remove (self->identities, g_ptr_array_index (self->distinct_ids, i));
    }
  move_all (self, person, 0, changes);
  g_hash_table_remove (self->properties, GUINT_TO_POINTER (person));
}

void
test_memory_store_set_properties (TestMemoryStore *self,
                                  const char      *distinct_id,
                                  const char      *json,
                                  GArray          *changes)
{
  guint32 person = test_memory_store_get_person (self, distinct_id);

  g_hash_table_insert (self->properties, GUINT_TO_POINTER (person), g_strdup (json));
  move_all (self, person, person, changes);
}

/* NULL deletes it. */
void
test_memory_store_save_cohort (TestMemoryStore *self,
                               const char      *name,
                               const char      *json)
{
  if (json != NULL)
    g_hash_table_insert (self->cohorts, g_strdup (name), g_strdup (json));
  else
    g_hash_table_remove (self->cohorts, name);
}

void
test_memory_store_feed (TestMemoryStore *self,
                        WeirAnswer      *answer,
                        guint            first)
{
  Feed feed;

  feed_init (&feed, self, answer);
  for (guint i = first; i < self->events->len; i++)
    {
      const Stored *stored = &g_array_index (self->events, Stored, i);

      if (weir_person_map_get (self->map, stored->identity) != 0)
        feed_event (&feed, stored);
    }
  feed_flush (&feed);
}

WeirAnswer *
test_memory_store_ask (TestMemoryStore  *self,
                       WeirQuestion     *question,
                       gint64            now,
                       GError          **error)
{
  g_autoptr(WeirAnswer) answer = weir_question_answer (question, self->people, now, error);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  Feed feed;

  if (answer == NULL)
    return NULL;
  for (guint i = 0; i < self->events->len; i++)
    {
      Stored *stored = &g_array_index (self->events, Stored, i);

      if (weir_person_map_get (self->map, stored->identity) != 0)
        g_ptr_array_add (sorted, stored);
    }
  g_ptr_array_sort (sorted, compare_stored);
  feed_init (&feed, self, answer);
  for (guint i = 0; i < sorted->len; i++)
    feed_event (&feed, g_ptr_array_index (sorted, i));
  feed_flush (&feed);

  return g_steal_pointer (&answer);
}
