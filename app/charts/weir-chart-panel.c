/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-panel.h"

#include <glib/gi18n.h>

#include "weir-chart-legend.h"
#include "weir-chart-table.h"
#include "weir-csv-saver.h"
#include "weir-marks.h"
#include "weir-picture.h"

struct _WeirChartPanel
{
  GtkWidget parent_instance;

  char *title;
  WeirChart *chart;
  GtkWidget *picture;      /* the chart, or what is in its place */
  GtkWidget *scroller;     /* around a picture that may be wider than the window */
  WeirChartData *data;
  WeirChartData *shown;    /* what the legend leaves of it */

  GtkWidget *box;
  GtkLabel *heading;
  GtkToggleButton *table_button;
  GtkStack *stack;
  WeirDataTable *table;    /* the same as a table */
  WeirChartLegend *series;
  GtkLabel *legend;        /* of a picture that is no chart */
};

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};

enum {
  NOTICE,
  SAVE_CSV,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirChartPanel, weir_chart_panel, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
update_table (WeirChartPanel *self)
{
  if (self->shown != NULL && gtk_toggle_button_get_active (self->table_button))
    weir_chart_table_fill (self->table, self->shown);
}

/* The series that the reader wants to see, and nothing else. */
static void
show_data (WeirChartPanel *self)
{
  if (self->data == NULL)
    return;
  g_clear_pointer (&self->shown, weir_chart_data_unref);
  self->shown = weir_chart_legend_dup_shown (self->series);
  weir_chart_set_data (self->chart, self->shown);
  update_table (self);
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
  char *copy = g_strdup (title);

  g_free (self->title);
  self->title = copy;
  title = copy;
  gtk_label_set_text (self->heading, title != NULL ? title : "");
  weir_data_table_set_title (self->table, title != NULL ? title : "");
  if (self->chart != NULL)
    weir_chart_set_title (self->chart, title);
  else if (WEIR_IS_MARKS (self->picture))
    weir_marks_set_title (WEIR_MARKS (self->picture), title);
}

static GtkWidget *
get_legend (WeirChartPanel *self)
{
  if (self->chart != NULL)
    return GTK_WIDGET (self->series);
  return *gtk_label_get_text (self->legend) != '\0' ? GTK_WIDGET (self->legend) : NULL;
}

static void
saved_cb (WeirChartPanel *self,
          const char     *message)
{
  g_signal_emit (self, signals[NOTICE], 0, message);
}

static void
save_bytes (WeirChartPanel *self,
            GBytes         *bytes,
            const char     *ending)
{
  g_autofree char *title = g_strdelimit (g_strdup (self->title != NULL ? self->title : "weir"),
                                         "/\\:", '-');
  g_autofree char *name = g_strconcat (title, ending, NULL);

  weir_save_bytes (GTK_WIDGET (self), bytes, name, (WeirCsvSavedFunc) saved_cb, self);
}

/* What can be asked for again as a table is exact to the last digit; the page does that. */
static void
save_csv (WeirChartPanel *self)
{
  g_autoptr(GBytes) bytes = NULL;
  char *text;

  if (g_signal_has_handler_pending (self, signals[SAVE_CSV], 0, FALSE))
    {
      g_signal_emit (self, signals[SAVE_CSV], 0);
      return;
    }
  if (self->chart != NULL && self->data == NULL)
    return;
  text = self->data != NULL ? weir_chart_data_dup_csv (self->data)
                            : weir_data_table_dup_csv (self->table);
  bytes = g_bytes_new_take (text, strlen (text));
  save_bytes (self, bytes, ".csv");
}

/* While the table is shown the picture has no size: it comes back first. */
static gboolean
show_picture (WeirChartPanel *self)
{
  gtk_toggle_button_set_active (self->table_button, FALSE);
  return self->picture != NULL && gtk_widget_get_width (self->picture) > 0;
}

static void
export_cb (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  WeirChartPanel *self = WEIR_CHART_PANEL (widget);
  g_autoptr(GBytes) bytes = NULL;

  if (g_str_equal (name, "chart.save-csv"))
    {
      save_csv (self);
      return;
    }
  if (!show_picture (self))
    return;
  if (g_str_equal (name, "chart.print"))
    weir_picture_print (self->picture, self->title, get_legend (self));
  else if (g_str_equal (name, "chart.copy"))
    {
      g_autoptr(GdkTexture) texture = weir_picture_to_texture (self->picture, self->title,
                                                               get_legend (self), 2);

      gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
      g_signal_emit (self, signals[NOTICE], 0, _("Copied as a picture"));
    }
  else if (g_str_equal (name, "chart.save-png"))
    {
      bytes = weir_picture_to_png (self->picture, self->title, get_legend (self));
      save_bytes (self, bytes, ".png");
    }
  else
    {
      bytes = weir_picture_to_svg (self->picture, self->title, get_legend (self));
      save_bytes (self, bytes, ".svg");
    }
}

static void
weir_chart_panel_dispose (GObject *object)
{
  WeirChartPanel *self = WEIR_CHART_PANEL (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_clear_pointer (&self->shown, weir_chart_data_unref);

  G_OBJECT_CLASS (weir_chart_panel_parent_class)->dispose (object);
}

static void
weir_chart_panel_finalize (GObject *object)
{
  g_free (WEIR_CHART_PANEL (object)->title);

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
  static const char * const exports[] = {
    "chart.copy", "chart.save-png", "chart.save-svg", "chart.save-csv", "chart.print",
  };
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

  signals[NOTICE] =
    g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVE_CSV] =
    g_signal_new ("save-csv", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (exports); i++)
    gtk_widget_class_install_action (widget_class, exports[i], NULL, export_cb);

  g_type_ensure (WEIR_TYPE_CHART_LEGEND);
  g_type_ensure (WEIR_TYPE_DATA_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-chart-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, box);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, heading);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, table_button);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, table);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, series);
  gtk_widget_class_bind_template_child (widget_class, WeirChartPanel, legend);
  gtk_widget_class_bind_template_callback (widget_class, show_data);
  gtk_widget_class_bind_template_callback (widget_class, table_toggled_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_chart_panel_init (WeirChartPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  weir_data_table_set_scrolls (self->table, TRUE);
}

static void
set_picture (WeirChartPanel *self,
             GtkWidget      *picture)
{
  GtkWidget *old = gtk_stack_get_child_by_name (self->stack, "chart");

  if (old != NULL)
    gtk_stack_remove (self->stack, old);
  self->picture = picture;
  gtk_stack_add_named (self->stack, self->scroller != NULL ? self->scroller : picture, "chart");
  table_toggled_cb (self);
}

/**
 * weir_chart_panel_set_chart:
 * @self: a panel
 * @chart: (transfer floating): the chart to show in it
 *
 * Says how the panel draws its data, which stay.
 */
void
weir_chart_panel_set_chart (WeirChartPanel *self,
                            WeirChart      *chart)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));
  g_return_if_fail (WEIR_IS_CHART (chart));

  self->chart = chart;
  weir_chart_set_title (chart, self->title);
  show_data (self);
  set_picture (self, GTK_WIDGET (chart));
}

/**
 * weir_chart_panel_set_picture:
 * @self: a panel
 * @picture: (transfer floating): what is shown
 * @twin: (transfer floating) (nullable): the same as a table; %NULL when it is shown elsewhere
 *
 * Shows a picture that is no chart over time. To be called once.
 */
void
weir_chart_panel_set_picture (WeirChartPanel *self,
                              GtkWidget      *picture,
                              WeirDataTable  *twin)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));
  g_return_if_fail (self->picture == NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->table_button), twin != NULL);
  if (twin != NULL)
    {
      gtk_stack_remove (self->stack, GTK_WIDGET (self->table));
      gtk_stack_add_named (self->stack, GTK_WIDGET (twin), "table");
      self->table = twin;
    }
  set_picture (self, picture);
  set_title (self, self->title);
}

/**
 * weir_chart_panel_set_scrolled_picture:
 * @self: a panel
 * @picture: (transfer floating): what is shown; it may be wider than the window
 * @twin: (transfer floating) (nullable): the same as a table
 *
 * As [method@Weir.ChartPanel.set_picture]. To be called once.
 */
void
weir_chart_panel_set_scrolled_picture (WeirChartPanel *self,
                                       GtkWidget      *picture,
                                       WeirDataTable  *twin)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller),
                                  GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), picture);
  weir_chart_panel_set_picture (self, picture, twin);
}

/**
 * weir_chart_panel_set_legend:
 * @self: a panel with a picture that is no chart
 * @markup: what its colours mean, as markup; empty for nothing
 *
 * Explains the picture.
 */
void
weir_chart_panel_set_legend (WeirChartPanel *self,
                             const char     *markup)
{
  g_return_if_fail (WEIR_IS_CHART_PANEL (self));

  gtk_label_set_markup (self->legend, markup);
  gtk_widget_set_visible (GTK_WIDGET (self->legend), *markup != '\0');
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
  weir_chart_legend_set_data (self->series, data);
  gtk_widget_set_visible (GTK_WIDGET (self->series), TRUE);
  show_data (self);
}
