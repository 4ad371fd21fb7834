/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-import-file.h"

G_BEGIN_DECLS

/**
 * WeirImportOptions:
 *
 * What an import was asked for on the command line.
 */
typedef struct {
  char *path;              /* of a file, or - ; NULL for a table */
  WeirImportFormat format;
  char delimiter;
  char *from;              /* connection string of a database */
  char *table;
  char *query;
  char *key;               /* column by which rows are numbered, or NULL */
  char *name;
  char *source;
  char **maps;
  char **constants;
  char **skips;
  char *zone_name;
  GTimeZone *zone;
  char *to;
  char *key_file;
  gint64 patience;         /* microseconds */
  int batch;
  char *state;
  char *rejected;
  gboolean is_strict;
  gboolean is_dry_run;
  gboolean is_quiet;
} WeirImportOptions;

WeirImportOptions *weir_import_options_new      (int                       argc,
                                                 char                    **argv,
                                                 GError                  **error);
void               weir_import_options_free     (WeirImportOptions        *self);
char              *weir_import_options_dup_what (const WeirImportOptions  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImportOptions, weir_import_options_free)

G_END_DECLS
