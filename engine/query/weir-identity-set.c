/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-set.h"

#define FIRST_SLOTS 8

static guint32
find_slot (const WeirIdentitySet *self,
           guint32                identity)
{
  guint32 slot = identity * 2654435769u & (self->n_slots - 1);

  while (self->slots[slot] != 0 && self->slots[slot] != identity)
    slot = (slot + 1) & (self->n_slots - 1);

  return slot;
}

/* Makes room for one more, as a greater table or as bits, whichever is less. */
static void
grow (WeirIdentitySet *self)
{
  guint32 *old = self->slots;
  guint32 n_old = self->n_slots;
  gboolean to_bits = n_old > 0 && (guint64) n_old * 2 * sizeof (guint32) >= self->highest / 8;

  self->n_slots = to_bits ? 0 : MAX (n_old * 2, FIRST_SLOTS);
  self->slots = to_bits ? NULL : g_new0 (guint32, self->n_slots);
  if (to_bits)
    weir_bits_reserve (&self->bits, self->highest);
  for (guint32 i = 0; i < n_old; i++)
    {
      if (old[i] == 0)
        continue;
      if (to_bits)
        weir_bits_add (&self->bits, old[i]);
      else
        self->slots[find_slot (self, old[i])] = old[i];
    }
  g_free (old);
}

/**
 * weir_identity_set_clear:
 * @self: a set
 *
 * Frees what it holds; it is empty then.
 */
void
weir_identity_set_clear (WeirIdentitySet *self)
{
  g_free (self->slots);
  weir_bits_clear (&self->bits);
  *self = (WeirIdentitySet) { 0 };
}

/**
 * weir_identity_set_add_slow:
 * @self: a set
 * @identity: an identity, not 0
 *
 * What [func@Weir.identity_set_add] does when there is no bit for the identity yet.
 */
void
weir_identity_set_add_slow (WeirIdentitySet *self,
                            guint32          identity)
{
  guint32 slot;

  self->highest = MAX (self->highest, identity);
  if (self->bits.n_words == 0 && self->n * 2 >= self->n_slots)
    grow (self);
  if (self->bits.n_words > 0)
    {
      weir_bits_add (&self->bits, identity);
      return;
    }
  slot = find_slot (self, identity);
  if (self->slots[slot] == 0)
    {
      self->slots[slot] = identity;
      self->n++;
    }
}

/**
 * weir_identity_set_contains:
 * @self: a set
 * @identity: an identity
 *
 * Returns: whether it is in
 */
gboolean
weir_identity_set_contains (const WeirIdentitySet *self,
                            guint32                identity)
{
  if (self->n_slots == 0)
    return weir_bits_contain (&self->bits, identity);

  return self->slots[find_slot (self, identity)] == identity;
}

/**
 * weir_identity_set_unite:
 * @self: a set
 * @other: another
 *
 * Adds what is in @other.
 */
void
weir_identity_set_unite (WeirIdentitySet       *self,
                         const WeirIdentitySet *other)
{
  for (guint32 i = 0; i < other->n_slots; i++)
    {
      if (other->slots[i] != 0)
        weir_identity_set_add (self, other->slots[i]);
    }
  for (guint32 i = weir_bits_get_next (&other->bits, 0); i != 0;
       i = weir_bits_get_next (&other->bits, i))
    weir_identity_set_add (self, i);
}

static inline guint
stamp_person (const WeirPersonMap *map,
              guint32              identity,
              GArray              *stamps,
              guint32              stamp)
{
  guint32 person = weir_person_map_get (map, identity);

  if (person == 0)
    return 0;
  if (person >= stamps->len)
    g_array_set_size (stamps, MAX (person + 1, stamps->len + stamps->len / 4));
  if (g_array_index (stamps, guint32, person) == stamp)
    return 0;
  g_array_index (stamps, guint32, person) = stamp;

  return 1;
}

/**
 * weir_identity_set_count_persons:
 * @self: a set
 * @map: who belongs to whom
 * @stamps: (element-type guint32): an array that clears what it grows by, empty at first
 * @stamp: a number that was never used with @stamps
 *
 * Returns: how many persons its identities are
 */
guint
weir_identity_set_count_persons (const WeirIdentitySet *self,
                                 const WeirPersonMap   *map,
                                 GArray                *stamps,
                                 guint32                stamp)
{
  guint count = 0;

  for (guint32 i = 0; i < self->n_slots; i++)
    {
      if (self->slots[i] != 0)
        count += stamp_person (map, self->slots[i], stamps, stamp);
    }
  for (guint32 word = 0; word < self->bits.n_words; word++)
    {
      for (guint64 left = self->bits.words[word]; left != 0; left &= left - 1)
        count += stamp_person (map, word * 64 + (guint32) __builtin_ctzll (left), stamps, stamp);
    }

  return count;
}
