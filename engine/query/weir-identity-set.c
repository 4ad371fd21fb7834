/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-set.h"

#define FIRST_SLOTS 8

/* So many rows at once get room beforehand, sixteen bytes a row at most. */
#define MANY_ROWS 1024

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

static void
make_room (WeirIdentitySet *self,
           const WeirRow   *rows,
           guint            n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    self->highest = MAX (self->highest, rows[i].identity);
  while (self->bits.n_words == 0 && (self->n + n_rows) * 2 >= self->n_slots)
    grow (self);
}

/**
 * weir_identity_set_add_rows:
 * @self: a set
 * @rows: (array length=n_rows): events
 * @n_rows: how many
 *
 * Adds whose they are.
 */
void
weir_identity_set_add_rows (WeirIdentitySet *self,
                            const WeirRow   *rows,
                            guint            n_rows)
{
  if (n_rows >= MANY_ROWS && self->bits.n_words == 0)
    make_room (self, rows, n_rows);
  for (guint i = 0; i < n_rows; i++)
    weir_identity_set_add (self, rows[i].identity);
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

static guint
count_slots (const WeirIdentitySet *self,
             const WeirPersonMap   *map,
             WeirBits              *scratch)
{
  guint count = 0;

  for (guint32 i = 0; i < self->n_slots; i++)
    {
      guint32 person = weir_person_map_get (map, self->slots[i]);

      if (person == 0 || weir_bits_contain (scratch, person))
        continue;
      weir_bits_add (scratch, person);
      count++;
    }
  for (guint32 i = 0; i < self->n_slots; i++)
    weir_bits_remove (scratch, weir_person_map_get (map, self->slots[i]));

  return count;
}

/**
 * weir_identity_set_count_persons:
 * @self: a set
 * @map: who belongs to whom
 * @scratch: an empty set of bits; it is empty again afterwards, and keeps its room
 *
 * Returns: how many persons its identities are
 */
guint
weir_identity_set_count_persons (const WeirIdentitySet *self,
                                 const WeirPersonMap   *map,
                                 WeirBits              *scratch)
{
  guint count;

  if (self->bits.n_words == 0)
    return count_slots (self, map, scratch);

  weir_bits_fold (&self->bits, map, scratch);
  count = weir_bits_count (scratch);
  weir_bits_empty (scratch);

  return count;
}
