/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-dead-letters.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-json-editor.h"
#include "weir-removal.h"

struct _WeirDeadLetters
{
  GObject parent_instance;

  WeirPage *page;           /* not owned: the page owns this */
  WeirRecordsPane *pane;
  GtkWidget *edit_button;
  GtkWidget *replay_button;
  GtkWidget *all_button;
  GtkWidget *discard_button;
  GCancellable *cancellable;
  JsonObject *edited;
};

G_DEFINE_FINAL_TYPE (WeirDeadLetters, weir_dead_letters, G_TYPE_OBJECT)

static const WeirRecordColumn columns[] = {
  { N_("When"), "at", WEIR_RECORD_INSTANT, FALSE, FALSE, NULL },
  { N_("Sink"), "sink", WEIR_RECORD_TEXT, FALSE, FALSE, NULL },
  { N_("Reason"), "reason", WEIR_RECORD_TEXT, TRUE, TRUE, NULL },
  { N_("Attempts"), "attempts", WEIR_RECORD_COUNT, FALSE, FALSE, NULL },
  { N_("Event"), "event", WEIR_RECORD_JSON, TRUE, FALSE, NULL },
};

static WeirApiClient *
get_client (WeirDeadLetters *self)
{
  return weir_session_get_client (weir_page_get_session (self->page));
}

static char *
dup_path (JsonObject *letter,
          const char *verb)
{
  gint64 id = json_object_get_int_member_with_default (letter, "id", -1);

  return g_strdup_printf ("/v1/dead-letters/%" G_GINT64_FORMAT "%s", id, verb);
}

static void
update (WeirDeadLetters *self)
{
  JsonObject *letter = weir_records_pane_get_selected (self->pane);
  gboolean can_change = !weir_page_is_offline (self->page);

  gtk_widget_set_sensitive (self->edit_button, letter != NULL && can_change);
  gtk_widget_set_sensitive (self->replay_button, letter != NULL && can_change);
  gtk_widget_set_sensitive (self->discard_button, letter != NULL && can_change);
  gtk_widget_set_sensitive (self->all_button,
                            weir_records_pane_get_n_records (self->pane) > 0 && can_change);
}

/* Returns the answer; without one, the page has told why. */
static JsonObject *
take_answer (WeirDeadLetters *self,
             GObject         *client,
             GAsyncResult    *result)
{
  g_autoptr(GError) error = NULL;
  JsonObject *answer = weir_answer_finish (client, result, &error);

  if (answer == NULL)
    {
      weir_page_notice_error (self->page, error);
      return NULL;
    }
  weir_records_pane_refresh (self->pane);
  return answer;
}

static void
replayed_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(WeirDeadLetters) self = user_data;
  g_autoptr(JsonObject) answer = take_answer (self, object, result);
  guint64 n;
  g_autofree char *text = NULL;

  if (answer == NULL)
    return;
  n = json_object_has_member (answer, "count") ? weir_json_get_count (answer, "count") : 1;
  text = g_strdup_printf (ngettext ("%u event was sent again", "%u events were sent again",
                                    (gulong) n), (guint) n);
  weir_page_notice (self->page, text);
}

static void
replay_cb (WeirDeadLetters *self)
{
  JsonObject *letter = weir_records_pane_get_selected (self->pane);
  WeirApiClient *client = get_client (self);
  g_autofree char *path = NULL;

  if (letter == NULL || client == NULL)
    return;
  path = dup_path (letter, "/replay");
  weir_api_client_post_async (client, path, "{}", self->cancellable,
                              replayed_cb, g_object_ref (self));
}

static void
replay_all_cb (WeirDeadLetters *self)
{
  WeirApiClient *client = get_client (self);

  if (client != NULL)
    weir_api_client_post_async (client, "/v1/dead-letters/replay", "{\"all\":true}",
                                self->cancellable, replayed_cb, g_object_ref (self));
}

static void
discard_cb (WeirDeadLetters *self)
{
  JsonObject *letter = weir_records_pane_get_selected (self->pane);
  g_autofree char *path = NULL;

  if (letter == NULL)
    return;
  path = dup_path (letter, "");
  weir_removal_start (self->page, path, &(WeirRestoration) { "POST", "/v1/dead-letters", NULL },
                      _("The dead letter was discarded"),
                      (WeirRemovedFunc) weir_records_pane_refresh, self->pane);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirDeadLetters) self = user_data;
  g_autoptr(JsonObject) answer = take_answer (self, object, result);

  if (answer != NULL)
    weir_page_notice (self->page, _("The event was changed. Send it again to store it."));
}

static void
edited_cb (WeirDeadLetters *self,
           JsonObject      *event)
{
  WeirApiClient *client = get_client (self);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (client == NULL || self->edited == NULL)
    return;
  json_object_set_object_member (body, "event", json_object_ref (event));
  path = dup_path (self->edited, "");
  text = weir_json_object_to_text (body, FALSE);
  weir_api_client_send_async (client, "PUT", path, text, self->cancellable,
                              saved_cb, g_object_ref (self));
}

static void
edit_cb (WeirDeadLetters *self)
{
  JsonObject *letter = weir_records_pane_get_selected (self->pane);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->pane));
  WeirJsonEditor *editor;

  if (letter == NULL || !GTK_IS_WINDOW (root))
    return;
  g_clear_pointer (&self->edited, json_object_unref);
  self->edited = json_object_ref (letter);
  editor = weir_json_editor_new (GTK_WINDOW (root), _("Edit the event"),
                                 weir_json_get_object (letter, "event"));
  g_signal_connect_object (editor, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (editor));
}

static GtkWidget *
add_button (WeirDeadLetters *self,
            const char      *label,
            GCallback        clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  weir_records_pane_add_widget (self->pane, button);
  return button;
}

static void
weir_dead_letters_dispose (GObject *object)
{
  WeirDeadLetters *self = WEIR_DEAD_LETTERS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->edited, json_object_unref);

  G_OBJECT_CLASS (weir_dead_letters_parent_class)->dispose (object);
}

static void
weir_dead_letters_finalize (GObject *object)
{
  g_object_unref (WEIR_DEAD_LETTERS (object)->cancellable);

  G_OBJECT_CLASS (weir_dead_letters_parent_class)->finalize (object);
}

static void
weir_dead_letters_class_init (WeirDeadLettersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_dead_letters_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_dead_letters_finalize;
}

static void
weir_dead_letters_init (WeirDeadLetters *self)
{
  self->cancellable = g_cancellable_new ();
  self->pane = weir_records_pane_new (_("Dead letters"), "/v1/dead-letters?limit=1000",
                                      "dead_letters", columns, G_N_ELEMENTS (columns));
  weir_records_pane_set_empty (self->pane, "weir-well-symbolic", _("No dead letters"),
                               _("Events that were accepted and that a sink refuses for good wait "
                                 "here, with the reason, to be mended and sent again."));
  self->edit_button = add_button (self, _("Edit…"), G_CALLBACK (edit_cb));
  self->replay_button = add_button (self, _("Send again"), G_CALLBACK (replay_cb));
  self->all_button = add_button (self, _("Send all again"), G_CALLBACK (replay_all_cb));
  self->discard_button = add_button (self, _("Discard"), G_CALLBACK (discard_cb));
}

/**
 * weir_dead_letters_new:
 * @page: the page they are on, which outlives them
 *
 * Returns: (transfer full): the dead letters
 */
WeirDeadLetters *
weir_dead_letters_new (WeirPage *page)
{
  WeirDeadLetters *self;

  g_return_val_if_fail (WEIR_IS_PAGE (page), NULL);

  self = g_object_new (WEIR_TYPE_DEAD_LETTERS, NULL);
  self->page = page;
  weir_records_pane_set_session (self->pane, weir_page_get_session (page));
  g_signal_connect_object (self->pane, "selected", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "answered", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "activated", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}

/**
 * weir_dead_letters_get_pane:
 * @self: the dead letters
 *
 * Returns: (transfer none): their table
 */
WeirRecordsPane *
weir_dead_letters_get_pane (WeirDeadLetters *self)
{
  g_return_val_if_fail (WEIR_IS_DEAD_LETTERS (self), NULL);

  return self->pane;
}
