/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-application-private.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "weir-alert-watch.h"
#include "weir-frame-log.h"
#include "weir-session.h"
#include "weir-settings.h"
#include "weir-window.h"

struct _WeirApplication
{
  AdwApplication parent_instance;

  WeirSession *session;
  WeirAlertWatch *alerts;
  GSettings *settings;
  guint signal_ids[2];
  gboolean closing;
};

G_DEFINE_FINAL_TYPE (WeirApplication, weir_application, ADW_TYPE_APPLICATION)

static void
style_cb (WeirApplication *self)
{
  g_autofree char *style = g_settings_get_string (self->settings, "style");
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (style, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (style, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
network_cb (WeirApplication *self)
{
  weir_session_set_on_network (self->session,
                               g_settings_get_boolean (self->settings, "listen-on-network"));
}

static gboolean
signal_cb (gpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (data), "quit", NULL);
  return G_SOURCE_CONTINUE;
}

static void
close_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirApplication) self = user_data;

  weir_session_close_finish (WEIR_SESSION (object), result);
  self->closing = FALSE;
  g_application_release (G_APPLICATION (self));
}

static void
present_window (WeirApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (weir_window_new (GTK_APPLICATION (self), self->session, self->settings));
  gtk_window_present (window);
}

static void
weir_application_startup (GApplication *application)
{
  WeirApplication *self = WEIR_APPLICATION (application);

  G_APPLICATION_CLASS (weir_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (WEIR_APP_ID);
  weir_application_add_actions (self);
  self->session = weir_session_new ();
  self->alerts = weir_alert_watch_new (application, self->session);
  self->settings = weir_settings_new ();
  if (self->settings != NULL)
    {
      g_signal_connect_object (self->settings, "changed::style",
                               G_CALLBACK (style_cb), self, G_CONNECT_SWAPPED);
      style_cb (self);
      g_signal_connect_object (self->settings, "changed::listen-on-network",
                               G_CALLBACK (network_cb), self, G_CONNECT_SWAPPED);
      network_cb (self);
    }
  else
    g_message ("The settings schema is not installed; preferences will not be kept");
  self->signal_ids[0] = g_unix_signal_add (SIGINT, signal_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGTERM, signal_cb, self);
}

static void
weir_application_activate (GApplication *application)
{
  WeirApplication *self = WEIR_APPLICATION (application);

  present_window (self);
  if (weir_session_get_state (self->session) == WEIR_SESSION_IDLE)
    weir_session_open_default (self->session);
}

/* A desktop that starts this program over D-Bus has no command line for it. */
static void
weir_application_open (GApplication  *application,
                       GFile        **files,
                       int            n_files,
                       const char    *hint)
{
  WeirApplication *self = WEIR_APPLICATION (application);
  g_autofree char *path = n_files > 0 ? g_file_get_path (files[0]) : NULL;

  present_window (self);
  if (path != NULL)
    weir_session_open_file (self->session, path);
  else
    g_application_activate (application);
}

static void
compare (GFile *file)
{
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());
  GtkWindow *window = gtk_application_get_active_window (application);

  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.compare-file", "s",
                                g_file_peek_path (file));
}

static void
compare_cb (WeirSession *session,
            GFile       *file)
{
  if (weir_session_get_client (session) == NULL)
    return;
  compare (file);
  g_signal_handlers_disconnect_by_func (session, G_CALLBACK (compare_cb), file);
}

static void
unref_file (gpointer  file,
            GClosure *closure)
{
  g_object_unref (file);
}

/* There is something to compare with only once there is a collector. */
static void
compare_when_attached (WeirApplication *self,
                       GFile           *file,
                       gboolean         moves)
{
  if (!moves && weir_session_is_attached (self->session))
    {
      compare (file);
      g_object_unref (file);
      return;
    }
  g_signal_connect_data (self->session, "moved", G_CALLBACK (compare_cb), file, unref_file,
                         G_CONNECT_AFTER);
}

static int
weir_application_command_line (GApplication            *application,
                               GApplicationCommandLine *command_line)
{
  WeirApplication *self = WEIR_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_auto(GStrv) files = NULL;
  g_autoptr(GFile) token = NULL;
  const char *url = NULL;
  const char *page = NULL;
  const char *token_name = NULL;
  const char *compared = NULL;

  if (g_variant_dict_lookup (options, "token-file", "^&ay", &token_name))
    {
      token = g_application_command_line_create_file_for_arg (command_line, token_name);
      weir_session_set_token_file (self->session, g_file_peek_path (token));
    }
  g_variant_dict_lookup (options, "url", "&s", &url);
  g_variant_dict_lookup (options, "compare", "^&ay", &compared);
  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^aay", &files);

  present_window (self);
  if (g_variant_dict_lookup (options, "page", "&s", &page))
    gtk_widget_activate_action (GTK_WIDGET (gtk_application_get_active_window
                                            (GTK_APPLICATION (self))),
                                "win.page", "s", page);
  if (files != NULL && files[0] != NULL)
    {
      g_autoptr(GFile) file = g_application_command_line_create_file_for_arg (command_line,
                                                                              files[0]);

      weir_session_open_file (self->session, g_file_peek_path (file));
    }
  else if (url != NULL)
    weir_session_open_url (self->session, url, NULL);
  else
    g_application_activate (application);
  if (compared != NULL)
    compare_when_attached (self, g_application_command_line_create_file_for_arg (command_line,
                                                                                 compared),
                           files != NULL || url != NULL);
  return 0;
}

static int
weir_application_handle_local_options (GApplication *application,
                                       GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("weir %s\n", WEIR_VERSION);
  return 0;
}

static void
weir_application_window_removed (GtkApplication *application,
                                 GtkWindow      *window)
{
  WeirApplication *self = WEIR_APPLICATION (application);

  GTK_APPLICATION_CLASS (weir_application_parent_class)->window_removed (application, window);

  /* Hold on until the collector that this console started has drained and ended. */
  if (gtk_application_get_windows (application) != NULL || self->closing || self->session == NULL)
    return;
  self->closing = TRUE;
  g_application_hold (G_APPLICATION (self));
  weir_session_close_async (self->session, close_cb, g_object_ref (self));
}

static void
weir_application_shutdown (GApplication *application)
{
  WeirApplication *self = WEIR_APPLICATION (application);

  weir_frame_log_close ();
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_object (&self->alerts);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (weir_application_parent_class)->shutdown (application);
}

static void
weir_application_class_init (WeirApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = weir_application_startup;
  application_class->activate = weir_application_activate;
  application_class->open = weir_application_open;
  application_class->command_line = weir_application_command_line;
  application_class->handle_local_options = weir_application_handle_local_options;
  application_class->shutdown = weir_application_shutdown;
  GTK_APPLICATION_CLASS (klass)->window_removed = weir_application_window_removed;
}

static void
weir_application_init (WeirApplication *self)
{
  static const GOptionEntry options[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Where the collector is"), N_("URL") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_("A file with the read token of the collector"), N_("FILE") },
    { "page", 0, 0, G_OPTION_ARG_STRING, NULL, N_("The page to show first"),
      "overview|live|trends|funnels|retention|cohorts|people|collector|alerts|sql" },
    { "compare", 0, 0, G_OPTION_ARG_FILENAME,
      NULL, N_("A database file to compare with"), N_("FILE.db") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[FILE.db]") },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Shows what a collector receives. With a database "
                                              "file, shows what is in it, offline."));
}

/**
 * weir_application_new:
 *
 * Returns: (transfer full): the application
 */
WeirApplication *
weir_application_new (void)
{
  return g_object_new (WEIR_TYPE_APPLICATION,
                       "application-id", WEIR_APP_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/weir",
                       NULL);
}

/**
 * weir_application_get_settings:
 * @self: an application
 *
 * Returns: (nullable) (transfer none): what the reader prefers
 */
GSettings *
weir_application_get_settings (WeirApplication *self)
{
  g_return_val_if_fail (WEIR_IS_APPLICATION (self), NULL);

  return self->settings;
}
