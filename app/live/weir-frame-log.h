/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirFrameLog:
 *
 * Measures, when `WEIR_FRAME_LOG` names a file: one line of JSON a second, and one over all at the
 * end. Everything is a no-op otherwise.
 */
void  weir_frame_log_watch       (GtkWidget  *window);
void  weir_frame_log_add_events  (guint       n_events);
void  weir_frame_log_add_latency (gint64      micros);
void  weir_frame_log_close       (void);

G_END_DECLS
