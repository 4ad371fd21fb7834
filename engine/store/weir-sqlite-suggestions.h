/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-reader-pool.h"

G_BEGIN_DECLS

#define WEIR_SUGGESTIONS_MAX_LIMIT 1000

/* A WeirReaderFunc; the question is a pointer to a guint, at most how many. */
GBytes *weir_suggestions_run  (WeirReader    *reader,
                               gpointer       question,
                               GCancellable  *cancellable,
                               GError       **error);

G_END_DECLS
