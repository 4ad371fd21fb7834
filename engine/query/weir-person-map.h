/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirPersonMap:
 *
 * Which person each identity belongs to, as of one moment: an array indexed by the number of the
 * identity. Identities and persons are numbers of the store, from 1 on; a person's number is the
 * number of one of its identities. An identity that nothing is known of is its own person, so only
 * those that were moved or deleted need to be told. Belongs to one thread.
 */
typedef struct {
  /*< private >*/
  guint32 *persons;   /* 0 for "its own person" */
  guint64 *moved;     /* bits of those that are not */
  guint32 size;       /* a multiple of 64 */
  guint32 n_identities;
  gboolean has_deleted;
} WeirPersonMap;

#define WEIR_PERSON_MAP_DELETED G_MAXUINT32

/**
 * WeirPersonChange:
 * @identity: the identity
 * @old_person: whose it was
 * @new_person: whose it is; the same when only the person's properties changed; 0 when it was
 *   deleted together with its events
 *
 * One change of who somebody is.
 */
typedef struct {
  guint32 identity;
  guint32 old_person;
  guint32 new_person;
} WeirPersonChange;

WeirPersonMap *weir_person_map_new    (void);
void           weir_person_map_free   (WeirPersonMap       *self);
void           weir_person_map_clear  (WeirPersonMap       *self);
void           weir_person_map_set    (WeirPersonMap       *self,
                                       guint32              identity,
                                       guint32              person);
gboolean       weir_person_map_has_deleted (const WeirPersonMap *self);
void           weir_person_map_set_n_identities (WeirPersonMap       *self,
                                                 guint32              n_identities);
guint32        weir_person_map_get_n_identities (const WeirPersonMap *self);

/**
 * weir_person_map_get:
 * @self: a map
 * @identity: an identity
 *
 * Returns: whose it is; 0 when it was deleted
 */
static inline guint32
weir_person_map_get (const WeirPersonMap *self,
                     guint32              identity)
{
  guint32 person = identity < self->size ? self->persons[identity] : 0;

  if (person == 0)
    return identity;
  return person == WEIR_PERSON_MAP_DELETED ? 0 : person;
}

/**
 * weir_person_map_get_moved:
 * @self: a map
 * @word: a number
 *
 * Returns: for the 64 identities from 64 × @word on, in bits: which are not their own persons
 */
static inline guint64
weir_person_map_get_moved (const WeirPersonMap *self,
                           guint32              word)
{
  return word < self->size / 64 ? self->moved[word] : 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPersonMap, weir_person_map_free)

G_END_DECLS
