/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-preferences-window.h"

/* What the settings call the choices of the style row, in its order. */
static const char * const styles[] = { "system", "light", "dark" };

struct _WeirPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow *style_row;
  GtkSwitch *network_switch;
  GtkSwitch *newest_switch;
};

G_DEFINE_FINAL_TYPE (WeirPreferencesWindow, weir_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static gboolean
get_style (GValue   *value,
           GVariant *variant,
           gpointer  user_data)
{
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      if (g_str_equal (styles[i], nick))
        g_value_set_uint (value, i);
    }
  return TRUE;
}

static GVariant *
set_style (const GValue       *value,
           const GVariantType *type,
           gpointer            user_data)
{
  return g_variant_new_string (styles[MIN (g_value_get_uint (value), G_N_ELEMENTS (styles) - 1)]);
}

static void
weir_preferences_window_class_init (WeirPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/weir/ui/weir-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPreferencesWindow, style_row);
  gtk_widget_class_bind_template_child (widget_class, WeirPreferencesWindow, network_switch);
  gtk_widget_class_bind_template_child (widget_class, WeirPreferencesWindow, newest_switch);
}

static void
weir_preferences_window_init (WeirPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_preferences_window_new:
 * @parent: (nullable): the window it is for
 * @settings: what to change
 *
 * Returns: (transfer none): a window
 */
GtkWidget *
weir_preferences_window_new (GtkWindow *parent,
                             GSettings *settings)
{
  WeirPreferencesWindow *self = g_object_new (WEIR_TYPE_PREFERENCES_WINDOW,
                                              "transient-for", parent,
                                              NULL);

  g_settings_bind_with_mapping (settings, "style", self->style_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_style, set_style, NULL, NULL);
  g_settings_bind (settings, "listen-on-network", self->network_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "newest-first", self->newest_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  return GTK_WIDGET (self);
}
