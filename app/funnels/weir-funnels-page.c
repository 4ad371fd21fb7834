/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnels-page.h"

#include <glib/gi18n.h>

#include "weir-chart-panel.h"
#include "weir-csv-saver.h"
#include "weir-format.h"
#include "weir-funnel-chart.h"
#include "weir-funnel-editor.h"
#include "weir-funnel-result.h"
#include "weir-json.h"
#include "weir-palette.h"
#include "weir-persons-list.h"
#include "weir-rules-view.h"

#define SIDE_WIDTH  320
#define RULES_WIDTH 460
/* From this width on there is room for the rules beside the picture. */
#define WIDE        780

struct _WeirFunnelsPage
{
  WeirQuestionPage parent_instance;

  AdwLeaflet *outer;
  AdwLeaflet *inner;
  GtkWidget *list_pane;
  GtkScrolledWindow *list_scroller;
  GtkWidget *result_pane;
  AdwWindowTitle *title;
  GtkWidget *save_button;
  GtkToggleButton *edit_button;
  GtkToggleButton *rules_button;
  WeirQuestionView *view;
  WeirChartPanel *panel;
  WeirFunnelChart *chart;
  GtkButton *excluded_button;
  WeirDataTable *table;
  WeirChartPanel *times_panel;
  WeirHistogram *times;
  GtkWidget *side;
  GtkLabel *side_title;
  GtkStack *side_stack;
  WeirFunnelEditor *editor;
  WeirPersonsList *persons;
  WeirRulesView *rules;

  WeirFunnelData *data;
  gboolean is_switching;
};

G_DEFINE_FINAL_TYPE (WeirFunnelsPage, weir_funnels_page, WEIR_TYPE_QUESTION_PAGE)

static void
show_side (WeirFunnelsPage *self,
           const char      *name,
           const char      *title)
{
  gboolean wide;

  gtk_label_set_text (self->side_title, title);
  gtk_stack_set_visible_child_name (self->side_stack, name);
  /* Five columns of numbers need a little more. */
  wide = g_str_equal (name, "rules") && gtk_widget_get_width (GTK_WIDGET (self->inner)) >= WIDE;
  gtk_widget_set_size_request (self->side, wide ? RULES_WIDTH : SIDE_WIDTH, -1);
  gtk_widget_set_visible (self->side, TRUE);
  adw_leaflet_set_visible_child (self->outer, GTK_WIDGET (self->inner));
  adw_leaflet_set_visible_child (self->inner, self->side);
  self->is_switching = TRUE;
  gtk_toggle_button_set_active (self->edit_button, g_str_equal (name, "editor"));
  gtk_toggle_button_set_active (self->rules_button, g_str_equal (name, "rules"));
  self->is_switching = FALSE;
}

static void
close_side_cb (WeirFunnelsPage *self)
{
  adw_leaflet_set_visible_child (self->inner, self->result_pane);
  gtk_widget_set_visible (self->side, FALSE);
  self->is_switching = TRUE;
  gtk_toggle_button_set_active (self->edit_button, FALSE);
  gtk_toggle_button_set_active (self->rules_button, FALSE);
  self->is_switching = FALSE;
}

static void
edit_toggled_cb (WeirFunnelsPage *self)
{
  if (self->is_switching)
    return;
  if (gtk_toggle_button_get_active (self->edit_button))
    show_side (self, "editor", _("Edit funnel"));
  else
    close_side_cb (self);
}

static void
ask_rules (WeirFunnelsPage *self)
{
  g_autoptr(JsonObject) question = NULL;

  if (weir_question_page_get_question (WEIR_QUESTION_PAGE (self)) == NULL)
    return;
  question = weir_question_page_dup_scoped (WEIR_QUESTION_PAGE (self));
  weir_rules_view_ask (self->rules, question);
}

static void
rules_toggled_cb (WeirFunnelsPage *self)
{
  if (self->is_switching)
    return;
  if (!gtk_toggle_button_get_active (self->rules_button))
    {
      close_side_cb (self);
      return;
    }
  show_side (self, "rules", _("Compare rules"));
  ask_rules (self);
}

static void
show_list_cb (WeirFunnelsPage *self)
{
  adw_leaflet_set_visible_child (self->outer, self->list_pane);
}

static void
new_cb (WeirFunnelsPage *self)
{
  weir_question_page_start (WEIR_QUESTION_PAGE (self), NULL);
  show_side (self, "editor", _("Edit funnel"));
  weir_funnel_editor_start (self->editor);
}

static void
edited_cb (WeirFunnelsPage *self)
{
  weir_question_page_edited (WEIR_QUESTION_PAGE (self),
                             weir_funnel_editor_dup_question (self->editor));
}

/* Adds which group of the breakdown is meant. */
static void
add_group (JsonObject *question,
           JsonObject *group)
{
  if (group == NULL)
    return;
  if (weir_json_get_boolean (group, "other"))
    json_object_set_boolean_member (question, "other", TRUE);
  else if (weir_json_get_text (group, "name") != NULL)
    json_object_set_string_member (question, "group", weir_json_get_text (group, "name"));
  else
    json_object_set_null_member (question, "group");
}

/* The question that is on the screen, which may be another one than that in the editor. */
static JsonObject *
dup_persons_question (WeirFunnelsPage *self)
{
  JsonObject *question = weir_json_object_copy (weir_question_view_get_question (self->view));

  json_object_set_string_member (question, "kind", "funnel_persons");
  json_object_remove_member (question, "histogram");
  return question;
}

static void
show_people (WeirFunnelsPage *self,
             guint            step,
             guint            group,
             WeirFunnelPart   part)
{
  JsonObject *answer = weir_question_view_get_answer (self->view);
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *title = NULL;

  if (answer == NULL || (step == 0 && part == WEIR_FUNNEL_DROPPED))
    return;
  question = dup_persons_question (self);
  json_object_set_int_member (question, "step", step + 1);
  json_object_set_boolean_member (question, "converted", part == WEIR_FUNNEL_REACHED);
  add_group (question, weir_funnel_result_get_group (answer, group));
  title = part == WEIR_FUNNEL_DROPPED
          ? g_strdup_printf (_("Lost before %s"), weir_funnel_data_get_step (self->data, step))
          : g_strdup (weir_funnel_data_get_step (self->data, step));
  weir_persons_list_ask (self->persons, question);
  show_side (self, "people", title);
}

static void
mark_cb (WeirFunnelsPage *self,
         int              mark)
{
  guint step, group;
  WeirFunnelPart part = weir_funnel_chart_get_mark (self->chart, (guint) mark, &step, &group);

  show_people (self, step, group, part);
}

static void
cell_opened_cb (WeirFunnelsPage *self,
                guint            row,
                guint            column)
{
  guint n = weir_funnel_data_get_n_groups (self->data);

  show_people (self, row / n, row % n,
               column == WEIR_FUNNEL_COLUMN_DROPPED ? WEIR_FUNNEL_DROPPED : WEIR_FUNNEL_REACHED);
}

static void
excluded_cb (WeirFunnelsPage *self)
{
  g_autoptr(JsonObject) question = dup_persons_question (self);

  json_object_set_boolean_member (question, "excluded", TRUE);
  weir_persons_list_ask (self->persons, question);
  show_side (self, "people", _("Excluded"));
}

static void
rules_opened_cb (WeirFunnelsPage *self,
                 JsonObject      *question,
                 const char      *title)
{
  weir_persons_list_ask (self->persons, question);
  show_side (self, "people", title);
}

static void
save_csv_cb (WeirFunnelsPage *self)
{
  JsonObject *question = weir_question_view_get_question (self->view);

  if (question != NULL)
    weir_csv_save_question (GTK_WIDGET (self), weir_page_get_session (WEIR_PAGE (self)), question,
                            _("funnel.csv"), (WeirCsvSavedFunc) weir_page_notice, self);
}

static void
update_excluded (WeirFunnelsPage *self)
{
  guint64 excluded = weir_funnel_result_get_excluded (self->data);
  g_autofree char *number = weir_format_exact (excluded);
  g_autofree char *text = g_strdup_printf (ngettext ("%s person excluded", "%s people excluded",
                                                     (gulong) excluded), number);

  gtk_button_set_label (self->excluded_button, text);
  gtk_widget_set_visible (GTK_WIDGET (self->excluded_button), excluded > 0);
}

static void
update_legend (WeirFunnelsPage *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autoptr(GString) markup = g_string_new (NULL);

  if (self->data == NULL)
    return;
  for (guint i = 0; i < weir_funnel_data_get_n_groups (self->data); i++)
    {
      const char *group = weir_funnel_data_get_group (self->data, i);
      g_autofree char *name = group != NULL ? g_markup_escape_text (group, -1) : NULL;
      GdkRGBA color;

      if (name == NULL)
        continue;
      weir_palette_get_color (weir_funnel_data_get_color (self->data, i), dark, &color);
      g_string_append_printf (markup, "%s<span foreground=\"#%02x%02x%02x\">■</span>\302\240%s",
                              markup->len > 0 ? "   " : "",
                              (guint) (color.red * 255.f + .5f),
                              (guint) (color.green * 255.f + .5f),
                              (guint) (color.blue * 255.f + .5f), name);
    }
  weir_chart_panel_set_legend (self->panel, markup->str);
}

static void
update_title (WeirFunnelsPage *self)
{
  WeirQuestionPage *page = WEIR_QUESTION_PAGE (self);
  guint n = self->data != NULL ? weir_funnel_data_get_n_steps (self->data) : 0;
  g_autofree char *share = NULL;
  g_autofree char *subtitle = NULL;

  adw_window_title_set_title (self->title, weir_question_page_get_name (page));
  if (n > 0 && weir_funnel_result_get_total (self->data, 0) > 0)
    {
      share = weir_format_share ((double) weir_funnel_result_get_total (self->data, n - 1)
                                 / (double) weir_funnel_result_get_total (self->data, 0));
      /* Translators: which part of those who begin a funnel get to its end. */
      subtitle = g_strdup_printf (_("%s get to the end"), share);
    }
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_widget_set_visible (self->save_button, weir_question_page_is_changed (page)
                                             && !weir_page_is_offline (WEIR_PAGE (self)));
}

static void
answered_cb (WeirFunnelsPage *self,
             JsonObject      *answer)
{
  g_autoptr(GArray) bins = weir_funnel_result_read_bins (answer);

  g_clear_pointer (&self->data, weir_funnel_data_unref);
  self->data = weir_funnel_result_read (answer);
  weir_funnel_chart_set_data (self->chart, self->data);
  weir_funnel_result_fill (self->data, self->table);
  weir_histogram_set_bins (self->times, (const WeirBin *) bins->data, bins->len);
  gtk_widget_set_visible (GTK_WIDGET (self->times_panel), bins->len > 0);
  update_excluded (self);
  update_legend (self);
  update_title (self);
}

static void
weir_funnels_page_show (WeirQuestionPage *page,
                        JsonObject       *question)
{
  WeirFunnelsPage *self = WEIR_FUNNELS_PAGE (page);

  weir_funnel_editor_set_question (self->editor, question);
  g_clear_pointer (&self->data, weir_funnel_data_unref);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->side_stack), "people") == 0)
    close_side_cb (self);
  adw_leaflet_set_visible_child (self->outer, GTK_WIDGET (self->inner));
}

static void
weir_funnels_page_ask (WeirQuestionPage *page)
{
  WeirFunnelsPage *self = WEIR_FUNNELS_PAGE (page);
  g_autoptr(JsonObject) question = NULL;

  if (weir_question_page_get_question (page) == NULL)
    {
      weir_question_view_ask (self->view, NULL);
      return;
    }
  question = weir_question_page_dup_scoped (page);
  json_object_set_boolean_member (question, "histogram", TRUE);
  weir_question_view_ask (self->view, question);
  if (gtk_toggle_button_get_active (self->rules_button))
    ask_rules (self);
}

static void
weir_funnels_page_state_changed (WeirQuestionPage *page)
{
  update_title (WEIR_FUNNELS_PAGE (page));
}

static void
weir_funnels_page_set_up (WeirPage *page)
{
  WeirFunnelsPage *self = WEIR_FUNNELS_PAGE (page);

  WEIR_PAGE_CLASS (weir_funnels_page_parent_class)->set_up (page);
  weir_question_view_set_session (self->view, weir_page_get_session (page));
  weir_question_view_set_live (self->view, TRUE);
  weir_persons_list_set_session (self->persons, weir_page_get_session (page));
  weir_rules_view_set_session (self->rules, weir_page_get_session (page));
  weir_funnel_editor_set_catalog (self->editor, weir_page_get_catalog (page));
  update_title (self);
}

/* A wide side pane must not keep the window from becoming narrow. */
static void
inner_folded_cb (WeirFunnelsPage *self)
{
  if (adw_leaflet_get_folded (self->inner))
    gtk_widget_set_size_request (self->side, SIDE_WIDTH, -1);
}

static void
weir_funnels_page_dispose (GObject *object)
{
  WeirFunnelsPage *self = WEIR_FUNNELS_PAGE (object);

  g_clear_pointer (&self->data, weir_funnel_data_unref);

  G_OBJECT_CLASS (weir_funnels_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-funnels-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, outer);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, inner);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, list_pane);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, list_scroller);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, result_pane);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, title);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, save_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, edit_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, rules_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, view);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, panel);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, excluded_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, table);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, times_panel);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, side);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, side_title);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, side_stack);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, editor);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, persons);
  gtk_widget_class_bind_template_child (widget_class, WeirFunnelsPage, rules);
  gtk_widget_class_bind_template_callback (widget_class, answered_cb);
  gtk_widget_class_bind_template_callback (widget_class, cell_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_side_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, excluded_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  gtk_widget_class_bind_template_callback (widget_class, rules_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, rules_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_csv_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_list_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_page_notice);
  gtk_widget_class_bind_template_callback (widget_class, weir_question_page_save);
}

static void
weir_funnels_page_class_init (WeirFunnelsPageClass *klass)
{
  WeirQuestionPageClass *question_class = WEIR_QUESTION_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_funnels_page_dispose;
  WEIR_PAGE_CLASS (klass)->set_up = weir_funnels_page_set_up;
  question_class->kind = "funnel";
  question_class->new_name = N_("New funnel");
  question_class->show = weir_funnels_page_show;
  question_class->ask = weir_funnels_page_ask;
  question_class->state_changed = weir_funnels_page_state_changed;

  g_type_ensure (WEIR_TYPE_CHART_PANEL);
  g_type_ensure (WEIR_TYPE_DATA_TABLE);
  g_type_ensure (WEIR_TYPE_FUNNEL_EDITOR);
  g_type_ensure (WEIR_TYPE_PERSONS_LIST);
  g_type_ensure (WEIR_TYPE_QUESTION_VIEW);
  g_type_ensure (WEIR_TYPE_RULES_VIEW);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
weir_funnels_page_init (WeirFunnelsPage *self)
{
  WeirSavedList *list = weir_saved_list_new ("funnel", _("Saved funnels"),
                                             _("None yet. A funnel that is saved is found here."));

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_scrolled_window_set_child (self->list_scroller, GTK_WIDGET (list));
  weir_question_page_set_list (WEIR_QUESTION_PAGE (self), list);
  self->chart = WEIR_FUNNEL_CHART (weir_funnel_chart_new ());
  g_signal_connect_object (self->chart, "activated", G_CALLBACK (mark_cb), self, G_CONNECT_SWAPPED);
  weir_chart_panel_set_picture (self->panel, GTK_WIDGET (self->chart), NULL);
  g_object_set (self->panel, "title", _("Funnel"), NULL);
  weir_data_table_set_title (self->table, _("Funnel, step by step"));
  self->times = WEIR_HISTOGRAM (weir_histogram_new ());
  weir_chart_panel_set_picture (self->times_panel, GTK_WIDGET (self->times), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_legend), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->inner, "notify::folded", G_CALLBACK (inner_folded_cb), self,
                           G_CONNECT_SWAPPED);
  adw_leaflet_set_visible_child (self->outer, GTK_WIDGET (self->inner));
}
