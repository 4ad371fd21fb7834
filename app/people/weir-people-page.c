/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-people-page.h"

#include <glib/gi18n.h>

#include "weir-deletion.h"
#include "weir-fold-layout.h"
#include "weir-json.h"
#include "weir-person-profile.h"
#include "weir-persons-list.h"
#include "weir-receipt-window.h"
#include "weir-suggestions.h"

/* A merge of a thousand people asks once. */
#define SETTLE_MS 300
#define PERSONS_PATH "/v1/persons/"

struct _WeirPeoplePage
{
  WeirPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list_box;
  GtkSearchEntry *search;
  GtkStack *lists;
  WeirPersonsList *persons;
  WeirSuggestions *suggestions;
  GtkToggleButton *suggestions_button;
  WeirPersonProfile *profile;

  WeirLiveStream *stream;
  WeirDeletion *deletion;
  WeirApiClient *asked;     /* of the collector that is shown */
  guint settle_id;
};

G_DEFINE_FINAL_TYPE (WeirPeoplePage, weir_people_page, WEIR_TYPE_PAGE)

static void
ask (WeirPeoplePage *self)
{
  g_autoptr(JsonObject) question = json_object_new ();

  json_object_set_string_member (question, "kind", "persons");
  json_object_set_string_member (question, "search",
                                 gtk_editable_get_text (GTK_EDITABLE (self->search)));
  weir_persons_list_ask (self->persons, question);
}

static void
search_cb (WeirPeoplePage *self)
{
  gtk_toggle_button_set_active (self->suggestions_button, FALSE);
  if (self->asked != NULL)
    ask (self);
}

static void
show_person (WeirPeoplePage *self,
             const char     *person)
{
  weir_person_profile_set_person (self->profile, person);
  adw_leaflet_set_visible_child (self->leaflet,
                                 person != NULL ? GTK_WIDGET (self->profile) : self->list_box);
}

static void
selected_cb (WeirPeoplePage *self,
             const char     *person,
             const char     *name)
{
  if (g_strcmp0 (person, weir_person_profile_get_person (self->profile)) == 0)
    return;
  weir_person_profile_set_person (self->profile, person);
  if (!adw_leaflet_get_folded (self->leaflet))
    weir_page_went (WEIR_PAGE (self));
}

static void
picked_cb (WeirPeoplePage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->profile));
  weir_page_went (WEIR_PAGE (self));
}

static void
notice_cb (WeirPeoplePage *self,
           const char     *text)
{
  weir_page_notice (WEIR_PAGE (self), text);
}

static void
suggestions_cb (WeirPeoplePage *self)
{
  gboolean active = gtk_toggle_button_get_active (self->suggestions_button);

  gtk_stack_set_visible_child_name (self->lists, active ? "suggestions" : "persons");
  if (active)
    weir_suggestions_ask (self->suggestions);
}

static gboolean
settle_cb (gpointer user_data)
{
  WeirPeoplePage *self = user_data;

  self->settle_id = 0;
  weir_person_profile_refresh (self->profile);
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (WeirPeoplePage *self)
{
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (SETTLE_MS, settle_cb, self);
}

static void
message_cb (WeirPeoplePage *self,
            const char     *event,
            GBytes         *data,
            const char     *id)
{
  g_autoptr(JsonObject) message = NULL;

  if (g_strcmp0 (event, "reset") == 0 || g_strcmp0 (event, "gap") == 0)
    changed_cb (self);
  if (g_strcmp0 (event, "identity") != 0)
    return;
  message = weir_json_parse_object (data, NULL);
  if (weir_person_profile_has_id (self->profile, weir_json_get_text (message, "person"))
      || weir_person_profile_has_id (self->profile, weir_json_get_text (message, "from"))
      || weir_person_profile_has_id (self->profile, weir_json_get_text (message, "to")))
    changed_cb (self);
}

static void
drop_stream (WeirPeoplePage *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

/* What is live costs the collector something, so it is only while somebody can see it. */
static void
follow_if_shown (WeirPeoplePage *self)
{
  WeirSession *session = weir_page_get_session (WEIR_PAGE (self));

  if (self->stream != NULL || session == NULL || !weir_session_is_attached (session)
      || !gtk_widget_get_mapped (GTK_WIDGET (self)) || weir_page_is_offline (WEIR_PAGE (self)))
    return;
  self->stream = weir_session_create_stream (session, "identity");
  g_signal_connect_object (self->stream, "message",
                           G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  weir_live_stream_start (self->stream);
}

static void
kept_cb (WeirPeoplePage *self)
{
  const char *path = weir_deletion_get_path (self->deletion);
  g_autofree char *person = g_uri_unescape_string (path + strlen (PERSONS_PATH), NULL);

  g_clear_object (&self->deletion);
  show_person (self, person);
}

static void
ended_cb (WeirPeoplePage     *self,
          JsonObject         *receipt,
          WeirDeletion *deletion)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWindow *parent = GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;

  /* Where the window has been closed meanwhile there is nobody to see a receipt. */
  if (receipt != NULL && parent != NULL && gtk_widget_get_visible (GTK_WIDGET (parent)))
    gtk_window_present (GTK_WINDOW (weir_receipt_window_new (parent,
                                                             weir_deletion_get_name (deletion),
                                                             receipt)));
  if (deletion == self->deletion)
    g_clear_object (&self->deletion);
  if (self->asked != NULL)
    ask (self);
}

static void
delete_cb (WeirPeoplePage *self,
           const char     *name)
{
  g_autofree char *person = g_strdup (weir_person_profile_get_person (self->profile));
  g_autofree char *label = g_strdup (name);
  g_autofree char *escaped = person != NULL ? g_uri_escape_string (person, NULL, FALSE) : NULL;
  g_autofree char *path = g_strconcat (PERSONS_PATH, escaped, NULL);

  if (weir_session_get_client (weir_page_get_session (WEIR_PAGE (self))) == NULL)
    return;
  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  g_clear_object (&self->deletion);
  show_person (self, NULL);
  self->deletion = weir_deletion_new (WEIR_PAGE (self), path, label);
  g_signal_connect_object (self->deletion, "kept", G_CALLBACK (kept_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deletion, "ended", G_CALLBACK (ended_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
folded_cb (WeirPeoplePage *self)
{
  weir_person_profile_set_folded (self->profile, adw_leaflet_get_folded (self->leaflet));
}

static void
back_cb (WeirPeoplePage *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
weir_people_page_set_up (WeirPage *page)
{
  WeirPeoplePage *self = WEIR_PEOPLE_PAGE (page);

  weir_persons_list_set_session (self->persons, weir_page_get_session (page));
  weir_persons_list_set_picks (self->persons, TRUE);
  weir_suggestions_attach (self->suggestions, page);
  weir_person_profile_attach (self->profile, page);
}

static void
weir_people_page_refresh (WeirPage *page)
{
  WeirPeoplePage *self = WEIR_PEOPLE_PAGE (page);
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (page));

  /* People are the same whatever part of the events is looked at. */
  if (client == NULL || client == self->asked)
    return;
  if (self->asked != NULL)
    show_person (self, NULL);
  g_set_object (&self->asked, client);
  drop_stream (self);
  follow_if_shown (self);
  ask (self);
  weir_person_profile_refresh (self->profile);
}

static void
weir_people_page_again (WeirPage *page)
{
  WeirPeoplePage *self = WEIR_PEOPLE_PAGE (page);

  weir_people_page_refresh (page);
  ask (self);
  weir_person_profile_refresh (self->profile);
  if (gtk_toggle_button_get_active (self->suggestions_button))
    weir_suggestions_ask (self->suggestions);
}

static GVariant *
weir_people_page_save (WeirPage *page)
{
  const char *person = weir_person_profile_get_person (WEIR_PEOPLE_PAGE (page)->profile);

  return g_variant_new_string (person != NULL ? person : "");
}

static void
weir_people_page_restore (WeirPage *page,
                          GVariant *state)
{
  const char *person;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    return;
  person = g_variant_get_string (state, NULL);
  show_person (WEIR_PEOPLE_PAGE (page), *person != '\0' ? person : NULL);
}

static void
weir_people_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_people_page_parent_class)->map (widget);
  follow_if_shown (WEIR_PEOPLE_PAGE (widget));
}

static void
weir_people_page_unmap (GtkWidget *widget)
{
  WeirPeoplePage *self = WEIR_PEOPLE_PAGE (widget);

  drop_stream (self);
  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  GTK_WIDGET_CLASS (weir_people_page_parent_class)->unmap (widget);
}

static void
weir_people_page_dispose (GObject *object)
{
  WeirPeoplePage *self = WEIR_PEOPLE_PAGE (object);

  drop_stream (self);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  g_clear_object (&self->deletion);
  g_clear_object (&self->asked);

  G_OBJECT_CLASS (weir_people_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WEIR_TYPE_FOLD_LAYOUT);
  g_type_ensure (WEIR_TYPE_PERSONS_LIST);
  g_type_ensure (WEIR_TYPE_SUGGESTIONS);
  g_type_ensure (WEIR_TYPE_PERSON_PROFILE);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, list_box);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, search);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, lists);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, persons);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, suggestions);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, suggestions_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPeoplePage, profile);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, notice_cb);
  gtk_widget_class_bind_template_callback (widget_class, suggestions_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
}

static void
weir_people_page_class_init (WeirPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WeirPageClass *page_class = WEIR_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_people_page_dispose;
  widget_class->map = weir_people_page_map;
  widget_class->unmap = weir_people_page_unmap;
  page_class->set_up = weir_people_page_set_up;
  page_class->refresh = weir_people_page_refresh;
  page_class->again = weir_people_page_again;
  page_class->save = weir_people_page_save;
  page_class->restore = weir_people_page_restore;

  bind_template (widget_class);
}

static void
weir_people_page_init (WeirPeoplePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
