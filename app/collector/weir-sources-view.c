/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sources-view.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-records-pane.h"
#include "weir-removal.h"
#include "weir-try-hint.h"

struct _WeirSourcesView
{
  GtkWidget parent_instance;

  GtkWidget *box;
  WeirRecordsPane *pane;
  GtkMenuButton *new_button;
  GtkEditable *name_entry;
  GtkWidget *keys_box;
  GtkLabel *keys_label;
  GtkListBox *keys;

  WeirPage *page;           /* not owned: the page holds this */
  GCancellable *cancellable;
  char *shown_keys;         /* what the list of keys was made from */
};

G_DEFINE_FINAL_TYPE (WeirSourcesView, weir_sources_view, GTK_TYPE_WIDGET)

static const WeirRecordColumn columns[] = {
  { N_("Source"), "name", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
  { N_("Received"), "ledger.received", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Accepted"), "ledger.accepted", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Duplicates"), "ledger.duplicate", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Rejected"), "ledger.rejected", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("First seen"), "first_seen", WEIR_RECORD_AGO, FALSE, FALSE, NULL },
  { N_("Last seen"), "last_seen", WEIR_RECORD_AGO, FALSE, FALSE, NULL },
};

static WeirApiClient *
get_client (WeirSourcesView *self)
{
  return weir_session_get_client (weir_page_get_session (self->page));
}

static void
changed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirSourcesView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (bytes == NULL)
    weir_page_notice_error (self->page, error);
  else
    weir_records_pane_refresh (self->pane);
}

static void
key_button_cb (GtkButton       *button,
               WeirSourcesView *self)
{
  JsonObject *key = g_object_get_data (G_OBJECT (button), "key");
  const char *id = weir_json_get_text (key, "id");
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  g_autofree char *restore = NULL;

  if (id == NULL)
    return;
  escaped = g_uri_escape_string (id, NULL, FALSE);
  path = g_strconcat ("/v1/keys/", escaped, NULL);
  restore = g_strconcat (path, "/restore", NULL);
  if (!weir_json_get_boolean (key, "revoked"))
    weir_removal_start (self->page, path, &(WeirRestoration) { "POST", restore, "{}" },
                        _("The key was revoked"), (WeirRemovedFunc) weir_records_pane_refresh,
                        self->pane);
  else if (get_client (self) != NULL)
    weir_api_client_post_async (get_client (self), restore, "{}", self->cancellable,
                                changed_cb, g_object_ref (self));
}

static char *
describe_key (JsonObject *key)
{
  gint64 created = weir_json_get_time (key, "created");
  gint64 used = weir_json_get_time (key, "last_used");
  gint64 now = g_get_real_time ();
  g_autofree char *made = created != 0 ? weir_format_ago (created, now) : NULL;
  g_autofree char *last = used != 0 ? weir_format_ago (used, now) : NULL;

  if (weir_json_get_boolean (key, "configured"))
    return g_strdup (_("From the configuration file"));
  if (made == NULL)
    return g_strdup ("");
  if (last == NULL)
    /* Translators: when a key was made, such as “Made 3 d ago”. */
    return g_strdup_printf (_("Made %s, not used yet"), made);
  return g_strdup_printf (_("Made %s, last used %s"), made, last);
}

static GtkWidget *
create_key_row (WeirSourcesView *self,
                JsonObject      *key)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean revoked = weir_json_get_boolean (key, "revoked");
  const char *prefix = weir_json_get_text (key, "prefix");
  const char *id = weir_json_get_text (key, "id");
  const char *name = prefix != NULL ? prefix : id != NULL ? id : "";
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *text = describe_key (key);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);
  GtkWidget *button = gtk_button_new_with_label (revoked ? _("Restore") : _("Revoke"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), revoked ? _("Revoked") : subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (button, !weir_json_get_boolean (key, "configured"));
  g_object_set_data_full (G_OBJECT (button), "key", json_object_ref (key),
                          (GDestroyNotify) json_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (key_button_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
show_keys (WeirSourcesView *self)
{
  JsonObject *source = weir_records_pane_get_selected (self->pane);
  JsonArray *keys = weir_json_get_array (source, "keys");
  g_autofree char *text = source != NULL ? weir_json_object_to_text (source, FALSE) : NULL;
  g_autofree char *title = NULL;
  GtkWidget *row;

  gtk_widget_set_visible (self->keys_box, source != NULL);
  if (source == NULL || g_strcmp0 (text, self->shown_keys) == 0)
    return;
  g_free (self->shown_keys);
  self->shown_keys = g_steal_pointer (&text);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->keys))) != NULL)
    gtk_list_box_remove (self->keys, row);
  for (guint i = 0; i < weir_json_array_get_n (keys); i++)
    gtk_list_box_append (self->keys, create_key_row (self, weir_json_array_get_object (keys, i)));
  title = g_strdup_printf (weir_json_array_get_n (keys) > 0 ? _("Keys of %s") : _("%s has no key"),
                           weir_json_get_text (source, "name"));
  gtk_label_set_text (self->keys_label, title);
  gtk_widget_set_visible (GTK_WIDGET (self->keys), weir_json_array_get_n (keys) > 0);
}

static void
show_key_once (WeirSourcesView *self,
               JsonObject      *answer)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *name = weir_json_get_text (answer, "name");
  const char *key = weir_json_get_text (answer, "key");
  g_autofree char *heading = NULL;
  GtkWidget *dialog;
  WeirTryHint *hint;

  if (name == NULL || key == NULL)
    return;
  heading = g_strdup_printf (_("Key of %s"), name);
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading,
                                   _("Copy it now: it is not shown again, and only its hash is "
                                     "kept."));
  hint = g_object_new (WEIR_TYPE_TRY_HINT, NULL);
  weir_try_hint_set_command (hint, key);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), GTK_WIDGET (hint));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Done"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
made_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirSourcesView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  if (answer == NULL)
    {
      weir_page_notice_error (self->page, error);
      return;
    }
  weir_records_pane_refresh (self->pane);
  show_key_once (self, answer);
}

static void
make_cb (WeirSourcesView *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_entry)));
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *text = NULL;

  if (*name == '\0' || get_client (self) == NULL)
    return;
  gtk_menu_button_popdown (self->new_button);
  gtk_editable_set_text (self->name_entry, "");
  json_object_set_string_member (body, "name", name);
  text = weir_json_object_to_text (body, FALSE);
  weir_api_client_post_async (get_client (self), "/v1/keys", text, self->cancellable,
                              made_cb, g_object_ref (self));
}

static void
activated_cb (WeirSourcesView *self,
              JsonObject      *source)
{
  const char *name = weir_json_get_text (source, "name");
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autofree char *literal = NULL;

  if (name == NULL)
    return;
  literal = weir_literal_from_string (name, strlen (name));
  weir_conditions_add (conditions, "source", "=", literal);
  gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.show-events",
                                      weir_conditions_to_variant (conditions));
}

static void
weir_sources_view_dispose (GObject *object)
{
  WeirSourcesView *self = WEIR_SOURCES_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_sources_view_parent_class)->dispose (object);
}

static void
weir_sources_view_finalize (GObject *object)
{
  WeirSourcesView *self = WEIR_SOURCES_VIEW (object);

  g_object_unref (self->cancellable);
  g_free (self->shown_keys);

  G_OBJECT_CLASS (weir_sources_view_parent_class)->finalize (object);
}

static void
weir_sources_view_class_init (WeirSourcesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_sources_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_sources_view_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-sources-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, box);
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, new_button);
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, name_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, keys_box);
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, keys_label);
  gtk_widget_class_bind_template_child (widget_class, WeirSourcesView, keys);
  gtk_widget_class_bind_template_callback (widget_class, make_cb);
}

static void
weir_sources_view_init (WeirSourcesView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->pane = weir_records_pane_new (_("Sources"), "/v1/sources", "sources",
                                      columns, G_N_ELEMENTS (columns));
  gtk_widget_set_vexpand (GTK_WIDGET (self->pane), TRUE);
  weir_records_pane_set_key (self->pane, "name");
  weir_records_pane_set_empty (self->pane, "weir-collector-symbolic", _("No sources yet"),
                               _("Each application or fleet that sends events is listed here, "
                                 "with what became of its events."));
  gtk_box_insert_child_after (GTK_BOX (self->box), GTK_WIDGET (self->pane),
                              gtk_widget_get_first_child (self->box));
  g_signal_connect_object (self->pane, "selected", G_CALLBACK (show_keys), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "answered", G_CALLBACK (show_keys), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "activated",
                           G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_sources_view_new:
 * @page: the page it is on, which outlives it
 *
 * Returns: (transfer none): a view
 */
WeirSourcesView *
weir_sources_view_new (WeirPage *page)
{
  WeirSourcesView *self;

  g_return_val_if_fail (WEIR_IS_PAGE (page), NULL);

  self = g_object_new (WEIR_TYPE_SOURCES_VIEW, NULL);
  self->page = page;
  weir_records_pane_set_session (self->pane, weir_page_get_session (page));
  return self;
}

/**
 * weir_sources_view_refresh:
 * @self: a view
 *
 * Asks again.
 */
void
weir_sources_view_refresh (WeirSourcesView *self)
{
  g_return_if_fail (WEIR_IS_SOURCES_VIEW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->new_button), !weir_page_is_offline (self->page));
  weir_records_pane_refresh (self->pane);
}

/**
 * weir_sources_view_begin_key:
 * @self: a view
 *
 * Lets the reader make a key.
 */
void
weir_sources_view_begin_key (WeirSourcesView *self)
{
  g_return_if_fail (WEIR_IS_SOURCES_VIEW (self));

  if (gtk_widget_get_sensitive (GTK_WIDGET (self->new_button)))
    gtk_menu_button_popup (self->new_button);
}
