/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* No record may be longer. An event has 512 KiB at most; other programs spell it at more length. */
#define WEIR_RECORD_MAX_BYTES (2 * 1024 * 1024)

/**
 * WeirRecordInput:
 *
 * A file, or standard input, read record by record, unpacked if it is gzip'd. Holds one record and
 * a buffer, however long the file or its lines are. Belongs to one thread.
 */
typedef struct _WeirRecordInput WeirRecordInput;

typedef enum {
  WEIR_RECORD_FAILED,     /* the file cannot be read; the error is set */
  WEIR_RECORD_END,
  WEIR_RECORD_READ,
  WEIR_RECORD_TOO_LONG,   /* left out; what is there is its beginning */
  WEIR_RECORD_OPEN_QUOTE, /* a quote has no end; what is there is the first line of it */
} WeirRecordStatus;

/**
 * WeirRecord:
 * @data: its bytes, without the end of the line; valid until the next call
 * @length: how many
 * @line: the number of the line it begins on, from 1
 * @offset: where it begins, in bytes of what was unpacked
 */
typedef struct {
  char *data;
  gsize length;
  guint64 line;
  guint64 offset;
} WeirRecord;

WeirRecordInput  *weir_record_input_open       (const char       *path,
                                                GError          **error);
WeirRecordInput  *weir_record_input_new        (GInputStream     *stream);
void              weir_record_input_free       (WeirRecordInput  *self);
gboolean          weir_record_input_seek       (WeirRecordInput  *self,
                                                guint64           offset,
                                                guint64           line,
                                                GCancellable     *cancellable,
                                                GError          **error);
gboolean          weir_record_input_peek       (WeirRecordInput  *self,
                                                gsize             n_bytes,
                                                const char      **data,
                                                gsize            *length,
                                                GCancellable     *cancellable,
                                                GError          **error);
WeirRecordStatus  weir_record_input_read       (WeirRecordInput  *self,
                                                char              delimiter,
                                                WeirRecord       *record,
                                                GCancellable     *cancellable,
                                                GError          **error);
guint64           weir_record_input_get_offset (WeirRecordInput  *self);
guint64           weir_record_input_get_line   (WeirRecordInput  *self);
guint64           weir_record_input_get_size   (WeirRecordInput  *self);
guint64           weir_record_input_get_done   (WeirRecordInput  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRecordInput, weir_record_input_free)

G_END_DECLS
