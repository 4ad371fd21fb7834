/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes   *weir_gzip_compress   (gconstpointer  data,
                                gsize          size);
gpointer  weir_gzip_decompress (GBytes        *packed,
                                gsize          size);

G_END_DECLS
