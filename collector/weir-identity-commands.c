/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-commands.h"

#include <string.h>

static GBytes *
take_text (char *text)
{
  return g_bytes_new_take (text, strlen (text));
}

/**
 * weir_identity_command_new:
 * @services: what it is to be done with
 *
 * Returns: (transfer full): an empty command
 */
WeirIdentityCommand *
weir_identity_command_new (WeirServices *services)
{
  WeirIdentityCommand *self = g_new0 (WeirIdentityCommand, 1);

  self->services = services;

  return self;
}

/**
 * weir_identity_command_free:
 * @self: (transfer full): a command
 */
void
weir_identity_command_free (WeirIdentityCommand *self)
{
  g_free (self);
}

/**
 * weir_identity_format_merge:
 * @person: who is left of two
 * @edge: number of the edge
 *
 * Returns: (transfer full): `{"edge":SEQ,"person":ID}`
 */
GBytes *
weir_identity_format_merge (const WeirPersonId *person,
                            gint64              edge)
{
  char text[WEIR_PERSON_ID_TEXT_SIZE];

  weir_person_id_format (person, text);
  return take_text (g_strdup_printf (
      "{\"edge\":%" G_GINT64_FORMAT ",\"person\":\"%s\"}", edge, text));
}

/**
 * weir_identity_format_voided:
 * @edge: number of an edge
 * @is_voided: whether it counts no more
 *
 * Returns: (transfer full): `{"edge":SEQ,"voided":…}`
 */
GBytes *
weir_identity_format_voided (gint64   edge,
                             gboolean is_voided)
{
  return take_text (g_strdup_printf ("{\"edge\":%" G_GINT64_FORMAT ",\"voided\":%s}", edge,
                                     is_voided ? "true" : "false"));
}

/**
 * weir_identity_command_merge:
 * @store: the store
 * @data: a [struct@Weir.IdentityCommand]: @other joins @person
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): `{"edge":SEQ,"person":ID}`
 */
GBytes *
weir_identity_command_merge (WeirStore  *store,
                             gpointer    data,
                             GError    **error)
{
  const WeirIdentityCommand *self = data;
  gint64 edge;

  if (!weir_store_merge_persons (
          store, &self->other, &self->person, g_get_real_time (), &edge, error))
    return NULL;
  return weir_identity_format_merge (&self->person, edge);
}

/**
 * weir_identity_command_set_voided:
 * @store: the store
 * @data: a [struct@Weir.IdentityCommand]: @edge and @is_voided
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): `{"edge":SEQ,"voided":…}`
 */
GBytes *
weir_identity_command_set_voided (WeirStore  *store,
                                  gpointer    data,
                                  GError    **error)
{
  const WeirIdentityCommand *self = data;

  if (!weir_store_set_edge_voided (store, self->edge, self->is_voided, error))
    return NULL;
  return weir_identity_format_voided (self->edge, self->is_voided);
}

static void
append_counts (GString                 *out,
               const char              *member,
               const WeirErasureCounts *counts,
               guint64                  n_journal)
{
  g_string_append_printf (
      out,
      "%s{\"events\":%" G_GUINT64_FORMAT ",\"distinct_ids\":%" G_GUINT64_FORMAT
      ",\"edges\":%" G_GUINT64_FORMAT ",\"dead_letters\":%" G_GUINT64_FORMAT
      ",\"journal\":%" G_GUINT64_FORMAT "}",
      member, counts->events, counts->distinct_ids, counts->edges, counts->dead_letters,
      n_journal);
}

/**
 * weir_identity_format_erasure:
 * @person: who was deleted
 * @erasure: what that did
 * @as_of: the last event that was there
 *
 * Returns: (transfer full): the receipt
 */
GBytes *
weir_identity_format_erasure (const WeirPersonId        *person,
                              const WeirIdentityErasure *erasure,
                              guint64                    as_of)
{
  const WeirErasureCounts *after = &erasure->after;
  char text[WEIR_PERSON_ID_TEXT_SIZE];
  GString *out = g_string_new (NULL);

  weir_person_id_format (person, text);
  g_string_append_printf (out, "{\"person\":\"%s\",\"deleted\":", text);
  append_counts (out, "{\"before\":", &erasure->before, erasure->journal[0]);
  append_counts (out, ",\"after\":", after, erasure->journal[1]);
  g_string_append_printf (
      out, "},\"verified\":%s,\"as_of\":%" G_GUINT64_FORMAT "}",
      after->events + after->distinct_ids + after->edges + after->dead_letters +
          erasure->journal[1] == 0
        ? "true" : "false",
      as_of);

  return g_string_free_to_bytes (out);
}

/**
 * weir_identity_erase_traces:
 * @traces: what the person is to be taken out of
 * @receipt: of the deletion from the store
 * @erasure: (out): what it did, the journal included
 * @error: return location for an error
 *
 * Drops what is kept of a person beside the store, which has just deleted them.
 *
 * Returns: whether all of it is gone
 */
gboolean
weir_identity_erase_traces (const WeirIdentityTraces  *traces,
                            const WeirErasureReceipt  *receipt,
                            WeirIdentityErasure       *erasure,
                            GError                   **error)
{
  *erasure = (WeirIdentityErasure) { .before = receipt->before, .after = receipt->after };
  weir_live_hub_forget (traces->hub);
  if (traces->relay != NULL)
    weir_relay_forget (traces->relay);
  weir_rejection_ring_clear (traces->rejections);
  return weir_journal_purge (traces->journal, receipt->ids, &erasure->journal[0],
                             &erasure->journal[1], error);
}

/**
 * weir_identity_command_delete:
 * @store: the store
 * @data: a [struct@Weir.IdentityCommand]: @person
 * @error: return location for an error
 *
 * Deletes a person from the store, the journal and what is kept for streams, and counts what is
 * left. What was accepted before was stored before, so nothing comes back.
 *
 * Returns: (transfer full) (nullable): the receipt
 */
GBytes *
weir_identity_command_delete (WeirStore  *store,
                              gpointer    data,
                              GError    **error)
{
  const WeirIdentityCommand *self = data;
  const WeirServices *services = self->services;
  WeirIdentityTraces traces = { services->journal, services->hub, services->rejections,
                                services->relay };
  g_auto(WeirErasureReceipt) receipt = { 0 };
  WeirIdentityErasure erasure;
  WeirStoreCounts counts;

  if (!weir_store_delete_person (store, &self->person, &receipt, error) ||
      !weir_identity_erase_traces (&traces, &receipt, &erasure, error))
    return NULL;

  weir_store_get_counts (store, &counts);
  return weir_identity_format_erasure (&self->person, &erasure, counts.cursor);
}
