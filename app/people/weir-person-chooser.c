/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-chooser.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-persons-list.h"

struct _WeirPersonChooser
{
  AdwWindow parent_instance;

  GtkSearchEntry *search;
  WeirPersonsList *persons;
  GtkWidget *choose_button;
  char *chosen;
  char *name;
};

enum {
  CHOSEN,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirPersonChooser, weir_person_chooser, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static void
search_cb (WeirPersonChooser *self)
{
  g_autoptr(JsonObject) question = json_object_new ();

  json_object_set_string_member (question, "kind", "persons");
  json_object_set_string_member (question, "search",
                                 gtk_editable_get_text (GTK_EDITABLE (self->search)));
  g_clear_pointer (&self->chosen, g_free);
  gtk_widget_set_sensitive (self->choose_button, FALSE);
  weir_persons_list_ask (self->persons, question);
}

static void
selected_cb (WeirPersonChooser *self,
             const char        *person,
             const char        *name)
{
  g_free (self->chosen);
  g_free (self->name);
  self->chosen = g_strdup (person);
  self->name = g_strdup (name);
  gtk_widget_set_sensitive (self->choose_button, TRUE);
}

static void
choose_cb (WeirPersonChooser *self)
{
  if (self->chosen == NULL)
    return;
  g_signal_emit (self, signals[CHOSEN], 0, self->chosen, self->name);
  gtk_window_close (GTK_WINDOW (self));
}

static void
weir_person_chooser_finalize (GObject *object)
{
  WeirPersonChooser *self = WEIR_PERSON_CHOOSER (object);

  g_free (self->chosen);
  g_free (self->name);

  G_OBJECT_CLASS (weir_person_chooser_parent_class)->finalize (object);
}

static void
weir_person_chooser_class_init (WeirPersonChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_person_chooser_finalize;

  signals[CHOSEN] =
    g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  g_type_ensure (WEIR_TYPE_PERSONS_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-person-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPersonChooser, search);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonChooser, persons);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonChooser, choose_button);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
weir_person_chooser_init (WeirPersonChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_person_chooser_new:
 * @parent: the window it belongs to
 * @session: whom to ask
 * @title: what the person is chosen for
 *
 * Returns: (transfer none): a window
 */
WeirPersonChooser *
weir_person_chooser_new (GtkWindow   *parent,
                         WeirSession *session,
                         const char  *title)
{
  WeirPersonChooser *self = g_object_new (WEIR_TYPE_PERSON_CHOOSER,
                                          "transient-for", parent,
                                          "title", title,
                                          NULL);

  weir_persons_list_set_session (self->persons, session);
  weir_persons_list_set_picks (self->persons, TRUE);
  g_signal_connect_swapped (self->persons, "picked", G_CALLBACK (choose_cb), self);
  search_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  return self;
}
