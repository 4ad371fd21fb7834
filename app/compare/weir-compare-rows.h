/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* More names of events than a reader goes through. */
#define WEIR_COMPARE_N_EVENTS 50

/* Of a retention that does not say it. */
#define WEIR_COMPARE_N_PERIODS 11

void    weir_compare_rows_add_answers   (GListStore         *rows,
                                         const char         *title,
                                         JsonObject         *question,
                                         JsonObject * const *answers);
void    weir_compare_rows_add_catalogs  (GListStore         *rows,
                                         JsonObject * const *catalogs);
GStrv   weir_compare_rows_dup_events    (JsonObject * const *catalogs);
gint64  weir_compare_rows_find_latest   (JsonObject         *catalog);

G_END_DECLS
