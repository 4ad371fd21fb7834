/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-editor.h"

#include <glib/gi18n.h>

#include "weir-exclusion-row.h"
#include "weir-json.h"
#include "weir-property-picker.h"
#include "weir-spoken-names.h"
#include "weir-step-row.h"

#define MIN_STEPS      2
#define MAX_STEPS      20
#define MAX_EXCLUSIONS 10
#define DEFAULT_WINDOW "7d"

struct _WeirFunnelEditor
{
  GtkBox parent_instance;

  WeirCatalog *catalog;
  GtkWidget *steps_box;
  GPtrArray *steps;           /* WeirStepRow, not owned, in their order */
  GtkWidget *add_step;
  GtkSpinButton *window_number;
  GtkDropDown *window_unit;
  GtkDropDown *order;
  WeirPropertyPicker *breakdown;
  GtkWidget *breakdown_line;
  GtkWidget *exclusions_box;
  GPtrArray *exclusions;      /* WeirExclusionRow, not owned */
  GtkWidget *add_exclusion;
  gboolean is_setting;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirFunnelEditor, weir_funnel_editor, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static const char units[] = "smhdw";
static const char * const orders[] = { "ordered", "strict", "any" };

static void
changed (WeirFunnelEditor *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

/* What depends on how many steps there are, and in which order they are. */
static void
renumber (WeirFunnelEditor *self)
{
  gboolean has_order = gtk_drop_down_get_selected (self->order) != 2;

  for (guint i = 0; i < self->steps->len; i++)
    weir_step_row_set_number (g_ptr_array_index (self->steps, i), i + 1,
                              self->steps->len > MIN_STEPS);
  for (guint i = 0; i < self->exclusions->len; i++)
    weir_exclusion_row_set_n_steps (g_ptr_array_index (self->exclusions, i), self->steps->len);
  gtk_widget_set_sensitive (self->add_step, self->steps->len < MAX_STEPS);
  gtk_widget_set_sensitive (self->exclusions_box, has_order);
  gtk_widget_set_sensitive (self->add_exclusion,
                            has_order && self->exclusions->len < MAX_EXCLUSIONS);
}

static void
move_step (WeirFunnelEditor *self,
           WeirStepRow      *row,
           int               to)
{
  guint from;

  if (!g_ptr_array_find (self->steps, row, &from))
    return;
  to = CLAMP (to, 0, (int) self->steps->len - 1);
  if ((int) from == to)
    return;
  g_ptr_array_remove_index (self->steps, from);
  g_ptr_array_insert (self->steps, to, row);
  gtk_box_reorder_child_after (GTK_BOX (self->steps_box), GTK_WIDGET (row),
                               to > 0 ? g_ptr_array_index (self->steps, to - 1) : NULL);
  renumber (self);
  changed (self);
}

static void
moved_cb (WeirFunnelEditor *self,
          int               by,
          WeirStepRow      *row)
{
  guint at;

  if (!g_ptr_array_find (self->steps, row, &at))
    return;
  move_step (self, row, (int) at + by);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
dropped_cb (WeirFunnelEditor *self,
            WeirStepRow      *dragged,
            WeirStepRow      *on)
{
  guint to;

  if (g_ptr_array_find (self->steps, on, &to))
    move_step (self, dragged, (int) to);
}

static void
removed_cb (WeirFunnelEditor *self,
            WeirStepRow      *row)
{
  guint at;

  if (self->steps->len <= MIN_STEPS || !g_ptr_array_find (self->steps, row, &at))
    return;
  g_ptr_array_remove_index (self->steps, at);
  gtk_box_remove (GTK_BOX (self->steps_box), GTK_WIDGET (row));
  renumber (self);
  gtk_widget_grab_focus (g_ptr_array_index (self->steps, MIN (at, self->steps->len - 1)));
  changed (self);
}

static WeirStepRow *
append_step (WeirFunnelEditor *self,
             JsonObject       *step)
{
  WeirStepRow *row = weir_step_row_new (self->catalog);

  if (step != NULL)
    weir_step_row_set_step (row, step);
  g_signal_connect_object (row, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "dropped", G_CALLBACK (dropped_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->steps_box), GTK_WIDGET (row));
  g_ptr_array_add (self->steps, row);
  return row;
}

static void
add_step_cb (WeirFunnelEditor *self)
{
  WeirStepRow *row = append_step (self, NULL);

  renumber (self);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
exclusion_removed_cb (WeirFunnelEditor *self,
                      WeirExclusionRow *row)
{
  g_ptr_array_remove (self->exclusions, row);
  gtk_box_remove (GTK_BOX (self->exclusions_box), GTK_WIDGET (row));
  renumber (self);
  gtk_widget_grab_focus (self->add_exclusion);
  changed (self);
}

static WeirExclusionRow *
append_exclusion (WeirFunnelEditor *self,
                  JsonObject       *exclusion)
{
  WeirExclusionRow *row = weir_exclusion_row_new (self->catalog);

  weir_exclusion_row_set_n_steps (row, self->steps->len);
  if (exclusion != NULL)
    weir_exclusion_row_set (row, exclusion);
  g_signal_connect_object (row, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (exclusion_removed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->exclusions_box), GTK_WIDGET (row));
  g_ptr_array_add (self->exclusions, row);
  return row;
}

static void
add_exclusion_cb (WeirFunnelEditor *self)
{
  append_exclusion (self, NULL);
  renumber (self);
}

static void
order_cb (WeirFunnelEditor *self)
{
  renumber (self);
  changed (self);
}

static void
clear (WeirFunnelEditor *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    gtk_box_remove (GTK_BOX (self->steps_box), g_ptr_array_index (self->steps, i));
  for (guint i = 0; i < self->exclusions->len; i++)
    gtk_box_remove (GTK_BOX (self->exclusions_box), g_ptr_array_index (self->exclusions, i));
  g_ptr_array_set_size (self->steps, 0);
  g_ptr_array_set_size (self->exclusions, 0);
}

static void
set_window (WeirFunnelEditor *self,
            const char       *window)
{
  char *end;
  guint64 number;
  const char *unit;

  number = g_ascii_strtoull (window, &end, 10);
  unit = *end != '\0' ? strchr (units, *end) : NULL;
  gtk_spin_button_set_value (self->window_number, (double) number);
  gtk_drop_down_set_selected (self->window_unit, unit != NULL ? (guint) (unit - units) : 3);
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
add_line (WeirFunnelEditor *self,
          const char       *text)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (self), line);
  return line;
}

static GtkWidget *
add_button (GtkWidget  *box,
            const char *text)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = adw_button_content_new ();

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "list-add-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), text);
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkDropDown *
add_choice (WeirFunnelEditor   *self,
            GtkWidget          *line,
            const char * const *texts,
            const char         *label,
            GCallback           changed_func)
{
  GtkWidget *drop = gtk_drop_down_new_from_strings (texts);

  gtk_box_append (GTK_BOX (line), drop);
  weir_name_drop_down (GTK_DROP_DOWN (drop), label);
  g_signal_connect_object (drop, "notify::selected", changed_func, self, G_CONNECT_SWAPPED);
  return GTK_DROP_DOWN (drop);
}

static void
add_settings (WeirFunnelEditor *self)
{
  const char *unit_texts[] = {
    _("seconds"), _("minutes"), _("hours"), _("days"), _("weeks"), NULL,
  };
  const char *order_texts[] = { _("In order"), _("Nothing in between"), _("Any order"), NULL };
  GtkWidget *line;

  gtk_box_append (GTK_BOX (self), create_heading (_("Counting")));
  line = add_line (self, _("Within"));
  gtk_widget_set_tooltip_text (line, _("From the first step to the last"));
  self->window_number = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (0, 10000, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->window_number),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Within"), -1);
  g_signal_connect_object (self->window_number, "value-changed", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->window_number));
  self->window_unit = add_choice (self, line, unit_texts, _("Unit of the window"),
                                  G_CALLBACK (changed));
  line = add_line (self, _("Order"));
  self->order = add_choice (self, line, order_texts, _("Order of the steps"),
                            G_CALLBACK (order_cb));
  self->breakdown_line = add_line (self, _("Break down by"));
}

static void
weir_funnel_editor_dispose (GObject *object)
{
  g_clear_object (&WEIR_FUNNEL_EDITOR (object)->catalog);

  G_OBJECT_CLASS (weir_funnel_editor_parent_class)->dispose (object);
}

static void
weir_funnel_editor_finalize (GObject *object)
{
  WeirFunnelEditor *self = WEIR_FUNNEL_EDITOR (object);

  g_ptr_array_unref (self->steps);
  g_ptr_array_unref (self->exclusions);

  G_OBJECT_CLASS (weir_funnel_editor_parent_class)->finalize (object);
}

static void
weir_funnel_editor_class_init (WeirFunnelEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_funnel_editor_dispose;
  object_class->finalize = weir_funnel_editor_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_funnel_editor_init (WeirFunnelEditor *self)
{
  self->is_setting = TRUE;
  self->steps = g_ptr_array_new ();
  self->exclusions = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 9);
  gtk_widget_add_css_class (GTK_WIDGET (self), "editor");
  gtk_box_append (GTK_BOX (self), create_heading (_("Steps")));
  self->steps_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self), self->steps_box);
  self->add_step = add_button (GTK_WIDGET (self), _("Add step"));
  add_settings (self);
  gtk_box_append (GTK_BOX (self), create_heading (_("Exclusions")));
  self->exclusions_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self), self->exclusions_box);
  self->add_exclusion = add_button (GTK_WIDGET (self), _("Add exclusion"));
  gtk_widget_set_tooltip_text (self->add_exclusion,
                               _("Who does this between two steps is taken out of the funnel"));
  g_signal_connect_object (self->add_step, "clicked", G_CALLBACK (add_step_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->add_exclusion, "clicked", G_CALLBACK (add_exclusion_cb), self,
                           G_CONNECT_SWAPPED);
  set_window (self, DEFAULT_WINDOW);
  self->is_setting = FALSE;
}

/**
 * weir_funnel_editor_new:
 *
 * Returns: (transfer floating): an editor without steps
 */
WeirFunnelEditor *
weir_funnel_editor_new (void)
{
  return g_object_new (WEIR_TYPE_FUNNEL_EDITOR, NULL);
}

/**
 * weir_funnel_editor_set_catalog:
 * @self: an editor
 * @catalog: what there is to ask about
 *
 * Connects the editor. To be called once.
 */
void
weir_funnel_editor_set_catalog (WeirFunnelEditor *self,
                                WeirCatalog      *catalog)
{
  static const char * const fixed[] = { "event", "source", NULL };

  g_return_if_fail (WEIR_IS_FUNNEL_EDITOR (self));
  g_return_if_fail (self->catalog == NULL);

  self->catalog = g_object_ref (catalog);
  self->breakdown = weir_property_picker_new (catalog, _("Break down by"), _("Nothing"), fixed);
  g_signal_connect_object (self->breakdown, "picked", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->breakdown_line), GTK_WIDGET (self->breakdown));
  weir_funnel_editor_set_question (self, NULL);
}

/**
 * weir_funnel_editor_set_question:
 * @self: an editor with a catalogue
 * @question: (nullable): a funnel; %NULL for one that begins
 *
 * Shows another funnel, without a signal.
 */
void
weir_funnel_editor_set_question (WeirFunnelEditor *self,
                                 JsonObject       *question)
{
  JsonArray *steps = weir_json_get_array (question, "steps");
  JsonArray *exclusions = weir_json_get_array (question, "exclusions");
  const char *window = weir_json_get_text (question, "window");
  const char *order = weir_json_get_text (question, "order");

  g_return_if_fail (WEIR_IS_FUNNEL_EDITOR (self));

  self->is_setting = TRUE;
  clear (self);
  for (guint i = 0; i < weir_json_array_get_n (steps); i++)
    append_step (self, weir_json_array_get_object (steps, i));
  while (self->steps->len < MIN_STEPS)
    append_step (self, NULL);
  for (guint i = 0; i < weir_json_array_get_n (exclusions); i++)
    append_exclusion (self, weir_json_array_get_object (exclusions, i));
  set_window (self, window != NULL ? window : DEFAULT_WINDOW);
  gtk_drop_down_set_selected (self->order, 0);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      if (g_strcmp0 (orders[i], order) == 0)
        gtk_drop_down_set_selected (self->order, i);
    }
  weir_property_picker_set_property (self->breakdown, weir_json_get_text (question, "breakdown"));
  renumber (self);
  self->is_setting = FALSE;
}

static void
add_exclusions (WeirFunnelEditor *self,
                JsonObject       *question,
                guint             n_steps)
{
  g_autoptr(JsonArray) exclusions = json_array_new ();

  for (guint i = 0; i < self->exclusions->len; i++)
    {
      JsonObject *exclusion =
        weir_exclusion_row_dup (g_ptr_array_index (self->exclusions, i), n_steps);

      if (exclusion != NULL)
        json_array_add_object_element (exclusions, exclusion);
    }
  if (json_array_get_length (exclusions) > 0)
    json_object_set_array_member (question, "exclusions", g_steal_pointer (&exclusions));
}

/**
 * weir_funnel_editor_dup_question:
 * @self: an editor
 *
 * Returns: (transfer full) (nullable): the funnel, or %NULL when it has too few steps with an event
 */
JsonObject *
weir_funnel_editor_dup_question (WeirFunnelEditor *self)
{
  g_autoptr(JsonArray) steps = json_array_new ();
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *window = NULL;
  guint order, n_steps;

  g_return_val_if_fail (WEIR_IS_FUNNEL_EDITOR (self), NULL);

  for (guint i = 0; i < self->steps->len; i++)
    {
      JsonObject *step = weir_step_row_dup_step (g_ptr_array_index (self->steps, i));

      if (step != NULL)
        json_array_add_object_element (steps, step);
    }
  n_steps = json_array_get_length (steps);
  if (n_steps < MIN_STEPS)
    return NULL;
  json_object_set_string_member (question, "kind", "funnel");
  json_object_set_array_member (question, "steps", g_steal_pointer (&steps));
  window = g_strdup_printf ("%d%c", gtk_spin_button_get_value_as_int (self->window_number),
                            units[gtk_drop_down_get_selected (self->window_unit)]);
  json_object_set_string_member (question, "window", window);
  order = gtk_drop_down_get_selected (self->order);
  json_object_set_string_member (question, "order", orders[order]);
  if (order != 2)
    add_exclusions (self, question, n_steps);
  if (weir_property_picker_get_property (self->breakdown) != NULL)
    json_object_set_string_member (question, "breakdown",
                                   weir_property_picker_get_property (self->breakdown));
  return g_steal_pointer (&question);
}

/**
 * weir_funnel_editor_start:
 * @self: an editor
 *
 * Puts the keyboard where the first step is named.
 */
void
weir_funnel_editor_start (WeirFunnelEditor *self)
{
  g_return_if_fail (WEIR_IS_FUNNEL_EDITOR (self));

  if (self->steps->len > 0)
    gtk_widget_grab_focus (g_ptr_array_index (self->steps, 0));
}
