/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-queries.h"
#include "weir-reader-pool.h"

G_BEGIN_DECLS

/* How SQLite answers the questions of engine/query; each is a WeirReaderFunc. */
GBytes  *weir_site_report_run   (WeirReader    *reader,
                                 gpointer       question,
                                 GCancellable  *cancellable,
                                 GError       **error);
GBytes  *weir_events_query_run  (WeirReader    *reader,
                                 gpointer       question,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
