/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-loss.h"

#include <glib/gi18n.h>

#include "weir-format.h"

struct _WeirLoss
{
  GObject parent_instance;

  WeirSession *session;
  gboolean is_lost;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirLoss, weir_loss, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
state_cb (WeirLoss *self)
{
  WeirSessionState state = weir_session_get_state (self->session);

  /* While it is tried again it is still lost. */
  if (state == WEIR_SESSION_WAITING || state == WEIR_SESSION_FAILED)
    self->is_lost = TRUE;
  else if (state != WEIR_SESSION_CONNECTING)
    self->is_lost = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
moved_cb (WeirLoss *self)
{
  self->is_lost = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
weir_loss_finalize (GObject *object)
{
  g_object_unref (WEIR_LOSS (object)->session);

  G_OBJECT_CLASS (weir_loss_parent_class)->finalize (object);
}

static void
weir_loss_class_init (WeirLossClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_loss_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_loss_init (WeirLoss *self)
{
}

/**
 * weir_loss_new:
 * @session: a session
 *
 * Returns: (transfer full): tells of its connection
 */
WeirLoss *
weir_loss_new (WeirSession *session)
{
  WeirLoss *self = g_object_new (WEIR_TYPE_LOSS, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * weir_loss_dup_text:
 * @self: tells of a connection
 *
 * Returns: (transfer full) (nullable): what to tell the reader; %NULL when nothing is lost
 */
char *
weir_loss_dup_text (WeirLoss *self)
{
  const GError *error;
  gint64 contact_at;
  g_autofree char *clock = NULL;

  g_return_val_if_fail (WEIR_IS_LOSS (self), NULL);

  if (!self->is_lost)
    return NULL;
  error = weir_session_get_error (self->session);
  if (weir_session_get_state (self->session) == WEIR_SESSION_FAILED && error != NULL)
    return g_strdup (error->message);
  contact_at = weir_session_get_contact_at (self->session);
  if (contact_at == 0)
    return g_strdup (_("The collector does not answer. It is asked again and again."));
  clock = weir_format_clock (contact_at, TRUE);
  /* Translators: a time of day. */
  return g_strdup_printf (_("As of %s. The connection to the collector is lost; it is tried again "
                            "and again."), clock);
}
