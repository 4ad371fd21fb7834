/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-batch.h"

#include "weir-gzip.h"

struct _WeirClickhouseBatch {
  gatomicrefcount ref_count;
  char *id;
  char *sql;
  char *structure;
  GByteArray *rows;   /* NULL once they are packed */
  GArray *ends;       /* of gsize: where each row ends */
  GBytes *packed;     /* all rows with gzip; NULL before that */
};

/**
 * weir_clickhouse_batch_new:
 * @id: names it, each time it is sent; letters, digits and “-”
 * @sql: `INSERT INTO … FORMAT …`
 *
 * Returns: (transfer full): a batch without rows
 */
WeirClickhouseBatch *
weir_clickhouse_batch_new (const char *id,
                           const char *sql)
{
  WeirClickhouseBatch *self = g_new0 (WeirClickhouseBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_strdup (id);
  self->sql = g_strdup (sql);
  self->rows = g_byte_array_new ();
  self->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  return self;
}

/**
 * weir_clickhouse_batch_set_structure:
 * @self: a batch that was not sent yet
 * @structure: names and types of its columns, for the engine in this process
 */
void
weir_clickhouse_batch_set_structure (WeirClickhouseBatch *self,
                                     const char          *structure)
{
  g_free (self->structure);
  self->structure = g_strdup (structure);
}

/**
 * weir_clickhouse_batch_ref:
 * @self: a batch
 *
 * Returns: (transfer full): @self
 */
WeirClickhouseBatch *
weir_clickhouse_batch_ref (WeirClickhouseBatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weir_clickhouse_batch_unref:
 * @self: (transfer full): a batch
 */
void
weir_clickhouse_batch_unref (WeirClickhouseBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_free (self->sql);
  g_free (self->structure);
  g_clear_pointer (&self->rows, g_byte_array_unref);
  g_array_unref (self->ends);
  g_clear_pointer (&self->packed, g_bytes_unref);
  g_free (self);
}

/**
 * weir_clickhouse_batch_add:
 * @self: a batch that was not sent yet
 * @row: a row, as the statement's FORMAT says, with its line end if it has one
 * @size: length of @row in bytes
 *
 * Adds a row.
 */
void
weir_clickhouse_batch_add (WeirClickhouseBatch *self,
                           gconstpointer        row,
                           gsize                size)
{
  gsize end;

  g_byte_array_append (self->rows, row, (guint) size);
  end = self->rows->len;
  g_array_append_val (self->ends, end);
}

/**
 * weir_clickhouse_batch_get_id:
 * @self: a batch
 *
 * Returns: (transfer none): its name
 */
const char *
weir_clickhouse_batch_get_id (const WeirClickhouseBatch *self)
{
  return self->id;
}

/**
 * weir_clickhouse_batch_get_sql:
 * @self: a batch
 *
 * Returns: (transfer none): its statement
 */
const char *
weir_clickhouse_batch_get_sql (const WeirClickhouseBatch *self)
{
  return self->sql;
}

/**
 * weir_clickhouse_batch_get_structure:
 * @self: a batch
 *
 * Returns: (transfer none) (nullable): names and types of its columns
 */
const char *
weir_clickhouse_batch_get_structure (const WeirClickhouseBatch *self)
{
  return self->structure;
}

/**
 * weir_clickhouse_batch_get_n_rows:
 * @self: a batch
 *
 * Returns: how many rows it has
 */
guint
weir_clickhouse_batch_get_n_rows (const WeirClickhouseBatch *self)
{
  return self->ends->len;
}

static gsize
get_begin (const WeirClickhouseBatch *self,
           guint                      row)
{
  return row == 0 ? 0 : g_array_index (self->ends, gsize, row - 1);
}

/* Parts of a packed batch are sent only when something in it is refused. */
static void
unpack (WeirClickhouseBatch *self)
{
  gsize size = get_begin (self, self->ends->len);

  self->rows = g_byte_array_new_take (weir_gzip_decompress (self->packed, size), size);
}

/**
 * weir_clickhouse_batch_cut:
 * @self: a batch
 * @first: a row
 * @n_rows: how many from there
 *
 * Returns: (transfer full): these rows; they live as long as @self
 */
GBytes *
weir_clickhouse_batch_cut (WeirClickhouseBatch *self,
                           guint                first,
                           guint                n_rows)
{
  gsize begin = get_begin (self, first);

  if (self->rows == NULL)
    unpack (self);
  return g_bytes_new_static (self->rows->data + begin, get_begin (self, first + n_rows) - begin);
}

/**
 * weir_clickhouse_batch_pack:
 * @self: a batch that was not sent yet and has all its rows
 *
 * Packs the rows for the network, once for as often as they are sent, which also makes them small
 * in memory.
 */
void
weir_clickhouse_batch_pack (WeirClickhouseBatch *self)
{
  g_return_if_fail (self->packed == NULL);

  if (self->rows->len == 0)
    return;
  self->packed = weir_gzip_compress (self->rows->data, self->rows->len);
  g_clear_pointer (&self->rows, g_byte_array_unref);
}

/**
 * weir_clickhouse_batch_dup_packed:
 * @self: a batch
 * @first: a row
 * @n_rows: how many from there
 *
 * Returns: (transfer full) (nullable): these rows with gzip; %NULL unless it is all of them and
 *   they are packed
 */
GBytes *
weir_clickhouse_batch_dup_packed (const WeirClickhouseBatch *self,
                                  guint                      first,
                                  guint                      n_rows)
{
  gboolean is_whole = first == 0 && n_rows == self->ends->len;

  return is_whole && self->packed != NULL ? g_bytes_ref (self->packed) : NULL;
}

/**
 * weir_clickhouse_batch_dup_token:
 * @self: a batch
 * @first: a row
 * @n_rows: how many from there
 *
 * Returns: (transfer full): the name of these rows, the same each time
 */
char *
weir_clickhouse_batch_dup_token (const WeirClickhouseBatch *self,
                                 guint                      first,
                                 guint                      n_rows)
{
  return n_rows == self->ends->len ? g_strdup (self->id)
                                   : g_strdup_printf ("%s-%u-%u", self->id, first, n_rows);
}
