/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirEventDetail:
 *
 * All of one event, as a tree.
 */
#define WEIR_TYPE_EVENT_DETAIL (weir_event_detail_get_type ())
G_DECLARE_FINAL_TYPE (WeirEventDetail, weir_event_detail, WEIR, EVENT_DETAIL, GtkWidget)

/* Signals:
 *  ::narrow (const char *property, const char *literal, gboolean only)
 *  ::close
 *  ::copied (const char *what)
 */
void      weir_event_detail_set_event   (WeirEventDetail  *self,
                                         const WeirEvent  *event);
gboolean  weir_event_detail_has_event   (WeirEventDetail  *self);
void      weir_event_detail_set_url     (WeirEventDetail  *self,
                                         const char       *url);
void      weir_event_detail_copy_json   (WeirEventDetail  *self);
void      weir_event_detail_copy_curl   (WeirEventDetail  *self);

G_END_DECLS
