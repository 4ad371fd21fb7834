/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-exclusion-row.h"

#include <glib/gi18n.h>

#include "weir-json.h"

struct _WeirExclusionRow
{
  GtkBox parent_instance;

  WeirTermEditor *term;
  GtkSpinButton *from;
  GtkSpinButton *to;
  gboolean to_last;      /* until the last step, however many there are */
  gboolean is_setting;
};

enum {
  CHANGED,
  REMOVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirExclusionRow, weir_exclusion_row, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static void
changed_cb (WeirExclusionRow *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
remove_cb (WeirExclusionRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

/* Neither step may pass the other. */
static void
step_cb (WeirExclusionRow *self,
         GtkSpinButton    *spin)
{
  int from = gtk_spin_button_get_value_as_int (self->from);
  int to = gtk_spin_button_get_value_as_int (self->to);
  double most;

  gtk_spin_button_get_range (self->to, NULL, &most);
  if (!self->is_setting)
    self->to_last = to == (int) most;
  if (from >= to && spin == self->from)
    gtk_spin_button_set_value (self->to, from + 1);
  else if (from >= to)
    gtk_spin_button_set_value (self->from, to - 1);
  changed_cb (self);
}

static GtkSpinButton *
add_spin (WeirExclusionRow *self,
          GtkWidget        *box,
          const char       *text,
          const char       *label,
          double            low)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, low + 1, 1);

  gtk_box_append (GTK_BOX (box), gtk_label_new (text));
  gtk_box_append (GTK_BOX (box), spin);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (spin, "value-changed", G_CALLBACK (step_cb), self, G_CONNECT_SWAPPED);
  return GTK_SPIN_BUTTON (spin);
}

static void
weir_exclusion_row_class_init (WeirExclusionRowClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_exclusion_row_init (WeirExclusionRow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 3);
  gtk_widget_add_css_class (GTK_WIDGET (self), "step-row");
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}

/**
 * weir_exclusion_row_new:
 * @catalog: what there is to ask about
 *
 * Returns: (transfer floating): a row without an event
 */
WeirExclusionRow *
weir_exclusion_row_new (WeirCatalog *catalog)
{
  WeirExclusionRow *self = g_object_new (WEIR_TYPE_EXCLUSION_ROW, NULL);
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->to_last = TRUE;
  self->term = weir_term_editor_new (catalog, _("Event that excludes"));
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _("Remove the exclusion"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove the exclusion"), -1);
  weir_term_editor_add (self->term, remove);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->term));
  /* Translators: “after step 1, before step 2”, around the numbers. */
  self->from = add_spin (self, line, _("After step"), _("Excludes after step"), 1);
  self->to = add_spin (self, line, _("before"), _("Excludes before step"), 2);
  gtk_box_append (GTK_BOX (self), line);
  g_signal_connect_object (self->term, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * weir_exclusion_row_set_n_steps:
 * @self: a row
 * @n_steps: how many steps the funnel has
 *
 * Says between which steps it can be.
 */
void
weir_exclusion_row_set_n_steps (WeirExclusionRow *self,
                                guint             n_steps)
{
  double n = MAX (2, n_steps);

  g_return_if_fail (WEIR_IS_EXCLUSION_ROW (self));

  self->is_setting = TRUE;
  gtk_spin_button_set_range (self->from, 1, n - 1);
  gtk_spin_button_set_range (self->to, 2, n);
  if (self->to_last)
    gtk_spin_button_set_value (self->to, n);
  self->is_setting = FALSE;
}

/**
 * weir_exclusion_row_set:
 * @self: a row that knows how many steps there are
 * @exclusion: an exclusion of a question
 *
 * Shows an exclusion, without a signal.
 */
void
weir_exclusion_row_set (WeirExclusionRow *self,
                        JsonObject       *exclusion)
{
  double from = weir_json_get_number (exclusion, "from");
  double to = weir_json_get_number (exclusion, "to");

  g_return_if_fail (WEIR_IS_EXCLUSION_ROW (self));

  self->is_setting = TRUE;
  weir_term_editor_set_term (self->term, exclusion);
  self->to_last = !(to >= 2);
  if (to >= 2)
    gtk_spin_button_set_value (self->to, to);
  gtk_spin_button_set_value (self->from, from >= 1 ? from : 1);
  self->is_setting = FALSE;
}

/**
 * weir_exclusion_row_dup:
 * @self: a row
 * @n_steps: how many steps the question has
 *
 * Returns: (transfer full) (nullable): the exclusion, or %NULL when it has no event yet
 */
JsonObject *
weir_exclusion_row_dup (WeirExclusionRow *self,
                        guint             n_steps)
{
  g_autoptr(JsonObject) exclusion = json_object_new ();
  int from = gtk_spin_button_get_value_as_int (self->from);
  int to = gtk_spin_button_get_value_as_int (self->to);

  g_return_val_if_fail (WEIR_IS_EXCLUSION_ROW (self), NULL);

  if (!weir_term_editor_write (self->term, exclusion))
    return NULL;
  json_object_set_int_member (exclusion, "from", MIN (from, (int) n_steps - 1));
  if (!self->to_last && to < (int) n_steps)
    json_object_set_int_member (exclusion, "to", MAX (to, MIN (from, (int) n_steps - 1) + 1));
  return g_steal_pointer (&exclusion);
}
