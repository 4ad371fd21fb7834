/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-error.h"
#include "weir-sqlite.h"
#include "weir-sqlite-erase.h"
#include "weir-sqlite-scrub.h"
#include "weir-sqlite-shared.h"
#include "weir-sqlite-store-private.h"

/* What a store does to persons between two writes. */

static gboolean
find_person (WeirSqliteStore     *self,
             const WeirPersonId  *person,
             guint32             *number,
             GError             **error)
{
  char uuid[WEIR_PERSON_ID_TEXT_SIZE];

  weir_person_id_format (person, uuid);
  return weir_sqlite_find_person (self->db, uuid, number, error);
}

static gboolean
weir_sqlite_store_set_edge_voided (WeirStore  *store,
                                   gint64      edge,
                                   gboolean    is_voided,
                                   GError    **error)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);

  return weir_sqlite_store_begin (self, error) &&
         weir_sqlite_store_end (
             self, weir_sqlite_edges_set_voided (self->edges, edge, is_voided, error), error);
}

static gboolean
weir_sqlite_store_merge_persons (WeirStore           *store,
                                 const WeirPersonId  *from,
                                 const WeirPersonId  *to,
                                 gint64               now,
                                 gint64              *edge,
                                 GError             **error)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);
  guint32 from_number, to_number;
  WeirStoreCounts counts;

  weir_store_get_counts (store, &counts);
  if (!find_person (self, from, &from_number, error) || !find_person (self, to, &to_number, error))
    return FALSE;
  if (from_number == to_number)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "a person cannot be merged with itself");
      return FALSE;
    }
  return weir_sqlite_store_begin (self, error) &&
         weir_sqlite_store_end (self,
              weir_sqlite_edges_merge_by_hand (
                  self->edges, from_number, to_number,
                  self->is_shared ? (guint64) self->ordinal : counts.cursor, now, edge, error),
              error);
}

static gboolean
erase (WeirSqliteStore    *self,
       WeirSqliteErasure  *erasure,
       GError            **error)
{
  GArray *events = weir_sqlite_erasure_get_events (erasure);

  return weir_sqlite_summary_touch (self->summary, events, error) &&
         weir_sqlite_erasure_run (erasure, error) &&
         (!self->is_shared || weir_sqlite_shared_note_erasure (self, error)) &&
         weir_sqlite_summary_recompute (self->summary, error) &&
         weir_sqlite_timeline_forget (self->timeline, (const guint64 *) (gpointer) events->data,
                                      events->len, error);
}

static gboolean
weir_sqlite_store_delete_person (WeirStore           *store,
                                 const WeirPersonId  *person,
                                 WeirErasureReceipt  *receipt,
                                 GError             **error)
{
  WeirSqliteStore *self = WEIR_SQLITE_STORE (store);
  g_autoptr(WeirSqliteErasure) erasure = NULL;
  guint32 number;

  *receipt = (WeirErasureReceipt) { 0 };
  if (!find_person (self, person, &number, error))
    return FALSE;
  erasure = weir_sqlite_erasure_new (self->db, self->identities, number, error);
  if (erasure == NULL || !weir_sqlite_erasure_count (erasure, &receipt->before, error) ||
      !weir_sqlite_store_begin (self, error) ||
      !weir_sqlite_store_end (self, erase (self, erasure, error), error))
    return FALSE;

  weir_sqlite_edges_reset (self->edges);
  self->is_stale = TRUE;
  receipt->ids = g_ptr_array_ref (weir_sqlite_erasure_get_ids (erasure));
  return weir_sqlite_scrub (self->db, self->path, receipt->ids, error) &&
         weir_sqlite_erasure_count (erasure, &receipt->after, error);
}

static GPtrArray *
weir_sqlite_store_steal_notices (WeirStore *store)
{
  return weir_sqlite_edges_steal_notices (WEIR_SQLITE_STORE (store)->edges);
}

/* For the store's own class. */
void
weir_sqlite_store_install_people (WeirStoreClass *store_class)
{
  store_class->steal_notices = weir_sqlite_store_steal_notices;
  store_class->set_edge_voided = weir_sqlite_store_set_edge_voided;
  store_class->merge_persons = weir_sqlite_store_merge_persons;
  store_class->delete_person = weir_sqlite_store_delete_person;
}
