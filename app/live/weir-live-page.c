/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-page.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"
#include "weir-event-detail.h"
#include "weir-event-export.h"
#include "weir-event-feed.h"
#include "weir-filter-bar.h"
#include "weir-fold-layout.h"
#include "weir-live-columns.h"
#include "weir-live-source.h"
#include "weir-live-table.h"
#include "weir-try-hint.h"

#define MAX_ROWS  100000
#define MAX_BYTES (96 * 1024 * 1024)

/* The pill need not count faster than a reader reads. */
#define PILL_MICROSECONDS (G_USEC_PER_SEC / 8)

struct _WeirLivePage
{
  GtkWidget parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *table_box;
  WeirFilterBar *filter_bar;
  GtkToggleButton *pause_button;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  WeirTryHint *try_hint;
  GtkWidget *clear_button;
  WeirLiveTable *table;
  GtkWidget *pill;
  AdwButtonContent *pill_content;
  GtkLabel *status;
  GtkWidget *detail_box;
  WeirEventDetail *detail;

  WeirSession *session;
  WeirScope *scope;
  WeirLiveSource *source;
  WeirEventRing *ring;
  WeirEventFeed *feed;
  WeirSeenNames *names;
  GSimpleActionGroup *actions;
  guint tick_id;
  gint64 pill_at;
};

enum {
  NOTICE,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirLivePage, weir_live_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
update_pill (WeirLivePage *self,
             gboolean      now)
{
  gint64 time = g_get_monotonic_time ();
  guint n = weir_event_ring_get_n_waiting (self->ring);
  gboolean shown = n > 0 && weir_live_table_get_frozen (self->table)
                   && !weir_live_table_get_holding (self->table);
  g_autofree char *text = NULL;

  if (shown && !now && time - self->pill_at < PILL_MICROSECONDS)
    return;
  self->pill_at = time;
  if (shown)
    {
      text = g_strdup_printf (ngettext ("%'u new event", "%'u new events", n), n);
      adw_button_content_set_label (self->pill_content, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->pill),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
    }
  gtk_widget_set_visible (self->pill, shown);
}

static void
update_status (WeirLivePage *self)
{
  guint64 missed = weir_event_feed_get_n_missed (self->feed);
  g_autofree char *text = NULL;

  if (missed == 0)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->status), FALSE);
      return;
    }
  text = g_strdup_printf (ngettext ("%'lu event went by that is not shown. The collector has it.",
                                    "%'lu events went by that are not shown. "
                                    "The collector has them.", (gulong) missed),
                          (gulong) missed);
  if (g_strcmp0 (gtk_label_get_text (self->status), text) != 0)
    gtk_label_set_text (self->status, text);
  gtk_widget_set_visible (GTK_WIDGET (self->status), TRUE);
}

static const char *
get_empty_title (gboolean is_filtered,
                 gboolean is_file)
{
  if (is_file)
    return _("No event in this file");
  return is_filtered ? _("No event matches yet") : _("No events yet");
}

static const char *
get_empty_text (gboolean is_filtered,
                gboolean is_file)
{
  if (is_file)
    return is_filtered ? _("Nothing in it matches the filter.") : NULL;
  if (is_filtered)
    return _("Events that match the filter appear here as they are stored.");
  return _("Every event appears here the moment it is stored. Send one to see it.");
}

static void
update_empty_page (WeirLivePage *self)
{
  gboolean is_file = self->session != NULL && weir_session_get_file (self->session) != NULL;
  const GError *error = self->source != NULL ? weir_live_source_get_error (self->source) : NULL;
  g_autofree char *filter = self->scope != NULL ? weir_scope_dup_filter (self->scope) : NULL;
  g_autofree char *message = NULL;

  if (error != NULL)
    message = g_markup_escape_text (error->message, -1);
  adw_status_page_set_title (self->empty_page,
                             error != NULL ? _("The collector sends no events")
                                           : get_empty_title (filter != NULL, is_file));
  adw_status_page_set_description (self->empty_page,
                                   error != NULL ? message
                                                 : get_empty_text (filter != NULL, is_file));
  gtk_widget_set_visible (self->clear_button, filter != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->try_hint),
                          filter == NULL && !is_file && error == NULL);
}

static void
update_stack (WeirLivePage *self)
{
  const char *name = "table";

  if (weir_event_ring_get_n_rows (self->ring) == 0)
    {
      gboolean loading = self->source != NULL && weir_live_source_is_loading (self->source);

      update_empty_page (self);
      name = loading ? "loading" : "empty";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  WeirLivePage *self = WEIR_LIVE_PAGE (widget);
  gboolean more = weir_event_feed_flush (self->feed, g_get_real_time ());

  update_stack (self);
  weir_live_table_follow (self->table);
  update_pill (self, FALSE);
  update_status (self);
  if (more)
    return G_SOURCE_CONTINUE;
  update_pill (self, TRUE);
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static void
want_tick (WeirLivePage *self)
{
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

/* Rows that no longer hold must not stay among those that do. */
static void
reset_cb (WeirLivePage *self)
{
  weir_live_table_go_on (self->table);
  weir_event_ring_clear (self->ring);
  update_stack (self);
  update_pill (self, TRUE);
  update_status (self);
}

static void
moved_cb (WeirLivePage *self)
{
  const char *url = weir_session_get_url (self->session);
  g_autofree char *command = weir_event_sample_curl (url);

  weir_try_hint_set_command (self->try_hint, command);
  weir_event_detail_set_url (self->detail, url);
}

static void
stats_cb (WeirLivePage *self)
{
  WeirStats *stats = weir_session_get_stats (self->session);
  const WeirTypeStats *type;
  const WeirSourceStats *source;

  for (guint i = 0; (type = weir_stats_get_type (stats, i)) != NULL; i++)
    weir_seen_names_add (self->names, "event", type->name);
  for (guint i = 0; (source = weir_stats_get_source (stats, i)) != NULL; i++)
    weir_seen_names_add (self->names, "source", source->name);
}

/* The conditions are those of the window; whoever changes them, the other follows. */
static void
filter_changed_cb (WeirLivePage *self)
{
  if (self->scope != NULL)
    weir_scope_set_conditions (self->scope, weir_filter_bar_get_conditions (self->filter_bar));
}

static void
scope_cb (WeirLivePage *self)
{
  GVariant *wanted = weir_scope_get_conditions (self->scope);
  g_autoptr(GVariant) shown =
    g_variant_ref_sink (weir_filter_bar_get_conditions (self->filter_bar));
  g_autofree char *filter = weir_scope_dup_filter (self->scope);

  if (!g_variant_equal (shown, wanted))
    weir_filter_bar_set_conditions (self->filter_bar, wanted);
  weir_live_source_set_filter (self->source, filter);
  update_stack (self);
}

static void
narrow_cb (WeirLivePage *self,
           const char   *property,
           const char   *literal,
           gboolean      only)
{
  weir_filter_bar_narrow (self->filter_bar, property, literal, only);
}

static void
set_detail_shown (WeirLivePage *self,
                  gboolean      shown)
{
  if (shown)
    gtk_widget_set_visible (self->detail_box, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, shown ? self->detail_box : self->table_box);
  if (!shown)
    {
      gtk_widget_set_visible (self->detail_box, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (self->table));
    }
}

static gboolean
show_selected (WeirLivePage *self)
{
  WeirEventItem *item = weir_live_table_get_selected (self->table);
  WeirEvent event;

  if (item == NULL || !weir_event_item_read (item, &event) || event.text[WEIR_EVENT_NAME] == NULL)
    return FALSE;
  weir_event_detail_set_event (self->detail, &event);
  return TRUE;
}

static void
selected_cb (WeirLivePage *self)
{
  if (gtk_widget_get_visible (self->detail_box))
    show_selected (self);
}

static void
details_cb (WeirLivePage *self)
{
  if (show_selected (self))
    set_detail_shown (self, TRUE);
}

static void
detail_close_cb (WeirLivePage *self)
{
  set_detail_shown (self, FALSE);
}

static void
detail_copied_cb (WeirLivePage *self,
                  const char   *what)
{
  g_signal_emit (self, signals[NOTICE], 0, what);
}

static void
frozen_cb (WeirLivePage *self)
{
  GAction *pause = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "pause");
  gboolean paused = weir_live_table_get_paused (self->table);

  g_simple_action_set_state (G_SIMPLE_ACTION (pause), g_variant_new_boolean (paused));
  update_pill (self, TRUE);
  want_tick (self);
}

static void
newest_first_cb (WeirLivePage *self,
                 const char   *key,
                 GSettings    *settings)
{
  gboolean newest_first = g_settings_get_boolean (settings, "newest-first");

  weir_event_ring_set_newest_first (self->ring, newest_first);
  gtk_widget_set_valign (self->pill, newest_first ? GTK_ALIGN_START : GTK_ALIGN_END);
  adw_button_content_set_icon_name (self->pill_content,
                                    newest_first ? "go-up-symbolic" : "go-down-symbolic");
  weir_live_table_go_on (self->table);
}

static void
pause_action_cb (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       user_data)
{
  WeirLivePage *self = user_data;

  weir_live_table_set_paused (self->table, g_variant_get_boolean (state));
}

static void
newest_action_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  WeirLivePage *self = user_data;

  weir_live_table_go_on (self->table);
  want_tick (self);
}

static void
add_filter_action_cb (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  weir_filter_bar_start_adding (WEIR_LIVE_PAGE (user_data)->filter_bar);
}

static void
clear_filter_action_cb (GSimpleAction *action,
                        GVariant      *parameter,
                        gpointer       user_data)
{
  weir_filter_bar_clear (WEIR_LIVE_PAGE (user_data)->filter_bar);
}

static void
details_action_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  WeirLivePage *self = user_data;

  if (gtk_widget_get_visible (self->detail_box))
    set_detail_shown (self, FALSE);
  else
    details_cb (self);
}

static void
copy_json_action_cb (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  WeirLivePage *self = user_data;

  if (show_selected (self) || weir_event_detail_has_event (self->detail))
    weir_event_detail_copy_json (self->detail);
}

/* A shortcut must not change a page that nobody sees. */
static void
enable_actions (WeirLivePage *self,
                gboolean      enabled)
{
  g_auto(GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self->actions));

  for (guint i = 0; names[i] != NULL; i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), names[i]);

      if (G_IS_SIMPLE_ACTION (action))
        g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
    }
}

static void
add_actions (WeirLivePage *self)
{
  static const GActionEntry entries[] = {
    { "pause", NULL, NULL, "false", pause_action_cb },
    { "newest", newest_action_cb },
    { "add-filter", add_filter_action_cb },
    { "clear-filter", clear_filter_action_cb },
    { "details", details_action_cb },
    { "copy-json", copy_json_action_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions),
                                   entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    {
      g_autofree char *name = g_strconcat ("column-", weir_event_column_get_id (i), NULL);
      g_autoptr(GPropertyAction) action = NULL;

      action = g_property_action_new (name, weir_live_table_get_column (self->table, i), "visible");
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
    }
  enable_actions (self, FALSE);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "live", G_ACTION_GROUP (self->actions));
}

static void
weir_live_page_map (GtkWidget *widget)
{
  WeirLivePage *self = WEIR_LIVE_PAGE (widget);

  GTK_WIDGET_CLASS (weir_live_page_parent_class)->map (widget);
  enable_actions (self, TRUE);
  /* A stream costs both sides something, so there is one only while the page can be seen. */
  if (self->source != NULL)
    weir_live_source_set_active (self->source, TRUE);
}

static void
weir_live_page_unmap (GtkWidget *widget)
{
  WeirLivePage *self = WEIR_LIVE_PAGE (widget);

  if (self->source != NULL)
    weir_live_source_set_active (self->source, FALSE);
  enable_actions (self, FALSE);
  GTK_WIDGET_CLASS (weir_live_page_parent_class)->unmap (widget);
}

static void
weir_live_page_dispose (GObject *object)
{
  WeirLivePage *self = WEIR_LIVE_PAGE (object);

  if (self->source != NULL)
    {
      weir_live_source_set_active (self->source, FALSE);
      g_signal_handlers_disconnect_by_data (self->source, self);
    }
  g_clear_object (&self->source);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  if (self->leaflet != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->leaflet)));
  g_clear_object (&self->session);
  g_clear_object (&self->scope);
  g_clear_object (&self->actions);
  g_clear_object (&self->feed);
  g_clear_object (&self->ring);
  g_clear_object (&self->names);

  G_OBJECT_CLASS (weir_live_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WEIR_TYPE_EVENT_DETAIL);
  g_type_ensure (WEIR_TYPE_FILTER_BAR);
  g_type_ensure (WEIR_TYPE_FOLD_LAYOUT);
  g_type_ensure (WEIR_TYPE_LIVE_TABLE);
  g_type_ensure (WEIR_TYPE_TRY_HINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-live-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, table_box);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, try_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, clear_button);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, table);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, pill);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, pill_content);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, status);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, detail_box);
  gtk_widget_class_bind_template_child (widget_class, WeirLivePage, detail);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_close_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_copied_cb);
  gtk_widget_class_bind_template_callback (widget_class, frozen_cb);
}

static void
weir_live_page_class_init (WeirLivePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_live_page_dispose;
  widget_class->map = weir_live_page_map;
  widget_class->unmap = weir_live_page_unmap;

  signals[NOTICE] =
    g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  bind_template (widget_class);
}

static void
weir_live_page_init (WeirLivePage *self)
{
  self->ring = weir_event_ring_new (MAX_ROWS, MAX_BYTES);
  self->names = weir_seen_names_new ();
  self->feed = weir_event_feed_new (self->ring, self->names);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  weir_live_table_set_ring (self->table, self->ring);
  weir_filter_bar_set_names (self->filter_bar, self->names);
  update_stack (self);
}

/**
 * weir_live_page_set_session:
 * @self: a live page
 * @session: where events come from
 * @scope: which events the window speaks of
 *
 * Connects the page. To be called once.
 */
void
weir_live_page_set_session (WeirLivePage *self,
                            WeirSession  *session,
                            WeirScope    *scope)
{
  g_return_if_fail (WEIR_IS_LIVE_PAGE (self));
  g_return_if_fail (WEIR_IS_SESSION (session));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->scope = g_object_ref (scope);
  self->source = weir_live_source_new (session, self->feed);
  g_signal_connect_object (scope, "changed", G_CALLBACK (scope_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "arrived",
                           G_CALLBACK (want_tick), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "reset",
                           G_CALLBACK (reset_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "stats-changed",
                           G_CALLBACK (stats_cb), self, G_CONNECT_SWAPPED);
  if (weir_session_get_url (session) != NULL)
    moved_cb (self);
}

/**
 * weir_live_page_bind_settings:
 * @self: a live page
 * @settings: what the reader prefers
 *
 * Follows the preferences.
 */
void
weir_live_page_bind_settings (WeirLivePage *self,
                              GSettings    *settings)
{
  g_return_if_fail (WEIR_IS_LIVE_PAGE (self));

  weir_live_table_bind_settings (self->table, settings);
  g_signal_connect_object (settings, "changed::newest-first",
                           G_CALLBACK (newest_first_cb), self, G_CONNECT_SWAPPED);
  newest_first_cb (self, "newest-first", settings);
}

/**
 * weir_live_page_show_events:
 * @self: a live page
 * @conditions: of the type %WEIR_CONDITIONS_TYPE
 *
 * Shows the events that meet the conditions, and no others.
 */
void
weir_live_page_show_events (WeirLivePage *self,
                            GVariant     *conditions)
{
  g_return_if_fail (WEIR_IS_LIVE_PAGE (self));

  set_detail_shown (self, FALSE);
  weir_filter_bar_set_conditions (self->filter_bar, conditions);
}

/**
 * weir_live_page_get_actions:
 * @self: a live page
 *
 * Returns: (transfer none): what can be done with the page; a window has it as `live`, so that
 *   accelerators work wherever the focus is
 */
GActionGroup *
weir_live_page_get_actions (WeirLivePage *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_PAGE (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
