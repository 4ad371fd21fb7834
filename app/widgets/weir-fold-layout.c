/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fold-layout.h"

#include <adwaita.h>

struct _WeirFoldLayout
{
  GtkLayoutManager parent_instance;

  int narrow_width;
};

enum {
  PROP_0,
  PROP_NARROW_WIDTH,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (WeirFoldLayout, weir_fold_layout, GTK_TYPE_LAYOUT_MANAGER)

static GParamSpec *properties[N_PROPS];

static void
weir_fold_layout_measure (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          GtkOrientation    orientation,
                          int               for_size,
                          int              *minimum,
                          int              *natural,
                          int              *minimum_baseline,
                          int              *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_fold_layout_allocate (GtkLayoutManager *manager,
                           GtkWidget        *widget,
                           int               width,
                           int               height,
                           int               baseline)
{
  GtkWidget *leaflet = gtk_widget_get_first_child (widget);

  adw_leaflet_set_can_unfold (ADW_LEAFLET (leaflet),
                              width >= WEIR_FOLD_LAYOUT (manager)->narrow_width);
  gtk_widget_allocate (leaflet, width, height, baseline, NULL);
}

static void
weir_fold_layout_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NARROW_WIDTH:
      WEIR_FOLD_LAYOUT (object)->narrow_width = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_fold_layout_class_init (WeirFoldLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = weir_fold_layout_set_property;
  layout_class->measure = weir_fold_layout_measure;
  layout_class->allocate = weir_fold_layout_allocate;

  properties[PROP_NARROW_WIDTH] =
    g_param_spec_int ("narrow-width", NULL, NULL, 0, G_MAXINT16, 700,
                      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
weir_fold_layout_init (WeirFoldLayout *self)
{
}
