/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-records-pane.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-spoken-names.h"
#include "weir-table-sort.h"
#include "weir-trouble-bar.h"
#include "weir-wrap-layout.h"

/* So much of a text is seen, however narrow the table is; more where there is room. */
#define TEXT_CHARS 9

struct _WeirRecordsPane
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *bar;
  WeirTroubleBar *trouble;
  GtkStack *stack;
  GtkColumnView *table;
  AdwStatusPage *empty_page;
  AdwStatusPage *failed_page;

  WeirSession *session;
  GCancellable *cancellable;
  GListStore *records;
  GtkSingleSelection *selection;
  const WeirRecordColumn *columns;
  char *path;
  char *member;
  char *key;                /* the member that names a record */
  gboolean has_answer;      /* which stays while there is no newer one */
};

enum {
  ANSWERED,
  SELECTED,
  ACTIVATED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRecordsPane, weir_records_pane, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static gboolean
is_text (WeirRecordFormat format)
{
  return format == WEIR_RECORD_TEXT || format == WEIR_RECORD_LIST || format == WEIR_RECORD_JSON;
}

static gboolean
is_number (WeirRecordFormat format)
{
  return format == WEIR_RECORD_COUNT || format == WEIR_RECORD_NUMBER
         || format == WEIR_RECORD_SECONDS;
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          const WeirRecordColumn   *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), is_number (column->format) ? 1 : 0);
  /* Half a number or half a time says nothing. */
  gtk_label_set_ellipsize (GTK_LABEL (label), is_text (column->format) ? PANGO_ELLIPSIZE_END
                                                                       : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (GTK_LABEL (label), is_text (column->format) ? TEXT_CHARS : -1);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (column->format != WEIR_RECORD_TEXT)
    gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         const WeirRecordColumn   *column)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  WeirRecordItem *record = gtk_list_item_get_item (item);
  g_autofree char *text = NULL;
  g_autofree char *instant = NULL;

  if (column->dup_text != NULL)
    text = column->dup_text (weir_record_item_get_record (record));
  else
    text = weir_record_item_dup_text (record, column->path, column->format);
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column->format == WEIR_RECORD_AGO)
    instant = weir_record_item_dup_text (record, column->path, WEIR_RECORD_INSTANT);
  gtk_widget_set_tooltip_text (label, instant != NULL ? instant : text);
  if (column->names_row)
    weir_name_table_row (label, text);
}

static int
compare_records (gpointer owner,
                 gpointer a,
                 gpointer b,
                 guint    column)
{
  const WeirRecordColumn *at = &WEIR_RECORDS_PANE (owner)->columns[column];

  return weir_record_item_compare (a, b, at->path, at->format);
}

static void
add_columns (WeirRecordsPane        *self,
             const WeirRecordColumn *columns,
             guint                   n_columns)
{
  for (guint i = 0; i < n_columns; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) &columns[i]);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) &columns[i]);
      column = gtk_column_view_column_new (_(columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      weir_table_sort_column (column, compare_records, self, i);
      gtk_column_view_append_column (self->table, column);
    }
  weir_table_sort_headings (self->table);
}

static gboolean
is_same_record (WeirRecordsPane *self,
                JsonObject      *a,
                JsonObject      *b)
{
  JsonNode *x = a != NULL ? json_object_get_member (a, self->key) : NULL;
  JsonNode *y = b != NULL ? json_object_get_member (b, self->key) : NULL;

  return x != NULL && y != NULL && json_node_equal (x, y);
}

static WeirRecordItem *
find_equal (WeirRecordsPane *self,
            guint            at,
            JsonObject      *record)
{
  g_autoptr(WeirRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->records), at);

  return item != NULL && weir_record_item_equal (item, record) ? g_steal_pointer (&item) : NULL;
}

/* Where an item is in the order that is shown. */
static guint
find_position (WeirRecordsPane *self,
               WeirRecordItem  *item)
{
  GListModel *shown = G_LIST_MODEL (self->selection);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr(WeirRecordItem) at = g_list_model_get_item (shown, i);

      if (at == item)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* Rows that say the same stay the same object: a table that is read must not flicker. */
static void
replace_records (WeirRecordsPane *self,
                 JsonArray       *array)
{
  JsonObject *selected = weir_records_pane_get_selected (self);
  g_autoptr(JsonObject) kept = selected != NULL ? json_object_ref (selected) : NULL;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->records));
  WeirRecordItem *selected_item = NULL;
  guint n_same = 0;

  for (guint i = 0; i < weir_json_array_get_n (array); i++)
    {
      JsonObject *record = weir_json_array_get_object (array, i);
      WeirRecordItem *item;

      if (record == NULL)
        continue;
      item = find_equal (self, items->len, record);
      if (item != NULL && n_same == items->len)
        n_same++;
      if (item == NULL)
        item = weir_record_item_new (record);
      if (is_same_record (self, kept, record))
        selected_item = item;
      g_ptr_array_add (items, item);
    }
  if (n_same == items->len && n_same == n_before)
    return;
  g_list_store_splice (self->records, n_same, n_before - n_same, items->pdata + n_same,
                       items->len - n_same);
  gtk_single_selection_set_selected (self->selection, find_position (self, selected_item));
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirRecordsPane) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = NULL;

  answer = weir_answer_finish (object, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (answer == NULL)
    {
      g_autofree char *message = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->failed_page, message);
      if (self->has_answer)
        weir_trouble_bar_set_text (self->trouble, error->message);
      else
        gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }
  self->has_answer = TRUE;
  weir_trouble_bar_set_text (self->trouble, NULL);
  replace_records (self, weir_json_get_array (answer, self->member));
  gtk_stack_set_visible_child_name (self->stack,
                                    weir_records_pane_get_n_records (self) > 0 ? "table"
                                                                               : "empty");
  g_signal_emit (self, signals[ANSWERED], 0, answer);
}

static void
moved_cb (WeirRecordsPane *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_list_store_remove_all (self->records);
  self->has_answer = FALSE;
  weir_trouble_bar_set_text (self->trouble, NULL);
}

static void
selected_cb (WeirRecordsPane *self)
{
  g_signal_emit (self, signals[SELECTED], 0, weir_records_pane_get_selected (self));
}

static void
activate_cb (WeirRecordsPane *self,
             guint            position)
{
  g_autoptr(WeirRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, weir_record_item_get_record (item));
}

static void
weir_records_pane_dispose (GObject *object)
{
  WeirRecordsPane *self = WEIR_RECORDS_PANE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->records);
  g_clear_object (&self->selection);

  G_OBJECT_CLASS (weir_records_pane_parent_class)->dispose (object);
}

static void
weir_records_pane_finalize (GObject *object)
{
  WeirRecordsPane *self = WEIR_RECORDS_PANE (object);

  g_free (self->path);
  g_free (self->member);
  g_free (self->key);

  G_OBJECT_CLASS (weir_records_pane_parent_class)->finalize (object);
}

static void
weir_records_pane_class_init (WeirRecordsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_records_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_records_pane_finalize;

  signals[ANSWERED] =
    g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
  signals[SELECTED] =
    g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
  signals[ACTIVATED] =
    g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);

  g_type_ensure (WEIR_TYPE_TROUBLE_BAR);
  g_type_ensure (WEIR_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-records-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, box);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, bar);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, trouble);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, table);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, empty_page);
  gtk_widget_class_bind_template_child (widget_class, WeirRecordsPane, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_records_pane_refresh);
}

static void
weir_records_pane_init (WeirRecordsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->key = g_strdup ("id");
  self->records = g_list_store_new (WEIR_TYPE_RECORD_ITEM);
  self->selection =
    gtk_single_selection_new (G_LIST_MODEL (weir_table_sort_model (self->table,
                                                                   G_LIST_MODEL (self->records))));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
}

/**
 * weir_records_pane_new:
 * @label: what is in the table
 * @path: what to GET
 * @member: the member of the answer that is the list
 * @columns: (array length=n_columns): static
 * @n_columns: how many there are
 *
 * Returns: (transfer none): a pane that has not asked yet
 */
WeirRecordsPane *
weir_records_pane_new (const char             *label,
                       const char             *path,
                       const char             *member,
                       const WeirRecordColumn *columns,
                       guint                   n_columns)
{
  WeirRecordsPane *self = g_object_new (WEIR_TYPE_RECORDS_PANE, NULL);

  self->path = g_strdup (path);
  self->member = g_strdup (member);
  weir_name_table_parts (self->table, label);
  self->columns = columns;
  add_columns (self, columns, n_columns);
  return self;
}

/**
 * weir_records_pane_set_session:
 * @self: a pane
 * @session: whom to ask
 *
 * Connects the pane. To be called once.
 */
void
weir_records_pane_set_session (WeirRecordsPane *self,
                               WeirSession     *session)
{
  g_return_if_fail (WEIR_IS_RECORDS_PANE (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_records_pane_set_empty:
 * @self: a pane
 * @icon: name of an icon
 * @title: what there is not
 * @description: what would be here; plain text
 *
 * Says what an empty table means.
 */
void
weir_records_pane_set_empty (WeirRecordsPane *self,
                             const char      *icon,
                             const char      *title,
                             const char      *description)
{
  g_autofree char *title_markup = NULL;
  g_autofree char *markup = NULL;

  g_return_if_fail (WEIR_IS_RECORDS_PANE (self));

  title_markup = g_markup_escape_text (title, -1);
  markup = g_markup_escape_text (description, -1);
  adw_status_page_set_icon_name (self->empty_page, icon);
  adw_status_page_set_title (self->empty_page, title_markup);
  adw_status_page_set_description (self->empty_page, markup);
}

/**
 * weir_records_pane_set_key:
 * @self: a pane
 * @member: the member by which a record is known again; `id` unless told
 *
 * Says how to keep the selection when records change.
 */
void
weir_records_pane_set_key (WeirRecordsPane *self,
                           const char      *member)
{
  g_return_if_fail (WEIR_IS_RECORDS_PANE (self));

  g_free (self->key);
  self->key = g_strdup (member);
}

/**
 * weir_records_pane_add_widget:
 * @self: a pane
 * @widget: a button, or what else helps with the table
 *
 * Puts something above the table.
 */
void
weir_records_pane_add_widget (WeirRecordsPane *self,
                              GtkWidget       *widget)
{
  g_return_if_fail (WEIR_IS_RECORDS_PANE (self));

  gtk_box_append (GTK_BOX (self->bar), widget);
  gtk_widget_set_visible (self->bar, TRUE);
}

/**
 * weir_records_pane_refresh:
 * @self: a pane
 *
 * Asks again, unless an answer is still on its way.
 */
void
weir_records_pane_refresh (WeirRecordsPane *self)
{
  WeirApiClient *client;

  g_return_if_fail (WEIR_IS_RECORDS_PANE (self));
  g_return_if_fail (self->session != NULL);

  client = weir_session_get_client (self->session);
  if (client == NULL || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  weir_api_client_get_async (client, self->path, self->cancellable,
                             answered_cb, g_object_ref (self));
}

/**
 * weir_records_pane_get_selected:
 * @self: a pane
 *
 * Returns: (transfer none) (nullable): the record that is selected
 */
JsonObject *
weir_records_pane_get_selected (WeirRecordsPane *self)
{
  WeirRecordItem *item;

  g_return_val_if_fail (WEIR_IS_RECORDS_PANE (self), NULL);

  item = gtk_single_selection_get_selected_item (self->selection);
  return item != NULL ? weir_record_item_get_record (item) : NULL;
}

/**
 * weir_records_pane_get_n_records:
 * @self: a pane
 *
 * Returns: how many records the table has
 */
guint
weir_records_pane_get_n_records (WeirRecordsPane *self)
{
  g_return_val_if_fail (WEIR_IS_RECORDS_PANE (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->records));
}
