/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Small texts in pictures: private to charts. */
gboolean     weir_readout_is_contrasty  (void);
void         weir_readout_append_outline (GtkSnapshot           *snapshot,
                                         const graphene_rect_t  *area,
                                         float                   radius,
                                         float                   width,
                                         const GdkRGBA          *color);
PangoLayout *weir_readout_create_label  (GtkWidget              *widget,
                                         const char             *text);
void         weir_readout_append_label  (GtkWidget              *widget,
                                         GtkSnapshot            *snapshot,
                                         const graphene_rect_t  *area,
                                         const char             *text,
                                         float                   align,
                                         const GdkRGBA          *color);
void         weir_readout_snapshot      (GtkWidget              *widget,
                                         GtkSnapshot            *snapshot,
                                         const graphene_rect_t  *area,
                                         const char             *text,
                                         const graphene_rect_t  *at,
                                         const GdkRGBA          *color);
void         weir_readout_append_hatch  (GtkSnapshot            *snapshot,
                                         const graphene_rect_t  *area,
                                         const GdkRGBA          *color);

G_END_DECLS
