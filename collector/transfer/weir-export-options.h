/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_EXPORT_NDJSON,
  WEIR_EXPORT_CSV,
  WEIR_EXPORT_SQLITE,
} WeirExportFormat;

/**
 * WeirExportOptions:
 * @from: when events happened, microseconds since the epoch; its end is @until
 * @filter_json: (nullable): which events, with those of --event and --source
 *
 * What an export was asked for on the command line.
 */
typedef struct {
  char *url;               /* of a collector, or NULL */
  char *token;
  char *file;              /* of a store, or NULL */
  gboolean is_written;     /* a collector may be writing the file */
  WeirExportFormat format;
  char *output;            /* NULL: standard output */
  gboolean is_packed;
  gboolean is_forced;
  gint64 from;
  gint64 until;
  char *filter_json;
  WeirFilter *filter;
  guint64 after;           /* events behind this seq only */
  gint64 patience;
  gboolean is_quiet;
} WeirExportOptions;

WeirExportOptions *weir_export_options_new  (int                  argc,
                                             char               **argv,
                                             GError             **error);
void               weir_export_options_free (WeirExportOptions   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirExportOptions, weir_export_options_free)

G_END_DECLS
