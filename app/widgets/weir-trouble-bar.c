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
  char *text;
  gboolean is_hushed;
};

enum {
  AGAIN,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirTroubleBar, weir_trouble_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
update (WeirTroubleBar *self)
{
  gboolean is_shown = self->text != NULL && !self->is_hushed;

  if (is_shown && g_strcmp0 (self->text, gtk_label_get_text (self->label)) != 0)
    {
      gtk_label_set_text (self->label, self->text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, self->text,
                                      -1);
    }
  gtk_revealer_set_reveal_child (self->revealer, is_shown);
}

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
  g_clear_pointer (&self->text, g_free);

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
  char *copy = g_strdup (text);

  g_return_if_fail (WEIR_IS_TROUBLE_BAR (self));

  g_free (self->text);
  self->text = copy;
  update (self);
}

/**
 * weir_trouble_bar_hush:
 * @within: a widget
 * @is_hushed: whether a bar above it says already that something is wrong
 *
 * Keeps the bars within a widget from saying the same once more. They say what is still wrong when
 * the one above has gone.
 */
void
weir_trouble_bar_hush (GtkWidget *within,
                       gboolean   is_hushed)
{
  g_return_if_fail (GTK_IS_WIDGET (within));

  if (WEIR_IS_TROUBLE_BAR (within))
    {
      WEIR_TROUBLE_BAR (within)->is_hushed = is_hushed;
      update (WEIR_TROUBLE_BAR (within));
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    weir_trouble_bar_hush (child, is_hushed);
}
