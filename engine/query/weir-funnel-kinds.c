/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-kinds.h"

#include <string.h>

/* Rows of a person come name by name, each by time, so what is to be sorted is a few runs. */
#define INSERTION_MAX 24
#define N_RECENT      256   /* a power of two */

struct _WeirFunnelKinds {
  WeirAnswer *answer;        /* owns this */
  guint n_steps;
  guint32 taints[WEIR_MAX_CONDITIONS];   /* of each exclusion */
  guint n_exclusions;
  GHashTable *known;         /* conditions and group → number + 1 */
  GArray *kinds;             /* WeirFunnelKind */
  GArray *ranks;             /* guint32 of each kind; stale when there are fewer than kinds */
  gint64 recent_keys[N_RECENT];
  guint32 recent_kinds[N_RECENT];
  WeirFunnelRow *buffer;
  guint buffer_size;
};

static const char *
get_text (WeirFunnelKinds *self,
          guint32          group)
{
  return group == WEIR_NO_GROUP ? NULL : weir_answer_get_group_text (self->answer, group);
}

/* Rows that serve fewer steps come first, so that one that can serve several is left for what no
 * other serves. All that is known of a row but whose it is decides, hence rows that are equal here
 * can change places without anybody being able to tell. */
static int
compare_kinds (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  WeirFunnelKinds *self = user_data;
  const WeirFunnelKind *one = &g_array_index (self->kinds, WeirFunnelKind, *(const guint32 *) a);
  const WeirFunnelKind *two = &g_array_index (self->kinds, WeirFunnelKind, *(const guint32 *) b);
  int order = __builtin_popcount (one->steps) - __builtin_popcount (two->steps);

  if (order == 0)
    order = (one->steps > two->steps) - (one->steps < two->steps);
  if (order == 0)
    order = (one->taints > two->taints) - (one->taints < two->taints);

  return order != 0 ? order : g_strcmp0 (get_text (self, one->group), get_text (self, two->group));
}

static void
update_ranks (WeirFunnelKinds *self)
{
  g_autofree guint32 *order = g_new (guint32, self->kinds->len);

  if (self->ranks->len == self->kinds->len)
    return;
  for (guint32 i = 0; i < self->kinds->len; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) self->kinds->len, sizeof *order, compare_kinds, self);
  g_array_set_size (self->ranks, self->kinds->len);
  for (guint32 i = 0; i < self->kinds->len; i++)
    g_array_index (self->ranks, guint32, order[i]) = i;
}

static inline gboolean
precedes (const guint32       *ranks,
          const WeirFunnelRow *a,
          const WeirFunnelRow *b)
{
  return a->time < b->time || (a->time == b->time && ranks[a->kind] < ranks[b->kind]);
}

static void
sort_few (const guint32 *ranks,
          WeirFunnelRow *rows,
          guint          n_rows)
{
  for (guint i = 1; i < n_rows; i++)
    {
      WeirFunnelRow row = rows[i];
      guint to = i;

      for (; to > 0 && precedes (ranks, &row, &rows[to - 1]); to--)
        rows[to] = rows[to - 1];
      rows[to] = row;
    }
}

static guint
find_run_end (const guint32       *ranks,
              const WeirFunnelRow *rows,
              guint                first,
              guint                n_rows)
{
  guint end = first + 1;

  while (end < n_rows && !precedes (ranks, &rows[end], &rows[end - 1]))
    end++;

  return MIN (end, n_rows);
}

/* Merges the neighbours rows[first…middle] and rows[middle…end]; the first go aside. */
static void
merge_runs (const guint32 *ranks,
            WeirFunnelRow *rows,
            WeirFunnelRow *aside,
            guint          first,
            guint          middle,
            guint          end)
{
  guint n_aside = middle - first;
  guint to = first;

  memcpy (aside, rows + first, n_aside * sizeof *rows);
  for (guint i = 0; i < n_aside;)
    {
      if (middle < end && precedes (ranks, &rows[middle], &aside[i]))
        rows[to++] = rows[middle++];
      else
        rows[to++] = aside[i++];
    }
}

/* Merges runs that are there already until one is left. */
static void
sort_many (WeirFunnelKinds *self,
           const guint32   *ranks,
           WeirFunnelRow   *rows,
           guint            n_rows)
{
  if (self->buffer_size < n_rows)
    {
      self->buffer_size = n_rows;
      self->buffer = g_renew (WeirFunnelRow, self->buffer, n_rows);
    }
  while (TRUE)
    {
      guint middle = find_run_end (ranks, rows, 0, n_rows);

      if (middle == n_rows)
        return;
      for (guint first = 0; middle < n_rows;)
        {
          guint end = find_run_end (ranks, rows, middle, n_rows);

          merge_runs (ranks, rows, self->buffer, first, middle, end);
          first = end;
          middle = first < n_rows ? find_run_end (ranks, rows, first, n_rows) : n_rows;
        }
    }
}

/**
 * weir_funnel_kinds_new:
 * @answer: whose groups they are; must live longer
 * @n_steps: the first so many conditions are steps
 * @taints: (array length=n_exclusions): the steps of which the chains that wait for them are
 *   tainted, for each of the exclusions, which are the conditions after the steps
 * @n_exclusions: how many
 *
 * Returns: (transfer full): no kinds yet
 */
WeirFunnelKinds *
weir_funnel_kinds_new (WeirAnswer    *answer,
                       guint          n_steps,
                       const guint32 *taints,
                       guint          n_exclusions)
{
  WeirFunnelKinds *self = g_new0 (WeirFunnelKinds, 1);

  self->answer = answer;
  self->n_steps = n_steps;
  self->n_exclusions = n_exclusions;
  memcpy (self->taints, taints, n_exclusions * sizeof *taints);
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->kinds = g_array_new (FALSE, FALSE, sizeof (WeirFunnelKind));
  self->ranks = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < N_RECENT; i++)
    self->recent_keys[i] = -1;

  return self;
}

/**
 * weir_funnel_kinds_free:
 * @self: (transfer full): kinds
 */
void
weir_funnel_kinds_free (WeirFunnelKinds *self)
{
  g_hash_table_unref (self->known);
  g_array_unref (self->kinds);
  g_array_unref (self->ranks);
  g_free (self->buffer);
  g_free (self);
}

static guint32
add_kind (WeirFunnelKinds *self,
          gint64           key,
          guint32          conditions,
          guint32          group)
{
  WeirFunnelKind kind = { conditions & ((1u << self->n_steps) - 1), 0, group };

  for (guint i = 0; i < self->n_exclusions; i++)
    {
      if (conditions & 1u << (self->n_steps + i))
        kind.taints |= self->taints[i];
    }
  g_array_append_val (self->kinds, kind);
  g_hash_table_insert (self->known,
                       g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (self->kinds->len));

  return self->kinds->len - 1;
}

/**
 * weir_funnel_kinds_find:
 * @self: kinds
 * @conditions: the bits of a row
 * @group: its group
 *
 * Returns: the number of its kind
 */
guint32
weir_funnel_kinds_find (WeirFunnelKinds *self,
                        guint32          conditions,
                        guint32          group)
{
  gint64 key = (gint64) conditions << 32 | group;
  guint recent = (conditions * 31 + group) & (N_RECENT - 1);
  gpointer known;

  if (self->recent_keys[recent] == key)
    return self->recent_kinds[recent];
  known = g_hash_table_lookup (self->known, &key);
  self->recent_kinds[recent] = known != NULL ? GPOINTER_TO_UINT (known) - 1
                                             : add_kind (self, key, conditions, group);
  self->recent_keys[recent] = key;

  return self->recent_kinds[recent];
}

/**
 * weir_funnel_kinds_get:
 * @self: kinds
 *
 * Returns: (transfer none): what the numbers mean; valid until the next is found
 */
const WeirFunnelKind *
weir_funnel_kinds_get (WeirFunnelKinds *self)
{
  return &g_array_index (self->kinds, WeirFunnelKind, 0);
}

/**
 * weir_funnel_kinds_is_idle:
 * @self: kinds
 * @kind: one of them
 *
 * Returns: whether such rows neither serve a step nor taint
 */
gboolean
weir_funnel_kinds_is_idle (WeirFunnelKinds *self,
                           guint32          kind)
{
  const WeirFunnelKind *found = &g_array_index (self->kinds, WeirFunnelKind, kind);

  return found->steps == 0 && found->taints == 0;
}

/**
 * weir_funnel_kinds_sort:
 * @self: kinds
 * @rows: (array length=n_rows): rows of one person
 * @n_rows: how many
 *
 * Puts them into the order in which they count: by time, then by what they are.
 */
void
weir_funnel_kinds_sort (WeirFunnelKinds *self,
                        WeirFunnelRow   *rows,
                        guint            n_rows)
{
  const guint32 *ranks;

  update_ranks (self);
  ranks = &g_array_index (self->ranks, guint32, 0);
  if (n_rows <= INSERTION_MAX)
    sort_few (ranks, rows, n_rows);
  else
    sort_many (self, ranks, rows, n_rows);
}

/**
 * weir_funnel_kinds_precedes:
 * @self: kinds
 * @a: a row
 * @b: another of the same person
 *
 * Returns: whether @a counts before @b
 */
gboolean
weir_funnel_kinds_precedes (WeirFunnelKinds     *self,
                            const WeirFunnelRow *a,
                            const WeirFunnelRow *b)
{
  update_ranks (self);

  return precedes (&g_array_index (self->ranks, guint32, 0), a, b);
}
