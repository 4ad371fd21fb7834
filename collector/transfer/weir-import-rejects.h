/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirImportRejects:
 *
 * The file of rows that were not taken, one JSON object a line. Belongs to one thread.
 */
typedef struct _WeirImportRejects WeirImportRejects;

WeirImportRejects *weir_import_rejects_open     (const char         *path,
                                                 guint64             size,
                                                 GError            **error);
void               weir_import_rejects_free     (WeirImportRejects  *self);
void               weir_import_rejects_add      (WeirImportRejects  *self,
                                                 guint64             number,
                                                 const char         *reason,
                                                 const char         *data,
                                                 gsize               length);
gboolean           weir_import_rejects_flush    (WeirImportRejects  *self,
                                                 GError            **error);
guint64            weir_import_rejects_get_size (WeirImportRejects  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImportRejects, weir_import_rejects_free)

G_END_DECLS
