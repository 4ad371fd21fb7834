/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-catalog-query.h"
#include "weir-reader.h"

G_BEGIN_DECLS

GBytes             *weir_catalog_run        (WeirReader    *reader,
                                             gpointer       question,
                                             GCancellable  *cancellable,
                                             GError       **error);
GBytes             *weir_catalog_run_values (WeirReader    *reader,
                                             gpointer       question,
                                             GCancellable  *cancellable,
                                             GError       **error);

G_END_DECLS
