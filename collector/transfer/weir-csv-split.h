/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *weir_csv_split  (char       *record,
                             gsize       length,
                             char        delimiter,
                             GPtrArray  *fields);

G_END_DECLS
