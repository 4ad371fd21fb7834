/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chart-table.h"

#include <glib/gi18n.h>

#define TIME_COLUMN -1
#define SERIES_KEY  "weir-series"

#define TIME_WIDTH   150
#define SERIES_WIDTH 80

struct _WeirChartTable
{
  AdwBin parent_instance;

  GtkColumnView *view;
  GtkStringList *rows;
  GPtrArray *cells;    /* GtkListItem, those that are on the screen */
  WeirChartData *data;
};

G_DEFINE_FINAL_TYPE (WeirChartTable, weir_chart_table, ADW_TYPE_BIN)

/* The row of a column view, two widgets up. GTK 4.8 has no other way to it. */
static void
name_row (GtkWidget  *cell,
          const char *name)
{
  GtkWidget *parent = gtk_widget_get_parent (cell);
  GtkWidget *row = parent != NULL ? gtk_widget_get_parent (parent) : NULL;

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

static void
update_cell (WeirChartTable *self,
             GtkListItem    *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  int series = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (label), SERIES_KEY));
  guint n = weir_chart_data_get_n_times (self->data);
  guint position = gtk_list_item_get_position (item);
  g_autofree char *text = NULL;

  if (position >= n || series >= (int) weir_chart_data_get_n_series (self->data))
    return;
  position = n - 1 - position;
  if (series == TIME_COLUMN)
    {
      text = weir_chart_data_dup_time (self->data, position);
      name_row (label, text);
    }
  else
    {
      WeirUnit unit = weir_chart_data_get_unit (self->data);
      double value = weir_chart_data_get_values (self->data, (guint) series)[position];

      text = unit == WEIR_UNIT_COUNT ? weir_format_value (value) : weir_format_unit (unit, value);
    }
  gtk_inscription_set_text (GTK_INSCRIPTION (label), text);
}

static void
setup_cell_cb (WeirChartTable     *self,
               GtkListItem        *item,
               GtkListItemFactory *factory)
{
  GtkWidget *label = gtk_inscription_new (NULL);
  gpointer series = g_object_get_data (G_OBJECT (factory), SERIES_KEY);

  gtk_widget_add_css_class (label, "numeric");
  gtk_inscription_set_xalign (GTK_INSCRIPTION (label),
                              GPOINTER_TO_INT (series) == TIME_COLUMN ? 0 : 1);
  g_object_set_data (G_OBJECT (label), SERIES_KEY, series);
  gtk_list_item_set_child (item, label);
}

static void
bind_cell_cb (WeirChartTable *self,
              GtkListItem    *item)
{
  g_ptr_array_add (self->cells, item);
  update_cell (self, item);
}

static void
unbind_cell_cb (WeirChartTable *self,
                GtkListItem    *item)
{
  g_ptr_array_remove_fast (self->cells, item);
}

static void
append_column (WeirChartTable *self,
               const char     *title,
               int             series)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), SERIES_KEY, GINT_TO_POINTER (series));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell_cb), self,
                           G_CONNECT_SWAPPED);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, series != TIME_COLUMN);
  gtk_column_view_column_set_fixed_width (column, series == TIME_COLUMN ? TIME_WIDTH
                                                                        : SERIES_WIDTH);
  gtk_column_view_append_column (self->view, column);
}

static void
rebuild_columns (WeirChartTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->view, column);
    }
  append_column (self, _("Time"), TIME_COLUMN);
  for (guint i = 0; i < weir_chart_data_get_n_series (self->data); i++)
    append_column (self, weir_chart_data_get_name (self->data, i), (int) i);
}

static gboolean
same_series (const WeirChartData *a,
             const WeirChartData *b)
{
  if (a == NULL || weir_chart_data_get_n_series (a) != weir_chart_data_get_n_series (b))
    return FALSE;
  for (guint i = 0; i < weir_chart_data_get_n_series (a); i++)
    {
      if (g_strcmp0 (weir_chart_data_get_name (a, i), weir_chart_data_get_name (b, i)) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
resize_rows (WeirChartTable *self)
{
  guint have = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint want = weir_chart_data_get_n_times (self->data);

  for (; have < want; have++)
    gtk_string_list_append (self->rows, "");
  if (have > want)
    gtk_string_list_splice (self->rows, want, have - want, NULL);
}

static void
weir_chart_table_dispose (GObject *object)
{
  WeirChartTable *self = WEIR_CHART_TABLE (object);

  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->view = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (weir_chart_table_parent_class)->dispose (object);
}

static void
weir_chart_table_finalize (GObject *object)
{
  WeirChartTable *self = WEIR_CHART_TABLE (object);

  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_ptr_array_unref (self->cells);

  G_OBJECT_CLASS (weir_chart_table_parent_class)->finalize (object);
}

static void
weir_chart_table_class_init (WeirChartTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_chart_table_dispose;
  object_class->finalize = weir_chart_table_finalize;
}

static void
weir_chart_table_init (WeirChartTable *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkNoSelection *selection;

  self->cells = g_ptr_array_new ();
  self->rows = gtk_string_list_new (NULL);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (selection)));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/**
 * weir_chart_table_new:
 *
 * Returns: (transfer floating): a table without data
 */
GtkWidget *
weir_chart_table_new (void)
{
  return g_object_new (WEIR_TYPE_CHART_TABLE, NULL);
}

/**
 * weir_chart_table_set_title:
 * @self: a table
 * @title: what its numbers are
 *
 * Names the table, for assistive technology.
 */
void
weir_chart_table_set_title (WeirChartTable *self,
                            const char     *title)
{
  g_return_if_fail (WEIR_IS_CHART_TABLE (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child
                                                  (GTK_WIDGET (self->view))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Columns"),
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child
                                                  (GTK_WIDGET (self->view))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
}

/**
 * weir_chart_table_set_data:
 * @self: a table
 * @data: what to show from now on
 *
 * Replaces the numbers. Cells change in place; the table is only built again when the series are
 * others.
 */
void
weir_chart_table_set_data (WeirChartTable *self,
                           WeirChartData  *data)
{
  g_autoptr(WeirChartData) old = NULL;

  g_return_if_fail (WEIR_IS_CHART_TABLE (self));
  g_return_if_fail (data != NULL);

  old = g_steal_pointer (&self->data);
  self->data = weir_chart_data_ref (data);
  if (!same_series (old, data))
    rebuild_columns (self);
  resize_rows (self);
  for (guint i = 0; i < self->cells->len; i++)
    update_cell (self, g_ptr_array_index (self->cells, i));
}
