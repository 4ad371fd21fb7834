/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-table.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-spoken-names.h"
#include "weir-table-sort.h"

/* Cells are one line, and no longer than anyone reads there. */
#define MAX_SHOWN    1000
#define COLUMN_WIDTH 160
#define NARROW_WIDTH 96

struct _WeirSqlTable
{
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  GtkColumnView *view;
  WeirSqlResult *result;
  GtkMultiSelection *selection;
  GtkWidget *menu;
  char *cell;               /* what the menu was opened for */
};

enum {
  COPIED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSqlTable, weir_sql_table, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static guint
get_column (GtkSignalListItemFactory *factory)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "column"));
}

static void
setup_cb (WeirSqlTable             *self,
          GtkListItem              *item,
          GtkSignalListItemFactory *factory)
{
  GtkWidget *cell = gtk_inscription_new (NULL);
  gboolean is_number = weir_sql_result_is_number (self->result, get_column (factory));
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  /* GTK 4.8 puts all at the left of an inscription from right to left. */
  gtk_widget_set_direction (cell, GTK_TEXT_DIR_LTR);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), is_number != mirrored ? 1 : 0);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), 0);
  gtk_widget_add_css_class (cell, "numeric");
  gtk_list_item_set_child (item, cell);
}

/* What is shown is on one line. */
static char *
dup_line (const char *text)
{
  const char *end = g_utf8_offset_to_pointer (text, MIN (g_utf8_strlen (text, -1), MAX_SHOWN));

  return g_strdelimit (g_strndup (text, (gsize) (end - text)), "\r\n\t", ' ');
}

static void
name_row (WeirSqlTable *self,
          GtkWidget    *cell,
          guint         index)
{
  g_autoptr(GString) line = g_string_new (NULL);

  weir_sql_result_append_line (self->result, index, ' ', line);
  weir_name_table_row (cell, line->str);
}

static void
bind_cb (WeirSqlTable             *self,
         GtkListItem              *item,
         GtkSignalListItemFactory *factory)
{
  guint index = weir_sql_row_get_index (gtk_list_item_get_item (item));
  guint column = get_column (factory);
  GtkWidget *cell = gtk_list_item_get_child (item);
  g_autofree char *text = weir_sql_result_dup_text (self->result, index, column);
  g_autofree char *line = dup_line (text);
  gboolean is_null = weir_sql_result_is_null (self->result, index, column);

  gtk_inscription_set_text (GTK_INSCRIPTION (cell), is_null ? "NULL" : line);
  if (is_null)
    gtk_widget_add_css_class (cell, "dim-label");
  else
    gtk_widget_remove_css_class (cell, "dim-label");
  g_object_set_data_full (G_OBJECT (cell), "text", g_steal_pointer (&text), g_free);
  /* Whichever cell is put into its row first: a row without a name cannot be told from others. */
  name_row (self, cell, index);
}

static int
compare_rows (gpointer owner,
              gpointer a,
              gpointer b,
              guint    column)
{
  return weir_sql_result_compare (WEIR_SQL_TABLE (owner)->result, weir_sql_row_get_index (a),
                                  weir_sql_row_get_index (b), column);
}

static void
add_column (WeirSqlTable *self,
            guint         index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;
  gboolean is_number = weir_sql_result_is_number (self->result, index);

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (index));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  column = gtk_column_view_column_new (weir_sql_result_get_name (self->result, index), factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_fixed_width (column, is_number ? NARROW_WIDTH : COLUMN_WIDTH);
  gtk_column_view_column_set_expand (column, !is_number && index + 1
                                             == weir_sql_result_get_n_columns (self->result));
  weir_table_sort_column (column, compare_rows, self, index);
  gtk_column_view_append_column (self->view, column);
}

static void
copy (WeirSqlTable *self,
      const char   *text,
      const char   *what)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  g_signal_emit (self, signals[COPIED], 0, what);
}

static void
copy_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WeirSqlTable *self = WEIR_SQL_TABLE (widget);

  if (g_str_equal (name, "table.copy-rows"))
    weir_sql_table_copy_rows (self);
  else if (self->cell != NULL)
    copy (self, self->cell, _("Copied the cell"));
}

static void
pressed_cb (WeirSqlTable *self,
            int           n_press,
            double        x,
            double        y)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  while (at != NULL && g_object_get_data (G_OBJECT (at), "text") == NULL)
    at = at == GTK_WIDGET (self) ? NULL : gtk_widget_get_first_child (at) != NULL
         && g_object_get_data (G_OBJECT (gtk_widget_get_first_child (at)), "text") != NULL
         ? gtk_widget_get_first_child (at) : gtk_widget_get_parent (at);
  g_free (self->cell);
  self->cell = at != NULL ? g_strdup (g_object_get_data (G_OBJECT (at), "text")) : NULL;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "table.copy-cell", self->cell != NULL);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static gboolean
copy_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  return weir_sql_table_copy_rows (WEIR_SQL_TABLE (widget));
}

static void
weir_sql_table_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  WeirSqlTable *self = WEIR_SQL_TABLE (widget);

  gtk_widget_size_allocate (self->scrolled, &(GtkAllocation) { 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
weir_sql_table_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  gtk_widget_measure (WEIR_SQL_TABLE (widget)->scrolled, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_sql_table_dispose (GObject *object)
{
  WeirSqlTable *self = WEIR_SQL_TABLE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->result);
  g_clear_pointer (&self->cell, g_free);

  G_OBJECT_CLASS (weir_sql_table_parent_class)->dispose (object);
}

static void
weir_sql_table_class_init (WeirSqlTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_sql_table_dispose;
  widget_class->size_allocate = weir_sql_table_size_allocate;
  widget_class->measure = weir_sql_table_measure;

  signals[COPIED] =
    g_signal_new ("copied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "table.copy-rows", NULL, copy_action_cb);
  gtk_widget_class_install_action (widget_class, "table.copy-cell", NULL, copy_action_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, copy_key_cb, NULL);
}

static void
weir_sql_table_init (WeirSqlTable *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();
  g_autoptr(GMenu) menu = g_menu_new ();

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_show_column_separators (self->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  weir_name_table_parts (self->view, _("Rows"));
  self->scrolled = gtk_scrolled_window_new ();
  gtk_widget_add_css_class (self->scrolled, "sql-rows");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));

  g_menu_append (menu, _("Copy cell"), "table.copy-cell");
  g_menu_append (menu, _("Copy rows"), "table.copy-rows");
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (gesture, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

/**
 * weir_sql_table_new:
 *
 * Returns: (transfer none): a table without rows
 */
WeirSqlTable *
weir_sql_table_new (void)
{
  return g_object_new (WEIR_TYPE_SQL_TABLE, NULL);
}

/**
 * weir_sql_table_set_result:
 * @self: a table
 * @result: (nullable): rows
 *
 * Shows other rows.
 */
void
weir_sql_table_set_result (WeirSqlTable  *self,
                           WeirSqlResult *result)
{
  GtkSortListModel *sorted;
  GListModel *columns;

  g_return_if_fail (WEIR_IS_SQL_TABLE (self));

  gtk_column_view_set_model (self->view, NULL);
  columns = gtk_column_view_get_columns (self->view);
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->view, column);
    }
  g_set_object (&self->result, result);
  g_clear_object (&self->selection);
  if (result == NULL)
    return;
  for (guint i = 0; i < weir_sql_result_get_n_columns (result); i++)
    add_column (self, i);
  weir_table_sort_headings (self->view);
  sorted = weir_table_sort_model (self->view, G_LIST_MODEL (result));
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

/**
 * weir_sql_table_get_result:
 * @self: a table
 *
 * Returns: (nullable) (transfer none): the rows that are shown
 */
WeirSqlResult *
weir_sql_table_get_result (WeirSqlTable *self)
{
  g_return_val_if_fail (WEIR_IS_SQL_TABLE (self), NULL);

  return self->result;
}

/**
 * weir_sql_table_copy_rows:
 * @self: a table
 *
 * Copies the rows that are selected, or all if none is, as they are sorted, with tabs between the
 * cells, as a spreadsheet takes them.
 *
 * Returns: whether there was something to copy
 */
gboolean
weir_sql_table_copy_rows (WeirSqlTable *self)
{
  g_autoptr(GtkBitset) selected = NULL;
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *number = NULL;
  g_autofree char *what = NULL;
  GtkBitsetIter iter;
  guint64 n;
  guint index;

  g_return_val_if_fail (WEIR_IS_SQL_TABLE (self), FALSE);

  if (self->selection == NULL)
    return FALSE;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_is_empty (selected))
    gtk_bitset_add_range (selected, 0, g_list_model_get_n_items (G_LIST_MODEL (self->result)));
  n = gtk_bitset_get_size (selected);
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &index); more;
       more = gtk_bitset_iter_next (&iter, &index))
    {
      g_autoptr(WeirSqlRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), index);

      weir_sql_result_append_line (self->result, weir_sql_row_get_index (row), '\t', out);
      g_string_append_c (out, '\n');
    }
  number = weir_format_exact (n);
  what = g_strdup_printf (ngettext ("Copied %s row", "Copied %s rows", (gulong) n), number);
  copy (self, out->str, what);
  return TRUE;
}
