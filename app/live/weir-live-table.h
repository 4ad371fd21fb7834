/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-event-item.h"

G_BEGIN_DECLS

/**
 * WeirLiveTable:
 *
 * The table of a live page. Shows a ring and follows it, until a reader scrolls away, picks a row,
 * or pauses; then it freezes the ring, so that nothing moves under them.
 */
#define WEIR_TYPE_LIVE_TABLE (weir_live_table_get_type ())
G_DECLARE_FINAL_TYPE (WeirLiveTable, weir_live_table, WEIR, LIVE_TABLE, GtkWidget)

/* Signals:
 *  ::narrow (const char *property, const char *literal, gboolean only)
 *  ::details          a reader wants to see the selected event
 *  ::selected         get_selected() is another one
 *  notify::frozen
 */
void                 weir_live_table_set_ring      (WeirLiveTable    *self,
                                                    WeirEventRing    *ring);
void                 weir_live_table_bind_settings (WeirLiveTable    *self,
                                                    GSettings        *settings);
void                 weir_live_table_set_paused    (WeirLiveTable    *self,
                                                    gboolean          paused);
gboolean             weir_live_table_get_paused    (WeirLiveTable    *self);
gboolean             weir_live_table_get_frozen    (WeirLiveTable    *self);
gboolean             weir_live_table_get_holding   (WeirLiveTable    *self);
void                 weir_live_table_go_on         (WeirLiveTable    *self);
void                 weir_live_table_follow        (WeirLiveTable    *self);
WeirEventItem       *weir_live_table_get_selected  (WeirLiveTable    *self);
GtkColumnViewColumn *weir_live_table_get_column    (WeirLiveTable    *self,
                                                    WeirEventColumn   column);

G_END_DECLS
