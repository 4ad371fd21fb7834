/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-edges.h"

#include <string.h>

#include "weir-error.h"
#include "weir-id-cache.h"
#include "weir-sqlite.h"
#include "weir-sqlite-replay.h"

/*
 * A pair of ids has one line in the log for what events say of it, and one more when it is forced
 * together; who says the same again, as browsers do with every event, is found in the cache of
 * pairs. So the log grows with the ids, not with the events.
 *
 * What somebody has taken back stays so: the next event that carries both ids, in whatever order,
 * does not bring it back. Only a $merge, or a merge by hand, does.
 */

#define PAIR_CACHE  65536
#define MAX_NOTICES 1000

#define KNOWN_FROM 1
#define KNOWN_TO   2

enum {
  SELECT_PAIR,
  SELECT_ILLEGAL,
  SELECT_VOIDED,
  SELECT_EDGE,
  INSERT_EDGE,
  UPDATE_VOIDED,
  INSERT_ORIGIN,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [SELECT_PAIR] = "SELECT kind, voided FROM edge WHERE to_id = ?2 AND from_id = ?1",
  [SELECT_ILLEGAL] =
      "SELECT 1 FROM edge WHERE to_id = ?2 AND from_id IS NULL AND from_text = ?1 LIMIT 1",
  [SELECT_VOIDED] =
      "SELECT 1 FROM edge WHERE to_id = ?2 AND from_id = ?1 AND voided UNION ALL"
      " SELECT 1 FROM edge WHERE to_id = ?1 AND from_id = ?2 AND voided LIMIT 1",
  [SELECT_EDGE] = "SELECT from_id, to_id, event_seq, voided, reason FROM edge WHERE seq = ?1",
  [INSERT_EDGE] =
      "INSERT INTO edge (kind, from_id, to_id, from_text, event_seq, time, known, verdict, reason,"
      " voided) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
  [UPDATE_VOIDED] = "UPDATE edge SET voided = ?2 WHERE seq = ?1",
  [INSERT_ORIGIN] = "INSERT INTO edge_origin (edge, seq) VALUES (?1, ?2)",
};

struct _WeirSqliteEdges {
  sqlite3 *db;
  WeirSqliteIdentities *identities;
  WeirSqlitePersonTable *persons;
  WeirIdentityRules rules;
  sqlite3_stmt *statements[N_STATEMENTS];
  WeirIdCache *pairs;
  GString *pair;
  GPtrArray *notices;   /* of WeirIdentityNotice */
  guint64 origin;       /* seq of the event that speaks, where positions are others; 0 if not */
};

static gboolean
fail (WeirSqliteEdges  *self,
      GError          **error)
{
  return weir_sqlite_fail (self->db, "the store", "written", error);
}

static gboolean
step (WeirSqliteEdges  *self,
      int               which,
      GError          **error)
{
  sqlite3_stmt *statement = self->statements[which];
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, error);

  sqlite3_reset (statement);
  return ok;
}

static void
spell_pair (WeirSqliteEdges     *self,
            const WeirStatement *statement)
{
  g_string_truncate (self->pair, 0);
  g_string_append_c (self->pair, weir_statement_kind_is_forced (statement->kind) ? 'f' : 's');
  g_string_append_len (self->pair, statement->from, (gssize) statement->from_length);
  g_string_append_c (self->pair, '\0');
  g_string_append_len (self->pair, statement->to, (gssize) statement->to_length);
}

static void
remember (WeirSqliteEdges     *self,
          const WeirStatement *statement)
{
  WeirIdCacheValue value = { .id = 1 };

  spell_pair (self, statement);
  weir_id_cache_insert (self->pairs, self->pair->str, self->pair->len, &value);
}

static gboolean
is_logged_as_text (WeirSqliteEdges     *self,
                   const WeirStatement *statement,
                   guint32              to)
{
  sqlite3_stmt *select = self->statements[SELECT_ILLEGAL];
  gboolean found;

  sqlite3_bind_text (select, 1, statement->from, (int) statement->from_length, SQLITE_STATIC);
  sqlite3_bind_int64 (select, 2, to);
  found = sqlite3_step (select) == SQLITE_ROW;
  sqlite3_reset (select);

  return found;
}

/* Whether the log has a line that makes another one needless. */
static gboolean
is_logged (WeirSqliteEdges     *self,
           const WeirStatement *statement,
           guint32              from,
           guint32              to,
           gboolean             is_illegal)
{
  sqlite3_stmt *select = self->statements[SELECT_PAIR];
  gboolean is_forced = weir_statement_kind_is_forced (statement->kind);
  gboolean found = FALSE;

  /* Its line may be from before the first id was known. */
  if (is_illegal && is_logged_as_text (self, statement, to))
    return TRUE;
  if (from == 0)
    return FALSE;
  sqlite3_bind_int64 (select, 1, from);
  sqlite3_bind_int64 (select, 2, to);
  while (!found && sqlite3_step (select) == SQLITE_ROW)
    {
      gboolean same = weir_statement_kind_is_forced (sqlite3_column_int (select, 0)) == is_forced;

      found = same && !(is_forced && sqlite3_column_int (select, 1) != 0);
    }
  sqlite3_reset (select);

  return found;
}

static gboolean
is_taken_back (WeirSqliteEdges *self,
               guint32          from,
               guint32          to)
{
  sqlite3_stmt *select = self->statements[SELECT_VOIDED];
  gboolean found;

  sqlite3_bind_int64 (select, 1, from);
  sqlite3_bind_int64 (select, 2, to);
  found = sqlite3_step (select) == SQLITE_ROW;
  sqlite3_reset (select);

  return found;
}

static gboolean
insert_edge (WeirSqliteEdges         *self,
             WeirStatementKind        kind,
             guint32                  from,
             const char              *from_text,
             gsize                    from_length,
             WeirIdentityEdge        *edge,
             gint64                   time,
             GError                 **error)
{
  sqlite3_stmt *insert = self->statements[INSERT_EDGE];

  sqlite3_bind_int (insert, 1, kind);
  if (from != 0)
    sqlite3_bind_int64 (insert, 2, from);
  else
    sqlite3_bind_null (insert, 2);
  sqlite3_bind_int64 (insert, 3, edge->to);
  if (from == 0)
    sqlite3_bind_text (insert, 4, from_text, (int) from_length, SQLITE_STATIC);
  else
    sqlite3_bind_null (insert, 4);
  sqlite3_bind_int64 (insert, 5, (gint64) edge->event_seq);
  sqlite3_bind_int64 (insert, 6, time);
  sqlite3_bind_int (insert, 7, (edge->from_existed ? KNOWN_FROM : 0) |
                               (edge->to_existed ? KNOWN_TO : 0));
  sqlite3_bind_int (insert, 8, (int) edge->decision.verdict);
  sqlite3_bind_int (insert, 9, (int) edge->decision.reason);
  sqlite3_bind_int (insert, 10, edge->is_voided);
  if (!step (self, INSERT_EDGE, error))
    return FALSE;
  edge->seq = sqlite3_last_insert_rowid (self->db);
  if (self->origin == 0)
    return TRUE;
  sqlite3_bind_int64 (self->statements[INSERT_ORIGIN], 1, edge->seq);
  sqlite3_bind_int64 (self->statements[INSERT_ORIGIN], 2, (gint64) self->origin);
  return step (self, INSERT_ORIGIN, error);
}

/* Tells the stream; more than MAX_NOTICES of one transaction are only counted. */
static void
note (WeirSqliteEdges        *self,
      WeirIdentityNoticeKind  kind,
      gint64                  edge,
      guint32                 identity,
      char                   *from,
      char                   *to,
      WeirReason              reason,
      guint64                 event_seq)
{
  WeirIdentityNotice *notice;
  WeirSqlitePerson row;

  if (self->notices->len >= MAX_NOTICES ||
      !weir_sqlite_person_table_load (
          self->persons, weir_sqlite_identities_get_person (self->identities, identity), &row,
          NULL))
    {
      g_free (from);
      g_free (to);
      return;
    }
  notice = g_new0 (WeirIdentityNotice, 1);
  notice->kind = kind;
  notice->edge = edge;
  notice->person = row.uuid;
  notice->from = from;
  notice->to = to;
  notice->reason = weir_reason_get_name (reason);
  notice->event_seq = self->origin != 0 ? self->origin : event_seq;
  g_ptr_array_add (self->notices, notice);
}

static void
note_edge (WeirSqliteEdges        *self,
           const WeirStatement    *statement,
           const WeirIdentityEdge *edge)
{
  WeirVerdict verdict = edge->decision.verdict;

  if (verdict == WEIR_VERDICT_REDUNDANT)
    return;
  note (self,
        verdict == WEIR_VERDICT_REFUSED ? WEIR_IDENTITY_REFUSAL : WEIR_IDENTITY_MERGE,
        edge->seq,
        edge->to,
        g_strndup (statement->from, statement->from_length),
        g_strndup (statement->to, statement->to_length),
        edge->decision.reason,
        edge->event_seq);
}

/* Lets a statement on two legal ids have its effect. @from is 0 when the first id is new. */
static gboolean
take_effect (WeirSqliteEdges      *self,
             const WeirStatement  *statement,
             const WeirEvent      *event,
             WeirIdentityEdge     *edge,
             GError              **error)
{
  WeirIdentityFacts facts = { edge->from_existed, edge->to_existed };
  guint32 to = weir_sqlite_identities_get_person (self->identities, edge->to);
  WeirSqlitePerson row;
  guint32 from;

  if (edge->from == 0)
    {
      edge->decision = weir_identity_rules_decide (self->rules, edge->kind, &facts);
      return weir_sqlite_identities_attach (self->identities, statement->from,
                                            statement->from_length, to, event, &edge->from, error);
    }

  from = weir_sqlite_identities_get_person (self->identities, edge->from);
  if (!weir_sqlite_person_table_load (self->persons, from, &row, error))
    return FALSE;
  facts.same_person = from == to;
  facts.from_identified = row.is_identified;
  edge->decision = weir_identity_rules_decide (self->rules, edge->kind, &facts);
  if (edge->decision.verdict == WEIR_VERDICT_REFUSED)
    return weir_sqlite_person_table_identify (self->persons, to, error);
  if (from == to)
    return TRUE;
  if (!edge->to_existed && edge->from_existed)
    return weir_sqlite_identities_merge (self->identities, to, from, error);

  return weir_sqlite_identities_merge (self->identities, from, to, error);
}

static void
notice_free (gpointer data)
{
  WeirIdentityNotice *notice = data;

  g_free (notice->from);
  g_free (notice->to);
  g_free (notice);
}

/**
 * weir_sqlite_edges_new:
 * @db: the store's writing connection, of the newest schema
 * @identities: who is who; must outlive this
 * @rules: by which rules
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the log
 */
WeirSqliteEdges *
weir_sqlite_edges_new (sqlite3               *db,
                       WeirSqliteIdentities  *identities,
                       WeirIdentityRules      rules,
                       GError               **error)
{
  g_autoptr(WeirSqliteEdges) self = g_new0 (WeirSqliteEdges, 1);

  self->db = db;
  self->identities = identities;
  self->persons = weir_sqlite_identities_get_persons (identities);
  self->rules = rules;
  self->pairs = weir_id_cache_new (PAIR_CACHE);
  self->pair = g_string_new (NULL);
  self->notices = g_ptr_array_new_with_free_func (notice_free);
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (
              db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[i], NULL) != SQLITE_OK)
        {
          fail (self, error);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/**
 * weir_sqlite_edges_free:
 * @self: (transfer full): the log
 */
void
weir_sqlite_edges_free (WeirSqliteEdges *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  weir_id_cache_free (self->pairs);
  g_string_free (self->pair, TRUE);
  g_ptr_array_unref (self->notices);
  g_free (self);
}

/**
 * weir_sqlite_edges_reset:
 * @self: the log
 *
 * Forgets what may not be so any more: after a transaction was rolled back, or edges were deleted.
 */
void
weir_sqlite_edges_reset (WeirSqliteEdges *self)
{
  weir_id_cache_clear (self->pairs);
  g_ptr_array_set_size (self->notices, 0);
}

/**
 * weir_sqlite_edges_set_origin:
 * @self: the log
 * @seq: seq of the event that speaks from now on, where its position is another; 0 for the same
 */
void
weir_sqlite_edges_set_origin (WeirSqliteEdges *self,
                              guint64          seq)
{
  self->origin = seq;
}

/**
 * weir_sqlite_edges_is_news:
 * @self: the log
 * @event: an event
 * @pair: gets what it says, in the same words for the same
 *
 * Returns: whether the event says something that has no line in the log
 */
gboolean
weir_sqlite_edges_is_news (WeirSqliteEdges *self,
                           const WeirEvent *event,
                           GString         *pair)
{
  WeirSqliteEdgeDraft draft;
  const WeirStatement *statement = &draft.statement;
  gboolean is_illegal;

  if (!weir_sqlite_edges_begin (self, event, &draft))
    return FALSE;
  g_string_append_len (pair, self->pair->str, (gssize) self->pair->len);
  is_illegal =
      !weir_identity_rules_are_legal (self->rules, statement->from, statement->from_length) ||
      !weir_identity_rules_are_legal (self->rules, statement->to, statement->to_length);
  return draft.to == 0 || (draft.from == 0 && !is_illegal) ||
         !is_logged (self, statement, draft.from, draft.to, is_illegal);
}

/**
 * weir_sqlite_edges_begin:
 * @self: the log
 * @event: an event that is not stored yet
 * @draft: (out): what it says
 *
 * Reads what an event says about who is who, and what was known before it.
 *
 * Returns: whether it says anything that may be news; then weir_sqlite_edges_finish() is to follow
 *   once the event is stored
 */
gboolean
weir_sqlite_edges_begin (WeirSqliteEdges     *self,
                         const WeirEvent     *event,
                         WeirSqliteEdgeDraft *draft)
{
  WeirStatement *statement = &draft->statement;

  if (!weir_statement_read (statement, event))
    return FALSE;
  spell_pair (self, statement);
  if (weir_id_cache_lookup (self->pairs, self->pair->str, self->pair->len) != NULL)
    return FALSE;

  draft->from =
      weir_sqlite_identities_find (self->identities, statement->from, statement->from_length);
  draft->to = weir_sqlite_identities_find (self->identities, statement->to, statement->to_length);
  draft->from_existed = draft->from != 0;
  draft->to_existed = draft->to != 0;

  return TRUE;
}

/**
 * weir_sqlite_edges_finish:
 * @self: the log
 * @event: the event, whose own identity is known now
 * @draft: what weir_sqlite_edges_begin() read
 * @error: return location for an error
 *
 * Writes the line of the log, unless it is there, and lets it have its effect.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_edges_finish (WeirSqliteEdges            *self,
                          const WeirEvent            *event,
                          const WeirSqliteEdgeDraft  *draft,
                          GError                    **error)
{
  const WeirStatement *statement = &draft->statement;
  WeirIdentityEdge edge = {
    .kind = statement->kind,
    .from = draft->from,
    .to = weir_sqlite_identities_find (self->identities, statement->to, statement->to_length),
    .event_seq = event->seq,
    .from_existed = draft->from_existed,
    .to_existed = draft->to_existed,
    .is_illegal =
        !weir_identity_rules_are_legal (self->rules, statement->from, statement->from_length) ||
        !weir_identity_rules_are_legal (self->rules, statement->to, statement->to_length),
  };

  g_return_val_if_fail (edge.to != 0, TRUE);

  if (draft->to != 0 && (draft->from != 0 || edge.is_illegal) &&
      is_logged (self, statement, edge.from, edge.to, edge.is_illegal))
    {
      remember (self, statement);
      return TRUE;
    }

  if (edge.is_illegal)
    {
      edge.decision = (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_ILLEGAL_ID };
    }
  else if (draft->from != 0 && draft->to != 0 && !weir_statement_kind_is_forced (edge.kind) &&
           is_taken_back (self, edge.from, edge.to))
    {
      edge.is_voided = TRUE;
      edge.decision = (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_VOIDED };
    }
  else if (!take_effect (self, statement, event, &edge, error))
    {
      return FALSE;
    }

  if (!insert_edge (self, edge.kind, edge.from, statement->from, statement->from_length, &edge,
                    event->timestamp, error))
    return FALSE;
  note_edge (self, statement, &edge);
  remember (self, statement);

  return TRUE;
}

/* The identity that gave a person its public id. */
static gboolean
find_root (WeirSqliteEdges  *self,
           guint32           person,
           guint32          *root,
           char            **text,
           GError          **error)
{
  g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (guint32));
  WeirSqlitePerson row;

  if (!weir_sqlite_person_table_load (self->persons, person, &row, error) ||
      !weir_sqlite_identities_add_members (self->identities, person, members, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      guint32 identity = g_array_index (members, guint32, i);
      g_autofree char *id = weir_sqlite_identities_dup_text (self->identities, identity, NULL);
      WeirPersonId uuid = { 0 };

      if (id != NULL)
        weir_person_id_from_distinct_id (&uuid, id, strlen (id));
      if (memcmp (&uuid, &row.uuid, sizeof uuid) == 0)
        {
          *root = identity;
          *text = g_steal_pointer (&id);
          return TRUE;
        }
    }

  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CORRUPT,
                       "the store has a person whose first id is missing");
  return FALSE;
}

/**
 * weir_sqlite_edges_merge_by_hand:
 * @self: the log
 * @from_person: number of the person that joins
 * @to_person: number of another, which stays
 * @event_seq: the last event before this
 * @time: when, microseconds since the epoch
 * @seq: (out): number of the edge
 * @error: return location for an error
 *
 * Makes two persons one because somebody said so.
 *
 * Returns: whether it could be written
 */
gboolean
weir_sqlite_edges_merge_by_hand (WeirSqliteEdges  *self,
                                 guint32           from_person,
                                 guint32           to_person,
                                 guint64           event_seq,
                                 gint64            time,
                                 gint64           *seq,
                                 GError          **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  WeirIdentityEdge edge = {
    .kind = WEIR_STATEMENT_MANUAL,
    .event_seq = event_seq,
    .from_existed = TRUE,
    .to_existed = TRUE,
    .decision = { WEIR_VERDICT_MERGED, WEIR_REASON_NONE },
  };

  if (!find_root (self, from_person, &edge.from, &from, error) ||
      !find_root (self, to_person, &edge.to, &to, error) ||
      !weir_sqlite_identities_merge (self->identities, from_person, to_person, error) ||
      !insert_edge (self, edge.kind, edge.from, NULL, 0, &edge, time, error))
    return FALSE;

  *seq = edge.seq;
  note (self, WEIR_IDENTITY_MERGE, *seq, edge.to, g_steal_pointer (&from), g_steal_pointer (&to),
        WEIR_REASON_NONE, event_seq);
  return TRUE;
}

/**
 * weir_sqlite_edges_set_voided:
 * @self: the log
 * @seq: number of an edge
 * @is_voided: %TRUE to take it back, %FALSE to let it count again
 * @error: return location for an error
 *
 * Changes whether an edge counts, and works out anew whoever it concerns.
 *
 * Returns: whether it is so now; %WEIR_ERROR_NOT_FOUND when there is no such edge,
 *   %WEIR_ERROR_INVALID_REQUEST when it is of an id that may not be joined
 */
gboolean
weir_sqlite_edges_set_voided (WeirSqliteEdges  *self,
                              gint64            seq,
                              gboolean          is_voided,
                              GError          **error)
{
  sqlite3_stmt *select = self->statements[SELECT_EDGE];
  sqlite3_stmt *update = self->statements[UPDATE_VOIDED];
  guint32 seeds[2];
  guint64 event_seq;
  gboolean is_there, was_voided;
  WeirReason reason;

  sqlite3_bind_int64 (select, 1, seq);
  is_there = sqlite3_step (select) == SQLITE_ROW;
  seeds[0] = (guint32) sqlite3_column_int64 (select, 0);
  seeds[1] = (guint32) sqlite3_column_int64 (select, 1);
  event_seq = (guint64) sqlite3_column_int64 (select, 2);
  was_voided = sqlite3_column_int (select, 3) != 0;
  reason = (WeirReason) sqlite3_column_int (select, 4);
  sqlite3_reset (select);
  if (!is_there)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such edge");
      return FALSE;
    }
  if (reason == WEIR_REASON_ILLEGAL_ID || seeds[0] == 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "the edge has no effect: one of its ids may not be joined");
      return FALSE;
    }
  if (was_voided == is_voided)
    return TRUE;

  sqlite3_bind_int64 (update, 1, seq);
  sqlite3_bind_int (update, 2, is_voided);
  if (!step (self, UPDATE_VOIDED, error) ||
      !weir_sqlite_replay (self->db, self->identities, self->rules, seq, seeds, error))
    return FALSE;

  weir_id_cache_clear (self->pairs);   /* a $merge of the pair may be news again */
  note (self,
        is_voided ? WEIR_IDENTITY_SPLIT : WEIR_IDENTITY_MERGE,
        seq,
        seeds[1],
        weir_sqlite_identities_dup_text (self->identities, seeds[0], NULL),
        weir_sqlite_identities_dup_text (self->identities, seeds[1], NULL),
        is_voided ? WEIR_REASON_VOIDED : WEIR_REASON_NONE,
        event_seq);
  return TRUE;
}

/**
 * weir_sqlite_edges_steal_notices:
 * @self: the log
 *
 * Returns: (transfer full) (element-type WeirIdentityNotice) (nullable): what the stream should be
 *   told since the last call; to be asked for after a commit
 */
GPtrArray *
weir_sqlite_edges_steal_notices (WeirSqliteEdges *self)
{
  GPtrArray *notices = self->notices;

  if (notices->len == 0)
    return NULL;
  self->notices = g_ptr_array_new_with_free_func (notice_free);

  return notices;
}
