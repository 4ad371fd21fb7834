/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-timeline.h"

#include <stdlib.h>

#include "weir-sqlite.h"
#include "weir-timeline-block.h"

/* More identities than this are looked for by reading whole parts. */
#define MAX_LOOKUPS 64

typedef struct {
  sqlite3 *db;
  sqlite3_stmt *block;
  sqlite3_stmt *blocks;
  const guint32 *identities;
  guint n_identities;
  GHashTable *set;           /* of the identities, when they are many */
  gint64 after;
  gint64 before;
  gint64 first_seq;          /* of the part that is read */
  GArray *seqs;              /* of guint64 */
} Search;

static gboolean
fail (Search  *search,
      GError **error)
{
  return weir_sqlite_fail (search->db, "the store", "read", error);
}

static gboolean
is_wanted (Search  *search,
           guint32  identity)
{
  if (search->set != NULL)
    return g_hash_table_contains (search->set, GUINT_TO_POINTER (identity));
  for (guint i = 0; i < search->n_identities; i++)
    {
      if (search->identities[i] == identity)
        return TRUE;
    }
  return FALSE;
}

static void
take (Search *search,
      gint64  seq)
{
  if (seq > search->after && seq < search->before)
    g_array_append_val (search->seqs, seq);
}

static void
take_entry (WeirTimelineEntry entry,
            gpointer          user_data)
{
  Search *search = user_data;

  if (search->set == NULL || is_wanted (search, weir_timeline_entry_get_identity (entry)))
    take (search, search->first_seq + weir_timeline_entry_get_offset (entry));
}

/* The one block of a part in which an identity can be. */
static gboolean
search_block (Search   *search,
              gint64    part,
              guint32   identity,
              GError  **error)
{
  int code;

  sqlite3_bind_int64 (search->block, 1, part << 32 | identity);
  code = sqlite3_step (search->block);
  if (code == SQLITE_ROW && sqlite3_column_int64 (search->block, 0) >> 32 == part)
    weir_timeline_block_read (sqlite3_column_blob (search->block, 1),
                              (gsize) sqlite3_column_bytes (search->block, 1), identity, identity,
                              take_entry, search);
  sqlite3_reset (search->block);

  return code == SQLITE_ROW || code == SQLITE_DONE || fail (search, error);
}

static gboolean
search_all_blocks (Search   *search,
                   gint64    part,
                   GError  **error)
{
  int code;

  sqlite3_bind_int64 (search->blocks, 1, part);
  while ((code = sqlite3_step (search->blocks)) == SQLITE_ROW)
    weir_timeline_block_read (sqlite3_column_blob (search->blocks, 0),
                              (gsize) sqlite3_column_bytes (search->blocks, 0), 0, G_MAXUINT32,
                              take_entry, search);
  sqlite3_reset (search->blocks);

  return code == SQLITE_DONE || fail (search, error);
}

static gboolean
search_part (Search   *search,
             gint64    part,
             GError  **error)
{
  if (search->set != NULL)
    return search_all_blocks (search, part, error);
  for (guint i = 0; i < search->n_identities; i++)
    {
      if (!search_block (search, part, search->identities[i], error))
        return FALSE;
    }
  return TRUE;
}

/* The events behind the last part. */
static gboolean
search_tail (Search  *search,
             GError **error)
{
  sqlite3_stmt *select = NULL;
  int code;

  if (sqlite3_prepare_v2 (search->db,
                          "SELECT seq, identity_id FROM event WHERE seq < ?2 AND seq >"
                          " max (?1, coalesce ((SELECT max (last_seq) FROM timeline_part), 0))",
                          -1, &select, NULL) != SQLITE_OK)
    return fail (search, error);
  sqlite3_bind_int64 (select, 1, search->after);
  sqlite3_bind_int64 (select, 2, search->before);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      if (is_wanted (search, (guint32) sqlite3_column_int64 (select, 1)))
        take (search, sqlite3_column_int64 (select, 0));
    }
  sqlite3_finalize (select);

  return code == SQLITE_DONE || fail (search, error);
}

static int
compare_descending (gconstpointer a,
                    gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left < right) - (left > right);
}

/* Part after part from the newest, until there are enough. */
static gboolean
search_parts (Search  *search,
              guint    max,
              GError **error)
{
  sqlite3_stmt *select = NULL;
  gboolean ok = TRUE;
  int code = SQLITE_DONE;

  if (sqlite3_prepare_v2 (search->db,
                          "SELECT id, first_seq FROM timeline_part"
                          " WHERE last_seq > ?1 AND first_seq < ?2 ORDER BY first_seq DESC",
                          -1, &select, NULL) != SQLITE_OK)
    return fail (search, error);
  sqlite3_bind_int64 (select, 1, search->after);
  sqlite3_bind_int64 (select, 2, search->before);
  while (ok && search->seqs->len < max && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      search->first_seq = sqlite3_column_int64 (select, 1);
      ok = search_part (search, sqlite3_column_int64 (select, 0), error);
    }
  sqlite3_finalize (select);

  return ok && (code == SQLITE_DONE || code == SQLITE_ROW || fail (search, error));
}

static gboolean
prepare (Search  *search,
         GError **error)
{
  return (sqlite3_prepare_v2 (
              search->db,
              "SELECT id, entries FROM timeline WHERE id <= ?1 ORDER BY id DESC LIMIT 1",
              -1, &search->block, NULL) == SQLITE_OK &&
          sqlite3_prepare_v2 (
              search->db,
              "SELECT entries FROM timeline WHERE id BETWEEN ?1 << 32 AND (?1 + 1 << 32) - 1",
              -1, &search->blocks, NULL) == SQLITE_OK) ||
         fail (search, error);
}

/**
 * weir_sqlite_timeline_find:
 * @db: any connection to the store
 * @identities: (array length=n_identities): whose events to find
 * @n_identities: how many
 * @after: only events after this seq
 * @before: only events before this seq; 0 for no limit
 * @max: how many are enough
 * @error: return location for an error
 *
 * Finds events of a person. Some of those found may have been deleted since.
 *
 * Returns: (transfer full) (nullable) (element-type guint64): seqs, the newest first, at most @max
 */
GArray *
weir_sqlite_timeline_find (sqlite3        *db,
                           const guint32  *identities,
                           guint           n_identities,
                           guint64         after,
                           guint64         before,
                           guint           max,
                           GError        **error)
{
  g_autoptr(GHashTable) set = NULL;
  g_autoptr(GArray) seqs = g_array_new (FALSE, FALSE, sizeof (guint64));
  Search search = { .db = db, .identities = identities, .n_identities = n_identities,
                    .seqs = seqs };
  gboolean ok;

  search.after = (gint64) MIN (after, G_MAXINT64);
  search.before = before > 0 ? (gint64) MIN (before, G_MAXINT64) : G_MAXINT64;
  if (n_identities > MAX_LOOKUPS)
    {
      set = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < n_identities; i++)
        g_hash_table_add (set, GUINT_TO_POINTER (identities[i]));
      search.set = set;
    }

  ok = prepare (&search, error) && search_tail (&search, error) &&
       search_parts (&search, max, error);
  sqlite3_finalize (search.block);
  sqlite3_finalize (search.blocks);
  if (!ok)
    return NULL;
  g_array_sort (seqs, compare_descending);
  g_array_set_size (seqs, MIN (seqs->len, max));

  return g_steal_pointer (&seqs);
}
