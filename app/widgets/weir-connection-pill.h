/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirConnectionPill:
 *
 * The one place that says how the connection is; opens to say more.
 */
#define WEIR_TYPE_CONNECTION_PILL (weir_connection_pill_get_type ())
G_DECLARE_FINAL_TYPE (WeirConnectionPill, weir_connection_pill, WEIR, CONNECTION_PILL, GtkWidget)

void  weir_connection_pill_set_session (WeirConnectionPill  *self,
                                        WeirSession         *session);
void  weir_connection_pill_set_compact (WeirConnectionPill  *self,
                                        gboolean             compact);
void  weir_connection_pill_open        (WeirConnectionPill  *self);

G_END_DECLS
