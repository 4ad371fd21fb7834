/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* DDSketch (Masson, Rim, Lee, VLDB 2019), with one difference. A value x goes into the bin
 * ⌈log_γ x⌉ with γ = (1 + α) / (1 − α), and every value of a bin is within α of the bin's
 * representative 2γⁱ / (γ + 1). The paper bounds memory by collapsing the lowest bins, so that one
 * absurd value takes the accuracy of all others with it. Here the range is fixed instead: what is
 * nearer to zero than 10⁻¹² counts as zero, what is beyond 10²³ counts as 10²³. That is at most
 * 4 030 bins for each sign, none is ever collapsed, and merging is exact addition.
 *
 * Only the bins from the lowest to the highest used are kept.
 */

#include "config.h"

#include "weir-sketch.h"

#include <math.h>
#include <string.h>

#define ACCURACY 0.01
#define GAMMA ((1 + ACCURACY) / (1 - ACCURACY))
#define SMALLEST 1e-12
#define LARGEST 1e23
#define GROW_BY 32
/* Bins beyond these are of no value that weir_sketch_add() lets in. */
#define FIRST_BIN -1400
#define LAST_BIN 2700

typedef struct
{
  guint32 *counts;
  int first;       /* index of the first bin kept */
  guint n;
} Bins;

struct _WeirSketch
{
  Bins positive;
  Bins negative;   /* by absolute value */
  guint64 n_zero;
  guint64 count;
};

static int
index_of (double magnitude)
{
  static const double per_log = 0.020000666706669435;  /* ln γ */

  return (int) ceil (log (magnitude) / per_log);
}

static double
value_of (int index)
{
  return 2 * pow (GAMMA, index) / (GAMMA + 1);
}

/* Makes room for the bins from @first to @last. */
static void
bins_reserve (Bins *bins,
              int   first,
              int   last)
{
  guint32 *counts;
  int end;

  if (bins->n > 0 && first >= bins->first && last < bins->first + (int) bins->n)
    return;

  first -= GROW_BY / 2;
  end = last + GROW_BY / 2 + 1;
  if (bins->n > 0)
    {
      first = MIN (first, bins->first);
      end = MAX (end, bins->first + (int) bins->n);
    }

  counts = g_new0 (guint32, end - first);
  if (bins->n > 0)
    memcpy (counts + (bins->first - first), bins->counts, bins->n * sizeof (guint32));
  g_free (bins->counts);
  bins->counts = counts;
  bins->first = first;
  bins->n = end - first;
}

static void
bins_add (Bins    *bins,
          int      index,
          guint64  count)
{
  guint32 *bin;

  bins_reserve (bins, index, index);
  bin = &bins->counts[index - bins->first];
  *bin = MIN (*bin + count, G_MAXUINT32);
}

static void
bins_merge (Bins       *bins,
            const Bins *other)
{
  if (other->n == 0)
    return;

  bins_reserve (bins, other->first, other->first + (int) other->n - 1);
  for (guint i = 0; i < other->n; i++)
    {
      guint32 *bin = &bins->counts[other->first + (int) i - bins->first];

      *bin = MIN ((guint64) *bin + other->counts[i], G_MAXUINT32);
    }
}

static void
bins_clear (Bins *bins)
{
  if (bins->n > 0)
    memset (bins->counts, 0, bins->n * sizeof (guint32));
}

static void
write_varint (GByteArray *out,
              guint64     number)
{
  guint8 bytes[10];
  guint n = 0;

  for (; number >= 0x80; number >>= 7)
    bytes[n++] = (guint8) (number | 0x80);
  bytes[n++] = (guint8) number;
  g_byte_array_append (out, bytes, n);
}

static gboolean
read_varint (const guint8 **data,
             const guint8  *end,
             guint64       *number)
{
  *number = 0;
  for (guint shift = 0; shift < 64 && *data < end; shift += 7)
    {
      guint8 byte = *(*data)++;

      *number |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return shift < 63 || byte <= 1;
    }
  return FALSE;
}

/* How many bins are used; then for each how far it is from the one before, and its count. */
static void
write_bins (const Bins *bins,
            GByteArray *out)
{
  int last = FIRST_BIN;
  guint n_used = 0;

  for (guint i = 0; i < bins->n; i++)
    n_used += bins->counts[i] > 0;
  write_varint (out, n_used);
  for (guint i = 0; i < bins->n; i++)
    {
      if (bins->counts[i] == 0)
        continue;
      write_varint (out, (guint64) (bins->first + (int) i - last));
      write_varint (out, bins->counts[i]);
      last = bins->first + (int) i;
    }
}

static gboolean
read_bins (Bins          *bins,
           const guint8 **data,
           const guint8  *end,
           guint64       *sum)
{
  guint64 n_used, step, count;
  int index = FIRST_BIN;

  if (!read_varint (data, end, &n_used) || n_used > LAST_BIN - FIRST_BIN + 1)
    return FALSE;
  for (guint64 i = 0; i < n_used; i++)
    {
      if (!read_varint (data, end, &step) || !read_varint (data, end, &count) ||
          (i > 0 && step == 0) || step > (guint64) (LAST_BIN - index) || count == 0 ||
          count > G_MAXUINT32)
        return FALSE;
      index += (int) step;
      bins_add (bins, index, count);
      *sum += count;
    }
  return TRUE;
}

/**
 * weir_sketch_new:
 *
 * Returns: (transfer full): a sketch of no values
 */
WeirSketch *
weir_sketch_new (void)
{
  return g_new0 (WeirSketch, 1);
}

/**
 * weir_sketch_free:
 * @self: (nullable) (transfer full): a sketch
 *
 * Frees the sketch.
 */
void
weir_sketch_free (WeirSketch *self)
{
  if (self == NULL)
    return;

  g_free (self->positive.counts);
  g_free (self->negative.counts);
  g_free (self);
}

/**
 * weir_sketch_clear:
 * @self: a sketch
 *
 * Forgets all values; the memory is kept for the next ones.
 */
void
weir_sketch_clear (WeirSketch *self)
{
  g_return_if_fail (self != NULL);

  bins_clear (&self->positive);
  bins_clear (&self->negative);
  self->n_zero = 0;
  self->count = 0;
}

/**
 * weir_sketch_add:
 * @self: a sketch
 * @value: a value; NAN is none
 *
 * Adds one value. One bin counts up to 2³² − 1 of them.
 */
void
weir_sketch_add (WeirSketch *self,
                 double      value)
{
  double magnitude = MIN (fabs (value), LARGEST);

  g_return_if_fail (self != NULL);

  if (isnan (value))
    return;

  self->count++;
  if (magnitude < SMALLEST)
    self->n_zero++;
  else
    bins_add (value < 0 ? &self->negative : &self->positive, index_of (magnitude), 1);
}

/**
 * weir_sketch_merge:
 * @self: a sketch
 * @other: another, or the same
 *
 * Adds the values of @other: the result is the sketch that all values together would have given.
 */
void
weir_sketch_merge (WeirSketch       *self,
                   const WeirSketch *other)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (other != NULL);

  bins_merge (&self->positive, &other->positive);
  bins_merge (&self->negative, &other->negative);
  self->n_zero += other->n_zero;
  self->count += other->count;
}

/**
 * weir_sketch_get_count:
 * @self: a sketch
 *
 * Returns: how many values were added
 */
guint64
weir_sketch_get_count (const WeirSketch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->count;
}

/**
 * weir_sketch_get_quantile:
 * @self: a sketch
 * @quantile: from 0, the smallest value, to 1, the largest
 *
 * Estimates the value at rank ⌊quantile × (count − 1)⌋ of all values in order.
 *
 * Returns: a value within 1 % of the true one, or NAN when there are no values
 */
double
weir_sketch_get_quantile (const WeirSketch *self,
                          double            quantile)
{
  guint64 rank;
  guint64 seen = 0;

  g_return_val_if_fail (self != NULL, NAN);

  if (self->count == 0 || isnan (quantile))
    return NAN;

  rank = CLAMP (quantile, 0, 1) * (self->count - 1);

  for (guint i = self->negative.n; i > 0; i--)
    {
      seen += self->negative.counts[i - 1];
      if (seen > rank)
        return -value_of (self->negative.first + (int) i - 1);
    }

  seen += self->n_zero;
  if (seen > rank)
    return 0;

  for (guint i = 0; i < self->positive.n; i++)
    {
      seen += self->positive.counts[i];
      if (seen > rank)
        return value_of (self->positive.first + (int) i);
    }

  /* Only reached when a bin was full. */
  return LARGEST;
}

/**
 * weir_sketch_write:
 * @self: a sketch
 * @out: where it is appended
 *
 * Writes the sketch for [method@Weir.Sketch.read]: the count of values, that of zeros, and the bins
 * that are used, as numbers of seven bits a byte. About two bytes a bin.
 */
void
weir_sketch_write (const WeirSketch *self,
                   GByteArray       *out)
{
  g_return_if_fail (self != NULL);

  write_varint (out, self->count);
  write_varint (out, self->n_zero);
  write_bins (&self->positive, out);
  write_bins (&self->negative, out);
}

/**
 * weir_sketch_read:
 * @self: a sketch; what it knew is forgotten
 * @data: (array length=length): what weir_sketch_write() wrote, or anything
 * @length: how many bytes
 *
 * Returns: whether @data was a sketch, all of it; if not, @self has no values
 */
gboolean
weir_sketch_read (WeirSketch   *self,
                  const guint8 *data,
                  gsize         length)
{
  const guint8 *end = data + length;
  guint64 sum = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  weir_sketch_clear (self);
  if (read_varint (&data, end, &self->count) && read_varint (&data, end, &self->n_zero) &&
      read_bins (&self->positive, &data, end, &sum) &&
      read_bins (&self->negative, &data, end, &sum) && data == end &&
      self->n_zero <= self->count && sum <= self->count - self->n_zero)
    return TRUE;
  weir_sketch_clear (self);

  return FALSE;
}
