/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-editor.h"

#include <glib/gi18n.h>

#include "weir-json.h"

struct _WeirJsonEditor
{
  AdwWindow parent_instance;

  GtkTextView *view;
  GtkLabel *error_label;
  GtkWidget *save_button;
};

enum {
  EDITED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirJsonEditor, weir_json_editor, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static JsonObject *
read_object (WeirJsonEditor  *self,
             GError         **error)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;
  char *text;
  g_autoptr(GBytes) bytes = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  return weir_json_parse_object (bytes, error);
}

static void
changed_cb (WeirJsonEditor *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) object = read_object (self, &error);

  gtk_label_set_text (self->error_label, error != NULL ? error->message : "");
  gtk_widget_set_sensitive (self->save_button, object != NULL);
}

static void
save_cb (WeirJsonEditor *self)
{
  g_autoptr(JsonObject) object = read_object (self, NULL);

  if (object == NULL)
    return;
  g_signal_emit (self, signals[EDITED], 0, object);
  gtk_window_close (GTK_WINDOW (self));
}

static void
weir_json_editor_class_init (WeirJsonEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[EDITED] =
    g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-json-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirJsonEditor, view);
  gtk_widget_class_bind_template_child (widget_class, WeirJsonEditor, error_label);
  gtk_widget_class_bind_template_child (widget_class, WeirJsonEditor, save_button);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
weir_json_editor_init (WeirJsonEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->view), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_json_editor_new:
 * @parent: the window it is for
 * @title: what is edited
 * @object: (nullable): what to begin with
 *
 * Returns: (transfer none): a window, to be presented
 */
WeirJsonEditor *
weir_json_editor_new (GtkWindow  *parent,
                      const char *title,
                      JsonObject *object)
{
  WeirJsonEditor *self = g_object_new (WEIR_TYPE_JSON_EDITOR, "transient-for", parent,
                                       "title", title, NULL);
  g_autofree char *text = object != NULL ? weir_json_object_to_text (object, TRUE)
                                         : g_strdup ("{\n}");

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->view));
  return self;
}
