/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trends-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-area-chart.h"
#include "weir-bar-chart.h"
#include "weir-chart-panel.h"
#include "weir-conditions.h"
#include "weir-csv-saver.h"
#include "weir-json.h"
#include "weir-line-chart.h"
#include "weir-spoken-names.h"
#include "weir-time.h"
#include "weir-trend-editor.h"
#include "weir-trend-filter.h"
#include "weir-trend-result.h"
#include "weir-wrap-layout.h"

struct _WeirTrendsPage
{
  WeirQuestionPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *result_pane;
  AdwWindowTitle *title;
  GtkWidget *save_button;
  GtkToggleButton *edit_button;
  GtkPopover *saved_popover;
  GtkBox *saved_box;
  GtkDropDown *kind;
  GtkCheckButton *compare;
  WeirQuestionView *view;
  WeirChartPanel *panel;
  WeirDataTable *totals;
  GtkWidget *side;
  WeirTrendEditor *editor;

  WeirChart *chart;
  WeirChartData *data;
  GCancellable *cancellable;
  JsonObject *before;         /* the answer for the time before, of @before_question */
  char *before_question;
  gboolean is_switching;
};

G_DEFINE_FINAL_TYPE (WeirTrendsPage, weir_trends_page, WEIR_TYPE_QUESTION_PAGE)

static void
close_side_cb (WeirTrendsPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->result_pane);
  gtk_widget_set_visible (self->side, FALSE);
  self->is_switching = TRUE;
  gtk_toggle_button_set_active (self->edit_button, FALSE);
  self->is_switching = FALSE;
}

static void
edit_toggled_cb (WeirTrendsPage *self)
{
  if (self->is_switching)
    return;
  if (!gtk_toggle_button_get_active (self->edit_button))
    {
      close_side_cb (self);
      return;
    }
  gtk_widget_set_visible (self->side, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, self->side);
}

static const char *
get_interval (WeirTrendsPage *self)
{
  const char *interval = weir_json_get_text (weir_question_view_get_question (self->view),
                                             "interval");

  return interval != NULL ? interval : "day";
}

static const char *
get_timezone (WeirTrendsPage *self)
{
  const char *zone = weir_json_get_text (weir_question_view_get_question (self->view), "timezone");

  return zone != NULL ? zone : "UTC";
}

/* How long the range of the window is. */
static double
get_seconds (WeirTrendsPage *self)
{
  WeirScope *scope = weir_page_get_scope (WEIR_PAGE (self));
  const char *last = weir_scope_get_last (scope);
  gint64 from, to, duration;

  if (last != NULL && weir_duration_parse (last, &duration, NULL))
    return (double) duration / G_USEC_PER_SEC;
  if (weir_scope_get_range (scope, &from, &to))
    return (double) (to - from) / G_USEC_PER_SEC;
  return INFINITY;
}

static void
show_data (WeirTrendsPage *self)
{
  JsonObject *answer = weir_question_view_get_answer (self->view);
  JsonObject *before = gtk_check_button_get_active (self->compare) ? self->before : NULL;
  gint64 from = 0, to = 0;

  if (answer == NULL)
    return;
  g_clear_pointer (&self->data, weir_chart_data_unref);
  self->data = weir_trend_result_read (answer, get_interval (self), get_timezone (self), before,
                                       g_get_real_time ());
  weir_trend_result_get_range (answer, get_interval (self), get_timezone (self), &from, &to);
  weir_chart_panel_set_data (self->panel, self->data, from, to);
  weir_trend_result_fill (answer, before, self->totals);
}

static void
before_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirTrendsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  JsonObject *answer;

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  answer = bytes != NULL ? weir_json_parse_object (bytes, &error) : NULL;
  if (answer == NULL)
    {
      weir_page_notice_error (WEIR_PAGE (self), error);
      return;
    }
  g_clear_pointer (&self->before, json_object_unref);
  self->before = answer;
  show_data (self);
}

static void
add_moment (JsonObject *range,
            const char *member,
            gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (micros, text);
  json_object_set_string_member (range, member, text);
}

/* The same question about the time before, as long as this one. Asked once for each range: what is
 * past hardly changes. */
static void
ask_before (WeirTrendsPage *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (WEIR_PAGE (self)));
  JsonObject *answer = weir_question_view_get_answer (self->view);
  g_autoptr(JsonObject) question = NULL;
  JsonObject *range = json_object_new ();
  g_autofree char *body = NULL;
  gint64 from, to;

  if (client == NULL || !gtk_check_button_get_active (self->compare)
      || !weir_trend_result_get_range (answer, get_interval (self), get_timezone (self),
                                       &from, &to))
    {
      json_object_unref (range);
      return;
    }
  question = weir_json_object_copy (weir_question_view_get_question (self->view));
  add_moment (range, "from", from - (to - from));
  add_moment (range, "to", from);
  json_object_set_object_member (question, "range", range);
  body = weir_json_object_to_text (question, FALSE);
  if (g_strcmp0 (body, self->before_question) == 0)
    return;
  g_free (self->before_question);
  self->before_question = g_strdup (body);
  g_clear_pointer (&self->before, json_object_unref);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, before_cb,
                              g_object_ref (self));
}

static void
compare_cb (WeirTrendsPage *self)
{
  g_clear_pointer (&self->before_question, g_free);
  g_clear_pointer (&self->before, json_object_unref);
  ask_before (self);
  show_data (self);
}

/* What the series count, within what the window speaks of. */
static GVariant *
dup_conditions (WeirTrendsPage *self)
{
  WeirScope *scope = weir_page_get_scope (WEIR_PAGE (self));
  g_autoptr(GArray) conditions = weir_conditions_from_variant (weir_scope_get_conditions (scope));

  weir_trend_filter_add (conditions,
                         weir_json_get_array (weir_question_view_get_question (self->view),
                                              "series"));
  return weir_conditions_to_variant (conditions);
}

static void
point_cb (WeirTrendsPage *self,
          int             index)
{
  WeirScope *scope = weir_page_get_scope (WEIR_PAGE (self));

  if (self->data == NULL)
    return;
  weir_scope_set_range (scope, weir_chart_data_get_time (self->data, (guint) index),
                        weir_chart_data_get_end (self->data, (guint) index));
  gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.show-events", dup_conditions (self));
}

static void
range_cb (WeirTrendsPage *self,
          gint64          from,
          gint64          to)
{
  weir_scope_set_range (weir_page_get_scope (WEIR_PAGE (self)), from, to);
}

static void
kind_cb (WeirTrendsPage *self)
{
  static WeirChart * (* const create[]) (void) = {
    weir_line_chart_new, weir_area_chart_new, weir_bar_chart_new,
  };
  guint kind = gtk_drop_down_get_selected (self->kind);

  self->chart = create[MIN (kind, G_N_ELEMENTS (create) - 1)] ();
  g_signal_connect_object (self->chart, "activated", G_CALLBACK (point_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "range-chosen", G_CALLBACK (range_cb), self,
                           G_CONNECT_SWAPPED);
  weir_chart_panel_set_chart (self->panel, self->chart);
  show_data (self);
}

static void
save_csv_cb (WeirTrendsPage *self)
{
  JsonObject *question = weir_question_view_get_question (self->view);

  if (question != NULL)
    weir_csv_save_question (GTK_WIDGET (self), weir_page_get_session (WEIR_PAGE (self)), question,
                            _("trend.csv"), (WeirCsvSavedFunc) weir_page_notice, self);
}

static void
update_title (WeirTrendsPage *self)
{
  WeirQuestionPage *page = WEIR_QUESTION_PAGE (self);

  adw_window_title_set_title (self->title, weir_question_page_get_name (page));
  g_object_set (self->panel, "title", weir_question_page_get_name (page), NULL);
  gtk_widget_set_visible (self->save_button, weir_question_page_is_changed (page)
                                             && !weir_page_is_offline (WEIR_PAGE (self)));
}

static void
answered_cb (WeirTrendsPage *self,
             JsonObject     *answer)
{
  show_data (self);
  ask_before (self);
}

static void
edited_cb (WeirTrendsPage *self)
{
  weir_question_page_edited (WEIR_QUESTION_PAGE (self),
                             weir_trend_editor_dup_question (self->editor));
}

static void
begin_cb (WeirTrendsPage *self)
{
  g_autoptr(JsonNode) node =
    json_from_string ("{\"kind\":\"trend\",\"series\":[{\"event\":\"*\",\"measure\":\"count\"}]}",
                      NULL);

  weir_question_page_start (WEIR_QUESTION_PAGE (self), json_node_dup_object (node));
  gtk_toggle_button_set_active (self->edit_button, TRUE);
}

static void
new_cb (WeirTrendsPage *self)
{
  gtk_popover_popdown (self->saved_popover);
  weir_question_page_start (WEIR_QUESTION_PAGE (self), NULL);
  gtk_toggle_button_set_active (self->edit_button, TRUE);
  weir_trend_editor_start (self->editor);
}

static void
weir_trends_page_show (WeirQuestionPage *page,
                       JsonObject       *question)
{
  WeirTrendsPage *self = WEIR_TRENDS_PAGE (page);

  gtk_popover_popdown (self->saved_popover);
  weir_trend_editor_set_question (self->editor, question);
}

static void
weir_trends_page_ask (WeirQuestionPage *page)
{
  WeirTrendsPage *self = WEIR_TRENDS_PAGE (page);
  g_autoptr(JsonObject) question = NULL;

  if (weir_question_page_get_question (page) != NULL)
    {
      question = weir_question_page_dup_scoped (page);
      if (!json_object_has_member (question, "interval"))
        json_object_set_string_member (question, "interval",
                                       weir_trend_choose_interval (get_seconds (self)));
    }
  /* Long ranges hardly change while one looks at them, and cost the collector more. */
  weir_question_view_set_live (self->view, get_seconds (self) <= 31 * 86400.);
  weir_question_view_ask (self->view, question);
}

static void
weir_trends_page_state_changed (WeirQuestionPage *page)
{
  update_title (WEIR_TRENDS_PAGE (page));
}

static void
weir_trends_page_set_up (WeirPage *page)
{
  WeirTrendsPage *self = WEIR_TRENDS_PAGE (page);

  WEIR_PAGE_CLASS (weir_trends_page_parent_class)->set_up (page);
  weir_question_view_set_session (self->view, weir_page_get_session (page));
  weir_trend_editor_set_catalog (self->editor, weir_page_get_catalog (page));
  update_title (self);
}

static void
weir_trends_page_dispose (GObject *object)
{
  WeirTrendsPage *self = WEIR_TRENDS_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->data, weir_chart_data_unref);
  g_clear_pointer (&self->before, json_object_unref);
  g_clear_pointer (&self->before_question, g_free);

  G_OBJECT_CLASS (weir_trends_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-trends-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, result_pane);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, title);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, save_button);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, edit_button);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, saved_popover);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, saved_box);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, kind);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, compare);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, view);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, panel);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, totals);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, side);
  gtk_widget_class_bind_template_child (widget_class, WeirTrendsPage, editor);
  gtk_widget_class_bind_template_callback (widget_class, answered_cb);
  gtk_widget_class_bind_template_callback (widget_class, begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_side_cb);
  gtk_widget_class_bind_template_callback (widget_class, compare_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_csv_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_page_notice);
  gtk_widget_class_bind_template_callback (widget_class, weir_question_page_save);
}

static void
weir_trends_page_class_init (WeirTrendsPageClass *klass)
{
  WeirQuestionPageClass *question_class = WEIR_QUESTION_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_trends_page_dispose;
  WEIR_PAGE_CLASS (klass)->set_up = weir_trends_page_set_up;
  question_class->kind = "trend";
  question_class->new_name = N_("Trend");
  question_class->show = weir_trends_page_show;
  question_class->ask = weir_trends_page_ask;
  question_class->state_changed = weir_trends_page_state_changed;

  g_type_ensure (WEIR_TYPE_CHART_PANEL);
  g_type_ensure (WEIR_TYPE_DATA_TABLE);
  g_type_ensure (WEIR_TYPE_QUESTION_VIEW);
  g_type_ensure (WEIR_TYPE_TREND_EDITOR);
  g_type_ensure (WEIR_TYPE_WRAP_LAYOUT);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
weir_trends_page_init (WeirTrendsPage *self)
{
  WeirSavedList *list = weir_saved_list_new ("trend", _("Saved trends"),
                                             _("None yet. What is saved is found here."));
  GtkWidget *button = gtk_button_new_with_label (_("New"));

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (button, "clicked", G_CALLBACK (new_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->saved_box, GTK_WIDGET (list));
  gtk_box_append (self->saved_box, button);
  weir_question_page_set_list (WEIR_QUESTION_PAGE (self), list);
  weir_data_table_set_title (self->totals, _("Totals of the series"));
  weir_name_drop_down (self->kind, _("Kind of chart"));
  kind_cb (self);
}
