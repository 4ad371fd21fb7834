/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-replay.h"

#include <string.h>

#include "weir-identity-graph.h"
#include "weir-sqlite.h"

/*
 * An edge that comes or goes can change the verdict of any later edge that touches a person it
 * concerns, refused ones included, and so on from there. So everything that hangs together by edges
 * that count is read into a graph, replayed, and what is different is written back. What hangs
 * together is usually one person.
 */

enum {
  SELECT_EDGES,
  SELECT_OPS,
  UPDATE_EDGE,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [SELECT_EDGES] =
      "SELECT seq, kind, from_id, to_id, event_seq, known, verdict, reason, voided FROM edge"
      " WHERE to_id = ?1 AND from_id IS NOT NULL AND reason <> 2 AND (NOT voided OR seq = ?2)"
      " UNION SELECT seq, kind, from_id, to_id, event_seq, known, verdict, reason, voided"
      " FROM edge WHERE from_id = ?1 AND reason <> 2 AND (NOT voided OR seq = ?2)",
  [SELECT_OPS] = "SELECT key, kind, seq, value FROM property_op WHERE identity_id = ?1",
  [UPDATE_EDGE] = "UPDATE edge SET verdict = ?2, reason = ?3 WHERE seq = ?1",
};

typedef struct {
  sqlite3 *db;
  WeirSqliteIdentities *identities;
  sqlite3_stmt *statements[N_STATEMENTS];
  GHashTable *persons;    /* as they were */
  GHashTable *seen_edges; /* seq → decision as it was */
  GArray *queue;          /* of identities */
  GArray *edges;          /* of WeirIdentityEdge */
  GArray *ops;            /* of WeirIdentityOp */
  GStringChunk *texts;
  WeirIdentityGraph *graph;
  GError **error;
  gboolean failed;
} Replay;

static void
set_failed (Replay *self)
{
  if (!self->failed)
    weir_sqlite_fail (self->db, "the store", "read", self->error);
  self->failed = TRUE;
}

static void
add_identity (Replay  *self,
              guint32  identity)
{
  guint32 person = weir_sqlite_identities_get_person (self->identities, identity);

  if (g_hash_table_contains (self->persons, GUINT_TO_POINTER (person)))
    return;
  g_hash_table_add (self->persons, GUINT_TO_POINTER (person));
  if (!weir_sqlite_identities_add_members (self->identities, person, self->queue,
                                           self->failed ? NULL : self->error))
    self->failed = TRUE;
}

static void
add_edges (Replay  *self,
           guint32  identity,
           gint64   changed)
{
  sqlite3_stmt *select = self->statements[SELECT_EDGES];
  int code;

  sqlite3_bind_int64 (select, 1, identity);
  sqlite3_bind_int64 (select, 2, changed);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      WeirIdentityEdge edge = {
        .seq = sqlite3_column_int64 (select, 0),
        .kind = (WeirStatementKind) sqlite3_column_int (select, 1),
        .from = (guint32) sqlite3_column_int64 (select, 2),
        .to = (guint32) sqlite3_column_int64 (select, 3),
        .event_seq = (guint64) sqlite3_column_int64 (select, 4),
        .from_existed = (sqlite3_column_int (select, 5) & 1) != 0,
        .to_existed = (sqlite3_column_int (select, 5) & 2) != 0,
        .decision = { sqlite3_column_int (select, 6), sqlite3_column_int (select, 7) },
        .is_voided = sqlite3_column_int (select, 8) != 0,
      };
      gint64 *seq;

      if (g_hash_table_contains (self->seen_edges, &edge.seq))
        continue;
      seq = g_new (gint64, 1);
      *seq = edge.seq;
      g_hash_table_insert (self->seen_edges, seq,
                           GUINT_TO_POINTER (edge.decision.verdict << 8 | edge.decision.reason));
      g_array_append_val (self->edges, edge);
      add_identity (self, edge.from);
      add_identity (self, edge.to);
    }
  if (code != SQLITE_DONE)
    set_failed (self);
  sqlite3_reset (select);
}

static void
add_ops (Replay  *self,
         guint32  identity)
{
  static const WeirPropertyOpKind kinds[] = {
    WEIR_PROPERTY_SET, WEIR_PROPERTY_SET_ONCE, WEIR_PROPERTY_SET_ONCE,
  };
  sqlite3_stmt *select = self->statements[SELECT_OPS];
  int code;

  sqlite3_bind_int64 (select, 1, identity);
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      const char *key = (const char *) sqlite3_column_text (select, 0);
      const char *value = (const char *) sqlite3_column_text (select, 3);
      WeirIdentityOp op = { identity, (guint64) sqlite3_column_int64 (select, 2) };

      op.op.kind = value != NULL ? kinds[sqlite3_column_int (select, 1) % 3] : WEIR_PROPERTY_UNSET;
      op.op.key = g_string_chunk_insert (self->texts, key);
      op.op.key_length = strlen (key);
      if (value != NULL)
        {
          op.op.value = g_string_chunk_insert (self->texts, value);
          op.op.value_length = strlen (value);
        }
      g_array_append_val (self->ops, op);
    }
  if (code != SQLITE_DONE)
    set_failed (self);
  sqlite3_reset (select);
}

static void
gather (Replay        *self,
        const guint32  seeds[2],
        gint64         changed)
{
  add_identity (self, seeds[0]);
  add_identity (self, seeds[1]);
  for (guint i = 0; i < self->queue->len && !self->failed; i++)
    {
      guint32 identity = g_array_index (self->queue, guint32, i);

      weir_identity_graph_add_identity (self->graph, identity);
      add_edges (self, identity, changed);
      add_ops (self, identity);
    }
}

static void
write_edges (Replay *self)
{
  sqlite3_stmt *update = self->statements[UPDATE_EDGE];

  for (guint i = 0; i < self->edges->len && !self->failed; i++)
    {
      const WeirIdentityEdge *edge = &g_array_index (self->edges, WeirIdentityEdge, i);
      guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->seen_edges, &edge->seq));

      if (before == (guint) (edge->decision.verdict << 8 | edge->decision.reason))
        continue;
      sqlite3_bind_int64 (update, 1, edge->seq);
      sqlite3_bind_int (update, 2, (int) edge->decision.verdict);
      sqlite3_bind_int (update, 3, (int) edge->decision.reason);
      if (sqlite3_step (update) != SQLITE_DONE)
        set_failed (self);
      sqlite3_reset (update);
    }
}

/* The number that the fewest identities have to change for: the person that most of them are of,
 * if its own identity is among them; else that of the one that names the person. */
static guint32
choose_number (Replay        *self,
               guint32        root,
               const guint32 *members,
               guint          n)
{
  g_autoptr(GHashTable) counts = g_hash_table_new (NULL, NULL);
  guint32 best = root;
  guint best_count = 0;

  for (guint i = 0; i < n; i++)
    {
      gpointer person = GUINT_TO_POINTER (
          weir_sqlite_identities_get_person (self->identities, members[i]));

      g_hash_table_insert (
          counts, person,
          GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, person)) + 1));
    }
  for (guint i = 0; i < n; i++)
    {
      guint count =
          GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (members[i])));

      if (count > best_count || (count > 0 && count == best_count && members[i] < best))
        {
          best = members[i];
          best_count = count;
        }
    }

  return best;
}

static void
write_person (guint32                     root,
              const guint32              *members,
              guint                       n,
              gboolean                    is_identified,
              const WeirPersonProperties *properties,
              gpointer                    user_data)
{
  Replay *self = user_data;
  g_autoptr(GString) json = g_string_new (NULL);
  g_autofree char *name = NULL;
  WeirSqlitePerson row = {
    .id = choose_number (self, root, members, n),
    .n_identities = n,
    .first_seen = G_MAXINT64,
    .is_identified = is_identified,
  };
  GError **error = self->failed ? NULL : self->error;

  for (guint i = 0; i < n && !self->failed; i++)
    {
      gint64 first_seen = 0;
      g_autofree char *text =
          weir_sqlite_identities_dup_text (self->identities, members[i], &first_seen);

      row.first_seen = MIN (row.first_seen, first_seen);
      if (members[i] == root)
        name = g_steal_pointer (&text);
      if (weir_sqlite_identities_get_person (self->identities, members[i]) != row.id)
        self->failed = !weir_sqlite_identities_move (self->identities, members[i], row.id, error);
    }
  if (self->failed)
    return;

  weir_person_id_from_distinct_id (&row.uuid, name != NULL ? name : "",
                                   name != NULL ? strlen (name) : 0);
  weir_person_properties_append_json (properties, json);
  self->failed =
      !weir_sqlite_identities_put_person (
          self->identities, &row, weir_person_properties_get_n (properties) > 0 ? json->str : NULL,
          error) ||
      !weir_sqlite_identities_move (self->identities, row.id, row.id, error);
}

static gboolean
prepare (Replay *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v2 (self->db, sql[i], -1, &self->statements[i], NULL) != SQLITE_OK)
        {
          set_failed (self);
          return FALSE;
        }
    }
  return TRUE;
}

static void
write_persons (Replay *self)
{
  GHashTableIter iter;
  gpointer person;

  g_hash_table_iter_init (&iter, self->persons);
  while (g_hash_table_iter_next (&iter, &person, NULL) && !self->failed)
    self->failed =
        !weir_sqlite_person_table_drop (weir_sqlite_identities_get_persons (self->identities),
                                        GPOINTER_TO_UINT (person), self->error);
  if (!self->failed)
    weir_identity_graph_foreach_person (self->graph, write_person, self);
}

static void
clear (Replay *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_hash_table_unref (self->persons);
  g_hash_table_unref (self->seen_edges);
  g_array_unref (self->queue);
  g_array_unref (self->edges);
  g_array_unref (self->ops);
  g_string_chunk_free (self->texts);
  weir_identity_graph_free (self->graph);
}

/**
 * weir_sqlite_replay:
 * @db: the store's writing connection, in a transaction
 * @identities: who is who; is brought up to date
 * @rules: by which rules
 * @changed: number of the edge that has changed
 * @seeds: the two identities it is of
 * @error: return location for an error
 *
 * Works out anew who everybody is whom an edge concerns, and what became of every edge between
 * them. Costs as much as these have identities, edges and properties.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_replay (sqlite3               *db,
                    WeirSqliteIdentities  *identities,
                    WeirIdentityRules      rules,
                    gint64                 changed,
                    const guint32          seeds[2],
                    GError               **error)
{
  Replay self = {
    .db = db,
    .identities = identities,
    .persons = g_hash_table_new (NULL, NULL),
    .seen_edges = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .queue = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .edges = g_array_new (FALSE, FALSE, sizeof (WeirIdentityEdge)),
    .ops = g_array_new (FALSE, FALSE, sizeof (WeirIdentityOp)),
    .texts = g_string_chunk_new (4096),
    .graph = weir_identity_graph_new (rules),
    .error = error,
  };

  if (prepare (&self))
    gather (&self, seeds, changed);
  if (!self.failed)
    {
      weir_identity_graph_replay (self.graph,
                                  (WeirIdentityEdge *) (gpointer) self.edges->data,
                                  self.edges->len,
                                  (WeirIdentityOp *) (gpointer) self.ops->data,
                                  self.ops->len);
      write_edges (&self);
    }
  if (!self.failed)
    write_persons (&self);
  clear (&self);

  return !self.failed;
}
