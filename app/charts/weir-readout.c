/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-readout.h"

#include <math.h>

#define PADDING_X 6.f
#define PADDING_Y 4.f
#define DISTANCE  8.f
#define HATCH     6.

/**
 * weir_readout_create_label:
 * @widget: a chart
 * @text: what it says
 *
 * Returns: (transfer full): small text with figures of one width
 */
PangoLayout *
weir_readout_create_label (GtkWidget  *widget,
                           const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

/**
 * weir_readout_append_label:
 * @widget: a chart
 * @snapshot: where to draw
 * @area: the room for the text; what does not fit ends in dots
 * @text: what it says
 * @align: 0 for its left end, 1 for its right end, in between for the middle
 * @color: its colour
 *
 * Draws a line of small text, in the middle of the height of @area.
 */
void
weir_readout_append_label (GtkWidget             *widget,
                           GtkSnapshot           *snapshot,
                           const graphene_rect_t *area,
                           const char            *text,
                           float                  align,
                           const GdkRGBA         *color)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (widget, text);
  int w, h;

  if (area->size.width < 4)
    return;
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_get_pixel_size (layout, &w, &h);
  if ((float) w > area->size.width)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, (int) (area->size.width * PANGO_SCALE));
      w = (int) area->size.width;
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (
                            roundf (area->origin.x + (area->size.width - (float) w) * align),
                            roundf (area->origin.y + (area->size.height - (float) h) / 2.f)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/**
 * weir_readout_snapshot:
 * @widget: a chart
 * @snapshot: where to draw
 * @area: what the box must not leave
 * @text: what is at the cursor, in lines
 * @x: where the cursor is
 * @y: the top of what it is at
 * @color: colour of the text
 *
 * Draws a box that says what is at a place, beside that place.
 */
void
weir_readout_snapshot (GtkWidget             *widget,
                       GtkSnapshot           *snapshot,
                       const graphene_rect_t *area,
                       const char            *text,
                       float                  x,
                       float                  y,
                       const GdkRGBA         *color)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (widget, text);
  GdkRGBA background = { 1, 1, 1, 1 };
  graphene_rect_t box;
  GskRoundedRect rounded;
  float left, top, width, height, limit;
  int w, h;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "popover_bg_color",
                                  &background);
  limit = MAX (80.f, area->size.width - 2 * PADDING_X);
  pango_layout_get_pixel_size (layout, &w, &h);
  if ((float) w > limit)
    {
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_width (layout, (int) (limit * PANGO_SCALE));
      pango_layout_get_pixel_size (layout, &w, &h);
    }
  width = (float) w + 2 * PADDING_X;
  height = (float) h + 2 * PADDING_Y;
  left = x + DISTANCE;
  if (left + width > area->origin.x + area->size.width)
    left = MAX (area->origin.x, x - DISTANCE - width);
  left = MIN (left, MAX (area->origin.x, area->origin.x + area->size.width - width));
  top = MAX (area->origin.y, MIN (y, area->origin.y + area->size.height - height));

  graphene_rect_init (&box, roundf (left), roundf (top), width, height);
  gsk_rounded_rect_init_from_rect (&rounded, &box, 6.f);
  gtk_snapshot_append_outset_shadow (snapshot, &rounded, &(GdkRGBA) { 0, 0, 0, .25f }, 0, 1, 0, 3);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, &background, &box);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (box.origin.x + PADDING_X,
                                                          box.origin.y + PADDING_Y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/**
 * weir_readout_append_hatch:
 * @snapshot: where to draw
 * @area: what to hatch
 * @color: colour of the lines
 *
 * Draws lines from the bottom left to the top right: what is not there, or not yet all.
 */
void
weir_readout_append_hatch (GtkSnapshot           *snapshot,
                           const graphene_rect_t *area,
                           const GdkRGBA         *color)
{
  double width = area->size.width, height = area->size.height;
  cairo_t *cr;

  if (width < 1 || height < 1)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, area);
  cairo_rectangle (cr, area->origin.x, area->origin.y, width, height);
  cairo_clip (cr);
  cairo_translate (cr, area->origin.x, area->origin.y);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, 1);
  for (double x = -height; x < width; x += HATCH)
    {
      cairo_move_to (cr, x, height);
      cairo_line_to (cr, x + height, 0);
    }
  cairo_stroke (cr);
  cairo_destroy (cr);
}
