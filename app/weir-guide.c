/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-guide.h"

#include <glib/gi18n.h>
#include <gio/gio.h>

#include "weir-event-export.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-qr-code.h"
#include "weir-snippets.h"
#include "weir-try-hint.h"

struct _WeirGuide
{
  AdwWindow parent_instance;

  AdwViewStack *stack;
  GtkImage *state_icon;
  GtkSpinner *spinner;
  GtkLabel *state_label;
  GtkWidget *show_button;
  WeirTryHint *curl_hint;
  WeirTryHint *browser_hint;
  WeirTryHint *python_hint;
  GtkLabel *device_label;
  GtkWidget *network_button;
  GtkWidget *key_row;
  GtkEditable *key_name;
  GtkWidget *device_box;
  WeirQrCode *qr_code;
  WeirTryHint *device_hint;
  GtkLabel *error_label;

  WeirSession *session;
  GSettings *settings;
  GCancellable *cancellable;
  guint64 n_before;         /* accepted when the guide was opened */
  gboolean knows_before;
};

G_DEFINE_FINAL_TYPE (WeirGuide, weir_guide, ADW_TYPE_WINDOW)

static gboolean
is_on_network (WeirGuide *self)
{
  return self->settings != NULL && g_settings_get_boolean (self->settings, "listen-on-network");
}

static void
show_error (WeirGuide  *self,
            const char *message)
{
  gtk_label_set_text (self->error_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), message != NULL);
}

static void
update_state (WeirGuide *self)
{
  WeirStats *stats = weir_session_get_stats (self->session);
  guint64 n;
  g_autofree char *number = NULL;
  g_autofree char *text = NULL;

  if (stats == NULL)
    return;
  if (!self->knows_before)
    {
      self->n_before = stats->ledger.accepted;
      self->knows_before = TRUE;
    }
  n = stats->ledger.accepted - MIN (self->n_before, stats->ledger.accepted);
  if (n == 0)
    return;
  number = weir_format_exact (n);
  text = g_strdup_printf (ngettext ("%s event has arrived", "%s events have arrived", (gulong) n),
                          number);
  gtk_label_set_text (self->state_label, text);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), TRUE);
  gtk_widget_set_visible (self->show_button, TRUE);
}

/* A collector that this console did not start decides for itself where it listens. */
static void
update_device (WeirGuide *self)
{
  gboolean owns = weir_session_owns_collector (self->session);
  g_autofree char *address = weir_snippets_find_address ();

  if (address == NULL)
    gtk_label_set_text (self->device_label, _("This computer is in no network."));
  else if (owns && !is_on_network (self))
    gtk_label_set_text (self->device_label,
                        _("The collector hears this computer only. Devices can reach it when it "
                          "listens on the network; each needs a key."));
  else
    gtk_label_set_text (self->device_label,
                        _("Make a key for the device. It is shown once, here."));
  gtk_widget_set_visible (self->network_button, address != NULL && owns && !is_on_network (self));
  gtk_widget_set_visible (self->key_row, address != NULL && (!owns || is_on_network (self)));
}

static void
update_snippets (WeirGuide *self)
{
  const char *url = weir_session_get_url (self->session);
  g_autofree char *curl = weir_event_sample_curl (url);
  g_autofree char *browser = weir_snippets_create_browser (url);
  g_autofree char *python = weir_snippets_create_python (url);

  weir_try_hint_set_command (self->curl_hint, curl);
  weir_try_hint_set_command (self->browser_hint, browser);
  weir_try_hint_set_command (self->python_hint, python);
  update_device (self);
}

static void
network_cb (WeirGuide *self)
{
  g_settings_set_boolean (self->settings, "listen-on-network", TRUE);
  weir_session_open_default (self->session);
}

static void
show_device (WeirGuide  *self,
             const char *key)
{
  g_autofree char *address = weir_snippets_find_address ();
  g_autofree char *url = weir_snippets_replace_host (weir_session_get_url (self->session), address);
  g_autofree char *link = weir_snippets_create_link (url, key);
  g_autofree char *curl = weir_snippets_create_device (url, key);

  weir_qr_code_set_text (self->qr_code, link,
                         _("The address of the collector and the key of the device"));
  weir_try_hint_set_command (self->device_hint, curl);
  gtk_widget_set_visible (self->device_box, TRUE);
}

static void
key_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(WeirGuide) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = NULL;
  const char *key;

  answer = weir_answer_finish (object, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  key = weir_json_get_text (answer, "key");
  show_error (self, error != NULL ? error->message : NULL);
  if (key != NULL)
    show_device (self, key);
}

static void
make_key_cb (WeirGuide *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->key_name)));
  g_autofree char *text = NULL;

  if (client == NULL || *name == '\0')
    return;
  json_object_set_string_member (body, "name", name);
  text = weir_json_object_to_text (body, FALSE);
  weir_api_client_post_async (client, "/v1/keys", text, self->cancellable,
                              key_cb, g_object_ref (self));
}

static void
show_cb (WeirGuide *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.page", "s", "live");
  gtk_window_close (GTK_WINDOW (self));
}

static void
weir_guide_dispose (GObject *object)
{
  WeirGuide *self = WEIR_GUIDE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (weir_guide_parent_class)->dispose (object);
}

static void
weir_guide_finalize (GObject *object)
{
  g_object_unref (WEIR_GUIDE (object)->cancellable);

  G_OBJECT_CLASS (weir_guide_parent_class)->finalize (object);
}

static void
weir_guide_class_init (WeirGuideClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_guide_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_guide_finalize;

  g_type_ensure (WEIR_TYPE_QR_CODE);
  g_type_ensure (WEIR_TYPE_TRY_HINT);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-guide.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, state_icon);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, spinner);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, state_label);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, show_button);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, curl_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, browser_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, python_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, device_label);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, network_button);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, key_row);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, key_name);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, device_box);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, qr_code);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, device_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirGuide, error_label);
  gtk_widget_class_bind_template_callback (widget_class, network_cb);
  gtk_widget_class_bind_template_callback (widget_class, make_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
}

static void
weir_guide_init (WeirGuide *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_guide_new:
 * @parent: (nullable): the window it is for
 * @session: whom to send events to
 * @settings: (nullable): where it is kept whether the collector listens on the network
 *
 * Returns: (transfer none): a window, to be presented
 */
GtkWidget *
weir_guide_new (GtkWindow   *parent,
                WeirSession *session,
                GSettings   *settings)
{
  WeirGuide *self = g_object_new (WEIR_TYPE_GUIDE, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  g_signal_connect_object (session, "stats-changed",
                           G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved",
                           G_CALLBACK (update_snippets), self, G_CONNECT_SWAPPED);
  update_snippets (self);
  update_state (self);
  return GTK_WIDGET (self);
}
