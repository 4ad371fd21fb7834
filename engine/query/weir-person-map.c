/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-person-map.h"

#include <string.h>

#define MAX_SIZE (G_MAXUINT32 / 64 * 64)

/**
 * weir_person_map_new:
 *
 * Returns: (transfer full): a map in which everybody is their own person
 */
WeirPersonMap *
weir_person_map_new (void)
{
  return g_new0 (WeirPersonMap, 1);
}

/**
 * weir_person_map_free:
 * @self: (transfer full): a map
 */
void
weir_person_map_free (WeirPersonMap *self)
{
  weir_person_map_clear (self);
  g_free (self);
}

/**
 * weir_person_map_clear:
 * @self: a map
 *
 * Makes everybody their own person again.
 */
void
weir_person_map_clear (WeirPersonMap *self)
{
  g_clear_pointer (&self->persons, g_free);
  g_clear_pointer (&self->moved, g_free);
  self->size = 0;
  self->n_identities = 0;
  self->has_deleted = FALSE;
}

/**
 * weir_person_map_has_deleted:
 * @self: a map
 *
 * Returns: whether any identity was deleted, so that rows have to be looked at for it
 */
gboolean
weir_person_map_has_deleted (const WeirPersonMap *self)
{
  return self->has_deleted;
}

/* Makes room for @identity. */
static void
grow (WeirPersonMap *self,
      guint32        identity)
{
  guint64 wanted = MAX ((guint64) identity + 1, (guint64) self->size * 2);
  guint32 size = (guint32) MIN (MAX (wanted + 63, 1024), MAX_SIZE) / 64 * 64;

  self->persons = g_renew (guint32, self->persons, size);
  self->moved = g_renew (guint64, self->moved, size / 64);
  memset (self->persons + self->size, 0, (size - self->size) * sizeof (guint32));
  memset (self->moved + self->size / 64, 0, (size - self->size) / 8);
  self->size = size;
}

/**
 * weir_person_map_set:
 * @self: a map
 * @identity: an identity
 * @person: whose it is; 0 when it was deleted
 */
void
weir_person_map_set (WeirPersonMap *self,
                     guint32        identity,
                     guint32        person)
{
  g_return_if_fail (identity > 0 && identity < MAX_SIZE);

  if (identity >= self->size)
    grow (self, identity);
  if (person == identity)
    self->moved[identity / 64] &= ~(G_GUINT64_CONSTANT (1) << identity % 64);
  else
    self->moved[identity / 64] |= G_GUINT64_CONSTANT (1) << identity % 64;
  self->persons[identity] = person == identity ? 0 : person == 0 ? WEIR_PERSON_MAP_DELETED : person;
  self->n_identities = MAX (self->n_identities, identity);
  self->has_deleted |= person == 0;
}

/**
 * weir_person_map_set_n_identities:
 * @self: a map
 * @n_identities: the highest number of an identity there is
 *
 * Lets the map know of identities that are their own persons.
 */
void
weir_person_map_set_n_identities (WeirPersonMap *self,
                                  guint32        n_identities)
{
  self->n_identities = MAX (self->n_identities, n_identities);
}

/**
 * weir_person_map_get_n_identities:
 * @self: a map
 *
 * Returns: the highest number of an identity that the map was told of; no person's is higher
 */
guint32
weir_person_map_get_n_identities (const WeirPersonMap *self)
{
  return self->n_identities;
}
