/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retention-page.h"

#include <glib/gi18n.h>

#include "weir-chart-panel.h"
#include "weir-csv-saver.h"
#include "weir-curve.h"
#include "weir-format.h"
#include "weir-heat-map.h"
#include "weir-json.h"
#include "weir-persons-list.h"
#include "weir-retention-controls.h"
#include "weir-retention-result.h"
#include "weir-spoken-names.h"
#include "weir-wrap-layout.h"

#define NARROW_WIDTH 560
#define LOW_HEIGHT   440

struct _WeirRetentionPage
{
  WeirQuestionPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *result_pane;
  AdwWindowTitle *title;
  GtkWidget *save_button;
  GtkToggleButton *edit_button;
  GtkPopover *saved_popover;
  GtkBox *saved_box;
  GtkBox *controls;
  WeirQuestionView *view;
  WeirChartPanel *curve_panel;
  WeirChartPanel *panel;
  GtkWidget *side;
  GtkLabel *side_title;
  WeirPersonsList *persons;

  WeirRetentionControls *question_controls;
  GtkDropDown *numbers;
  GtkDropDown *zone;        /* NULL where there is nothing to choose */
  WeirHeatMap *map;
  WeirCurve *curve;
  WeirDataTable *table;
  WeirHeatData *data;
  char *local_zone;
  gboolean is_narrow;
};

G_DEFINE_FINAL_TYPE (WeirRetentionPage, weir_retention_page, WEIR_TYPE_QUESTION_PAGE)

static const char *
get_period_title (WeirRetentionPage *self)
{
  const char *period = weir_json_get_text (weir_question_view_get_question (self->view), "period");

  if (g_strcmp0 (period, "hour") == 0)
    return _("Hour");
  if (g_strcmp0 (period, "week") == 0)
    return _("Week");
  return g_strcmp0 (period, "month") == 0 ? _("Month") : _("Day");
}

static gboolean
shows_counts (WeirRetentionPage *self)
{
  return gtk_drop_down_get_selected (self->numbers) == 1;
}

static void
close_side_cb (WeirRetentionPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->result_pane);
  gtk_widget_set_visible (self->side, FALSE);
}

static void
show_people (WeirRetentionPage *self,
             guint              row,
             guint              column)
{
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *title = NULL;

  question = weir_json_object_copy (weir_question_view_get_question (self->view));
  json_object_set_string_member (question, "kind", "retention_persons");
  json_object_set_int_member (question, "row", row);
  json_object_set_int_member (question, "column", column);
  weir_persons_list_ask (self->persons, question);
  /* Translators: a cohort and a period of it, such as “Mon 3 Mar, day 2”. */
  title = g_strdup_printf (_("%s, %s %u"), weir_heat_data_get_name (self->data, row),
                           get_period_title (self), column);
  gtk_label_set_text (self->side_title, title);
  gtk_widget_set_visible (self->side, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, self->side);
}

static void
mark_cb (WeirRetentionPage *self,
         int                mark)
{
  guint row, column;

  if (weir_heat_map_get_cell (self->map, (guint) mark, &row, &column))
    show_people (self, row, column);
}

static void
cell_opened_cb (WeirRetentionPage *self,
                guint              row,
                guint              column)
{
  show_people (self, row, column > 1 ? column - 2 : 0);
}

static void
save_csv_cb (WeirRetentionPage *self)
{
  JsonObject *question = weir_question_view_get_question (self->view);

  if (question != NULL)
    weir_csv_save_question (GTK_WIDGET (self), weir_page_get_session (WEIR_PAGE (self)), question,
                            _("retention.csv"), (WeirCsvSavedFunc) weir_page_notice, self);
}

static void
update_numbers (WeirRetentionPage *self)
{
  if (self->data == NULL)
    return;
  weir_heat_map_set_counts (self->map, shows_counts (self));
  weir_retention_result_fill (self->data, self->table, shows_counts (self));
}

static void
zone_cb (WeirRetentionPage *self)
{
  WeirScope *scope = weir_page_get_scope (WEIR_PAGE (self));

  weir_scope_set_timezone (scope, gtk_drop_down_get_selected (self->zone) == 0 ? self->local_zone
                                                                               : "UTC");
}

static void
update_curve (WeirRetentionPage *self)
{
  guint n = weir_heat_data_get_n_columns (self->data);
  g_autofree double *means = g_new0 (double, MAX (1, n));

  for (guint i = 0; i < n; i++)
    means[i] = weir_heat_data_get_mean (self->data, i);
  weir_curve_set_values (self->curve, get_period_title (self), means, n);
}

static void
update_title (WeirRetentionPage *self)
{
  WeirQuestionPage *page = WEIR_QUESTION_PAGE (self);

  adw_window_title_set_title (self->title, weir_question_page_get_name (page));
  gtk_widget_set_visible (self->save_button, weir_question_page_is_changed (page)
                                             && !weir_page_is_offline (WEIR_PAGE (self)));
}

static void
answered_cb (WeirRetentionPage *self,
             JsonObject        *answer)
{
  JsonObject *question = weir_question_view_get_question (self->view);
  const char *period = weir_json_get_text (question, "period");

  g_clear_pointer (&self->data, weir_heat_data_unref);
  self->data = weir_retention_result_read (answer, period != NULL ? period : "day",
                                           (guint) weir_json_get_count (question, "periods"));
  weir_heat_map_set_period (self->map, get_period_title (self));
  weir_heat_map_set_data (self->map, self->data);
  update_numbers (self);
  update_curve (self);
}

static void
edited_cb (WeirRetentionPage *self)
{
  weir_question_page_edited (WEIR_QUESTION_PAGE (self),
                             weir_retention_controls_dup_question (self->question_controls));
}

static void
begin_cb (WeirRetentionPage *self)
{
  g_autoptr(JsonNode) node =
    json_from_string ("{\"kind\":\"retention\",\"start\":{\"event\":\"*\"},"
                      "\"return\":{\"event\":\"*\"},\"period\":\"day\",\"periods\":11}", NULL);

  weir_question_page_start (WEIR_QUESTION_PAGE (self), json_node_dup_object (node));
}

static void
new_cb (WeirRetentionPage *self)
{
  gtk_popover_popdown (self->saved_popover);
  weir_question_page_start (WEIR_QUESTION_PAGE (self), NULL);
}

static void
weir_retention_page_show (WeirQuestionPage *page,
                          JsonObject       *question)
{
  WeirRetentionPage *self = WEIR_RETENTION_PAGE (page);

  gtk_popover_popdown (self->saved_popover);
  weir_retention_controls_set_question (self->question_controls, question);
  close_side_cb (self);
}

/* Where the question and its answer have no room at once, the answer goes first; a button shows the
 * question. */
static gboolean
fit_controls_cb (gpointer user_data)
{
  WeirRetentionPage *self = user_data;

  gtk_toggle_button_set_active (self->edit_button,
                                !self->is_narrow
                                || weir_question_view_get_question (self->view) == NULL);
  return G_SOURCE_REMOVE;
}

static void
weir_retention_page_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline)
{
  WeirRetentionPage *self = WEIR_RETENTION_PAGE (widget);
  gboolean narrow = width < NARROW_WIDTH || height < LOW_HEIGHT;

  gtk_widget_size_allocate (GTK_WIDGET (self->leaflet), &(GtkAllocation) { 0, 0, width, height },
                            baseline);
  if (narrow == self->is_narrow)
    return;
  self->is_narrow = narrow;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_controls_cb, g_object_ref (self), g_object_unref);
}

static void
weir_retention_page_measure (GtkWidget      *widget,
                             GtkOrientation  orientation,
                             int             for_size,
                             int            *minimum,
                             int            *natural,
                             int            *minimum_baseline,
                             int            *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (WEIR_RETENTION_PAGE (widget)->leaflet), orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_retention_page_ask (WeirQuestionPage *page)
{
  WeirRetentionPage *self = WEIR_RETENTION_PAGE (page);
  g_autoptr(JsonObject) question = NULL;

  if (weir_question_page_get_question (page) != NULL)
    question = weir_question_page_dup_scoped (page);
  weir_question_view_ask (self->view, question);
}

static void
weir_retention_page_state_changed (WeirQuestionPage *page)
{
  update_title (WEIR_RETENTION_PAGE (page));
}

static GtkDropDown *
add_choice (WeirRetentionPage  *self,
            const char         *label,
            const char * const *texts,
            GCallback           changed)
{
  GtkWidget *drop = gtk_drop_down_new_from_strings (texts);

  weir_name_drop_down (GTK_DROP_DOWN (drop), label);
  weir_retention_controls_add (self->question_controls, label, drop);
  g_signal_connect_object (drop, "notify::selected", changed, self, G_CONNECT_SWAPPED);
  return GTK_DROP_DOWN (drop);
}

static void
weir_retention_page_set_up (WeirPage *page)
{
  WeirRetentionPage *self = WEIR_RETENTION_PAGE (page);
  const char *number_texts[] = { _("Per cent"), _("People"), NULL };
  const char *zone_texts[] = { NULL, "UTC", NULL };

  WEIR_PAGE_CLASS (weir_retention_page_parent_class)->set_up (page);
  weir_question_view_set_session (self->view, weir_page_get_session (page));
  weir_question_view_set_live (self->view, TRUE);
  weir_persons_list_set_session (self->persons, weir_page_get_session (page));
  weir_retention_controls_set_catalog (self->question_controls, weir_page_get_catalog (page));
  self->numbers = add_choice (self, _("Cells show"), number_texts, G_CALLBACK (update_numbers));
  self->local_zone = g_strdup (weir_scope_get_timezone (weir_page_get_scope (page)));
  zone_texts[0] = self->local_zone;
  if (!g_str_equal (self->local_zone, "UTC"))
    self->zone = add_choice (self, _("Days of"), zone_texts, G_CALLBACK (zone_cb));
  g_signal_connect_object (self->question_controls, "changed", G_CALLBACK (edited_cb), self,
                           G_CONNECT_SWAPPED);
  update_title (self);
}

static void
weir_retention_page_dispose (GObject *object)
{
  WeirRetentionPage *self = WEIR_RETENTION_PAGE (object);

  g_clear_pointer (&self->data, weir_heat_data_unref);

  G_OBJECT_CLASS (weir_retention_page_parent_class)->dispose (object);
}

static void
weir_retention_page_finalize (GObject *object)
{
  g_free (WEIR_RETENTION_PAGE (object)->local_zone);

  G_OBJECT_CLASS (weir_retention_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-retention-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, result_pane);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, title);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, save_button);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, edit_button);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, saved_popover);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, saved_box);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, controls);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, view);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, curve_panel);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, panel);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, side);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, side_title);
  gtk_widget_class_bind_template_child (widget_class, WeirRetentionPage, persons);
  gtk_widget_class_bind_template_callback (widget_class, answered_cb);
  gtk_widget_class_bind_template_callback (widget_class, begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_side_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_csv_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_page_notice);
  gtk_widget_class_bind_template_callback (widget_class, weir_question_page_save);
}

static void
weir_retention_page_class_init (WeirRetentionPageClass *klass)
{
  WeirQuestionPageClass *question_class = WEIR_QUESTION_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_retention_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_retention_page_finalize;
  GTK_WIDGET_CLASS (klass)->measure = weir_retention_page_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = weir_retention_page_size_allocate;
  WEIR_PAGE_CLASS (klass)->set_up = weir_retention_page_set_up;
  question_class->kind = "retention";
  question_class->new_name = N_("Retention");
  question_class->show = weir_retention_page_show;
  question_class->ask = weir_retention_page_ask;
  question_class->state_changed = weir_retention_page_state_changed;

  g_type_ensure (WEIR_TYPE_CHART_PANEL);
  g_type_ensure (WEIR_TYPE_PERSONS_LIST);
  g_type_ensure (WEIR_TYPE_QUESTION_VIEW);
  g_type_ensure (WEIR_TYPE_WRAP_LAYOUT);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
add_saved (WeirRetentionPage *self)
{
  WeirSavedList *list =
    weir_saved_list_new ("retention", _("Saved retention questions"),
                         _("None yet. What is saved is found here."));
  GtkWidget *button = gtk_button_new_with_label (_("New"));

  g_signal_connect_object (button, "clicked", G_CALLBACK (new_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->saved_box, GTK_WIDGET (list));
  gtk_box_append (self->saved_box, button);
  weir_question_page_set_list (WEIR_QUESTION_PAGE (self), list);
}

static void
weir_retention_page_init (WeirRetentionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* It changes with its size, which it only hears of without a layout manager. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  add_saved (self);
  self->question_controls = weir_retention_controls_new ();
  gtk_widget_set_hexpand (GTK_WIDGET (self->question_controls), TRUE);
  gtk_box_append (self->controls, GTK_WIDGET (self->question_controls));
  self->curve = WEIR_CURVE (weir_curve_new ());
  weir_chart_panel_set_picture (self->curve_panel, GTK_WIDGET (self->curve), NULL);
  self->map = WEIR_HEAT_MAP (weir_heat_map_new ());
  self->table = WEIR_DATA_TABLE (weir_data_table_new ());
  weir_chart_panel_set_scrolled_picture (self->panel, GTK_WIDGET (self->map), self->table);
  g_signal_connect_object (self->map, "activated", G_CALLBACK (mark_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "opened", G_CALLBACK (cell_opened_cb), self,
                           G_CONNECT_SWAPPED);
}
