/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-record-item.h"
#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirRecordColumn:
 * @title: its heading, to be translated
 * @path: the member it shows
 * @format: how it is written
 * @expand: whether it takes what room is left
 * @names_row: whether it is what a reader calls the record
 * @dup_text: (nullable): writes it, where it is more than a member
 */
typedef struct {
  const char *title;
  const char *path;
  WeirRecordFormat format;
  gboolean expand;
  gboolean names_row;
  char *(*dup_text) (JsonObject *record);
} WeirRecordColumn;

/**
 * WeirRecordsPane:
 *
 * A table of what a collector answers to one request, with buttons above it. Asked again, it keeps
 * rows that say the same, and the selection.
 */
#define WEIR_TYPE_RECORDS_PANE (weir_records_pane_get_type ())
G_DECLARE_FINAL_TYPE (WeirRecordsPane, weir_records_pane, WEIR, RECORDS_PANE, GtkWidget)

/* Signals:
 *  ::answered (JsonObject *answer)   the whole answer
 *  ::selected (JsonObject *record)   (nullable)
 *  ::activated (JsonObject *record)
 */
WeirRecordsPane  *weir_records_pane_new           (const char              *label,
                                                   const char              *path,
                                                   const char              *member,
                                                   const WeirRecordColumn  *columns,
                                                   guint                    n_columns);
void              weir_records_pane_set_session   (WeirRecordsPane         *self,
                                                   WeirSession             *session);
void              weir_records_pane_set_empty     (WeirRecordsPane         *self,
                                                   const char              *icon,
                                                   const char              *title,
                                                   const char              *description);
void              weir_records_pane_set_key       (WeirRecordsPane         *self,
                                                   const char              *member);
void              weir_records_pane_add_widget    (WeirRecordsPane         *self,
                                                   GtkWidget               *widget);
void              weir_records_pane_refresh       (WeirRecordsPane         *self);
JsonObject       *weir_records_pane_get_selected  (WeirRecordsPane         *self);
guint             weir_records_pane_get_n_records (WeirRecordsPane         *self);

G_END_DECLS
