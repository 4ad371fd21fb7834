/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-column.h"

#include <stdlib.h>
#include <string.h>

/*
 * The events of one name in one part of the stream, in the order of time, by columns: the number of
 * rows, the first time, then for each row how much later it was than the one before as a varint,
 * then the identities as 32-bit numbers, all little-endian. Beside it, for who needs the rows
 * themselves, their seqs relative to the start of the part. Eight bytes a row are read where the
 * index takes a hundred nanoseconds.
 */

#define HEADER_SIZE (sizeof (guint32) + sizeof (gint64))

#define RADIX_BITS 11
#define MAX_NAMES  65536

/* Puts rows in the order of RADIX_BITS bits of their time, stably. */
static void
sort_pass (const WeirColumnRow *from,
           WeirColumnRow       *to,
           guint                n_rows,
           gint64               first,
           guint                shift)
{
  const guint mask = (1 << RADIX_BITS) - 1;
  guint starts[1 << RADIX_BITS] = { 0 };
  guint sum = 0;

  for (guint i = 0; i < n_rows; i++)
    starts[((guint64) from[i].time - (guint64) first) >> shift & mask]++;
  for (guint i = 0; i <= mask; i++)
    {
      guint count = starts[i];

      starts[i] = sum;
      sum += count;
    }
  for (guint i = 0; i < n_rows; i++)
    to[starts[((guint64) from[i].time - (guint64) first) >> shift & mask]++] = from[i];
}

/* Puts the rows of each name together, stably. */
static void
group_by_name (const WeirColumnRow *from,
               WeirColumnRow       *to,
               guint                n_rows,
               guint32              n_names)
{
  g_autofree guint *starts = g_new0 (guint, n_names + 2);

  for (guint i = 0; i < n_rows; i++)
    starts[from[i].name + 1]++;
  for (guint32 name = 0; name <= n_names; name++)
    starts[name + 1] += starts[name];
  for (guint i = 0; i < n_rows; i++)
    to[starts[from[i].name]++] = from[i];
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const WeirColumnRow *left = a, *right = b;

  if (left->name != right->name)
    return left->name < right->name ? -1 : 1;
  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  return (left->seq > right->seq) - (left->seq < right->seq);
}

/**
 * weir_column_sort:
 * @rows: (array length=n_rows): rows, in the order of seq
 * @n_rows: how many
 *
 * Sorts by name, then time, then seq: a radix sort from the least digit of the time, of as many
 * passes as the time between the first and the last event needs.
 */
void
weir_column_sort (WeirColumnRow *rows,
                  guint          n_rows)
{
  g_autofree WeirColumnRow *other = g_new (WeirColumnRow, MAX (n_rows, 1));
  WeirColumnRow *from = rows;
  WeirColumnRow *to = other;
  gint64 first = G_MAXINT64, last = G_MININT64;
  guint32 n_names = 0;

  for (guint i = 0; i < n_rows; i++)
    {
      first = MIN (first, rows[i].time);
      last = MAX (last, rows[i].time);
      n_names = MAX (n_names, rows[i].name);
    }
  /* More names than anybody can look at are not worth a table. */
  if (n_names >= MAX_NAMES)
    {
      qsort (rows, n_rows, sizeof *rows, compare_names);
      return;
    }

  for (guint shift = 0; shift < 64 && ((guint64) last - (guint64) first) >> shift != 0;
       shift += RADIX_BITS)
    {
      WeirColumnRow *swap = from;

      sort_pass (from, to, n_rows, first, shift);
      from = to;
      to = swap;
    }
  group_by_name (from, to, n_rows, n_names);
  if (to != rows)
    memcpy (rows, to, n_rows * sizeof *rows);
}

static void
append_varint (GByteArray *block,
               guint64     value)
{
  guint8 bytes[10];
  guint n = 0;

  while (value >= 0x80)
    {
      bytes[n++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  bytes[n++] = (guint8) value;
  g_byte_array_append (block, bytes, n);
}

static void
append_numbers (const WeirColumnRow *rows,
                guint                n_rows,
                guint64              first_seq,
                GByteArray          *block,
                GByteArray          *seqs)
{
  guint identities_at = block->len, seqs_at = seqs->len;

  g_byte_array_set_size (block, identities_at + n_rows * sizeof (guint32));
  g_byte_array_set_size (seqs, seqs_at + n_rows * sizeof (guint32));
  for (guint i = 0; i < n_rows; i++)
    {
      guint32 identity = GUINT32_TO_LE (rows[i].identity);
      guint32 offset = GUINT32_TO_LE ((guint32) (rows[i].seq - first_seq));

      memcpy (block->data + identities_at + i * sizeof identity, &identity, sizeof identity);
      memcpy (seqs->data + seqs_at + i * sizeof offset, &offset, sizeof offset);
    }
}

/**
 * weir_column_write:
 * @rows: (array length=n_rows): sorted rows of one name
 * @n_rows: how many, at least one
 * @first_seq: start of the part
 * @block: where times and identities are appended
 * @seqs: where the seqs are appended
 */
void
weir_column_write (const WeirColumnRow *rows,
                   guint                n_rows,
                   guint64              first_seq,
                   GByteArray          *block,
                   GByteArray          *seqs)
{
  guint32 count = GUINT32_TO_LE (n_rows);
  gint64 first = GINT64_TO_LE (rows[0].time);
  gint64 previous = rows[0].time;

  g_byte_array_append (block, (const guint8 *) &count, sizeof count);
  g_byte_array_append (block, (const guint8 *) &first, sizeof first);
  for (guint i = 0; i < n_rows; i++)
    {
      append_varint (block, (guint64) rows[i].time - (guint64) previous);
      previous = rows[i].time;
    }
  append_numbers (rows, n_rows, first_seq, block, seqs);
}

/**
 * weir_column_iter_init:
 * @self: an iterator
 * @block: a block
 * @size: its size in bytes
 *
 * Returns: whether the block can be one; files can be damaged
 */
gboolean
weir_column_iter_init (WeirColumnIter *self,
                       const guint8   *block,
                       gsize           size)
{
  guint32 count;

  memset (self, 0, sizeof *self);
  if (size < HEADER_SIZE)
    return FALSE;
  memcpy (&count, block, sizeof count);
  memcpy (&self->time, block + sizeof count, sizeof self->time);
  count = GUINT32_FROM_LE (count);
  self->time = GINT64_FROM_LE (self->time);
  /* Each row has at least a byte of time and four of identity. */
  if ((size - HEADER_SIZE) / 5 < count)
    return FALSE;

  self->n_left = count;
  self->next = block + HEADER_SIZE;
  self->identities = block + size - (gsize) count * sizeof (guint32);
  self->end = self->identities;

  return TRUE;
}

/**
 * weir_column_read:
 * @block: a block
 * @size: its size in bytes
 * @seqs: the seqs that belong to it
 * @seqs_size: their size in bytes
 * @name: number of the name
 * @first_seq: start of the part
 * @rows: (element-type Weir.ColumnRow): where the rows are appended
 *
 * Returns: whether the block could be read
 */
gboolean
weir_column_read (const guint8 *block,
                  gsize         size,
                  const guint8 *seqs,
                  gsize         seqs_size,
                  guint32       name,
                  guint64       first_seq,
                  GArray       *rows)
{
  WeirColumnIter iter;
  WeirColumnRow row = { .name = name };

  if (!weir_column_iter_init (&iter, block, size) || seqs_size / sizeof (guint32) != iter.n_left)
    return FALSE;
  while (weir_column_iter_next (&iter, &row.time, &row.identity))
    {
      guint32 offset;

      memcpy (&offset, seqs, sizeof offset);
      seqs += sizeof offset;
      row.identity = GUINT32_FROM_LE (row.identity);
      row.seq = first_seq + GUINT32_FROM_LE (offset);
      g_array_append_val (rows, row);
    }
  return TRUE;
}
