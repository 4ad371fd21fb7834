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

/* A member of an object: its name with the quotes, and its value, as they stand there. */
typedef struct {
  WeirJsonPiece name;
  WeirJsonPiece value;
} WeirJsonMember;

GArray *weir_json_split         (const char *body,
                                 gsize       length);
GArray *weir_json_split_wrapper (const char *body,
                                 gsize       length);
GArray *weir_json_split_members (const char *text,
                                 gsize       length);

G_END_DECLS
