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
  guint8 *ranks;          /* by number of the person */
  guint32 n_ranks;
  guint64 total;
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

/* A pattern for LIKE that finds the text itself anywhere. */
static char *
dup_pattern (const char *text)
{
  GString *pattern = g_string_new ("%");

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '%' || *p == '_' || *p == '\\')
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *p);
    }
  g_string_append_c (pattern, '%');

  return g_string_free (pattern, FALSE);
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

static gboolean
match (Search      *self,
       const char  *sql,
       gboolean     is_id,
       GError     **error)
{
  g_autofree char *pattern = dup_pattern (self->query->search);
  sqlite3_stmt *select = NULL;
  int code;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_text (select, 1, pattern, -1, SQLITE_STATIC);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      guint32 number = (guint32) sqlite3_column_int64 (select, 0);

      if (is_id)
        set_rank (self, weir_person_map_get (self->map, number),
                  rank_id ((const char *) sqlite3_column_text (select, 1),
                           (gsize) sqlite3_column_bytes (select, 1), self->query->search));
      else
        set_rank (self, number, IN_PROPERTIES);
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

/* The public id of a person is an id, too. */
static void
match_uuid (Search *self)
{
  guint32 person = weir_sqlite_person_find (self->db, self->query->search, FALSE, NULL);

  set_rank (self, person, EXACT);
}

static gboolean
append_person (Search   *self,
               guint32   person,
               guint    *n,
               GString  *out,
               GError  **error)
{
  if ((*n)++ > 0 && !self->query->wants_csv)
    g_string_append_c (out, ',');
  return weir_sqlite_person_append (
      self->db, person, MAX_LISTED_IDS, self->query->wants_csv, out, error);
}

static void
append_cursor (guint    rank,
               guint32  person,
               GString *cursor)
{
  g_string_printf (cursor, "%u-%u", rank, person);
}

static gboolean
append_found (Search   *self,
              GString  *cursor,
              GString  *out,
              GError  **error)
{
  guint32 person = self->query->person;
  guint n = 0;

  for (guint rank = MAX (self->query->rank, EXACT); rank < N_RANKS; rank++, person = 0)
    for (guint32 i = person + 1; i < self->n_ranks; i++)
      {
        if (self->ranks[i] != rank)
          continue;
        if (n >= self->query->limit)
          return TRUE;
        if (!append_person (self, i, &n, out, error))
          return FALSE;
        append_cursor (rank, i, cursor);
      }
  g_string_truncate (cursor, 0);

  return TRUE;
}

/* Everybody, by rising number. */
static gboolean
append_all (Search   *self,
            GString  *cursor,
            GString  *out,
            GError  **error)
{
  sqlite3_stmt *select = NULL;
  gboolean ok = TRUE;
  guint n = 0;
  int code;

  self->total = (guint64) weir_sqlite_get_int64 (self->db, "SELECT count (*) FROM person");
  if (sqlite3_prepare_v2 (self->db, "SELECT id FROM person WHERE id > ?1 ORDER BY id LIMIT ?2", -1,
                          &select, NULL) != SQLITE_OK)
    return weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_bind_int64 (select, 1, self->query->person);
  sqlite3_bind_int64 (select, 2, (gint64) self->query->limit + 1);
  while (ok && (code = sqlite3_step (select)) == SQLITE_ROW && n < self->query->limit)
    {
      guint32 person = (guint32) sqlite3_column_int64 (select, 0);

      ok = append_person (self, person, &n, out, error);
      append_cursor (0, person, cursor);
    }
  if (ok && code == SQLITE_DONE)
    g_string_truncate (cursor, 0);
  sqlite3_finalize (select);

  return ok;
}

static gboolean
find (Search   *self,
      GError  **error)
{
  self->map = weir_people_get_map (WEIR_PEOPLE (weir_reader_get_people (self->reader)));
  self->n_ranks = weir_person_map_get_n_identities (self->map) + 1;
  self->ranks = g_malloc0 (self->n_ranks);
  match_uuid (self);

  return match (self,
                "SELECT id, distinct_id FROM identity WHERE distinct_id LIKE ?1 ESCAPE '\\'",
                TRUE,
                error) &&
         match (self,
                "SELECT id FROM person WHERE properties LIKE ?1 ESCAPE '\\'",
                FALSE,
                error);
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

  if (query->search != NULL && *query->search != '\0')
    ok = find (&search, error) && append_found (&search, cursor, persons, error);
  else
    ok = append_all (&search, cursor, persons, error);
  g_free (search.ranks);
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
