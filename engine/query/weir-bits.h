/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-people.h"

G_BEGIN_DECLS

/**
 * WeirBits:
 * @words: bit i % 64 of word i / 64 says whether number i is in
 * @n_words: how many words
 *
 * A set of identities or persons, by their numbers. Grows as it is added to. Belongs to one thread.
 */
typedef struct {
  guint64 *words;
  guint32 n_words;
} WeirBits;

void      weir_bits_clear          (WeirBits        *self);
void      weir_bits_empty          (WeirBits        *self);
void      weir_bits_reserve        (WeirBits        *self,
                                    guint32          highest);
void      weir_bits_unite          (WeirBits        *self,
                                    const WeirBits  *other);
void      weir_bits_intersect      (WeirBits        *self,
                                    const WeirBits  *other);
void      weir_bits_subtract       (WeirBits        *self,
                                    const WeirBits  *other);
guint     weir_bits_count          (const WeirBits  *self);
guint     weir_bits_count_common   (const WeirBits  *self,
                                    const WeirBits  *other);
guint32   weir_bits_get_next       (const WeirBits  *self,
                                    guint32          after);
void      weir_bits_fold           (const WeirBits       *identities,
                                    const WeirPersonMap  *map,
                                    WeirBits             *persons);
gboolean  weir_person_cursor_parse (const char      *cursor,
                                    guint32         *after,
                                    GError         **error);
guint32   weir_bits_write_persons  (const WeirBits  *self,
                                    WeirPeople      *people,
                                    guint32          after,
                                    guint            limit,
                                    GString         *out);
void      weir_bits_write_csv      (const WeirBits  *self,
                                    WeirPeople      *people,
                                    guint32          after,
                                    guint            limit,
                                    GString         *out);
void      weir_bits_append_csv     (const WeirBits  *self,
                                    WeirPeople      *people,
                                    guint32          after,
                                    guint            limit,
                                    const char      *first,
                                    GString         *out);

static inline void
weir_bits_add (WeirBits *self,
               guint32   number)
{
  if (G_UNLIKELY (number / 64 >= self->n_words))
    weir_bits_reserve (self, number);
  self->words[number / 64] |= G_GUINT64_CONSTANT (1) << number % 64;
}

static inline void
weir_bits_remove (WeirBits *self,
                  guint32   number)
{
  if (number / 64 < self->n_words)
    self->words[number / 64] &= ~(G_GUINT64_CONSTANT (1) << number % 64);
}

static inline gboolean
weir_bits_contain (const WeirBits *self,
                   guint32         number)
{
  return number / 64 < self->n_words && (self->words[number / 64] >> number % 64 & 1) != 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirBits, weir_bits_clear)

G_END_DECLS
