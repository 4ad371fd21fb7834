/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

#define WEIR_TYPE_WINDOW (weir_window_get_type ())
G_DECLARE_FINAL_TYPE (WeirWindow, weir_window, WEIR, WINDOW, AdwApplicationWindow)

WeirWindow *weir_window_new       (GtkApplication  *application,
                                   WeirSession     *session,
                                   GSettings       *settings);
void        weir_window_show_page (WeirWindow      *self,
                                   const char      *name);

G_END_DECLS
