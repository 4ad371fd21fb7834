/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-overview-cards.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-conditions.h"
#include "weir-format.h"
#include "weir-people-today.h"
#include "weir-stat-card.h"

struct _WeirOverviewCards
{
  GtkWidget parent_instance;

  GtkWidget *flow;
  WeirStatCard *rate_card;
  WeirStatCard *error_card;
  WeirStatCard *latency_card;
  WeirStatCard *people_card;

  WeirPeopleToday *people;
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
people_clicked_cb (WeirOverviewCards *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "people");
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

/* “+6 %” only where there is a day before to compare with. */
static void
people_cb (WeirOverviewCards *self)
{
  double today = weir_people_today_get_today (self->people);
  double before = weir_people_today_get_yesterday (self->people);
  g_autofree char *number = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *exact = NULL;

  if (!isfinite (today))
    {
      weir_stat_card_set_value (self->people_card, "–", _("not known yet"), NULL);
      return;
    }
  number = weir_format_short (today);
  if (isfinite (before) && before > 0)
    {
      g_autofree char *before_text = weir_format_exact ((guint64) before);

      /* Translators: change since the day before, such as “+6 % on yesterday”. */
      detail = g_strdup_printf (_("%+.0f %% on yesterday"), 100 * (today - before) / before);
      exact = g_strdup_printf (_("%s yesterday until this time"), before_text);
    }
  weir_stat_card_set_value (self->people_card, number,
                            detail != NULL ? detail : _("since midnight"),
                            exact != NULL ? exact : _("Different people since midnight"));
}

static void
weir_overview_cards_map (GtkWidget *widget)
{
  WeirOverviewCards *self = WEIR_OVERVIEW_CARDS (widget);

  GTK_WIDGET_CLASS (weir_overview_cards_parent_class)->map (widget);
  if (self->people != NULL)
    weir_people_today_set_active (self->people, TRUE);
}

static void
weir_overview_cards_unmap (GtkWidget *widget)
{
  WeirOverviewCards *self = WEIR_OVERVIEW_CARDS (widget);

  if (self->people != NULL)
    weir_people_today_set_active (self->people, FALSE);
  GTK_WIDGET_CLASS (weir_overview_cards_parent_class)->unmap (widget);
}

static void
weir_overview_cards_dispose (GObject *object)
{
  WeirOverviewCards *self = WEIR_OVERVIEW_CARDS (object);

  g_clear_object (&self->people);
  g_clear_pointer (&self->flow, gtk_widget_unparent);
  g_clear_pointer (&self->stats, weir_stats_unref);

  G_OBJECT_CLASS (weir_overview_cards_parent_class)->dispose (object);
}

static void
weir_overview_cards_class_init (WeirOverviewCardsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_overview_cards_dispose;
  widget_class->map = weir_overview_cards_map;
  widget_class->unmap = weir_overview_cards_unmap;

  g_type_ensure (WEIR_TYPE_STAT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-overview-cards.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, flow);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, rate_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, error_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, latency_card);
  gtk_widget_class_bind_template_child (widget_class, WeirOverviewCards, people_card);
  gtk_widget_class_bind_template_callback (widget_class, rate_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, errors_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, latency_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, people_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_overview_cards_init (WeirOverviewCards *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
}

/**
 * weir_overview_cards_set_session:
 * @self: the cards
 * @session: whom to ask what the statistics do not tell
 *
 * Connects the cards. To be called once.
 */
void
weir_overview_cards_set_session (WeirOverviewCards *self,
                                 WeirSession       *session)
{
  g_return_if_fail (WEIR_IS_OVERVIEW_CARDS (self));
  g_return_if_fail (self->people == NULL);

  self->people = weir_people_today_new (session);
  g_signal_connect_object (self->people, "changed",
                           G_CALLBACK (people_cb), self, G_CONNECT_SWAPPED);
  people_cb (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    weir_people_today_set_active (self->people, TRUE);
}
