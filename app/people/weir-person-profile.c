/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-profile.h"

#include <glib/gi18n.h>

#include "weir-csv-saver.h"
#include "weir-error.h"
#include "weir-format.h"
#include "weir-identity-actions.h"
#include "weir-identity-story.h"
#include "weir-json.h"
#include "weir-person-chooser.h"
#include "weir-person-facts.h"
#include "weir-person-item.h"
#include "weir-timeline-view.h"

struct _WeirPersonProfile
{
  GtkWidget parent_instance;

  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkWidget *back_button;
  GtkLabel *name_label;
  GtkLabel *about_label;
  GtkWidget *export_button;
  GtkWidget *delete_button;
  GtkWidget *merge_button;
  WeirTimelineView *timeline;
  WeirPersonFacts *facts;
  WeirIdentityStory *story;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  char *id;
  JsonObject *person;
};

enum {
  CHANGED,
  DELETE,
  BACK,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirPersonProfile, weir_person_profile, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void ask (WeirPersonProfile *self,
                 const char        *path);

static void
show_about (WeirPersonProfile *self)
{
  gint64 now = g_get_real_time ();
  g_autofree char *first = weir_format_ago (weir_json_get_time (self->person, "first_seen"), now);
  g_autofree char *last = weir_format_ago (weir_json_get_time (self->person, "last_seen"), now);
  g_autofree char *instant = weir_format_instant (weir_json_get_time (self->person, "last_seen"),
                                                  now);
  guint64 n_ids = weir_json_get_count (self->person, "n_distinct_ids");
  g_autofree char *number = weir_format_exact (n_ids);
  /* Translators: how many ids a person has. */
  g_autofree char *ids = g_strdup_printf (ngettext ("%s id", "%s ids", (gulong) n_ids), number);
  g_autofree char *text = NULL;

  /* Translators: identified or not; “3 ids”; “3 days ago”; “5 minutes ago”. */
  text = g_strdup_printf (_("%s · %s · first seen %s · last seen %s"),
                          weir_json_get_boolean (self->person, "identified") ? _("Identified")
                                                                             : _("Anonymous"),
                          ids, first, last);
  gtk_label_set_text (self->about_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->about_label), instant);
}

static void
update_sensitivity (WeirPersonProfile *self)
{
  gboolean offline = weir_page_is_offline (self->page);
  const char *why = _("A file is shown: nothing in it can be changed");

  gtk_widget_set_sensitive (self->delete_button, !offline);
  gtk_widget_set_sensitive (self->merge_button, !offline);
  gtk_widget_set_tooltip_text (self->delete_button, offline ? why : _("Delete this person"));
  gtk_widget_set_tooltip_text (self->merge_button, offline ? why : NULL);
}

static void
take_person (WeirPersonProfile *self,
             JsonObject        *person)
{
  const char *name = weir_person_choose_name (person);
  gboolean is_other = self->person == NULL
                      || g_strcmp0 (weir_json_get_text (self->person, "id"),
                                    weir_json_get_text (person, "id")) != 0;

  g_clear_pointer (&self->person, json_object_unref);
  self->person = json_object_ref (person);
  g_free (self->id);
  self->id = g_strdup (weir_json_get_text (person, "id"));
  gtk_label_set_text (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  show_about (self);
  update_sensitivity (self);
  weir_person_facts_set_person (self->facts, person);
  weir_identity_story_set_person (self->story, self->id);
  if (is_other)
    weir_timeline_view_set_person (self->timeline, self->id);
  else
    weir_timeline_view_refresh (self->timeline);
  gtk_stack_set_visible_child_name (self->stack, "person");
}

static void
show_error (WeirPersonProfile *self,
            const GError      *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);
  gboolean is_gone = g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);

  adw_status_page_set_title (self->failed_page, is_gone ? _("No such person")
                                                        : _("The person cannot be shown"));
  adw_status_page_set_description (self->failed_page,
                                   is_gone
                                   ? _("It was deleted, or it belongs to another collector.")
                                   : escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

/* A person that has joined another one is found by any of its ids. */
static gboolean
ask_by_id (WeirPersonProfile *self)
{
  g_autofree char *id = g_strdup (weir_person_choose_name (self->person));
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;

  g_clear_pointer (&self->person, json_object_unref);
  if (id == NULL)
    return FALSE;
  escaped = g_uri_escape_string (id, NULL, FALSE);
  path = g_strconcat ("/v1/persons?distinct_id=", escaped, NULL);
  ask (self, path);
  return TRUE;
}

static void
person_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirPersonProfile) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) person = weir_answer_finish (object, result, &error);
  gboolean is_gone = g_error_matches (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  weir_page_set_trouble (self->page, self, is_gone ? NULL : error);
  if (is_gone && self->person != NULL && ask_by_id (self))
    return;
  if (person != NULL)
    take_person (self, person);
  /* Somebody who is shown stays, as they were. */
  else if (is_gone || self->person == NULL
           || g_strcmp0 (weir_json_get_text (self->person, "id"), self->id) != 0)
    show_error (self, error);
}

static void
ask (WeirPersonProfile *self,
     const char        *path)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (client != NULL)
    weir_api_client_get_async (client, path, self->cancellable, person_cb, g_object_ref (self));
}

static void
changed_cb (gpointer    user_data,
            const char *person)
{
  WeirPersonProfile *self = user_data;

  if (person != NULL)
    {
      g_free (self->id);
      self->id = g_strdup (person);
    }
  weir_person_profile_refresh (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
story_changed_cb (WeirPersonProfile *self)
{
  changed_cb (self, NULL);
}

static void
chosen_cb (WeirPersonProfile *self,
           const char        *person,
           const char        *name)
{
  if (g_strcmp0 (person, self->id) == 0)
    weir_page_notice (self->page, _("This is the same person already"));
  else
    weir_identity_merge (self->page, self->id, person, name, changed_cb, self);
}

static void
merge_cb (WeirPersonProfile *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  WeirPersonChooser *chooser;
  g_autofree char *title = g_strdup_printf (_("Merge %s with"),
                                            weir_person_choose_name (self->person));

  chooser = weir_person_chooser_new (GTK_WINDOW (root), weir_page_get_session (self->page), title);
  g_signal_connect_object (chooser, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (chooser));
}

static void
saved_cb (gpointer    user_data,
          const char *message)
{
  WeirPersonProfile *self = user_data;

  if (self->page != NULL)
    weir_page_notice (self->page, message);
}

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirPersonProfile) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (self->page == NULL)
    return;
  gtk_widget_set_sensitive (self->export_button, TRUE);
  if (bytes == NULL)
    {
      weir_page_notice_error (self->page, error);
      return;
    }
  name = g_strdelimit (g_strdup_printf ("%s.json", weir_person_choose_name (self->person)),
                       G_DIR_SEPARATOR_S, '_');
  weir_save_bytes (GTK_WIDGET (self), bytes, name, saved_cb, self);
}

static void
export_cb (WeirPersonProfile *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autofree char *escaped = g_uri_escape_string (self->id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/persons/%s/export", escaped);

  if (client == NULL)
    return;
  gtk_widget_set_sensitive (self->export_button, FALSE);
  weir_api_client_get_async (client, path, self->cancellable, exported_cb, g_object_ref (self));
}

static void
delete_cb (WeirPersonProfile *self)
{
  g_signal_emit (self, signals[DELETE], 0, weir_person_choose_name (self->person));
}

static void
copy_cb (WeirPersonProfile *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->id);
  weir_page_notice (self->page, _("Copied the person's id"));
}

static void
back_cb (WeirPersonProfile *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
weir_person_profile_dispose (GObject *object)
{
  WeirPersonProfile *self = WEIR_PERSON_PROFILE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  g_clear_pointer (&self->person, json_object_unref);
  g_clear_pointer (&self->id, g_free);
  self->page = NULL;

  G_OBJECT_CLASS (weir_person_profile_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-person-profile.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, back_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, name_label);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, about_label);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, export_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, delete_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, merge_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, timeline);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, facts);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonProfile, story);
  gtk_widget_class_bind_template_callback (widget_class, story_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_person_profile_refresh);
}

static void
weir_person_profile_class_init (WeirPersonProfileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_person_profile_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DELETE] =
    g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[BACK] =
    g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WEIR_TYPE_IDENTITY_STORY);
  g_type_ensure (WEIR_TYPE_PERSON_FACTS);
  g_type_ensure (WEIR_TYPE_TIMELINE_VIEW);
  bind_template (widget_class);
}

static void
weir_person_profile_init (WeirPersonProfile *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_person_profile_attach:
 * @self: a profile
 * @page: the page it belongs to
 *
 * Connects it. To be called once.
 */
void
weir_person_profile_attach (WeirPersonProfile *self,
                            WeirPage          *page)
{
  g_return_if_fail (WEIR_IS_PERSON_PROFILE (self));

  self->page = page;
  weir_timeline_view_attach (self->timeline, page);
  weir_person_facts_attach (self->facts, page);
  weir_identity_story_attach (self->story, page);
}

/**
 * weir_person_profile_set_person:
 * @self: a profile
 * @person: (nullable): id of a person, or %NULL to show what the page is for
 *
 * Shows another person.
 */
void
weir_person_profile_set_person (WeirPersonProfile *self,
                                const char        *person)
{
  g_return_if_fail (WEIR_IS_PERSON_PROFILE (self));

  if (person != NULL && g_strcmp0 (person, self->id) == 0)
    return;
  g_free (self->id);
  self->id = g_strdup (person);
  g_clear_pointer (&self->person, json_object_unref);
  if (person == NULL)
    {
      g_cancellable_cancel (self->cancellable);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  weir_person_profile_refresh (self);
}

/**
 * weir_person_profile_refresh:
 * @self: a profile
 *
 * Asks for the person anew. What was shown stays until then.
 */
void
weir_person_profile_refresh (WeirPersonProfile *self)
{
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (WEIR_IS_PERSON_PROFILE (self));

  if (self->id == NULL)
    return;
  escaped = g_uri_escape_string (self->id, NULL, FALSE);
  path = g_strconcat ("/v1/persons/", escaped, NULL);
  ask (self, path);
}

/**
 * weir_person_profile_set_folded:
 * @self: a profile
 * @folded: whether the list is a page of its own
 *
 * Shows or hides the way back.
 */
void
weir_person_profile_set_folded (WeirPersonProfile *self,
                                gboolean           folded)
{
  g_return_if_fail (WEIR_IS_PERSON_PROFILE (self));

  gtk_widget_set_visible (self->back_button, folded);
}

/**
 * weir_person_profile_get_person:
 * @self: a profile
 *
 * Returns: (nullable) (transfer none): id of the person that is shown
 */
const char *
weir_person_profile_get_person (WeirPersonProfile *self)
{
  g_return_val_if_fail (WEIR_IS_PERSON_PROFILE (self), NULL);

  return self->id;
}

/**
 * weir_person_profile_has_id:
 * @self: a profile
 * @id: a distinct id, or the id of a person
 *
 * Returns: whether it belongs to the person that is shown
 */
gboolean
weir_person_profile_has_id (WeirPersonProfile *self,
                            const char        *id)
{
  JsonArray *ids = weir_json_get_array (self->person, "distinct_ids");

  g_return_val_if_fail (WEIR_IS_PERSON_PROFILE (self), FALSE);

  if (id == NULL || g_strcmp0 (id, self->id) == 0)
    return id != NULL;
  for (guint i = 0; i < weir_json_array_get_n (ids); i++)
    {
      if (g_strcmp0 (json_array_get_string_element (ids, i), id) == 0)
        return TRUE;
    }
  return FALSE;
}
