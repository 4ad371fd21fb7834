/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-export-writer.h"
#include "weir-transfer-progress.h"

G_BEGIN_DECLS

gboolean  weir_export_file_run    (const WeirExportOptions  *options,
                                   WeirExportWriter         *writer,
                                   WeirTransferProgress     *progress,
                                   GCancellable             *cancellable,
                                   GError                  **error);
gboolean  weir_export_file_copy   (const WeirExportOptions  *options,
                                   WeirTransferProgress     *progress,
                                   guint64                  *n_events,
                                   GCancellable             *cancellable,
                                   GError                  **error);
gboolean  weir_export_remote_run  (const WeirExportOptions  *options,
                                   WeirExportWriter         *writer,
                                   WeirTransferProgress     *progress,
                                   GCancellable             *cancellable,
                                   GError                  **error);

G_END_DECLS
