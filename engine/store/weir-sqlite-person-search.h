/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-persons-query.h"
#include "weir-reader-pool.h"

G_BEGIN_DECLS

/* A WeirReaderFunc that answers a WeirPersonsQuery. */
GBytes *weir_persons_query_run  (WeirReader    *reader,
                                 gpointer       question,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
