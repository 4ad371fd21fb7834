/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-legend.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "weir-palette.h"
#include "weir-wrap-layout.h"

#define NAME_KEY "weir-name"

struct _WeirChartLegend
{
  GtkWidget parent_instance;

  WeirChartData *data;
  GPtrArray *buttons;      /* not owned; as many as there are series */
  GtkWidget *note;
  GHashTable *hidden;      /* names of series; also of those that are not there now */
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirChartLegend, weir_chart_legend, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static gboolean
is_shown (WeirChartLegend *self,
          guint            series)
{
  return !g_hash_table_contains (self->hidden, weir_chart_data_get_name (self->data, series));
}

static guint
count_shown (WeirChartLegend *self)
{
  guint n = 0;

  for (guint i = 0; i < weir_chart_data_get_n_series (self->data); i++)
    n += is_shown (self, i) ? 1 : 0;
  return n;
}

static void
toggled_cb (WeirChartLegend *self,
            GtkToggleButton *button)
{
  const char *name = g_object_get_data (G_OBJECT (button), NAME_KEY);
  gboolean shown = gtk_toggle_button_get_active (button);

  if (shown == !g_hash_table_contains (self->hidden, name))
    return;
  if (shown)
    g_hash_table_remove (self->hidden, name);
  else if (count_shown (self) > 1)
    g_hash_table_add (self->hidden, g_strdup (name));
  else
    {
      /* A chart without series says nothing. */
      gtk_toggle_button_set_active (button, TRUE);
      return;
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The name is escaped; the square is not for those who hear it. */
static void
update_button (WeirChartLegend *self,
               guint            series)
{
  GtkWidget *button = g_ptr_array_index (self->buttons, series);
  GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));
  const char *name = weir_chart_data_get_name (self->data, series);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  gboolean shown = is_shown (self, series);
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  g_autofree char *markup = NULL;
  GdkRGBA color;

  weir_palette_get_color (weir_chart_data_get_color (self->data, series), dark, &color);
  markup = g_strdup_printf ("<span foreground=\"#%02x%02x%02x\">%s</span>\302\240%s",
                            (guint) (color.red * 255.f + .5f), (guint) (color.green * 255.f + .5f),
                            (guint) (color.blue * 255.f + .5f), shown ? "■" : "□", escaped);
  /* A chart that is live changes each second, its legend does not. */
  if (g_strcmp0 (gtk_label_get_label (label), markup) != 0)
    gtk_label_set_markup (label, markup);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), shown);
}

static void
update_buttons (WeirChartLegend *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    update_button (self, i);
}

static GtkWidget *
create_button (WeirChartLegend *self,
               const char      *name)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Show or hide"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), NAME_KEY, g_strdup (name), g_free);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static gboolean
has_series (WeirChartLegend     *self,
            const WeirChartData *data)
{
  if (self->buttons->len != weir_chart_data_get_n_series (data))
    return FALSE;
  for (guint i = 0; i < self->buttons->len; i++)
    {
      const char *name = g_object_get_data (g_ptr_array_index (self->buttons, i), NAME_KEY);

      if (!g_str_equal (name, weir_chart_data_get_name (data, i)))
        return FALSE;
    }
  return TRUE;
}

static void
rebuild (WeirChartLegend *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->buttons, i));
  g_ptr_array_set_size (self->buttons, 0);
  for (guint i = 0; i < weir_chart_data_get_n_series (self->data); i++)
    {
      GtkWidget *button = create_button (self, weir_chart_data_get_name (self->data, i));

      gtk_widget_insert_before (button, GTK_WIDGET (self), self->note);
      g_ptr_array_add (self->buttons, button);
    }
}

static gboolean
is_running (const WeirChartData *data)
{
  guint n = weir_chart_data_get_n_times (data);

  for (guint i = 0; i < weir_chart_data_get_n_series (data) && n > 0; i++)
    {
      if (weir_chart_data_is_running (data, i, n - 1))
        return TRUE;
    }
  return FALSE;
}

static void
weir_chart_legend_dispose (GObject *object)
{
  WeirChartLegend *self = WEIR_CHART_LEGEND (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_ptr_array_set_size (self->buttons, 0);
  g_clear_pointer (&self->data, weir_chart_data_unref);

  G_OBJECT_CLASS (weir_chart_legend_parent_class)->dispose (object);
}

static void
weir_chart_legend_finalize (GObject *object)
{
  WeirChartLegend *self = WEIR_CHART_LEGEND (object);

  g_ptr_array_unref (self->buttons);
  g_hash_table_unref (self->hidden);

  G_OBJECT_CLASS (weir_chart_legend_parent_class)->finalize (object);
}

static void
weir_chart_legend_class_init (WeirChartLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_chart_legend_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_chart_legend_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "chartlegend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
weir_chart_legend_init (WeirChartLegend *self)
{
  self->buttons = g_ptr_array_new ();
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), weir_wrap_layout_new (3));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Series"),
                                  -1);
  self->note = gtk_label_new (_("⋯ still runs"));
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_widget_set_visible (self->note, FALSE);
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
}

/**
 * weir_chart_legend_set_data:
 * @self: a legend
 * @data: all that there is
 *
 * Explains other data. What was hidden stays hidden, unless nothing else is left.
 */
void
weir_chart_legend_set_data (WeirChartLegend *self,
                            WeirChartData   *data)
{
  g_return_if_fail (WEIR_IS_CHART_LEGEND (self));
  g_return_if_fail (data != NULL);

  weir_chart_data_ref (data);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = data;
  if (count_shown (self) == 0)
    g_hash_table_remove_all (self->hidden);
  if (!has_series (self, data))
    rebuild (self);
  update_buttons (self);
  gtk_widget_set_visible (self->note, is_running (data));
}

/**
 * weir_chart_legend_dup_shown:
 * @self: a legend with data
 *
 * Returns: (transfer full): the series that are to be shown
 */
WeirChartData *
weir_chart_legend_dup_shown (WeirChartLegend *self)
{
  g_return_val_if_fail (WEIR_IS_CHART_LEGEND (self), NULL);
  g_return_val_if_fail (self->data != NULL, NULL);

  if (count_shown (self) == weir_chart_data_get_n_series (self->data))
    return weir_chart_data_ref (self->data);
  return weir_chart_data_copy_without (self->data, self->hidden);
}
