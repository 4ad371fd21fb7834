/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-panel.h"

#include "weir-chart-table.h"
#include "weir-palette.h"

struct _WeirChartPanel
{
  GtkWidget parent_instance;

  char *title;
  WeirChart *chart;
  WeirChartData *data;
  char *legend_markup;

  GtkWidget *box;
  GtkLabel *heading;
  GtkToggleButton *table_button;
  GtkStack *stack;
  WeirChartTable *table;
  GtkLabel *legend;
};

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (WeirChartPanel, weir_chart_panel, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

/* The legend is one label, so that it wraps; the names in it are escaped. */
static void
update_legend (WeirChartPanel *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autoptr(GString) markup = g_string_new (NULL);

  for (guint i = 0; self->data != NULL && i < weir_chart_data_get_n_series (self->data); i++)
    {
      g_autofree char *name = g_markup_escape_text (weir_chart_data_get_name (self->data, i), -1);
      GdkRGBA color;

      weir_palette_get_color (weir_chart_data_get_color (self->data, i), dark, &color);
      if (i > 0)
        g_string_append (markup, "   ");
      g_string_append_printf (markup, "<span foreground=\"#%02x%02x%02x\">■</span>\302\240%s",
                              (guint) (color.red * 255.f + .5f),
                              (guint) (color.green * 255.f + .5f),
                              (guint) (color.blue * 255.f + .5f), name);
    }
  if (g_strcmp0 (self->legend_markup, markup->str) == 0)
    return;
  g_free (self->legend_markup);
  self->legend_markup = g_strdup (markup->str);
  gtk_label_set_markup (self->legend, markup->str);
}

static void
update_table (WeirChartPanel *self)
{
  if (self->data != NULL && gtk_toggle_button_get_active (self->table_button))
    weir_chart_table_set_data (self->table, self->data);
}

static void
table_toggled_cb (WeirChartPanel *self)
{
  update_table (self);
  gtk_stack_set_visible_child_name (self->stack,
                                    gtk_toggle_button_get_active (self->table_button)
                                    ? "table" : "chart");
}

static void
set_title (WeirChartPanel *self,
           const char     *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_label_set_text (self->heading, title != NULL ? title : "");
  weir_chart_table_set_title (self->table, title != NULL ? title : "");
  if (self->chart != NULL)
    weir_chart_set_title (self->chart, title);
}

static void
weir_chart_panel_dispose (GObject *object)
{
  WeirChartPanel *self = WEIR_CHART_PANEL (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->data, weir_chart_data_unref);

  G_OBJECT_CLASS (weir_chart_panel_parent_class)->dispose (object);
}

static void
weir_chart_panel_finalize (GObject *object)
{
  WeirChartPanel *self = WEIR_CHART_PANEL (object);

  g_free (self->title);
  g_free (self->legend_markup);

  G_OBJECT_CLASS (weir_chart_panel_parent_class)->finalize (object);
}

static void
weir_chart_panel_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, WEIR_CHART_PANEL (object)->title);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_chart_panel_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      set_title (WEIR_CHART_PANEL (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_chart_panel_class_init (WeirChartPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_chart_panel_dispose;
  object_class->finalize = weir_chart_panel_finalize;
  object_class->get_property = weir_chart_panel_get_property;
  object_class->set_property = weir_chart_panel_set_property;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WEIR_TYPE_CHART_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-chart-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, box);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, heading);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, table_button);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, table);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, legend);
  gtk_widget_class_bind_template_callback (widget_class, table_toggled_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_chart_panel_init (WeirChartPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_legend), self, G_CONNECT_SWAPPED);
}

/**
 * weir_chart_panel_set_chart:
 * @self: a panel
 * @chart: (transfer floating): the chart to show in it
 *
 * Says how the panel draws its data. To be called once.
 */
void
weir_chart_panel_set_chart (WeirChartPanel *self,
                            WeirChart      *chart)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));
  g_return_if_fail (WEIR_IS_CHART (chart));
  g_return_if_fail (self->chart == NULL);

  self->chart = chart;
  weir_chart_set_title (chart, self->title);
  gtk_stack_add_named (self->stack, GTK_WIDGET (chart), "chart");
  gtk_stack_set_visible_child_name (self->stack, "chart");
}

/**
 * weir_chart_panel_set_data:
 * @self: a panel with a chart
 * @data: what to show
 * @from: first instant of the time axis
 * @to: last instant of the time axis
 *
 * Replaces what the panel shows.
 */
void
weir_chart_panel_set_data (WeirChartPanel *self,
                           WeirChartData  *data,
                           gint64          from,
                           gint64          to)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));
  g_return_if_fail (data != NULL);
  g_return_if_fail (self->chart != NULL);

  weir_chart_data_ref (data);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = data;
  weir_chart_set_span (self->chart, from, to);
  weir_chart_set_data (self->chart, data);
  update_legend (self);
  update_table (self);
}
