/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-deletion.h"

#include <glib/gi18n.h>

#include "weir-json.h"

/* How long the reader may still change their mind. */
#define UNDO_SECONDS 10

struct _WeirDeletion
{
  GObject parent_instance;

  WeirPage *page;
  WeirApiClient *client;    /* of the collector the person was shown from */
  AdwToast *toast;
  char *path;
  char *name;
  guint timeout_id;
  GtkWindow *closing;       /* waits until it is done */
  gboolean is_over;         /* kept or sent */
  gboolean is_ended;
};

enum {
  KEPT,
  ENDED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirDeletion, weir_deletion, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
end_waiting (WeirDeletion *self)
{
  self->is_over = TRUE;
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->toast, self);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirDeletion) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) receipt = weir_answer_finish (object, result, &error);

  if (receipt == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("%s was not deleted: %s"), self->name,
                                               error->message);

      weir_page_notice (self->page, text);
    }
  self->is_ended = TRUE;
  g_signal_emit (self, signals[ENDED], 0, receipt);
  if (self->closing != NULL)
    gtk_window_close (self->closing);
  g_clear_object (&self->closing);
}

static gboolean
close_request_cb (WeirDeletion *self,
                  GtkWindow    *window)
{
  if (self->is_ended)
    return FALSE;
  if (self->closing == NULL)
    self->closing = g_object_ref (window);
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  weir_deletion_hurry (self);
  return TRUE;
}

static void
send (WeirDeletion *self)
{
  end_waiting (self);
  weir_api_client_send_async (self->client, "DELETE", self->path, NULL, NULL, sent_cb,
                              g_object_ref (self));
}

static gboolean
timeout_cb (gpointer user_data)
{
  WeirDeletion *self = user_data;

  self->timeout_id = 0;
  weir_deletion_hurry (self);
  return G_SOURCE_REMOVE;
}

static void
keep_cb (WeirDeletion *self)
{
  g_autoptr(WeirDeletion) held = g_object_ref (self);

  end_waiting (self);
  self->is_ended = TRUE;
  g_signal_emit (self, signals[KEPT], 0);
}

static void
weir_deletion_dispose (GObject *object)
{
  WeirDeletion *self = WEIR_DELETION (object);

  if (self->toast != NULL)
    end_waiting (self);
  g_clear_object (&self->toast);
  g_clear_object (&self->closing);
  g_clear_object (&self->page);
  g_clear_object (&self->client);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (weir_deletion_parent_class)->dispose (object);
}

static void
weir_deletion_class_init (WeirDeletionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_deletion_dispose;

  signals[KEPT] =
    g_signal_new ("kept", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] =
    g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
}

static void
weir_deletion_init (WeirDeletion *self)
{
}

/**
 * weir_deletion_new:
 * @page: where it was asked for
 * @path: what to delete, as in a URL
 * @name: what to call it
 *
 * Begins to delete something. Needs a connection.
 *
 * Returns: (transfer full): the deletion, which can still be undone
 */
WeirDeletion *
weir_deletion_new (WeirPage   *page,
                   const char *path,
                   const char *name)
{
  WeirDeletion *self = g_object_new (WEIR_TYPE_DELETION, NULL);
  g_autofree char *text = g_strdup_printf (_("%s will be deleted"), name);
  g_autofree char *title = g_markup_escape_text (text, -1);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));

  self->page = g_object_ref (page);
  self->client = g_object_ref (weir_session_get_client (weir_page_get_session (page)));
  self->path = g_strdup (path);
  self->name = g_strdup (name);
  self->toast = adw_toast_new (title);
  adw_toast_set_button_label (self->toast, _("Undo"));
  adw_toast_set_priority (self->toast, ADW_TOAST_PRIORITY_HIGH);
  /* It goes when the time is over, which the deletion counts itself. */
  adw_toast_set_timeout (self->toast, 0);
  g_signal_connect_swapped (self->toast, "button-clicked", G_CALLBACK (keep_cb), self);
  g_signal_connect_swapped (self->toast, "dismissed",
                            G_CALLBACK (weir_deletion_hurry), self);
  self->timeout_id = g_timeout_add_seconds (UNDO_SECONDS, timeout_cb, self);
  if (GTK_IS_WINDOW (root))
    g_signal_connect_object (root, "close-request", G_CALLBACK (close_request_cb), self,
                             G_CONNECT_SWAPPED);
  g_signal_emit_by_name (page, "toast", self->toast);
  return self;
}

/**
 * weir_deletion_hurry:
 * @self: a deletion
 *
 * Waits no longer: deletes it now, unless it was kept.
 */
void
weir_deletion_hurry (WeirDeletion *self)
{
  g_return_if_fail (WEIR_IS_DELETION (self));

  if (self->is_over)
    return;
  send (self);
  adw_toast_dismiss (self->toast);
}

/**
 * weir_deletion_get_path:
 * @self: a deletion
 *
 * Returns: (transfer none): what is deleted, as in a URL
 */
const char *
weir_deletion_get_path (WeirDeletion *self)
{
  g_return_val_if_fail (WEIR_IS_DELETION (self), NULL);

  return self->path;
}

/**
 * weir_deletion_get_name:
 * @self: a deletion
 *
 * Returns: (transfer none): what it was called
 */
const char *
weir_deletion_get_name (WeirDeletion *self)
{
  g_return_val_if_fail (WEIR_IS_DELETION (self), NULL);

  return self->name;
}
