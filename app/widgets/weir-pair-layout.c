/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-pair-layout.h"

#define SPACING 18

struct _WeirPairLayout
{
  GtkLayoutManager parent_instance;

  int narrow_width;
};

enum {
  PROP_0,
  PROP_NARROW_WIDTH,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (WeirPairLayout, weir_pair_layout, GTK_TYPE_LAYOUT_MANAGER)

static GParamSpec *properties[N_PROPS];

static int
get_width (GtkWidget *child,
           gboolean   natural)
{
  int least, wanted;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wanted, NULL, NULL);
  return natural ? wanted : least;
}

static int
get_height (GtkWidget *child,
            int        width)
{
  int wanted;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &wanted, NULL, NULL);
  return wanted;
}

static GtkSizeRequestMode
weir_pair_layout_get_request_mode (GtkLayoutManager *manager,
                                   GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weir_pair_layout_measure (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          GtkOrientation    orientation,
                          int               for_size,
                          int              *minimum,
                          int              *natural,
                          int              *minimum_baseline,
                          int              *natural_baseline)
{
  WeirPairLayout *self = WEIR_PAIR_LAYOUT (manager);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_next_sibling (first);
  int second_width;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (get_width (first, FALSE), get_width (second, FALSE));
      *natural = get_width (first, TRUE) + SPACING + get_width (second, TRUE);
      return;
    }
  if (for_size >= 0 && for_size < self->narrow_width)
    {
      *minimum = *natural = get_height (first, for_size) + SPACING + get_height (second, for_size);
      return;
    }
  second_width = get_width (second, TRUE);
  *minimum = *natural = MAX (get_height (first, for_size < 0 ? -1
                                                : for_size - second_width - SPACING),
                             get_height (second, second_width));
}

static void
weir_pair_layout_allocate (GtkLayoutManager *manager,
                           GtkWidget        *widget,
                           int               width,
                           int               height,
                           int               baseline)
{
  WeirPairLayout *self = WEIR_PAIR_LAYOUT (manager);
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = gtk_widget_get_next_sibling (first);
  gboolean backwards = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation a = { 0, 0, width, height };
  GtkAllocation b = { 0, 0, width, height };

  if (width < self->narrow_width)
    {
      a.height = get_height (first, width);
      b.y = a.height + SPACING;
      b.height = get_height (second, width);
    }
  else
    {
      b.width = get_width (second, TRUE);
      a.width = width - b.width - SPACING;
      a.x = backwards ? b.width + SPACING : 0;
      b.x = backwards ? 0 : a.width + SPACING;
    }
  gtk_widget_size_allocate (first, &a, -1);
  gtk_widget_size_allocate (second, &b, -1);
}

static void
weir_pair_layout_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NARROW_WIDTH:
      g_value_set_int (value, WEIR_PAIR_LAYOUT (object)->narrow_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_pair_layout_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NARROW_WIDTH:
      WEIR_PAIR_LAYOUT (object)->narrow_width = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_pair_layout_class_init (WeirPairLayoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  object_class->get_property = weir_pair_layout_get_property;
  object_class->set_property = weir_pair_layout_set_property;
  layout_class->get_request_mode = weir_pair_layout_get_request_mode;
  layout_class->measure = weir_pair_layout_measure;
  layout_class->allocate = weir_pair_layout_allocate;

  properties[PROP_NARROW_WIDTH] =
    g_param_spec_int ("narrow-width", NULL, NULL, 0, G_MAXINT16, 700,
                      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weir_pair_layout_init (WeirPairLayout *self)
{
}
