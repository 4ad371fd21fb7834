/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirImportMapping:
 *
 * Which column of a table is what of an event. Belongs to one thread.
 */
typedef struct _WeirImportMapping WeirImportMapping;

/* What a column's texts are; of a CSV file nobody knows. */
typedef enum {
  WEIR_COLUMN_ANY,
  WEIR_COLUMN_TEXT,
  WEIR_COLUMN_BOOLEAN,
} WeirColumnType;

WeirImportMapping *weir_import_mapping_new         (GTimeZone                *zone);
void               weir_import_mapping_free        (WeirImportMapping        *self);
gboolean           weir_import_mapping_add         (WeirImportMapping        *self,
                                                    const char               *text,
                                                    GError                  **error);
gboolean           weir_import_mapping_add_constant (WeirImportMapping       *self,
                                                    const char               *text,
                                                    GError                  **error);
void               weir_import_mapping_skip        (WeirImportMapping        *self,
                                                    const char               *column);
gboolean           weir_import_mapping_begin       (WeirImportMapping        *self,
                                                    const char *const        *columns,
                                                    guint                     n_columns,
                                                    GError                  **error);
void               weir_import_mapping_set_type    (WeirImportMapping        *self,
                                                    guint                     column,
                                                    WeirColumnType            type);
const char        *weir_import_mapping_translate   (WeirImportMapping        *self,
                                                    const char *const        *values,
                                                    const char               *name,
                                                    const char               *made_id,
                                                    GString                  *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImportMapping, weir_import_mapping_free)

G_END_DECLS
