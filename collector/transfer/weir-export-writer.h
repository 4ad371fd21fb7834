/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-event.h"
#include "weir-export-options.h"

G_BEGIN_DECLS

/**
 * WeirExportWriter:
 *
 * Writes events to a file, which has its name once it is complete, or to standard output. Belongs
 * to one thread.
 */
typedef struct _WeirExportWriter WeirExportWriter;

WeirExportWriter *weir_export_writer_open      (const WeirExportOptions  *options,
                                                GError                  **error);
void              weir_export_writer_free      (WeirExportWriter         *self);
gboolean          weir_export_writer_take      (WeirExportWriter         *self,
                                                const WeirEvent          *event,
                                                const char               *instance,
                                                GCancellable             *cancellable,
                                                GError                  **error);
gboolean          weir_export_writer_end       (WeirExportWriter         *self,
                                                GCancellable             *cancellable,
                                                GError                  **error);
guint64           weir_export_writer_get_count (WeirExportWriter         *self);

char             *weir_export_begin_file       (const WeirExportOptions  *options,
                                                int                      *fd,
                                                GError                  **error);
gboolean          weir_export_end_file         (const WeirExportOptions  *options,
                                                const char               *partial,
                                                int                       fd,
                                                GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExportWriter, weir_export_writer_free)

G_END_DECLS
