/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean weir_json_load (JsonParser  *parser,
                         const char  *json,
                         gssize       length);

G_END_DECLS
