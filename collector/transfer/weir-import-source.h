/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  WEIR_IMPORT_FAILED,    /* nothing more can be read; the error is set */
  WEIR_IMPORT_END,
  WEIR_IMPORT_EVENT,
  WEIR_IMPORT_BAD_ROW,
} WeirImportNext;

/**
 * WeirImportRow:
 * @json: of an event: what `POST /v1/events` takes
 * @made_id: of an event: a message id for it if it has none
 * @number: where it stands: a line of the file, or a row of the table, from 1
 * @data: (nullable): the row as it was; valid until the next
 * @length: how long that is, in bytes
 * @reason: of a bad row: what is wrong; valid until the next
 */
typedef struct {
  GString *json;
  char *made_id;
  guint64 number;
  const char *data;
  gsize length;
  const char *reason;
} WeirImportRow;

/**
 * WeirImportSource:
 *
 * What events are imported from: a file or a table. Belongs to one thread.
 */
typedef struct _WeirImportSource WeirImportSource;

struct _WeirImportSource {
  WeirImportNext (*next)         (WeirImportSource  *self,
                                  WeirImportRow     *row,
                                  GCancellable      *cancellable,
                                  GError           **error);
  /* Writes down where the next row is; and begins there, or at the beginning (%NULL), which is
   * needed before the first row. */
  void           (*save_place)   (WeirImportSource  *self,
                                  GKeyFile          *state);
  gboolean       (*restore_place) (WeirImportSource *self,
                                  GKeyFile          *state,
                                  GCancellable      *cancellable,
                                  GError           **error);
  /* How much of how much is behind; 0 of 0 when nobody knows. */
  void           (*get_progress) (WeirImportSource  *self,
                                  guint64           *done,
                                  guint64           *total);
  void           (*free)         (WeirImportSource  *self);
};

static inline void
weir_import_source_free (WeirImportSource *self)
{
  self->free (self);
}

static inline void
weir_import_row_clear (WeirImportRow *self)
{
  if (self->json != NULL)
    g_string_free (self->json, TRUE);
  self->json = NULL;
  g_clear_pointer (&self->made_id, g_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirImportSource, weir_import_source_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirImportRow, weir_import_row_clear)

G_END_DECLS
