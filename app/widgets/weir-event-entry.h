/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirEventEntry:
 *
 * Where the name of an event is typed: offers those there are, the most frequent first. Any name
 * may be typed, also one that has not been seen; `*` is any event.
 */
#define WEIR_TYPE_EVENT_ENTRY (weir_event_entry_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventEntry, weir_event_entry, WEIR, EVENT_ENTRY, GtkWidget)

/* Signals:
 *  ::chosen   the reader has chosen another event: get_event() is it
 */
WeirEventEntry  *weir_event_entry_new          (void);
void             weir_event_entry_set_catalog  (WeirEventEntry  *self,
                                                WeirCatalog     *catalog);
void             weir_event_entry_set_event    (WeirEventEntry  *self,
                                                const char      *event);
const char      *weir_event_entry_get_event    (WeirEventEntry  *self);
void             weir_event_entry_set_label    (WeirEventEntry  *self,
                                                const char      *label);

G_END_DECLS
