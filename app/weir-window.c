/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-window.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"
#include "weir-connect-dialog.h"
#include "weir-connection-pill.h"
#include "weir-frame-log.h"
#include "weir-live-page.h"
#include "weir-overview-page.h"

/* Narrower than this, the sidebar folds. */
#define NARROW_WIDTH 700
/* Narrower than this, the pill says less. */
#define COMPACT_WIDTH 520

struct _WeirWindow
{
  AdwApplicationWindow parent_instance;

  WeirSession *session;
  GSettings *settings;

  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  GtkListBox *page_list;
  GtkWidget *back_button;
  AdwWindowTitle *title;
  WeirConnectionPill *pill;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  WeirOverviewPage *overview;
  WeirLivePage *live;
  gboolean switching;
};

G_DEFINE_FINAL_TYPE (WeirWindow, weir_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct {
  const char *name;
  const char *title;
  const char *icon;
  const char *group;    /* heading above it, when it is the first of its group */
} page_infos[] = {
  { "overview", N_("Overview"), "weir-overview-symbolic", N_("Now") },
  { "live", N_("Live"), "weir-live-symbolic", NULL },
};

static void
notice_cb (WeirWindow *self,
           const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
page_changed_cb (WeirWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->pages);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (page_infos); i++)
    {
      if (!g_str_equal (page_infos[i].name, name))
        continue;
      self->switching = TRUE;
      gtk_list_box_select_row (self->page_list,
                               gtk_list_box_get_row_at_index (self->page_list, (int) i));
      self->switching = FALSE;
      adw_window_title_set_title (self->title, _(page_infos[i].title));
      gtk_window_set_title (GTK_WINDOW (self), _(page_infos[i].title));
      if (self->settings != NULL)
        g_settings_set_string (self->settings, "page", name);
    }
}

static void
page_selected_cb (WeirWindow    *self,
                  GtkListBoxRow *row)
{
  int index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if (index >= 0 && index < (int) G_N_ELEMENTS (page_infos) && !self->switching)
    gtk_stack_set_visible_child_name (self->pages, page_infos[index].name);
}

static void
page_activated_cb (WeirWindow    *self,
                   GtkListBoxRow *row)
{
  page_selected_cb (self, row);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
back_clicked_cb (WeirWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
page_header_cb (GtkListBoxRow *row,
                GtkListBoxRow *before,
                gpointer       user_data)
{
  guint index = (guint) gtk_list_box_row_get_index (row);
  GtkWidget *label;

  if (index >= G_N_ELEMENTS (page_infos) || page_infos[index].group == NULL
      || gtk_list_box_row_get_header (row) != NULL)
    return;
  label = gtk_label_new (_(page_infos[index].group));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "page-group");
  gtk_list_box_row_set_header (row, label);
}

static void
fill_sidebar (WeirWindow *self)
{
  gtk_list_box_set_header_func (self->page_list, page_header_cb, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (page_infos); i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      GtkWidget *icon = gtk_image_new_from_icon_name (page_infos[i].icon);
      GtkWidget *label = gtk_label_new (_(page_infos[i].title));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), icon);
      gtk_box_append (GTK_BOX (box), label);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, _(page_infos[i].title),
                                      -1);
      gtk_list_box_append (self->page_list, row);
    }
}

static void
page_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  weir_window_show_page (WEIR_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_events_action_cb (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);

  weir_live_page_show_events (self->live, parameter);
  weir_window_show_page (self, "live");
}

static void
connection_action_cb (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  weir_connection_pill_open (WEIR_WINDOW (widget)->pill);
}

static void
retry_action_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  weir_session_retry (WEIR_WINDOW (widget)->session);
}

static void
connect_action_cb (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (weir_connect_dialog_new (GTK_WINDOW (self), self->session)));
}

static void
save_size (WeirWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set (self->settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

static void
restore_size (WeirWindow *self)
{
  int width, height;

  g_settings_get (self->settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), CLAMP (width, 360, 16384),
                               CLAMP (height, 300, 16384));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static gboolean
weir_window_close_request (GtkWindow *window)
{
  save_size (WEIR_WINDOW (window));
  return GTK_WINDOW_CLASS (weir_window_parent_class)->close_request (window);
}

static void
weir_window_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  WeirWindow *self = WEIR_WINDOW (widget);

  adw_leaflet_set_can_unfold (self->leaflet, width >= NARROW_WIDTH);
  weir_connection_pill_set_compact (self->pill, width < COMPACT_WIDTH);
  GTK_WIDGET_CLASS (weir_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
weir_window_dispose (GObject *object)
{
  WeirWindow *self = WEIR_WINDOW (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (weir_window_parent_class)->dispose (object);
}

static void
weir_window_class_init (WeirWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_window_dispose;
  widget_class->size_allocate = weir_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = weir_window_close_request;

  gtk_widget_class_install_action (widget_class, "win.page", "s", page_action_cb);
  gtk_widget_class_install_action (widget_class, "win.show-events", WEIR_CONDITIONS_TYPE,
                                   show_events_action_cb);
  gtk_widget_class_install_action (widget_class, "win.connection", NULL, connection_action_cb);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, retry_action_cb);
  gtk_widget_class_install_action (widget_class, "win.connect", NULL, connect_action_cb);

  g_type_ensure (WEIR_TYPE_CONNECTION_PILL);
  g_type_ensure (WEIR_TYPE_LIVE_PAGE);
  g_type_ensure (WEIR_TYPE_OVERVIEW_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, content);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, page_list);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, pill);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, overview);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, live);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, notice_cb);
}

static void
weir_window_init (WeirWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_sidebar (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "live",
                                  weir_live_page_get_actions (self->live));
  weir_frame_log_watch (GTK_WIDGET (self));
}

/**
 * weir_window_new:
 * @application: the application it belongs to
 * @session: what it shows
 * @settings: (nullable): what the reader prefers
 *
 * Returns: (transfer none): a window
 */
WeirWindow *
weir_window_new (GtkApplication *application,
                 WeirSession    *session,
                 GSettings      *settings)
{
  WeirWindow *self;
  g_autofree char *page = NULL;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);

  self = g_object_new (WEIR_TYPE_WINDOW, "application", application, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notice", G_CALLBACK (notice_cb), self, G_CONNECT_SWAPPED);
  weir_connection_pill_set_session (self->pill, session);
  weir_overview_page_set_session (self->overview, session);
  weir_live_page_set_session (self->live, session);
  if (settings != NULL)
    {
      page = g_settings_get_string (settings, "page");
      self->settings = g_object_ref (settings);
      restore_size (self);
      weir_live_page_bind_settings (self->live, settings);
    }
  weir_window_show_page (self, page != NULL ? page : "overview");
  page_changed_cb (self);
  gtk_window_set_focus (GTK_WINDOW (self),
                        GTK_WIDGET (gtk_list_box_get_selected_row (self->page_list)));
  return self;
}

/**
 * weir_window_show_page:
 * @self: a window
 * @name: name of a page
 *
 * Shows a page.
 */
void
weir_window_show_page (WeirWindow *self,
                       const char *name)
{
  g_return_if_fail (WEIR_IS_WINDOW (self));

  if (gtk_stack_get_child_by_name (self->pages, name) == NULL)
    return;
  gtk_stack_set_visible_child_name (self->pages, name);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}
