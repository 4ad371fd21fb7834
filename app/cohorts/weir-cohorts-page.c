/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohorts-page.h"

#include <glib/gi18n.h>

#include "weir-cohort-import.h"
#include "weir-cohort-list.h"
#include "weir-cohort-results.h"
#include "weir-csv-saver.h"
#include "weir-deletion.h"
#include "weir-fold-layout.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-list-copy.h"
#include "weir-rule-editor.h"

#define DEBOUNCE_MS  350
#define COHORTS_PATH "/v1/cohorts/"

struct _WeirCohortsPage
{
  WeirPage parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list_box;
  GtkWidget *editor_box;
  WeirCohortList *list;
  GtkWidget *import_button;
  GtkEditable *name_entry;
  GtkWidget *save_button;
  GtkWidget *use_button;
  GtkWidget *duplicate_button;
  GtkWidget *export_button;
  GtkWidget *delete_button;
  GtkStack *kinds;
  WeirRuleEditor *editor;
  GtkWidget *gaps_label;
  GtkLabel *static_label;
  GtkWidget *people_button;
  GtkWidget *results_box;
  WeirCohortResults *results;

  GCancellable *cancellable;
  WeirApiClient *asked;     /* of the collector that is shown */
  WeirDeletion *deletion;
  char *name;               /* of the saved cohort that is shown; NULL for a new one */
  char *copied;             /* the list that what is shown is a copy of, before it is saved */
  JsonNode *saved;          /* its conditions, as they are saved */
  gboolean is_static;
  gboolean is_setting;
  guint debounce_id;
};

G_DEFINE_FINAL_TYPE (WeirCohortsPage, weir_cohorts_page, WEIR_TYPE_PAGE)

static void open_cohort (WeirCohortsPage *self,
                         const char      *name);

static WeirApiClient *
get_client (WeirCohortsPage *self)
{
  return weir_session_get_client (weir_page_get_session (WEIR_PAGE (self)));
}

static char *
dup_path (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strconcat (COHORTS_PATH, escaped, NULL);
}

static char *
dup_typed_name (WeirCohortsPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->name_entry)));
}

static gboolean
equal_nodes (JsonNode *a,
             JsonNode *b)
{
  return a == b || (a != NULL && b != NULL && json_node_equal (a, b));
}

static gboolean
is_changed (WeirCohortsPage *self)
{
  g_autofree char *typed = dup_typed_name (self);
  g_autoptr(JsonNode) where = weir_rule_editor_dup_where (self->editor);

  return g_strcmp0 (typed, self->name) != 0
         || (!self->is_static && !equal_nodes (where, self->saved));
}

static void
set_possible (GtkWidget  *widget,
              gboolean    possible,
              const char *tooltip)
{
  gtk_widget_set_sensitive (widget, possible);
  gtk_widget_set_tooltip_text (widget, tooltip);
}

static void
update (WeirCohortsPage *self)
{
  gboolean offline = weir_page_is_offline (WEIR_PAGE (self));
  const char *why = _("A file is shown: nothing in it can be changed");
  g_autofree char *typed = dup_typed_name (self);
  g_autoptr(JsonNode) where = weir_rule_editor_dup_where (self->editor);
  gboolean has_content = self->is_static || where != NULL;

  set_possible (self->save_button, !offline && *typed != '\0' && has_content && is_changed (self),
                offline ? why : *typed == '\0' ? _("Give the cohort a name to save it") : NULL);
  set_possible (self->use_button, self->name != NULL,
                self->name != NULL ? _("Show only events of its members, on all pages")
                                   : _("Save the cohort to use it as a filter"));
  set_possible (self->duplicate_button, self->is_static ? self->name != NULL : where != NULL,
                _("Duplicate"));
  set_possible (self->export_button, has_content, _("Save people as CSV"));
  set_possible (self->delete_button, !offline && self->name != NULL, offline ? why : _("Delete"));
  set_possible (self->import_button, !offline, offline ? why : _("Import a list of ids"));
  gtk_widget_set_visible (self->gaps_label,
                          where != NULL && weir_rule_editor_has_gaps (self->editor));
}

static gboolean
debounce_cb (gpointer user_data)
{
  WeirCohortsPage *self = user_data;
  g_autoptr(JsonNode) where = weir_rule_editor_dup_where (self->editor);

  self->debounce_id = 0;
  if (!equal_nodes (where, weir_cohort_results_get_where (self->results)))
    weir_cohort_results_set_where (self->results, where);
  return G_SOURCE_REMOVE;
}

static void
edited_cb (WeirCohortsPage *self)
{
  update (self);
  g_clear_handle_id (&self->debounce_id, g_source_remove);
  self->debounce_id = g_timeout_add (DEBOUNCE_MS, debounce_cb, self);
}

static void
named_cb (WeirCohortsPage *self)
{
  if (!self->is_setting)
    update (self);
}

static void
sized_cb (WeirCohortsPage *self,
          guint64          size)
{
  g_autofree char *number = weir_format_exact (size);
  g_autofree char *text = g_strdup_printf (ngettext ("Show %s person", "Show %s people",
                                                     (gulong) size), number);

  gtk_button_set_label (GTK_BUTTON (self->people_button), text);
  if (self->name != NULL && !is_changed (self))
    weir_cohort_list_set_size (self->list, self->name, size);
}

static JsonNode *
create_member_node (const char *name)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "cohort", name);
  json_node_take_object (node, object);
  return node;
}

/* Shows a cohort, saved or not. Where it has no conditions it is a list. */
static void
show_cohort (WeirCohortsPage *self,
             const char      *name,
             JsonNode        *where,
             JsonObject      *list)
{
  g_autoptr(JsonNode) member = list != NULL ? create_member_node (name) : NULL;

  g_clear_handle_id (&self->debounce_id, g_source_remove);
  g_free (self->name);
  self->name = g_strdup (name);
  g_clear_pointer (&self->copied, g_free);
  g_clear_pointer (&self->saved, json_node_unref);
  self->saved = where != NULL ? json_node_copy (where) : NULL;
  self->is_static = list != NULL;
  self->is_setting = TRUE;
  gtk_editable_set_text (self->name_entry, name != NULL ? name : "");
  self->is_setting = FALSE;
  weir_rule_editor_set_name (self->editor, name);
  weir_rule_editor_set_where (self->editor, where);
  gtk_stack_set_visible_child_name (self->kinds, list != NULL ? "static" : "rules");
  if (list != NULL)
    {
      guint64 n = weir_json_get_count (list, "n_distinct_ids");
      g_autofree char *number = weir_format_exact (n);
      g_autofree char *text =
        g_strdup_printf (ngettext ("A list of %s id, kept as it was imported.",
                                   "A list of %s ids, kept as it was imported.", (gulong) n),
                         number);

      gtk_label_set_text (self->static_label, text);
    }
  gtk_button_set_label (GTK_BUTTON (self->people_button), _("Show people"));
  weir_cohort_results_set_where (self->results, list != NULL ? member : where);
  weir_cohort_list_select (self->list, name);
  update (self);
}

static void
cohort_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirCohortsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) cohort = weir_answer_finish (object, result, &error);
  JsonNode *where;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (cohort == NULL)
    {
      weir_page_notice_error (WEIR_PAGE (self), error);
      return;
    }
  where = json_object_get_member (cohort, "where");
  show_cohort (self, weir_json_get_text (cohort, "name"), where,
               weir_json_get_boolean (cohort, "static") ? cohort : NULL);
}

static void
open_cohort (WeirCohortsPage *self,
             const char      *name)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *path = dup_path (name);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  adw_leaflet_set_visible_child (self->leaflet, self->editor_box);
  if (client != NULL)
    weir_api_client_get_async (client, path, self->cancellable, cohort_cb, g_object_ref (self));
}

static void
chosen_cb (WeirCohortsPage *self,
           const char      *name)
{
  if (g_strcmp0 (name, self->name) != 0)
    {
      open_cohort (self, name);
      g_free (self->name);
      self->name = g_strdup (name);
      weir_page_went (WEIR_PAGE (self));
    }
  adw_leaflet_set_visible_child (self->leaflet, self->editor_box);
}

static void
new_cb (WeirCohortsPage *self)
{
  g_cancellable_cancel (self->cancellable);
  show_cohort (self, NULL, NULL, NULL);
  adw_leaflet_set_visible_child (self->leaflet, self->editor_box);
  weir_rule_editor_add (self->editor, WEIR_RULE_DID);
  weir_page_went (WEIR_PAGE (self));
}

static void
reload (WeirCohortsPage *self)
{
  weir_cohort_list_ask (self->list);
  weir_catalog_forget (weir_page_get_catalog (WEIR_PAGE (self)));
}

/* What was saved, so that its answer knows, whatever is shown by then. */
typedef struct {
  WeirCohortsPage *page;
  char *name;
  char *old_name;     /* which goes when the new one is there */
  JsonNode *where;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->page);
  g_free (saving->name);
  g_free (saving->old_name);
  g_clear_pointer (&saving->where, json_node_unref);
  g_free (saving);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Saving *saving = user_data;
  WeirCohortsPage *self = saving->page;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  g_autofree char *text = NULL;

  if (bytes == NULL)
    {
      weir_page_notice_error (WEIR_PAGE (self), error);
      saving_free (saving);
      return;
    }
  if (saving->old_name != NULL)
    {
      g_autofree char *path = dup_path (saving->old_name);

      weir_api_client_send_async (WEIR_API_CLIENT (object), "DELETE", path, NULL, NULL, NULL, NULL);
    }
  if (g_strcmp0 (self->name, saving->old_name) == 0 || g_strcmp0 (self->name, saving->name) == 0)
    {
      g_free (self->name);
      self->name = g_strdup (saving->name);
      g_clear_pointer (&self->saved, json_node_unref);
      self->saved = json_node_copy (saving->where);
      weir_rule_editor_set_name (self->editor, saving->name);
    }
  text = g_strdup_printf (saving->old_name != NULL ? _("Saved as “%s”; the old name is gone")
                                                   : _("“%s” was saved"), saving->name);
  weir_page_notice (WEIR_PAGE (self), text);
  reload (self);
  update (self);
  saving_free (saving);
}

static void
list_saved_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  Saving *saving = user_data;
  WeirCohortsPage *self = saving->page;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  if (weir_list_copy_finish (result, &error))
    {
      text = g_strdup_printf (saving->old_name != NULL ? _("Saved as “%s”; the old name is gone")
                                                       : _("“%s” was saved"), saving->name);
      weir_page_notice (WEIR_PAGE (self), text);
      open_cohort (self, saving->name);
    }
  else
    weir_page_notice_error (WEIR_PAGE (self), error);
  reload (self);
  saving_free (saving);
}

/* A list is another one by its name only. */
static void
save_list (WeirCohortsPage *self,
           WeirApiClient   *client,
           const char      *name)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (self);
  saving->name = g_strdup (name);
  saving->old_name = g_strdup (self->name);
  weir_list_copy_async (client, self->copied != NULL ? self->copied : self->name, name,
                        self->copied == NULL, NULL, list_saved_cb, saving);
}

static void
save_cb (WeirCohortsPage *self)
{
  WeirApiClient *client = get_client (self);
  g_autofree char *name = dup_typed_name (self);
  g_autofree char *path = dup_path (name);
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *body = NULL;
  JsonNode *where = weir_rule_editor_dup_where (self->editor);
  Saving *saving;

  if (client == NULL || *name == '\0' || !is_changed (self))
    g_clear_pointer (&where, json_node_unref);
  else if (g_strcmp0 (name, self->name) != 0 && weir_cohort_list_has (self->list, name))
    {
      weir_page_notice (WEIR_PAGE (self),
                        _("Something else has this name already; nothing was saved"));
      g_clear_pointer (&where, json_node_unref);
    }
  else if (self->is_static)
    save_list (self, client, name);
  if (where == NULL)
    return;
  saving = g_new0 (Saving, 1);
  saving->page = g_object_ref (self);
  saving->name = g_strdup (name);
  saving->where = where;
  if (self->name != NULL && !g_str_equal (self->name, name))
    saving->old_name = g_strdup (self->name);
  json_object_set_member (object, "where", json_node_copy (where));
  body = weir_json_object_to_text (object, FALSE);
  weir_api_client_send_async (client, "PUT", path, body, NULL, saved_cb, saving);
}

static void
duplicate_cb (WeirCohortsPage *self)
{
  g_autoptr(JsonNode) where = weir_rule_editor_dup_where (self->editor);
  g_autofree char *typed = dup_typed_name (self);
  /* Translators: the name of a copy of what has the name %s. */
  g_autofree char *copy = g_strdup_printf (_("%s, copy"), typed);

  if (self->is_static)
    {
      g_free (self->copied);
      self->copied = g_steal_pointer (&self->name);
      weir_cohort_list_select (self->list, NULL);
    }
  else
    show_cohort (self, NULL, where, NULL);
  gtk_editable_set_text (self->name_entry, copy);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_entry));
}

static void
exported_cb (gpointer    user_data,
             const char *message)
{
  weir_page_notice (user_data, message);
}

static void
export_cb (WeirCohortsPage *self)
{
  JsonNode *where = weir_cohort_results_get_where (self->results);
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *typed = dup_typed_name (self);
  g_autofree char *file = NULL;

  if (where == NULL)
    return;
  json_object_set_string_member (question, "kind", "cohort");
  json_object_set_member (question, "where", json_node_copy (where));
  file = g_strdup_printf ("%s.csv", *typed != '\0' ? typed : _("people"));
  g_strdelimit (file, G_DIR_SEPARATOR_S, '_');
  weir_csv_save_question (GTK_WIDGET (self), weir_page_get_session (WEIR_PAGE (self)), question,
                          file, exported_cb, self);
}

static void
use_cb (WeirCohortsPage *self)
{
  if (self->name != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.use-cohort", "s", self->name);
}

static void
kept_cb (WeirCohortsPage *self)
{
  g_autofree char *name = g_strdup (weir_deletion_get_name (self->deletion));

  g_clear_object (&self->deletion);
  weir_cohort_list_set_hidden (self->list, NULL);
  open_cohort (self, name);
}

static void
ended_cb (WeirCohortsPage *self,
          JsonObject      *receipt,
          WeirDeletion    *deletion)
{
  if (deletion == self->deletion)
    {
      g_clear_object (&self->deletion);
      weir_cohort_list_set_hidden (self->list, NULL);
    }
  reload (self);
}

static void
delete_cb (WeirCohortsPage *self)
{
  g_autofree char *name = g_strdup (self->name);
  g_autofree char *path = name != NULL ? dup_path (name) : NULL;

  if (name == NULL || get_client (self) == NULL)
    return;
  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  g_clear_object (&self->deletion);
  show_cohort (self, NULL, NULL, NULL);
  weir_cohort_list_set_hidden (self->list, name);
  adw_leaflet_set_visible_child (self->leaflet, self->list_box);
  self->deletion = weir_deletion_new (WEIR_PAGE (self), path, name);
  g_signal_connect_object (self->deletion, "kept", G_CALLBACK (kept_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deletion, "ended", G_CALLBACK (ended_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
imported_cb (WeirCohortsPage *self,
             const char      *name)
{
  reload (self);
  open_cohort (self, name);
}

static void
import_cb (WeirCohortsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  WeirCohortImport *import;

  import = weir_cohort_import_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                   weir_page_get_session (WEIR_PAGE (self)));
  g_signal_connect_object (import, "imported", G_CALLBACK (imported_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (import, "stopped", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (import));
}

static void
back_cb (WeirCohortsPage *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
people_cb (WeirCohortsPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->results_box);
}

static void
weir_cohorts_page_set_up (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);

  weir_cohort_list_attach (self->list, page);
  weir_cohort_results_attach (self->results, page);
  weir_rule_editor_set_catalog (self->editor, weir_page_get_catalog (page));
  show_cohort (self, NULL, NULL, NULL);
}

static void
weir_cohorts_page_refresh (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);
  WeirApiClient *client = get_client (self);

  /* A cohort is the same whatever part of the events is looked at. */
  if (client == NULL || client == self->asked)
    return;
  if (self->asked != NULL)
    show_cohort (self, NULL, NULL, NULL);
  g_set_object (&self->asked, client);
  weir_cohort_list_ask (self->list);
  weir_catalog_refresh (weir_page_get_catalog (page));
  if (self->name != NULL)
    open_cohort (self, self->name);
  update (self);
}

/* The conditions stay as they are being edited. */
static void
weir_cohorts_page_again (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);
  JsonNode *where = weir_cohort_results_get_where (self->results);
  g_autoptr(JsonNode) copy = where != NULL ? json_node_copy (where) : NULL;

  if (get_client (self) == NULL || get_client (self) != self->asked)
    {
      weir_cohorts_page_refresh (page);
      return;
    }
  weir_cohort_list_ask (self->list);
  weir_cohort_results_set_where (self->results, copy);
}

/* A cohort without a name is asked for one. */
static void
weir_cohorts_page_keep (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);

  if (gtk_widget_get_sensitive (self->save_button))
    save_cb (self);
  else if (gtk_widget_get_sensitive (GTK_WIDGET (self->name_entry)))
    gtk_widget_grab_focus (GTK_WIDGET (self->name_entry));
}

static void
weir_cohorts_page_duplicate (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);

  if (gtk_widget_get_sensitive (self->duplicate_button))
    duplicate_cb (self);
}

static void
weir_cohorts_page_discard (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);

  if (gtk_widget_get_sensitive (self->delete_button))
    delete_cb (self);
}

static GVariant *
weir_cohorts_page_save (WeirPage *page)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);

  return g_variant_new_string (self->name != NULL ? self->name : "");
}

static void
weir_cohorts_page_restore (WeirPage *page,
                           GVariant *state)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (page);
  const char *name;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    return;
  name = g_variant_get_string (state, NULL);
  if (*name == '\0')
    {
      if (self->name != NULL)
        show_cohort (self, NULL, NULL, NULL);
      return;
    }
  /* What is being edited stays when the reader comes back to it. */
  if (g_strcmp0 (name, self->name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  open_cohort (self, name);
}

static void
weir_cohorts_page_unmap (GtkWidget *widget)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (widget);

  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  GTK_WIDGET_CLASS (weir_cohorts_page_parent_class)->unmap (widget);
}

static void
weir_cohorts_page_dispose (GObject *object)
{
  WeirCohortsPage *self = WEIR_COHORTS_PAGE (object);

  g_clear_handle_id (&self->debounce_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->deletion != NULL)
    weir_deletion_hurry (self->deletion);
  g_clear_object (&self->deletion);
  g_clear_object (&self->asked);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->copied, g_free);
  g_clear_pointer (&self->saved, json_node_unref);

  G_OBJECT_CLASS (weir_cohorts_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WEIR_TYPE_COHORT_LIST);
  g_type_ensure (WEIR_TYPE_COHORT_RESULTS);
  g_type_ensure (WEIR_TYPE_FOLD_LAYOUT);
  g_type_ensure (WEIR_TYPE_RULE_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-cohorts-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WeirCohortsPage, child)
  BIND (leaflet);
  BIND (list_box);
  BIND (editor_box);
  BIND (list);
  BIND (import_button);
  BIND (name_entry);
  BIND (save_button);
  BIND (use_button);
  BIND (duplicate_button);
  BIND (export_button);
  BIND (delete_button);
  BIND (kinds);
  BIND (editor);
  BIND (gaps_label);
  BIND (static_label);
  BIND (people_button);
  BIND (results_box);
  BIND (results);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, named_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
  gtk_widget_class_bind_template_callback (widget_class, duplicate_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, sized_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, people_cb);
}

static void
weir_cohorts_page_class_init (WeirCohortsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WeirPageClass *page_class = WEIR_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_cohorts_page_dispose;
  widget_class->unmap = weir_cohorts_page_unmap;
  page_class->set_up = weir_cohorts_page_set_up;
  page_class->refresh = weir_cohorts_page_refresh;
  page_class->again = weir_cohorts_page_again;
  page_class->begin = (void (*) (WeirPage *)) new_cb;
  page_class->keep = weir_cohorts_page_keep;
  page_class->duplicate = weir_cohorts_page_duplicate;
  page_class->discard = weir_cohorts_page_discard;
  page_class->save = weir_cohorts_page_save;
  page_class->restore = weir_cohorts_page_restore;
  bind_template (widget_class);
}

static void
weir_cohorts_page_init (WeirCohortsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
