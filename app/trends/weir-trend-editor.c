/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trend-editor.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-property-picker.h"
#include "weir-series-row.h"
#include "weir-spoken-names.h"

#define MAX_SERIES 10

struct _WeirTrendEditor
{
  GtkBox parent_instance;

  WeirCatalog *catalog;
  GtkWidget *rows_box;
  GPtrArray *rows;            /* WeirSeriesRow, not owned */
  GtkWidget *add_button;
  GtkDropDown *interval;
  GtkWidget *breakdown_line;
  WeirPropertyPicker *breakdown;
  gboolean is_setting;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirTrendEditor, weir_trend_editor, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

/* The first one suits the range, and is not in the question. */
static const char * const intervals[] = { NULL, "minute", "hour", "day", "week", "month" };

static void
changed (WeirTrendEditor *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
renumber (WeirTrendEditor *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    weir_series_row_set_number (g_ptr_array_index (self->rows, i), i + 1, self->rows->len > 1);
  gtk_widget_set_sensitive (self->add_button, self->rows->len < MAX_SERIES);
}

static void
removed_cb (WeirTrendEditor *self,
            WeirSeriesRow   *row)
{
  if (self->rows->len <= 1 || !g_ptr_array_remove (self->rows, row))
    return;
  gtk_box_remove (GTK_BOX (self->rows_box), GTK_WIDGET (row));
  renumber (self);
  gtk_widget_grab_focus (g_ptr_array_index (self->rows, self->rows->len - 1));
  changed (self);
}

static WeirSeriesRow *
append_row (WeirTrendEditor *self,
            JsonObject      *series)
{
  WeirSeriesRow *row = weir_series_row_new (self->catalog);

  if (series != NULL)
    weir_series_row_set_series (row, series);
  g_signal_connect_object (row, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->rows_box), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
add_cb (WeirTrendEditor *self)
{
  WeirSeriesRow *row = append_row (self, NULL);

  renumber (self);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
create_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

static GtkWidget *
add_line (WeirTrendEditor *self,
          const char      *text)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (self), line);
  return line;
}

static void
add_interval (WeirTrendEditor *self)
{
  const char *texts[] = { _("As suits the range"), _("Minutes"), _("Hours"), _("Days"), _("Weeks"),
                          _("Months"), NULL };
  GtkWidget *line = add_line (self, _("By"));
  GtkWidget *drop = gtk_drop_down_new_from_strings (texts);

  weir_name_drop_down (GTK_DROP_DOWN (drop), _("Interval"));
  g_signal_connect_object (drop, "notify::selected", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), drop);
  self->interval = GTK_DROP_DOWN (drop);
}

static void
weir_trend_editor_dispose (GObject *object)
{
  g_clear_object (&WEIR_TREND_EDITOR (object)->catalog);

  G_OBJECT_CLASS (weir_trend_editor_parent_class)->dispose (object);
}

static void
weir_trend_editor_finalize (GObject *object)
{
  g_ptr_array_unref (WEIR_TREND_EDITOR (object)->rows);

  G_OBJECT_CLASS (weir_trend_editor_parent_class)->finalize (object);
}

static void
weir_trend_editor_class_init (WeirTrendEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_trend_editor_dispose;
  object_class->finalize = weir_trend_editor_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_trend_editor_init (WeirTrendEditor *self)
{
  GtkWidget *content = adw_button_content_new ();

  self->rows = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 9);
  gtk_widget_add_css_class (GTK_WIDGET (self), "editor");
  gtk_box_append (GTK_BOX (self), create_heading (_("Series")));
  self->rows_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self), self->rows_box);
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "list-add-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _("Add series"));
  self->add_button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->add_button), content);
  gtk_widget_set_halign (self->add_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->add_button, "flat");
  g_signal_connect_object (self->add_button, "clicked", G_CALLBACK (add_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self), self->add_button);
  gtk_box_append (GTK_BOX (self), create_heading (_("Counting")));
  add_interval (self);
  self->breakdown_line = add_line (self, _("Break down by"));
}

/**
 * weir_trend_editor_new:
 *
 * Returns: (transfer floating): an editor without series
 */
WeirTrendEditor *
weir_trend_editor_new (void)
{
  return g_object_new (WEIR_TYPE_TREND_EDITOR, NULL);
}

/**
 * weir_trend_editor_set_catalog:
 * @self: an editor
 * @catalog: what there is to ask about
 *
 * Connects the editor. To be called once.
 */
void
weir_trend_editor_set_catalog (WeirTrendEditor *self,
                               WeirCatalog     *catalog)
{
  static const char * const fixed[] = { "event", "source", NULL };

  g_return_if_fail (WEIR_IS_TREND_EDITOR (self));
  g_return_if_fail (self->catalog == NULL);

  self->catalog = g_object_ref (catalog);
  self->breakdown = weir_property_picker_new (catalog, _("Break down by"), _("Nothing"), fixed);
  g_signal_connect_object (self->breakdown, "picked", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->breakdown_line), GTK_WIDGET (self->breakdown));
  weir_trend_editor_set_question (self, NULL);
}

/**
 * weir_trend_editor_set_question:
 * @self: an editor with a catalogue
 * @question: (nullable): a trend; %NULL for one that begins
 *
 * Shows another trend, without a signal.
 */
void
weir_trend_editor_set_question (WeirTrendEditor *self,
                                JsonObject      *question)
{
  JsonArray *series = weir_json_get_array (question, "series");
  const char *interval = weir_json_get_text (question, "interval");

  g_return_if_fail (WEIR_IS_TREND_EDITOR (self));

  self->is_setting = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    gtk_box_remove (GTK_BOX (self->rows_box), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < weir_json_array_get_n (series); i++)
    append_row (self, weir_json_array_get_object (series, i));
  if (self->rows->len == 0)
    append_row (self, NULL);
  gtk_drop_down_set_selected (self->interval, 0);
  for (guint i = 1; i < G_N_ELEMENTS (intervals); i++)
    {
      if (g_strcmp0 (interval, intervals[i]) == 0)
        gtk_drop_down_set_selected (self->interval, i);
    }
  weir_property_picker_set_property (self->breakdown, weir_json_get_text (question, "breakdown"));
  renumber (self);
  self->is_setting = FALSE;
}

/**
 * weir_trend_editor_dup_question:
 * @self: an editor
 *
 * Returns: (transfer full) (nullable): the trend, or %NULL when no series has an event
 */
JsonObject *
weir_trend_editor_dup_question (WeirTrendEditor *self)
{
  g_autoptr(JsonArray) series = json_array_new ();
  g_autoptr(JsonObject) question = json_object_new ();
  guint interval;

  g_return_val_if_fail (WEIR_IS_TREND_EDITOR (self), NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      JsonObject *one = weir_series_row_dup_series (g_ptr_array_index (self->rows, i));

      if (one != NULL)
        json_array_add_object_element (series, one);
    }
  if (json_array_get_length (series) == 0)
    return NULL;
  json_object_set_string_member (question, "kind", "trend");
  json_object_set_array_member (question, "series", g_steal_pointer (&series));
  interval = gtk_drop_down_get_selected (self->interval);
  if (intervals[interval] != NULL)
    json_object_set_string_member (question, "interval", intervals[interval]);
  if (weir_property_picker_get_property (self->breakdown) != NULL)
    json_object_set_string_member (question, "breakdown",
                                   weir_property_picker_get_property (self->breakdown));
  return g_steal_pointer (&question);
}

/**
 * weir_trend_editor_start:
 * @self: an editor
 *
 * Puts the keyboard where the first event is named.
 */
void
weir_trend_editor_start (WeirTrendEditor *self)
{
  g_return_if_fail (WEIR_IS_TREND_EDITOR (self));

  if (self->rows->len > 0)
    gtk_widget_grab_focus (g_ptr_array_index (self->rows, 0));
}
