/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-journal-file-private.h"
#include "weir-sqlite.h"

/**
 * weir_journal_file_load_places:
 * @self: the journal
 * @gone: (out): nothing is kept up to this seq, G_MAXUINT64 when nothing is kept at all
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable) (element-type Weir.ConsumerPlace): how far consumers have
 *   come
 */
GArray *
weir_journal_file_load_places (WeirJournalFile  *self,
                               guint64          *gone,
                               GError          **error)
{
  g_autoptr(GArray) places = g_array_new (FALSE, FALSE, sizeof (WeirConsumerPlace));
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  g_array_set_clear_func (places, (GDestroyNotify) weir_consumer_place_clear);
  if (sqlite3_prepare_v2 (self->db, "SELECT name, cursor, frozen, evicted FROM consumer", -1,
                          &select, NULL) == SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          WeirConsumerPlace place = {
            .name = g_strdup ((const char *) sqlite3_column_text (select, 0)),
            .cursor = (guint64) sqlite3_column_int64 (select, 1),
            .frozen = (guint64) sqlite3_column_int64 (select, 2),
            .evicted = (guint64) sqlite3_column_int64 (select, 3),
          };

          g_array_append_val (places, place);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the journal", "read", error);
  sqlite3_finalize (select);
  *gone = G_MAXUINT64;
  if (self->n_rows > 0)
    *gone = (guint64) weir_sqlite_get_int64 (
        self->db, "SELECT seq - n_events FROM record ORDER BY seq LIMIT 1");

  return code == SQLITE_DONE ? g_steal_pointer (&places) : NULL;
}

/**
 * weir_journal_file_forget_place:
 * @self: the journal
 * @name: a consumer that is no more
 * @error: return location for an error
 *
 * Returns: whether its place is forgotten
 */
gboolean
weir_journal_file_forget_place (WeirJournalFile  *self,
                                const char       *name,
                                GError          **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  ok = sqlite3_prepare_v2 (self->db, "DELETE FROM consumer WHERE name = ?1", -1, &statement,
                           NULL) == SQLITE_OK ||
       weir_sqlite_fail (self->db, "the journal", "written", error);
  if (ok)
    {
      sqlite3_bind_text (statement, 1, name, -1, SQLITE_STATIC);
      ok = weir_journal_file_step (self, statement, error);
    }
  sqlite3_finalize (statement);

  return ok;
}

/**
 * weir_journal_file_find_oldest:
 * @self: the journal
 * @bytes: how much is to go
 * @until: what is behind this seq has to stay
 *
 * Returns: up to which seq to delete, so that at least @bytes go; less when there is less, 0 for
 *   nothing
 */
guint64
weir_journal_file_find_oldest (WeirJournalFile *self,
                               guint64          bytes,
                               guint64          until)
{
  sqlite3_stmt *select = NULL;
  guint64 found = 0, sum = 0;

  if (sqlite3_prepare_v2 (self->db, "SELECT seq, length (data) FROM record ORDER BY seq", -1,
                          &select, NULL) == SQLITE_OK)
    {
      while (sum < bytes && sqlite3_step (select) == SQLITE_ROW &&
             (guint64) sqlite3_column_int64 (select, 0) <= until)
        {
          found = (guint64) sqlite3_column_int64 (select, 0);
          sum += (guint64) sqlite3_column_int64 (select, 1);
        }
    }
  sqlite3_finalize (select);

  return found;
}
