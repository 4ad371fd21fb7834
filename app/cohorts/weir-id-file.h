/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* As many ids as a list of the wire contract may have, and as long as one may be. */
#define WEIR_ID_FILE_MAX_IDS   1000000
#define WEIR_ID_FILE_MAX_BYTES (256 * 1024 * 1024)

/**
 * WeirIdFile:
 * @body: what saves the ids as a cohort, as JSON
 * @n_ids: how many different ids there are
 * @n_repeated: how many were there more than once
 *
 * Ids that were read from a file, or pasted: a table whose column `distinct_id` (else the first
 * one) has them, or one a line.
 */
typedef struct {
  char *body;
  guint n_ids;
  guint n_repeated;
} WeirIdFile;

WeirIdFile  *weir_id_file_parse      (const char           *text,
                                      gsize                 length,
                                      int                  *percent,
                                      GCancellable         *cancellable,
                                      GError              **error);
void         weir_id_file_load_async (GFile                *file,
                                      int                  *percent,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
WeirIdFile  *weir_id_file_load_finish (GAsyncResult        *result,
                                      GError              **error);
void         weir_id_file_free       (WeirIdFile           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirIdFile, weir_id_file_free)

G_END_DECLS
