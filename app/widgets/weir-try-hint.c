/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-try-hint.h"

struct _WeirTryHint
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (WeirTryHint, weir_try_hint, GTK_TYPE_WIDGET)

static void
copy_cb (WeirTryHint *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_text (self->label));
}

static void
weir_try_hint_dispose (GObject *object)
{
  g_clear_pointer (&WEIR_TRY_HINT (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_try_hint_parent_class)->dispose (object);
}

static void
weir_try_hint_class_init (WeirTryHintClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_try_hint_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-try-hint.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirTryHint, box);
  gtk_widget_class_bind_template_child (widget_class, WeirTryHint, label);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_try_hint_init (WeirTryHint *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_try_hint_set_command:
 * @self: a hint
 * @command: a command line
 *
 * Says what to try.
 */
void
weir_try_hint_set_command (WeirTryHint *self,
                           const char  *command)
{
  g_return_if_fail (WEIR_IS_TRY_HINT (self));

  if (g_strcmp0 (gtk_label_get_text (self->label), command) == 0)
    return;
  /* A program keeps its lines; one command may be broken anywhere. */
  gtk_label_set_wrap (self->label, strchr (command, '\n') == NULL);
  gtk_label_set_text (self->label, command);
}
