/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where one event stands in a body. */
typedef struct {
  gsize offset;
  gsize length;
} WeirJsonPiece;

GArray *weir_json_split (const char *body,
                         gsize       length);

G_END_DECLS
