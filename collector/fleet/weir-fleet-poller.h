/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirFleetPoller:
 *
 * Watches many sockets for the main loop with one epoll descriptor: what a wake-up costs does not
 * grow with the number of connections, so that a load generator does not measure itself.
 */
typedef struct _WeirFleetPoller WeirFleetPoller;

/* @can_read also when the connection has ended. */
typedef void (*WeirFleetPollFunc) (gpointer data,
                                   gboolean can_read,
                                   gboolean can_write);

WeirFleetPoller *weir_fleet_poller_new    (WeirFleetPollFunc   func);
void             weir_fleet_poller_free   (WeirFleetPoller    *self);
void             weir_fleet_poller_add    (WeirFleetPoller    *self,
                                           int                 fd,
                                           gpointer            data);
void             weir_fleet_poller_modify (WeirFleetPoller    *self,
                                           int                 fd,
                                           gpointer            data,
                                           gboolean            want_write);

G_END_DECLS
