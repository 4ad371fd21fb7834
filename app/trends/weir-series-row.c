/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-series-row.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-property-picker.h"
#include "weir-spoken-names.h"

#define MAX_NAME_CHARS 100
/* From this measure on, numbers of a property are looked at. */
#define FIRST_NUMERIC  2

struct _WeirSeriesRow
{
  GtkBox parent_instance;

  WeirTermEditor *term;
  GtkDropDown *measure;
  WeirPropertyPicker *property;
  GtkWidget *name_entry;
  GtkWidget *remove_button;
  gboolean is_setting;
};

enum {
  CHANGED,
  REMOVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSeriesRow, weir_series_row, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static const struct {
  const char *measure;
  const char *label;
} measures[] = {
  { "count", N_("Events") },
  { "persons", N_("People") },
  { "sum", N_("Sum of") },
  { "avg", N_("Average of") },
  { "min", N_("Least of") },
  { "max", N_("Greatest of") },
  { "p50", N_("Median of") },
  { "p90", N_("90 % of") },
  { "p95", N_("95 % of") },
  { "p99", N_("99 % of") },
};

static void
changed (WeirSeriesRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->property),
                          gtk_drop_down_get_selected (self->measure) >= FIRST_NUMERIC);
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
remove_cb (WeirSeriesRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static gboolean
weir_series_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WEIR_SERIES_ROW (widget)->term));
}

static void
weir_series_row_class_init (WeirSeriesRowClass *klass)
{
  GTK_WIDGET_CLASS (klass)->grab_focus = weir_series_row_grab_focus;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_series_row_init (WeirSeriesRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "step-row");
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}

static GtkWidget *
create_measure (WeirSeriesRow *self,
                WeirCatalog   *catalog)
{
  const char *texts[G_N_ELEMENTS (measures) + 1] = { NULL };
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  static const char * const fixed[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    texts[i] = _(measures[i].label);
  self->measure = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (texts));
  self->property = weir_property_picker_new (catalog, _("Property that is measured"), _("value"),
                                             fixed);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->measure));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->property));
  return line;
}

/**
 * weir_series_row_new:
 * @catalog: what there is to ask about
 *
 * Returns: (transfer floating): a row without an event
 */
WeirSeriesRow *
weir_series_row_new (WeirCatalog *catalog)
{
  WeirSeriesRow *self = g_object_new (WEIR_TYPE_SERIES_ROW, NULL);

  self->is_setting = TRUE;
  self->term = weir_term_editor_new (catalog, _("Event"));
  self->remove_button = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_set_tooltip_text (self->remove_button, _("Remove the series"));
  gtk_widget_add_css_class (self->remove_button, "flat");
  weir_term_editor_add (self->term, self->remove_button);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->term));
  gtk_box_append (GTK_BOX (self), create_measure (self, catalog));
  self->name_entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->name_entry),
                                  _("Name, if the event says too little"));
  gtk_entry_set_max_length (GTK_ENTRY (self->name_entry), MAX_NAME_CHARS);
  gtk_box_append (GTK_BOX (self), self->name_entry);
  g_signal_connect_object (self->term, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->measure, "notify::selected", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->property, "picked", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name_entry, "changed", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->remove_button, "clicked", G_CALLBACK (remove_cb), self,
                           G_CONNECT_SWAPPED);
  changed (self);
  self->is_setting = FALSE;
  return self;
}

/**
 * weir_series_row_set_number:
 * @self: a row
 * @number: its place, from 1 on
 * @removable: whether there are others
 *
 * Says which series it is.
 */
void
weir_series_row_set_number (WeirSeriesRow *self,
                            guint          number,
                            gboolean       removable)
{
  g_autofree char *label = g_strdup_printf (_("Series %u"), number);
  g_autofree char *measure_label = g_strdup_printf (_("Measure of series %u"), number);
  g_autofree char *name_label = g_strdup_printf (_("Name of series %u"), number);
  g_autofree char *remove_label = g_strdup_printf (_("Remove series %u"), number);

  g_return_if_fail (WEIR_IS_SERIES_ROW (self));

  weir_term_editor_set_label (self->term, label);
  weir_name_drop_down (self->measure, measure_label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name_entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name_label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove_label, -1);
  gtk_widget_set_sensitive (self->remove_button, removable);
}

/**
 * weir_series_row_set_series:
 * @self: a row
 * @series: a series of a question
 *
 * Shows a series, without a signal.
 */
void
weir_series_row_set_series (WeirSeriesRow *self,
                            JsonObject    *series)
{
  const char *measure = weir_json_get_text (series, "measure");
  const char *name = weir_json_get_text (series, "name");

  g_return_if_fail (WEIR_IS_SERIES_ROW (self));

  self->is_setting = TRUE;
  weir_term_editor_set_term (self->term, series);
  gtk_drop_down_set_selected (self->measure, 0);
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    {
      if (g_strcmp0 (measure, measures[i].measure) == 0)
        gtk_drop_down_set_selected (self->measure, i);
    }
  weir_property_picker_set_property (self->property, weir_json_get_text (series, "property"));
  gtk_editable_set_text (GTK_EDITABLE (self->name_entry), name != NULL ? name : "");
  changed (self);
  self->is_setting = FALSE;
}

/**
 * weir_series_row_dup_series:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): the series, or %NULL when it has no event yet
 */
JsonObject *
weir_series_row_dup_series (WeirSeriesRow *self)
{
  g_autoptr(JsonObject) series = json_object_new ();
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name_entry));
  guint measure = gtk_drop_down_get_selected (self->measure);

  g_return_val_if_fail (WEIR_IS_SERIES_ROW (self), NULL);

  if (!weir_term_editor_write (self->term, series))
    return NULL;
  json_object_set_string_member (series, "measure", measures[measure].measure);
  if (measure >= FIRST_NUMERIC && weir_property_picker_get_property (self->property) != NULL)
    json_object_set_string_member (series, "property",
                                   weir_property_picker_get_property (self->property));
  if (*name != '\0')
    json_object_set_string_member (series, "name", name);
  return g_steal_pointer (&series);
}
