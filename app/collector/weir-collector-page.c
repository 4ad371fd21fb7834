/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-collector-page.h"

#include <glib/gi18n.h>

#include "weir-dead-letters.h"
#include "weir-json.h"
#include "weir-records-pane.h"
#include "weir-sources-view.h"
#include "weir-spoken-names.h"
#include "weir-wiring.h"

struct _WeirCollectorPage
{
  WeirPage parent_instance;

  WeirWiring *wiring;
  GtkLabel *facts;
  AdwViewStack *stack;
  GtkWidget *drill_box;
  GtkDropDown *drill_menu;
  GtkButton *drill_button;
  GtkLabel *drill_label;

  WeirSourcesView *sources;
  WeirDeadLetters *dead_letters;
  WeirRecordsPane *rejected;
  WeirRecordsPane *streams;
  WeirRecordsPane *log;
  GCancellable *cancellable;
  gboolean is_asking;       /* how it is; a collector that hangs is not asked again meanwhile */
  gboolean is_drilling;
};

G_DEFINE_FINAL_TYPE (WeirCollectorPage, weir_collector_page, WEIR_TYPE_PAGE)

/* In the order of the menu in the template. */
static const char * const drills[] = { "slow-store", "store-down", "slow-journal", "disk-full" };

static const WeirRecordColumn rejected_columns[] = {
  { N_("When"), "at", WEIR_RECORD_INSTANT, FALSE, FALSE, NULL },
  { N_("Source"), "source", WEIR_RECORD_TEXT, FALSE, FALSE, NULL },
  { N_("Code"), "code", WEIR_RECORD_TEXT, FALSE, FALSE, NULL },
  { N_("Reason"), "message", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
  { N_("Begins with"), "excerpt", WEIR_RECORD_TEXT, TRUE, FALSE, NULL },
};

static const WeirRecordColumn stream_columns[] = {
  { N_("Client"), "peer", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
  { N_("Topics"), "topics", WEIR_RECORD_LIST, TRUE, FALSE, NULL },
  { N_("Since"), "since", WEIR_RECORD_AGO, FALSE, FALSE, NULL },
  { N_("Sent"), "sent", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Missed"), "missed", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Bytes waiting"), "queued_bytes", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
};

static const WeirRecordColumn log_columns[] = {
  { N_("When"), "at", WEIR_RECORD_INSTANT, FALSE, FALSE, NULL },
  { N_("Level"), "level", WEIR_RECORD_TEXT, FALSE, FALSE, NULL },
  { N_("Message"), "message", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
};

static WeirApiClient *
get_client (WeirCollectorPage *self)
{
  return weir_session_get_client (weir_page_get_session (WEIR_PAGE (self)));
}

static char *
describe_store (JsonObject *store)
{
  g_autofree char *bytes = g_format_size (weir_json_get_count (store, "bytes"));
  const char *keep = weir_json_get_text (store, "keep");
  const char *kind = weir_json_get_text (store, "kind");

  if (keep == NULL)
    /* Translators: kind and size of a store. */
    return g_strdup_printf (_("%s, %s, everything is kept"), kind != NULL ? kind : "", bytes);
  return g_strdup_printf (_("%s, %s, kept for %s"), kind != NULL ? kind : "", bytes, keep);
}

static void
show_facts (WeirCollectorPage *self,
            JsonObject        *status)
{
  g_autofree char *store = describe_store (weir_json_get_object (status, "store"));
  const char *version = weir_json_get_text (status, "version");
  const char *durability = weir_json_get_text (status, "durability");
  g_autofree char *text = NULL;

  /* Translators: version, durability and store of a collector. */
  text = g_strdup_printf (_("Version %s · durability %s · %s"), version != NULL ? version : "",
                          durability != NULL ? durability : "", store);
  gtk_label_set_text (self->facts, text);
}

static void
status_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirCollectorPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) status = weir_answer_finish (object, result, &error);

  self->is_asking = FALSE;
  weir_page_set_trouble (WEIR_PAGE (self), self->wiring, error);
  if (status == NULL)
    return;
  weir_wiring_set_status (self->wiring, status);
  show_facts (self, status);
}

static void
drill_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirCollectorPage) self = user_data;
  g_autoptr(JsonObject) drill = weir_answer_finish (object, result, NULL);
  const char *fault = weir_json_get_text (drill, "fault");
  g_autofree char *text = NULL;

  /* Only a collector that was started with drills allowed has them. */
  gtk_widget_set_visible (self->drill_box, drill != NULL);
  self->is_drilling = fault != NULL;
  gtk_widget_set_sensitive (GTK_WIDGET (self->drill_menu), !self->is_drilling);
  gtk_button_set_label (self->drill_button, self->is_drilling ? _("End drill") : _("Start drill"));
  if (fault != NULL)
    /* Translators: which fault is being staged. */
    text = g_strdup_printf (_("Drill: %s"), fault);
  gtk_label_set_text (self->drill_label, text != NULL ? text : "");
}

static void
refresh_now (WeirCollectorPage *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->stack);
  WeirApiClient *client = get_client (self);

  if (client == NULL || name == NULL)
    return;
  if (!self->is_asking)
    {
      self->is_asking = TRUE;
      weir_api_client_get_async (client, "/v1/status", self->cancellable,
                                 status_cb, g_object_ref (self));
      weir_api_client_get_async (client, "/v1/drill", self->cancellable,
                                 drill_cb, g_object_ref (self));
    }
  if (g_str_equal (name, "sources"))
    weir_sources_view_refresh (self->sources);
  else if (g_str_equal (name, "dead-letters"))
    weir_records_pane_refresh (weir_dead_letters_get_pane (self->dead_letters));
  else if (g_str_equal (name, "rejected"))
    weir_records_pane_refresh (self->rejected);
  else if (g_str_equal (name, "streams"))
    weir_records_pane_refresh (self->streams);
  else
    weir_records_pane_refresh (self->log);
}

static void
stats_cb (WeirCollectorPage *self)
{
  WeirStats *stats = weir_session_get_stats (weir_page_get_session (WEIR_PAGE (self)));

  if (stats != NULL)
    weir_wiring_set_stats (self->wiring, stats);
}

static void
opened_cb (WeirCollectorPage *self,
           const char        *part)
{
  adw_view_stack_set_visible_child_name (self->stack, part);
}

static void
weir_collector_page_begin (WeirPage *page)
{
  WeirCollectorPage *self = WEIR_COLLECTOR_PAGE (page);

  adw_view_stack_set_visible_child_name (self->stack, "sources");
  weir_sources_view_begin_key (self->sources);
}

static void
tab_cb (WeirCollectorPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && self->sources != NULL)
    refresh_now (self);
}

static void
drilled_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirCollectorPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (bytes == NULL)
    weir_page_notice_error (WEIR_PAGE (self), error);
  refresh_now (self);
}

static void
drill_clicked_cb (WeirCollectorPage *self)
{
  WeirApiClient *client = get_client (self);
  guint selected = gtk_drop_down_get_selected (self->drill_menu);
  g_autofree char *body = NULL;

  if (client == NULL || selected >= G_N_ELEMENTS (drills))
    return;
  if (self->is_drilling)
    {
      weir_api_client_send_async (client, "DELETE", "/v1/drill", NULL, self->cancellable,
                                  drilled_cb, g_object_ref (self));
      return;
    }
  body = g_strdup_printf ("{\"fault\":\"%s\",\"seconds\":30}", drills[selected]);
  weir_api_client_post_async (client, "/v1/drill", body, self->cancellable,
                              drilled_cb, g_object_ref (self));
}

static WeirRecordsPane *
add_pane (WeirCollectorPage      *self,
          const char             *name,
          const char             *title,
          const char             *icon,
          const char             *path,
          const char             *member,
          const WeirRecordColumn *columns,
          guint                   n_columns)
{
  WeirRecordsPane *pane = weir_records_pane_new (title, path, member, columns, n_columns);

  weir_records_pane_set_session (pane, weir_page_get_session (WEIR_PAGE (self)));
  adw_view_stack_add_titled_with_icon (self->stack, GTK_WIDGET (pane), name, title, icon);
  return pane;
}

static void
weir_collector_page_set_up (WeirPage *page)
{
  WeirCollectorPage *self = WEIR_COLLECTOR_PAGE (page);

  self->sources = weir_sources_view_new (page);
  self->dead_letters = weir_dead_letters_new (page);
  adw_view_stack_add_titled_with_icon (self->stack, GTK_WIDGET (self->sources), "sources",
                                       _("Sources"), "weir-people-symbolic");
  adw_view_stack_add_titled_with_icon (self->stack,
                                       GTK_WIDGET (weir_dead_letters_get_pane (self->dead_letters)),
                                       "dead-letters", _("Dead letters"), "mail-unread-symbolic");
  self->rejected = add_pane (self, "rejected", _("Rejected"), "action-unavailable-symbolic",
                             "/v1/rejected?limit=1000", "rejected",
                             rejected_columns, G_N_ELEMENTS (rejected_columns));
  weir_records_pane_set_empty (self->rejected, "weir-well-symbolic", _("Nothing rejected"),
                               _("Events that cannot be accepted are listed here with the reason, "
                                 "and how they begin. The list begins anew with the collector."));
  self->streams = add_pane (self, "streams", _("Streams"), "weir-live-symbolic",
                            "/v1/status", "streams", stream_columns, G_N_ELEMENTS (stream_columns));
  weir_records_pane_set_empty (self->streams, "weir-live-symbolic", _("Nobody listens"),
                               _("Consoles and programs that follow events are listed here."));
  self->log = add_pane (self, "log", _("Log"), "weir-pages-symbolic",
                        "/v1/log?limit=500", "lines", log_columns, G_N_ELEMENTS (log_columns));
  weir_records_pane_set_key (self->log, "seq");
  weir_records_pane_set_empty (self->log, "weir-pages-symbolic", _("Nothing logged"),
                               _("What the collector has to say is listed here."));
  g_signal_connect_object (weir_page_get_session (page), "stats-changed",
                           G_CALLBACK (stats_cb), self, G_CONNECT_SWAPPED);
  stats_cb (self);
}

static void
weir_collector_page_dispose (GObject *object)
{
  WeirCollectorPage *self = WEIR_COLLECTOR_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->dead_letters);

  G_OBJECT_CLASS (weir_collector_page_parent_class)->dispose (object);
}

static void
weir_collector_page_finalize (GObject *object)
{
  g_object_unref (WEIR_COLLECTOR_PAGE (object)->cancellable);

  G_OBJECT_CLASS (weir_collector_page_parent_class)->finalize (object);
}

static void
weir_collector_page_class_init (WeirCollectorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_collector_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_collector_page_finalize;
  WEIR_PAGE_CLASS (klass)->set_up = weir_collector_page_set_up;
  WEIR_PAGE_CLASS (klass)->refresh = (void (*) (WeirPage *)) refresh_now;
  WEIR_PAGE_CLASS (klass)->poll = (void (*) (WeirPage *)) refresh_now;
  WEIR_PAGE_CLASS (klass)->begin = weir_collector_page_begin;

  g_type_ensure (WEIR_TYPE_WIRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-collector-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, wiring);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, facts);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, drill_box);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, drill_menu);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, drill_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCollectorPage, drill_label);
  gtk_widget_class_bind_template_callback (widget_class, opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, tab_cb);
  gtk_widget_class_bind_template_callback (widget_class, drill_clicked_cb);
}

static void
weir_collector_page_init (WeirCollectorPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  weir_name_drop_down (self->drill_menu, _("Fault to stage"));
}
