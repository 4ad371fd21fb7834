/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-window.h"

#include <glib/gi18n.h>

#include "weir-alerts-page.h"
#include "weir-catalog.h"
#include "weir-cohorts-page.h"
#include "weir-collector-page.h"
#include "weir-compare-window.h"
#include "weir-conditions.h"
#include "weir-connect-dialog.h"
#include "weir-connection-pill.h"
#include "weir-file-opener.h"
#include "weir-frame-log.h"
#include "weir-funnels-page.h"
#include "weir-go-to.h"
#include "weir-guide.h"
#include "weir-history.h"
#include "weir-live-page.h"
#include "weir-loss.h"
#include "weir-overview-page.h"
#include "weir-people-page.h"
#include "weir-retention-page.h"
#include "weir-scope-bar.h"
#include "weir-sql-page.h"
#include "weir-trends-page.h"
#include "weir-trouble-bar.h"

/* Narrower than this, the sidebar folds. */
#define NARROW_WIDTH 700
/* Narrower than this, the pill says less. */
#define COMPACT_WIDTH 700

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
  AdwSqueezer *squeezer;
  WeirScopeBar *scope_bar;
  GtkWidget *scope_row;
  GtkMenuButton *menu_button;
  GMenu *recent_menu;
  WeirScopeBar *narrow_scope_bar;
  WeirConnectionPill *pill;
  WeirTroubleBar *trouble;
  AdwToastOverlay *toasts;
  AdwToast *toast;          /* the latest one; not owned */
  GtkStack *pages;
  WeirOverviewPage *overview;
  WeirLivePage *live;

  WeirScope *scope;
  WeirCatalog *catalog;
  WeirHistory *history;
  WeirLoss *loss;
  guint squeeze_id;
  gboolean switching;
  gboolean stepping;
  gboolean is_troubled;     /* what goes wrong is said above the page */
};

G_DEFINE_FINAL_TYPE (WeirWindow, weir_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct {
  const char *name;
  const char *title;
  const char *icon;
  const char *group;        /* heading above it, when it is the first of its group */
  GType (*get_type) (void); /* of a WeirPage; NULL for those in the template */
} page_infos[] = {
  { "overview", N_("Overview"), "weir-overview-symbolic", N_("Now"), NULL },
  { "live", N_("Live"), "weir-live-symbolic", NULL, NULL },
  { "trends", N_("Trends"), "weir-trends-symbolic", N_("Understand"), weir_trends_page_get_type },
  { "funnels", N_("Funnels"), "weir-funnels-symbolic", NULL, weir_funnels_page_get_type },
  { "retention", N_("Retention"), "weir-retention-symbolic", NULL, weir_retention_page_get_type },
  { "cohorts", N_("Cohorts"), "weir-cohorts-symbolic", NULL, weir_cohorts_page_get_type },
  { "people", N_("People"), "weir-people-symbolic", NULL, weir_people_page_get_type },
  { "collector", N_("Collector"), "weir-collector-symbolic", N_("Run"),
    weir_collector_page_get_type },
  { "alerts", N_("Alerts"), "weir-alerts-symbolic", NULL, weir_alerts_page_get_type },
  { "sql", N_("SQL"), "weir-sql-symbolic", NULL, weir_sql_page_get_type },
};

static void
notice_cb (WeirWindow *self,
           const char *text)
{
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
toast_cb (WeirWindow *self,
          AdwToast   *toast)
{
  /* What was done last is what one may want to undo: nothing waits behind an older word. Only what
   * is about to be deleted keeps its place. */
  if (self->toast != NULL && adw_toast_get_priority (self->toast) == ADW_TOAST_PRIORITY_NORMAL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
}

static WeirPage *
get_page (WeirWindow *self,
          const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, name);

  return WEIR_IS_PAGE (page) ? WEIR_PAGE (page) : NULL;
}

/* Why what the page shows is not the present. */
static void
update_trouble (WeirWindow *self)
{
  WeirPage *page = get_page (self, gtk_stack_get_visible_child_name (self->pages));
  g_autofree char *text = weir_loss_dup_text (self->loss);

  if (text == NULL && page != NULL)
    text = weir_page_dup_trouble (page);
  weir_trouble_bar_set_text (self->trouble, text);
  if ((text != NULL) == self->is_troubled)
    return;
  self->is_troubled = text != NULL;
  weir_trouble_bar_hush (GTK_WIDGET (self->pages), self->is_troubled);
}

static void
again_cb (WeirWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.refresh", NULL);
}

static void
update_steps (WeirWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back",
                                 weir_history_can_step (self->history, -1));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.forward",
                                 weir_history_can_step (self->history, 1));
}

/* Where the reader is now is somewhere to come back to. */
static void
note_place (WeirWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->pages);
  WeirPage *page;

  if (self->stepping || self->scope == NULL || name == NULL)
    return;
  page = get_page (self, name);
  weir_history_push (self->history, name, weir_scope_to_variant (self->scope),
                     page != NULL ? weir_page_save (page) : NULL);
  update_steps (self);
}

static void
step (WeirWindow *self,
      int         direction)
{
  const WeirPlace *place = weir_history_step (self->history, direction);
  WeirPage *page;

  if (place == NULL)
    return;
  self->stepping = TRUE;
  weir_scope_set_variant (self->scope, place->scope);
  page = get_page (self, place->page);
  if (page != NULL && place->state != NULL)
    weir_page_restore (page, place->state);
  weir_window_show_page (self, place->page);
  self->stepping = FALSE;
  update_steps (self);
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
  if (self->loss != NULL)
    update_trouble (self);
  note_place (self);
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

static gboolean
squeeze_cb (gpointer user_data)
{
  WeirWindow *self = user_data;

  self->squeeze_id = 0;
  gtk_widget_set_visible (self->scope_row,
                          adw_squeezer_get_visible_child (self->squeezer) == NULL);
  return G_SOURCE_REMOVE;
}

/* Where the header has no room, the scope has a row of its own. That is found out while places are
 * given to widgets, when none may come or go. */
static void
squeezed_cb (WeirWindow *self)
{
  if (self->squeeze_id == 0)
    self->squeeze_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, squeeze_cb, self, NULL);
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

  self->stepping = TRUE;
  weir_scope_set_conditions (self->scope, parameter);
  weir_live_page_show_events (self->live, parameter);
  self->stepping = FALSE;
  weir_window_show_page (self, "live");
  note_place (self);
}

static void
step_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  step (WEIR_WINDOW (widget), g_str_equal (name, "win.back") ? -1 : 1);
}

typedef void (*Verb) (WeirPage *page);

/* What the page that is shown does, if it can. */
static const struct {
  const char *action;
  gsize offset;             /* of a function of the page's class */
} verbs[] = {
  { "win.begin", G_STRUCT_OFFSET (WeirPageClass, begin) },
  { "win.keep", G_STRUCT_OFFSET (WeirPageClass, keep) },
  { "win.duplicate", G_STRUCT_OFFSET (WeirPageClass, duplicate) },
  { "win.discard", G_STRUCT_OFFSET (WeirPageClass, discard) },
  { "win.run", G_STRUCT_OFFSET (WeirPageClass, run) },
};

static void
verb_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);
  WeirPage *page = get_page (self, gtk_stack_get_visible_child_name (self->pages));

  for (guint i = 0; page != NULL && i < G_N_ELEMENTS (verbs); i++)
    {
      Verb verb = G_STRUCT_MEMBER (Verb, WEIR_PAGE_GET_CLASS (page), verbs[i].offset);

      if (g_str_equal (verbs[i].action, name) && verb != NULL)
        verb (page);
    }
}

static void
scope_action_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);
  WeirScopeBar *bar = gtk_widget_get_mapped (self->scope_row) ? self->narrow_scope_bar
                                                              : self->scope_bar;

  if (g_str_equal (name, "win.scope-range"))
    weir_scope_bar_open_range (bar);
  else
    weir_scope_bar_open_filter (bar);
}

/* Goes to a place within a page, by what its restore() understands. */
static void
go_to (WeirWindow *self,
       const char *name,
       GVariant   *state)
{
  g_autoptr(GVariant) taken = g_variant_ref_sink (state);
  WeirPage *page = get_page (self, name);

  g_return_if_fail (page != NULL);

  weir_window_show_page (self, name);
  weir_page_restore (page, taken);
  note_place (self);
}

static void
show_person_action_cb (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  go_to (WEIR_WINDOW (widget), "people", parameter);
}

static void
open_question_action_cb (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  const char *page, *question;

  g_variant_get (parameter, "(&s&s)", &page, &question);
  go_to (WEIR_WINDOW (widget), page, g_variant_new_string (question));
}

static void
go_to_action_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (weir_go_to_new (GTK_WINDOW (self), self->session,
                                                  self->catalog)));
}

static void
open_file (const char *path,
           gpointer    user_data)
{
  weir_file_opener_note (path);
  weir_session_open_file (WEIR_WINDOW (user_data)->session, path);
}

static void
open_action_cb (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  weir_file_opener_choose (GTK_WINDOW (widget), _("Open a database file"), open_file, widget);
}

static void
open_file_action_cb (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  open_file (g_variant_get_string (parameter, NULL), widget);
}

static void
compare_with (const char *path,
              gpointer    user_data)
{
  WeirWindow *self = user_data;

  weir_file_opener_note (path);
  gtk_window_present (GTK_WINDOW (weir_compare_window_new (GTK_WINDOW (self), self->session,
                                                           path)));
}

static void
compare_action_cb (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  weir_file_opener_choose (GTK_WINDOW (widget), _("Compare with a database file"),
                           compare_with, widget);
}

static void
compare_file_action_cb (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  compare_with (g_variant_get_string (parameter, NULL), widget);
}

/* The menu tells of files that were opened since by this program or another. */
static void
menu_shown_cb (WeirWindow *self)
{
  g_autoptr(GMenu) recent = weir_file_opener_create_menu ();

  g_menu_remove_all (self->recent_menu);
  g_menu_append_section (self->recent_menu, NULL, G_MENU_MODEL (recent));
}

static void
guide_action_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (weir_guide_new (GTK_WINDOW (self), self->session,
                                                  self->settings)));
}

static void
use_cohort_action_cb (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  weir_scope_set_cohort (WEIR_WINDOW (widget)->scope, g_variant_get_string (parameter, NULL));
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
refresh_action_cb (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WeirWindow *self = WEIR_WINDOW (widget);
  WeirPage *page = get_page (self, gtk_stack_get_visible_child_name (self->pages));
  g_autofree char *lost = weir_loss_dup_text (self->loss);

  if (lost != NULL)
    weir_session_retry (self->session);
  else if (page != NULL)
    weir_page_ask_again (page);
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

  g_clear_handle_id (&self->squeeze_id, g_source_remove);
  g_clear_weak_pointer (&self->toast);
  g_clear_object (&self->loss);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_object (&self->scope);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (weir_window_parent_class)->dispose (object);
}

static void
weir_window_finalize (GObject *object)
{
  weir_history_free (WEIR_WINDOW (object)->history);

  G_OBJECT_CLASS (weir_window_parent_class)->finalize (object);
}

static void
weir_window_class_init (WeirWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_window_finalize;
  widget_class->size_allocate = weir_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = weir_window_close_request;

  gtk_widget_class_install_action (widget_class, "win.page", "s", page_action_cb);
  gtk_widget_class_install_action (widget_class, "win.show-events", WEIR_CONDITIONS_TYPE,
                                   show_events_action_cb);
  gtk_widget_class_install_action (widget_class, "win.show-person", "s", show_person_action_cb);
  gtk_widget_class_install_action (widget_class, "win.open-question", "(ss)",
                                   open_question_action_cb);
  gtk_widget_class_install_action (widget_class, "win.use-cohort", "s", use_cohort_action_cb);
  gtk_widget_class_install_action (widget_class, "win.go-to", NULL, go_to_action_cb);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action_cb);
  gtk_widget_class_install_action (widget_class, "win.open-file", "s", open_file_action_cb);
  gtk_widget_class_install_action (widget_class, "win.compare", NULL, compare_action_cb);
  gtk_widget_class_install_action (widget_class, "win.compare-file", "s", compare_file_action_cb);
  gtk_widget_class_install_action (widget_class, "win.guide", NULL, guide_action_cb);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, step_action_cb);
  gtk_widget_class_install_action (widget_class, "win.forward", NULL, step_action_cb);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    gtk_widget_class_install_action (widget_class, verbs[i].action, NULL, verb_action_cb);
  gtk_widget_class_install_action (widget_class, "win.scope-range", NULL, scope_action_cb);
  gtk_widget_class_install_action (widget_class, "win.scope-filter", NULL, scope_action_cb);
  gtk_widget_class_install_action (widget_class, "win.connection", NULL, connection_action_cb);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, retry_action_cb);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_action_cb);
  gtk_widget_class_install_action (widget_class, "win.connect", NULL, connect_action_cb);

  g_type_ensure (WEIR_TYPE_CONNECTION_PILL);
  g_type_ensure (WEIR_TYPE_LIVE_PAGE);
  g_type_ensure (WEIR_TYPE_OVERVIEW_PAGE);
  g_type_ensure (WEIR_TYPE_SCOPE_BAR);
  g_type_ensure (WEIR_TYPE_TROUBLE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, content);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, page_list);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, squeezer);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, scope_bar);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, scope_row);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, recent_menu);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, narrow_scope_bar);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, pill);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, trouble);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, overview);
  gtk_widget_class_bind_template_child (widget_class, WeirWindow, live);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, notice_cb);
  gtk_widget_class_bind_template_callback (widget_class, squeezed_cb);
}

static void
add_pages (WeirWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (page_infos); i++)
    {
      GtkWidget *page;

      if (page_infos[i].get_type == NULL)
        continue;
      page = g_object_new (page_infos[i].get_type (), NULL);
      g_signal_connect_object (page, "toast", G_CALLBACK (toast_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (page, "trouble", G_CALLBACK (update_trouble), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (page, "went", G_CALLBACK (note_place), self, G_CONNECT_SWAPPED);
      gtk_stack_add_titled (self->pages, page, page_infos[i].name, _(page_infos[i].title));
    }
}

static void
attach_pages (WeirWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (page_infos); i++)
    {
      WeirPage *page = get_page (self, page_infos[i].name);

      if (page != NULL)
        weir_page_attach (page, self->session, self->scope, self->catalog, self->settings);
    }
}

static void
weir_window_init (WeirWindow *self)
{
  self->history = weir_history_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_menu_button_get_popover (self->menu_button), "show",
                           G_CALLBACK (menu_shown_cb), self, G_CONNECT_SWAPPED);
  fill_sidebar (self);
  add_pages (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "live",
                                  weir_live_page_get_actions (self->live));
  weir_file_opener_accept_drops (GTK_WIDGET (self), open_file, self);
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
  self->loss = weir_loss_new (session);
  g_signal_connect_object (self->loss, "changed", G_CALLBACK (update_trouble), self,
                           G_CONNECT_SWAPPED);
  weir_connection_pill_set_session (self->pill, session);
  self->scope = weir_scope_new ();
  self->catalog = weir_catalog_new (session);
  weir_scope_bar_set_scope (self->scope_bar, self->scope, self->catalog);
  weir_scope_bar_set_scope (self->narrow_scope_bar, self->scope, self->catalog);
  weir_overview_page_set_session (self->overview, session);
  weir_live_page_set_session (self->live, session, self->scope);
  if (settings != NULL)
    {
      page = g_settings_get_string (settings, "page");
      self->settings = g_object_ref (settings);
      restore_size (self);
      weir_live_page_bind_settings (self->live, settings);
    }
  attach_pages (self);
  weir_window_show_page (self, page != NULL ? page : "overview");
  page_changed_cb (self);
  g_signal_connect_object (self->scope, "changed",
                           G_CALLBACK (note_place), self, G_CONNECT_SWAPPED);
  update_steps (self);
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
