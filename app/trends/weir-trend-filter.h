/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void weir_trend_filter_add (GArray     *conditions,
                            JsonArray  *series);

G_END_DECLS
