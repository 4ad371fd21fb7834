/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-filter-bar.h"

#include <glib/gi18n.h>

#include "weir-condition-editor.h"
#include "weir-conditions.h"
#include "weir-wrap-layout.h"

#define INDEX_KEY "weir-index"
#define NEW_CONDITION -1

struct _WeirFilterBar
{
  GtkWidget parent_instance;

  GtkBox *box;
  GtkButton *add_button;
  GtkButton *clear_button;
  WeirConditionEditor *editor;

  GPtrArray *chips;    /* not owned */
  GArray *conditions;
  int edited;    /* index of the condition in the editor */
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirFilterBar, weir_filter_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static int
get_index (GtkWidget *widget)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (widget), INDEX_KEY));
}

static void changed (WeirFilterBar *self);

static void
open_editor (WeirFilterBar *self,
             GtkWidget     *at,
             int            index)
{
  const WeirCondition *condition = NULL;
  graphene_rect_t bounds;

  if (index >= 0 && index < (int) self->conditions->len)
    condition = &g_array_index (self->conditions, WeirCondition, index);
  if (!gtk_widget_compute_bounds (at, GTK_WIDGET (self), &bounds))
    return;
  self->edited = condition != NULL ? index : NEW_CONDITION;
  weir_condition_editor_edit (self->editor, condition);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->editor),
                               &(GdkRectangle) {
                                 (int) bounds.origin.x, (int) bounds.origin.y,
                                 (int) bounds.size.width, (int) bounds.size.height,
                               });
  gtk_popover_popup (GTK_POPOVER (self->editor));
}

static void
edit_clicked_cb (WeirFilterBar *self,
                 GtkWidget     *button)
{
  int index = get_index (button);
  const WeirCondition *condition = &g_array_index (self->conditions, WeirCondition, index);

  if (!g_str_equal (condition->property, WEIR_PROPERTY_ERRORS)
      && !g_str_equal (condition->property, WEIR_PROPERTY_FILTER))
    open_editor (self, button, index);
}

static void
remove_clicked_cb (WeirFilterBar *self,
                   GtkWidget     *button)
{
  g_array_remove_index (self->conditions, (guint) get_index (button));
  gtk_widget_grab_focus (GTK_WIDGET (self->add_button));
  changed (self);
}

static GtkWidget *
create_chip (WeirFilterBar       *self,
             const WeirCondition *condition,
             int                  index)
{
  g_autofree char *label = weir_condition_dup_label (condition->property, condition->op,
                                                     condition->value);
  /* Translators: removes a condition from the filter; %s is such as “plan = pro”. */
  g_autofree char *remove_label = g_strdup_printf (_("Remove filter %s"), label);
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *text = gtk_label_new (label);
  GtkWidget *edit = gtk_button_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 40);
  gtk_button_set_child (GTK_BUTTON (edit), text);
  gtk_widget_set_tooltip_text (edit, label);
  gtk_widget_set_tooltip_text (remove, remove_label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (edit),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove_label, -1);
  g_object_set_data (G_OBJECT (edit), INDEX_KEY, GINT_TO_POINTER (index));
  g_object_set_data (G_OBJECT (remove), INDEX_KEY, GINT_TO_POINTER (index));
  g_signal_connect_object (edit, "clicked", G_CALLBACK (edit_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (chip, "linked");
  gtk_widget_add_css_class (chip, "chip");
  gtk_box_append (GTK_BOX (chip), edit);
  gtk_box_append (GTK_BOX (chip), remove);
  return chip;
}

static void
rebuild (WeirFilterBar *self)
{
  GtkWidget *before = NULL;

  for (guint i = 0; i < self->chips->len; i++)
    gtk_box_remove (self->box, g_ptr_array_index (self->chips, i));
  g_ptr_array_set_size (self->chips, 0);
  for (guint i = 0; i < self->conditions->len; i++)
    {
      GtkWidget *chip = create_chip (self, &g_array_index (self->conditions, WeirCondition, i),
                                     (int) i);

      gtk_box_insert_child_after (self->box, chip, before);
      g_ptr_array_add (self->chips, chip);
      before = chip;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->clear_button), self->conditions->len > 1);
}

static void
changed (WeirFilterBar *self)
{
  rebuild (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
editor_done_cb (WeirFilterBar *self,
                const char    *property,
                const char    *op,
                const char    *value)
{
  if (self->edited >= 0 && self->edited < (int) self->conditions->len)
    g_array_remove_index (self->conditions, (guint) self->edited);
  weir_conditions_add (self->conditions, property, op, value);
  changed (self);
}

static void
weir_filter_bar_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  WeirFilterBar *self = WEIR_FILTER_BAR (widget);

  gtk_widget_size_allocate (GTK_WIDGET (self->box),
                            &(GtkAllocation) { 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->editor));
}

static void
weir_filter_bar_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (WEIR_FILTER_BAR (widget)->box), orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static GtkSizeRequestMode
weir_filter_bar_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weir_filter_bar_dispose (GObject *object)
{
  WeirFilterBar *self = WEIR_FILTER_BAR (object);

  if (self->editor != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->editor)));
  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->box)));

  G_OBJECT_CLASS (weir_filter_bar_parent_class)->dispose (object);
}

static void
weir_filter_bar_finalize (GObject *object)
{
  WeirFilterBar *self = WEIR_FILTER_BAR (object);

  g_array_unref (self->conditions);
  g_ptr_array_unref (self->chips);

  G_OBJECT_CLASS (weir_filter_bar_parent_class)->finalize (object);
}

static void
weir_filter_bar_class_init (WeirFilterBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_filter_bar_dispose;
  object_class->finalize = weir_filter_bar_finalize;
  widget_class->get_request_mode = weir_filter_bar_get_request_mode;
  widget_class->measure = weir_filter_bar_measure;
  widget_class->size_allocate = weir_filter_bar_size_allocate;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WEIR_TYPE_CONDITION_EDITOR);
  g_type_ensure (WEIR_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirFilterBar, box);
  gtk_widget_class_bind_template_child (widget_class, WeirFilterBar, add_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFilterBar, clear_button);
  gtk_widget_class_bind_template_child (widget_class, WeirFilterBar, editor);
  gtk_widget_class_bind_template_callback (widget_class, editor_done_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_filter_bar_start_adding);
  gtk_widget_class_bind_template_callback (widget_class, weir_filter_bar_clear);
}

static void
weir_filter_bar_init (WeirFilterBar *self)
{
  self->chips = g_ptr_array_new ();
  self->conditions = weir_conditions_new ();
  self->edited = NEW_CONDITION;
  gtk_widget_init_template (GTK_WIDGET (self));
  rebuild (self);
}

/**
 * weir_filter_bar_set_names:
 * @self: a filter bar
 * @names: names to offer
 *
 * Says which names have been seen.
 */
void
weir_filter_bar_set_names (WeirFilterBar *self,
                           WeirSeenNames *names)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  weir_condition_editor_set_names (self->editor, names);
}

/**
 * weir_filter_bar_set_conditions:
 * @self: a filter bar
 * @conditions: of the type %WEIR_CONDITIONS_TYPE
 *
 * Replaces all conditions.
 */
void
weir_filter_bar_set_conditions (WeirFilterBar *self,
                                GVariant      *conditions)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  g_array_unref (self->conditions);
  self->conditions = weir_conditions_from_variant (conditions);
  changed (self);
}

/**
 * weir_filter_bar_set_filter:
 * @self: a filter bar
 * @filter: (nullable): a `filter` of the wire contract
 *
 * Shows a filter, without a signal.
 */
void
weir_filter_bar_set_filter (WeirFilterBar *self,
                            const char    *filter)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  g_array_unref (self->conditions);
  self->conditions = weir_conditions_from_filter (filter);
  rebuild (self);
}

/**
 * weir_filter_bar_get_conditions:
 * @self: a filter bar
 *
 * Returns: (transfer floating): the conditions
 */
GVariant *
weir_filter_bar_get_conditions (WeirFilterBar *self)
{
  g_return_val_if_fail (WEIR_IS_FILTER_BAR (self), NULL);

  return weir_conditions_to_variant (self->conditions);
}

/**
 * weir_filter_bar_narrow:
 * @self: a filter bar
 * @property: what to look at
 * @literal: a value it has, as JSON
 * @only: whether to see only that, or everything but that
 *
 * “Only this” and “Not this”.
 */
void
weir_filter_bar_narrow (WeirFilterBar *self,
                        const char    *property,
                        const char    *literal,
                        gboolean       only)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  weir_conditions_narrow (self->conditions, property, literal, only);
  changed (self);
}

/**
 * weir_filter_bar_dup_filter:
 * @self: a filter bar
 *
 * Returns: (transfer full) (nullable): the filter for the collector, %NULL when everything passes
 */
char *
weir_filter_bar_dup_filter (WeirFilterBar *self)
{
  g_return_val_if_fail (WEIR_IS_FILTER_BAR (self), NULL);

  return weir_conditions_to_filter (self->conditions);
}

/**
 * weir_filter_bar_start_adding:
 * @self: a filter bar
 *
 * Opens the editor for a new condition.
 */
void
weir_filter_bar_start_adding (WeirFilterBar *self)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  open_editor (self, GTK_WIDGET (self->add_button), NEW_CONDITION);
}

/**
 * weir_filter_bar_clear:
 * @self: a filter bar
 *
 * Removes all conditions.
 */
void
weir_filter_bar_clear (WeirFilterBar *self)
{
  g_return_if_fail (WEIR_IS_FILTER_BAR (self));

  if (self->conditions->len == 0)
    return;
  g_array_set_size (self->conditions, 0);
  changed (self);
}
