/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirRecordFormat:
 *
 * How a member of a record is written.
 */
typedef enum {
  WEIR_RECORD_TEXT,
  WEIR_RECORD_COUNT,
  WEIR_RECORD_NUMBER,
  WEIR_RECORD_AGO,        /* an instant, as how long ago */
  WEIR_RECORD_INSTANT,    /* an instant, as date and time */
  WEIR_RECORD_SECONDS,    /* a duration */
  WEIR_RECORD_LIST,       /* an array of texts */
  WEIR_RECORD_JSON,       /* anything, as one line of JSON */
} WeirRecordFormat;

/**
 * WeirRecordItem:
 *
 * One object of a list that a collector answered, in a list model.
 */
#define WEIR_TYPE_RECORD_ITEM (weir_record_item_get_type ())
G_DECLARE_FINAL_TYPE (WeirRecordItem, weir_record_item, WEIR, RECORD_ITEM, GObject)

WeirRecordItem  *weir_record_item_new          (JsonObject        *record);
JsonObject      *weir_record_item_get_record   (WeirRecordItem    *self);
char            *weir_record_item_dup_text     (WeirRecordItem    *self,
                                                const char        *path,
                                                WeirRecordFormat   format);
int              weir_record_item_compare      (WeirRecordItem    *self,
                                                WeirRecordItem    *other,
                                                const char        *path,
                                                WeirRecordFormat   format);
gboolean         weir_record_item_equal        (WeirRecordItem    *self,
                                                JsonObject        *record);

G_END_DECLS
