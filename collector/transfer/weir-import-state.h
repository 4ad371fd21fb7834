/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-import-source.h"

G_BEGIN_DECLS

/**
 * WeirImportCounts:
 * @n_events: events that the collector has
 * @n_rejected: rows that were not taken
 *
 * What is behind.
 */
typedef struct {
  guint64 n_events;
  guint64 n_rejected;
} WeirImportCounts;

/**
 * WeirImportState:
 *
 * How far an import came, kept in a file that only its owner can read. Belongs to one thread.
 */
typedef struct _WeirImportState WeirImportState;

WeirImportState *weir_import_state_open         (const char              *path,
                                                 const char              *what,
                                                 GError                 **error);
void             weir_import_state_free         (WeirImportState         *self);
gboolean         weir_import_state_is_new       (WeirImportState         *self);
gboolean         weir_import_state_restore      (WeirImportState         *self,
                                                 WeirImportSource        *source,
                                                 WeirImportCounts        *counts,
                                                 guint64                 *rejected_size,
                                                 GCancellable            *cancellable,
                                                 GError                 **error);
void             weir_import_state_mark         (WeirImportState         *self,
                                                 WeirImportSource        *source);
gboolean         weir_import_state_save         (WeirImportState         *self,
                                                 const WeirImportCounts  *counts,
                                                 guint64                  rejected_size,
                                                 GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImportState, weir_import_state_free)

G_END_DECLS
