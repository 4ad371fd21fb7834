/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-import-options.h"

G_BEGIN_DECLS

WeirImportSource *weir_import_table_new (const WeirImportOptions  *options,
                                         WeirImportMapping        *mapping,
                                         GError                  **error);

G_END_DECLS
