/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-story.h"

#include <glib/gi18n.h>

#include "weir-edge-text.h"
#include "weir-format.h"
#include "weir-identity-actions.h"
#include "weir-json.h"
#include "weir-timeline-row.h"

#define PAGE_LENGTH 100

struct _WeirIdentityStory
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;
  GtkWidget *none_label;
  GtkWidget *more_button;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  char *person;
  char *cursor;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirIdentityStory, weir_identity_story, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
changed_cb (gpointer    user_data,
            const char *person)
{
  g_signal_emit (user_data, signals[CHANGED], 0);
}

static void
button_cb (WeirIdentityStory *self,
           GtkWidget         *button)
{
  gint64 *edge = g_object_get_data (G_OBJECT (button), "edge");
  gboolean voided = g_object_get_data (G_OBJECT (button), "void") != NULL;

  gtk_widget_set_sensitive (button, FALSE);
  weir_identity_set_voided (self->page, *edge, voided, changed_cb, self);
}

static GtkWidget *
create_button (WeirIdentityStory *self,
               JsonObject        *edge,
               const char        *sentence)
{
  gboolean voids = !weir_edge_is_voided (edge);
  GtkWidget *button = gtk_button_new_with_label (voids ? _("Undo") : _("Redo"));
  gint64 seq = (gint64) weir_json_get_count (edge, "seq");
  g_autofree char *label = g_strdup_printf (voids ? _("Undo: %s") : _("Redo: %s"), sentence);

  g_object_set_data_full (G_OBJECT (button), "edge", g_memdup2 (&seq, sizeof seq), g_free);
  g_object_set_data (G_OBJECT (button), "void", GINT_TO_POINTER (voids));
  g_signal_connect_object (button, "clicked", G_CALLBACK (button_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (self->page != NULL && weir_page_is_offline (self->page))
    {
      gtk_widget_set_sensitive (button, FALSE);
      gtk_widget_set_tooltip_text (button, _("A file is shown: nothing in it can be changed"));
    }
  return button;
}

static GtkWidget *
create_label (const char *text,
              const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
create_texts (JsonObject *edge,
              const char *sentence)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *label = create_label (sentence, NULL);
  gint64 time = weir_json_get_time (edge, "time");
  g_autofree char *clock = weir_format_clock (time, FALSE);
  g_autofree char *day = weir_format_day (time, g_get_real_time ());
  g_autofree char *when = g_strdup_printf (_("%s, %s"), day, clock);
  g_autofree char *instant = weir_format_instant (time, g_get_real_time ());
  GtkWidget *time_label = create_label (when, "caption");

  gtk_widget_add_css_class (time_label, "dim-label");
  gtk_widget_add_css_class (time_label, "numeric");
  gtk_widget_set_tooltip_text (time_label, instant);
  gtk_box_append (GTK_BOX (texts), time_label);
  gtk_box_append (GTK_BOX (texts), label);
  if (weir_edge_get_refusal (edge) != NULL)
    gtk_box_append (GTK_BOX (texts), create_label (weir_edge_get_refusal (edge), "dim-label"));
  if (weir_edge_is_voided (edge))
    {
      gtk_widget_add_css_class (label, "taken-back");
      gtk_box_append (GTK_BOX (texts), create_label (_("Taken back: it does not count"),
                                                     "dim-label"));
    }
  gtk_widget_set_hexpand (texts, TRUE);
  return texts;
}

static void
add_edge (WeirIdentityStory *self,
          JsonObject        *edge)
{
  g_autofree char *sentence = weir_edge_dup_sentence (edge);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_box_append (GTK_BOX (box), create_texts (edge, sentence));
  if (weir_edge_can_be_undone (edge) || weir_edge_is_voided (edge))
    gtk_box_append (GTK_BOX (box), create_button (self, edge, sentence));
  gtk_widget_add_css_class (box, "story-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  -1);
  gtk_list_box_append (self->list, row);
}

static void
edges_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirIdentityStory) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  gboolean is_first = self->cursor == NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  weir_page_set_trouble (self->page, self, error);
  if (answer == NULL)
    return;
  g_free (self->cursor);
  self->cursor = g_strdup (weir_json_get_text (answer, "cursor"));
  weir_identity_story_show_edges (self, weir_json_get_array (answer, "edges"), is_first);
  gtk_widget_set_visible (self->more_button, self->cursor != NULL);
}

static void
ask_page (WeirIdentityStory *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autofree char *path = NULL;

  if (client == NULL || self->person == NULL)
    return;
  path = g_strdup_printf ("/v1/persons/%s/edges?limit=%d%s%s", self->person, PAGE_LENGTH,
                          self->cursor != NULL ? "&after=" : "",
                          self->cursor != NULL ? self->cursor : "");
  weir_api_client_get_async (client, path, self->cancellable, edges_cb, g_object_ref (self));
}

static void
weir_identity_story_dispose (GObject *object)
{
  WeirIdentityStory *self = WEIR_IDENTITY_STORY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->person, g_free);
  g_clear_pointer (&self->cursor, g_free);

  G_OBJECT_CLASS (weir_identity_story_parent_class)->dispose (object);
}

static void
weir_identity_story_class_init (WeirIdentityStoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_identity_story_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_identity_story_init (WeirIdentityStory *self)
{
  self->cancellable = g_cancellable_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Why this is one person"),
                                  -1);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->list));

  self->none_label = create_label (_("Only one id was ever seen of this person. When an event says "
                                     "that another id is the same person, it is told here."),
                                   "dim-label");
  gtk_box_append (GTK_BOX (self->box), self->none_label);

  self->more_button = gtk_button_new_with_label (_("Show more"));
  gtk_widget_set_halign (self->more_button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->more_button, FALSE);
  g_signal_connect_swapped (self->more_button, "clicked", G_CALLBACK (ask_page), self);
  gtk_box_append (GTK_BOX (self->box), self->more_button);
}

/**
 * weir_identity_story_attach:
 * @self: a story
 * @page: the page it belongs to
 *
 * Connects it. To be called once.
 */
void
weir_identity_story_attach (WeirIdentityStory *self,
                            WeirPage          *page)
{
  g_return_if_fail (WEIR_IS_IDENTITY_STORY (self));

  self->page = page;
}

/**
 * weir_identity_story_set_person:
 * @self: a story
 * @person: id of a person
 *
 * Asks for the story of a person, anew if it is the same one.
 */
void
weir_identity_story_set_person (WeirIdentityStory *self,
                                const char        *person)
{
  g_return_if_fail (WEIR_IS_IDENTITY_STORY (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->cursor, g_free);
  g_free (self->person);
  self->person = g_uri_escape_string (person, NULL, FALSE);
  ask_page (self);
}

/**
 * weir_identity_story_show_edges:
 * @self: a story
 * @edges: (nullable): what was said, as a collector answers it
 * @is_first: whether this is the beginning of the story
 *
 * Shows what was said.
 */
void
weir_identity_story_show_edges (WeirIdentityStory *self,
                                JsonArray         *edges,
                                gboolean           is_first)
{
  GtkListBoxRow *row;

  g_return_if_fail (WEIR_IS_IDENTITY_STORY (self));

  while (is_first && (row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < weir_json_array_get_n (edges); i++)
    {
      JsonObject *edge = weir_json_array_get_object (edges, i);

      if (edge != NULL)
        add_edge (self, edge);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list),
                          gtk_list_box_get_row_at_index (self->list, 0) != NULL);
  gtk_widget_set_visible (self->none_label, !gtk_widget_get_visible (GTK_WIDGET (self->list)));
}
