/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-describer.h"

/* A description that changed each second would talk over everything else. */
#define INTERVAL_SECONDS 5

struct _WeirDescriber
{
  GtkWidget *picture;      /* not owned: it owns this */
  WeirDescribe describe;
  gint64 described_at;
  guint timeout_id;
};

/**
 * weir_describer_new:
 * @picture: a picture, which owns it
 * @describe: what finds the words
 *
 * Returns: (transfer full): a describer that has not said anything yet
 */
WeirDescriber *
weir_describer_new (GtkWidget    *picture,
                    WeirDescribe  describe)
{
  WeirDescriber *self = g_new0 (WeirDescriber, 1);

  self->picture = picture;
  self->describe = describe;
  return self;
}

/**
 * weir_describer_free:
 * @self: (transfer full): a describer
 *
 * Frees it.
 */
void
weir_describer_free (WeirDescriber *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_free (self);
}

/* What came in between is said in the end. */
static gboolean
timeout_cb (gpointer user_data)
{
  WeirDescriber *self = user_data;

  self->timeout_id = 0;
  weir_describer_update (self, TRUE);
  return G_SOURCE_REMOVE;
}

/**
 * weir_describer_update:
 * @self: a describer
 * @now: whether the reader asked for it, so that it cannot wait
 *
 * Says what the picture shows now.
 */
void
weir_describer_update (WeirDescriber *self,
                       gboolean       now)
{
  gint64 time = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (!now && time - self->described_at < INTERVAL_SECONDS * G_USEC_PER_SEC)
    {
      if (self->timeout_id == 0)
        self->timeout_id = g_timeout_add_seconds (INTERVAL_SECONDS, timeout_cb, self);
      return;
    }
  self->described_at = time;
  text = self->describe (self->picture);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text != NULL ? text : "",
                                  -1);
}
