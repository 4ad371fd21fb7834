/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-row.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"

struct _WeirCompareRow
{
  GObject parent_instance;

  char *title;
  double values[2];         /* NAN: not there */
  double bases[2];          /* what the values are a part of; NAN: of nothing */
  gboolean is_heading;
};

G_DEFINE_FINAL_TYPE (WeirCompareRow, weir_compare_row, G_TYPE_OBJECT)

static void
weir_compare_row_finalize (GObject *object)
{
  g_free (WEIR_COMPARE_ROW (object)->title);

  G_OBJECT_CLASS (weir_compare_row_parent_class)->finalize (object);
}

static void
weir_compare_row_class_init (WeirCompareRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_compare_row_finalize;
}

static void
weir_compare_row_init (WeirCompareRow *self)
{
}

static double
get_ratio (WeirCompareRow *self,
           guint           side)
{
  return self->bases[side] > 0 ? self->values[side] / self->bases[side] : NAN;
}

/**
 * weir_compare_row_new_heading:
 * @title: what the rows below it are about
 *
 * Returns: (transfer full): a heading
 */
WeirCompareRow *
weir_compare_row_new_heading (const char *title)
{
  WeirCompareRow *self = weir_compare_row_new (title, NAN, NAN, NAN, NAN);

  self->is_heading = TRUE;
  return self;
}

/**
 * weir_compare_row_new:
 * @title: what is counted
 * @first: how many in the first file; NAN where it is not there
 * @second: how many in the second file
 * @first_base: what @first is a part of, or NAN
 * @second_base: what @second is a part of, or NAN
 *
 * Returns: (transfer full): a row
 */
WeirCompareRow *
weir_compare_row_new (const char *title,
                      double      first,
                      double      second,
                      double      first_base,
                      double      second_base)
{
  WeirCompareRow *self = g_object_new (WEIR_TYPE_COMPARE_ROW, NULL);

  self->title = g_strdup (title);
  self->values[0] = first;
  self->values[1] = second;
  self->bases[0] = first_base;
  self->bases[1] = second_base;
  return self;
}

/**
 * weir_compare_row_is_heading:
 * @self: a row
 *
 * Returns: whether it only names the rows below it
 */
gboolean
weir_compare_row_is_heading (WeirCompareRow *self)
{
  return self->is_heading;
}

/**
 * weir_compare_row_get_title:
 * @self: a row
 *
 * Returns: (transfer none): what is counted
 */
const char *
weir_compare_row_get_title (WeirCompareRow *self)
{
  return self->title;
}

/**
 * weir_compare_row_dup_side:
 * @self: a row
 * @side: 0 for the first file, 1 for the second
 *
 * Returns: (transfer full): the number there, with its part of the whole
 */
char *
weir_compare_row_dup_side (WeirCompareRow *self,
                           guint           side)
{
  g_autofree char *number = NULL;
  g_autofree char *ratio = NULL;

  g_return_val_if_fail (side < 2, NULL);

  if (self->is_heading)
    return g_strdup ("");
  if (!isfinite (self->values[side]))
    return g_strdup ("–");
  number = self->values[side] >= 0 && self->values[side] == floor (self->values[side])
           ? weir_format_exact ((guint64) self->values[side])
           : weir_format_value (self->values[side]);
  if (!isfinite (get_ratio (self, side)))
    return g_steal_pointer (&number);
  ratio = weir_format_ratio (get_ratio (self, side));
  /* Translators: a number and which part of a whole it is, such as “1,234 (12 %)”. */
  return g_strdup_printf (_("%s (%s)"), number, ratio);
}

/**
 * weir_compare_row_dup_change:
 * @self: a row
 *
 * Parts of a whole are compared by percentage points, since the wholes differ; numbers by how much
 * the second is more or less than the first.
 *
 * Returns: (transfer full): how the second file differs from the first
 */
char *
weir_compare_row_dup_change (WeirCompareRow *self)
{
  double first = get_ratio (self, 0), second = get_ratio (self, 1);

  if (self->is_heading || !isfinite (self->values[0]) || !isfinite (self->values[1]))
    return g_strdup ("");
  if (isfinite (first) && isfinite (second))
    /* Translators: a difference of two percentages, in percentage points. */
    return g_strdup_printf (_("%+.1f points"), 100 * (second - first));
  /* A part of nothing is no part that could be compared. */
  if (isfinite (first) != isfinite (second))
    return g_strdup ("");
  if (self->values[0] > 0)
    return g_strdup_printf (_("%+.1f %%"),
                            100 * (self->values[1] - self->values[0]) / self->values[0]);
  return g_strdup (self->values[1] > 0 ? _("new") : "");
}
