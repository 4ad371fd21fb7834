/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cell-menu.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"


/* An invisible widget that lies over others and holds the popover; it never takes input. */
struct _WeirCellMenu
{
  GtkWidget parent_instance;

  GtkPopover *popover;
  GtkLabel *title;
  GtkWidget *only_button;
  GtkWidget *not_button;
  GtkWidget *copy_button;
  GtkWidget *details_button;
  char *property;
  char *literal;
};

enum {
  NARROW,
  DETAILS,
  CLOSED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCellMenu, weir_cell_menu, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
narrow (WeirCellMenu *self,
        gboolean      only)
{
  g_autofree char *property = g_strdup (self->property);
  g_autofree char *literal = g_strdup (self->literal);

  weir_cell_menu_popdown (self);
  g_signal_emit (self, signals[NARROW], 0, property, literal, only);
}

static void
only_cb (WeirCellMenu *self)
{
  narrow (self, TRUE);
}

static void
not_cb (WeirCellMenu *self)
{
  narrow (self, FALSE);
}

static void
copy_cb (WeirCellMenu *self)
{
  g_autofree char *text = weir_literal_to_text (self->literal);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  weir_cell_menu_popdown (self);
}

static void
details_cb (WeirCellMenu *self)
{
  weir_cell_menu_popdown (self);
  g_signal_emit (self, signals[DETAILS], 0);
}

static void
closed_cb (WeirCellMenu *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static gboolean
key_pressed_cb (WeirCellMenu    *self,
                guint            key,
                guint            keycode,
                GdkModifierType  state)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  weir_cell_menu_popdown (self);
  return TRUE;
}

static void
weir_cell_menu_dispose (GObject *object)
{
  WeirCellMenu *self = WEIR_CELL_MENU (object);

  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));

  G_OBJECT_CLASS (weir_cell_menu_parent_class)->dispose (object);
}

static void
weir_cell_menu_finalize (GObject *object)
{
  WeirCellMenu *self = WEIR_CELL_MENU (object);

  g_free (self->property);
  g_free (self->literal);

  G_OBJECT_CLASS (weir_cell_menu_parent_class)->finalize (object);
}

static void
weir_cell_menu_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  gtk_popover_present (WEIR_CELL_MENU (widget)->popover);
}

static void
weir_cell_menu_class_init (WeirCellMenuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_cell_menu_dispose;
  object_class->finalize = weir_cell_menu_finalize;
  widget_class->size_allocate = weir_cell_menu_size_allocate;

  signals[NARROW] =
    g_signal_new ("narrow", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[DETAILS] =
    g_signal_new ("details", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CLOSED] =
    g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-cell-menu.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, popover);
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, title);
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, only_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, not_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, copy_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCellMenu, details_button);
  gtk_widget_class_bind_template_callback (widget_class, only_cb);
  gtk_widget_class_bind_template_callback (widget_class, not_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
weir_cell_menu_init (WeirCellMenu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

/**
 * weir_cell_menu_new:
 *
 * Returns: (transfer floating): a menu to lay over what it is for
 */
GtkWidget *
weir_cell_menu_new (void)
{
  return g_object_new (WEIR_TYPE_CELL_MENU, NULL);
}

/**
 * weir_cell_menu_popup:
 * @self: a menu
 * @at: where the value is, in coordinates of the menu
 * @property: (nullable): what the value belongs to; without it there is nothing to filter by
 * @literal: the value as JSON
 * @with_details: whether there are details to offer
 * @take_focus: whether to take the keyboard; a menu that opens at a plain click leaves it
 *
 * Opens the menu.
 */
void
weir_cell_menu_popup (WeirCellMenu       *self,
                      const GdkRectangle *at,
                      const char         *property,
                      const char         *literal,
                      gboolean            with_details,
                      gboolean            take_focus)
{
  g_autofree char *text = NULL;

  g_return_if_fail (WEIR_IS_CELL_MENU (self));
  g_return_if_fail (literal != NULL);

  g_free (self->property);
  self->property = g_strdup (property);
  g_free (self->literal);
  self->literal = g_strdup (literal);

  if (property != NULL)
    text = weir_condition_dup_label (property, "=", literal);
  else
    text = weir_literal_to_text (literal);
  gtk_label_set_text (self->title, text);
  gtk_widget_set_visible (self->only_button, property != NULL);
  gtk_widget_set_visible (self->not_button, property != NULL);
  gtk_widget_set_visible (self->details_button, with_details);

  gtk_popover_set_autohide (self->popover, take_focus);
  gtk_popover_set_pointing_to (self->popover, at);
  gtk_popover_popup (self->popover);
}

/**
 * weir_cell_menu_popdown:
 * @self: a menu
 *
 * Closes the menu.
 */
void
weir_cell_menu_popdown (WeirCellMenu *self)
{
  g_return_if_fail (WEIR_IS_CELL_MENU (self));

  gtk_popover_popdown (self->popover);
}

/**
 * weir_cell_menu_is_open:
 * @self: a menu
 *
 * Returns: whether it is open
 */
gboolean
weir_cell_menu_is_open (WeirCellMenu *self)
{
  g_return_val_if_fail (WEIR_IS_CELL_MENU (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self->popover));
}
