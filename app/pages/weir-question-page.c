/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-question-page.h"

#include <glib/gi18n.h>

#include "weir-json.h"

/* Of the state that “back” comes back to: name and question. */
#define STATE_TYPE "(ss)"

typedef struct
{
  WeirSavedList *list;
  JsonObject *question;     /* NULL before there is one */
  char *name;               /* of the saved one it was; NULL for a new one */
  char *wanted;             /* one to open as soon as the list is there */
  gboolean is_changed;
} WeirQuestionPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirQuestionPage, weir_question_page, WEIR_TYPE_PAGE)

static WeirQuestionPagePrivate *
get_private (WeirQuestionPage *self)
{
  return weir_question_page_get_instance_private (self);
}

static void
state_changed (WeirQuestionPage *self)
{
  if (WEIR_QUESTION_PAGE_GET_CLASS (self)->state_changed != NULL)
    WEIR_QUESTION_PAGE_GET_CLASS (self)->state_changed (self);
}

/* Another question altogether. */
static void
set_question (WeirQuestionPage *self,
              const char       *name,
              JsonObject       *question,
              gboolean          changed)
{
  WeirQuestionPagePrivate *priv = get_private (self);
  char *copy = g_strdup (name);

  if (question != NULL)
    json_object_ref (question);
  g_clear_pointer (&priv->question, json_object_unref);
  priv->question = question;
  g_free (priv->name);
  priv->name = copy;
  priv->is_changed = changed;
  weir_saved_list_select (priv->list, name);
  WEIR_QUESTION_PAGE_GET_CLASS (self)->show (self, question);
  state_changed (self);
  weir_page_queue_refresh (WEIR_PAGE (self));
}

static void
opened_cb (WeirQuestionPage *self,
           const char       *name)
{
  WeirQuestionPagePrivate *priv = get_private (self);
  JsonObject *question = weir_saved_list_get (priv->list, name);

  if (question == NULL)
    return;
  set_question (self, name, question, FALSE);
  weir_page_went (WEIR_PAGE (self));
}

static void
renamed_cb (WeirQuestionPage *self,
            const char       *from,
            const char       *to)
{
  WeirQuestionPagePrivate *priv = get_private (self);

  if (g_strcmp0 (priv->name, from) != 0)
    return;
  g_free (priv->name);
  priv->name = g_strdup (to);
  weir_saved_list_select (priv->list, to);
  state_changed (self);
}

/* What was deleted is still on the screen, as something that could be saved again. */
static void
deleted_cb (WeirQuestionPage *self,
            const char       *name)
{
  WeirQuestionPagePrivate *priv = get_private (self);

  if (g_strcmp0 (priv->name, name) != 0)
    return;
  g_clear_pointer (&priv->name, g_free);
  priv->is_changed = TRUE;
  state_changed (self);
}

static void
list_changed_cb (WeirQuestionPage *self)
{
  WeirQuestionPagePrivate *priv = get_private (self);
  JsonObject *question = weir_saved_list_get (priv->list, priv->wanted);
  g_autofree char *name = NULL;

  if (question == NULL)
    return;
  name = g_steal_pointer (&priv->wanted);
  set_question (self, name, question, FALSE);
}

static void
weir_question_page_set_up (WeirPage *page)
{
  WeirQuestionPage *self = WEIR_QUESTION_PAGE (page);
  WeirQuestionPagePrivate *priv = get_private (self);

  weir_saved_list_set_page (priv->list, page);
}

static void
weir_question_page_refresh (WeirPage *page)
{
  WeirQuestionPage *self = WEIR_QUESTION_PAGE (page);

  weir_catalog_refresh (weir_page_get_catalog (page));
  weir_saved_list_refresh (get_private (self)->list);
  WEIR_QUESTION_PAGE_GET_CLASS (self)->ask (self);
}

/* Somebody else may have saved something while another page was shown. */
static void
weir_question_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_question_page_parent_class)->map (widget);
  weir_saved_list_refresh (get_private (WEIR_QUESTION_PAGE (widget))->list);
}

static GVariant *
weir_question_page_save_state (WeirPage *page)
{
  WeirQuestionPagePrivate *priv = get_private (WEIR_QUESTION_PAGE (page));
  g_autofree char *text = NULL;

  if (priv->question == NULL)
    return NULL;
  text = weir_json_object_to_text (priv->question, FALSE);
  return g_variant_new (STATE_TYPE, priv->name != NULL ? priv->name : "", text);
}

static void
weir_question_page_restore (WeirPage *page,
                            GVariant *state)
{
  WeirQuestionPage *self = WEIR_QUESTION_PAGE (page);
  WeirQuestionPagePrivate *priv = get_private (self);
  g_autoptr(JsonNode) node = NULL;
  const char *name, *text;

  if (g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    {
      g_free (priv->wanted);
      priv->wanted = g_variant_dup_string (state, NULL);
      list_changed_cb (self);
      return;
    }
  if (!g_variant_is_of_type (state, G_VARIANT_TYPE (STATE_TYPE)))
    return;
  g_variant_get (state, "(&s&s)", &name, &text);
  node = json_from_string (text, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    set_question (self, *name != '\0' ? name : NULL, json_node_get_object (node), FALSE);
}

static void
weir_question_page_begin (WeirPage *page)
{
  weir_question_page_start (WEIR_QUESTION_PAGE (page), NULL);
}

/* What has not been saved has nothing that could be deleted, and no other one like it. */
static void
act_on_saved (WeirPage   *page,
              const char *action)
{
  WeirQuestionPagePrivate *priv = get_private (WEIR_QUESTION_PAGE (page));

  if (priv->name != NULL && !weir_page_is_offline (page))
    gtk_widget_activate_action (GTK_WIDGET (priv->list), action, "s", priv->name);
}

static void
weir_question_page_duplicate (WeirPage *page)
{
  act_on_saved (page, "saved.duplicate");
}

static void
weir_question_page_discard (WeirPage *page)
{
  act_on_saved (page, "saved.delete");
}

static void
weir_question_page_finalize (GObject *object)
{
  WeirQuestionPagePrivate *priv = get_private (WEIR_QUESTION_PAGE (object));

  g_clear_pointer (&priv->question, json_object_unref);
  g_free (priv->name);
  g_free (priv->wanted);

  G_OBJECT_CLASS (weir_question_page_parent_class)->finalize (object);
}

static void
weir_question_page_class_init (WeirQuestionPageClass *klass)
{
  WeirPageClass *page_class = WEIR_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_question_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = weir_question_page_map;
  page_class->set_up = weir_question_page_set_up;
  page_class->refresh = weir_question_page_refresh;
  page_class->save = weir_question_page_save_state;
  page_class->restore = weir_question_page_restore;
  page_class->begin = weir_question_page_begin;
  page_class->keep = (void (*) (WeirPage *)) weir_question_page_save;
  page_class->duplicate = weir_question_page_duplicate;
  page_class->discard = weir_question_page_discard;
}

static void
weir_question_page_init (WeirQuestionPage *self)
{
}

static void
saved_as (gpointer    user_data,
          const char *name)
{
  WeirQuestionPage *self = user_data;
  WeirQuestionPagePrivate *priv = get_private (self);
  char *copy;

  if (priv->question == NULL)
    return;
  if (weir_saved_list_get (priv->list, name) != NULL && g_strcmp0 (name, priv->name) != 0)
    {
      weir_page_notice (WEIR_PAGE (self),
                        _("Something else has this name already; nothing was saved"));
      return;
    }
  copy = g_strdup (name);
  g_free (priv->name);
  priv->name = copy;
  priv->is_changed = FALSE;
  weir_saved_list_save (priv->list, name, priv->question);
  weir_saved_list_select (priv->list, name);
  state_changed (self);
}

/**
 * weir_question_page_set_list:
 * @self: a page
 * @list: (transfer none): where its saved questions are
 *
 * Gives a page its list. To be called once, when the page is made.
 */
void
weir_question_page_set_list (WeirQuestionPage *self,
                             WeirSavedList    *list)
{
  g_return_if_fail (WEIR_IS_QUESTION_PAGE (self));

  get_private (self)->list = list;
  g_signal_connect_object (list, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "renamed", G_CALLBACK (renamed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "deleted", G_CALLBACK (deleted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "changed", G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_question_page_edited:
 * @self: a page
 * @question: (transfer full) (nullable): what its editor says now; %NULL when that is none yet
 *
 * The reader changed the question: asks it.
 */
void
weir_question_page_edited (WeirQuestionPage *self,
                           JsonObject       *question)
{
  WeirQuestionPagePrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_QUESTION_PAGE (self));

  g_clear_pointer (&priv->question, json_object_unref);
  priv->question = question;
  priv->is_changed = TRUE;
  state_changed (self);
  WEIR_QUESTION_PAGE_GET_CLASS (self)->ask (self);
}

/**
 * weir_question_page_start:
 * @self: a page
 * @question: (transfer full) (nullable): what to begin with
 *
 * Begins a new question.
 */
void
weir_question_page_start (WeirQuestionPage *self,
                          JsonObject       *question)
{
  g_return_if_fail (WEIR_IS_QUESTION_PAGE (self));

  set_question (self, NULL, question, FALSE);
  g_clear_pointer (&question, json_object_unref);
  weir_page_went (WEIR_PAGE (self));
}

/**
 * weir_question_page_save:
 * @self: a page
 *
 * Saves the question; one without a name is given one first.
 */
void
weir_question_page_save (WeirQuestionPage *self)
{
  WeirQuestionPagePrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_QUESTION_PAGE (self));

  if (priv->question == NULL)
    return;
  if (priv->name != NULL)
    saved_as (self, priv->name);
  else
    weir_saved_list_ask_name (priv->list, _("Save as"),
                              _(WEIR_QUESTION_PAGE_GET_CLASS (self)->new_name), saved_as, self);
}

/**
 * weir_question_page_get_question:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what it asks, without a scope
 */
JsonObject *
weir_question_page_get_question (WeirQuestionPage *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_PAGE (self), NULL);

  return get_private (self)->question;
}

/**
 * weir_question_page_dup_scoped:
 * @self: a page with a question
 *
 * Returns: (transfer full): what it asks of the scope of the window; can be changed
 */
JsonObject *
weir_question_page_dup_scoped (WeirQuestionPage *self)
{
  WeirQuestionPagePrivate *priv = get_private (self);
  static const char * const scoped[] = { "range", "timezone", "filter", "cohort" };
  JsonObject *question;

  g_return_val_if_fail (priv->question != NULL, NULL);

  question = weir_json_object_copy (priv->question);
  for (guint i = 0; i < G_N_ELEMENTS (scoped); i++)
    json_object_remove_member (question, scoped[i]);
  weir_scope_add_to_question (weir_page_get_scope (WEIR_PAGE (self)), question);
  return question;
}

/**
 * weir_question_page_get_name:
 * @self: a page
 *
 * Returns: (transfer none): what its question is called
 */
const char *
weir_question_page_get_name (WeirQuestionPage *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_PAGE (self), NULL);

  return get_private (self)->name != NULL ? get_private (self)->name
                                          : _(WEIR_QUESTION_PAGE_GET_CLASS (self)->new_name);
}

/**
 * weir_question_page_is_changed:
 * @self: a page
 *
 * Returns: whether there is something that is not saved
 */
gboolean
weir_question_page_is_changed (WeirQuestionPage *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_PAGE (self), FALSE);

  return get_private (self)->question != NULL
         && (get_private (self)->is_changed || get_private (self)->name == NULL);
}

/**
 * weir_question_page_get_list:
 * @self: a page
 *
 * Returns: (transfer none): its saved questions
 */
WeirSavedList *
weir_question_page_get_list (WeirQuestionPage *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_PAGE (self), NULL);

  return get_private (self)->list;
}
