/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-step-row.h"

#include <glib/gi18n.h>

#include "weir-json.h"

#define MAX_NAME_CHARS 100

struct _WeirStepRow
{
  GtkBox parent_instance;

  GtkWidget *grip;
  GtkLabel *number;
  WeirTermEditor *term;
  GtkWidget *name_button;
  GtkWidget *name_entry;
  GtkWidget *remove_button;
  gboolean is_setting;
};

enum {
  CHANGED,
  MOVED,
  DROPPED,
  REMOVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirStepRow, weir_step_row, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static void
changed_cb (WeirStepRow *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
name_toggled_cb (WeirStepRow *self)
{
  gboolean wanted = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->name_button));

  gtk_widget_set_visible (self->name_entry, wanted);
  if (wanted && !self->is_setting)
    gtk_widget_grab_focus (self->name_entry);
}

static void
remove_cb (WeirStepRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static GdkContentProvider *
prepare_cb (WeirStepRow *self)
{
  return gdk_content_provider_new_typed (WEIR_TYPE_STEP_ROW, self);
}

static void
drag_begin_cb (WeirStepRow   *self,
               GdkDrag       *drag,
               GtkDragSource *source)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, paintable, 12, 12);
}

static gboolean
drop_cb (WeirStepRow  *self,
         const GValue *value)
{
  WeirStepRow *row = g_value_get_object (value);

  if (row == NULL || row == self)
    return FALSE;
  g_signal_emit (self, signals[DROPPED], 0, row);
  return TRUE;
}

static gboolean
move_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   user_data)
{
  g_signal_emit (widget, signals[MOVED], 0, g_variant_get_int32 (args));
  return TRUE;
}

static gboolean
weir_step_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WEIR_STEP_ROW (widget)->term));
}

static void
weir_step_row_class_init (WeirStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = weir_step_row_grab_focus;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[DROPPED] = g_signal_new ("dropped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 1, WEIR_TYPE_STEP_ROW);
  signals[REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, move_cb, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, move_cb, "i", 1);
}

static void
add_grip (WeirStepRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (WEIR_TYPE_STEP_ROW, GDK_ACTION_MOVE);

  self->grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  self->number = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->number), "numeric");
  gtk_widget_set_tooltip_text (box, _("Drag to another place, or press Alt+Up or Alt+Down"));
  gtk_widget_set_cursor_from_name (box, "grab");
  gtk_widget_set_valign (box, GTK_ALIGN_START);
  gtk_widget_add_css_class (box, "step-grip");
  gtk_box_append (GTK_BOX (box), self->grip);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->number));
  gtk_box_append (GTK_BOX (self), box);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (box, GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
weir_step_row_init (WeirStepRow *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "step-row");
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  add_grip (self);
}

static void
fill (WeirStepRow *self,
      WeirCatalog *catalog)
{
  self->term = weir_term_editor_new (catalog, _("Event"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->term), TRUE);
  self->name_button = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (self->name_button), "document-edit-symbolic");
  gtk_widget_set_tooltip_text (self->name_button, _("Give the step a name"));
  gtk_widget_add_css_class (self->name_button, "flat");
  self->remove_button = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_set_tooltip_text (self->remove_button, _("Remove the step"));
  gtk_widget_add_css_class (self->remove_button, "flat");
  weir_term_editor_add (self->term, self->name_button);
  weir_term_editor_add (self->term, self->remove_button);
  self->name_entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->name_entry), _("Name of the step"));
  gtk_entry_set_max_length (GTK_ENTRY (self->name_entry), MAX_NAME_CHARS);
  gtk_widget_set_visible (self->name_entry, FALSE);
  gtk_box_append (GTK_BOX (self->term), self->name_entry);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->term));
  g_signal_connect_object (self->term, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name_entry, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name_button, "toggled", G_CALLBACK (name_toggled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->remove_button, "clicked", G_CALLBACK (remove_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_step_row_new:
 * @catalog: what there is to ask about
 *
 * Returns: (transfer floating): a row without an event
 */
WeirStepRow *
weir_step_row_new (WeirCatalog *catalog)
{
  WeirStepRow *self = g_object_new (WEIR_TYPE_STEP_ROW, NULL);

  fill (self, catalog);
  return self;
}

/**
 * weir_step_row_set_number:
 * @self: a row
 * @number: its place, from 1 on
 * @removable: whether there are enough others
 *
 * Says which step it is.
 */
void
weir_step_row_set_number (WeirStepRow *self,
                          guint        number,
                          gboolean     removable)
{
  g_autofree char *digits = g_strdup_printf ("%u", number);
  g_autofree char *label = g_strdup_printf (_("Step %u"), number);
  g_autofree char *name_label = g_strdup_printf (_("Name of step %u"), number);
  g_autofree char *rename_label = g_strdup_printf (_("Give step %u a name"), number);
  g_autofree char *remove_label = g_strdup_printf (_("Remove step %u"), number);

  g_return_if_fail (WEIR_IS_STEP_ROW (self));

  gtk_label_set_text (self->number, digits);
  weir_term_editor_set_label (self->term, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name_entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name_label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, rename_label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove_label, -1);
  gtk_widget_set_sensitive (self->remove_button, removable);
}

/**
 * weir_step_row_set_step:
 * @self: a row
 * @step: a step of a question
 *
 * Shows a step, without a signal.
 */
void
weir_step_row_set_step (WeirStepRow *self,
                        JsonObject  *step)
{
  const char *name = weir_json_get_text (step, "name");

  g_return_if_fail (WEIR_IS_STEP_ROW (self));

  self->is_setting = TRUE;
  weir_term_editor_set_term (self->term, step);
  gtk_editable_set_text (GTK_EDITABLE (self->name_entry), name != NULL ? name : "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->name_button), name != NULL);
  self->is_setting = FALSE;
}

/**
 * weir_step_row_dup_step:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): the step, or %NULL when it has no event yet
 */
JsonObject *
weir_step_row_dup_step (WeirStepRow *self)
{
  g_autoptr(JsonObject) step = json_object_new ();
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name_entry));

  g_return_val_if_fail (WEIR_IS_STEP_ROW (self), NULL);

  if (!weir_term_editor_write (self->term, step))
    return NULL;
  if (*name != '\0')
    json_object_set_string_member (step, "name", name);
  return g_steal_pointer (&step);
}
