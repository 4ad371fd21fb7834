/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-actions.h"

#include <glib/gi18n.h>

#include "weir-json.h"

/* One change that was asked for, and what takes it back. */
typedef struct
{
  WeirPage *page;
  GObject *owner;
  WeirIdentityChangedFunc changed;
  char *with_name;          /* of a merge */
  gint64 edge;
  gboolean is_voided;       /* whether the edge is to be void */
} Change;

static Change *
change_new (WeirPage                *page,
            WeirIdentityChangedFunc  changed,
            gpointer                 owner)
{
  Change *change = g_new0 (Change, 1);

  change->page = g_object_ref (page);
  change->owner = g_object_ref (owner);
  change->changed = changed;
  return change;
}

static void
change_free (Change *change)
{
  g_object_unref (change->page);
  g_object_unref (change->owner);
  g_free (change->with_name);
  g_free (change);
}

static void
undo_cb (gpointer user_data)
{
  Change *change = user_data;

  weir_identity_set_voided (change->page, change->edge, !change->is_voided,
                            change->changed, change->owner);
}

static void
tell (Change     *change,
      const char *person)
{
  g_autofree char *merged = NULL;
  const char *text;

  change->changed (change->owner, person);
  if (change->with_name != NULL)
    {
      merged = g_strdup_printf (_("Merged with %s"), change->with_name);
      text = merged;
    }
  else if (change->is_voided)
    text = _("Taken back, as if it had never been said");
  else
    text = _("Counts again");
  weir_page_offer_undo (change->page, text, undo_cb, change, (GDestroyNotify) change_free);
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Change *change = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  if (answer == NULL)
    {
      weir_page_notice_error (change->page, error);
      change_free (change);
      return;
    }
  if (change->with_name != NULL)
    change->edge = (gint64) weir_json_get_count (answer, "edge");
  tell (change, change->with_name != NULL ? weir_json_get_text (answer, "person") : NULL);
}

static void
send (Change     *change,
      const char *path,
      const char *body)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (change->page));

  if (client != NULL)
    {
      weir_api_client_post_async (client, path, body, NULL, sent_cb, change);
      return;
    }
  weir_page_notice (change->page, _("Nothing was changed: there is no connection"));
  change_free (change);
}

/**
 * weir_identity_set_voided:
 * @page: where it was asked for; tells what became of it
 * @edge: the number of a statement
 * @voided: whether it is taken back, or counts again
 * @changed: called when that is so, and again when the reader undoes it
 * @user_data: (closure): an object, for @changed
 *
 * Takes a statement about who is who back, or lets it count again, and offers the opposite.
 */
void
weir_identity_set_voided (WeirPage                *page,
                          gint64                   edge,
                          gboolean                 voided,
                          WeirIdentityChangedFunc  changed,
                          gpointer                 user_data)
{
  Change *change = change_new (page, changed, user_data);
  g_autofree char *path = g_strdup_printf ("/v1/edges/%" G_GINT64_FORMAT "/%s", edge,
                                           voided ? "void" : "restore");

  change->edge = edge;
  change->is_voided = voided;
  send (change, path, "{}");
}

/**
 * weir_identity_merge:
 * @page: where it was asked for; tells what became of it
 * @person: id of the person that stays
 * @with: id of the one that joins it
 * @with_name: what to call the other one
 * @changed: called when that is so, and again when the reader undoes it
 * @user_data: (closure): an object, for @changed
 *
 * Makes two persons one by hand, and offers the opposite.
 */
void
weir_identity_merge (WeirPage                *page,
                     const char              *person,
                     const char              *with,
                     const char              *with_name,
                     WeirIdentityChangedFunc  changed,
                     gpointer                 user_data)
{
  Change *change = change_new (page, changed, user_data);
  g_autofree char *escaped = g_uri_escape_string (person, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/persons/%s/merge", escaped);
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *body = NULL;

  change->with_name = g_strdup (with_name);
  json_object_set_string_member (object, "with", with);
  body = weir_json_object_to_text (object, FALSE);
  send (change, path, body);
}
