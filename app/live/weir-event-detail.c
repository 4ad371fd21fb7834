/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-detail.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "weir-cell-menu.h"
#include "weir-conditions.h"
#include "weir-event-export.h"
#include "weir-format.h"
#include "weir-json-entry.h"

struct _WeirEventDetail
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *error_label;
  GtkListView *list;
  WeirCellMenu *menu;
  GtkWidget *json_button;
  GtkWidget *curl_button;

  guint8 *record;
  char *url;
};

enum {
  NARROW,
  CLOSE,
  COPIED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirEventDetail, weir_event_detail, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* Members of an event that a filter can ask for, by the name the filter uses. */
static const char * const filterable[] = {
  "event", "source", "distinct_id", "user_id", "anonymous_id", "device_id", "session_id", "value",
};

static gboolean
read_event (WeirEventDetail *self,
            WeirEvent       *event)
{
  return self->record != NULL && weir_event_read_record (event, self->record, G_MAXSIZE) > 0;
}

static GListModel *
create_children (gpointer item,
                 gpointer user_data)
{
  return weir_json_entry_get_children (WEIR_JSON_ENTRY (item));
}

static const char *
find_path (const char *member)
{
  if (g_str_equal (member, "properties"))
    return "";
  for (guint i = 0; i < G_N_ELEMENTS (filterable); i++)
    {
      if (g_str_equal (filterable[i], member))
        return member;
    }
  return NULL;
}

static GListModel *
create_entries (const WeirEvent *event)
{
  g_autoptr(JsonNode) node = weir_event_to_node (event);
  GListStore *store = g_list_store_new (WEIR_TYPE_JSON_ENTRY);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autoptr(WeirJsonEntry) entry = weir_json_entry_new (name, find_path (name), value);

      g_list_store_append (store, entry);
    }
  return G_LIST_MODEL (store);
}

static void
update_heading (WeirEventDetail *self,
                const WeirEvent *event)
{
  g_autofree char *clock = weir_format_clock (event->timestamp, TRUE);
  g_autofree char *ago = weir_format_ago (event->timestamp, g_get_real_time ());
  g_autofree char *instant = weir_format_instant (event->timestamp, g_get_real_time ());
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", clock, ago);

  gtk_label_set_text (self->title, event->text[WEIR_EVENT_NAME]);
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), instant);
  gtk_widget_set_visible (self->error_label, (event->flags & WEIR_EVENT_IS_ERROR) != 0);
}

static void
update_list (WeirEventDetail *self,
             const WeirEvent *event)
{
  GtkTreeListModel *tree = gtk_tree_list_model_new (create_entries (event), FALSE, TRUE,
                                                    create_children, NULL, NULL);
  g_autoptr(GtkSelectionModel) selection = NULL;

  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (tree)));
  gtk_list_view_set_model (self->list, selection);
}

static void
setup_row_cb (WeirEventDetail *self,
              GtkListItem     *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *value = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (name), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 18);
  gtk_widget_set_valign (name, GTK_ALIGN_START);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (value), 20);
  gtk_label_set_lines (GTK_LABEL (value), 6);
  gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), value);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

/* Both the row and the expander in it can have the focus. */
static void
name_row (GtkWidget  *expander,
          const char *member,
          const char *value)
{
  GtkWidget *row = gtk_widget_get_parent (expander);
  g_autofree char *name = g_strdup_printf ("%s: %s", member, value);

  gtk_accessible_update_property (GTK_ACCESSIBLE (expander),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

static void
bind_row_cb (WeirEventDetail *self,
             GtkListItem     *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr(WeirJsonEntry) entry = gtk_tree_list_row_get_item (row);
  GtkWidget *expander = gtk_list_item_get_child (item);
  GtkWidget *box = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  GtkWidget *name = gtk_widget_get_first_child (box);
  g_autofree char *text = weir_json_entry_dup_text (entry);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), row);
  gtk_label_set_text (GTK_LABEL (name), weir_json_entry_get_name (entry));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), text);
  gtk_widget_set_tooltip_text (expander, strlen (text) > 40 ? text : NULL);
  name_row (expander, weir_json_entry_get_name (entry), text);
}

static void
activate_row_cb (WeirEventDetail *self,
                 guint            position)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (self->list));
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item (model, position);
  g_autoptr(WeirJsonEntry) entry = NULL;
  g_autofree char *literal = NULL;
  GtkWidget *focus;
  graphene_rect_t bounds;

  if (row == NULL)
    return;
  if (gtk_tree_list_row_is_expandable (row))
    {
      gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
      return;
    }

  entry = gtk_tree_list_row_get_item (row);
  literal = weir_json_entry_dup_literal (entry);
  focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  if (focus == NULL
      || !gtk_widget_compute_bounds (focus, GTK_WIDGET (self->menu), &bounds))
    return;
  weir_cell_menu_popup (self->menu,
                        &(GdkRectangle) {
                          (int) bounds.origin.x, (int) bounds.origin.y,
                          (int) bounds.size.width, (int) bounds.size.height,
                        },
                        weir_json_entry_get_path (entry), literal, FALSE, TRUE);
}

static void
menu_narrow_cb (WeirEventDetail *self,
                const char      *property,
                const char      *literal,
                gboolean         only)
{
  g_signal_emit (self, signals[NARROW], 0, property, literal, only);
}

static void
close_cb (WeirEventDetail *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
weir_event_detail_dispose (GObject *object)
{
  WeirEventDetail *self = WEIR_EVENT_DETAIL (object);

  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  self->list = NULL;
  if (self->menu != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->menu)));
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_event_detail_parent_class)->dispose (object);
}

static void
weir_event_detail_finalize (GObject *object)
{
  WeirEventDetail *self = WEIR_EVENT_DETAIL (object);

  g_free (self->record);
  g_free (self->url);

  G_OBJECT_CLASS (weir_event_detail_parent_class)->finalize (object);
}

static void
weir_event_detail_class_init (WeirEventDetailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_event_detail_dispose;
  object_class->finalize = weir_event_detail_finalize;

  signals[NARROW] =
    g_signal_new ("narrow", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[CLOSE] =
    g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COPIED] =
    g_signal_new ("copied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (WEIR_TYPE_CELL_MENU);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-event-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, box);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, title);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, subtitle);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, error_label);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, list);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, menu);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, json_button);
  gtk_widget_class_bind_template_child (widget_class, WeirEventDetail, curl_button);
  gtk_widget_class_bind_template_callback (widget_class, setup_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_event_detail_copy_json);
  gtk_widget_class_bind_template_callback (widget_class, weir_event_detail_copy_curl);
  gtk_widget_class_add_binding_signal (widget_class, GDK_KEY_Escape, 0, "close", NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_event_detail_init (WeirEventDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_event_detail_set_event:
 * @self: a detail pane
 * @event: the event to show; copied
 *
 * Shows an event.
 */
void
weir_event_detail_set_event (WeirEventDetail *self,
                             const WeirEvent *event)
{
  g_return_if_fail (WEIR_IS_EVENT_DETAIL (self));
  g_return_if_fail (event != NULL && event->text[WEIR_EVENT_NAME] != NULL);

  g_free (self->record);
  self->record = g_malloc (weir_event_get_record_size (event));
  weir_event_write_record (event, self->record);
  update_heading (self, event);
  update_list (self, event);
}

/**
 * weir_event_detail_has_event:
 * @self: a detail pane
 *
 * Returns: whether it shows an event
 */
gboolean
weir_event_detail_has_event (WeirEventDetail *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_DETAIL (self), FALSE);

  return self->record != NULL;
}

/**
 * weir_event_detail_set_url:
 * @self: a detail pane
 * @url: (nullable): where the collector is, for commands that are copied
 *
 * Says where events come from.
 */
void
weir_event_detail_set_url (WeirEventDetail *self,
                           const char      *url)
{
  g_return_if_fail (WEIR_IS_EVENT_DETAIL (self));

  g_free (self->url);
  self->url = g_strdup (url);
}

/**
 * weir_event_detail_copy_json:
 * @self: a detail pane
 *
 * Copies the event as JSON.
 */
void
weir_event_detail_copy_json (WeirEventDetail *self)
{
  g_autofree char *text = NULL;
  WeirEvent event;

  g_return_if_fail (WEIR_IS_EVENT_DETAIL (self));

  if (!read_event (self, &event))
    return;
  text = weir_event_to_json (&event);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  g_signal_emit (self, signals[COPIED], 0, _("Copied as JSON"));
}

/**
 * weir_event_detail_copy_curl:
 * @self: a detail pane
 *
 * Copies a command that sends the same event.
 */
void
weir_event_detail_copy_curl (WeirEventDetail *self)
{
  g_autofree char *text = NULL;
  WeirEvent event;

  g_return_if_fail (WEIR_IS_EVENT_DETAIL (self));

  if (self->url == NULL || !read_event (self, &event))
    return;
  text = weir_event_to_curl (&event, self->url);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  g_signal_emit (self, signals[COPIED], 0, _("Copied as a curl command"));
}
