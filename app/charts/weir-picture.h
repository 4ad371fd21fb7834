/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A chart as a picture that can leave the window: with its title and its legend. */
GskRenderNode *weir_picture_render   (GtkWidget      *chart,
                                      const char     *title,
                                      GtkWidget      *legend,
                                      int            *width,
                                      int            *height);
GdkTexture    *weir_picture_to_texture (GtkWidget    *chart,
                                      const char     *title,
                                      GtkWidget      *legend,
                                      double          scale);
GBytes        *weir_picture_to_png   (GtkWidget      *chart,
                                      const char     *title,
                                      GtkWidget      *legend);
GBytes        *weir_picture_to_svg   (GtkWidget      *chart,
                                      const char     *title,
                                      GtkWidget      *legend);
GtkPrintOperation *weir_picture_create_print (GtkWidget *chart,
                                      const char     *title,
                                      GtkWidget      *legend);
void           weir_picture_print    (GtkWidget      *chart,
                                      const char     *title,
                                      GtkWidget      *legend);

G_END_DECLS
