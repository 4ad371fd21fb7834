/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-recent-ids.h"

#include <string.h>

#include "weir-sqlite.h"

/* A transaction's hashes are one row, 16 bytes each. */
#define HASH_BYTES (2 * sizeof (guint64))

/* As far back as the journal remembers; seqs have no large gaps. */
#define WINDOW 1000000

struct _WeirSqliteRecentIds {
  sqlite3 *db;
  sqlite3_stmt *insert;
  sqlite3_stmt *forget;
  GByteArray *hashes;
};

/**
 * weir_sqlite_recent_ids_new:
 * @db: the store's writing connection, of the newest schema
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the ids
 */
WeirSqliteRecentIds *
weir_sqlite_recent_ids_new (sqlite3  *db,
                            GError  **error)
{
  g_autoptr(WeirSqliteRecentIds) self = g_new0 (WeirSqliteRecentIds, 1);

  self->db = db;
  self->hashes = g_byte_array_new ();
  if (sqlite3_prepare_v3 (db, "INSERT OR REPLACE INTO recent_id VALUES (?1, ?2)", -1,
                          SQLITE_PREPARE_PERSISTENT, &self->insert, NULL) != SQLITE_OK ||
      sqlite3_prepare_v3 (db, "DELETE FROM recent_id WHERE seq <= ?1", -1,
                          SQLITE_PREPARE_PERSISTENT, &self->forget, NULL) != SQLITE_OK)
    {
      weir_sqlite_fail (db, "the store", "opened", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_recent_ids_free:
 * @self: (transfer full): the ids
 */
void
weir_sqlite_recent_ids_free (WeirSqliteRecentIds *self)
{
  sqlite3_finalize (self->insert);
  sqlite3_finalize (self->forget);
  g_byte_array_unref (self->hashes);
  g_free (self);
}

/**
 * weir_sqlite_recent_ids_add:
 * @self: the ids
 * @event: an event of the transaction; one without a message id is left out
 */
void
weir_sqlite_recent_ids_add (WeirSqliteRecentIds *self,
                            const WeirEvent     *event)
{
  if (event->id_hash[0] != 0)
    g_byte_array_append (self->hashes, (const guint8 *) event->id_hash, HASH_BYTES);
}

static gboolean
step (WeirSqliteRecentIds  *self,
      sqlite3_stmt         *statement,
      GError              **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE ||
                weir_sqlite_fail (self->db, "the store", "written", error);

  sqlite3_reset (statement);
  return ok;
}

/**
 * weir_sqlite_recent_ids_write:
 * @self: the ids
 * @last_seq: seq of the transaction's last event
 * @error: return location for an error
 *
 * Writes those of the transaction, and forgets the oldest.
 *
 * Returns: whether they are written
 */
gboolean
weir_sqlite_recent_ids_write (WeirSqliteRecentIds  *self,
                              guint64               last_seq,
                              GError              **error)
{
  if (self->hashes->len > 0)
    {
      sqlite3_bind_int64 (self->insert, 1, (gint64) last_seq);
      sqlite3_bind_blob (self->insert, 2, self->hashes->data, (int) self->hashes->len,
                         SQLITE_STATIC);
      if (!step (self, self->insert, error))
        return FALSE;
    }
  weir_sqlite_recent_ids_reset (self);
  sqlite3_bind_int64 (self->forget, 1, (gint64) (last_seq - MIN (last_seq, WINDOW)));
  return step (self, self->forget, error);
}

/**
 * weir_sqlite_recent_ids_reset:
 * @self: the ids
 *
 * Forgets those of a transaction that was rolled back.
 */
void
weir_sqlite_recent_ids_reset (WeirSqliteRecentIds *self)
{
  g_byte_array_set_size (self->hashes, 0);
}

/**
 * weir_sqlite_recent_ids_foreach:
 * @self: the ids
 * @func: (scope call): called with events of which only the hash is set, oldest first
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether they could be read
 */
gboolean
weir_sqlite_recent_ids_foreach (WeirSqliteRecentIds  *self,
                                WeirStoreIdFunc       func,
                                gpointer              user_data,
                                GError              **error)
{
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (self->db, "SELECT hashes FROM recent_id ORDER BY seq", -1, &select,
                          NULL) == SQLITE_OK)
    {
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          const guint8 *hashes = sqlite3_column_blob (select, 0);
          gsize size = (gsize) sqlite3_column_bytes (select, 0);

          for (gsize at = 0; at + HASH_BYTES <= size; at += HASH_BYTES)
            {
              WeirEvent event;

              weir_event_init (&event);
              memcpy (event.id_hash, hashes + at, HASH_BYTES);
              func (&event, user_data);
            }
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (self->db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}
