/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-suggestions.h"

#include <string.h>

#include "weir-event-json.h"
#include "weir-sqlite.h"

/*
 * Who may be the same, by what the newest events say: the same device id, or the same network
 * address and browser within half an hour. Only looked for when asked for, in a bounded number of
 * events, and never acted upon. A device or an address with more than MAX_SHARED persons is shared
 * by many, and says nothing of any two of them.
 */

#define MAX_EVENTS  200000
#define MAX_SHARED  5
#define NEAR_US     (30 * G_TIME_SPAN_MINUTE)

typedef struct {
  guint32 person;
  gint64 time;     /* when it was last seen with the clue */
} Sighting;

typedef struct {
  guint32 first;
  guint32 second;
} Pair;

typedef struct {
  sqlite3 *db;
  const WeirPersonMap *map;
  GHashTable *clues;   /* text → GArray of Sighting */
  GHashTable *pairs;   /* Pair → GString, its evidence as JSON */
  GPtrArray *order;    /* of Pair, as found */
} Search;

static guint
hash_pair (gconstpointer key)
{
  const Pair *pair = key;

  return pair->first * 2654435761u ^ pair->second;
}

static gboolean
equal_pairs (gconstpointer a,
             gconstpointer b)
{
  return memcmp (a, b, sizeof (Pair)) == 0;
}

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

static const char select_clues[] =
    "SELECT e.identity_id, e.time,"
    " CASE e.flags >> 1 & 3 WHEN 3 THEN (SELECT distinct_id FROM identity WHERE id = e.identity_id)"
    "  ELSE e.other_ids ->> 'device_id' END,"
    " coalesce (e.properties ->> '$.\"$ip\"', e.properties ->> 'ip'),"
    " coalesce (e.properties ->> '$.\"$user_agent\"', e.properties ->> 'user_agent')"
    " FROM (SELECT * FROM event ORDER BY seq DESC LIMIT ?1) AS e"
    " WHERE e.other_ids IS NOT NULL OR e.flags >> 1 & 3 = 3"
    "  OR e.properties LIKE '%ip\":%user_agent\":%' OR e.properties LIKE '%user_agent\":%ip\":%'";

static void
add_evidence (Search     *self,
              guint32     first,
              guint32     second,
              const char *evidence)
{
  Pair pair = { MIN (first, second), MAX (first, second) };
  GString *known = g_hash_table_lookup (self->pairs, &pair);

  if (known == NULL)
    {
      Pair *key = g_memdup2 (&pair, sizeof pair);

      known = g_string_new (evidence);
      g_hash_table_insert (self->pairs, key, known);
      g_ptr_array_add (self->order, key);
    }
  else if (strstr (known->str, evidence) == NULL)
    {
      g_string_append_c (known, ',');
      g_string_append (known, evidence);
    }
}

/* Remembers that a person was seen with a clue; the events come newest first. */
static void
see (Search     *self,
     const char *clue,
     guint32     person,
     gint64      time)
{
  GArray *sightings = g_hash_table_lookup (self->clues, clue);
  Sighting sighting = { person, time };

  if (sightings == NULL)
    {
      sightings = g_array_new (FALSE, FALSE, sizeof (Sighting));
      g_hash_table_insert (self->clues, g_strdup (clue), sightings);
    }
  if (sightings->len > MAX_SHARED)
    return;
  for (guint i = 0; i < sightings->len; i++)
    if (g_array_index (sightings, Sighting, i).person == person)
      return;
  g_array_append_val (sightings, sighting);
}

static void
read_row (Search       *self,
          sqlite3_stmt *row)
{
  guint32 person = weir_person_map_get (self->map, (guint32) sqlite3_column_int64 (row, 0));
  gint64 time = sqlite3_column_int64 (row, 1);
  const char *device = (const char *) sqlite3_column_text (row, 2);
  const char *address = (const char *) sqlite3_column_text (row, 3);
  const char *agent = (const char *) sqlite3_column_text (row, 4);
  g_autoptr(GString) clue = g_string_new (NULL);

  if (person == 0)
    return;
  if (device != NULL && *device != '\0')
    {
      g_string_assign (clue, "{\"kind\":\"device_id\",\"device_id\":");
      weir_json_append_string (clue, device, -1);
      g_string_append_c (clue, '}');
      see (self, clue->str, person, time);
    }
  if (address != NULL && agent != NULL && *address != '\0' && *agent != '\0')
    {
      g_string_assign (clue, "{\"kind\":\"network\",\"ip\":");
      weir_json_append_string (clue, address, -1);
      g_string_append (clue, ",\"user_agent\":");
      weir_json_append_string (clue, agent, -1);
      g_string_append_c (clue, '}');
      see (self, clue->str, person, time);
    }
}

static void
compare (Search     *self,
         const char *clue,
         GArray     *sightings)
{
  gboolean is_network = g_str_has_prefix (clue, "{\"kind\":\"network\"");

  if (sightings->len > MAX_SHARED)
    return;
  for (guint i = 0; i < sightings->len; i++)
    for (guint j = i + 1; j < sightings->len; j++)
      {
        const Sighting *first = &g_array_index (sightings, Sighting, i);
        const Sighting *second = &g_array_index (sightings, Sighting, j);

        if (!is_network || ABS (first->time - second->time) <= NEAR_US)
          add_evidence (self, first->person, second->person, clue);
      }
}

static int
compare_pairs (gconstpointer a,
               gconstpointer b)
{
  const Pair *first = *(const Pair *const *) a;
  const Pair *second = *(const Pair *const *) b;

  if (first->first != second->first)
    return first->first < second->first ? -1 : 1;
  return (first->second > second->second) - (first->second < second->second);
}

static gboolean
search (Search  *self,
        GError **error)
{
  sqlite3_stmt *select = NULL;
  GHashTableIter iter;
  gpointer clue, sightings;
  int code;

  if (sqlite3_prepare_v2 (self->db, select_clues, -1, &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_int64 (select, 1, MAX_EVENTS);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    read_row (self, select);
  if (code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  g_hash_table_iter_init (&iter, self->clues);
  while (g_hash_table_iter_next (&iter, &clue, &sightings))
    compare (self, clue, sightings);
  g_ptr_array_sort (self->order, compare_pairs);

  return code == SQLITE_DONE;
}

static void
append_suggestions (Search     *self,
                    WeirPeople *people,
                    guint       limit,
                    GString    *out)
{
  for (guint i = 0; i < MIN (self->order->len, limit); i++)
    {
      const Pair *pair = g_ptr_array_index (self->order, i);
      const GString *evidence = g_hash_table_lookup (self->pairs, pair);

      g_string_append (out, i > 0 ? ",{\"persons\":[" : "{\"persons\":[");
      weir_people_append_person (people, pair->first, out);
      g_string_append_c (out, ',');
      weir_people_append_person (people, pair->second, out);
      g_string_append_printf (out, "],\"evidence\":[%s]}", evidence->str);
    }
}

/**
 * weir_suggestions_run:
 * @reader: a reader that has begun
 * @question: (type guint*): at most how many
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Looks in the newest events for persons who may be the same. Nothing is done about it.
 *
 * Returns: (transfer full) (nullable): `{as_of,total,suggestions:[{persons:[…],evidence:[…]}]}`
 */
GBytes *
weir_suggestions_run (WeirReader    *reader,
                      gpointer       question,
                      GCancellable  *cancellable,
                      GError       **error)
{
  WeirPeople *people = WEIR_PEOPLE (weir_reader_get_people (reader));
  Search self = {
    .db = weir_reader_get_db (reader),
    .map = weir_people_get_map (people),
    .clues =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref),
    .pairs = g_hash_table_new_full (hash_pair, equal_pairs, g_free, free_string),
    .order = g_ptr_array_new (),
  };
  gboolean ok = search (&self, error);
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"as_of\":%" G_GUINT64_FORMAT ",\"total\":%u,\"suggestions\":[",
                          weir_reader_get_as_of (reader), self.order->len);
  append_suggestions (&self, people, *(const guint *) question, out);
  g_string_append (out, "]}");
  g_ptr_array_unref (self.order);
  g_hash_table_unref (self.pairs);
  g_hash_table_unref (self.clues);
  if (ok)
    return g_string_free_to_bytes (out);
  g_string_free (out, TRUE);

  return NULL;
}
