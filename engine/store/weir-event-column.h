/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirColumnRow:
 * @time: when it happened, microseconds since the epoch
 * @seq: position in the stream
 * @name: number of the event's name
 * @identity: number of the identity
 *
 * What most questions need to know of an event.
 */
typedef struct {
  gint64 time;
  guint64 seq;
  guint32 name;
  guint32 identity;
} WeirColumnRow;


void      weir_column_sort      (WeirColumnRow        *rows,
                                 guint                 n_rows);
void      weir_column_write     (const WeirColumnRow  *rows,
                                 guint                 n_rows,
                                 guint64               first_seq,
                                 GByteArray           *block,
                                 GByteArray           *seqs);
gboolean  weir_column_read      (const guint8         *block,
                                 gsize                 size,
                                 const guint8         *seqs,
                                 gsize                 seqs_size,
                                 guint32               name,
                                 guint64               first_seq,
                                 GArray               *rows);

/**
 * WeirColumnIter:
 *
 * Walks times and identities of a block, in the order of time. On the stack; needs no clean-up.
 */
typedef struct {
  const guint8 *next;
  const guint8 *end;
  const guint8 *identities;
  guint n_left;
  gint64 time;
} WeirColumnIter;

gboolean  weir_column_iter_init (WeirColumnIter       *self,
                                 const guint8         *block,
                                 gsize                 size);

/* A varint that lies within the next eight bytes, without a branch for each: lengths change from row
 * to row, so that a processor guesses them wrong. Returns FALSE when it is longer. */
static inline gboolean
weir_column_iter_next_short (WeirColumnIter *self,
                             guint64        *delta)
{
  guint64 bytes, stop;

  __builtin_memcpy (&bytes, self->next, sizeof bytes);
  bytes = GUINT64_FROM_LE (bytes);
  stop = ~bytes & G_GUINT64_CONSTANT (0x8080808080808080);
  if (G_UNLIKELY (stop == 0))
    return FALSE;
  self->next += (__builtin_ctzll (stop) >> 3) + 1;
  /* What is behind it goes, then the groups of 7, 14 and 28 bits move together. */
  bytes &= (stop ^ (stop - 1)) & G_GUINT64_CONSTANT (0x7f7f7f7f7f7f7f7f);
  bytes = (bytes & G_GUINT64_CONSTANT (0x007f007f007f007f)) |
          (bytes & G_GUINT64_CONSTANT (0x7f007f007f007f00)) >> 1;
  bytes = (bytes & G_GUINT64_CONSTANT (0x00003fff00003fff)) |
          (bytes & G_GUINT64_CONSTANT (0x3fff00003fff0000)) >> 2;
  *delta = (bytes & G_GUINT64_CONSTANT (0x000000000fffffff)) | bytes >> 32 << 28;

  return TRUE;
}

static inline gboolean
weir_column_iter_next (WeirColumnIter *self,
                       gint64         *time,
                       guint32        *identity)
{
  guint64 delta = 0;

  if (self->n_left == 0)
    return FALSE;
  if (G_UNLIKELY (self->end - self->next < (gssize) sizeof delta ||
                  !weir_column_iter_next_short (self, &delta)))
    {
      for (guint shift = 0; self->next < self->end && shift < 63; shift += 7)
        {
          guint8 byte = *self->next++;

          delta |= (guint64) (byte & 0x7f) << shift;
          if (byte < 0x80)
            break;
        }
    }
  self->n_left--;
  self->time = (gint64) ((guint64) self->time + delta);
  *time = self->time;
  __builtin_memcpy (identity, self->identities, sizeof *identity);
  self->identities += sizeof *identity;

  return TRUE;
}

G_END_DECLS
