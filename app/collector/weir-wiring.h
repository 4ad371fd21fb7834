/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "weir-stats.h"

G_BEGIN_DECLS

/**
 * WeirWiring:
 *
 * The way of an event through the collector, from left to right: who sends, the front door, the
 * journal, and whoever is given what is in it. Numbers are on the wires.
 */
#define WEIR_TYPE_WIRING (weir_wiring_get_type ())
G_DECLARE_FINAL_TYPE (WeirWiring, weir_wiring, WEIR, WIRING, GtkWidget)

/* Signals:
 *  ::opened (const char *part)   the reader wants to know more: `sources`, `rejected`, `streams`,
 *                                `log`
 */
void  weir_wiring_set_status   (WeirWiring  *self,
                                JsonObject  *status);
void  weir_wiring_set_stats    (WeirWiring  *self,
                                WeirStats   *stats);

G_END_DECLS
