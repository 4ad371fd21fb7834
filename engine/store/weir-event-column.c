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

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const WeirColumnRow *left = a, *right = b;

  if (left->name != right->name)
    return left->name < right->name ? -1 : 1;
  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  return (left->seq > right->seq) - (left->seq < right->seq);
}

/* Puts the rows of each name together, without changing their order. */
static void
group_by_name (WeirColumnRow *rows,
               guint          n_rows,
               guint32        n_names)
{
  g_autofree WeirColumnRow *other = g_new (WeirColumnRow, MAX (n_rows, 1));
  g_autofree guint *starts = g_new0 (guint, n_names + 2);

  for (guint i = 0; i < n_rows; i++)
    starts[rows[i].name + 1]++;
  for (guint32 name = 0; name <= n_names; name++)
    starts[name + 1] += starts[name];
  for (guint i = 0; i < n_rows; i++)
    other[starts[rows[i].name]++] = rows[i];
  memcpy (rows, other, n_rows * sizeof *rows);
}

/* Events come nearly in the order of time, so this moves little; when they do not, the library
 * sorts. */
static void
sort_nearly_sorted (WeirColumnRow *rows,
                    guint          n_rows)
{
  guint64 moves = 0;

  for (guint i = 1; i < n_rows; i++)
    {
      WeirColumnRow row = rows[i];
      guint j = i;

      while (j > 0 && compare_rows (&rows[j - 1], &row) > 0)
        {
          rows[j] = rows[j - 1];
          j--;
        }
      rows[j] = row;
      moves += i - j;
      if (moves > 16 * (guint64) n_rows)
        {
          qsort (rows, n_rows, sizeof *rows, compare_rows);
          return;
        }
    }
}

/**
 * weir_column_sort:
 * @rows: (array length=n_rows): rows, in any order
 * @n_rows: how many
 *
 * Sorts by name, then time, then seq.
 */
void
weir_column_sort (WeirColumnRow *rows,
                  guint          n_rows)
{
  guint32 n_names = 0;

  for (guint i = 0; i < n_rows; i++)
    n_names = MAX (n_names, rows[i].name);
  if (n_names < 65536)
    group_by_name (rows, n_rows, n_names);
  sort_nearly_sorted (rows, n_rows);
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
  for (guint i = 0; i < n_rows; i++)
    {
      guint32 identity = GUINT32_TO_LE (rows[i].identity);
      guint32 offset = GUINT32_TO_LE ((guint32) (rows[i].seq - first_seq));

      g_byte_array_append (block, (const guint8 *) &identity, sizeof identity);
      g_byte_array_append (seqs, (const guint8 *) &offset, sizeof offset);
    }
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
