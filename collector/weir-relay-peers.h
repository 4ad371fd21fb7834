/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-relay-message.h"

G_BEGIN_DECLS

/**
 * WeirRelayPeers:
 *
 * The other collectors: who is there, and up to where their events have come. A bounded table,
 * without a lock.
 */
typedef struct _WeirRelayPeers WeirRelayPeers;

WeirRelayPeers *weir_relay_peers_new    (void);
void            weir_relay_peers_free   (WeirRelayPeers          *self);
gboolean        weir_relay_peers_take   (WeirRelayPeers          *self,
                                         const WeirRelayMessage  *message,
                                         gint64                   now,
                                         guint                   *n_missed);
guint           weir_relay_peers_count  (WeirRelayPeers          *self,
                                         gint64                   now);
void            weir_relay_peers_append (WeirRelayPeers          *self,
                                         gint64                   now,
                                         GString                 *out);

G_END_DECLS
