/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-question-view.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-live-answer-stream.h"
#include "weir-trouble-bar.h"

/* What is answered sooner than this needs no progress: it would only flicker. */
#define PROGRESS_MS  200
#define STOP_MS      1000
#define LONG_SECONDS 10

struct _WeirQuestionView
{
  GtkWidget parent_instance;

  GtkWidget *box;
  WeirTroubleBar *trouble;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  AdwStatusPage *failed_page;
  AdwBin *content;
  GtkSpinner *spinner;
  GtkLabel *progress_label;
  GtkWidget *stop_button;
  GtkLabel *as_of_label;

  WeirSession *session;
  GCancellable *cancellable;
  WeirLiveAnswerStream *stream;
  JsonObject *question;
  JsonObject *answer;
  gint64 asked_at;
  guint progress_id;
  gboolean is_live;
  gboolean is_failed;
};

enum {
  PROP_0,
  PROP_CHILD,
  PROP_EMPTY_CHILD,
  PROP_ICON_NAME,
  PROP_TITLE,
  PROP_DESCRIPTION,
  N_PROPS,
};

enum {
  ANSWERED,
  FAILED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirQuestionView, weir_question_view, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_dimmed (WeirQuestionView *self,
            gboolean          dimmed)
{
  if (dimmed)
    gtk_widget_add_css_class (GTK_WIDGET (self->content), "stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->content), "stale");
}

static void
end_progress (WeirQuestionView *self)
{
  g_clear_handle_id (&self->progress_id, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_label), FALSE);
  gtk_widget_set_visible (self->stop_button, FALSE);
}

static gboolean
progress_cb (gpointer user_data)
{
  WeirQuestionView *self = user_data;
  gint64 ms = (g_get_monotonic_time () - self->asked_at) / 1000;

  set_dimmed (self, TRUE);
  if (self->answer == NULL)
    gtk_stack_set_visible_child_name (self->stack, "waiting");
  gtk_spinner_start (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_widget_set_visible (self->stop_button, ms >= STOP_MS);
  if (ms >= LONG_SECONDS * 1000)
    {
      /* Translators: how long a question has been read for; the collector stops it after 30 s. */
      g_autofree char *text = g_strdup_printf (_("Counting for %d s, at most 30 s"),
                                               (int) (ms / 1000));

      gtk_label_set_text (self->progress_label, text);
      gtk_widget_set_visible (GTK_WIDGET (self->progress_label), TRUE);
    }
  self->progress_id = g_timeout_add (ms < STOP_MS ? PROGRESS_MS : 1000, progress_cb, self);
  return G_SOURCE_REMOVE;
}

static void
begin_progress (WeirQuestionView *self)
{
  end_progress (self);
  self->asked_at = g_get_monotonic_time ();
  self->progress_id = g_timeout_add (PROGRESS_MS, progress_cb, self);
}

static void
drop_stream (WeirQuestionView *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_answer_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

static void
update_as_of (WeirQuestionView *self)
{
  g_autofree char *clock = weir_format_clock (g_get_real_time (), TRUE);
  double ms = weir_json_get_number (self->answer, "elapsed_ms");
  g_autofree char *took = ms >= 0 ? weir_format_duration (ms) : NULL;
  g_autofree char *text = NULL;

  if (weir_session_get_file (self->session) != NULL && took != NULL)
    /* Translators: how long an answer took. */
    text = g_strdup_printf (_("Answered in %s"), took);
  else if (took != NULL)
    /* Translators: the time of an answer, and how long it took. */
    text = g_strdup_printf (_("As of %s · %s"), clock, took);
  else
    text = g_strdup_printf (_("As of %s"), clock);
  gtk_label_set_text (self->as_of_label, text);
}

static void
take_answer (WeirQuestionView *self,
             JsonObject       *answer)
{
  g_clear_pointer (&self->answer, json_object_unref);
  self->answer = json_object_ref (answer);
  self->is_failed = FALSE;
  weir_trouble_bar_set_text (self->trouble, NULL);
  set_dimmed (self, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "content");
  update_as_of (self);
  g_signal_emit (self, signals[ANSWERED], 0, answer);
}

static void
show_error (WeirQuestionView *self,
            const GError     *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  self->is_failed = TRUE;
  if (self->answer != NULL)
    weir_trouble_bar_set_text (self->trouble, error->message);
  else
    {
      adw_status_page_set_description (self->failed_page, escaped);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
  g_signal_emit (self, signals[FAILED], 0);
}

static void
live_answer_cb (WeirQuestionView *self,
                JsonObject       *answer)
{
  take_answer (self, answer);
}

/* What is live costs the collector something, so it is only while somebody can see it. */
static void
follow_if_shown (WeirQuestionView *self)
{
  if (!self->is_live || self->stream != NULL || self->answer == NULL || self->question == NULL
      || self->is_failed || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || weir_session_get_file (self->session) != NULL)
    return;
  self->stream = weir_live_answer_stream_new (self->session, self->question);
  g_signal_connect_object (self->stream, "answered",
                           G_CALLBACK (live_answer_cb), self, G_CONNECT_SWAPPED);
}

static void
ask_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(WeirQuestionView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = NULL;

  answer = weir_answer_finish (object, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  end_progress (self);
  if (answer == NULL)
    {
      show_error (self, error);
      return;
    }
  take_answer (self, answer);
  follow_if_shown (self);
}

static void
cancel (WeirQuestionView *self)
{
  drop_stream (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  end_progress (self);
}

static void
state_cb (WeirQuestionView *self)
{
  if (self->is_failed && weir_session_get_state (self->session) == WEIR_SESSION_LIVE)
    weir_question_view_ask_again (self);
}

/* Another collector: what was answered is not about it. */
static void
moved_cb (WeirQuestionView *self)
{
  cancel (self);
  g_clear_pointer (&self->answer, json_object_unref);
}

static void
weir_question_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_question_view_parent_class)->map (widget);
  follow_if_shown (WEIR_QUESTION_VIEW (widget));
}

static void
weir_question_view_unmap (GtkWidget *widget)
{
  drop_stream (WEIR_QUESTION_VIEW (widget));
  GTK_WIDGET_CLASS (weir_question_view_parent_class)->unmap (widget);
}

static void
weir_question_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  WeirQuestionView *self = WEIR_QUESTION_VIEW (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      g_value_set_object (value, adw_bin_get_child (self->content));
      break;
    case PROP_EMPTY_CHILD:
      g_value_set_object (value, adw_status_page_get_child (self->empty_page));
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, adw_status_page_get_icon_name (self->empty_page));
      break;
    case PROP_TITLE:
      g_value_set_string (value, adw_status_page_get_title (self->empty_page));
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, adw_status_page_get_description (self->empty_page));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_question_view_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  WeirQuestionView *self = WEIR_QUESTION_VIEW (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      adw_bin_set_child (self->content, g_value_get_object (value));
      break;
    case PROP_EMPTY_CHILD:
      adw_status_page_set_child (self->empty_page, g_value_get_object (value));
      break;
    case PROP_ICON_NAME:
      adw_status_page_set_icon_name (self->empty_page, g_value_get_string (value));
      break;
    case PROP_TITLE:
      adw_status_page_set_title (self->empty_page, g_value_get_string (value));
      break;
    case PROP_DESCRIPTION:
      adw_status_page_set_description (self->empty_page, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_question_view_dispose (GObject *object)
{
  WeirQuestionView *self = WEIR_QUESTION_VIEW (object);

  if (self->box != NULL)
    cancel (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->question, json_object_unref);
  g_clear_pointer (&self->answer, json_object_unref);

  G_OBJECT_CLASS (weir_question_view_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *object_class)
{
  properties[PROP_CHILD] =
    g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_EMPTY_CHILD] =
    g_param_spec_object ("empty-child", NULL, NULL, GTK_TYPE_WIDGET,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ICON_NAME] =
    g_param_spec_string ("icon-name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DESCRIPTION] =
    g_param_spec_string ("description", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weir_question_view_class_init (WeirQuestionViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_question_view_dispose;
  object_class->get_property = weir_question_view_get_property;
  object_class->set_property = weir_question_view_set_property;
  widget_class->map = weir_question_view_map;
  widget_class->unmap = weir_question_view_unmap;
  install_properties (object_class);

  signals[ANSWERED] =
    g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
  signals[FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WEIR_TYPE_TROUBLE_BAR);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-question-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, box);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, trouble);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, empty_page);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, content);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, spinner);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, progress_label);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, stop_button);
  gtk_widget_class_bind_template_child (widget_class, WeirQuestionView, as_of_label);
  gtk_widget_class_bind_template_callback (widget_class, weir_question_view_ask_again);
  gtk_widget_class_bind_template_callback (widget_class, weir_question_view_stop);
}

static void
weir_question_view_init (WeirQuestionView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_question_view_new:
 *
 * Returns: (transfer none): a view without a question
 */
WeirQuestionView *
weir_question_view_new (void)
{
  return g_object_new (WEIR_TYPE_QUESTION_VIEW, NULL);
}

/**
 * weir_question_view_set_session:
 * @self: a view
 * @session: whom to ask
 *
 * Connects the view. To be called once.
 */
void
weir_question_view_set_session (WeirQuestionView *self,
                                WeirSession      *session)
{
  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_question_view_ask:
 * @self: a view
 * @question: (nullable): what to ask: a question of the wire contract, which must not be changed
 *   any more; %NULL shows what the page is for
 *
 * Asks another question. The one before is dropped, answered or not.
 */
void
weir_question_view_ask (WeirQuestionView *self,
                        JsonObject       *question)
{
  WeirApiClient *client;
  g_autofree char *body = NULL;

  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));
  g_return_if_fail (self->session != NULL);

  cancel (self);
  if (question != NULL)
    json_object_ref (question);
  g_clear_pointer (&self->question, json_object_unref);
  self->question = question;
  client = weir_session_get_client (self->session);
  if (question == NULL)
    {
      weir_question_view_show_empty (self);
      return;
    }
  if (client == NULL)
    return;

  body = weir_json_object_to_text (question, FALSE);
  self->cancellable = g_cancellable_new ();
  begin_progress (self);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable,
                              ask_cb, g_object_ref (self));
}

/**
 * weir_question_view_ask_again:
 * @self: a view
 *
 * Asks the same question again.
 */
void
weir_question_view_ask_again (WeirQuestionView *self)
{
  g_autoptr(JsonObject) question = NULL;

  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));

  question = self->question != NULL ? json_object_ref (self->question) : NULL;
  weir_question_view_ask (self, question);
}

/**
 * weir_question_view_stop:
 * @self: a view
 *
 * Stops what is being asked. What was shown before stays.
 */
void
weir_question_view_stop (WeirQuestionView *self)
{
  g_autoptr(GError) error = NULL;

  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));

  cancel (self);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                               _("Stopped. What was counted before is still shown."));
  if (self->answer == NULL)
    {
      g_free (error->message);
      error->message = g_strdup (_("Stopped before it was answered."));
    }
  show_error (self, error);
  self->is_failed = FALSE;
}

/**
 * weir_question_view_set_live:
 * @self: a view
 * @live: whether the answer follows the stream
 *
 * Lets the answer change as events come, while it can be seen.
 */
void
weir_question_view_set_live (WeirQuestionView *self,
                             gboolean          live)
{
  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));

  self->is_live = live;
  if (live)
    follow_if_shown (self);
  else
    drop_stream (self);
}

/**
 * weir_question_view_set_empty:
 * @self: a view
 * @title: what there is not
 * @description: (nullable): how to make it happen; plain text
 *
 * Changes what an empty view says.
 */
void
weir_question_view_set_empty (WeirQuestionView *self,
                              const char       *title,
                              const char       *description)
{
  g_autofree char *title_markup = NULL;
  g_autofree char *markup = NULL;

  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));

  title_markup = g_markup_escape_text (title, -1);
  markup = description != NULL ? g_markup_escape_text (description, -1) : NULL;
  adw_status_page_set_title (self->empty_page, title_markup);
  adw_status_page_set_description (self->empty_page, markup);
}

/**
 * weir_question_view_show_empty:
 * @self: a view
 *
 * Shows what the page is for in place of an answer with nothing in it.
 */
void
weir_question_view_show_empty (WeirQuestionView *self)
{
  g_return_if_fail (WEIR_IS_QUESTION_VIEW (self));

  weir_trouble_bar_set_text (self->trouble, NULL);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  if (self->question == NULL)
    {
      g_clear_pointer (&self->answer, json_object_unref);
      gtk_label_set_text (self->as_of_label, "");
    }
}

/**
 * weir_question_view_get_question:
 * @self: a view
 *
 * Returns: (nullable) (transfer none): what is asked
 */
JsonObject *
weir_question_view_get_question (WeirQuestionView *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_VIEW (self), NULL);

  return self->question;
}

/**
 * weir_question_view_get_answer:
 * @self: a view
 *
 * Returns: (nullable) (transfer none): the latest answer, perhaps of the question before
 */
JsonObject *
weir_question_view_get_answer (WeirQuestionView *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_VIEW (self), NULL);

  return self->answer;
}

/**
 * weir_question_view_is_busy:
 * @self: a view
 *
 * Returns: whether an answer is on its way
 */
gboolean
weir_question_view_is_busy (WeirQuestionView *self)
{
  g_return_val_if_fail (WEIR_IS_QUESTION_VIEW (self), FALSE);

  return self->cancellable != NULL;
}
