/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-overview-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-area-chart.h"
#include "weir-chart-panel.h"
#include "weir-conditions.h"
#include "weir-event-export.h"
#include "weir-format.h"
#include "weir-health.h"
#include "weir-ledger-bar.h"
#include "weir-overview-cards.h"
#include "weir-pair-layout.h"
#include "weir-palette.h"
#include "weir-ranking.h"
#include "weir-try-hint.h"

#define N_AREAS        5
#define N_TYPES        10
#define N_DEPENDENCIES 8

struct _WeirOverviewPage
{
  GtkWidget parent_instance;

  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkWidget *show_file_button;
  AdwStatusPage *failed_page;
  WeirTryHint *try_hint;
  GtkWidget *content;
  GtkImage *sentence_icon;
  GtkLabel *sentence;
  GtkListBox *concern_list;
  WeirOverviewCards *cards;
  WeirChartPanel *chart_panel;
  GtkWidget *no_dependencies;
  WeirRanking *dependencies;
  WeirRanking *types;
  WeirLedgerBar *ledger;

  WeirSession *session;
  WeirStats *stats;
  GPtrArray *concerns;
};

G_DEFINE_FINAL_TYPE (WeirOverviewPage, weir_overview_page, GTK_TYPE_WIDGET)

static void
show_events (WeirOverviewPage *self,
             GVariant         *conditions)
{
  gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.show-events", conditions);
}

static void
show_events_where (WeirOverviewPage *self,
                   const char       *property,
                   const char       *op,
                   const char       *literal)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  if (property != NULL)
    weir_conditions_add (conditions, property, op, literal);
  show_events (self, weir_conditions_to_variant (conditions));
}

static void
type_activated_cb (WeirOverviewPage *self,
                   const char       *name)
{
  g_autofree char *literal = weir_literal_from_string (name, strlen (name));

  show_events_where (self, "event", "=", literal);
}

static void
dependency_activated_cb (WeirOverviewPage *self,
                         const char       *name)
{
  g_autofree char *literal = weir_literal_from_string (name, strlen (name));

  show_events_where (self, "dependency", "=", literal);
}

static void
concern_clicked_cb (WeirOverviewPage *self,
                    GtkWidget        *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);
  guint index = (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  WeirConcern *concern;

  if (self->concerns == NULL || index >= self->concerns->len)
    return;
  concern = g_ptr_array_index (self->concerns, index);
  if (concern->conditions != NULL)
    show_events (self, concern->conditions);
}

static GtkWidget *
create_concern_row (WeirOverviewPage  *self,
                    const WeirConcern *concern)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *button;

  gtk_widget_add_css_class (box, "concern");
  gtk_widget_add_css_class (icon, "warning");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* The button is what can be done with the row. */
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  if (concern->conditions == NULL)
    return row;
  button = gtk_button_new_with_label (_("Show"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (concern_clicked_cb), self);
  gtk_box_append (GTK_BOX (box), button);
  return row;
}

static void
set_concern_text (GtkWidget  *row,
                  const char *text)
{
  GtkWidget *box = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  GtkWidget *label = gtk_widget_get_next_sibling (gtk_widget_get_first_child (box));
  GtkWidget *button = gtk_widget_get_next_sibling (label);
  /* Translators: the button “Show”, and what it shows the events of. */
  g_autofree char *name = g_strdup_printf (_("Show: %s"), text);

  if (g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
    return;
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, text);
  if (button != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

static gboolean
same_concerns (GPtrArray *a,
               GPtrArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const WeirConcern *x = g_ptr_array_index (a, i), *y = g_ptr_array_index (b, i);

      if (!g_str_equal (x->key, y->key))
        return FALSE;
    }
  return TRUE;
}

/* Rows stay as long as the concerns are the same; a button must not vanish under the pointer. */
static void
update_concerns (WeirOverviewPage *self)
{
  GPtrArray *concerns = weir_health_check (self->stats);
  gboolean same = same_concerns (self->concerns, concerns);
  GtkWidget *row;

  g_clear_pointer (&self->concerns, g_ptr_array_unref);
  self->concerns = concerns;
  while (!same
         && (row = gtk_widget_get_first_child (GTK_WIDGET (self->concern_list))) != NULL)
    gtk_list_box_remove (self->concern_list, row);
  for (guint i = 0; i < concerns->len; i++)
    {
      const WeirConcern *concern = g_ptr_array_index (concerns, i);
      GtkListBoxRow *at;

      if (!same)
        gtk_list_box_append (self->concern_list, create_concern_row (self, concern));
      at = gtk_list_box_get_row_at_index (self->concern_list, (int) i);
      set_concern_text (GTK_WIDGET (at), concern->text);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->concern_list), concerns->len > 0);
}

static void
update_sentence (WeirOverviewPage *self)
{
  guint n = self->concerns->len;
  g_autofree char *text = NULL;

  if (n == 0)
    text = g_strdup (_("All is well"));
  else
    text = g_strdup_printf (ngettext ("%u thing needs attention",
                                      "%u things need attention", n), n);
  if (g_strcmp0 (gtk_label_get_text (self->sentence), text) == 0)
    return;
  gtk_label_set_text (self->sentence, text);
  gtk_image_set_from_icon_name (self->sentence_icon,
                                n == 0 ? "weir-well-symbolic" : "dialog-warning-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->sentence_icon), n == 0 ? "warning" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->sentence_icon), n == 0 ? "success" : "warning");
}

static void
add_rates (double           *sums,
           const WeirStats  *stats,
           const WeirSeries *series,
           guint             n)
{
  for (guint i = 0; i < MIN (n, series->n_values); i++)
    {
      double rate = weir_stats_get_slot_rate (stats, series, i);

      sums[i] += isfinite (rate) ? rate : 0;
    }
}

static void
claim_colors (const WeirStats *stats)
{
  const char *names[WEIR_PALETTE_N_COLORS];
  const WeirTypeStats *type;
  guint n = 0;

  while (n < G_N_ELEMENTS (names) && (type = weir_stats_get_type (stats, n)) != NULL)
    names[n++] = type->name;
  weir_palette_claim (weir_palette_get_default (), names, n);
}

static void
update_chart (WeirOverviewPage *self)
{
  const WeirStats *stats = self->stats;
  guint n = stats->events.n_values;
  g_autofree gint64 *times = g_new (gint64, MAX (n, 1));
  g_autofree double *others = g_new0 (double, MAX (n, 1));
  g_autoptr(WeirChartData) data = NULL;
  const WeirTypeStats *type;

  for (guint i = 0; i < n; i++)
    times[i] = weir_stats_get_slot_end (stats, n, i);
  data = weir_chart_data_new (times, n, WEIR_UNIT_RATE);

  for (guint i = 0; (type = weir_stats_get_type (stats, i)) != NULL; i++)
    {
      g_autofree double *rates = g_new0 (double, MAX (n, 1));

      if (i >= N_AREAS)
        {
          add_rates (others, stats, &type->history, n);
          continue;
        }
      add_rates (rates, stats, &type->history, n);
      weir_chart_data_add_series (data, type->name,
                                  weir_palette_lookup (weir_palette_get_default (), type->name),
                                  rates);
    }
  add_rates (others, stats, &stats->other_history, n);
  if (stats->types->len > N_AREAS || stats->n_other_types > 0)
    weir_chart_data_add_series (data, _("others"), WEIR_PALETTE_NEUTRAL, others);

  weir_chart_panel_set_data (self->chart_panel, data, n > 0 ? times[0] : stats->at, stats->at);
}

/* Owned by @owned, for as long as a ranking needs it. */
static const double *
get_rates (const WeirStats  *stats,
           const WeirSeries *series,
           GPtrArray        *owned)
{
  double *rates = g_new (double, MAX (series->n_values, 1));

  for (guint i = 0; i < series->n_values; i++)
    rates[i] = weir_stats_get_slot_rate (stats, series, i);
  g_ptr_array_add (owned, rates);
  return rates;
}

static void
update_types (WeirOverviewPage *self)
{
  WeirRankingRow rows[N_TYPES] = { { NULL } };
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  const WeirTypeStats *type;
  guint n = 0;

  while (n < N_TYPES && (type = weir_stats_get_type (self->stats, n)) != NULL)
    {
      char *count = weir_format_exact (type->count);
      char *average = weir_format_value (type->average);
      char *errors = weir_format_exact (type->errors);

      g_ptr_array_add (owned, count);
      g_ptr_array_add (owned, average);
      g_ptr_array_add (owned, errors);
      rows[n] = (WeirRankingRow) {
        .name = type->name,
        .color = weir_palette_lookup (weir_palette_get_default (), type->name),
        .cells = { count, average, errors },
        .values = { (double) type->count, type->average, (double) type->errors },
        .course = get_rates (self->stats, &type->history, owned),
        .n_course = type->history.n_values,
      };
      n++;
    }
  weir_ranking_set_rows (self->types, rows, n);
}

static gboolean
is_concern (WeirOverviewPage *self,
            const char       *dependency)
{
  g_autofree char *key = g_strconcat ("dependency:", dependency, NULL);

  for (guint i = 0; i < self->concerns->len; i++)
    {
      if (g_str_equal (((WeirConcern *) g_ptr_array_index (self->concerns, i))->key, key))
        return TRUE;
    }
  return FALSE;
}

static void
update_dependencies (WeirOverviewPage *self)
{
  WeirRankingRow rows[N_DEPENDENCIES] = { { NULL } };
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  const WeirDependencyStats *dependency;
  guint n = 0;

  while (n < N_DEPENDENCIES
         && (dependency = weir_stats_get_dependency (self->stats, n)) != NULL)
    {
      char *ratio = weir_format_ratio (dependency->error_rate);
      char *p95 = weir_format_duration (dependency->latency.p95);

      g_ptr_array_add (owned, ratio);
      g_ptr_array_add (owned, p95);
      rows[n] = (WeirRankingRow) {
        .name = dependency->name,
        .color = G_MAXUINT,
        .cells = { ratio, p95 },
        .values = { dependency->error_rate, dependency->latency.p95 },
        .course = get_rates (self->stats, &dependency->failure_history, owned),
        .n_course = dependency->failure_history.n_values,
        .is_bad = is_concern (self, dependency->name),
      };
      n++;
    }
  weir_ranking_set_rows (self->dependencies, rows, n);
  gtk_widget_set_visible (GTK_WIDGET (self->dependencies), n > 0);
  gtk_widget_set_visible (self->no_dependencies, n == 0);
}

static void
state_cb (WeirOverviewPage *self)
{
  WeirSessionState state = weir_session_get_state (self->session);
  const GError *error = weir_session_get_error (self->session);
  g_autofree char *message = NULL;
  gboolean is_stale = state == WEIR_SESSION_WAITING || state == WEIR_SESSION_FAILED
                      || state == WEIR_SESSION_CONNECTING;

  if (self->stats != NULL)
    {
      /* What was seen last stays, but does not look like the present. */
      if (is_stale)
        gtk_widget_add_css_class (self->content, "stale");
      else
        gtk_widget_remove_css_class (self->content, "stale");
      return;
    }
  if (state != WEIR_SESSION_FAILED && state != WEIR_SESSION_WAITING)
    {
      gtk_stack_set_visible_child_name (self->stack, "waiting");
      return;
    }
  adw_status_page_set_title (self->failed_page,
                             state == WEIR_SESSION_FAILED ? _("Not connected")
                                                          : _("The collector does not answer"));
  if (error != NULL)
    message = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failed_page, message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
stats_cb (WeirOverviewPage *self)
{
  weir_overview_page_set_stats (self, weir_session_get_stats (self->session));
}

/* A file has no present; what is in it is found elsewhere. */
static void
update_empty_page (WeirOverviewPage *self)
{
  gboolean is_file = weir_session_get_file (self->session) != NULL;

  adw_status_page_set_title (self->empty_page,
                             is_file ? _("A file has no present")
                                     : _("Waiting for the first event"));
  adw_status_page_set_description (self->empty_page,
                                   is_file
                                   ? _("This page tells how a running collector is doing. "
                                       "The events in the file are under Live.")
                                   : _("This page says whether all is well: rates, errors, "
                                       "latency and failing dependencies. "
                                       "Send an event to begin."));
  gtk_widget_set_visible (GTK_WIDGET (self->try_hint), !is_file);
  gtk_widget_set_visible (self->show_file_button, is_file);
}

static void
moved_cb (WeirOverviewPage *self)
{
  g_autofree char *command = weir_event_sample_curl (weir_session_get_url (self->session));

  weir_try_hint_set_command (self->try_hint, command);
  update_empty_page (self);
  g_clear_pointer (&self->stats, weir_stats_unref);
  state_cb (self);
}

static void
weir_overview_page_dispose (GObject *object)
{
  WeirOverviewPage *self = WEIR_OVERVIEW_PAGE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  g_clear_object (&self->session);
  g_clear_pointer (&self->stats, weir_stats_unref);
  g_clear_pointer (&self->concerns, g_ptr_array_unref);

  G_OBJECT_CLASS (weir_overview_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WEIR_TYPE_RANKING);
  g_type_ensure (WEIR_TYPE_CHART_PANEL);
  g_type_ensure (WEIR_TYPE_LEDGER_BAR);
  g_type_ensure (WEIR_TYPE_PAIR_LAYOUT);
  g_type_ensure (WEIR_TYPE_OVERVIEW_CARDS);
  g_type_ensure (WEIR_TYPE_TRY_HINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, show_file_button);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, try_hint);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, content);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, sentence_icon);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, concern_list);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, cards);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, chart_panel);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, no_dependencies);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, dependencies);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, types);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewPage, ledger);
  gtk_widget_class_bind_template_callback (widget_class, type_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, dependency_activated_cb);
}

static void
weir_overview_page_class_init (WeirOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_overview_page_dispose;
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_overview_page_init (WeirOverviewPage *self)
{
  const char *type_columns[] = { _("Count"), _("Average"), _("Errors"), NULL };
  const char *dependency_columns[] = { _("Failures"), _("p95"), NULL };

  gtk_widget_init_template (GTK_WIDGET (self));
  weir_chart_panel_set_chart (self->chart_panel, weir_area_chart_new ());
  weir_ranking_set_columns (self->types, _("Type"), type_columns);
  weir_ranking_set_label (self->types, _("Types of events"));
  weir_ranking_set_columns (self->dependencies, _("Dependency"), dependency_columns);
  weir_ranking_set_label (self->dependencies, _("Dependencies"));
}

/**
 * weir_overview_page_set_session:
 * @self: an overview
 * @session: whose statistics to show
 *
 * Connects the page. To be called once.
 */
void
weir_overview_page_set_session (WeirOverviewPage *self,
                                WeirSession      *session)
{
  g_return_if_fail (WEIR_IS_OVERVIEW_PAGE (self));
  g_return_if_fail (WEIR_IS_SESSION (session));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "stats-changed",
                           G_CALLBACK (stats_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  weir_overview_cards_set_session (self->cards, session);
  state_cb (self);
}

/**
 * weir_overview_page_set_stats:
 * @self: an overview
 * @stats: statistics
 *
 * Shows statistics, in place of those before.
 */
void
weir_overview_page_set_stats (WeirOverviewPage *self,
                              WeirStats        *stats)
{
  g_return_if_fail (WEIR_IS_OVERVIEW_PAGE (self));
  g_return_if_fail (stats != NULL);

  weir_stats_ref (stats);
  g_clear_pointer (&self->stats, weir_stats_unref);
  self->stats = stats;
  if (stats->ledger.received == 0 && stats->ledger.stored == 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }

  claim_colors (stats);
  update_concerns (self);
  update_sentence (self);
  weir_overview_cards_set_stats (self->cards, stats);
  update_chart (self);
  update_types (self);
  update_dependencies (self);
  weir_ledger_bar_set_ledger (self->ledger, &stats->ledger);
  gtk_stack_set_visible_child_name (self->stack, "content");
}
