/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  weir_csv_append_text  (GString     *out,
                             const char  *text);

G_END_DECLS
