/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-person-search.h"

#include <string.h>

#include "weir-sqlite.h"
#include "weir-sqlite-persons.h"

/*
 * Searching walks the unique index of distinct ids, which holds nothing else, and the properties of
 * those who have any; who an id belongs to is known without reading its row. Each person gets a
 * rank: how its best id fits. A byte for each identity is all that is remembered, whatever matches.
 */

#define MAX_LISTED_IDS 1000

/* So many persons are looked up at once. */
#define PIECE 256

enum {
  NO_MATCH,
  EXACT,
  PREFIX,
  SUBSTRING,
  IN_PROPERTIES,
  N_RANKS
};

typedef struct {
  WeirReader *reader;
  sqlite3 *db;
  const WeirPersonsQuery *query;
  const WeirPersonMap *map;
  char *lower;            /* what is searched for, in lower case */
  gboolean in_properties;
  guint8 *ranks;          /* by number of the person */
  guint32 n_ranks;
  guint64 total;
  GArray *found;          /* of guint32: those of this page */
} Search;

static void
set_rank (Search  *self,
          guint32  person,
          guint8   rank)
{
  if (person == 0 || person >= self->n_ranks)
    return;
  if (self->ranks[person] == NO_MATCH)
    self->total++;
  if (self->ranks[person] == NO_MATCH || self->ranks[person] > rank)
    self->ranks[person] = rank;
}

/* Whether a text contains another, but for the case of ASCII letters. @search is in lower case. */
static gboolean
contains (const char *text,
          gsize       length,
          const char *search,
          gsize       search_length)
{
  for (gsize i = 0; i + search_length <= length; i++)
    {
      gsize n = 0;

      while (n < search_length && g_ascii_tolower (text[i + n]) == search[n])
        n++;
      if (n == search_length)
        return TRUE;
    }
  return FALSE;
}

static guint8
rank_id (const char *id,
         gsize       length,
         const char *search)
{
  gsize search_length = strlen (search);

  if (g_ascii_strncasecmp (id, search, search_length) != 0)
    return SUBSTRING;
  return length == search_length && strcmp (id, search) == 0 ? EXACT : PREFIX;
}

/* Takes rows of number and text inside SQLite, which costs half of stepping over them. */
static void
search_step (sqlite3_context *context,
             int              n_values,
             sqlite3_value  **values)
{
  Search *self = sqlite3_user_data (context);
  const char *text = (const char *) sqlite3_value_text (values[1]);
  gsize length = (gsize) sqlite3_value_bytes (values[1]);
  guint32 number;

  if (text == NULL || !contains (text, length, self->lower, strlen (self->lower)))
    return;
  number = (guint32) sqlite3_value_int64 (values[0]);
  if (self->in_properties)
    set_rank (self, number, IN_PROPERTIES);
  else
    set_rank (self, weir_person_map_get (self->map, number),
              rank_id (text, length, self->query->search));
}

static void
search_final (sqlite3_context *context)
{
  sqlite3_result_null (context);
}

static gboolean
match (Search      *self,
       const char  *sql,
       gboolean     in_properties,
       GError     **error)
{
  gboolean ok;

  self->in_properties = in_properties;
  ok = sqlite3_create_function_v2 (self->db, "weir_search", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   self, NULL, search_step, search_final, NULL) == SQLITE_OK &&
       sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK;

  return ok || weir_sqlite_fail (self->db, "the store", "read", error);
}

/* The public id of a person is an id, too. */
static void
match_uuid (Search *self)
{
  guint32 person = weir_sqlite_person_find (self->db, self->query->search, FALSE, NULL);

  set_rank (self, person, EXACT);
}

static void
append_cursor (guint    rank,
               guint32  person,
               GString *cursor)
{
  g_string_printf (cursor, "%u-%u", rank, person);
}

static void
take_found (Search  *self,
            GString *cursor)
{
  guint32 person = self->query->person;

  for (guint rank = MAX (self->query->rank, EXACT); rank < N_RANKS; rank++, person = 0)
    for (guint32 i = person + 1; i < self->n_ranks; i++)
      {
        if (self->ranks[i] != rank)
          continue;
        if (self->found->len >= self->query->limit)
          return;
        g_array_append_val (self->found, i);
        append_cursor (rank, i, cursor);
      }
  g_string_truncate (cursor, 0);
}

/* Everybody, by rising number. */
static gboolean
take_all (Search   *self,
          GString  *cursor,
          GError  **error)
{
  sqlite3_stmt *select = NULL;
  int code = SQLITE_DONE;

  self->total = (guint64) weir_sqlite_get_int64 (self->db, "SELECT count (*) FROM person");
  if (sqlite3_prepare_v2 (self->db, "SELECT id FROM person WHERE id > ?1 ORDER BY id LIMIT ?2", -1,
                          &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_int64 (select, 1, self->query->person);
  sqlite3_bind_int64 (select, 2, (gint64) self->query->limit + 1);
  while (self->found->len < self->query->limit && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      guint32 person = (guint32) sqlite3_column_int64 (select, 0);

      g_array_append_val (self->found, person);
      append_cursor (0, person, cursor);
    }
  if (code == SQLITE_ROW)
    code = sqlite3_step (select);
  if (code == SQLITE_DONE)
    g_string_truncate (cursor, 0);
  sqlite3_finalize (select);

  return code == SQLITE_DONE || code == SQLITE_ROW ||
         weir_sqlite_fail (self->db, "the store", "read", error);
}

static gboolean
append_persons (Search   *self,
                GString  *out,
                GError  **error)
{
  for (guint first = 0; first < self->found->len; first += PIECE)
    {
      const guint32 *persons = &g_array_index (self->found, guint32, first);
      guint n = MIN (PIECE, self->found->len - first);
      g_autoptr(GHashTable) last_seen =
        weir_sqlite_persons_dup_last_seen (self->reader, persons, n);

      for (guint i = 0; i < n; i++)
        {
          if (first + i > 0 && !self->query->wants_csv)
            g_string_append_c (out, ',');
          if (!weir_sqlite_person_append (self->reader, persons[i], MAX_LISTED_IDS,
                                          self->query->wants_csv, last_seen, out, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
find (Search   *self,
      GError  **error)
{
  self->map = weir_people_get_map (WEIR_PEOPLE (weir_reader_get_people (self->reader)));
  self->n_ranks = weir_person_map_get_n_identities (self->map) + 1;
  self->ranks = g_malloc0 (self->n_ranks);
  self->lower = g_ascii_strdown (self->query->search, -1);
  match_uuid (self);

  return match (self, "SELECT weir_search (id, distinct_id) FROM identity", FALSE, error) &&
         match (self, "SELECT weir_search (id, properties) FROM person", TRUE, error);
}

/**
 * weir_persons_query_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.PersonsQuery]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Lists persons: without a search all of them; with one those of whom an id or a property contains
 * it, the best first: the id itself, ids that begin with it, ids, properties.
 *
 * Returns: (transfer full) (nullable): `{kind,as_of,total,persons:[…],cursor,elapsed_ms}` or CSV
 */
GBytes *
weir_persons_query_run (WeirReader    *reader,
                        gpointer       question,
                        GCancellable  *cancellable,
                        GError       **error)
{
  const WeirPersonsQuery *query = question;
  Search search = { .reader = reader, .db = weir_reader_get_db (reader), .query = query };
  g_autoptr(GString) persons = g_string_new (NULL);
  g_autoptr(GString) cursor = g_string_new (NULL);
  gint64 start = g_get_monotonic_time ();
  GString *out;
  gboolean ok;

  search.found = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (query->search != NULL && *query->search != '\0')
    {
      ok = find (&search, error);
      if (ok)
        take_found (&search, cursor);
    }
  else
    {
      ok = take_all (&search, cursor, error);
    }
  ok = ok && append_persons (&search, persons, error);
  g_array_unref (search.found);
  g_free (search.ranks);
  g_free (search.lower);
  if (!ok)
    return NULL;

  out = g_string_new (NULL);
  if (query->wants_csv)
    {
      g_string_append (out, "id,distinct_ids,n_distinct_ids,identified,properties,first_seen,"
                            "last_seen\r\n");
      g_string_append_len (out, persons->str, (gssize) persons->len);
      return g_string_free_to_bytes (out);
    }
  g_string_append_printf (out,
                          "{\"kind\":\"persons\",\"as_of\":%" G_GUINT64_FORMAT
                          ",\"total\":%" G_GUINT64_FORMAT ",\"persons\":[%s],\"cursor\":",
                          weir_reader_get_as_of (reader), search.total, persons->str);
  if (cursor->len > 0)
    g_string_append_printf (out, "\"%s\"", cursor->str);
  else
    g_string_append (out, "null");
  g_string_append_printf (
      out, ",\"elapsed_ms\":%.1f}", (double) (g_get_monotonic_time () - start) / 1000);

  return g_string_free_to_bytes (out);
}
