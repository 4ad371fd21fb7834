/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-readout.h"

#include <adwaita.h>
#include <math.h>

#define PADDING_X 6.f
#define PADDING_Y 4.f
#define DISTANCE  8.f
#define HATCH     6.

/**
 * weir_readout_is_contrasty:
 *
 * Returns: whether the reader asked for high contrast
 */
gboolean
weir_readout_is_contrasty (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

/**
 * weir_readout_append_outline:
 * @snapshot: where to draw
 * @area: what to draw around, inside its edges
 * @radius: of its corners
 * @width: of the line
 * @color: of the line
 *
 * Draws a line around something.
 */
void
weir_readout_append_outline (GtkSnapshot           *snapshot,
                             const graphene_rect_t *area,
                             float                  radius,
                             float                  width,
                             const GdkRGBA         *color)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, area, radius);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]) { width, width, width, width },
                              (GdkRGBA[4]) { *color, *color, *color, *color });
}

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

/* Beside @at, where the reader reads on if there is room; else below or above it. */
static void
place_box (const graphene_rect_t *area,
           const graphene_rect_t *at,
           gboolean               mirrored,
           graphene_rect_t       *box)
{
  float end = area->origin.x + area->size.width, bottom = area->origin.y + area->size.height;
  float right = at->origin.x + at->size.width + DISTANCE;
  float left = at->origin.x - DISTANCE - box->size.width;
  gboolean fits_right = right + box->size.width <= end, fits_left = left >= area->origin.x;

  box->origin.x = fits_right && !(mirrored && fits_left) ? right : left;
  box->origin.y = at->origin.y;
  if (!fits_right && !fits_left)
    {
      box->origin.x = at->origin.x;
      box->origin.y += at->size.height + DISTANCE;
      if (box->origin.y + box->size.height > bottom)
        box->origin.y = at->origin.y - DISTANCE - box->size.height;
    }
  box->origin.x = roundf (MAX (area->origin.x, MIN (box->origin.x, end - box->size.width)));
  box->origin.y = roundf (MAX (area->origin.y, MIN (box->origin.y, bottom - box->size.height)));
}

/**
 * weir_readout_snapshot:
 * @widget: a chart
 * @snapshot: where to draw
 * @area: what the box must not leave
 * @text: what is at the cursor, in lines
 * @at: what the cursor is at
 * @color: colour of the text
 *
 * Draws a box that says what is at a place, beside that place.
 */
void
weir_readout_snapshot (GtkWidget             *widget,
                       GtkSnapshot           *snapshot,
                       const graphene_rect_t *area,
                       const char            *text,
                       const graphene_rect_t *at,
                       const GdkRGBA         *color)
{
  g_autoptr(PangoLayout) layout = weir_readout_create_label (widget, text);
  GdkRGBA background = { 1, 1, 1, 1 };
  graphene_rect_t box;
  GskRoundedRect rounded;
  float limit;
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
  graphene_rect_init (&box, 0, 0, (float) w + 2 * PADDING_X, (float) h + 2 * PADDING_Y);
  place_box (area, at, gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL, &box);
  gsk_rounded_rect_init_from_rect (&rounded, &box, 6.f);
  gtk_snapshot_append_outset_shadow (snapshot, &rounded, &(GdkRGBA) { 0, 0, 0, .25f }, 0, 1, 0, 3);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, &background, &box);
  gtk_snapshot_pop (snapshot);
  if (weir_readout_is_contrasty ())
    weir_readout_append_outline (snapshot, &box, 6, 1, color);
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
