/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-facts.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-json.h"

/* More ids than a reader looks at. */
#define N_IDS 50
/* The newest events that set properties of a person are enough to say when. */
#define N_EVENTS 1000

struct _WeirPersonFacts
{
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  AdwPreferencesGroup *properties;
  AdwPreferencesGroup *ids;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  GPtrArray *rows;          /* not owned */
  GHashTable *set_labels;   /* name of a property → its GtkLabel; not owned */
};

G_DEFINE_FINAL_TYPE (WeirPersonFacts, weir_person_facts, GTK_TYPE_WIDGET)

static GtkWidget *
add_row (WeirPersonFacts     *self,
         AdwPreferencesGroup *group,
         const char          *title,
         const char          *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  /* Before the texts: they come from outside and are no markup. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  gtk_widget_set_focusable (row, FALSE);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static char *
dup_value (JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return json_to_string (node, FALSE);
}

static void
add_property (WeirPersonFacts *self,
              const char      *name,
              JsonNode        *node)
{
  g_autofree char *value = dup_value (node);
  GtkWidget *row = add_row (self, self->properties, name, value);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  g_hash_table_insert (self->set_labels, g_strdup (name), label);
}

static void
copy_cb (WeirPersonFacts *self,
         GtkWidget       *button)
{
  const char *id = g_object_get_data (G_OBJECT (button), "id");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), id);
  if (self->page != NULL)
    weir_page_notice (self->page, _("Copied"));
}

static void
add_id (WeirPersonFacts *self,
        const char      *id)
{
  GtkWidget *row = add_row (self, self->ids, id, NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *label = g_strdup_printf (_("Copy %s"), id);

  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static void
fill_ids (WeirPersonFacts *self,
          JsonObject      *person)
{
  JsonArray *ids = weir_json_get_array (person, "distinct_ids");
  guint64 total = weir_json_get_count (person, "n_distinct_ids");
  guint n = MIN (weir_json_array_get_n (ids), N_IDS);
  g_autofree char *number = weir_format_exact (total > n ? total - n : 0);
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (ids, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        add_id (self, json_node_get_string (node));
    }
  if (total > n)
    text = g_strdup_printf (ngettext ("… and %s more", "… and %s more", (gulong) (total - n)),
                            number);
  adw_preferences_group_set_description (self->ids, text);
}

static void
forget (WeirPersonFacts *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  g_ptr_array_set_size (self->rows, 0);
  g_hash_table_remove_all (self->set_labels);
}

static void
note_set (WeirPersonFacts *self,
          JsonObject      *set,
          gint64           time)
{
  JsonObjectIter iter;
  const char *name;

  if (set == NULL)
    return;
  json_object_iter_init (&iter, set);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      GtkLabel *label = g_hash_table_lookup (self->set_labels, name);
      g_autofree char *ago = NULL;
      g_autofree char *text = NULL;
      g_autofree char *instant = NULL;

      /* The newest comes first. */
      if (label == NULL || *gtk_label_get_text (label) != '\0')
        continue;
      ago = weir_format_ago (time, g_get_real_time ());
      instant = weir_format_instant (time, g_get_real_time ());
      /* Translators: when a property was set, such as “set 3 days ago”. */
      text = g_strdup_printf (_("set %s"), ago);
      gtk_label_set_text (label, text);
      gtk_widget_set_tooltip_text (GTK_WIDGET (label), instant);
    }
}

static void
events_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirPersonFacts) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);

  /* When a property was set is nice to know, not worth an error. */
  if (answer != NULL && self->page != NULL)
    weir_person_facts_set_events (self, weir_json_get_array (answer, "events"));
}

static void
ask_when (WeirPersonFacts *self,
          const char      *person)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autoptr(JsonNode) filter =
    json_from_string ("{\"any\":[{\"property\":\"$set\",\"op\":\"is_set\"},"
                      "{\"property\":\"$set_once\",\"op\":\"is_set\"}]}", NULL);
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *body = NULL;

  if (client == NULL || person == NULL)
    return;
  json_object_set_string_member (question, "kind", "events");
  json_object_set_string_member (question, "person", person);
  json_object_set_int_member (question, "limit", N_EVENTS);
  json_object_set_member (question, "filter", g_steal_pointer (&filter));
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, events_cb,
                              g_object_ref (self));
}

static void
weir_person_facts_dispose (GObject *object)
{
  WeirPersonFacts *self = WEIR_PERSON_FACTS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->set_labels, g_hash_table_unref);
  self->page = NULL;

  G_OBJECT_CLASS (weir_person_facts_parent_class)->dispose (object);
}

static void
weir_person_facts_class_init (WeirPersonFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_person_facts_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-person-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPersonFacts, scrolled);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonFacts, properties);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonFacts, ids);
}

static void
weir_person_facts_init (WeirPersonFacts *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->set_labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_person_facts_attach:
 * @self: facts
 * @page: the page they belong to
 *
 * Connects them. To be called once.
 */
void
weir_person_facts_attach (WeirPersonFacts *self,
                          WeirPage        *page)
{
  g_return_if_fail (WEIR_IS_PERSON_FACTS (self));

  self->page = page;
}

/**
 * weir_person_facts_set_person:
 * @self: facts
 * @person: a person as a collector answers it
 *
 * Shows what is known of a person, and asks when its properties were set.
 */
void
weir_person_facts_set_person (WeirPersonFacts *self,
                              JsonObject      *person)
{
  JsonObject *properties = weir_json_get_object (person, "properties");
  JsonObjectIter iter;
  const char *name;
  gboolean is_empty;
  JsonNode *node;

  g_return_if_fail (WEIR_IS_PERSON_FACTS (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  forget (self);
  fill_ids (self, person);
  is_empty = properties == NULL || json_object_get_size (properties) == 0;
  adw_preferences_group_set_description (self->properties,
                                         is_empty
                                         ? _("None. Events set them with $set and $set_once.")
                                         : NULL);
  if (is_empty)
    return;
  json_object_iter_init_ordered (&iter, properties);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    add_property (self, name, node);
  if (self->page != NULL)
    ask_when (self, weir_json_get_text (person, "id"));
}

/**
 * weir_person_facts_set_events:
 * @self: facts
 * @events: (nullable): events that set properties, newest first
 *
 * Says when properties were set.
 */
void
weir_person_facts_set_events (WeirPersonFacts *self,
                              JsonArray       *events)
{
  g_return_if_fail (WEIR_IS_PERSON_FACTS (self));

  for (guint i = 0; i < weir_json_array_get_n (events); i++)
    {
      JsonObject *event = weir_json_array_get_object (events, i);
      JsonObject *properties = weir_json_get_object (event, "properties");
      gint64 time = weir_json_get_time (event, "timestamp");

      note_set (self, weir_json_get_object (properties, "$set"), time);
      note_set (self, weir_json_get_object (properties, "$set_once"), time);
    }
}
