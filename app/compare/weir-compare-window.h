/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirCompareWindow:
 *
 * What a window shows, beside a database file: saved funnels, saved cohorts and events of both,
 * with the differences. The file is served by a collector of its own, which ends with the window.
 */
#define WEIR_TYPE_COMPARE_WINDOW (weir_compare_window_get_type ())
G_DECLARE_FINAL_TYPE (WeirCompareWindow, weir_compare_window, WEIR, COMPARE_WINDOW, AdwWindow)

GtkWidget  *weir_compare_window_new  (GtkWindow    *parent,
                                      WeirSession  *session,
                                      const char   *path);

G_END_DECLS
