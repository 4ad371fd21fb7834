/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-suggestions.h"

#include <glib/gi18n.h>

#include "weir-edge-text.h"
#include "weir-format.h"
#include "weir-identity-actions.h"
#include "weir-json.h"
#include "weir-person-item.h"

/* More than a reader goes through; the rest is counted. */
#define N_SHOWN 100

struct _WeirSuggestions
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *count_label;
  GtkStack *stack;
  GtkListBox *list;
  AdwStatusPage *empty_page;
  AdwStatusPage *failed_page;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  gboolean has_answer;      /* which stays while there is no newer one */
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSuggestions, weir_suggestions, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
changed_cb (gpointer    user_data,
            const char *person)
{
  weir_suggestions_ask (user_data);
  g_signal_emit (user_data, signals[CHANGED], 0);
}

static void
merge_cb (WeirSuggestions *self,
          GtkWidget       *button)
{
  JsonArray *persons = g_object_get_data (G_OBJECT (button), "persons");
  GtkCheckButton *second = g_object_get_data (G_OBJECT (button), "second");
  gboolean second_stays = gtk_check_button_get_active (second);
  JsonObject *stays = weir_json_array_get_object (persons, second_stays ? 1 : 0);
  JsonObject *joins = weir_json_array_get_object (persons, second_stays ? 0 : 1);

  gtk_widget_set_sensitive (button, FALSE);
  weir_identity_merge (self->page, weir_json_get_text (stays, "id"),
                       weir_json_get_text (joins, "id"), weir_person_choose_name (joins),
                       changed_cb, self);
}

/* Who is identified stays, else who has been known for longer. */
static gboolean
second_should_stay (JsonObject *first,
                    JsonObject *second)
{
  gboolean first_is_identified = weir_json_get_boolean (first, "identified");
  gboolean second_is_identified = weir_json_get_boolean (second, "identified");
  gint64 first_seen = weir_json_get_time (first, "first_seen");
  gint64 second_seen = weir_json_get_time (second, "first_seen");

  if (first_is_identified != second_is_identified)
    return second_is_identified;
  return second_seen != 0 && (first_seen == 0 || second_seen < first_seen);
}

/* Beside each of a pair, so that it is seen who will be left. */
static GtkWidget *
create_choice (JsonObject *person)
{
  GtkWidget *check = gtk_check_button_new_with_label (_("Stays"));
  /* Translators: that of two people who are one, this one's name is kept. */
  g_autofree char *label = g_strdup_printf (_("%s stays"), weir_person_choose_name (person));

  gtk_accessible_update_property (GTK_ACCESSIBLE (check),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return check;
}

static GtkWidget *
create_person (JsonObject *person)
{
  const char *name = weir_person_choose_name (person);
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *button = gtk_button_new ();
  g_autofree char *text = g_strdup_printf (_("Show %s"), name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-person");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                    weir_json_get_text (person, "id"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  return button;
}

static GtkWidget *
create_merge_button (WeirSuggestions *self,
                     JsonArray       *persons)
{
  GtkWidget *button = gtk_button_new_with_label (_("Merge"));
  g_autofree char *label =
    g_strdup_printf (_("Merge %s and %s"),
                     weir_person_choose_name (weir_json_array_get_object (persons, 0)),
                     weir_person_choose_name (weir_json_array_get_object (persons, 1)));

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "persons", json_array_ref (persons),
                          (GDestroyNotify) json_array_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (merge_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  if (self->page != NULL && weir_page_is_offline (self->page))
    {
      gtk_widget_set_sensitive (button, FALSE);
      gtk_widget_set_tooltip_text (button, _("A file is shown: nothing in it can be changed"));
    }
  return button;
}

/* Puts both into @box, with a choice which of them stays. Returns the choice of the second. */
static GtkWidget *
add_pair (GtkWidget *box,
          JsonArray *persons)
{
  gboolean second_stays = second_should_stay (weir_json_array_get_object (persons, 0),
                                              weir_json_array_get_object (persons, 1));
  GtkWidget *checks[2];

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      JsonObject *person = weir_json_array_get_object (persons, i);
      GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *name = create_person (person);

      checks[i] = create_choice (person);
      gtk_widget_set_hexpand (name, TRUE);
      gtk_box_append (GTK_BOX (line), name);
      gtk_box_append (GTK_BOX (line), checks[i]);
      gtk_box_append (GTK_BOX (box), line);
    }
  gtk_check_button_set_group (GTK_CHECK_BUTTON (checks[1]), GTK_CHECK_BUTTON (checks[0]));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (checks[second_stays ? 1 : 0]), TRUE);
  return checks[1];
}

static void
add_suggestion (WeirSuggestions *self,
                JsonObject      *suggestion)
{
  JsonArray *persons = weir_json_get_array (suggestion, "persons");
  JsonArray *evidence = weir_json_get_array (suggestion, "evidence");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *second, *merge;

  if (weir_json_array_get_n (persons) < 2)
    return;
  second = add_pair (box, persons);
  for (guint i = 0; i < weir_json_array_get_n (evidence); i++)
    {
      JsonObject *object = weir_json_array_get_object (evidence, i);
      g_autofree char *text = object != NULL ? weir_evidence_dup_sentence (object) : NULL;
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  merge = create_merge_button (self, persons);
  /* The button lives no longer than the row they are both in. */
  g_object_set_data (G_OBJECT (merge), "second", second);
  gtk_box_append (GTK_BOX (box), merge);
  gtk_widget_add_css_class (box, "story-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->list, row);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirSuggestions) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  g_autofree char *escaped = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  weir_page_set_trouble (self->page, self, error);
  if (answer != NULL)
    {
      weir_suggestions_show (self, answer);
      self->has_answer = TRUE;
      return;
    }
  if (self->has_answer)
    return;
  escaped = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failed_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
moved_cb (WeirSuggestions *self)
{
  self->has_answer = FALSE;
}

static void
weir_suggestions_dispose (GObject *object)
{
  WeirSuggestions *self = WEIR_SUGGESTIONS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_suggestions_parent_class)->dispose (object);
}

static void
weir_suggestions_class_init (WeirSuggestionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_suggestions_dispose;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-suggestions.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, box);
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, count_label);
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, list);
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, empty_page);
  gtk_widget_class_bind_template_child (widget_class, WeirSuggestions, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, weir_suggestions_ask);
}

static void
weir_suggestions_init (WeirSuggestions *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_suggestions_attach:
 * @self: suggestions
 * @page: the page they belong to
 *
 * Connects them. To be called once.
 */
void
weir_suggestions_attach (WeirSuggestions *self,
                         WeirPage        *page)
{
  g_return_if_fail (WEIR_IS_SUGGESTIONS (self));

  self->page = page;
  g_signal_connect_object (weir_page_get_session (page), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_suggestions_ask:
 * @self: suggestions
 *
 * Looks for them anew. What was shown stays until then.
 */
void
weir_suggestions_ask (WeirSuggestions *self)
{
  WeirApiClient *client;
  g_autofree char *path = g_strdup_printf ("/v1/suggestions?limit=%d", N_SHOWN);

  g_return_if_fail (WEIR_IS_SUGGESTIONS (self));
  g_return_if_fail (self->page != NULL);

  client = weir_session_get_client (weir_page_get_session (self->page));
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (client != NULL)
    weir_api_client_get_async (client, path, self->cancellable, answered_cb, g_object_ref (self));
}

/**
 * weir_suggestions_show:
 * @self: suggestions
 * @answer: what a collector answered
 *
 * Shows suggestions.
 */
void
weir_suggestions_show (WeirSuggestions *self,
                       JsonObject      *answer)
{
  JsonArray *suggestions = weir_json_get_array (answer, "suggestions");
  guint64 total = weir_json_get_count (answer, "total");
  g_autofree char *number = weir_format_exact (total);
  g_autofree char *text = NULL;
  GtkListBoxRow *row;

  g_return_if_fail (WEIR_IS_SUGGESTIONS (self));

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < weir_json_array_get_n (suggestions); i++)
    {
      JsonObject *suggestion = weir_json_array_get_object (suggestions, i);

      if (suggestion != NULL)
        add_suggestion (self, suggestion);
    }
  /* Translators: %s is the number of pairs of people who may be the same. */
  text = g_strdup_printf (ngettext ("%s pair may be one person", "%s pairs may be one person",
                                    (gulong) total), number);
  gtk_label_set_text (self->count_label, total > 0 ? text : "");
  gtk_stack_set_visible_child_name (self->stack, total > 0 ? "list" : "empty");
}
