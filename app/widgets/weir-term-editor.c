/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-term-editor.h"

#include "weir-event-entry.h"
#include "weir-filter-bar.h"
#include "weir-json.h"

struct _WeirTermEditor
{
  GtkBox parent_instance;

  GtkWidget *line;
  WeirEventEntry *entry;
  WeirFilterBar *filter;
  gboolean is_setting;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirTermEditor, weir_term_editor, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static void
changed_cb (WeirTermEditor *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
weir_term_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_child_focus (GTK_WIDGET (WEIR_TERM_EDITOR (widget)->entry),
                                 GTK_DIR_TAB_FORWARD);
}

static void
weir_term_editor_class_init (WeirTermEditorClass *klass)
{
  GTK_WIDGET_CLASS (klass)->grab_focus = weir_term_editor_grab_focus;
  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_term_editor_init (WeirTermEditor *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 3);
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->entry = weir_event_entry_new ();
  self->filter = g_object_new (WEIR_TYPE_FILTER_BAR, NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  gtk_box_append (GTK_BOX (self->line), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (self), self->line);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->filter));
  g_signal_connect_object (self->entry, "chosen", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_term_editor_new:
 * @catalog: what there is to ask about
 * @label: what the events are for, such as “Step 2”
 *
 * Returns: (transfer floating): an editor without a name
 */
WeirTermEditor *
weir_term_editor_new (WeirCatalog *catalog,
                      const char  *label)
{
  WeirTermEditor *self = g_object_new (WEIR_TYPE_TERM_EDITOR, NULL);

  weir_event_entry_set_catalog (self->entry, catalog);
  weir_filter_bar_set_names (self->filter, weir_catalog_get_names (catalog));
  weir_term_editor_set_label (self, label);
  return self;
}

/**
 * weir_term_editor_set_label:
 * @self: an editor
 * @label: what the events are for
 *
 * Names the editor, for assistive technology.
 */
void
weir_term_editor_set_label (WeirTermEditor *self,
                            const char     *label)
{
  g_return_if_fail (WEIR_IS_TERM_EDITOR (self));

  weir_event_entry_set_label (self->entry, label);
}

/**
 * weir_term_editor_set_term:
 * @self: an editor
 * @term: (nullable): an object with `event` and `filter`, as questions have them
 *
 * Shows which events, without a signal.
 */
void
weir_term_editor_set_term (WeirTermEditor *self,
                           JsonObject     *term)
{
  JsonNode *filter = term != NULL ? json_object_get_member (term, "filter") : NULL;
  g_autofree char *text = filter != NULL ? json_to_string (filter, FALSE) : NULL;

  g_return_if_fail (WEIR_IS_TERM_EDITOR (self));

  self->is_setting = TRUE;
  weir_event_entry_set_event (self->entry, weir_json_get_text (term, "event"));
  weir_filter_bar_set_filter (self->filter, text);
  self->is_setting = FALSE;
}

/**
 * weir_term_editor_write:
 * @self: an editor
 * @term: an object of a question
 *
 * Sets `event` and `filter` of @term.
 *
 * Returns: whether an event is named
 */
gboolean
weir_term_editor_write (WeirTermEditor *self,
                        JsonObject     *term)
{
  const char *event = weir_event_entry_get_event (self->entry);
  g_autofree char *filter = weir_filter_bar_dup_filter (self->filter);

  g_return_val_if_fail (WEIR_IS_TERM_EDITOR (self), FALSE);

  if (event == NULL || *event == '\0')
    return FALSE;
  json_object_set_string_member (term, "event", event);
  if (filter != NULL)
    json_object_set_member (term, "filter", json_from_string (filter, NULL));
  return TRUE;
}

/**
 * weir_term_editor_get_event:
 * @self: an editor
 *
 * Returns: (transfer none) (nullable): the name of the events
 */
const char *
weir_term_editor_get_event (WeirTermEditor *self)
{
  g_return_val_if_fail (WEIR_IS_TERM_EDITOR (self), NULL);

  return weir_event_entry_get_event (self->entry);
}

/**
 * weir_term_editor_add:
 * @self: an editor
 * @widget: (transfer floating): what stands beside the name
 *
 * Adds something at the end of the first line.
 */
void
weir_term_editor_add (WeirTermEditor *self,
                      GtkWidget      *widget)
{
  g_return_if_fail (WEIR_IS_TERM_EDITOR (self));

  gtk_box_append (GTK_BOX (self->line), widget);
}
