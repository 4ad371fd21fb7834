/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *weir_list_table_new  (GBytes      *json,
                              const char  *member,
                              const char  *columns);

G_END_DECLS
