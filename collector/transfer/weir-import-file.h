/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-import-mapping.h"
#include "weir-import-source.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_IMPORT_NDJSON,
  WEIR_IMPORT_CSV,
  WEIR_IMPORT_POSTHOG,
  WEIR_IMPORT_MIXPANEL,
  WEIR_IMPORT_TABLE,
} WeirImportFormat;

WeirImportSource *weir_import_file_new (const char         *path,
                                        WeirImportFormat    format,
                                        const char         *name,
                                        char                delimiter,
                                        GTimeZone          *zone,
                                        WeirImportMapping  *mapping,
                                        GError            **error);

G_END_DECLS
