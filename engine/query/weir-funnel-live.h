/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-answer.h"
#include "weir-funnel-kinds.h"

G_BEGIN_DECLS

/**
 * WeirFunnelLive:
 *
 * The rows of a funnel that goes on: each identity keeps its own, and each person knows their
 * identities, so that a merge moves no row. Only who was touched is counted again. Belongs to one
 * thread.
 */
typedef struct _WeirFunnelLive WeirFunnelLive;

WeirFunnelLive *weir_funnel_live_new     (WeirFunnel             *funnel,
                                          WeirFunnelKinds        *kinds,
                                          const WeirPersonMap    *map);
void            weir_funnel_live_free    (WeirFunnelLive         *self);
gsize           weir_funnel_live_get_n_rows (WeirFunnelLive      *self);
void            weir_funnel_live_add     (WeirFunnelLive         *self,
                                          const WeirFunnelRow    *row);
void            weir_funnel_live_change  (WeirFunnelLive         *self,
                                          guint32                 identity);
void            weir_funnel_live_update  (WeirFunnelLive         *self,
                                          gint64                  from,
                                          gint64                  until);
void            weir_funnel_live_foreach (WeirFunnelLive         *self,
                                          WeirFunnelOutcomeFunc   func,
                                          gpointer                user_data);

void            weir_funnel_create_machines (WeirFunnel *funnel,
                                             WeirFunnelMachine **machine,
                                             WeirFunnelMachine **other);
gboolean        weir_funnel_outcome_find (WeirFunnelMachine      *machine,
                                          WeirFunnelMachine *other,
                                          WeirFunnelKinds        *kinds,
                                          guint32                 person,
                                          const WeirFunnelRow    *rows,
                                          guint                   n_rows,
                                          GByteArray             *outcomes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelLive, weir_funnel_live_free)

G_END_DECLS
