/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

typedef void (*WeirCsvSavedFunc) (gpointer    user_data,
                                  const char *message);

void  weir_csv_save_question  (GtkWidget         *widget,
                               WeirSession       *session,
                               JsonObject        *question,
                               const char        *name,
                               WeirCsvSavedFunc   saved,
                               gpointer           user_data);
void  weir_save_bytes         (GtkWidget         *widget,
                               GBytes            *bytes,
                               const char        *name,
                               WeirCsvSavedFunc   saved,
                               gpointer           user_data);

G_END_DECLS
