/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-condition-editor.h"

#include <glib/gi18n.h>

#define N_SUGGESTIONS 7

struct _WeirConditionEditor
{
  GtkPopover parent_instance;

  GtkEditable *property_entry;
  GtkDropDown *op_menu;
  GtkEditable *value_entry;
  GtkListBox *suggestions;
  GtkWidget *suggestions_frame;
  GtkWidget *apply_button;
  GtkWidget *errors_button;

  WeirSeenNames *names;
  GtkEditable *suggesting;    /* the entry the suggestions are for */
};

enum {
  DONE,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirConditionEditor, weir_condition_editor, GTK_TYPE_POPOVER)

static guint signals[N_SIGNALS];

static const char * const operators[] = {
  "=", "!=", "<", "<=", ">", ">=", "contains", "not_contains", "matches", "in",
  "is_set", "is_not_set",
};

static const char *
get_operator (WeirConditionEditor *self)
{
  guint selected = gtk_drop_down_get_selected (self->op_menu);

  return operators[selected < G_N_ELEMENTS (operators) ? selected : 0];
}

static void
clear_suggestions (WeirConditionEditor *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->suggestions))) != NULL)
    gtk_list_box_remove (self->suggestions, row);
  gtk_widget_set_visible (self->suggestions_frame, FALSE);
}

static void
suggest (WeirConditionEditor *self)
{
  g_auto(GStrv) names = NULL;
  const char *property = NULL;

  clear_suggestions (self);
  if (self->names == NULL || self->suggesting == NULL)
    return;
  if (self->suggesting == self->value_entry)
    property = gtk_editable_get_text (self->property_entry);
  names = weir_seen_names_find (self->names, property,
                                gtk_editable_get_text (self->suggesting), N_SUGGESTIONS);
  /* What is typed already needs no suggestion. */
  if (names[0] != NULL && names[1] == NULL
      && g_str_equal (names[0], gtk_editable_get_text (self->suggesting)))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (names[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
      gtk_list_box_append (self->suggestions, label);
    }
  gtk_widget_set_visible (self->suggestions_frame, names[0] != NULL);
}

static void
update (WeirConditionEditor *self)
{
  const char *op = get_operator (self);
  gboolean takes_value = weir_operator_takes_value (op);
  gboolean has_property = *gtk_editable_get_text (self->property_entry) != '\0';
  gboolean has_value = *gtk_editable_get_text (self->value_entry) != '\0';

  gtk_widget_set_sensitive (GTK_WIDGET (self->value_entry), takes_value);
  gtk_widget_set_sensitive (self->apply_button, has_property && (has_value || !takes_value));
}

static void
changed_cb (WeirConditionEditor *self,
            GtkEditable         *entry)
{
  update (self);
  if (entry == self->suggesting)
    suggest (self);
}

static void
property_focus_cb (WeirConditionEditor *self)
{
  self->suggesting = self->property_entry;
  suggest (self);
}

static void
value_focus_cb (WeirConditionEditor *self)
{
  self->suggesting = self->value_entry;
  suggest (self);
}

static void
operator_cb (WeirConditionEditor *self)
{
  update (self);
}

static void
finish (WeirConditionEditor *self,
        const char          *property,
        const char          *op,
        const char          *value)
{
  g_autofree char *kept_property = g_strdup (property);
  g_autofree char *kept_op = g_strdup (op);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[DONE], 0, kept_property, kept_op, value);
}

static void
apply_cb (WeirConditionEditor *self)
{
  const char *op = get_operator (self);
  g_autofree char *property = g_strdup (gtk_editable_get_text (self->property_entry));
  g_autofree char *value = NULL;

  if (!gtk_widget_get_sensitive (self->apply_button))
    return;
  g_strstrip (property);
  value = weir_literal_from_text (op, gtk_editable_get_text (self->value_entry));
  finish (self, property, op, value);
}

static void
errors_cb (WeirConditionEditor *self)
{
  finish (self, WEIR_PROPERTY_ERRORS, "is_set", "");
}

static void
property_activate_cb (WeirConditionEditor *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->value_entry));
}

static void
suggestion_cb (WeirConditionEditor *self,
               GtkListBoxRow       *row)
{
  g_autofree char *text = NULL;

  if (self->suggesting == NULL)
    return;
  text = g_strdup (gtk_label_get_text (GTK_LABEL (gtk_list_box_row_get_child (row))));
  gtk_editable_set_text (self->suggesting, text);
  if (self->suggesting == self->property_entry)
    gtk_widget_grab_focus (GTK_WIDGET (self->value_entry));
  else
    apply_cb (self);
}

static void
weir_condition_editor_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_condition_editor_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (WEIR_CONDITION_EDITOR (widget)->value_entry));
}

static void
weir_condition_editor_dispose (GObject *object)
{
  WeirConditionEditor *self = WEIR_CONDITION_EDITOR (object);

  self->suggesting = NULL;
  g_clear_object (&self->names);

  G_OBJECT_CLASS (weir_condition_editor_parent_class)->dispose (object);
}

static void
weir_condition_editor_class_init (WeirConditionEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_condition_editor_dispose;
  widget_class->map = weir_condition_editor_map;

  signals[DONE] =
    g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-condition-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, property_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, op_menu);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, value_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, suggestions);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, suggestions_frame);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, apply_button);
  gtk_widget_class_bind_template_child (widget_class, WeirConditionEditor, errors_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, property_focus_cb);
  gtk_widget_class_bind_template_callback (widget_class, value_focus_cb);
  gtk_widget_class_bind_template_callback (widget_class, operator_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, errors_cb);
  gtk_widget_class_bind_template_callback (widget_class, property_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, suggestion_cb);
}

static void
weir_condition_editor_init (WeirConditionEditor *self)
{
  g_autoptr(GtkStringList) labels = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    gtk_string_list_append (labels, weir_operator_get_label (operators[i]));
  gtk_drop_down_set_model (self->op_menu, G_LIST_MODEL (labels));
  gtk_popover_set_default_widget (GTK_POPOVER (self), self->apply_button);
  update (self);
}

/**
 * weir_condition_editor_set_names:
 * @self: an editor
 * @names: names to offer
 *
 * Says which names have been seen.
 */
void
weir_condition_editor_set_names (WeirConditionEditor *self,
                                 WeirSeenNames       *names)
{
  g_return_if_fail (WEIR_IS_CONDITION_EDITOR (self));

  g_set_object (&self->names, names);
}

/**
 * weir_condition_editor_edit:
 * @self: an editor
 * @condition: (nullable): what to start from
 *
 * Fills the editor, before it is opened.
 */
void
weir_condition_editor_edit (WeirConditionEditor *self,
                            const WeirCondition *condition)
{
  g_autofree char *text = NULL;
  guint selected = 0;

  g_return_if_fail (WEIR_IS_CONDITION_EDITOR (self));

  if (condition != NULL)
    text = weir_literal_to_text (condition->value);
  for (guint i = 0; condition != NULL && i < G_N_ELEMENTS (operators); i++)
    {
      if (g_str_equal (operators[i], condition->op))
        selected = i;
    }
  gtk_editable_set_text (self->property_entry, condition != NULL ? condition->property : "event");
  gtk_drop_down_set_selected (self->op_menu, selected);
  gtk_editable_set_text (self->value_entry, text != NULL ? text : "");
  gtk_widget_set_visible (self->errors_button, condition == NULL);
  update (self);
}
