/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/* Saves a list of persons of any length, page after page, with progress. */
void      weir_persons_saver_save_async (GtkWindow            *parent,
                                         WeirSession          *session,
                                         JsonObject           *question,
                                         GFile                *file,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean  weir_persons_saver_finish     (GAsyncResult         *result,
                                         GError              **error);
void      weir_persons_append_csv       (JsonArray            *persons,
                                         gboolean              with_members,
                                         GString              *out);

G_END_DECLS
