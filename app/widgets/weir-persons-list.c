/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-persons-list.h"

#include <glib/gi18n.h>

#include "weir-csv-saver.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-person-item.h"
#include "weir-persons-saver.h"
#include "weir-trouble-bar.h"

#define PAGE_LENGTH 200
#define MAX_LENGTH  10000

struct _WeirPersonsList
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *count_label;
  GtkWidget *save_button;
  GtkStack *stack;
  GtkListView *list;
  WeirTroubleBar *trouble;

  WeirSession *session;
  GCancellable *cancellable;
  GListStore *persons;
  JsonObject *question;
  char *cursor;
  char *member;             /* NULL for “persons” */
  JsonArray *unpaged;       /* all that was answered of a list that turns no pages */
  guint64 total;
  gboolean picks;
};

enum {
  SELECTED,
  PICKED,
  COUNTED,
  FAILED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirPersonsList, weir_persons_list, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void ask_page (WeirPersonsList *self);

static void
show_count (WeirPersonsList *self,
            guint64          total)
{
  g_autofree char *number = weir_format_exact (total);
  g_autofree char *text = NULL;

  /* Translators: %s is the number, grouped as the locale does. */
  text = g_strdup_printf (ngettext ("%s person", "%s people", (gulong) total), number);
  gtk_label_set_text (self->count_label, text);
  self->total = total;
  gtk_widget_set_sensitive (self->save_button, total > 0);
  g_signal_emit (self, signals[COUNTED], 0, total);
}

/* The length of the whole list, by whatever name its kind gives it. */
static guint64
read_total (WeirPersonsList *self,
            JsonObject      *answer,
            guint            n_persons)
{
  g_autofree char *count = self->member != NULL ? g_strconcat (self->member, "_count", NULL) : NULL;
  const char *member = json_object_has_member (answer, "total") ? "total" : "size";

  if (count != NULL)
    member = count;
  return json_object_has_member (answer, member) ? weir_json_get_count (answer, member)
                                                 : n_persons;
}

static void
take_page (WeirPersonsList *self,
           JsonObject      *answer)
{
  const char *member = self->member != NULL ? self->member : "persons";
  JsonArray *persons = weir_json_get_array (answer, member);
  guint n = weir_json_array_get_n (persons);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean is_first = self->cursor == NULL;

  weir_trouble_bar_set_text (self->trouble, NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->stack), "stale");
  for (guint i = 0; i < n; i++)
    {
      JsonObject *person = weir_json_array_get_object (persons, i);

      if (person != NULL)
        g_ptr_array_add (items, weir_person_item_new (person));
    }
  g_list_store_splice (self->persons,
                       is_first ? 0 : g_list_model_get_n_items (G_LIST_MODEL (self->persons)),
                       is_first ? g_list_model_get_n_items (G_LIST_MODEL (self->persons)) : 0,
                       items->pdata, items->len);
  g_clear_pointer (&self->unpaged, json_array_unref);
  if (self->member != NULL && persons != NULL)
    self->unpaged = json_array_ref (persons);
  if (is_first)
    show_count (self, read_total (self, answer, n));
  g_free (self->cursor);
  self->cursor = g_strdup (weir_json_get_text (answer, "cursor"));
  gtk_stack_set_visible_child_name (self->stack, items->len == 0 && is_first ? "empty" : "list");
}

static void
show_error (WeirPersonsList *self,
            const GError    *error)
{
  weir_trouble_bar_set_text (self->trouble, error->message);
  gtk_widget_add_css_class (GTK_WIDGET (self->stack), "stale");
  if (g_list_model_get_n_items (G_LIST_MODEL (self->persons)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirPersonsList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = NULL;

  answer = weir_answer_finish (object, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (answer != NULL)
    take_page (self, answer);
  else
    show_error (self, error);
}

static void
ask_page (WeirPersonsList *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *body = NULL;

  if (client == NULL || self->question == NULL)
    return;
  question = weir_json_object_copy (self->question);
  /* Lists that turn no pages are as long as they may be. */
  json_object_set_int_member (question, "limit", self->member != NULL ? MAX_LENGTH : PAGE_LENGTH);
  if (self->cursor != NULL)
    json_object_set_string_member (question, "cursor", self->cursor);
  body = weir_json_object_to_text (question, FALSE);
  self->cancellable = g_cancellable_new ();
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable,
                              page_cb, g_object_ref (self));
}

static void
cancel (WeirPersonsList *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->cursor, g_free);
}

static void
again_cb (WeirPersonsList *self)
{
  if (self->cancellable == NULL)
    ask_page (self);
}

static void
edge_reached_cb (WeirPersonsList *self,
                 GtkPositionType  edge)
{
  if (edge == GTK_POS_BOTTOM && self->cursor != NULL && self->cancellable == NULL)
    ask_page (self);
}

static void
activate_cb (WeirPersonsList *self,
             guint            position)
{
  g_autoptr(WeirPersonItem) item = g_list_model_get_item (G_LIST_MODEL (self->persons), position);

  if (item != NULL && self->picks)
    {
      g_signal_emit (self, signals[SELECTED], 0, weir_person_item_get_id (item),
                     weir_person_item_get_label (item));
      g_signal_emit (self, signals[PICKED], 0);
    }
  else if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-person", "s",
                                weir_person_item_get_id (item));
}

static void
selected_cb (WeirPersonsList    *self,
             GParamSpec         *pspec,
             GtkSingleSelection *selection)
{
  WeirPersonItem *item = gtk_single_selection_get_selected_item (selection);

  if (item != NULL)
    g_signal_emit (self, signals[SELECTED], 0, weir_person_item_get_id (item),
                   weir_person_item_get_label (item));
}

static void
saved_cb (WeirPersonsList *self,
          const char      *message)
{
  g_signal_emit (self, signals[FAILED], 0, message);
}

/* What is shown is what can be had. */
static void
save_unpaged (WeirPersonsList *self)
{
  GString *text = g_string_new ("person,distinct_id\r\n");
  g_autoptr(GBytes) bytes = NULL;

  weir_persons_append_csv (self->unpaged, FALSE, text);
  bytes = g_string_free_to_bytes (text);
  if (weir_json_array_get_n (self->unpaged) < self->total)
    {
      g_autofree char *n = weir_format_exact (weir_json_array_get_n (self->unpaged));
      g_autofree char *total = weir_format_exact (self->total);
      /* Translators: two numbers of people. */
      g_autofree char *notice = g_strdup_printf (_("The first %s of %s are saved"), n, total);

      g_signal_emit (self, signals[FAILED], 0, notice);
    }
  weir_save_bytes (GTK_WIDGET (self), bytes, _("people.csv"), (WeirCsvSavedFunc) saved_cb, self);
}

static void
save_cb (WeirPersonsList *self)
{
  if (self->unpaged != NULL)
    save_unpaged (self);
  else if (self->question != NULL && self->member == NULL)
    weir_csv_save_question (GTK_WIDGET (self), self->session, self->question, _("people.csv"),
                            (WeirCsvSavedFunc) saved_cb, self);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *others = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (others), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (others), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (others, "dim-label");
  gtk_widget_add_css_class (others, "caption");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), others);
  gtk_widget_add_css_class (box, "person-row");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  WeirPersonItem *person = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *name = gtk_widget_get_first_child (box);
  GtkWidget *others = gtk_widget_get_next_sibling (name);

  gtk_label_set_text (GTK_LABEL (name), weir_person_item_get_label (person));
  gtk_label_set_text (GTK_LABEL (others), weir_person_item_get_others (person));
  gtk_widget_set_visible (others, *weir_person_item_get_others (person) != '\0');
  /* The row of a list view has the focus, and no name of its own. */
  if (gtk_widget_get_parent (box) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    weir_person_item_get_label (person),
                                    -1);
}

static void
weir_persons_list_dispose (GObject *object)
{
  WeirPersonsList *self = WEIR_PERSONS_LIST (object);

  cancel (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->persons);
  g_clear_pointer (&self->question, json_object_unref);
  g_clear_pointer (&self->member, g_free);
  g_clear_pointer (&self->unpaged, json_array_unref);

  G_OBJECT_CLASS (weir_persons_list_parent_class)->dispose (object);
}

static void
weir_persons_list_class_init (WeirPersonsListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_persons_list_dispose;

  signals[SELECTED] =
    g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[PICKED] =
    g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COUNTED] =
    g_signal_new ("counted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (WEIR_TYPE_TROUBLE_BAR);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-persons-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, box);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, count_label);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, save_button);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, list);
  gtk_widget_class_bind_template_child (widget_class, WeirPersonsList, trouble);
  gtk_widget_class_bind_template_callback (widget_class, edge_reached_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
}

static void
weir_persons_list_init (WeirPersonsList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSingleSelection *selection;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->persons = g_list_store_new (WEIR_TYPE_PERSON_ITEM);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->persons)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  g_signal_connect_object (selection, "notify::selected-item",
                           G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}

/**
 * weir_persons_list_new:
 *
 * Returns: (transfer none): a list without persons
 */
WeirPersonsList *
weir_persons_list_new (void)
{
  return g_object_new (WEIR_TYPE_PERSONS_LIST, NULL);
}

/**
 * weir_persons_list_set_session:
 * @self: a list
 * @session: whom to ask
 *
 * Connects the list. To be called once.
 */
void
weir_persons_list_set_session (WeirPersonsList *self,
                               WeirSession     *session)
{
  g_return_if_fail (WEIR_IS_PERSONS_LIST (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
}

/**
 * weir_persons_list_set_picks:
 * @self: a list
 * @picks: whether a person is picked for something
 *
 * Says what activating a person does: it is picked, or its profile is opened.
 */
void
weir_persons_list_set_picks (WeirPersonsList *self,
                             gboolean         picks)
{
  g_return_if_fail (WEIR_IS_PERSONS_LIST (self));

  self->picks = picks;
}

/**
 * weir_persons_list_set_member:
 * @self: a list
 * @member: the member of the answer that has the persons, such as `entered`
 *
 * Shows another list of an answer than `persons`: one without pages.
 */
void
weir_persons_list_set_member (WeirPersonsList *self,
                              const char      *member)
{
  g_return_if_fail (WEIR_IS_PERSONS_LIST (self));

  g_free (self->member);
  self->member = g_strdup (member);
}

/**
 * weir_persons_list_ask:
 * @self: a list
 * @question: (nullable): a question that answers with `persons`, without `limit` and `cursor`;
 *   %NULL empties the list
 *
 * Shows other persons.
 */
void
weir_persons_list_ask (WeirPersonsList *self,
                       JsonObject      *question)
{
  g_return_if_fail (WEIR_IS_PERSONS_LIST (self));
  g_return_if_fail (self->session != NULL);

  cancel (self);
  if (question != NULL)
    json_object_ref (question);
  g_clear_pointer (&self->question, json_object_unref);
  self->question = question;
  gtk_widget_set_sensitive (self->save_button, FALSE);
  if (question != NULL)
    {
      ask_page (self);
      return;
    }
  weir_trouble_bar_set_text (self->trouble, NULL);
  g_list_store_remove_all (self->persons);
  gtk_label_set_text (self->count_label, "");
  gtk_stack_set_visible_child_name (self->stack, "list");
}

/**
 * weir_persons_list_get_n_shown:
 * @self: a list
 *
 * Returns: how many persons have been fetched so far
 */
guint
weir_persons_list_get_n_shown (WeirPersonsList *self)
{
  g_return_val_if_fail (WEIR_IS_PERSONS_LIST (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->persons));
}
