/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-data-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-csv.h"
#include "weir-row-list.h"
#include "weir-spoken-names.h"
#include "weir-table-sort.h"

#define COLUMN_KEY   "weir-column"
#define ITEM_KEY     "weir-item"
#define MIN_NUMBER   84
#define HEADING_GAP  34   /* also for the arrow of a heading that sorts */
#define MIN_TEXT     100

typedef struct {
  char *title;
  gboolean is_number;
  gboolean opens;
} Column;

struct _WeirDataTable
{
  AdwBin parent_instance;

  GtkWidget *scroller;
  GtkColumnView *view;
  WeirRowList *rows;
  GPtrArray *cells;     /* GtkListItem, those that are on the screen */
  GArray *columns;      /* Column */

  const WeirDataSource *source;
  gpointer data;        /* what the source knows */
};

/* What a table knows that was given its cells. */
typedef struct {
  GArray *cells;        /* WeirDataCell, row by row */
  guint n_columns;
} Cells;

enum {
  OPENED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirDataTable, weir_data_table, ADW_TYPE_BIN)

static guint signals[N_SIGNALS];

static void
column_clear (gpointer data)
{
  g_free (((Column *) data)->title);
}

static guint
get_column (gpointer object)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (object), COLUMN_KEY));
}

static guint
get_row (GtkListItem *item)
{
  return weir_row_get_index (gtk_list_item_get_item (item));
}

static void
cell_clear (gpointer data)
{
  g_free (((WeirDataCell *) data)->text);
}

static const WeirDataCell *
get_cell (Cells *self,
          guint  row,
          guint  column)
{
  return &g_array_index (self->cells, WeirDataCell, row * self->n_columns + column);
}

static guint
cells_get_n_rows (gpointer data)
{
  Cells *self = data;

  return self->n_columns > 0 ? self->cells->len / self->n_columns : 0;
}

static char *
cells_dup_text (gpointer data,
                guint    row,
                guint    column)
{
  return g_strdup (get_cell (data, row, column)->text);
}

static double
cells_get_number (gpointer data,
                  guint    row,
                  guint    column)
{
  return get_cell (data, row, column)->number;
}

static void
cells_free (gpointer data)
{
  Cells *self = data;

  g_array_unref (self->cells);
  g_free (self);
}

static const WeirDataSource cells_source = {
  cells_get_n_rows, cells_dup_text, cells_get_number, cells_free,
};
static void
update_button (WeirDataTable *self,
               GtkWidget     *button,
               guint          row,
               guint          column,
               const char    *text)
{
  g_autofree char *name = weir_data_table_dup_text (self, row, 0);
  /* Translators: a number in a table, for those who hear it: row, column, number. */
  g_autofree char *label =
    g_strdup_printf (_("%s, %s: %s"), name, g_array_index (self->columns, Column, column).title,
                     text);

  gtk_button_set_label (GTK_BUTTON (button), text);
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 1);
  gtk_widget_set_sensitive (button, *text != '\0' && g_strcmp0 (text, "0") != 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update_cell (WeirDataTable *self,
             GtkListItem   *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  guint column = get_column (cell);
  g_autofree char *text = weir_data_table_dup_text (self, get_row (item), column);

  if (text == NULL)
    return;
  if (GTK_IS_BUTTON (cell))
    update_button (self, cell, get_row (item), column, text);
  else
    {
      gtk_label_set_text (GTK_LABEL (cell), text);
      gtk_widget_set_tooltip_text (cell, text);
    }
  if (column == 0)
    weir_name_table_row (cell, text);
}

static void
clicked_cb (WeirDataTable *self,
            GtkWidget     *button)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (button), ITEM_KEY);

  g_signal_emit (self, signals[OPENED], 0, get_row (item), get_column (button));
}

/* A cell that is bound is not yet in its row. */
static void
mapped_cb (WeirDataTable *self,
           GtkWidget     *cell)
{
  update_cell (self, g_object_get_data (G_OBJECT (cell), ITEM_KEY));
}

static void
setup_cell_cb (WeirDataTable      *self,
               GtkListItem        *item,
               GtkListItemFactory *factory)
{
  guint index = get_column (factory);
  const Column *column = &g_array_index (self->columns, Column, index);
  GtkWidget *cell;

  if (column->opens)
    {
      cell = gtk_button_new_with_label ("");
      gtk_widget_add_css_class (cell, "flat");
      gtk_widget_add_css_class (cell, "number-button");
      gtk_widget_set_halign (cell, GTK_ALIGN_END);
      g_signal_connect_object (cell, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
    }
  else
    {
      cell = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (cell), column->is_number ? 1 : 0);
      gtk_label_set_ellipsize (GTK_LABEL (cell), PANGO_ELLIPSIZE_END);
    }
  if (column->is_number)
    gtk_widget_add_css_class (cell, "numeric");
  g_object_set_data (G_OBJECT (cell), COLUMN_KEY, GUINT_TO_POINTER (index));
  g_object_set_data (G_OBJECT (cell), ITEM_KEY, item);
  if (index == 0)
    g_signal_connect_object (cell, "map", G_CALLBACK (mapped_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cell_cb (WeirDataTable *self,
              GtkListItem   *item)
{
  g_ptr_array_add (self->cells, item);
  update_cell (self, item);
}

static void
unbind_cell_cb (WeirDataTable *self,
                GtkListItem   *item)
{
  g_ptr_array_remove_fast (self->cells, item);
}

/* As narrow as its heading allows, so that many fit beside each other. */
static int
get_width (WeirDataTable *self,
           const Column  *column)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), column->title);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  if (!column->is_number)
    return MIN_TEXT;
  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return MAX (MIN_NUMBER, width + HEADING_GAP);
}

/* Numbers and times by their size, texts as the reader's language sorts them. */
static int
compare_rows (gpointer owner,
              gpointer a,
              gpointer b,
              guint    column)
{
  WeirDataTable *self = owner;
  guint row_a = weir_row_get_index (a), row_b = weir_row_get_index (b);
  double x = self->source->get_number (self->data, row_a, column);
  double y = self->source->get_number (self->data, row_b, column);
  g_autofree char *text_a = NULL;
  g_autofree char *text_b = NULL;

  if (!isnan (x) || !isnan (y) || g_array_index (self->columns, Column, column).is_number)
    return weir_table_sort_numbers (x, y);
  text_a = self->source->dup_text (self->data, row_a, column);
  text_b = self->source->dup_text (self->data, row_b, column);
  return g_utf8_collate (text_a, text_b);
}

static void
append_column (WeirDataTable *self,
               guint          index)
{
  const Column *column = &g_array_index (self->columns, Column, index);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) view_column = NULL;

  g_object_set_data (G_OBJECT (factory), COLUMN_KEY, GUINT_TO_POINTER (index));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cell_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cell_cb), self,
                           G_CONNECT_SWAPPED);
  view_column = gtk_column_view_column_new (column->title, factory);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, !column->is_number);
  gtk_column_view_column_set_fixed_width (view_column, get_width (self, column));
  weir_table_sort_column (view_column, compare_rows, self, index);
  gtk_column_view_append_column (self->view, view_column);
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child);
  return found;
}

/* Headings stand where their numbers stand. GTK 4.8 has no other way to them. */
static void
align_headings (WeirDataTable *self)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child
                                                 (GTK_WIDGET (self->view)));

  for (guint i = 0; i < self->columns->len && title != NULL; i++)
    {
      GtkWidget *label = find_label (title);

      if (label != NULL && g_array_index (self->columns, Column, i).is_number)
        {
          gtk_widget_set_hexpand (label, TRUE);
          gtk_label_set_xalign (GTK_LABEL (label), 1);
        }
      title = gtk_widget_get_next_sibling (title);
    }
}

static void
rebuild_columns (WeirDataTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->view, column);
    }
  for (guint i = 0; i < self->columns->len; i++)
    append_column (self, i);
  align_headings (self);
  weir_table_sort_headings (self->view);
}

static void
clear_source (WeirDataTable *self)
{
  if (self->source != NULL)
    self->source->free (self->data);
  self->source = NULL;
  self->data = NULL;
}

static gboolean
has_columns (WeirDataTable        *self,
             const WeirDataColumn *columns,
             guint                 n_columns)
{
  if (self->columns->len != n_columns)
    return FALSE;
  for (guint i = 0; i < n_columns; i++)
    {
      const Column *column = &g_array_index (self->columns, Column, i);

      if (g_strcmp0 (column->title, columns[i].title) != 0 || column->opens != columns[i].opens)
        return FALSE;
    }
  return TRUE;
}

static void
weir_data_table_dispose (GObject *object)
{
  WeirDataTable *self = WEIR_DATA_TABLE (object);

  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->view = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->rows);
  clear_source (self);

  G_OBJECT_CLASS (weir_data_table_parent_class)->dispose (object);
}

static void
weir_data_table_finalize (GObject *object)
{
  WeirDataTable *self = WEIR_DATA_TABLE (object);

  g_ptr_array_unref (self->cells);
  g_array_unref (self->columns);

  G_OBJECT_CLASS (weir_data_table_parent_class)->finalize (object);
}

static void
weir_data_table_class_init (WeirDataTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_data_table_dispose;
  object_class->finalize = weir_data_table_finalize;

  signals[OPENED] =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
weir_data_table_init (WeirDataTable *self)
{
  g_autoptr(GtkSortListModel) sorted = NULL;
  GtkNoSelection *selection;

  self->cells = g_ptr_array_new ();
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, column_clear);
  self->rows = weir_row_list_new ();
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  sorted = weir_table_sort_model (self->view, G_LIST_MODEL (self->rows));
  selection = gtk_no_selection_new (G_LIST_MODEL (g_steal_pointer (&sorted)));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  weir_data_table_set_scrolls (self, FALSE);
  adw_bin_set_child (ADW_BIN (self), self->scroller);
}

/**
 * weir_data_table_new:
 *
 * Returns: (transfer floating): a table without columns
 */
GtkWidget *
weir_data_table_new (void)
{
  return g_object_new (WEIR_TYPE_DATA_TABLE, NULL);
}

/**
 * weir_data_table_set_title:
 * @self: a table
 * @title: what is in it
 *
 * Names the table, for assistive technology.
 */
void
weir_data_table_set_title (WeirDataTable *self,
                           const char    *title)
{
  g_return_if_fail (WEIR_IS_DATA_TABLE (self));

  weir_name_table_parts (self->view, title);
}

/**
 * weir_data_table_set_scrolls:
 * @self: a table
 * @scrolls: whether it has as much height as there is, rather than as its rows need
 *
 * To be used for tables of any number of rows.
 */
void
weir_data_table_set_scrolls (WeirDataTable *self,
                             gboolean       scrolls)
{
  g_return_if_fail (WEIR_IS_DATA_TABLE (self));

  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), !scrolls);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC,
                                  scrolls ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
}

/**
 * weir_data_table_set_columns:
 * @self: a table
 * @columns: (array length=n_columns): its columns; the first one names the row
 * @n_columns: how many
 *
 * Says which columns there are. Rows have to be given anew when they are others.
 */
void
weir_data_table_set_columns (WeirDataTable        *self,
                             const WeirDataColumn *columns,
                             guint                 n_columns)
{
  g_return_if_fail (WEIR_IS_DATA_TABLE (self));

  if (has_columns (self, columns, n_columns))
    return;
  weir_row_list_set_n_rows (self->rows, 0);
  clear_source (self);
  g_array_set_size (self->columns, 0);
  for (guint i = 0; i < n_columns; i++)
    {
      Column column = { g_strdup (columns[i].title), columns[i].is_number, columns[i].opens };

      g_array_append_val (self->columns, column);
    }
  rebuild_columns (self);
}

/**
 * weir_data_table_set_source:
 * @self: a table that has its columns
 * @source: (scope forever): what knows its rows
 * @data: (transfer full): passed to @source, which frees it
 *
 * Replaces all rows. Cells change in place, so that nothing flickers and the focus stays.
 */
void
weir_data_table_set_source (WeirDataTable        *self,
                            const WeirDataSource *source,
                            gpointer              data)
{
  guint column;
  GtkSortType direction;

  g_return_if_fail (WEIR_IS_DATA_TABLE (self));

  clear_source (self);
  self->source = source;
  self->data = data;
  weir_row_list_set_n_rows (self->rows, source->get_n_rows (data));
  if (weir_table_sort_get (self->view, &column, &direction))
    gtk_sorter_changed (gtk_column_view_get_sorter (self->view), GTK_SORTER_CHANGE_DIFFERENT);
  for (guint i = 0; i < self->cells->len; i++)
    update_cell (self, g_ptr_array_index (self->cells, i));
}

/**
 * weir_data_cells_new:
 *
 * Returns: (transfer full): no cells yet
 */
GArray *
weir_data_cells_new (void)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (WeirDataCell));

  g_array_set_clear_func (cells, cell_clear);
  return cells;
}

/**
 * weir_data_cells_add:
 * @cells: cells, row by row
 * @text: (transfer full): what the next one says
 * @number: what it is sorted by; NAN for its text, or for nothing in a column of numbers
 *
 * Adds a cell.
 */
void
weir_data_cells_add (GArray *cells,
                     char   *text,
                     double  number)
{
  WeirDataCell cell = { text, number };

  g_array_append_val (cells, cell);
}

/**
 * weir_data_table_take_cells:
 * @self: a table that has its columns
 * @cells: (transfer full) (element-type WeirDataCell): its rows, each with a cell for each column
 *
 * As [method@Weir.DataTable.set_source], for tables whose rows are few.
 */
void
weir_data_table_take_cells (WeirDataTable *self,
                            GArray        *cells)
{
  Cells *data = g_new (Cells, 1);

  g_return_if_fail (WEIR_IS_DATA_TABLE (self));

  *data = (Cells) { cells, self->columns->len };
  weir_data_table_set_source (self, &cells_source, data);
}

/**
 * weir_data_table_get_n_rows:
 * @self: a table
 *
 * Returns: how many rows it has
 */
guint
weir_data_table_get_n_rows (WeirDataTable *self)
{
  g_return_val_if_fail (WEIR_IS_DATA_TABLE (self), 0);

  return self->source != NULL ? self->source->get_n_rows (self->data) : 0;
}

/**
 * weir_data_table_dup_text:
 * @self: a table
 * @row: a row, in their own order
 * @column: a column
 *
 * Returns: (transfer full) (nullable): what is there
 */
char *
weir_data_table_dup_text (WeirDataTable *self,
                          guint          row,
                          guint          column)
{
  g_return_val_if_fail (WEIR_IS_DATA_TABLE (self), NULL);

  if (row >= weir_data_table_get_n_rows (self) || column >= self->columns->len)
    return NULL;
  return self->source->dup_text (self->data, row, column);
}

/**
 * weir_data_table_dup_csv:
 * @self: a table
 *
 * Returns: (transfer full): what is in it, as a CSV file
 */
char *
weir_data_table_dup_csv (WeirDataTable *self)
{
  GString *out;

  g_return_val_if_fail (WEIR_IS_DATA_TABLE (self), NULL);

  out = g_string_new (NULL);
  for (guint i = 0; i < self->columns->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      weir_csv_append_text (out, g_array_index (self->columns, Column, i).title);
    }
  g_string_append (out, "\r\n");
  for (guint row = 0; row < weir_data_table_get_n_rows (self); row++)
    {
      for (guint i = 0; i < self->columns->len; i++)
        {
          g_autofree char *text = weir_data_table_dup_text (self, row, i);

          if (i > 0)
            g_string_append_c (out, ',');
          weir_csv_append_text (out, text);
        }
      g_string_append (out, "\r\n");
    }
  return g_string_free (out, FALSE);
}
