/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-list.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-json.h"

struct _WeirCohortList
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkListBox *list;
  AdwStatusPage *failed_page;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  GQueue to_size;           /* names whose size is not known yet */
  char *selected;
  char *hidden;             /* about to be deleted */
  gboolean has_answer;      /* which stays while there is no newer one */
};

enum {
  CHOSEN,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCohortList, weir_cohort_list, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void ask_size (WeirCohortList *self);

static const char *
get_name (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "name");
}

static GtkListBoxRow *
find_row (WeirCohortList *self,
          const char     *name)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      if (g_strcmp0 (get_name (row), name) == 0)
        return row;
    }
  return NULL;
}

static void
size_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirCohortList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  g_autofree char *name = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  name = g_queue_pop_head (&self->to_size);
  if (answer != NULL)
    weir_cohort_list_set_size (self, name, weir_json_get_count (answer, "size"));
  ask_size (self);
}

/* One after the other: a long list is no reason to keep the collector busy. */
static void
ask_size (WeirCohortList *self)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *body = NULL;
  JsonObject *where;

  if (client == NULL || g_queue_is_empty (&self->to_size))
    return;
  question = json_object_new ();
  where = json_object_new ();
  json_object_set_string_member (where, "cohort", g_queue_peek_head (&self->to_size));
  json_object_set_string_member (question, "kind", "cohort");
  json_object_set_int_member (question, "limit", 0);
  json_object_set_object_member (question, "where", where);
  body = weir_json_object_to_text (question, FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, size_cb,
                              g_object_ref (self));
}

static GtkWidget *
create_row (const char *name,
            gboolean    is_static)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *size = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, name);
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  if (is_static)
    {
      GtkWidget *icon = gtk_image_new_from_icon_name ("view-list-symbolic");

      gtk_widget_set_tooltip_text (icon, _("A list that was imported"));
      gtk_widget_add_css_class (icon, "dim-label");
      gtk_box_append (GTK_BOX (box), icon);
    }
  gtk_box_append (GTK_BOX (box), size);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  return row;
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirCohortList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);
  g_autofree char *escaped = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  weir_page_set_trouble (self->page, self, error);
  if (answer != NULL)
    {
      self->has_answer = TRUE;
      weir_cohort_list_show (self, answer);
      ask_size (self);
      return;
    }
  if (self->has_answer)
    return;
  escaped = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failed_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
activated_cb (WeirCohortList *self,
              GtkListBoxRow  *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, get_name (row));
}

static void
moved_cb (WeirCohortList *self)
{
  self->has_answer = FALSE;
}

static void
weir_cohort_list_dispose (GObject *object)
{
  WeirCohortList *self = WEIR_COHORT_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  g_queue_clear_full (&self->to_size, g_free);
  g_clear_pointer (&self->selected, g_free);
  g_clear_pointer (&self->hidden, g_free);

  G_OBJECT_CLASS (weir_cohort_list_parent_class)->dispose (object);
}

static void
weir_cohort_list_class_init (WeirCohortListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_cohort_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[CHOSEN] =
    g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-cohort-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCohortList, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortList, list);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortList, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, weir_cohort_list_ask);
}

static void
weir_cohort_list_init (WeirCohortList *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->to_size);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_cohort_list_attach:
 * @self: a list
 * @page: the page it belongs to
 *
 * Connects it. To be called once.
 */
void
weir_cohort_list_attach (WeirCohortList *self,
                         WeirPage       *page)
{
  g_return_if_fail (WEIR_IS_COHORT_LIST (self));

  self->page = page;
  g_signal_connect_object (weir_page_get_session (page), "moved", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_cohort_list_ask:
 * @self: a list
 *
 * Asks which cohorts there are.
 */
void
weir_cohort_list_ask (WeirCohortList *self)
{
  WeirApiClient *client;

  g_return_if_fail (WEIR_IS_COHORT_LIST (self));
  g_return_if_fail (self->page != NULL);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  client = weir_session_get_client (weir_page_get_session (self->page));
  if (client != NULL)
    weir_api_client_get_async (client, "/v1/cohorts", self->cancellable, answered_cb,
                               g_object_ref (self));
}

/**
 * weir_cohort_list_show:
 * @self: a list
 * @answer: what a collector answered
 *
 * Shows which cohorts there are.
 */
void
weir_cohort_list_show (WeirCohortList *self,
                       JsonObject     *answer)
{
  JsonArray *cohorts = weir_json_get_array (answer, "cohorts");
  g_autofree char *selected = g_strdup (self->selected);
  GtkListBoxRow *row;
  guint n = 0;

  g_return_if_fail (WEIR_IS_COHORT_LIST (self));

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_queue_clear_full (&self->to_size, g_free);
  for (guint i = 0; i < weir_json_array_get_n (cohorts); i++)
    {
      JsonObject *cohort = weir_json_array_get_object (cohorts, i);
      const char *name = weir_json_get_text (cohort, "name");

      if (name == NULL || g_strcmp0 (name, self->hidden) == 0)
        continue;
      gtk_list_box_append (self->list,
                           create_row (name, weir_json_get_boolean (cohort, "static")));
      g_queue_push_tail (&self->to_size, g_strdup (name));
      n++;
    }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  weir_cohort_list_select (self, selected);
}

/**
 * weir_cohort_list_select:
 * @self: a list
 * @name: (nullable): a cohort
 *
 * Marks the cohort that is shown, without a signal.
 */
void
weir_cohort_list_select (WeirCohortList *self,
                         const char     *name)
{
  char *copy = g_strdup (name);

  g_return_if_fail (WEIR_IS_COHORT_LIST (self));

  g_free (self->selected);
  self->selected = copy;
  gtk_list_box_select_row (self->list, copy != NULL ? find_row (self, copy) : NULL);
}

/**
 * weir_cohort_list_set_size:
 * @self: a list
 * @name: a cohort
 * @size: how many people are in it
 *
 * Shows how large a cohort is.
 */
void
weir_cohort_list_set_size (WeirCohortList *self,
                           const char     *name,
                           guint64         size)
{
  GtkListBoxRow *row = find_row (self, name);
  g_autofree char *number = weir_format_exact (size);

  g_return_if_fail (WEIR_IS_COHORT_LIST (self));

  if (row != NULL)
    gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (gtk_list_box_row_get_child (row))),
                        number);
}

/**
 * weir_cohort_list_set_hidden:
 * @self: a list
 * @name: (nullable): a cohort that is about to be deleted
 *
 * Leaves a cohort out.
 */
void
weir_cohort_list_set_hidden (WeirCohortList *self,
                             const char     *name)
{
  char *copy = g_strdup (name);

  g_return_if_fail (WEIR_IS_COHORT_LIST (self));

  g_free (self->hidden);
  self->hidden = copy;
  weir_cohort_list_ask (self);
}

/**
 * weir_cohort_list_has:
 * @self: a list
 * @name: a name
 *
 * Returns: whether there is a cohort of that name
 */
gboolean
weir_cohort_list_has (WeirCohortList *self,
                      const char     *name)
{
  g_return_val_if_fail (WEIR_IS_COHORT_LIST (self), FALSE);

  return find_row (self, name) != NULL || g_strcmp0 (name, self->hidden) == 0;
}
