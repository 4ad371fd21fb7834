/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the edges of a person say, in words. */
char        *weir_edge_dup_sentence     (JsonObject  *edge);
const char  *weir_edge_get_refusal      (JsonObject  *edge);
gboolean     weir_edge_is_voided        (JsonObject  *edge);
gboolean     weir_edge_can_be_undone    (JsonObject  *edge);
char        *weir_evidence_dup_sentence (JsonObject  *evidence);

G_END_DECLS
