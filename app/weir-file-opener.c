/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-file-opener.h"

#include <glib/gi18n.h>

#define MIME_TYPE "application/vnd.sqlite3"
#define N_RECENT  8

typedef struct
{
  GObject *owner;
  WeirFileFunc func;
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->owner);
  g_free (choice);
}

static void
response_cb (GtkFileChooserNative *chooser,
             int                   response,
             Choice               *choice)
{
  g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    choice->func (path, choice->owner);
  g_object_unref (chooser);
}

/**
 * weir_file_opener_choose:
 * @window: where this is asked for
 * @title: what the file is for
 * @chosen: called with the file's path, unless the reader changes their mind
 * @user_data: (closure): an object, for @chosen
 *
 * Lets the reader choose a database file.
 */
void
weir_file_opener_choose (GtkWindow    *window,
                         const char   *title,
                         WeirFileFunc  chosen,
                         gpointer      user_data)
{
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (title, window, GTK_FILE_CHOOSER_ACTION_OPEN,
                                 _("_Open"), _("_Cancel"));
  g_autoptr(GtkFileFilter) databases = gtk_file_filter_new ();
  g_autoptr(GtkFileFilter) all = gtk_file_filter_new ();
  Choice *choice = g_new0 (Choice, 1);

  gtk_file_filter_set_name (databases, _("Weir databases"));
  gtk_file_filter_add_suffix (databases, "db");
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), databases);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), all);
  choice->owner = g_object_ref (user_data);
  choice->func = chosen;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (chooser, "response", G_CALLBACK (response_cb), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       user_data)
{
  WeirFileFunc dropped = (WeirFileFunc) g_object_get_data (G_OBJECT (target), "func");
  GFile *file = g_value_get_object (value);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path == NULL)
    return FALSE;
  dropped (path, user_data);
  return TRUE;
}

/**
 * weir_file_opener_accept_drops:
 * @widget: where files may be dropped
 * @dropped: called with the path of a file
 * @user_data: (closure): for @dropped; must live as long as @widget
 *
 * Takes files that are dragged here.
 */
void
weir_file_opener_accept_drops (GtkWidget    *widget,
                               WeirFileFunc  dropped,
                               gpointer      user_data)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  g_object_set_data (G_OBJECT (target), "func", (gpointer) dropped);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), user_data);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

/**
 * weir_file_opener_note:
 * @path: a file that was opened
 *
 * Remembers a file, for this program and for the desktop.
 */
void
weir_file_opener_note (const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  char *groups[] = { (char *) "weir", NULL };
  GtkRecentData data = { 0 };

  if (uri == NULL)
    return;
  data.mime_type = (char *) MIME_TYPE;
  data.app_name = (char *) g_get_application_name ();
  data.app_exec = (char *) "weir %f";
  data.groups = groups;
  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
compare_visits (gconstpointer a,
                gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_visited ((GtkRecentInfo *) b),
                              gtk_recent_info_get_visited ((GtkRecentInfo *) a));
}

/**
 * weir_file_opener_create_menu:
 *
 * Returns: (transfer full): a menu of the files opened last, each with the action `win.open-file`
 */
GMenu *
weir_file_opener_create_menu (void)
{
  GMenu *menu = g_menu_new ();
  GList *infos = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()),
                              compare_visits);
  guint n = 0;

  for (GList *at = infos; at != NULL && n < N_RECENT; at = at->next)
    {
      GtkRecentInfo *info = at->data;
      g_autofree char *path = NULL;
      g_autoptr(GMenuItem) item = NULL;

      if (!gtk_recent_info_has_group (info, "weir") || !gtk_recent_info_exists (info))
        continue;
      path = g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL);
      if (path == NULL)
        continue;
      item = g_menu_item_new (gtk_recent_info_get_display_name (info), NULL);
      g_menu_item_set_action_and_target (item, "win.open-file", "s", path);
      g_menu_append_item (menu, item);
      n++;
    }
  g_list_free_full (infos, (GDestroyNotify) gtk_recent_info_unref);
  return menu;
}
