/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-overview-cards.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-conditions.h"
#include "weir-format.h"
#include "weir-ranking.h"
#include "weir-stat-card.h"

#define N_SOURCES 50

struct _WeirOverviewCards
{
  GtkWidget parent_instance;

  GtkWidget *flow;
  WeirStatCard *rate_card;
  WeirStatCard *error_card;
  WeirStatCard *latency_card;
  WeirStatCard *source_card;
  GtkWidget *source_popover;
  WeirRanking *sources;

  WeirStats *stats;
};

G_DEFINE_FINAL_TYPE (WeirOverviewCards, weir_overview_cards, GTK_TYPE_WIDGET)

static void
show_events_where (WeirOverviewCards *self,
                   const char        *property,
                   const char        *op,
                   const char        *literal)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  if (property != NULL)
    weir_conditions_add (conditions, property, op, literal);
  gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.show-events",
                                      weir_conditions_to_variant (conditions));
}

static void
rate_clicked_cb (WeirOverviewCards *self)
{
  show_events_where (self, NULL, NULL, NULL);
}

static void
errors_clicked_cb (WeirOverviewCards *self)
{
  show_events_where (self, WEIR_PROPERTY_ERRORS, "is_set", "");
}

static void
latency_clicked_cb (WeirOverviewCards *self)
{
  g_autofree char *limit = NULL;

  if (self->stats == NULL || !isfinite (self->stats->latency.p95))
    {
      show_events_where (self, "duration_ms", "is_set", "");
      return;
    }
  limit = weir_literal_from_number (floor (self->stats->latency.p95));
  show_events_where (self, "duration_ms", ">=", limit);
}

static void
source_activated_cb (WeirOverviewCards *self,
                     const char        *name)
{
  g_autofree char *literal = weir_literal_from_string (name, strlen (name));

  gtk_popover_popdown (GTK_POPOVER (self->source_popover));
  show_events_where (self, "source", "=", literal);
}

static void
fill_sources (WeirOverviewCards *self)
{
  WeirRankingRow rows[N_SOURCES] = { { NULL } };
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  const WeirSourceStats *source;
  guint n = 0;

  while (n < N_SOURCES && (source = weir_stats_get_source (self->stats, n)) != NULL)
    {
      char *count = weir_format_exact (source->count);
      char *ago = weir_format_ago (source->last_seen, self->stats->at);

      g_ptr_array_add (owned, count);
      g_ptr_array_add (owned, ago);
      rows[n] = (WeirRankingRow) {
        .name = source->name, .color = G_MAXUINT, .cells = { count, ago },
      };
      n++;
    }
  weir_ranking_set_rows (self->sources, rows, n);
}

static void
sources_clicked_cb (WeirOverviewCards *self)
{
  if (self->stats == NULL || self->stats->sources->len == 0)
    return;
  fill_sources (self);
  gtk_popover_popup (GTK_POPOVER (self->source_popover));
}

static void
create_source_popover (WeirOverviewCards *self)
{
  const char *columns[] = { _("Events"), _("Last seen"), NULL };
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->sources = g_object_new (WEIR_TYPE_RANKING, NULL);
  weir_ranking_set_columns (self->sources, _("Source"), columns);
  weir_ranking_set_label (self->sources, _("Sources"));
  g_signal_connect_swapped (self->sources, "row-activated",
                            G_CALLBACK (source_activated_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_min_content_width (GTK_SCROLLED_WINDOW (scroller), 300);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 360);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->sources));
  self->source_popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->source_popover), scroller);
  gtk_widget_set_parent (self->source_popover, GTK_WIDGET (self->source_card));
}

static void
update_rate_card (WeirOverviewCards *self)
{
  const WeirStats *stats = self->stats;
  g_autofree char *rate = weir_format_short (stats->received_rate);
  g_autofree char *count = weir_format_exact (stats->count);
  g_autofree char *detail = g_strdup_printf (_("%s in ten minutes"), count);
  g_autofree char *stored = weir_format_value (stats->stored_rate);
  g_autofree char *received = weir_format_value (stats->received_rate);
  g_autofree char *exact = g_strdup_printf (_("Received %s, stored %s events a second"),
                                            received, stored);
  g_autofree double *rates = g_new (double, MAX (stats->events.n_values, 1));

  for (guint i = 0; i < stats->events.n_values; i++)
    rates[i] = weir_stats_get_slot_rate (stats, &stats->events, i);
  weir_stat_card_set_value (self->rate_card, rate, detail, exact);
  weir_stat_card_set_course (self->rate_card, rates, stats->events.n_values);
}

static void
update_error_card (WeirOverviewCards *self)
{
  const WeirStats *stats = self->stats;
  guint n = MIN (stats->events.n_values, stats->error_history.n_values);
  g_autofree char *ratio = weir_format_ratio (stats->error_rate);
  g_autofree char *errors = weir_format_exact (stats->errors);
  g_autofree char *detail = g_strdup_printf (_("%s in ten minutes"), errors);
  g_autofree double *ratios = g_new (double, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    ratios[i] = stats->events.values[i] > 0
                ? stats->error_history.values[i] / stats->events.values[i] : 0;
  weir_stat_card_set_value (self->error_card, ratio, detail,
                            _("Errors of all events in the last ten minutes"));
  weir_stat_card_set_course (self->error_card, ratios, n);
}

static void
update_latency_card (WeirOverviewCards *self)
{
  const WeirStats *stats = self->stats;
  g_autofree char *p50 = weir_format_duration (stats->latency.p50);
  g_autofree char *p95 = weir_format_duration (stats->latency.p95);
  g_autofree char *p99 = weir_format_duration (stats->latency.p99);
  g_autofree char *count = weir_format_exact (stats->latency.count);
  g_autofree char *detail = NULL;
  g_autofree char *exact = NULL;

  if (stats->latency.count == 0)
    {
      weir_stat_card_set_value (self->latency_card, "–", _("no durations reported"),
                                _("Events with a property “duration_ms” are measured here"));
      weir_stat_card_set_course (self->latency_card, NULL, 0);
      return;
    }
  /* Translators: percentiles, such as “p50 12 ms · p99 340 ms”. */
  detail = g_strdup_printf (_("p50 %s · p99 %s"), p50, p99);
  exact = g_strdup_printf (_("Percentiles of %s durations in the last ten minutes"), count);
  weir_stat_card_set_value (self->latency_card, p95, detail, exact);
  weir_stat_card_set_course (self->latency_card, stats->p95.values, stats->p95.n_values);
}

static void
update_source_card (WeirOverviewCards *self)
{
  const WeirStats *stats = self->stats;
  const WeirSourceStats *source, *newest = NULL;
  g_autofree char *number = weir_format_exact (stats->sources->len);
  g_autofree char *ago = NULL;
  g_autofree char *detail = NULL;
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; (source = weir_stats_get_source (stats, i)) != NULL; i++)
    {
      g_autofree char *count = weir_format_exact (source->count);

      if (newest == NULL || source->last_seen > newest->last_seen)
        newest = source;
      if (i < 12)
        g_string_append_printf (names, "%s%s: %s", i > 0 ? "\n" : "", source->name, count);
    }
  if (newest != NULL)
    {
      ago = weir_format_ago (newest->last_seen, stats->at);
      detail = g_strdup_printf ("%s · %s", newest->name, ago);
    }
  weir_stat_card_set_value (self->source_card, number,
                            detail != NULL ? detail : _("none in ten minutes"), names->str);
}

static void
weir_overview_cards_dispose (GObject *object)
{
  WeirOverviewCards *self = WEIR_OVERVIEW_CARDS (object);

  g_clear_pointer (&self->source_popover, gtk_widget_unparent);
  g_clear_pointer (&self->flow, gtk_widget_unparent);
  g_clear_pointer (&self->stats, weir_stats_unref);

  G_OBJECT_CLASS (weir_overview_cards_parent_class)->dispose (object);
}

static void
weir_overview_cards_class_init (WeirOverviewCardsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_overview_cards_dispose;

  g_type_ensure (WEIR_TYPE_STAT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-overview-cards.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, flow);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, rate_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, error_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, latency_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, source_card);
  gtk_widget_class_bind_template_callback (widget_class, rate_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, errors_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, latency_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, sources_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_overview_cards_init (WeirOverviewCards *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  create_source_popover (self);
}

/**
 * weir_overview_cards_set_stats:
 * @self: the cards
 * @stats: statistics
 *
 * Changes the numbers, in place.
 */
void
weir_overview_cards_set_stats (WeirOverviewCards *self,
                               WeirStats         *stats)
{
  g_return_if_fail (WEIR_IS_OVERVIEW_CARDS (self));
  g_return_if_fail (stats != NULL);

  weir_stats_ref (stats);
  g_clear_pointer (&self->stats, weir_stats_unref);
  self->stats = stats;
  update_rate_card (self);
  update_error_card (self);
  update_latency_card (self);
  update_source_card (self);
}
