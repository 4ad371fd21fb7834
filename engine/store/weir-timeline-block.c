/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-timeline-block.h"

#include <string.h>

/*
 * A block holds entries sorted by identity: for each identity how far it is from the one before,
 * how many entries it has, and their offsets as differences. All are varints (LEB128), so an entry
 * takes three to five bytes. A block ends with an identity, so that a look-up needs one block.
 */

#define BLOCK_ENTRIES 4096
#define RADIX_BITS    11

static void
write_varint (GByteArray *block,
              guint32     value)
{
  guint8 bytes[5];
  guint n = 0;

  while (value >= 0x80)
    {
      bytes[n++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  bytes[n++] = (guint8) value;
  g_byte_array_append (block, bytes, n);
}

/* Returns 0 at the end of the data; blocks come from our own file, but files can be damaged. */
static guint32
read_varint (const guint8 **data,
             const guint8  *end)
{
  guint32 value = 0;

  for (guint shift = 0; *data < end && shift < 35; shift += 7)
    {
      guint8 byte = *(*data)++;

      value |= (guint32) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return value;
    }
  *data = end;
  return 0;
}

static void
sort_pass (const WeirTimelineEntry *from,
           WeirTimelineEntry       *to,
           guint                    n_entries,
           guint                    shift)
{
  guint starts[1 << RADIX_BITS] = { 0 };
  guint mask = (1 << RADIX_BITS) - 1;
  guint sum = 0;

  for (guint i = 0; i < n_entries; i++)
    starts[from[i] >> shift & mask]++;
  for (guint i = 0; i <= mask; i++)
    {
      guint count = starts[i];

      starts[i] = sum;
      sum += count;
    }
  for (guint i = 0; i < n_entries; i++)
    to[starts[from[i] >> shift & mask]++] = from[i];
}

/**
 * weir_timeline_sort:
 * @entries: (array length=n_entries): entries, those of one identity in order already
 * @n_entries: how many
 *
 * Sorts by identity, stably (radix sort from the least digit), since events come in the order of
 * seq.
 */
void
weir_timeline_sort (WeirTimelineEntry *entries,
                    guint              n_entries)
{
  g_autofree WeirTimelineEntry *other = g_new (WeirTimelineEntry, MAX (n_entries, 1));
  WeirTimelineEntry *from = entries;
  WeirTimelineEntry *to = other;
  guint64 all = 0;

  for (guint i = 0; i < n_entries; i++)
    all |= entries[i];
  for (guint shift = 32; shift < 64 && all >> shift != 0; shift += RADIX_BITS)
    {
      WeirTimelineEntry *swap = from;

      sort_pass (from, to, n_entries, shift);
      from = to;
      to = swap;
    }
  if (from != entries)
    memcpy (entries, from, n_entries * sizeof *entries);
}

/**
 * weir_timeline_block_write:
 * @entries: (array length=n_entries): sorted entries
 * @n_entries: how many, at least one
 * @block: where the block is appended
 *
 * Writes as many as make a block.
 *
 * Returns: how many were written
 */
guint
weir_timeline_block_write (const WeirTimelineEntry *entries,
                           guint                    n_entries,
                           GByteArray              *block)
{
  guint32 previous = 0;
  guint i = 0;

  while (i < n_entries && i < BLOCK_ENTRIES)
    {
      guint32 identity = weir_timeline_entry_get_identity (entries[i]);
      guint32 offset = 0;
      guint end = i;

      while (end < n_entries && weir_timeline_entry_get_identity (entries[end]) == identity)
        end++;
      write_varint (block, identity - previous);
      write_varint (block, end - i);
      for (; i < end; i++)
        {
          write_varint (block, weir_timeline_entry_get_offset (entries[i]) - offset);
          offset = weir_timeline_entry_get_offset (entries[i]);
        }
      previous = identity;
    }

  return i;
}

/**
 * weir_timeline_block_read:
 * @data: a block
 * @size: its size in bytes
 * @first: first identity to report
 * @last: last identity to report
 * @func: (scope call): called for each entry, in order
 * @user_data: for @func
 */
void
weir_timeline_block_read (const guint8     *data,
                          gsize             size,
                          guint32           first,
                          guint32           last,
                          WeirTimelineFunc  func,
                          gpointer          user_data)
{
  const guint8 *end = data + size;
  guint32 identity = 0;

  while (data < end)
    {
      guint32 offset = 0;
      guint32 n_left;

      identity += read_varint (&data, end);
      n_left = read_varint (&data, end);
      if (identity > last)
        return;
      for (; n_left > 0 && data < end; n_left--)
        {
          offset += read_varint (&data, end);
          if (identity >= first)
            func (weir_timeline_entry_new (identity, offset), user_data);
        }
    }
}
