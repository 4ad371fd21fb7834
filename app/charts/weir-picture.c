/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-picture.h"

#include <cairo-svg.h>

#include "weir-marks.h"

#define MARGIN 16
#define GAP    10
/* A picture that is saved is looked at on better screens, and on paper. */
#define PNG_SCALE 2

typedef struct
{
  GskRenderNode *node;
  int width;
  int height;
} Page;

static void
page_free (gpointer  data,
           GClosure *closure)
{
  Page *page = data;

  g_clear_pointer (&page->node, gsk_render_node_unref);
  g_free (page);
}

static PangoLayout *
create_heading (GtkWidget  *widget,
                const char *title)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, title);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout, MAX (1, gtk_widget_get_width (widget)) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static void
append_widget (GtkSnapshot *snapshot,
               GtkWidget   *widget,
               int          x,
               int          y)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (widget);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  /* A paintable is what the window shows, without what is scrolled away. */
  if (WEIR_IS_MARKS (widget))
    weir_marks_snapshot_all (WEIR_MARKS (widget), snapshot);
  else
    gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                            gtk_widget_get_height (widget));
  gtk_snapshot_restore (snapshot);
}

/**
 * weir_picture_render:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 * @width: (out): of the picture
 * @height: (out): of the picture
 *
 * Draws a chart as it is in the window, with its title above and its legend below.
 *
 * Returns: (transfer full): the picture
 */
GskRenderNode *
weir_picture_render (GtkWidget  *chart,
                     const char *title,
                     GtkWidget  *legend,
                     int        *width,
                     int        *height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GtkStyleContext *style = gtk_widget_get_style_context (chart);
  g_autoptr(PangoLayout) heading = create_heading (chart, title != NULL ? title : "");
  GdkRGBA background = { 1, 1, 1, 1 }, color;
  int heading_height, at;

  gtk_style_context_lookup_color (style, "view_bg_color", &background);
  gtk_style_context_get_color (style, &color);
  pango_layout_get_pixel_size (heading, NULL, &heading_height);
  at = MARGIN + heading_height + GAP;
  *width = gtk_widget_get_width (chart) + 2 * MARGIN;
  *height = at + gtk_widget_get_height (chart) + MARGIN;
  if (legend != NULL)
    *height += gtk_widget_get_height (legend) + GAP;

  gtk_snapshot_append_color (snapshot, &background,
                             &GRAPHENE_RECT_INIT (0, 0, (float) *width, (float) *height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (MARGIN, MARGIN));
  gtk_snapshot_append_layout (snapshot, heading, &color);
  gtk_snapshot_restore (snapshot);
  append_widget (snapshot, chart, MARGIN, at);
  if (legend != NULL)
    append_widget (snapshot, legend, MARGIN, at + gtk_widget_get_height (chart) + GAP);
  return gtk_snapshot_free_to_node (snapshot);
}

/**
 * weir_picture_to_texture:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 * @scale: how many pixels for each of the window
 *
 * Returns: (transfer full): the picture in pixels
 */
GdkTexture *
weir_picture_to_texture (GtkWidget  *chart,
                         const char *title,
                         GtkWidget  *legend,
                         double      scale)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (chart));
  GskTransform *transform = gsk_transform_scale (NULL, (float) scale, (float) scale);
  GskRenderNode *node, *scaled;
  GdkTexture *texture;
  int width, height;

  node = weir_picture_render (chart, title, legend, &width, &height);
  scaled = gsk_transform_node_new (node, transform);
  texture = gsk_renderer_render_texture (renderer, scaled,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) (width * scale),
                                                              (float) (height * scale)));
  gsk_render_node_unref (scaled);
  gsk_render_node_unref (node);
  gsk_transform_unref (transform);
  return texture;
}

/**
 * weir_picture_to_png:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 *
 * Returns: (transfer full): the picture as a PNG file
 */
GBytes *
weir_picture_to_png (GtkWidget  *chart,
                     const char *title,
                     GtkWidget  *legend)
{
  g_autoptr(GdkTexture) texture = weir_picture_to_texture (chart, title, legend, PNG_SCALE);

  return gdk_texture_save_to_png_bytes (texture);
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/**
 * weir_picture_to_svg:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 *
 * Returns: (transfer full): the picture as an SVG file
 */
GBytes *
weir_picture_to_svg (GtkWidget  *chart,
                     const char *title,
                     GtkWidget  *legend)
{
  GByteArray *bytes = g_byte_array_new ();
  GskRenderNode *node;
  cairo_surface_t *surface;
  cairo_t *cr;
  int width, height;

  node = weir_picture_render (chart, title, legend, &width, &height);
  surface = cairo_svg_surface_create_for_stream (write_cb, bytes, width, height);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  gsk_render_node_unref (node);
  return g_byte_array_free_to_bytes (bytes);
}

/* As large as the sheet allows, but not larger than in the window at 96 dots an inch. */
static void
draw_page_cb (GtkPrintOperation *operation,
              GtkPrintContext   *context,
              int                number,
              Page              *page)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  double largest = gtk_print_context_get_dpi_x (context) / 96;
  double scale = MIN (largest, gtk_print_context_get_width (context) / page->width);

  scale = MIN (scale, gtk_print_context_get_height (context) / page->height);
  cairo_scale (cr, scale, scale);
  gsk_render_node_draw (page->node, cr);
}

/**
 * weir_picture_create_print:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 *
 * Returns: (transfer full): what prints the picture, as it is now
 */
GtkPrintOperation *
weir_picture_create_print (GtkWidget  *chart,
                           const char *title,
                           GtkWidget  *legend)
{
  GtkPrintOperation *operation = gtk_print_operation_new ();
  Page *page = g_new0 (Page, 1);

  page->node = weir_picture_render (chart, title, legend, &page->width, &page->height);
  gtk_print_operation_set_n_pages (operation, 1);
  gtk_print_operation_set_job_name (operation, title != NULL ? title : "");
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect_data (operation, "draw-page", G_CALLBACK (draw_page_cb), page, page_free, 0);
  return operation;
}

/**
 * weir_picture_print:
 * @chart: a chart that is shown
 * @title: what it shows
 * @legend: (nullable): what its colours mean
 *
 * Lets the reader print the picture.
 */
void
weir_picture_print (GtkWidget  *chart,
                    const char *title,
                    GtkWidget  *legend)
{
  g_autoptr(GtkPrintOperation) operation = weir_picture_create_print (chart, title, legend);
  GtkRoot *root = gtk_widget_get_root (chart);

  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                           GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL);
}
