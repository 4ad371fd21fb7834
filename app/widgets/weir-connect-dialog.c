/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-connect-dialog.h"

#include <glib/gi18n.h>

struct _WeirConnectDialog
{
  AdwWindow parent_instance;

  GtkEditable *url_row;
  GtkEditable *token_row;
  GtkWidget *connect_button;

  WeirSession *session;
};

G_DEFINE_FINAL_TYPE (WeirConnectDialog, weir_connect_dialog, ADW_TYPE_WINDOW)

static char *
dup_address (WeirConnectDialog *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (self->url_row));

  g_strstrip (text);
  if (strstr (text, "://") == NULL && *text != '\0')
    return g_strconcat ("http://", text, NULL);
  return g_steal_pointer (&text);
}

static void
changed_cb (WeirConnectDialog *self)
{
  g_autofree char *url = dup_address (self);
  gboolean valid = weir_connect_is_address (url);

  gtk_widget_set_sensitive (self->connect_button, valid);
  if (valid || *url == '\0')
    gtk_widget_remove_css_class (GTK_WIDGET (self->url_row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->url_row), "error");
}

static void
connect_cb (WeirConnectDialog *self)
{
  g_autofree char *url = dup_address (self);

  if (!weir_connect_is_address (url))
    return;
  weir_session_open_url (self->session, url, gtk_editable_get_text (self->token_row));
  gtk_window_close (GTK_WINDOW (self));
}

static void
local_cb (WeirConnectDialog *self)
{
  weir_session_open_default (self->session);
  gtk_window_close (GTK_WINDOW (self));
}

static void
file_chosen_cb (WeirConnectDialog    *self,
                int                   response,
                GtkFileChooserNative *chooser)
{
  g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    {
      weir_session_open_file (self->session, path);
      gtk_window_close (GTK_WINDOW (self));
    }
  g_object_unref (chooser);
}

static void
file_cb (WeirConnectDialog *self)
{
  GtkFileChooserNative *chooser;

  chooser = gtk_file_chooser_native_new (_("Open a database file"), GTK_WINDOW (self),
                                         GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (file_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
weir_connect_dialog_dispose (GObject *object)
{
  g_clear_object (&WEIR_CONNECT_DIALOG (object)->session);

  G_OBJECT_CLASS (weir_connect_dialog_parent_class)->dispose (object);
}

static void
weir_connect_dialog_class_init (WeirConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_connect_dialog_dispose;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirConnectDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectDialog, token_row);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectDialog, connect_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, local_cb);
  gtk_widget_class_bind_template_callback (widget_class, file_cb);
}

static void
weir_connect_dialog_init (WeirConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_connect_dialog_new:
 * @parent: (nullable): the window it is for
 * @session: what to connect
 *
 * Returns: (transfer none): a dialog
 */
GtkWidget *
weir_connect_dialog_new (GtkWindow   *parent,
                         WeirSession *session)
{
  WeirConnectDialog *self = g_object_new (WEIR_TYPE_CONNECT_DIALOG,
                                          "transient-for", parent,
                                          "modal", TRUE,
                                          NULL);
  const char *url = weir_session_get_url (session);

  self->session = g_object_ref (session);
  gtk_editable_set_text (self->url_row,
                         url != NULL && weir_session_get_file (session) == NULL
                         ? url : WEIR_DEFAULT_URL);
  changed_cb (self);
  return GTK_WIDGET (self);
}

/**
 * weir_connect_is_address:
 * @text: what a reader typed
 *
 * Returns: whether it says where a collector could be
 */
gboolean
weir_connect_is_address (const char *text)
{
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  return scheme != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
         && strpbrk (text, " \t\r\n") == NULL
         && (g_str_equal (scheme, "http") || g_str_equal (scheme, "https"));
}
