/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-file.h"

#include <string.h>

#include "weir-csv-split.h"
#include "weir-error.h"
#include "weir-import-dialect.h"
#include "weir-record-input.h"
#include "weir-transfer-event.h"

#define GROUP      "place"
#define HEAD_BYTES 4096   /* by which a file is known again */

typedef struct {
  WeirImportSource parent;
  WeirRecordInput *input;
  WeirImportFormat format;
  char *name;
  char *head;              /* hash of its first bytes */
  gint head_size;
  WeirImportDialect dialect;
  char delimiter;          /* NUL unless it is a CSV file */
  WeirImportMapping *mapping;
  GPtrArray *fields;
  guint n_columns;
  char *record;            /* a copy of the row, which is taken apart in place */
} WeirImportFile;

static void
file_free (WeirImportSource *source)
{
  WeirImportFile *self = (WeirImportFile *) source;

  g_clear_pointer (&self->input, weir_record_input_free);
  g_clear_pointer (&self->dialect.codec, weir_event_codec_free);
  g_clear_pointer (&self->dialect.zone, g_time_zone_unref);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->head);
  g_free (self->record);
  g_free (self);
}

static WeirImportNext
refuse (WeirImportRow *row,
        const char    *reason)
{
  row->reason = reason;
  return WEIR_IMPORT_BAD_ROW;
}

static gboolean
is_blank (const WeirRecord *record)
{
  for (gsize i = 0; i < record->length; i++)
    if (!g_ascii_isspace (record->data[i]))
      return FALSE;
  return TRUE;
}

/* Windows tools begin a file with a mark that is no part of the first record. */
static void
skip_mark (WeirRecord *record)
{
  if (record->offset == 0 && record->length >= 3 && memcmp (record->data, "\xef\xbb\xbf", 3) == 0)
    {
      record->data += 3;
      record->length -= 3;
    }
}

static const char *
split (WeirImportFile   *self,
       const WeirRecord *record)
{
  if (!g_utf8_validate (record->data, (gssize) record->length, NULL))
    return "the row is not valid UTF-8";
  g_free (self->record);
  self->record = g_strndup (record->data, record->length);
  if (strlen (self->record) != record->length)
    return "there is a NUL character in it";
  return weir_csv_split (self->record, record->length, self->delimiter, self->fields);
}

static WeirImportNext
translate_csv (WeirImportFile   *self,
               const WeirRecord *record,
               WeirImportRow    *row)
{
  const char *reason = split (self, record);

  if (reason != NULL)
    return refuse (row, reason);
  if (self->fields->len != self->n_columns)
    return refuse (row, self->fields->len < self->n_columns ? "the row has too few fields"
                                                            : "the row has too many fields");
  reason = weir_import_mapping_translate (self->mapping,
                                          (const char *const *) self->fields->pdata, self->name,
                                          row->made_id, row->json);
  return reason != NULL ? refuse (row, reason) : WEIR_IMPORT_EVENT;
}

static WeirImportNext
translate_json (WeirImportFile   *self,
                const WeirRecord *record,
                WeirImportRow    *row)
{
  WeirImportDialectFunc func = self->format == WEIR_IMPORT_POSTHOG ? weir_import_posthog_translate
                               : self->format == WEIR_IMPORT_MIXPANEL
                                 ? weir_import_mixpanel_translate : NULL;

  if (func == NULL)
    g_string_append_len (row->json, record->data, (gssize) record->length);
  else if (!func (&self->dialect, record->data, record->length, row->json))
    return refuse (row, self->dialect.reason);
  return WEIR_IMPORT_EVENT;
}

static WeirImportNext
translate (WeirImportFile   *self,
           const WeirRecord *record,
           WeirImportRow    *row)
{
  row->data = record->data;
  row->length = record->length;
  g_free (row->made_id);
  row->made_id = weir_transfer_make_id (self->name, record->offset, record->data, record->length);
  g_string_truncate (row->json, 0);
  return self->delimiter != '\0' ? translate_csv (self, record, row)
                                 : translate_json (self, record, row);
}

static WeirImportNext
file_next (WeirImportSource  *source,
           WeirImportRow     *row,
           GCancellable      *cancellable,
           GError           **error)
{
  WeirImportFile *self = (WeirImportFile *) source;
  WeirRecordStatus status;
  WeirRecord record;

  do
    {
      status = weir_record_input_read (self->input, self->delimiter, &record, cancellable, error);
      if (status == WEIR_RECORD_READ)
        skip_mark (&record);
    }
  while (status == WEIR_RECORD_READ && is_blank (&record));

  row->number = record.line;
  row->data = status == WEIR_RECORD_OPEN_QUOTE ? record.data : NULL;
  row->length = status == WEIR_RECORD_OPEN_QUOTE ? record.length : 0;
  row->reason = NULL;
  switch (status)
    {
    case WEIR_RECORD_READ:
      return translate (self, &record, row);
    case WEIR_RECORD_TOO_LONG:
      return refuse (row, "the row is longer than 2 MiB");
    case WEIR_RECORD_OPEN_QUOTE:
      return refuse (row, "a quote has no end");
    case WEIR_RECORD_END:
      return WEIR_IMPORT_END;
    case WEIR_RECORD_FAILED:
    default:
      return WEIR_IMPORT_FAILED;
    }
}

static void
file_save_place (WeirImportSource *source,
                 GKeyFile         *state)
{
  WeirImportFile *self = (WeirImportFile *) source;

  g_key_file_set_uint64 (state, GROUP, "offset", weir_record_input_get_offset (self->input));
  g_key_file_set_uint64 (state, GROUP, "line", weir_record_input_get_line (self->input));
  g_key_file_set_string (state, GROUP, "head", self->head);
  g_key_file_set_integer (state, GROUP, "head-size", self->head_size);
}

/* Hash of the first bytes, at most @size of them. */
static gboolean
read_head (WeirImportFile  *self,
           gint             size,
           GCancellable    *cancellable,
           GError         **error)
{
  const char *data;
  gsize length;

  if (!weir_record_input_peek (self->input, (gsize) size, &data, &length, cancellable, error))
    return FALSE;
  g_free (self->head);
  self->head = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, length);
  self->head_size = (gint) length;
  return TRUE;
}

/* The header, which is read whatever the place is. */
static gboolean
read_columns (WeirImportFile  *self,
              GCancellable    *cancellable,
              GError         **error)
{
  WeirRecord record;
  const char *reason;
  WeirRecordStatus status =
    weir_record_input_read (self->input, self->delimiter, &record, cancellable, error);

  if (status == WEIR_RECORD_FAILED)
    return FALSE;
  if (status == WEIR_RECORD_READ)
    skip_mark (&record);
  reason = status == WEIR_RECORD_READ ? split (self, &record) : "there is none that can be read";
  if (reason != NULL)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the first row must name the columns: %s", reason);
      return FALSE;
    }
  self->n_columns = self->fields->len;
  for (guint i = 0; i < self->n_columns; i++)
    g_strstrip (g_ptr_array_index (self->fields, i));
  return weir_import_mapping_begin (self->mapping, (const char *const *) self->fields->pdata,
                                    self->n_columns, error);
}

static gboolean
file_restore_place (WeirImportSource  *source,
                    GKeyFile          *state,
                    GCancellable      *cancellable,
                    GError           **error)
{
  WeirImportFile *self = (WeirImportFile *) source;

  gint head_size = HEAD_BYTES;
  g_autofree char *head = NULL;
  guint64 offset;

  if (state != NULL)
    head_size = CLAMP (g_key_file_get_integer (state, GROUP, "head-size", NULL), 0, HEAD_BYTES);
  if (!read_head (self, head_size, cancellable, error))
    return FALSE;
  head = state != NULL ? g_key_file_get_string (state, GROUP, "head", NULL) : g_strdup (self->head);
  if (g_strcmp0 (head, self->head) != 0)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                           "it is not the file that the state is of");
      return FALSE;
    }
  if (self->delimiter != '\0' && !read_columns (self, cancellable, error))
    return FALSE;

  offset = state != NULL ? g_key_file_get_uint64 (state, GROUP, "offset", NULL) : 0;
  return offset <= weir_record_input_get_offset (self->input) ||
         weir_record_input_seek (self->input, offset,
                                 g_key_file_get_uint64 (state, GROUP, "line", NULL), cancellable,
                                 error);
}

static void
file_get_progress (WeirImportSource *source,
                   guint64          *done,
                   guint64          *total)
{
  WeirImportFile *self = (WeirImportFile *) source;

  *done = weir_record_input_get_done (self->input);
  *total = weir_record_input_get_size (self->input);
}

/**
 * weir_import_file_new:
 * @path: a file, or `-` for standard input
 * @format: what is in it
 * @name: what it is called in message ids that are made
 * @delimiter: what separates the fields of a CSV file
 * @zone: of times without an offset
 * @mapping: the columns of a CSV file, borrowed for as long as the source lives
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a source
 */
WeirImportSource *
weir_import_file_new (const char         *path,
                      WeirImportFormat    format,
                      const char         *name,
                      char                delimiter,
                      GTimeZone          *zone,
                      WeirImportMapping  *mapping,
                      GError            **error)
{
  WeirRecordInput *input = weir_record_input_open (path, error);
  WeirImportFile *self;

  if (input == NULL)
    return NULL;
  self = g_new0 (WeirImportFile, 1);
  self->parent.next = file_next;
  self->parent.save_place = file_save_place;
  self->parent.restore_place = file_restore_place;
  self->parent.get_progress = file_get_progress;
  self->parent.free = file_free;
  self->input = input;
  self->format = format;
  self->name = g_strdup (name);
  self->dialect.codec = weir_event_codec_new ();
  self->dialect.zone = g_time_zone_ref (zone);
  self->delimiter = format == WEIR_IMPORT_CSV ? delimiter : '\0';
  self->mapping = mapping;
  self->fields = g_ptr_array_new ();
  return &self->parent;
}
