/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trouble-bar.h"

struct _WeirTroubleBar
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *label;
};

enum {
  AGAIN,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirTroubleBar, weir_trouble_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
again_cb (WeirTroubleBar *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

/* The words stay while the bar goes. */
static void
revealed_cb (WeirTroubleBar *self)
{
  if (gtk_revealer_get_reveal_child (self->revealer))
    return;
  gtk_label_set_text (self->label, "");
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

static void
weir_trouble_bar_dispose (GObject *object)
{
  WeirTroubleBar *self = WEIR_TROUBLE_BAR (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->revealer)));

  G_OBJECT_CLASS (weir_trouble_bar_parent_class)->dispose (object);
}

static void
weir_trouble_bar_class_init (WeirTroubleBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_trouble_bar_dispose;

  signals[AGAIN] =
    g_signal_new ("again", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-trouble-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirTroubleBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, WeirTroubleBar, label);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, revealed_cb);
}

static void
weir_trouble_bar_init (WeirTroubleBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_trouble_bar_set_text:
 * @self: a bar
 * @text: (nullable): what is wrong; %NULL when nothing is
 *
 * Shows or hides the bar.
 */
void
weir_trouble_bar_set_text (WeirTroubleBar *self,
                           const char     *text)
{
  g_return_if_fail (WEIR_IS_TROUBLE_BAR (self));

  if (text != NULL && g_strcmp0 (text, gtk_label_get_text (self->label)) != 0)
    {
      gtk_label_set_text (self->label, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
    }
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
}
