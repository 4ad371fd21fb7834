/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-funnel-definition.h"

#include <string.h>

#include "weir-event-json.h"

/* What a funnel is, written down a second time: every chain there is, kept in a list, and no clever
 * choice of which to keep. In words: docs/questions.md. */

typedef struct {
  gint64 time;
  guint32 steps;
  guint32 taints;
} Item;

typedef struct {
  guint level;
  gboolean is_tainted;
  guint items[TEST_MAX_STEPS];
} Chain;

typedef struct {
  int reached;   /* -1: excluded */
  gint64 durations[TEST_MAX_STEPS];
} Verdict;

static gboolean
term_holds (const TestTerm  *term,
            const TestEvent *event)
{
  return (term->event == '*' || term->event == event->event) && (!term->wants_k || event->k);
}

static Item
make_item (const TestPlan  *plan,
           const TestEvent *event)
{
  Item item = { event->time };

  for (guint i = 0; i < plan->n_steps; i++)
    item.steps |= term_holds (&plan->steps[i], event) ? 1u << i : 0;
  for (guint i = plan->from; plan->exclusion.event != 0 && i < plan->to; i++)
    item.taints |= term_holds (&plan->exclusion, event) ? 1u << i : 0;

  return item;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const Item *one = a, *two = b;

  return (one->time > two->time) - (one->time < two->time);
}

typedef struct {
  const TestPlan *plan;
  const Item *items;
  GArray *chains;   /* Chain, of all levels that are alive; the empty one is not among them */
  Chain best;
} Definition;

static gint64
start_of (const Definition *self,
          const Chain      *chain,
          gint64            now)
{
  return chain->level > 0 ? self->items[chain->items[0]].time : now;
}

static gboolean
has_gone_on (const Definition *self,
             const Chain      *chain,
             gint64            now)
{
  for (guint i = 0; i < self->chains->len; i++)
    {
      const Chain *other = &g_array_index (self->chains, Chain, i);

      if (other->level == chain->level + 1 && start_of (self, other, now) == start_of (self, chain, now))
        return TRUE;
    }
  return FALSE;
}

static gboolean
waits (const Definition *self,
       const Chain      *chain,
       gint64            now)
{
  return now - start_of (self, chain, now) <= self->plan->window && !has_gone_on (self, chain, now);
}

/* The newest start; of those the earliest way. */
static gboolean
is_better (const Definition *self,
           const Chain      *a,
           const Chain      *b)
{
  gint64 start_a = self->items[a->items[0]].time, start_b = self->items[b->items[0]].time;

  if (start_a != start_b)
    return start_a > start_b;
  for (guint i = 1; i < a->level; i++)
    {
      if (self->items[a->items[i]].time != self->items[b->items[i]].time)
        return self->items[a->items[i]].time < self->items[b->items[i]].time;
    }
  return FALSE;
}

/* Any of the items can be the step, for every chain that waits for it. */
static void
define_step (Definition *self,
             guint       step,
             guint       first,
             guint       end)
{
  g_autoptr(GArray) longer = g_array_new (FALSE, FALSE, sizeof (Chain));
  gint64 now = self->items[first].time;
  Chain none = { 0 };
  const Chain *best = NULL;

  for (int i = -1; i < (int) self->chains->len; i++)
    {
      const Chain *before = i < 0 ? &none : &g_array_index (self->chains, Chain, i);

      if (before->level != step - 1 || !waits (self, before, now))
        continue;
      for (guint item = first; item < end; item++)
        {
          Chain chain = *before;
          gboolean uses = FALSE;

          for (guint j = 0; j < chain.level; j++)
            uses |= chain.items[j] == item;
          if (uses || (self->items[item].steps & 1u << (step - 1)) == 0)
            continue;
          chain.items[chain.level++] = item;
          g_array_append_val (longer, chain);
        }
    }
  for (guint i = 0; i < longer->len; i++)
    {
      const Chain *chain = &g_array_index (longer, Chain, i);

      if (best == NULL || is_better (self, chain, best))
        best = chain;
      if (!chain->is_tainted)
        g_array_append_val (self->chains, *chain);
    }
  if (best != NULL && (best->level > self->best.level || (best->level == self->best.level && self->best.is_tainted)))
    self->best = *best;
}

static void
define_taint (Definition *self,
              guint       step,
              gint64      now)
{
  gboolean hits = FALSE;

  for (guint i = 0; i < self->chains->len; i++)
    {
      Chain *chain = &g_array_index (self->chains, Chain, i);

      if (chain->level == step - 1 && !chain->is_tainted && waits (self, chain, now))
        hits = chain->is_tainted = TRUE;
    }
  if (hits && self->best.level == step - 1 && now - start_of (self, &self->best, now) <= self->plan->window)
    self->best.is_tainted = TRUE;
}

static void
define_alone (Definition *self,
              guint       item)
{
  const Item *what = &self->items[item];

  for (guint step = 2; step <= self->plan->n_steps; step++)
    {
      if (what->taints & 1u << (step - 1))
        define_taint (self, step, what->time);
    }
  for (guint step = self->plan->n_steps; step > 0; step--)
    define_step (self, step, item, item + 1);
  for (guint i = self->chains->len; self->plan->order == TEST_STRICT && i > 0; i--)
    {
      if ((what->steps & 1u << (g_array_index (self->chains, Chain, i - 1).level - 1)) == 0)
        g_array_remove_index (self->chains, i - 1);
    }
}

static gboolean
is_done (const Definition *self)
{
  for (guint i = 0; i < self->chains->len; i++)
    {
      if (g_array_index (self->chains, Chain, i).level == self->plan->n_steps)
        return TRUE;
    }
  return FALSE;
}

static Verdict
define_ordered (const TestPlan *plan,
                const Item     *items,
                guint           n_items)
{
  g_autoptr(GArray) chains = g_array_new (FALSE, FALSE, sizeof (Chain));
  Definition self = { plan, items, chains };
  Verdict verdict = { 0 };
  guint end;

  for (guint first = 0; first < n_items && !is_done (&self); first = end)
    {
      gboolean alike = TRUE;

      for (end = first; end < n_items && items[end].time == items[first].time; end++)
        alike &= items[end].steps == items[first].steps && items[end].taints == items[first].taints;
      for (guint i = first; alike && i < end; i++)
        define_alone (&self, i);
      for (guint step = 1; !alike && step <= plan->n_steps; step++)
        define_step (&self, step, first, end);
    }
  verdict.reached = self.best.is_tainted ? -1 : (int) self.best.level;
  for (int i = 1; i < verdict.reached; i++)
    verdict.durations[i] = items[self.best.items[i]].time - items[self.best.items[i - 1]].time;

  return verdict;
}

/* Whether different steps can be found for all of the items in the set. */
static gboolean
can_serve (const TestPlan *plan,
           const Item     *items,
           guint32         set,
           guint32         free_steps)
{
  guint item;

  if (set == 0)
    return TRUE;
  item = (guint) __builtin_ctz (set);
  for (guint step = 0; step < plan->n_steps; step++)
    {
      if (items[item].steps & free_steps & 1u << step &&
          can_serve (plan, items, set & (set - 1), free_steps & ~(1u << step)))
        return TRUE;
    }
  return FALSE;
}

/* Every set of items within one window: the largest that ends first, then the earliest. */
static Verdict
define_any (const TestPlan *plan,
            const Item     *items,
            guint           n_items)
{
  Verdict best = { 0 };
  gint64 best_times[TEST_MAX_STEPS] = { 0 };

  for (guint32 set = 1; set < 1u << n_items; set++)
    {
      int size = __builtin_popcount (set);
      gint64 times[TEST_MAX_STEPS];
      gint64 first = items[__builtin_ctz (set)].time, last = items[31 - __builtin_clz (set)].time;
      int order;

      if (size > (int) plan->n_steps || size < best.reached || last - first > plan->window ||
          !can_serve (plan, items, set, (1u << plan->n_steps) - 1))
        continue;
      for (guint32 left = set, i = 0; left != 0; left &= left - 1)
        times[i++] = items[__builtin_ctz (left)].time;
      order = size - best.reached;
      if (order == 0)
        order = (last < best_times[size - 1]) - (last > best_times[size - 1]);
      for (int i = 0; i < size && order == 0; i++)
        order = (times[i] < best_times[i]) - (times[i] > best_times[i]);
      if (order <= 0)
        continue;
      best.reached = size;
      memcpy (best_times, times, sizeof times);
    }
  for (int i = 1; i < best.reached; i++)
    best.durations[i] = best_times[i] - best_times[i - 1];

  return best;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 one = *(const gint64 *) a, two = *(const gint64 *) b;

  return (one > two) - (one < two);
}

static void
append_median (GString *out,
               GArray  *durations)
{
  guint n = durations->len;

  g_array_sort (durations, compare_times);
  if (n == 0)
    g_string_append (out, "null");
  else
    weir_json_append_double (out, (double) (g_array_index (durations, gint64, (n - 1) / 2) +
                                            g_array_index (durations, gint64, n / 2)) / 2 / TEST_SECOND);
}

/* The members of the answer, without groups. */
char *
test_funnel_define (TestMemoryStore *store,
                    const TestPlan  *plan,
                    GArray          *events,
                    gint64           now)
{
  const WeirPersonMap *map = weir_people_get_map (test_memory_store_get_people (store));
  g_autoptr(GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  GArray *durations[TEST_MAX_STEPS];
  guint counts[TEST_MAX_STEPS] = { 0 };
  guint excluded = 0;
  GString *out = g_string_new ("\"steps\":[");

  for (guint i = 0; i < plan->n_steps; i++)
    durations[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint32 person = 1; person <= weir_person_map_get_n_identities (map); person++)
    {
      gboolean is_member = !plan->has_cohort;
      Verdict verdict;

      g_array_set_size (items, 0);
      for (guint i = 0; i < events->len; i++)
        {
          const TestEvent *event = &g_array_index (events, TestEvent, i);
          Item item = make_item (plan, event);

          is_member |= event->event == 'b' && event->time < now &&
                       weir_person_map_get (map, event->identity) == person;
          if (weir_person_map_get (map, event->identity) != person ||
              (plan->order != TEST_STRICT && item.steps == 0 && item.taints == 0) ||
              (plan->last > 0 && (event->time < now - plan->last || event->time >= now)))
            continue;
          g_array_append_val (items, item);
        }
      if (!is_member)
        continue;
      g_array_sort (items, compare_items);
      verdict = plan->order == TEST_ANY ? define_any (plan, (Item *) items->data, items->len)
                                   : define_ordered (plan, (Item *) items->data, items->len);
      excluded += verdict.reached < 0;
      for (int i = 0; i < verdict.reached; i++)
        {
          counts[i]++;
          if (i > 0)
            g_array_append_val (durations[i], verdict.durations[i]);
        }
    }
  for (guint i = 0; i < plan->n_steps; i++)
    {
      g_string_append_printf (out, "%s{\"event\":\"%c\",\"count\":%u,\"median_seconds\":", i > 0 ? "," : "",
                              plan->steps[i].event, counts[i]);
      append_median (out, durations[i]);
      g_string_append_c (out, '}');
      g_array_unref (durations[i]);
    }
  g_string_append_printf (out, "],\"excluded\":%u", excluded);

  return g_string_free (out, FALSE);
}
