/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-application-private.h"

#include <glib/gi18n.h>

#include "weir-preferences-window.h"

/* The one table of keyboard shortcuts. ui/gtk/help-overlay.ui says the same for readers, and a test
 * holds the two together. */
static const WeirAccel accel_table[] = {
  { "app.quit", { "<Control>q" }, N_("Quit") },
  { "app.preferences", { "<Control>comma" }, N_("Preferences") },
  { "win.show-help-overlay", { "<Control>question" }, N_("Keyboard shortcuts") },
  { "window.close", { "<Control>w" }, N_("Close window") },
  { "win.page::overview", { "<Alt>1" }, N_("Overview") },
  { "win.page::live", { "<Alt>2" }, N_("Live") },
  { "win.page::trends", { "<Alt>3" }, N_("Trends") },
  { "win.page::funnels", { "<Alt>4" }, N_("Funnels") },
  { "win.page::retention", { "<Alt>5" }, N_("Retention") },
  { "win.page::cohorts", { "<Alt>6" }, N_("Cohorts") },
  { "win.page::people", { "<Alt>7" }, N_("People") },
  { "win.page::collector", { "<Alt>8" }, N_("Collector") },
  { "win.page::alerts", { "<Alt>9" }, N_("Alerts") },
  { "win.page::sql", { "<Alt>0" }, N_("SQL") },
  { "win.go-to", { "<Control>k" }, N_("Go to") },
  { "win.open", { "<Control>o" }, N_("Open a file") },
  { "win.compare", { "<Control><Shift>o" }, N_("Compare with a file") },
  { "win.guide", { "<Control>g" }, N_("Send the first event") },
  { "win.begin", { "<Control>n" }, N_("New question, cohort, alert, key or statement") },
  { "win.keep", { "<Control>s" }, N_("Save") },
  { "win.duplicate", { "<Control><Shift>s" }, N_("Duplicate") },
  { "win.discard", { "<Control><Shift>Delete" }, N_("Delete what is shown") },
  { "win.run", { "<Control>Return", "<Control>KP_Enter" }, N_("Run the statement") },
  { "win.back", { "<Alt>Left" }, N_("Back") },
  { "win.forward", { "<Alt>Right" }, N_("Forward") },
  { "win.scope-range", { "<Control>d" }, N_("Choose the range of time") },
  { "win.scope-filter", { "<Control><Shift>d" }, N_("Choose what to look at") },
  { "win.connect", { "<Control>l" }, N_("Connect to a collector") },
  { "win.connection", { "<Control>i" }, N_("Show connection") },
  { "win.refresh", { "F5", "<Control>r" }, N_("Ask again, or reconnect now") },
  { "live.pause", { "<Control>p" }, N_("Pause or go on") },
  { "live.newest", { "<Control>j" }, N_("Jump to the newest event") },
  { "live.add-filter", { "<Control>f" }, N_("Add filter") },
  { "live.clear-filter", { "<Control><Shift>f" }, N_("Clear filter") },
  { "live.details", { "F9" }, N_("Show or hide details") },
  { "live.copy-json", { "<Control><Shift>c" }, N_("Copy event as JSON") },
};

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  /* The application ends with its last window, when its collector has ended. */
  for (GList *window = windows; window != NULL; window = window->next)
    gtk_window_close (window->data);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  adw_show_about_window (gtk_application_get_active_window (user_data),
                         "application-name", _("Weir"),
                         "application-icon", WEIR_APP_ID,
                         "version", WEIR_VERSION,
                         "developer-name", _("The Weir authors"),
                         "comments", _("Measures a stream of events"),
                         "copyright", "© 2026 The Weir authors",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         NULL);
}

/* Where a notification leads. */
static void
show_page_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (user_data));
  window = gtk_application_get_active_window (GTK_APPLICATION (user_data));
  if (window != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.page", parameter);
}

static void
preferences_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  WeirApplication *self = user_data;
  GSettings *settings = weir_application_get_settings (self);
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (settings != NULL)
    gtk_window_present (GTK_WINDOW (weir_preferences_window_new (parent, settings)));
}

/**
 * weir_application_add_actions:
 * @self: an application
 *
 * Adds its actions and all keyboard shortcuts.
 */
void
weir_application_add_actions (WeirApplication *self)
{
  static const GActionEntry entries[] = {
    { "quit", quit_cb },
    { "about", about_cb },
    { "preferences", preferences_cb },
    { "show-page", show_page_cb, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (accel_table); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accel_table[i].action,
                                           accel_table[i].accels);
}

/**
 * weir_application_get_accels:
 * @n_accels: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_accels): the table of keyboard shortcuts
 */
const WeirAccel *
weir_application_get_accels (guint *n_accels)
{
  g_return_val_if_fail (n_accels != NULL, NULL);

  *n_accels = G_N_ELEMENTS (accel_table);
  return accel_table;
}
