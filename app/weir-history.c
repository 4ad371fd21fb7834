/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-history.h"

#define MAX_PLACES 100

struct _WeirHistory
{
  GPtrArray *places;
  guint at;
};

static void
place_free (gpointer data)
{
  WeirPlace *place = data;

  g_free (place->page);
  g_variant_unref (place->scope);
  g_clear_pointer (&place->state, g_variant_unref);
  g_free (place);
}

static gboolean
is_same_state (GVariant *a,
               GVariant *b)
{
  return a == b || (a != NULL && b != NULL && g_variant_equal (a, b));
}

/**
 * weir_history_new:
 *
 * Returns: (transfer full): a history of nothing
 */
WeirHistory *
weir_history_new (void)
{
  WeirHistory *self = g_new0 (WeirHistory, 1);

  self->places = g_ptr_array_new_with_free_func (place_free);
  return self;
}

/**
 * weir_history_free:
 * @self: a history
 *
 * Frees it.
 */
void
weir_history_free (WeirHistory *self)
{
  g_ptr_array_unref (self->places);
  g_free (self);
}

/**
 * weir_history_push:
 * @self: a history
 * @page: name of the page where the reader is now
 * @scope: what the window speaks of; a floating one is taken
 * @state: (nullable): where in the page the reader is; a floating one is taken
 *
 * Takes note of where the reader has gone. The same place again is not another one.
 *
 * Returns: whether it is another place
 */
gboolean
weir_history_push (WeirHistory *self,
                   const char  *page,
                   GVariant    *scope,
                   GVariant    *state)
{
  g_autoptr(GVariant) taken_scope = g_variant_ref_sink (scope);
  g_autoptr(GVariant) taken_state = state != NULL ? g_variant_ref_sink (state) : NULL;
  WeirPlace *place;

  if (self->places->len > 0)
    {
      place = g_ptr_array_index (self->places, self->at);
      if (g_str_equal (place->page, page) && g_variant_equal (place->scope, taken_scope)
          && is_same_state (place->state, taken_state))
        return FALSE;
      g_ptr_array_set_size (self->places, (int) self->at + 1);
    }
  if (self->places->len == MAX_PLACES)
    g_ptr_array_remove_index (self->places, 0);

  place = g_new0 (WeirPlace, 1);
  place->page = g_strdup (page);
  place->scope = g_steal_pointer (&taken_scope);
  place->state = g_steal_pointer (&taken_state);
  g_ptr_array_add (self->places, place);
  self->at = self->places->len - 1;
  return TRUE;
}

/**
 * weir_history_can_step:
 * @self: a history
 * @step: -1 for back, 1 for forward
 *
 * Returns: whether there is somewhere to go
 */
gboolean
weir_history_can_step (WeirHistory *self,
                       int          step)
{
  gint64 to = (gint64) self->at + step;

  return to >= 0 && to < self->places->len;
}

/**
 * weir_history_step:
 * @self: a history
 * @step: -1 for back, 1 for forward
 *
 * Goes back or forward.
 *
 * Returns: (transfer none) (nullable): where the reader is then, or %NULL when there is nowhere to
 *   go
 */
const WeirPlace *
weir_history_step (WeirHistory *self,
                   int          step)
{
  if (!weir_history_can_step (self, step))
    return NULL;
  self->at = (guint) ((gint64) self->at + step);
  return g_ptr_array_index (self->places, self->at);
}
