/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-graph.h"

#include <stdlib.h>

/*
 * Weighted union with path halving (Tarjan 1975): the smaller set hangs under the larger, so that a
 * chain of a million merges costs little more than a million steps. Which id names the person and
 * whose properties win is another matter than which set hangs under which: both follow the rules'
 * target, and are kept at the top of the set. The members of a set are a ring; joining two is
 * swapping two links.
 */

typedef struct {
  guint32 identity;
  guint32 parent;       /* index of a node */
  guint32 next;         /* of the ring of members */
  guint32 size;         /* at the top only, as all that follows */
  guint32 root;         /* the identity that names the person */
  gboolean is_identified;
  WeirPersonProperties *properties;   /* NULL while there are none */
} Node;

struct _WeirIdentityGraph {
  WeirIdentityRules rules;
  GHashTable *indices;  /* identity → index of its node */
  GArray *nodes;        /* of Node */
};

static Node *
get_node (WeirIdentityGraph *self,
          guint32            index)
{
  return &g_array_index (self->nodes, Node, index);
}

static guint32
ensure (WeirIdentityGraph *self,
        guint32            identity)
{
  gpointer value;
  Node node;

  if (g_hash_table_lookup_extended (self->indices, GUINT_TO_POINTER (identity), NULL, &value))
    return GPOINTER_TO_UINT (value);

  node = (Node) {
    .identity = identity,
    .parent = self->nodes->len,
    .next = self->nodes->len,
    .size = 1,
    .root = identity,
  };
  g_array_append_val (self->nodes, node);
  g_hash_table_insert (
      self->indices, GUINT_TO_POINTER (identity), GUINT_TO_POINTER (self->nodes->len - 1));

  return self->nodes->len - 1;
}

static guint32
find_top (WeirIdentityGraph *self,
          guint32            index)
{
  Node *node = get_node (self, index);

  while (node->parent != index)
    {
      node->parent = get_node (self, node->parent)->parent;
      index = node->parent;
      node = get_node (self, index);
    }
  return index;
}

/* @from joins @to, both the tops of their sets. */
static void
join (WeirIdentityGraph *self,
      guint32            from,
      guint32            to)
{
  Node *source = get_node (self, from);
  Node *target = get_node (self, to);
  guint32 root = target->root;
  gboolean is_source_larger = source->size > target->size;
  Node *upper = is_source_larger ? source : target;
  Node *lower = is_source_larger ? target : source;
  guint32 next = upper->next;
  WeirPersonProperties *properties = target->properties;

  if (properties == NULL)
    {
      properties = source->properties;
    }
  else if (source->properties != NULL)
    {
      weir_person_properties_merge (properties, source->properties);
      weir_person_properties_free (source->properties);
    }

  upper->next = lower->next;
  lower->next = next;
  lower->parent = is_source_larger ? from : to;
  lower->properties = NULL;
  upper->size += lower->size;
  upper->root = root;
  upper->is_identified = TRUE;
  upper->properties = properties;
}

static void
clear_node (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->properties, weir_person_properties_free);
}

/**
 * weir_identity_graph_new:
 * @rules: by which rules
 *
 * Returns: (transfer full): a graph of nobody
 */
WeirIdentityGraph *
weir_identity_graph_new (WeirIdentityRules rules)
{
  WeirIdentityGraph *self = g_new0 (WeirIdentityGraph, 1);

  self->rules = rules;
  self->indices = g_hash_table_new (NULL, NULL);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_array_set_clear_func (self->nodes, clear_node);

  return self;
}

/**
 * weir_identity_graph_free:
 * @self: (transfer full): a graph
 */
void
weir_identity_graph_free (WeirIdentityGraph *self)
{
  g_hash_table_unref (self->indices);
  g_array_unref (self->nodes);
  g_free (self);
}

/**
 * weir_identity_graph_add_identity:
 * @self: a graph
 * @identity: an identity, not 0
 *
 * Makes an identity known, as a person of its own, unless it is known already.
 */
void
weir_identity_graph_add_identity (WeirIdentityGraph *self,
                                  guint32            identity)
{
  g_return_if_fail (identity > 0);

  ensure (self, identity);
}

/**
 * weir_identity_graph_add_edge:
 * @self: a graph
 * @edge: (inout): the next line of the log; its decision is filled in
 *
 * Decides on a statement, and lets it have its effect.
 */
void
weir_identity_graph_add_edge (WeirIdentityGraph *self,
                              WeirIdentityEdge  *edge)
{
  WeirIdentityFacts facts = { edge->from_existed, edge->to_existed };
  guint32 from, to;

  if (edge->is_illegal || edge->from == 0)
    {
      edge->decision = (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_ILLEGAL_ID };
      ensure (self, edge->to);
      return;
    }
  from = find_top (self, ensure (self, edge->from));
  to = find_top (self, ensure (self, edge->to));
  if (edge->is_voided)
    {
      edge->decision = (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_VOIDED };
      return;
    }

  facts.same_person = from == to;
  facts.from_identified = get_node (self, from)->is_identified;
  edge->decision = weir_identity_rules_decide (self->rules, edge->kind, &facts);
  if (edge->decision.verdict == WEIR_VERDICT_REFUSED)
    get_node (self, to)->is_identified = TRUE;
  else if (from != to && edge->from_existed && !edge->to_existed)
    join (self, to, from);   /* a new id is attached to the person there is */
  else if (from != to)
    join (self, from, to);
}

/**
 * weir_identity_graph_add_op:
 * @self: a graph
 * @op: the next operation
 *
 * Changes a property of whoever the identity belongs to now.
 */
void
weir_identity_graph_add_op (WeirIdentityGraph    *self,
                            const WeirIdentityOp *op)
{
  Node *node = get_node (self, find_top (self, ensure (self, op->identity)));
  gboolean is_kept;

  if (node->properties == NULL)
    node->properties = weir_person_properties_new ();
  weir_person_properties_apply (node->properties, &op->op, &is_kept);
}

static gint64
get_position (const WeirIdentityEdge *edge)
{
  /* Of one event the edge comes first, then its operations; then what was done by hand. */
  return (gint64) edge->event_seq * 2 + (edge->kind == WEIR_STATEMENT_MANUAL);
}

static int
compare_edges (const void *a,
               const void *b)
{
  const WeirIdentityEdge *first = a;
  const WeirIdentityEdge *second = b;
  gint64 x = get_position (first);
  gint64 y = get_position (second);

  if (x != y)
    return x < y ? -1 : 1;
  return (first->seq > second->seq) - (first->seq < second->seq);
}

static int
compare_ops (const void *a,
             const void *b)
{
  const WeirIdentityOp *first = a;
  const WeirIdentityOp *second = b;

  if (first->event_seq != second->event_seq)
    return first->event_seq < second->event_seq ? -1 : 1;
  return (int) first->op.kind - (int) second->op.kind;
}

/**
 * weir_identity_graph_replay:
 * @self: a graph
 * @edges: edges in any order; they are sorted, and their decisions filled in
 * @n_edges: how many
 * @ops: operations in any order; they are sorted
 * @n_ops: how many
 *
 * Adds a whole log, in the order in which it was written.
 */
void
weir_identity_graph_replay (WeirIdentityGraph *self,
                            WeirIdentityEdge  *edges,
                            guint              n_edges,
                            WeirIdentityOp    *ops,
                            guint              n_ops)
{
  guint next_op = 0;

  if (n_edges > 1)
    qsort (edges, n_edges, sizeof *edges, compare_edges);
  if (n_ops > 1)
    qsort (ops, n_ops, sizeof *ops, compare_ops);

  for (guint i = 0; i < n_edges; i++)
    {
      while (next_op < n_ops &&
             (gint64) ops[next_op].event_seq * 2 + 1 <= get_position (&edges[i]))
        weir_identity_graph_add_op (self, &ops[next_op++]);
      weir_identity_graph_add_edge (self, &edges[i]);
    }
  while (next_op < n_ops)
    weir_identity_graph_add_op (self, &ops[next_op++]);
}

/**
 * weir_identity_graph_get_root:
 * @self: a graph
 * @identity: an identity
 *
 * Returns: the identity that names the person
 */
guint32
weir_identity_graph_get_root (WeirIdentityGraph *self,
                              guint32            identity)
{
  return get_node (self, find_top (self, ensure (self, identity)))->root;
}

/**
 * weir_identity_graph_is_identified:
 * @self: a graph
 * @identity: an identity
 *
 * Returns: whether its person is identified
 */
gboolean
weir_identity_graph_is_identified (WeirIdentityGraph *self,
                                   guint32            identity)
{
  return get_node (self, find_top (self, ensure (self, identity)))->is_identified;
}

/**
 * weir_identity_graph_foreach_person:
 * @self: a graph
 * @func: called for each person
 * @user_data: for @func
 */
void
weir_identity_graph_foreach_person (WeirIdentityGraph   *self,
                                    WeirGraphPersonFunc  func,
                                    gpointer             user_data)
{
  g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(WeirPersonProperties) none = weir_person_properties_new ();

  for (guint32 i = 0; i < self->nodes->len; i++)
    {
      const Node *top = get_node (self, i);

      if (top->parent != i)
        continue;
      g_array_set_size (members, 0);
      for (guint32 j = 0, at = i; j < top->size; j++, at = get_node (self, at)->next)
        g_array_append_val (members, get_node (self, at)->identity);
      func (top->root,
            (const guint32 *) (gpointer) members->data,
            members->len,
            top->is_identified,
            top->properties != NULL ? top->properties : none,
            user_data);
    }
}
