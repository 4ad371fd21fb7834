/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-source-ledger.h"

#include <string.h>

struct _WeirSourceLedger {
  GMutex mutex;             /* rows, names and what is known; next is the journal thread's */
  GPtrArray *rows;          /* of WeirSourceRow; the first is that of all others */
  GHashTable *by_name;
  WeirSourceRow *last;      /* often the next one, too */
  GPtrArray *dirty;         /* of WeirSourceRow, borrowed */
};

static void
row_free (gpointer data)
{
  WeirSourceRow *row = data;

  g_free (row->name);
  g_free (row);
}

/* Called locked. */
static WeirSourceRow *
add_row (WeirSourceLedger *self,
         const char       *name,
         gsize             length)
{
  WeirSourceRow *row = g_new0 (WeirSourceRow, 1);

  row->id = self->rows->len;
  row->name = name != NULL ? g_strndup (name, length) : NULL;
  row->length = length;
  g_ptr_array_add (self->rows, row);
  if (row->name != NULL)
    g_hash_table_insert (self->by_name, row->name, row);
  return row;
}

static WeirSourceRow *
find_row (WeirSourceLedger *self,
          const char       *name,
          gsize             length)
{
  g_autofree char *key = NULL;
  WeirSourceRow *row;

  if (self->last != NULL && self->last->length == length &&
      memcmp (self->last->name, name, length) == 0)
    return self->last;

  key = g_strndup (name, length);
  row = g_hash_table_lookup (self->by_name, key);
  if (row == NULL && self->rows->len > WEIR_SOURCE_LEDGER_MAX)
    return g_ptr_array_index (self->rows, 0);
  if (row == NULL)
    {
      g_mutex_lock (&self->mutex);
      row = add_row (self, name, length);
      g_mutex_unlock (&self->mutex);
    }
  self->last = row;
  return row;
}

static void
touch (WeirSourceLedger *self,
       WeirSourceRow    *row)
{
  if (row->is_dirty)
    return;
  row->is_dirty = TRUE;
  g_ptr_array_add (self->dirty, row);
}

/**
 * weir_source_ledger_new:
 *
 * Returns: (transfer full): a ledger of no sources
 */
WeirSourceLedger *
weir_source_ledger_new (void)
{
  WeirSourceLedger *self = g_new0 (WeirSourceLedger, 1);

  g_mutex_init (&self->mutex);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->dirty = g_ptr_array_new ();
  add_row (self, NULL, 0);
  return self;
}

/**
 * weir_source_ledger_free:
 * @self: (transfer full): a ledger
 */
void
weir_source_ledger_free (WeirSourceLedger *self)
{
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->dirty);
  g_ptr_array_unref (self->rows);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_source_ledger_load:
 * @self: a ledger
 * @name: (nullable): a source, or %NULL for all others
 * @counts: what the file says of it
 *
 * Takes over a row of the file; in the order of the ids, before anything is counted.
 */
void
weir_source_ledger_load (WeirSourceLedger       *self,
                         const char             *name,
                         const WeirSourceCounts *counts)
{
  WeirSourceRow *row = g_ptr_array_index (self->rows, 0);

  g_mutex_lock (&self->mutex);
  if (name != NULL)
    row = add_row (self, name, strlen (name));
  row->known = row->next = *counts;
  g_mutex_unlock (&self->mutex);
}

static guint64 *
get_member (WeirSourceRow *row,
            guint          i)
{
  WeirSourceCounts *counts = &row->next;
  guint64 *const members[] = {
    &counts->received, &counts->accepted, &counts->duplicate, &counts->rejected
  };

  return members[i];
}

/* The largest rows give first, so that none goes below nothing. */
static void
take_away (WeirSourceLedger *self,
           guint             member,
           guint64           left)
{
  while (left > 0)
    {
      WeirSourceRow *largest = g_ptr_array_index (self->rows, 0);
      guint64 taken;

      for (guint i = 1; *get_member (largest, member) < left && i < self->rows->len; i++)
        {
          WeirSourceRow *row = g_ptr_array_index (self->rows, i);

          if (*get_member (row, member) > *get_member (largest, member))
            largest = row;
        }
      taken = MIN (left, *get_member (largest, member));
      if (taken == 0)
        return;
      *get_member (largest, member) -= taken;
      left -= taken;
      touch (self, largest);
    }
}

/**
 * weir_source_ledger_reconcile:
 * @self: a ledger that was loaded
 * @ledger: what its rows must sum to
 *
 * Sets right what does not sum: the file is older than the ledger by source, or events were lost
 * with a file. What no source is known for goes to the row of all others.
 */
void
weir_source_ledger_reconcile (WeirSourceLedger *self,
                              const WeirLedger *ledger)
{
  const guint64 wanted[] = {
    ledger->received, ledger->accepted, ledger->duplicate, ledger->rejected
  };

  for (guint member = 0; member < G_N_ELEMENTS (wanted); member++)
    {
      guint64 sum = 0;

      for (guint i = 0; i < self->rows->len; i++)
        sum += *get_member (g_ptr_array_index (self->rows, i), member);
      if (sum > wanted[member])
        take_away (self, member, sum - wanted[member]);
      else if (sum < wanted[member])
        {
          *get_member (g_ptr_array_index (self->rows, 0), member) += wanted[member] - sum;
          touch (self, g_ptr_array_index (self->rows, 0));
        }
    }
  weir_source_ledger_settle (self, TRUE, FALSE);
}

/**
 * weir_source_ledger_count:
 * @self: a ledger
 * @name: a source
 * @length: its length in bytes
 * @more: what came; @last_seen says when
 *
 * Counts for the group that is being put together. The journal's thread only.
 */
void
weir_source_ledger_count (WeirSourceLedger       *self,
                          const char             *name,
                          gsize                   length,
                          const WeirSourceCounts *more)
{
  WeirSourceRow *row = find_row (self, name, length);
  WeirSourceCounts *next = &row->next;

  touch (self, row);
  next->received += more->received;
  next->accepted += more->accepted;
  next->duplicate += more->duplicate;
  next->rejected += more->rejected;
  if (next->first_seen == 0)
    next->first_seen = more->last_seen;
  next->last_seen = MAX (next->last_seen, more->last_seen);
}

/**
 * weir_source_ledger_get_dirty:
 * @self: a ledger
 *
 * Returns: (transfer none) (element-type WeirSourceRow): what the file does not have
 */
GPtrArray *
weir_source_ledger_get_dirty (WeirSourceLedger *self)
{
  return self->dirty;
}

/**
 * weir_source_ledger_settle:
 * @self: a ledger
 * @is_kept: whether the group was kept; if not, what was counted for it is forgotten
 * @is_written: whether the file has it
 *
 * Ends a group. The journal's thread only.
 */
void
weir_source_ledger_settle (WeirSourceLedger *self,
                           gboolean          is_kept,
                           gboolean          is_written)
{
  if (self->dirty->len == 0)
    return;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->dirty->len; i++)
    {
      WeirSourceRow *row = g_ptr_array_index (self->dirty, i);

      if (is_kept)
        row->known = row->next;
      else
        row->next = row->known;
      row->is_dirty = !is_written;
    }
  g_mutex_unlock (&self->mutex);
  if (is_written)
    g_ptr_array_set_size (self->dirty, 0);
}

/**
 * weir_source_ledger_dup_rows:
 * @self: a ledger
 *
 * Any thread may.
 *
 * Returns: (transfer full) (element-type WeirSourceRow): copies; the first is that of all others
 */
GPtrArray *
weir_source_ledger_dup_rows (WeirSourceLedger *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const WeirSourceRow *row = g_ptr_array_index (self->rows, i);
      WeirSourceRow *copy = g_new0 (WeirSourceRow, 1);

      copy->id = row->id;
      copy->name = g_strdup (row->name);
      copy->known = row->known;
      g_ptr_array_add (rows, copy);
    }
  g_mutex_unlock (&self->mutex);
  return rows;
}
