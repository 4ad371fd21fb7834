/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-removal.h"

/* Held by the request that is under way, and by the note that offers to undo it. */
typedef struct {
  WeirPage *page;
  GObject *owner;
  WeirRemovedFunc changed;
  char *text;
  char *method;
  char *path;
  char *json;
} Removal;

static void
removal_clear (gpointer data)
{
  Removal *self = data;

  g_object_unref (self->page);
  g_object_unref (self->owner);
  g_free (self->text);
  g_free (self->method);
  g_free (self->path);
  g_free (self->json);
}

static void
removal_release (gpointer data)
{
  g_rc_box_release_full (data, removal_clear);
}

/* The window may have been closed meanwhile. */
static void
tell_owner (Removal *self)
{
  if (weir_page_get_session (self->page) != NULL)
    self->changed (self->owner);
}

static void
restored_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Removal *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (bytes == NULL)
    weir_page_notice_error (self->page, error);
  tell_owner (self);
  removal_release (self);
}

static void
undo_cb (gpointer user_data)
{
  Removal *self = user_data;
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));

  if (client != NULL)
    weir_api_client_send_async (client, self->method, self->path, self->json, NULL,
                                restored_cb, g_rc_box_acquire (self));
}

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Removal *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  tell_owner (self);
  if (bytes == NULL)
    {
      weir_page_notice_error (self->page, error);
      removal_release (self);
      return;
    }
  if (self->json == NULL)
    self->json = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  weir_page_offer_undo (self->page, self->text, undo_cb, self, removal_release);
}

/**
 * weir_removal_start:
 * @page: where it was asked for; tells what became of it
 * @path: what to DELETE
 * @back: what brings it back
 * @text: says that it was removed
 * @changed: called when the collector has answered, also when the reader takes it back
 * @owner: (type GObject): for @changed
 *
 * Removes at once what the collector can take again, and offers to undo it. What it cannot take
 * again is a [class@Weir.Deletion], which waits.
 */
void
weir_removal_start (WeirPage              *page,
                    const char            *path,
                    const WeirRestoration *back,
                    const char            *text,
                    WeirRemovedFunc        changed,
                    gpointer               owner)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (page));
  Removal *self;

  if (client == NULL)
    return;
  self = g_rc_box_new0 (Removal);
  self->page = g_object_ref (page);
  self->owner = g_object_ref (owner);
  self->changed = changed;
  self->text = g_strdup (text);
  self->method = g_strdup (back->method);
  self->path = g_strdup (back->path);
  self->json = g_strdup (back->json);
  weir_api_client_send_async (client, "DELETE", path, NULL, NULL, removed_cb, self);
}
