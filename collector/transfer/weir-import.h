/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-import-options.h"
#include "weir-import-rejects.h"
#include "weir-import-state.h"
#include "weir-transfer-client.h"

G_BEGIN_DECLS

/**
 * WeirImport:
 *
 * An import under way: reads batches from a source, sends each, then keeps how far it is. Belongs
 * to one thread.
 */
typedef struct _WeirImport WeirImport;

/**
 * WeirImportParts:
 * @options: what was asked for
 * @source: where the rows come from, at the beginning or where the state says
 * @state: how far it is
 * @client: the collector
 * @rejects: (nullable): where rows go that are not taken
 * @progress: where it is told
 * @counts: what is behind
 *
 * What an import works with, all borrowed.
 */
typedef struct {
  const WeirImportOptions *options;
  WeirImportSource *source;
  WeirImportState *state;
  WeirTransferClient *client;
  WeirImportRejects *rejects;
  WeirTransferProgress *progress;
  WeirImportCounts counts;
} WeirImportParts;

/**
 * WeirImportResult:
 *
 * What a run did.
 */
typedef struct {
  guint64 rows;
  guint64 accepted;
  guint64 duplicates;
  guint64 rejected;
} WeirImportResult;

WeirImport *weir_import_new  (const WeirImportParts  *parts);
void        weir_import_free (WeirImport             *self);
gboolean    weir_import_run  (WeirImport             *self,
                              WeirImportResult       *result,
                              GCancellable           *cancellable,
                              GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImport, weir_import_free)

G_END_DECLS
