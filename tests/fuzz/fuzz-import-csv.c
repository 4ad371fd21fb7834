/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "weir-csv-split.h"
#include "weir-event-codec.h"
#include "weir-import-mapping.h"
#include "weir-record-input.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A row as the importer treats it, which has checked that it is text. */
static void
take_row (const WeirRecord  *record,
          GPtrArray         *fields,
          WeirImportMapping *mapping,
          guint             *n_columns)
{
  g_autofree char *text = g_strndup (record->data, record->length);
  g_autoptr(GString) out = g_string_new (NULL);

  if (!g_utf8_validate (record->data, (gssize) record->length, NULL) ||
      weir_csv_split (text, record->length, ',', fields) != NULL)
    return;
  if (fields->len == 0)
    g_error ("a row without fields");
  if (*n_columns == 0)
    {
      if (weir_import_mapping_begin (mapping, (const char *const *) fields->pdata, fields->len, NULL))
        *n_columns = fields->len;
    }
  else if (fields->len == *n_columns)
    {
      const char *reason = weir_import_mapping_translate (mapping, (const char *const *) fields->pdata, "f", "id", out);

      if (reason == NULL && (out->len < 2 || out->str[out->len - 1] != '}'))
        g_error ("a row became no event: %s", out->str);
    }
}

/* Whatever the file is, each byte of it is read once, and reading ends. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr(WeirRecordInput) input = weir_record_input_new (stream);
  g_autoptr(GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr(WeirImportMapping) mapping = weir_import_mapping_new (zone);
  g_autoptr(GPtrArray) fields = g_ptr_array_new ();
  gboolean is_packed = size >= 2 && memcmp (data, "\x1f\x8b", 2) == 0;
  WeirRecordStatus status;
  guint n_columns = 0;
  guint64 before = 0;
  WeirRecord record;

  while ((status = weir_record_input_read (input, ',', &record, NULL, NULL)) > WEIR_RECORD_END)
    {
      if (weir_record_input_get_offset (input) <= before || record.offset != before)
        g_error ("a record that takes nothing");
      before = weir_record_input_get_offset (input);
      if (status == WEIR_RECORD_READ)
        take_row (&record, fields, mapping, &n_columns);
    }
  if (!is_packed && (status != WEIR_RECORD_END || before != size))
    g_error ("%" G_GUINT64_FORMAT " bytes of %" G_GSIZE_FORMAT " were read", before, size);

  return 0;
}
