/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  weir_json_glance  (const char  *json,
                         gsize        length,
                         guint        n_members,
                         GString     *out);

G_END_DECLS
