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

/* A varint of four bytes at most, as they are where events are less than 268 s apart. Without a
 * branch for each byte: lengths change from row to row, so that a processor guesses them wrong. */
static inline gboolean
weir_column_iter_next_short (WeirColumnIter *self,
                             guint64        *delta)
{
  guint32 bytes, stop;

  __builtin_memcpy (&bytes, self->next, sizeof bytes);
  bytes = GUINT32_FROM_LE (bytes);
  stop = ~bytes & 0x80808080;
  if (G_UNLIKELY (stop == 0))
    return FALSE;
  self->next += (__builtin_ctz (stop) >> 3) + 1;
  /* What is behind it goes, then the groups of seven bits move together. */
  bytes &= stop ^ (stop - 1);
  bytes = (bytes & 0x007f007f) | (bytes & 0x7f007f00) >> 1;
  *delta = (bytes & 0x3fff) | (bytes >> 2 & 0xfffc000);

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
  if (G_UNLIKELY (self->end - self->next < (gssize) sizeof (guint32) ||
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
