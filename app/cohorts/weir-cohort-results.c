/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-results.h"

#include <glib/gi18n.h>

#include "weir-cohort-trail.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-line-chart.h"
#include "weir-persons-list.h"
#include "weir-question-view.h"

/* Until the reader chooses another day. */
#define SINCE_DAYS 30

struct _WeirCohortResults
{
  GtkWidget parent_instance;

  WeirQuestionView *view;
  GtkLabel *size_label;
  GtkLabel *size_unit;
  GtkLabel *moves_label;
  GtkMenuButton *since_button;
  GtkCalendar *calendar;
  WeirChart *chart;
  GtkStack *lists;
  WeirPersonsList *members;
  WeirPersonsList *entered;
  WeirPersonsList *left;

  WeirPage *page;           /* not owned: it holds this widget */
  WeirCohortTrail *trail;
  JsonNode *where;
  char *asked;              /* the question of which lists are shown */
  char *counts;             /* the sizes of the lists that are shown */
};

enum {
  SIZED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCohortResults, weir_cohort_results, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* The midnight, here, with which the chosen day begins. */
static GDateTime *
get_since (WeirCohortResults *self)
{
  g_autoptr(GDateTime) day = gtk_calendar_get_date (self->calendar);

  return g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                g_date_time_get_day_of_month (day), 0, 0, 0);
}

static char *
dup_since (WeirCohortResults *self)
{
  g_autoptr(GDateTime) since = get_since (self);
  g_autoptr(GDateTime) utc = g_date_time_to_utc (since);

  return g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");
}

static JsonObject *
create_question (WeirCohortResults *self,
                 gboolean           with_since)
{
  JsonObject *question = json_object_new ();

  json_object_set_string_member (question, "kind", "cohort");
  json_object_set_member (question, "where", json_node_copy (self->where));
  if (with_since)
    {
      g_autofree char *since = dup_since (self);

      json_object_set_string_member (question, "since", since);
    }
  return question;
}

static void
trail_done_cb (WeirCohortResults *self)
{
  g_autoptr(WeirChartData) data = NULL;

  data = weir_chart_data_new (weir_cohort_trail_get_times (self->trail),
                              WEIR_COHORT_TRAIL_POINTS, WEIR_UNIT_COUNT);
  weir_chart_data_add_series (data, _("People"), 0, weir_cohort_trail_get_sizes (self->trail));
  weir_chart_set_data (self->chart, data);
  gtk_widget_remove_css_class (GTK_WIDGET (self->chart), "stale");
}

static void
drop_trail (WeirCohortResults *self)
{
  if (self->trail == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->trail, self);
  weir_cohort_trail_stop (self->trail);
  g_clear_object (&self->trail);
}

static void
ask_trail (WeirCohortResults *self)
{
  g_autoptr(GDateTime) since = get_since (self);
  gint64 from = g_date_time_to_unix (since) * G_USEC_PER_SEC;

  drop_trail (self);
  gtk_widget_add_css_class (GTK_WIDGET (self->chart), "stale");
  self->trail = weir_cohort_trail_new (weir_page_get_session (self->page), self->where, from,
                                       g_get_real_time ());
  g_signal_connect_object (self->trail, "done", G_CALLBACK (trail_done_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
ask_lists (WeirCohortResults *self)
{
  g_autoptr(JsonObject) members = create_question (self, FALSE);
  g_autoptr(JsonObject) moves = create_question (self, TRUE);

  weir_persons_list_ask (self->members, members);
  weir_persons_list_ask (self->entered, moves);
  weir_persons_list_ask (self->left, moves);
}

static void
show_moves (WeirCohortResults *self,
            JsonObject        *answer)
{
  guint64 n_entered = weir_json_get_count (answer, "entered_count");
  guint64 n_left = weir_json_get_count (answer, "left_count");
  g_autofree char *entered = weir_format_exact (n_entered);
  g_autofree char *left = weir_format_exact (n_left);
  g_autofree char *came = g_strdup_printf (ngettext ("%s came", "%s came", (gulong) n_entered),
                                           entered);
  g_autofree char *went = g_strdup_printf (ngettext ("%s went", "%s went", (gulong) n_left), left);
  /* Translators: “17 came, 3 went since” and then a day. */
  g_autofree char *text = g_strdup_printf (_("%s, %s since"), came, went);

  gtk_label_set_text (self->moves_label, text);
}

static void
answered_cb (WeirCohortResults *self,
             JsonObject        *answer)
{
  guint64 size = weir_json_get_count (answer, "size");
  g_autofree char *number = weir_format_exact (size);
  g_autofree char *counts =
    g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, size,
                     weir_json_get_count (answer, "entered_count"),
                     weir_json_get_count (answer, "left_count"));
  g_autofree char *asked =
    weir_json_object_to_text (weir_question_view_get_question (self->view), FALSE);
  gboolean is_other = g_strcmp0 (asked, self->asked) != 0;

  gtk_label_set_text (self->size_label, number);
  gtk_label_set_text (self->size_unit, ngettext ("person", "people", (gulong) size));
  show_moves (self, answer);
  g_signal_emit (self, signals[SIZED], 0, size);
  /* A live answer that counts the same needs no other lists: a reader may be in them. */
  if (is_other || g_strcmp0 (counts, self->counts) != 0)
    ask_lists (self);
  if (is_other)
    ask_trail (self);
  g_free (self->asked);
  self->asked = g_steal_pointer (&asked);
  g_free (self->counts);
  self->counts = g_steal_pointer (&counts);
}

static void
ask (WeirCohortResults *self)
{
  g_autoptr(JsonObject) question = self->where != NULL ? create_question (self, TRUE) : NULL;

  if (question == NULL)
    {
      drop_trail (self);
      g_clear_pointer (&self->asked, g_free);
    }
  else
    json_object_set_int_member (question, "limit", 0);
  weir_question_view_ask (self->view, question);
}

static void
day_cb (WeirCohortResults *self)
{
  g_autoptr(GDateTime) since = get_since (self);
  /* Translators: a day, as g_date_time_format() writes it. */
  g_autofree char *text = g_date_time_format (since, _("%-d %b %Y"));

  gtk_menu_button_set_label (self->since_button, text);
  gtk_menu_button_popdown (self->since_button);
  if (self->where != NULL && self->page != NULL)
    ask (self);
}

static void
failed_cb (WeirCohortResults *self,
           const char        *text)
{
  weir_page_notice (self->page, text);
}

static void
weir_cohort_results_dispose (GObject *object)
{
  WeirCohortResults *self = WEIR_COHORT_RESULTS (object);

  drop_trail (self);
  if (self->view != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->view)));
  g_clear_pointer (&self->where, json_node_unref);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->counts, g_free);

  G_OBJECT_CLASS (weir_cohort_results_parent_class)->dispose (object);
}

static void
weir_cohort_results_class_init (WeirCohortResultsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_cohort_results_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[SIZED] =
    g_signal_new ("sized", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);

  g_type_ensure (WEIR_TYPE_LINE_CHART);
  g_type_ensure (WEIR_TYPE_PERSONS_LIST);
  g_type_ensure (WEIR_TYPE_QUESTION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-cohort-results.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, view);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, size_label);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, size_unit);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, moves_label);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, since_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, calendar);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, chart);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, lists);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, members);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, entered);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortResults, left);
  gtk_widget_class_bind_template_callback (widget_class, answered_cb);
  gtk_widget_class_bind_template_callback (widget_class, day_cb);
  gtk_widget_class_bind_template_callback (widget_class, failed_cb);
}

static void
weir_cohort_results_init (WeirCohortResults *self)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) since = g_date_time_add_days (now, -SINCE_DAYS);

  gtk_widget_init_template (GTK_WIDGET (self));
  weir_chart_set_title (self->chart, _("Size of the cohort"));
  weir_persons_list_set_member (self->entered, "entered");
  weir_persons_list_set_member (self->left, "left");
  gtk_calendar_select_day (self->calendar, since);
  day_cb (self);
}

/**
 * weir_cohort_results_attach:
 * @self: results
 * @page: the page they belong to
 *
 * Connects them. To be called once.
 */
void
weir_cohort_results_attach (WeirCohortResults *self,
                            WeirPage          *page)
{
  WeirSession *session = weir_page_get_session (page);

  g_return_if_fail (WEIR_IS_COHORT_RESULTS (self));

  self->page = page;
  weir_question_view_set_session (self->view, session);
  weir_question_view_set_live (self->view, TRUE);
  weir_persons_list_set_session (self->members, session);
  weir_persons_list_set_session (self->entered, session);
  weir_persons_list_set_session (self->left, session);
}

/**
 * weir_cohort_results_set_where:
 * @self: results
 * @where: (nullable): conditions; %NULL shows what the page is for
 *
 * Shows who fulfils other conditions. What was shown stays until that is known.
 */
void
weir_cohort_results_set_where (WeirCohortResults *self,
                               JsonNode          *where)
{
  JsonNode *copy = where != NULL ? json_node_copy (where) : NULL;

  g_return_if_fail (WEIR_IS_COHORT_RESULTS (self));

  g_clear_pointer (&self->where, json_node_unref);
  self->where = copy;
  ask (self);
}

/**
 * weir_cohort_results_get_where:
 * @self: results
 *
 * Returns: (nullable) (transfer none): the conditions that were asked last
 */
JsonNode *
weir_cohort_results_get_where (WeirCohortResults *self)
{
  g_return_val_if_fail (WEIR_IS_COHORT_RESULTS (self), NULL);

  return self->where;
}
