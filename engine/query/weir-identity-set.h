/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-bits.h"
#include "weir-condition.h"

G_BEGIN_DECLS

/**
 * WeirIdentitySet:
 *
 * A set of identities that is small while few are in it: a hash table, which turns into bits when
 * those take less. Zero-initialized it is empty. Belongs to one thread.
 */
typedef struct {
  guint32 *slots;   /* 0 is a free one */
  guint32 n_slots;  /* a power of two */
  guint32 n;
  guint32 highest;
  WeirBits bits;
} WeirIdentitySet;

void      weir_identity_set_clear      (WeirIdentitySet        *self);
void      weir_identity_set_add_rows   (WeirIdentitySet        *self,
                                        const WeirRow          *rows,
                                        guint                   n_rows);
void      weir_identity_set_add_slow   (WeirIdentitySet        *self,
                                        guint32                 identity);
gboolean  weir_identity_set_contains   (const WeirIdentitySet  *self,
                                        guint32                 identity);
void      weir_identity_set_unite      (WeirIdentitySet        *self,
                                        const WeirIdentitySet  *other);
guint     weir_identity_set_count_persons (const WeirIdentitySet  *self,
                                           const WeirPersonMap    *map,
                                           WeirBits               *scratch);

static inline void
weir_identity_set_add (WeirIdentitySet *self,
                       guint32          identity)
{
  if (identity / 64 < self->bits.n_words)
    self->bits.words[identity / 64] |= G_GUINT64_CONSTANT (1) << identity % 64;
  else
    weir_identity_set_add_slow (self, identity);
}

G_END_DECLS
