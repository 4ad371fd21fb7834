/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-saved-list.h"

#include <glib/gi18n.h>

#include "weir-json.h"

#define NAME_KEY       "weir-name"
#define MAX_NAME_CHARS 100

struct _WeirSavedList
{
  GtkBox parent_instance;

  GtkListBox *list;
  GtkWidget *empty_label;

  WeirPage *page;            /* not owned: the list is a part of it */
  GCancellable *cancellable;
  char *kind;
  GHashTable *questions;     /* name to JsonObject */
  char *selected;
};

/* One change on its way to the collector. */
typedef struct {
  WeirSavedList *self;
  char *name;                /* what it is about */
  char *next;                /* what is to be deleted after it, of a rename */
  JsonObject *before;        /* what undoing brings back */
  gboolean is_delete;
} Change;

/* A name that is being asked for. */
typedef struct {
  WeirSavedList *self;
  GtkWidget *entry;
  WeirNameFunc done;
  gpointer user_data;
  char *about;
} Asking;

enum {
  OPENED,
  RENAMED,
  DELETED,
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSavedList, weir_saved_list, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static void
change_free (Change *change)
{
  g_object_unref (change->self);
  g_free (change->name);
  g_free (change->next);
  g_clear_pointer (&change->before, json_object_unref);
  g_free (change);
}

static void
asking_free (gpointer  data,
             GClosure *closure)
{
  Asking *asking = data;

  g_free (asking->about);
  g_free (asking);
}

static char *
dup_path (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat ("/v1/questions/", escaped, NULL);
}

static WeirApiClient *
get_client (WeirSavedList *self)
{
  return self->page != NULL && weir_page_get_session (self->page) != NULL
         ? weir_session_get_client (weir_page_get_session (self->page)) : NULL;
}

static GtkWidget *
create_menu (WeirSavedList *self,
             const char    *name)
{
  static const struct {
    const char *label;
    const char *action;
  } items[] = {
    { N_("_Rename…"), "saved.rename" },
    { N_("_Duplicate"), "saved.duplicate" },
    { N_("D_elete"), "saved.delete" },
  };
  g_autoptr(GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  /* Translators: a menu of what can be done to something saved; %s is its name. */
  g_autofree char *label = g_strdup_printf (_("Actions for %s"), name);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autoptr(GMenuItem) item = g_menu_item_new (_(items[i].label), NULL);

      g_menu_item_set_action_and_target (item, items[i].action, "s", name);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

static GtkWidget *
create_row (WeirSavedList *self,
            const char    *name)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, name);
  gtk_box_append (GTK_BOX (box), label);
  if (!weir_page_is_offline (self->page))
    gtk_box_append (GTK_BOX (box), create_menu (self, name));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), NAME_KEY, g_strdup (name), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  return row;
}

static void
select_row (WeirSavedList *self)
{
  GtkListBoxRow *row, *found = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      if (g_strcmp0 (g_object_get_data (G_OBJECT (row), NAME_KEY), self->selected) == 0)
        found = row;
    }
  gtk_list_box_select_row (self->list, found);
}

static void
rebuild (WeirSavedList *self)
{
  g_autoptr(GList) names = g_list_sort (g_hash_table_get_keys (self->questions),
                                        (GCompareFunc) g_utf8_collate);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (GList *name = names; name != NULL; name = name->next)
    gtk_list_box_append (self->list, create_row (self, name->data));
  gtk_widget_set_visible (self->empty_label, names == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), names != NULL);
  select_row (self);
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirSavedList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  JsonArray *questions;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* The answer of the page tells as much; only an empty list would be a wrong one. */
  if (self->page != NULL && (error == NULL || g_hash_table_size (self->questions) == 0))
    weir_page_set_trouble (self->page, self, error);
  if (answer == NULL)
    return;
  questions = weir_json_get_array (answer, "questions");
  g_hash_table_remove_all (self->questions);
  for (guint i = 0; i < weir_json_array_get_n (questions); i++)
    {
      JsonObject *saved = weir_json_array_get_object (questions, i);
      const char *name = weir_json_get_text (saved, "name");
      JsonObject *question = weir_json_get_object (saved, "question");

      if (name != NULL && question != NULL)
        g_hash_table_insert (self->questions, g_strdup (name), json_object_ref (question));
    }
  rebuild (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void send_delete (WeirSavedList *self,
                         const char    *name,
                         JsonObject    *before);

static void
undo_delete_cb (gpointer user_data)
{
  Change *change = user_data;

  weir_saved_list_save (change->self, change->name, change->before);
}

static void
offer_undo (Change *change)
{
  g_autofree char *text = g_strdup_printf (_("“%s” was deleted"), change->name);
  Change *undo = g_new0 (Change, 1);

  undo->self = g_object_ref (change->self);
  undo->name = g_strdup (change->name);
  undo->before = json_object_ref (change->before);
  weir_page_offer_undo (change->self->page, text, undo_delete_cb, undo,
                        (GDestroyNotify) change_free);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Change *change = user_data;
  WeirSavedList *self = change->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (self->page == NULL)
    ;
  else if (bytes == NULL)
    weir_page_notice_error (self->page, error);
  else if (change->next != NULL)
    {
      g_signal_emit (self, signals[RENAMED], 0, change->next, change->name);
      send_delete (self, change->next, NULL);
    }
  else if (change->is_delete && change->before != NULL)
    {
      offer_undo (change);
      g_signal_emit (self, signals[DELETED], 0, change->name);
    }
  if (self->page != NULL)
    weir_saved_list_refresh (self);
  change_free (change);
}

static void
send_delete (WeirSavedList *self,
             const char    *name,
             JsonObject    *before)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *path = dup_path (name);
  Change *change;

  if (client == NULL)
    return;
  change = g_new0 (Change, 1);
  change->self = g_object_ref (self);
  change->name = g_strdup (name);
  change->before = before != NULL ? json_object_ref (before) : NULL;
  change->is_delete = TRUE;
  weir_api_client_send_async (client, "DELETE", path, NULL, NULL, sent_cb, change);
}

static void
send_put (WeirSavedList *self,
          const char    *name,
          JsonObject    *question,
          const char    *renamed_from)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *path = dup_path (name);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *text = NULL;
  Change *change;

  if (client == NULL)
    return;
  json_object_set_object_member (body, "question", json_object_ref (question));
  text = weir_json_object_to_text (body, FALSE);
  change = g_new0 (Change, 1);
  change->self = g_object_ref (self);
  change->name = g_strdup (name);
  change->next = g_strdup (renamed_from);
  weir_api_client_send_async (client, "PUT", path, text, NULL, sent_cb, change);
}

/* Not when a row is selected: that happens as soon as the list has the focus. */
static void
activated_cb (WeirSavedList *self,
              GtkListBoxRow *row)
{
  const char *name = g_object_get_data (G_OBJECT (row), NAME_KEY);

  g_free (self->selected);
  self->selected = g_strdup (name);
  g_signal_emit (self, signals[OPENED], 0, self->selected);
}

static void
response_cb (Asking     *asking,
             const char *response)
{
  g_autofree char *name = NULL;

  if (!g_str_equal (response, "accept"))
    return;
  name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (asking->entry))));
  if (*name != '\0')
    asking->done (asking->about != NULL ? asking : asking->user_data, name);
}

static void
entry_cb (AdwMessageDialog *dialog,
          GtkEditable      *entry)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "accept", *name != '\0');
}

static void
ask_name (WeirSavedList *self,
          const char    *heading,
          const char    *name,
          Asking        *asking)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->page));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              heading, NULL);

  asking->self = self;
  asking->entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (asking->entry), name);
  gtk_entry_set_max_length (GTK_ENTRY (asking->entry), MAX_NAME_CHARS);
  gtk_entry_set_activates_default (GTK_ENTRY (asking->entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (asking->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"),
                                  -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), asking->entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "accept", _("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "accept",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (asking->entry, "changed", G_CALLBACK (entry_cb), dialog,
                           G_CONNECT_SWAPPED);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), asking, asking_free,
                         G_CONNECT_SWAPPED);
  entry_cb (ADW_MESSAGE_DIALOG (dialog), GTK_EDITABLE (asking->entry));
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (asking->entry);
}

static void
rename_done (gpointer    user_data,
             const char *name)
{
  Asking *asking = user_data;
  WeirSavedList *self = asking->self;
  JsonObject *question = weir_saved_list_get (self, asking->about);

  if (question == NULL || g_str_equal (name, asking->about))
    return;
  if (weir_saved_list_get (self, name) != NULL)
    weir_page_notice (self->page, _("Something else has this name already; nothing was changed"));
  else
    send_put (self, name, question, asking->about);
}

static void
action_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  WeirSavedList *self = WEIR_SAVED_LIST (widget);
  const char *name = g_variant_get_string (parameter, NULL);
  JsonObject *question = weir_saved_list_get (self, name);

  if (question == NULL)
    return;
  if (g_str_equal (action, "saved.delete"))
    send_delete (self, name, question);
  else if (g_str_equal (action, "saved.duplicate"))
    {
      g_autofree char *copy = weir_saved_list_dup_free_name (self, name);

      send_put (self, copy, question, NULL);
    }
  else
    {
      Asking *asking = g_new0 (Asking, 1);

      asking->done = rename_done;
      asking->about = g_strdup (name);
      ask_name (self, _("Rename"), name, asking);
    }
}

static gboolean
key_cb (WeirSavedList   *self,
        guint            key,
        guint            code,
        GdkModifierType  modifiers)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  const char *name = row != NULL ? g_object_get_data (G_OBJECT (row), NAME_KEY) : NULL;

  if (name == NULL || (key != GDK_KEY_F2 && key != GDK_KEY_Delete)
      || weir_page_is_offline (self->page))
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self),
                                     key == GDK_KEY_F2 ? "saved.rename" : "saved.delete",
                                     "s", name);
}

static void
weir_saved_list_dispose (GObject *object)
{
  WeirSavedList *self = WEIR_SAVED_LIST (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->page = NULL;

  G_OBJECT_CLASS (weir_saved_list_parent_class)->dispose (object);
}

static void
weir_saved_list_finalize (GObject *object)
{
  WeirSavedList *self = WEIR_SAVED_LIST (object);

  g_free (self->kind);
  g_free (self->selected);
  g_hash_table_unref (self->questions);

  G_OBJECT_CLASS (weir_saved_list_parent_class)->finalize (object);
}

static void
weir_saved_list_class_init (WeirSavedListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_saved_list_dispose;
  object_class->finalize = weir_saved_list_finalize;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RENAMED] = g_signal_new ("renamed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRING);
  signals[DELETED] = g_signal_new ("deleted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "saved.rename", "s", action_cb);
  gtk_widget_class_install_action (widget_class, "saved.duplicate", "s", action_cb);
  gtk_widget_class_install_action (widget_class, "saved.delete", "s", action_cb);
}

static void
weir_saved_list_init (WeirSavedList *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->questions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) json_object_unref);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
  self->empty_label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->empty_label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->empty_label), 0);
  gtk_widget_add_css_class (self->empty_label, "dim-label");
  gtk_widget_add_css_class (self->empty_label, "saved-empty");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (self), self->empty_label);
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
}

/**
 * weir_saved_list_new:
 * @kind: the kind of its questions
 * @title: what is in it, for assistive technology
 * @empty: what to say when there is nothing in it
 *
 * Returns: (transfer floating): an empty list
 */
WeirSavedList *
weir_saved_list_new (const char *kind,
                     const char *title,
                     const char *empty)
{
  WeirSavedList *self = g_object_new (WEIR_TYPE_SAVED_LIST, NULL);

  self->kind = g_strdup (kind);
  gtk_label_set_text (GTK_LABEL (self->empty_label), empty);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  return self;
}

/**
 * weir_saved_list_set_page:
 * @self: a list
 * @page: the page it is a part of
 *
 * Connects the list. To be called once, when the page has a session.
 */
void
weir_saved_list_set_page (WeirSavedList *self,
                          WeirPage      *page)
{
  g_return_if_fail (WEIR_IS_SAVED_LIST (self));

  self->page = page;
}

/**
 * weir_saved_list_refresh:
 * @self: a list
 *
 * Asks the collector what is saved.
 */
void
weir_saved_list_refresh (WeirSavedList *self)
{
  WeirApiClient *client;
  g_autofree char *path = NULL;

  g_return_if_fail (WEIR_IS_SAVED_LIST (self));

  client = get_client (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (client == NULL)
    return;
  path = g_strconcat ("/v1/questions?kind=", self->kind, NULL);
  self->cancellable = g_cancellable_new ();
  weir_api_client_get_async (client, path, self->cancellable, listed_cb, g_object_ref (self));
}

/**
 * weir_saved_list_select:
 * @self: a list
 * @name: (nullable): the name of one, or of none
 *
 * Shows which one is looked at, without a signal.
 */
void
weir_saved_list_select (WeirSavedList *self,
                        const char    *name)
{
  char *copy = g_strdup (name);

  g_return_if_fail (WEIR_IS_SAVED_LIST (self));

  g_free (self->selected);
  self->selected = copy;
  select_row (self);
}

/**
 * weir_saved_list_get:
 * @self: a list
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the question of that name
 */
JsonObject *
weir_saved_list_get (WeirSavedList *self,
                     const char    *name)
{
  g_return_val_if_fail (WEIR_IS_SAVED_LIST (self), NULL);

  return name != NULL ? g_hash_table_lookup (self->questions, name) : NULL;
}

/**
 * weir_saved_list_get_n:
 * @self: a list
 *
 * Returns: how many there are
 */
guint
weir_saved_list_get_n (WeirSavedList *self)
{
  g_return_val_if_fail (WEIR_IS_SAVED_LIST (self), 0);

  return g_hash_table_size (self->questions);
}

/**
 * weir_saved_list_save:
 * @self: a list
 * @name: what to call it
 * @question: what to save, in place of one of the same name
 *
 * Saves a question.
 */
void
weir_saved_list_save (WeirSavedList *self,
                      const char    *name,
                      JsonObject    *question)
{
  g_return_if_fail (WEIR_IS_SAVED_LIST (self));

  send_put (self, name, question, NULL);
}

/**
 * weir_saved_list_dup_free_name:
 * @self: a list
 * @name: a name
 *
 * Returns: (transfer full): a name like it that nothing has yet
 */
char *
weir_saved_list_dup_free_name (WeirSavedList *self,
                               const char    *name)
{
  g_return_val_if_fail (WEIR_IS_SAVED_LIST (self), NULL);

  for (guint i = 2; i < G_MAXUINT; i++)
    {
      /* Translators: the name of a copy: the name of the original, and a number. */
      g_autofree char *text = g_strdup_printf (_("%s %u"), name, i);

      if (weir_saved_list_get (self, text) == NULL)
        return g_steal_pointer (&text);
    }
  return g_strdup (name);
}

/**
 * weir_saved_list_ask_name:
 * @self: a list
 * @heading: what is named
 * @name: what to offer
 * @done: called with the name the reader chose, if they did
 * @user_data: (closure): for @done
 *
 * Asks for a name.
 */
void
weir_saved_list_ask_name (WeirSavedList *self,
                          const char    *heading,
                          const char    *name,
                          WeirNameFunc   done,
                          gpointer       user_data)
{
  Asking *asking;

  g_return_if_fail (WEIR_IS_SAVED_LIST (self));

  asking = g_new0 (Asking, 1);
  asking->done = done;
  asking->user_data = user_data;
  ask_name (self, heading, name, asking);
}
