/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirFleetWorld:
 *
 * A small world that makes events: machines that report, visitors who look around, sign up, buy and
 * come back, and services that are slow or fail at times. The same seed gives the same world.
 * Belongs to one thread.
 */
typedef struct _WeirFleetWorld WeirFleetWorld;

WeirFleetWorld *weir_fleet_world_new           (guint64           seed,
                                                guint             n_devices);
void            weir_fleet_world_free          (WeirFleetWorld   *self);
void            weir_fleet_world_set_ids       (WeirFleetWorld   *self,
                                                gboolean          with_ids);
void            weir_fleet_world_append_event  (WeirFleetWorld   *self,
                                                gint64            now,
                                                GString          *out);
void            weir_fleet_world_start_history (WeirFleetWorld   *self,
                                                gint64            from,
                                                gint64            until);
gboolean        weir_fleet_world_append_past   (WeirFleetWorld   *self,
                                                GString          *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFleetWorld, weir_fleet_world_free)

G_END_DECLS
