/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseColumn:
 * @width: bytes of a value; 0 when they are texts
 * @values: the values one after the other, in the machine's order of bytes
 * @nulls: (nullable): a byte for each value, not zero when there is none
 * @texts: the texts, each with a NUL behind it
 * @lengths: their lengths in bytes
 *
 * One column of a block.
 */
typedef struct {
  guint width;
  const guint8 *values;
  const guint8 *nulls;
  const char **texts;
  const guint32 *lengths;
} WeirClickhouseColumn;

/**
 * WeirClickhouseBlock:
 * @n_rows: how many rows
 * @n_columns: how many columns
 * @columns: the columns, in the order of the statement
 *
 * Some rows of an answer. Borrowed for the call that gives it.
 */
typedef struct {
  guint n_rows;
  guint n_columns;
  const WeirClickhouseColumn *columns;
} WeirClickhouseBlock;

/* Returns FALSE with an error to end. */
typedef gboolean (*WeirClickhouseBlockFunc) (const WeirClickhouseBlock  *block,
                                             gpointer                    user_data,
                                             GError                    **error);

gboolean  weir_clickhouse_select        (WeirClickhouseClient     *client,
                                         const char               *sql,
                                         guint                     n_columns,
                                         WeirClickhouseBlockFunc   func,
                                         gpointer                  user_data,
                                         GCancellable             *cancellable,
                                         GError                  **error);
gboolean  weir_clickhouse_select_number (WeirClickhouseClient     *client,
                                         const char               *sql,
                                         guint64                  *number,
                                         GCancellable             *cancellable,
                                         GError                  **error);
gboolean  weir_clickhouse_execute       (WeirClickhouseClient     *client,
                                         const char               *sql,
                                         GCancellable             *cancellable,
                                         GError                  **error);
void      weir_clickhouse_append_text   (GString                  *sql,
                                         const char               *text,
                                         gsize                     length);

/* A value of a column that has no texts. */
static inline guint64
weir_clickhouse_column_get_uint64 (const WeirClickhouseColumn *self,
                                   guint                       row)
{
  const guint8 *value = self->values + (gsize) row * self->width;

  switch (self->width)
    {
    case 1:
      return *value;

    case 2:
      {
        guint16 half;

        __builtin_memcpy (&half, value, sizeof half);
        return half;
      }

    case 4:
      {
        guint32 word;

        __builtin_memcpy (&word, value, sizeof word);
        return word;
      }

    default:
      {
        guint64 all;

        __builtin_memcpy (&all, value, sizeof all);
        return all;
      }
    }
}

static inline gint64
weir_clickhouse_column_get_int64 (const WeirClickhouseColumn *self,
                                  guint                       row)
{
  return (gint64) weir_clickhouse_column_get_uint64 (self, row);
}

static inline double
weir_clickhouse_column_get_double (const WeirClickhouseColumn *self,
                                   guint                       row)
{
  double value;

  if (self->nulls != NULL && self->nulls[row])
    return __builtin_nan ("");
  __builtin_memcpy (&value, self->values + (gsize) row * 8, sizeof value);
  return value;
}

G_END_DECLS
