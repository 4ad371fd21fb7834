/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"

G_BEGIN_DECLS

/**
 * WeirDataDir:
 *
 * The directory that holds journal, store and token, locked against a second collector.
 */
typedef struct _WeirDataDir WeirDataDir;

WeirDataDir *weir_data_dir_open         (const char        *path,
                                         GError           **error);
void         weir_data_dir_free         (WeirDataDir       *self);
char        *weir_data_dir_dup_journal  (const char        *path);
char        *weir_data_dir_dup_store    (const char        *path);
char        *weir_data_dir_dup_clickhouse (const char      *path);
gboolean     weir_data_dir_make         (const char        *path,
                                         GError           **error);
char        *weir_data_dir_dup_keys     (const char        *path);
char        *weir_data_dir_dup_alerts   (const char        *path);
gboolean     weir_data_dir_write        (const char        *file,
                                         const char        *text,
                                         gssize             length,
                                         GError           **error);
gboolean     weir_data_dir_check        (const char        *path,
                                         GString           *report);
gboolean     weir_data_dir_check_store  (const char        *file,
                                         GString           *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirDataDir, weir_data_dir_free)

G_END_DECLS
