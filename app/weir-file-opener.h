/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*WeirFileFunc) (const char *path,
                              gpointer    user_data);

/* Ways to say which database file is meant. */
void    weir_file_opener_choose         (GtkWindow     *window,
                                         const char    *title,
                                         WeirFileFunc   chosen,
                                         gpointer       user_data);
void    weir_file_opener_accept_drops   (GtkWidget     *widget,
                                         WeirFileFunc   dropped,
                                         gpointer       user_data);
void    weir_file_opener_note           (const char    *path);
GMenu  *weir_file_opener_create_menu    (void);

G_END_DECLS
