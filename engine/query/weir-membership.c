/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Of each identity as little is kept as decides: for "did it" and "stopped" the latest time, for
 * "did it first" the earliest, and only for "did it n times" a count. Persons are made of
 * identities when it is asked who is a member: their latest, earliest, and sum. A count over a time
 * that moves with the clock keeps its rows until they fall out of it; rows that are dated in the
 * future wait until it is their time. */

#include "config.h"

#include "weir-membership.h"

#include <string.h>

#include "weir-error.h"
#include "weir-row-heap.h"

typedef enum {
  KEEPS_NOTHING,
  KEEPS_LAST,
  KEEPS_FIRST,
  KEEPS_COUNT,
} Keeps;

/* A predicate without children, and what is known of it. */
typedef struct {
  const WeirPredicate *predicate;
  Keeps keeps;
  guint32 bit;            /* of its rows; 0 when it has no events */
  gint64 from;            /* what counts, at the moment */
  gint64 until;
  gint64 lowest;          /* nothing before is needed */
  gint64 never;           /* nothing from here on ever counts */
  gboolean from_moves;
  GArray *times;          /* gint64, by identity */
  GArray *counts;         /* guint32, by identity */
  WeirRowHeap inside;     /* what is counted and will fall out */
  WeirRowHeap waiting;
  WeirBits members;       /* of filters over persons */
} Leaf;

struct _WeirMembership {
  WeirPredicate *predicate;
  WeirPeople *people;
  WeirRange range;
  gint64 now;
  gboolean is_past;
  guint32 mask;           /* bits of all rows it is about */
  GPtrArray *leaves;      /* in the order of the tree */
  gboolean needs_everybody;
  WeirBits everybody;
  WeirBits members;
  WeirEventCodec *codec;
};

static void
leaf_free (Leaf *leaf)
{
  g_clear_pointer (&leaf->times, g_array_unref);
  g_clear_pointer (&leaf->counts, g_array_unref);
  weir_row_heap_clear (&leaf->inside);
  weir_row_heap_clear (&leaf->waiting);
  weir_bits_clear (&leaf->members);
  g_free (leaf);
}

/* The time that counts, as the clock stands. */
static void
leaf_set_window (Leaf            *leaf,
                 const WeirRange *range,
                 gint64           now)
{
  static const WeirRange always = { G_MININT64, G_MAXINT64, 0 };
  const WeirPredicate *predicate = leaf->predicate;
  gint64 ago = predicate->within > 0 ? now - predicate->within : G_MININT64;

  if (predicate->is_saved)
    range = &always;
  weir_range_resolve (range, now, &leaf->from, &leaf->until);
  leaf->never = range->last > 0 ? G_MAXINT64 : range->until;
  leaf->from_moves = range->last > 0 || predicate->within > 0;
  leaf->until = MIN (leaf->until, now);
  leaf->lowest = leaf->from;
  if (predicate->kind == WEIR_PREDICATE_STOPPED)
    return;
  leaf->from = MAX (leaf->from, ago);
  leaf->lowest = predicate->kind == WEIR_PREDICATE_DID_FIRST ? G_MININT64 : leaf->from;
}

static Leaf *
leaf_new (const WeirPredicate *predicate,
          const WeirRange     *range,
          gint64               now)
{
  Leaf *leaf = g_new0 (Leaf, 1);

  leaf->predicate = predicate;
  weir_row_heap_init (&leaf->inside, sizeof (WeirRow));
  weir_row_heap_init (&leaf->waiting, sizeof (WeirRow));
  if (!weir_predicate_has_events (predicate))
    return leaf;

  leaf_set_window (leaf, range, now);
  if (predicate->kind == WEIR_PREDICATE_DID_FIRST)
    leaf->keeps = KEEPS_FIRST;
  else if (predicate->at_least == 1 && predicate->at_most == G_MAXUINT32)
    leaf->keeps = KEEPS_LAST;
  else
    leaf->keeps = KEEPS_COUNT;
  if (leaf->keeps == KEEPS_COUNT)
    leaf->counts = g_array_new (FALSE, TRUE, sizeof (guint32));
  else
    leaf->times = g_array_new (FALSE, FALSE, sizeof (gint64));

  return leaf;
}

/* What an identity has that never did it. */
static gint64
get_no_time (const Leaf *leaf)
{
  return leaf->keeps == KEEPS_FIRST ? G_MAXINT64 : G_MININT64;
}

static gint64 *
get_time (Leaf    *leaf,
          guint32  identity)
{
  guint32 n = leaf->times->len;

  if (identity >= n)
    {
      g_array_set_size (leaf->times, MAX (identity + 1, n + n / 4));
      for (; n < leaf->times->len; n++)
        g_array_index (leaf->times, gint64, n) = get_no_time (leaf);
    }

  return &g_array_index (leaf->times, gint64, identity);
}

static guint32 *
get_count (Leaf    *leaf,
           guint32  identity)
{
  if (identity >= leaf->counts->len)
    g_array_set_size (leaf->counts, MAX (identity + 1, leaf->counts->len + leaf->counts->len / 4));

  return &g_array_index (leaf->counts, guint32, identity);
}

static void
leaf_add (Leaf          *leaf,
          const WeirRow *row,
          gboolean       is_past)
{
  gint64 *time;

  if (leaf->keeps == KEEPS_FIRST)
    {
      time = get_time (leaf, row->identity);
      *time = MIN (*time, row->time);
      return;
    }
  if (row->time < leaf->lowest || row->time >= leaf->never)
    return;
  if (row->time >= leaf->until)
    {
      if (!is_past)
        weir_row_heap_push (&leaf->waiting, row);
      return;
    }
  if (leaf->keeps == KEEPS_LAST)
    {
      time = get_time (leaf, row->identity);
      *time = MAX (*time, row->time);
      return;
    }
  (*get_count (leaf, row->identity))++;
  if (leaf->from_moves && !is_past)
    weir_row_heap_push (&leaf->inside, row);
}

static void
leaf_forget (Leaf    *leaf,
             guint32  identity)
{
  if (leaf->times != NULL && identity < leaf->times->len)
    g_array_index (leaf->times, gint64, identity) = get_no_time (leaf);
  if (leaf->counts != NULL && identity < leaf->counts->len)
    g_array_index (leaf->counts, guint32, identity) = 0;
  weir_row_heap_remove_identity (&leaf->inside, identity);
  weir_row_heap_remove_identity (&leaf->waiting, identity);
}

static void
leaf_advance (Leaf            *leaf,
              const WeirRange *range,
              gint64           now)
{
  const WeirRow *row;

  leaf_set_window (leaf, range, now);
  while ((row = weir_row_heap_peek (&leaf->waiting)) != NULL && row->time < leaf->until)
    {
      WeirRow due = *row;

      weir_row_heap_pop (&leaf->waiting);
      leaf_add (leaf, &due, FALSE);
    }
  while ((row = weir_row_heap_peek (&leaf->inside)) != NULL && row->time < leaf->from)
    {
      (*get_count (leaf, row->identity))--;
      weir_row_heap_pop (&leaf->inside);
    }
}

static guint32
get_highest (WeirMembership *self,
             guint32         n)
{
  guint32 known = weir_person_map_get_n_identities (weir_people_get_map (self->people));

  return MAX (known + 1, n);
}

static gboolean
is_time_of_member (const Leaf *leaf,
                   gint64      now,
                   gint64      time)
{
  if (time == get_no_time (leaf) || time < leaf->from || time >= leaf->until)
    return FALSE;

  return leaf->predicate->kind != WEIR_PREDICATE_STOPPED || time < now - leaf->predicate->within;
}

static void
evaluate_times (WeirMembership *self,
                Leaf           *leaf,
                WeirBits       *members)
{
  const WeirPersonMap *map = weir_people_get_map (self->people);
  guint32 n = get_highest (self, leaf->times->len);
  g_autofree gint64 *times = g_new (gint64, n);

  for (guint32 i = 0; i < n; i++)
    times[i] = get_no_time (leaf);
  for (guint32 i = 0; i < leaf->times->len; i++)
    {
      gint64 time = g_array_index (leaf->times, gint64, i);
      guint32 person = time != get_no_time (leaf) ? weir_person_map_get (map, i) : 0;

      if (person != 0)
        times[person] = leaf->keeps == KEEPS_FIRST ? MIN (times[person], time)
                                                   : MAX (times[person], time);
    }
  for (guint32 i = 1; i < n; i++)
    {
      if (is_time_of_member (leaf, self->now, times[i]))
        weir_bits_add (members, i);
    }
}

static void
evaluate_counts (WeirMembership *self,
                 Leaf           *leaf,
                 WeirBits       *members)
{
  const WeirPersonMap *map = weir_people_get_map (self->people);
  const WeirPredicate *predicate = leaf->predicate;
  guint32 n = get_highest (self, leaf->counts->len);
  g_autofree guint32 *counts = g_new0 (guint32, n);

  for (guint32 i = 0; i < leaf->counts->len; i++)
    {
      guint32 count = g_array_index (leaf->counts, guint32, i);
      guint32 person = count > 0 ? weir_person_map_get (map, i) : 0;

      if (person != 0)
        counts[person] += MIN (count, G_MAXUINT32 - counts[person]);
    }
  for (guint32 i = 1; i < n; i++)
    {
      if (counts[i] < predicate->at_least || counts[i] > predicate->at_most)
        continue;
      /* Who never did it is somebody only when there is such a person. */
      if (counts[i] > 0 || weir_bits_contain (&self->everybody, i))
        weir_bits_add (members, i);
    }
}

typedef struct {
  WeirMembership *self;
  WeirBits *members;
} Members;

static void
add_static_member (guint32  identity,
                   gpointer user_data)
{
  Members *members = user_data;
  guint32 person = weir_person_map_get (weir_people_get_map (members->self->people), identity);

  if (person != 0)
    weir_bits_add (members->members, person);
}

static gboolean evaluate (WeirMembership       *self,
                          const WeirPredicate  *predicate,
                          guint                *next,
                          WeirBits             *members,
                          GError              **error);

static gboolean
evaluate_group (WeirMembership       *self,
                const WeirPredicate  *predicate,
                guint                *next,
                WeirBits             *members,
                GError              **error)
{
  for (guint i = 0; i < predicate->children->len; i++)
    {
      const WeirPredicate *child = g_ptr_array_index (predicate->children, i);
      g_auto(WeirBits) found = { 0 };

      if (!evaluate (self, child, next, &found, error))
        return FALSE;
      if (predicate->kind == WEIR_PREDICATE_NOT)
        {
          weir_bits_unite (members, &self->everybody);
          weir_bits_subtract (members, &found);
        }
      else if (predicate->kind == WEIR_PREDICATE_ANY || i == 0)
        weir_bits_unite (members, &found);
      else
        weir_bits_intersect (members, &found);
    }

  return TRUE;
}

static gboolean
evaluate (WeirMembership       *self,
          const WeirPredicate  *predicate,
          guint                *next,
          WeirBits             *members,
          GError              **error)
{
  Members walk = { self, members };
  Leaf *leaf;

  if (predicate->children != NULL)
    return evaluate_group (self, predicate, next, members, error);

  leaf = g_ptr_array_index (self->leaves, (*next)++);
  if (predicate->kind == WEIR_PREDICATE_STATIC)
    return weir_people_foreach_member (self->people, predicate->name, add_static_member, &walk,
                                       error);
  if (predicate->kind == WEIR_PREDICATE_PERSON)
    weir_bits_unite (members, &leaf->members);
  else if (leaf->keeps == KEEPS_COUNT)
    evaluate_counts (self, leaf, members);
  else
    evaluate_times (self, leaf, members);

  return TRUE;
}

/* Everybody there is, and which of the filters over persons they pass. */
static void
look_at_person (guint32     person,
                const char *properties,
                gsize       length,
                gpointer    user_data)
{
  WeirMembership *self = user_data;
  WeirEvent event;

  weir_bits_add (&self->everybody, person);
  weir_event_init (&event);
  for (guint i = 0; i < self->leaves->len; i++)
    {
      Leaf *leaf = g_ptr_array_index (self->leaves, i);

      if (leaf->predicate->kind == WEIR_PREDICATE_PERSON &&
          weir_filter_matches_person (leaf->predicate->filter, &event, NULL, properties, length,
                                      self->codec))
        weir_bits_add (&leaf->members, person);
    }
}

static gboolean
collect (WeirMembership       *self,
         const WeirPredicate  *predicate,
         guint                *bit,
         GError              **error)
{
  Leaf *leaf;

  self->needs_everybody |= predicate->kind == WEIR_PREDICATE_NOT ||
                           predicate->kind == WEIR_PREDICATE_PERSON ||
                           (predicate->kind == WEIR_PREDICATE_DID && predicate->at_least == 0);
  for (guint i = 0; predicate->children != NULL && i < predicate->children->len; i++)
    {
      if (!collect (self, g_ptr_array_index (predicate->children, i), bit, error))
        return FALSE;
    }
  if (predicate->children != NULL)
    return TRUE;

  leaf = leaf_new (predicate, &self->range, self->now);
  g_ptr_array_add (self->leaves, leaf);
  if (!weir_predicate_has_events (predicate))
    return TRUE;
  if (*bit >= WEIR_MAX_CONDITIONS)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the question and its cohorts look for more than %d kinds of events",
                   WEIR_MAX_CONDITIONS);
      return FALSE;
    }
  leaf->bit = 1u << (*bit)++;
  self->mask |= leaf->bit;

  return TRUE;
}

/**
 * weir_membership_new:
 * @predicate: who is a member, resolved
 * @people: whom to ask about persons
 * @range: events outside do not count
 * @now: the moment to stand at, microseconds since the epoch
 * @is_past: whether it stays there, so that later rows need not be kept
 * @first_bit: the number of its first condition
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a membership, or %NULL with %WEIR_ERROR_INVALID_REQUEST when
 *   there are too many conditions
 */
WeirMembership *
weir_membership_new (WeirPredicate    *predicate,
                     WeirPeople       *people,
                     const WeirRange  *range,
                     gint64            now,
                     gboolean          is_past,
                     guint             first_bit,
                     GError          **error)
{
  g_autoptr(WeirMembership) self = g_new0 (WeirMembership, 1);

  self->predicate = weir_predicate_ref (predicate);
  self->people = g_object_ref (people);
  self->range = *range;
  self->now = now;
  self->is_past = is_past;
  self->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) leaf_free);
  self->codec = weir_event_codec_new ();
  if (!collect (self, predicate, &first_bit, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * weir_membership_free:
 * @self: (transfer full): a membership
 */
void
weir_membership_free (WeirMembership *self)
{
  g_ptr_array_unref (self->leaves);
  weir_bits_clear (&self->everybody);
  weir_bits_clear (&self->members);
  weir_event_codec_free (self->codec);
  g_object_unref (self->people);
  weir_predicate_unref (self->predicate);
  g_free (self);
}

/**
 * weir_membership_append_conditions:
 * @self: a membership
 * @conditions: (element-type WeirCondition): where to append the events it needs to know of
 */
void
weir_membership_append_conditions (WeirMembership *self,
                                   GArray         *conditions)
{
  for (guint i = 0; i < self->leaves->len; i++)
    {
      const Leaf *leaf = g_ptr_array_index (self->leaves, i);
      WeirCondition condition;

      if (leaf->bit == 0)
        continue;
      condition = weir_event_term_get_condition (&leaf->predicate->term, leaf->lowest,
                                                 leaf->never);
      g_array_append_val (conditions, condition);
    }
}

/**
 * weir_membership_add:
 * @self: a membership
 * @rows: rows, of which it takes those with its bits
 */
void
weir_membership_add (WeirMembership *self,
                     const WeirRows *rows)
{
  for (guint i = 0; i < rows->n_rows; i++)
    {
      const WeirRow *row = &rows->rows[i];

      if ((row->conditions & self->mask) == 0)
        continue;
      for (guint j = 0; j < self->leaves->len; j++)
        {
          Leaf *leaf = g_ptr_array_index (self->leaves, j);

          if ((row->conditions & leaf->bit) != 0)
            leaf_add (leaf, row, self->is_past);
        }
    }
}

/**
 * weir_membership_change:
 * @self: a membership
 * @changes: (array length=n_changes): who is somebody else now
 * @n_changes: how many
 */
void
weir_membership_change (WeirMembership         *self,
                        const WeirPersonChange *changes,
                        guint                   n_changes)
{
  for (guint i = 0; i < n_changes; i++)
    {
      for (guint j = 0; changes[i].new_person == 0 && j < self->leaves->len; j++)
        leaf_forget (g_ptr_array_index (self->leaves, j), changes[i].identity);
    }
}

/**
 * weir_membership_advance:
 * @self: a membership
 * @now: microseconds since the epoch
 *
 * Lets the clock go on, unless the membership is one of the past.
 */
void
weir_membership_advance (WeirMembership *self,
                         gint64          now)
{
  if (self->is_past)
    return;
  self->now = now;
  for (guint i = 0; i < self->leaves->len; i++)
    {
      Leaf *leaf = g_ptr_array_index (self->leaves, i);

      if (leaf->bit != 0)
        leaf_advance (leaf, &self->range, now);
    }
}

/**
 * weir_membership_update:
 * @self: a membership
 * @error: return location for an error
 *
 * Finds out who is a member by what is known now.
 *
 * Returns: whether all could be read
 */
gboolean
weir_membership_update (WeirMembership  *self,
                        GError         **error)
{
  guint next = 0;

  weir_bits_clear (&self->everybody);
  weir_bits_clear (&self->members);
  for (guint i = 0; i < self->leaves->len; i++)
    weir_bits_clear (&((Leaf *) g_ptr_array_index (self->leaves, i))->members);
  if (self->needs_everybody &&
      !weir_people_foreach_person (self->people, look_at_person, self, error))
    return FALSE;

  return evaluate (self, self->predicate, &next, &self->members, error);
}

/**
 * weir_membership_get_members:
 * @self: a membership
 *
 * Returns: (transfer none): the persons who are members, as of the last update
 */
const WeirBits *
weir_membership_get_members (WeirMembership *self)
{
  return &self->members;
}
