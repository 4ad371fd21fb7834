/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alerts-page.h"

#include <glib/gi18n.h>

#include "weir-alert-editor.h"
#include "weir-alert-kind.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-records-pane.h"
#include "weir-removal.h"

struct _WeirAlertsPage
{
  WeirPage parent_instance;

  GtkStack *stack;
  GtkListBox *list;
  AdwBin *history_place;
  WeirRecordsPane *history;
  GtkWidget *new_button;

  GCancellable *cancellable;
  char *shown;              /* what the rows were made from */
  gboolean is_asking;       /* a collector that hangs is not asked again meanwhile */
};

G_DEFINE_FINAL_TYPE (WeirAlertsPage, weir_alerts_page, WEIR_TYPE_PAGE)

static const WeirRecordColumn history_columns[] = {
  { N_("When"), "at", WEIR_RECORD_INSTANT, FALSE, FALSE, NULL },
  { N_("Alert"), "name", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
  { N_("What happened"), "state", WEIR_RECORD_TEXT, TRUE, FALSE, weir_alert_kind_describe_change },
};

static void refresh_now (WeirAlertsPage *self);

static WeirApiClient *
get_client (WeirAlertsPage *self)
{
  return weir_session_get_client (weir_page_get_session (WEIR_PAGE (self)));
}

static char *
dup_path (const char *name,
          const char *verb)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat ("/v1/alerts/", escaped, verb, NULL);
}

static void
changed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirAlertsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (bytes == NULL)
    weir_page_notice_error (WEIR_PAGE (self), error);
  refresh_now (self);
}

static JsonObject *
get_alert (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "alert");
}

static void
delete_cb (GtkWidget      *button,
           WeirAlertsPage *self)
{
  JsonObject *alert = get_alert (button);
  JsonObject *rule = weir_json_get_object (alert, "rule");
  const char *name = weir_json_get_text (alert, "name");
  g_autofree char *path = dup_path (name, "");
  g_autofree char *text = g_strdup_printf (_("The alert “%s” was deleted"), name);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *json = NULL;

  if (rule == NULL)
    return;
  json_object_set_object_member (body, "rule", json_object_ref (rule));
  json = weir_json_object_to_text (body, FALSE);
  weir_removal_start (WEIR_PAGE (self), path, &(WeirRestoration) { "PUT", path, json }, text,
                      (WeirRemovedFunc) refresh_now, self);
}

static void
snooze_cb (GtkWidget      *button,
           WeirAlertsPage *self)
{
  JsonObject *alert = get_alert (button);
  gboolean is_snoozed = weir_json_get_text (alert, "snoozed_until") != NULL;
  WeirApiClient *client = get_client (self);
  g_autofree char *path = dup_path (weir_json_get_text (alert, "name"), "/snooze");

  if (client != NULL)
    weir_api_client_post_async (client, path, is_snoozed ? "{\"for\":\"0s\"}" : "{\"for\":\"1h\"}",
                                self->cancellable, changed_cb, g_object_ref (self));
}

static void
open_editor (WeirAlertsPage *self,
             JsonObject     *alert)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  WeirAlertEditor *editor;

  if (!GTK_IS_WINDOW (root))
    return;
  editor = weir_alert_editor_new (GTK_WINDOW (root), WEIR_PAGE (self),
                                  weir_json_get_text (alert, "name"),
                                  weir_json_get_object (alert, "rule"));
  g_signal_connect_object (editor, "saved", G_CALLBACK (refresh_now), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (editor));
}

static void
new_cb (WeirAlertsPage *self)
{
  open_editor (self, NULL);
}

static void
weir_alerts_page_begin (WeirPage *page)
{
  if (!weir_page_is_offline (page))
    new_cb (WEIR_ALERTS_PAGE (page));
}

static void
edit_cb (GtkWidget      *button,
         WeirAlertsPage *self)
{
  open_editor (self, get_alert (button));
}

static void
row_cb (WeirAlertsPage *self,
        GtkListBoxRow  *row)
{
  JsonObject *alert = get_alert (GTK_WIDGET (row));

  if (alert != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s",
                                weir_alert_kind_get_page (weir_json_get_object (alert, "rule")));
}

static char *
describe_state (JsonObject *alert)
{
  const char *state = weir_json_get_text (alert, "state");
  const char *error = weir_json_get_text (alert, "error");
  JsonObject *rule = weir_json_get_object (alert, "rule");
  g_autofree char *value = weir_alert_kind_dup_value (rule, weir_json_get_number (alert, "value"));
  gint64 since = weir_json_get_time (alert, "since");
  g_autofree char *ago = since != 0 ? weir_format_ago (since, g_get_real_time ()) : g_strdup ("");

  if (weir_json_get_text (alert, "snoozed_until") != NULL)
    return g_strdup_printf (_("Snoozed. Now %s"), value);
  if (g_strcmp0 (state, "firing") == 0)
    /* Translators: a value, and when an alert began to fire. */
    return g_strdup_printf (_("Firing: %s, since %s"), value, ago);
  if (g_strcmp0 (state, "pending") == 0)
    return g_strdup_printf (_("About to fire: %s"), value);
  if (g_strcmp0 (state, "error") == 0)
    return g_strdup_printf (_("Cannot be measured: %s"), error != NULL ? error : "");
  return g_strdup_printf (_("All is well. Now %s"), value);
}

static void
add_row_button (WeirAlertsPage *self,
                GtkWidget      *row,
                JsonObject     *alert,
                const char     *icon,
                const char     *label,
                GCallback       clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *name = NULL;

  /* Translators: a verb, and the name of the alert. */
  name = g_strdup_printf (_("%s: %s"), label, weir_json_get_text (alert, "name"));
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "alert", json_object_ref (alert),
                          (GDestroyNotify) json_object_unref);
  g_signal_connect_object (button, "clicked", clicked, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
create_row (WeirAlertsPage *self,
            JsonObject     *alert)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon;
  const char *name = weir_json_get_text (alert, "name");
  gboolean is_firing = g_strcmp0 (weir_json_get_text (alert, "state"), "firing") == 0;
  gboolean is_snoozed = weir_json_get_text (alert, "snoozed_until") != NULL;
  g_autofree char *title = g_markup_escape_text (name != NULL ? name : "", -1);
  g_autofree char *rule = weir_alert_kind_describe_rule (weir_json_get_object (alert, "rule"));
  g_autofree char *state = describe_state (alert);
  g_autofree char *text = g_strdup_printf ("%s\n%s", rule, state);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_set_tooltip_text (row, name);
  icon = gtk_image_new_from_icon_name (is_firing ? "dialog-warning-symbolic"
                                                 : "weir-well-symbolic");
  gtk_widget_add_css_class (icon, is_firing ? "warning" : "success");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data_full (G_OBJECT (row), "alert", json_object_ref (alert),
                          (GDestroyNotify) json_object_unref);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  if (weir_page_is_offline (WEIR_PAGE (self)))
    return row;
  add_row_button (self, row, alert, is_snoozed ? "weir-alerts-symbolic" : "weir-snooze-symbolic",
                  is_snoozed ? _("Wake") : _("Snooze for an hour"), G_CALLBACK (snooze_cb));
  add_row_button (self, row, alert, "document-edit-symbolic", _("Edit"), G_CALLBACK (edit_cb));
  add_row_button (self, row, alert, "user-trash-symbolic", _("Delete"), G_CALLBACK (delete_cb));
  return row;
}

/* What changes with each look (when it was looked) does not change the rows. */
static char *
make_fingerprint (JsonArray *alerts)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < weir_json_array_get_n (alerts); i++)
    {
      g_autoptr(JsonObject) copy = weir_json_object_copy (weir_json_array_get_object (alerts, i));
      g_autofree char *text = NULL;

      json_object_remove_member (copy, "checked");
      text = weir_json_object_to_text (copy, FALSE);
      g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}

static void
show_alerts (WeirAlertsPage *self,
             JsonArray      *alerts)
{
  g_autofree char *fingerprint = make_fingerprint (alerts);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row;

  /* Rows must not vanish under a reader who is about to press one of their buttons. */
  if (g_strcmp0 (fingerprint, self->shown) == 0
      || (focus != NULL && self->shown != NULL && GTK_IS_BUTTON (focus)
          && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list))
          && (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_ACTIVE) != 0))
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&fingerprint);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < weir_json_array_get_n (alerts); i++)
    gtk_list_box_append (self->list, create_row (self, weir_json_array_get_object (alerts, i)));
  gtk_widget_set_visible (self->new_button, weir_json_array_get_n (alerts) > 0);
  gtk_stack_set_visible_child_name (self->stack,
                                    weir_json_array_get_n (alerts) > 0 ? "alerts" : "empty");
}

static void
alerts_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirAlertsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  self->is_asking = FALSE;
  weir_page_set_trouble (WEIR_PAGE (self), self->list, error);
  if (answer != NULL && gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    show_alerts (self, weir_json_get_array (answer, "alerts"));
}

static void
refresh_now (WeirAlertsPage *self)
{
  WeirApiClient *client = get_client (self);

  if (client == NULL || self->is_asking)
    return;
  self->is_asking = TRUE;
  gtk_widget_set_sensitive (self->new_button, !weir_page_is_offline (WEIR_PAGE (self)));
  weir_api_client_get_async (client, "/v1/alerts", self->cancellable,
                             alerts_cb, g_object_ref (self));
  weir_records_pane_refresh (self->history);
}

static void
weir_alerts_page_set_up (WeirPage *page)
{
  WeirAlertsPage *self = WEIR_ALERTS_PAGE (page);

  self->history = weir_records_pane_new (_("History"), "/v1/alerts/history?limit=200", "history",
                                         history_columns, G_N_ELEMENTS (history_columns));
  weir_records_pane_set_session (self->history, weir_page_get_session (page));
  weir_records_pane_set_empty (self->history, "weir-alerts-symbolic", _("Nothing has fired"),
                               _("Each time an alert fires and is resolved is listed here."));
  adw_bin_set_child (self->history_place, GTK_WIDGET (self->history));
}

static void
weir_alerts_page_dispose (GObject *object)
{
  WeirAlertsPage *self = WEIR_ALERTS_PAGE (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (weir_alerts_page_parent_class)->dispose (object);
}

static void
weir_alerts_page_finalize (GObject *object)
{
  WeirAlertsPage *self = WEIR_ALERTS_PAGE (object);

  g_object_unref (self->cancellable);
  g_free (self->shown);

  G_OBJECT_CLASS (weir_alerts_page_parent_class)->finalize (object);
}

static void
weir_alerts_page_class_init (WeirAlertsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_alerts_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_alerts_page_finalize;
  WEIR_PAGE_CLASS (klass)->set_up = weir_alerts_page_set_up;
  WEIR_PAGE_CLASS (klass)->refresh = (void (*) (WeirPage *)) refresh_now;
  WEIR_PAGE_CLASS (klass)->poll = (void (*) (WeirPage *)) refresh_now;
  WEIR_PAGE_CLASS (klass)->begin = weir_alerts_page_begin;

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-alerts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirAlertsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertsPage, list);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertsPage, history_place);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertsPage, new_button);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
}

static void
weir_alerts_page_init (WeirAlertsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
