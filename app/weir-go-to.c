/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-go-to.h"

#include <glib/gi18n.h>

#include "weir-application.h"
#include "weir-conditions.h"
#include "weir-format.h"
#include "weir-go-to-item.h"
#include "weir-json.h"
#include "weir-person-item.h"

#define N_SHOWN       40
#define N_PER_GROUP   8
#define N_PERSONS     6
#define SEARCH_MS     150

struct _WeirGoTo
{
  AdwWindow parent_instance;

  GtkSearchEntry *entry;
  GtkStack *stack;
  GtkListBox *list;

  WeirSession *session;
  GCancellable *cancellable;
  GPtrArray *items;         /* of WeirGoToItem: what can be found without asking */
  GPtrArray *persons;       /* of WeirGoToItem: what the collector found */
  guint search_id;
};

G_DEFINE_FINAL_TYPE (WeirGoTo, weir_go_to, ADW_TYPE_WINDOW)

static void
add_item (WeirGoTo   *self,
          const char *group,
          const char *title,
          const char *detail,
          const char *action,
          GVariant   *target)
{
  g_ptr_array_add (self->items, weir_go_to_item_new (group, title, detail, action, target));
}

static char *
dup_shortcut (const WeirAccel *accel)
{
  guint key;
  GdkModifierType modifiers;

  if (accel->accels[0] == NULL || !gtk_accelerator_parse (accel->accels[0], &key, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (key, modifiers);
}

static void
add_actions (WeirGoTo *self,
             gboolean  pages)
{
  guint n;
  const WeirAccel *accels = weir_application_get_accels (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *shortcut = dup_shortcut (&accels[i]);
      g_autofree char *name = NULL;
      g_autoptr(GVariant) target = NULL;
      gboolean is_page = g_str_has_prefix (accels[i].action, "win.page::");

      if (is_page != pages || accels[i].title == NULL
          || g_str_equal (accels[i].action, "win.go-to")
          || !g_action_parse_detailed_name (accels[i].action, &name, &target, NULL))
        continue;
      add_item (self, is_page ? _("Pages") : _("Actions"), _(accels[i].title), shortcut,
                name, target);
    }
}

static GVariant *
create_event_target (const char *event)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autofree char *literal = weir_literal_from_string (event, strlen (event));

  weir_conditions_add (conditions, "event", "=", literal);
  return weir_conditions_to_variant (conditions);
}

static void
add_names (WeirGoTo    *self,
           WeirCatalog *catalog)
{
  const char * const *events = weir_catalog_get_events (catalog);
  const char * const *cohorts = weir_catalog_get_cohorts (catalog);

  for (guint i = 0; events[i] != NULL; i++)
    {
      g_autofree char *count = weir_format_exact (weir_catalog_get_count (catalog, events[i]));

      add_item (self, _("Events"), events[i], count, "win.show-events",
                create_event_target (events[i]));
    }
  for (guint i = 0; cohorts[i] != NULL; i++)
    add_item (self, _("Cohorts"), cohorts[i], NULL, "win.open-question",
              g_variant_new ("(ss)", "cohorts", cohorts[i]));
}

static const char *
get_page_of_kind (const char *kind)
{
  static const struct {
    const char *kind;
    const char *page;
  } pages[] = {
    { "funnel", "funnels" }, { "retention", "retention" }, { "trend", "trends" }, { "sql", "sql" },
  };

  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (pages); i++)
    {
      if (g_str_equal (pages[i].kind, kind))
        return pages[i].page;
    }
  return NULL;
}

static GtkWidget *
create_row (WeirGoToItem *item)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (weir_go_to_item_get_title (item));
  GtkWidget *detail = gtk_label_new (weir_go_to_item_get_detail (item));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (detail), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (detail, "dim-label");
  gtk_widget_add_css_class (detail, "numeric");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), detail);
  gtk_widget_add_css_class (box, "go-to-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  weir_go_to_item_get_title (item),
                                  -1);
  g_object_set_data_full (G_OBJECT (row), "item", g_object_ref (item), g_object_unref);
  return row;
}

static WeirGoToItem *
get_item (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "item");
}

static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  const char *group = weir_go_to_item_get_group (get_item (row));
  GtkWidget *label;

  if (before != NULL && g_str_equal (group, weir_go_to_item_get_group (get_item (before))))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (group);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "page-group");
  gtk_list_box_row_set_header (row, label);
}

static guint
append_matching (WeirGoTo   *self,
                 GPtrArray  *items,
                 const char *folded,
                 guint       n_shown)
{
  const char *group = "";
  guint n_of_group = 0;

  for (guint i = 0; i < items->len && n_shown < N_SHOWN; i++)
    {
      WeirGoToItem *item = g_ptr_array_index (items, i);

      if (folded != NULL && !weir_go_to_item_matches (item, folded))
        continue;
      if (!g_str_equal (group, weir_go_to_item_get_group (item)))
        n_of_group = 0;
      group = weir_go_to_item_get_group (item);
      if (n_of_group++ >= N_PER_GROUP + (folded == NULL || *folded == '\0' ? 2 : 0))
        continue;
      gtk_list_box_append (self->list, create_row (item));
      n_shown++;
    }
  return n_shown;
}

static void
fill (WeirGoTo *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *text = g_strstrip (g_strdup (typed));
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GtkWidget *row;
  guint n;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  n = append_matching (self, self->items, folded, 0);
  n = append_matching (self, self->persons, NULL, n);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "nothing");
  if (n > 0)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
persons_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirGoTo) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  JsonArray *persons;

  if (answer == NULL || self->persons == NULL)
    return;
  persons = weir_json_get_array (answer, "persons");
  g_ptr_array_set_size (self->persons, 0);
  for (guint i = 0; i < weir_json_array_get_n (persons); i++)
    {
      JsonObject *person = weir_json_array_get_object (persons, i);
      const char *id = weir_json_get_text (person, "id");

      if (id != NULL)
        g_ptr_array_add (self->persons,
                         weir_go_to_item_new (_("People"), weir_person_choose_name (person), NULL,
                                              "win.show-person", g_variant_new_string (id)));
    }
  fill (self);
}

static gboolean
search_cb (gpointer user_data)
{
  WeirGoTo *self = user_data;
  WeirApiClient *client = weir_session_get_client (self->session);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *body = NULL;

  self->search_id = 0;
  if (client == NULL || strlen (text) < 2)
    return G_SOURCE_REMOVE;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  json_object_set_string_member (question, "kind", "persons");
  json_object_set_string_member (question, "search", text);
  json_object_set_int_member (question, "limit", N_PERSONS);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable,
                              persons_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
changed_cb (WeirGoTo *self)
{
  g_ptr_array_set_size (self->persons, 0);
  fill (self);
  g_clear_handle_id (&self->search_id, g_source_remove);
  self->search_id = g_timeout_add (SEARCH_MS, search_cb, self);
}

static void
go (WeirGoTo      *self,
    GtkListBoxRow *row)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autoptr(WeirGoToItem) item = g_object_ref (get_item (row));

  gtk_window_close (GTK_WINDOW (self));
  if (parent != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (parent), weir_go_to_item_get_action (item),
                                        weir_go_to_item_get_target (item));
}

static void
activate_cb (WeirGoTo *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row != NULL)
    go (self, row);
}

static void
row_cb (WeirGoTo      *self,
        GtkListBoxRow *row)
{
  go (self, row);
}

/* Up and down move in the list while the entry keeps the focus. */
static gboolean
key_cb (WeirGoTo        *self,
        guint            key,
        guint            code,
        GdkModifierType  modifiers)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int at = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if (key == GDK_KEY_Escape)
    {
      gtk_window_close (GTK_WINDOW (self));
      return TRUE;
    }
  if (key != GDK_KEY_Down && key != GDK_KEY_Up)
    return FALSE;
  row = gtk_list_box_get_row_at_index (self->list, key == GDK_KEY_Down ? at + 1 : MAX (at - 1, 0));
  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
  return TRUE;
}

static void
questions_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(WeirGoTo) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);
  JsonArray *questions = weir_json_get_array (answer, "questions");

  if (self->items == NULL)
    return;
  for (guint i = 0; i < weir_json_array_get_n (questions); i++)
    {
      JsonObject *question = weir_json_array_get_object (questions, i);
      const char *name = weir_json_get_text (question, "name");
      const char *page = get_page_of_kind (weir_json_get_text (question, "kind"));

      if (name != NULL && page != NULL)
        add_item (self, _("Saved questions"), name, NULL, "win.open-question",
                  g_variant_new ("(ss)", page, name));
    }
  fill (self);
}

static void
weir_go_to_dispose (GObject *object)
{
  WeirGoTo *self = WEIR_GO_TO (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->search_id, g_source_remove);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->persons, g_ptr_array_unref);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_go_to_parent_class)->dispose (object);
}

static void
weir_go_to_finalize (GObject *object)
{
  g_object_unref (WEIR_GO_TO (object)->cancellable);

  G_OBJECT_CLASS (weir_go_to_parent_class)->finalize (object);
}

static void
weir_go_to_class_init (WeirGoToClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_go_to_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_go_to_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-go-to.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirGoTo, entry);
  gtk_widget_class_bind_template_child (widget_class, WeirGoTo, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirGoTo, list);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
}

static void
weir_go_to_init (WeirGoTo *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->cancellable = g_cancellable_new ();
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->persons = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * weir_go_to_new:
 * @parent: the window whose pages and actions these are
 * @session: whom to ask for persons and saved questions
 * @catalog: the names there are
 *
 * Returns: (transfer none): a window, to be presented
 */
GtkWidget *
weir_go_to_new (GtkWindow   *parent,
                WeirSession *session,
                WeirCatalog *catalog)
{
  WeirGoTo *self = g_object_new (WEIR_TYPE_GO_TO, "transient-for", parent, NULL);
  WeirApiClient *client = weir_session_get_client (session);

  self->session = g_object_ref (session);
  add_actions (self, TRUE);
  add_names (self, catalog);
  add_actions (self, FALSE);
  fill (self);
  weir_catalog_refresh (catalog);
  if (client != NULL)
    weir_api_client_get_async (client, "/v1/questions", self->cancellable,
                               questions_cb, g_object_ref (self));
  return GTK_WIDGET (self);
}
