/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-page.h"

#include <glib/gi18n.h>

#include "weir-format.h"

#define TOAST_SECONDS 4
#define UNDO_SECONDS  10
#define POLL_SECONDS  2

typedef struct
{
  WeirSession *session;
  WeirScope *scope;
  WeirCatalog *catalog;
  GSettings *settings;
  GHashTable *troubles;     /* part of the page → message */
  guint poll_id;
  gint64 answered_at;       /* when the latest answer came, in real time; 0 before the first */
  gboolean is_stale;
  gboolean is_unsure;       /* all of it is to be asked again */
  gboolean was_lost;        /* the connection, since it was asked */
} WeirPagePrivate;

typedef struct
{
  WeirUndoFunc undo;
  gpointer user_data;
  GDestroyNotify destroy;
} Undo;

enum {
  TOAST,
  TROUBLE,
  WENT,
  N_SIGNALS,
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirPage, weir_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static WeirPagePrivate *
get_private (WeirPage *self)
{
  return weir_page_get_instance_private (self);
}

static void
refresh_if_shown (WeirPage *self)
{
  WeirPagePrivate *priv = get_private (self);

  if (!priv->is_stale || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || priv->session == NULL || !weir_session_is_attached (priv->session))
    return;
  priv->is_stale = FALSE;
  if (priv->is_unsure && WEIR_PAGE_GET_CLASS (self)->again != NULL)
    WEIR_PAGE_GET_CLASS (self)->again (self);
  else if (WEIR_PAGE_GET_CLASS (self)->refresh != NULL)
    WEIR_PAGE_GET_CLASS (self)->refresh (self);
  priv->is_unsure = FALSE;
}

/* After a loss there may be anything: all that is shown is asked once more. */
static void
session_state_cb (WeirPage *self)
{
  WeirPagePrivate *priv = get_private (self);
  WeirSessionState state = weir_session_get_state (priv->session);

  if (state == WEIR_SESSION_WAITING || state == WEIR_SESSION_FAILED)
    priv->was_lost = TRUE;
  if (!priv->was_lost || (state != WEIR_SESSION_LIVE && state != WEIR_SESSION_CATCHING_UP))
    return;
  priv->was_lost = FALSE;
  weir_page_ask_again (self);
}

/* Another collector: nothing that is known is about it. */
static void
moved_cb (WeirPage *self)
{
  WeirPagePrivate *priv = get_private (self);

  g_hash_table_remove_all (priv->troubles);
  priv->answered_at = 0;
  priv->was_lost = FALSE;
  g_signal_emit (self, signals[TROUBLE], 0);
  weir_page_queue_refresh (self);
}

static gboolean
poll_cb (gpointer user_data)
{
  if (get_private (user_data)->session != NULL)
    WEIR_PAGE_GET_CLASS (user_data)->poll (user_data);
  return G_SOURCE_CONTINUE;
}

static void
weir_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_page_parent_class)->map (widget);
  refresh_if_shown (WEIR_PAGE (widget));
  if (WEIR_PAGE_GET_CLASS (widget)->poll == NULL)
    return;
  poll_cb (widget);
  get_private (WEIR_PAGE (widget))->poll_id = g_timeout_add_seconds (POLL_SECONDS, poll_cb, widget);
}

static void
weir_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&get_private (WEIR_PAGE (widget))->poll_id, g_source_remove);
  GTK_WIDGET_CLASS (weir_page_parent_class)->unmap (widget);
}

static void
weir_page_dispose (GObject *object)
{
  WeirPagePrivate *priv = get_private (WEIR_PAGE (object));
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&priv->session);
  g_clear_object (&priv->scope);
  g_clear_object (&priv->catalog);
  g_clear_object (&priv->settings);

  G_OBJECT_CLASS (weir_page_parent_class)->dispose (object);
}

static void
weir_page_finalize (GObject *object)
{
  g_hash_table_unref (get_private (WEIR_PAGE (object))->troubles);

  G_OBJECT_CLASS (weir_page_parent_class)->finalize (object);
}

static void
weir_page_class_init (WeirPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = weir_page_map;
  GTK_WIDGET_CLASS (klass)->unmap = weir_page_unmap;

  signals[TOAST] =
    g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, ADW_TYPE_TOAST);
  signals[TROUBLE] =
    g_signal_new ("trouble", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WENT] =
    g_signal_new ("went", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
weir_page_init (WeirPage *self)
{
  get_private (self)->is_stale = TRUE;
  get_private (self)->troubles = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/**
 * weir_page_attach:
 * @self: a page
 * @session: the connection of the window
 * @scope: the scope of the window
 * @catalog: what there is to ask about
 * @settings: (nullable): what the reader prefers
 *
 * Gives a page what all pages share. Once.
 */
void
weir_page_attach (WeirPage    *self,
                  WeirSession *session,
                  WeirScope   *scope,
                  WeirCatalog *catalog,
                  GSettings   *settings)
{
  WeirPagePrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_PAGE (self));
  g_return_if_fail (priv->session == NULL);

  priv->session = g_object_ref (session);
  priv->scope = g_object_ref (scope);
  priv->catalog = g_object_ref (catalog);
  priv->settings = settings != NULL ? g_object_ref (settings) : NULL;
  g_signal_connect_object (session, "moved",
                           G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state",
                           G_CALLBACK (session_state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scope, "changed",
                           G_CALLBACK (weir_page_queue_refresh), self, G_CONNECT_SWAPPED);
  if (WEIR_PAGE_GET_CLASS (self)->set_up != NULL)
    WEIR_PAGE_GET_CLASS (self)->set_up (self);
  refresh_if_shown (self);
}

/**
 * weir_page_get_session:
 * @self: a page
 *
 * Returns: (transfer none): the connection of its window
 */
WeirSession *
weir_page_get_session (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  return get_private (self)->session;
}

/**
 * weir_page_get_scope:
 * @self: a page
 *
 * Returns: (transfer none): the scope of its window
 */
WeirScope *
weir_page_get_scope (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  return get_private (self)->scope;
}

/**
 * weir_page_get_catalog:
 * @self: a page
 *
 * Returns: (transfer none): what there is to ask about
 */
WeirCatalog *
weir_page_get_catalog (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  return get_private (self)->catalog;
}

/**
 * weir_page_get_settings:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what the reader prefers
 */
GSettings *
weir_page_get_settings (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  return get_private (self)->settings;
}

/**
 * weir_page_is_offline:
 * @self: a page
 *
 * Returns: whether a file is shown, so that nothing changes and nothing can be changed
 */
gboolean
weir_page_is_offline (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), FALSE);

  return weir_session_get_file (get_private (self)->session) != NULL;
}

/**
 * weir_page_queue_refresh:
 * @self: a page
 *
 * What is shown holds no more: asks again now, or when the page is shown.
 */
void
weir_page_queue_refresh (WeirPage *self)
{
  g_return_if_fail (WEIR_IS_PAGE (self));

  get_private (self)->is_stale = TRUE;
  refresh_if_shown (self);
}

/**
 * weir_page_ask_again:
 * @self: a page
 *
 * Asks all that is shown once more, now, or when the page is shown. What is shown stays until then.
 */
void
weir_page_ask_again (WeirPage *self)
{
  WeirPagePrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_PAGE (self));

  /* What is not shown any more is not asked, and would be in trouble for ever. */
  g_hash_table_remove_all (priv->troubles);
  g_signal_emit (self, signals[TROUBLE], 0);
  priv->is_unsure = TRUE;
  weir_page_queue_refresh (self);
}

/**
 * weir_page_set_trouble:
 * @self: a page
 * @part: what had something to ask; only known again
 * @error: (nullable): why there is no answer; %NULL when there is one
 *
 * Says whether what is shown of a part is the latest. What was cancelled was not wanted any more.
 */
void
weir_page_set_trouble (WeirPage      *self,
                       gconstpointer  part,
                       const GError  *error)
{
  WeirPagePrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_PAGE (self));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_hash_table_insert (priv->troubles, (gpointer) part, g_strdup (error->message));
  else
    {
      g_hash_table_remove (priv->troubles, part);
      priv->answered_at = g_get_real_time ();
    }
  g_signal_emit (self, signals[TROUBLE], 0);
}

/**
 * weir_page_dup_trouble:
 * @self: a page
 *
 * Returns: (transfer full) (nullable): why what it shows is not the latest, and from when it is;
 *   %NULL when it is
 */
char *
weir_page_dup_trouble (WeirPage *self)
{
  WeirPagePrivate *priv = get_private (self);
  g_autofree char *clock = NULL;
  GHashTableIter iter;
  gpointer message;

  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  g_hash_table_iter_init (&iter, priv->troubles);
  if (!g_hash_table_iter_next (&iter, NULL, &message))
    return NULL;
  if (priv->answered_at == 0)
    return g_strdup (message);
  clock = weir_format_clock (priv->answered_at, TRUE);
  /* Translators: a time of day, and what went wrong since. */
  return g_strdup_printf (_("As of %s: %s"), clock, (const char *) message);
}

/**
 * weir_page_went:
 * @self: a page
 *
 * The reader went somewhere else within this page, by a step that “back” should undo.
 */
void
weir_page_went (WeirPage *self)
{
  g_return_if_fail (WEIR_IS_PAGE (self));

  g_signal_emit (self, signals[WENT], 0);
}

/**
 * weir_page_save:
 * @self: a page
 *
 * Returns: (transfer floating) (nullable): where the reader is in it
 */
GVariant *
weir_page_save (WeirPage *self)
{
  g_return_val_if_fail (WEIR_IS_PAGE (self), NULL);

  return WEIR_PAGE_GET_CLASS (self)->save != NULL ? WEIR_PAGE_GET_CLASS (self)->save (self) : NULL;
}

/**
 * weir_page_restore:
 * @self: a page
 * @state: what [method@Weir.Page.save] returned
 *
 * Comes back to where the reader was.
 */
void
weir_page_restore (WeirPage *self,
                   GVariant *state)
{
  g_return_if_fail (WEIR_IS_PAGE (self));

  if (WEIR_PAGE_GET_CLASS (self)->restore != NULL)
    WEIR_PAGE_GET_CLASS (self)->restore (self, state);
}

/* The title of a toast is markup. */
static AdwToast *
create_toast (const char *text,
              guint       seconds)
{
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_timeout (toast, seconds);
  return toast;
}

/**
 * weir_page_notice:
 * @self: a page
 * @text: a sentence
 *
 * Tells the reader something, once.
 */
void
weir_page_notice (WeirPage   *self,
                  const char *text)
{
  AdwToast *toast = create_toast (text, TOAST_SECONDS);

  g_signal_emit (self, signals[TOAST], 0, toast);
  g_object_unref (toast);
}

/**
 * weir_page_notice_error:
 * @self: a page
 * @error: what went wrong with something the reader did
 *
 * Tells what went wrong. What was cancelled is not worth telling.
 */
void
weir_page_notice_error (WeirPage     *self,
                        const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    weir_page_notice (self, error->message);
}

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  if (undo->destroy != NULL)
    undo->destroy (undo->user_data);
  g_free (undo);
}

static void
undo_clicked_cb (AdwToast *toast,
                 Undo     *undo)
{
  undo->undo (undo->user_data);
}

/**
 * weir_page_offer_undo:
 * @self: a page
 * @text: what was done
 * @undo: does the opposite
 * @user_data: (closure): for @undo
 * @destroy: (nullable): frees @user_data
 *
 * Tells what was done, with a button that takes it back.
 */
void
weir_page_offer_undo (WeirPage       *self,
                      const char     *text,
                      WeirUndoFunc    undo,
                      gpointer        user_data,
                      GDestroyNotify  destroy)
{
  AdwToast *toast = create_toast (text, UNDO_SECONDS);
  Undo *data = g_new0 (Undo, 1);

  data->undo = undo;
  data->user_data = user_data;
  data->destroy = destroy;
  adw_toast_set_button_label (toast, _("Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_clicked_cb), data, undo_free, 0);
  g_signal_emit (self, signals[TOAST], 0, toast);
  g_object_unref (toast);
}
