/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "weir-identity-graph.h"

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
list_person (guint32                     root,
             const guint32              *members,
             guint                       n,
             gboolean                    is_identified,
             const WeirPersonProperties *properties,
             gpointer                    user_data)
{
  GPtrArray *lines = user_data;
  GString *line = g_string_new (NULL);

  g_string_printf (line, "%u %d %u ", root, is_identified, n);
  for (guint32 id = 1; id < 20; id++)
    for (guint i = 0; i < n; i++)
      if (members[i] == id)
        g_string_append_printf (line, "%u ", id);
  weir_person_properties_append_json (properties, line);
  g_ptr_array_add (lines, g_string_free (line, FALSE));
}

static char *
list_persons (WeirIdentityGraph *graph)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  weir_identity_graph_foreach_person (graph, list_person, lines);
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
add_random (WeirIdentityGraph *graph,
            guint64            seq,
            guint32           *known,
            GArray            *edges,
            GArray            *ops)
{
  static const char *const keys[] = { "\"a\"", "\"b\"", "\"c\"" };
  static const char *const values[] = { "1", "2", "null", "\"x\"" };
  WeirIdentityEdge edge = { .seq = (gint64) seq, .event_seq = seq };
  const char *key = keys[g_test_rand_int_range (0, 3)];
  const char *value = values[g_test_rand_int_range (0, 4)];
  WeirIdentityOp op = {
    (guint32) g_test_rand_int_range (1, 12), seq,
    { (WeirPropertyOpKind) g_test_rand_int_range (0, 3), key, strlen (key), value, strlen (value) },
  };

  edge.kind = (WeirStatementKind) g_test_rand_int_range (0, 5);
  edge.from = (guint32) g_test_rand_int_range (1, 12);
  edge.to = (guint32) g_test_rand_int_range (1, 12);
  edge.from_existed = *known >> edge.from & 1;
  edge.to_existed = *known >> edge.to & 1;
  edge.is_voided = g_test_rand_int_range (0, 10) == 0;
  edge.is_illegal = g_test_rand_int_range (0, 20) == 0;
  /* What is done by hand comes after what the event says of properties. */
  for (int order = 0; order < 2; order++)
    if ((order == 0) == (edge.kind != WEIR_STATEMENT_MANUAL))
      {
        if (edge.from == edge.to || g_test_rand_int_range (0, 3) == 0)
          continue;
        weir_identity_graph_add_edge (graph, &edge);
        g_array_append_val (edges, edge);
        *known |= 1u << edge.from | 1u << edge.to;
      }
    else if (g_test_rand_int_range (0, 2) == 0)
      {
        weir_identity_graph_add_op (graph, &op);
        g_array_append_val (ops, op);
        *known |= 1u << op.identity;
      }
}

/* Told one by one or read from the log in any order, it is the same persons and the same verdicts. */
static void
test_replay (void)
{
  for (guint round = 0; round < 5000; round++)
    {
      WeirIdentityRules rules = (WeirIdentityRules) (round % 2);
      g_autoptr(WeirIdentityGraph) graph = weir_identity_graph_new (rules);
      g_autoptr(WeirIdentityGraph) again = weir_identity_graph_new (rules);
      g_autoptr(GArray) edges = g_array_new (FALSE, FALSE, sizeof (WeirIdentityEdge));
      g_autoptr(GArray) ops = g_array_new (FALSE, FALSE, sizeof (WeirIdentityOp));
      g_autofree WeirIdentityEdge *told = NULL;
      g_autofree char *expected = NULL;
      g_autofree char *found = NULL;
      guint32 known = 0;

      for (guint64 seq = 1; seq <= 30; seq++)
        add_random (graph, seq, &known, edges, ops);
      told = g_memdup2 (edges->data, edges->len * sizeof *told);
      for (guint i = 1; i < edges->len; i++)
        {
          guint j = (guint) g_test_rand_int_range (0, (gint32) i + 1);
          WeirIdentityEdge edge = g_array_index (edges, WeirIdentityEdge, i);

          g_array_index (edges, WeirIdentityEdge, i) = g_array_index (edges, WeirIdentityEdge, j);
          g_array_index (edges, WeirIdentityEdge, j) = edge;
        }
      weir_identity_graph_replay (again, (WeirIdentityEdge *) (gpointer) edges->data, edges->len,
                                  (WeirIdentityOp *) (gpointer) ops->data, ops->len);
      expected = list_persons (graph);
      found = list_persons (again);
      g_assert_cmpstr (found, ==, expected);
      for (guint i = 0; i < edges->len; i++)
        {
          g_assert_cmpint (told[i].decision.verdict, ==,
                           g_array_index (edges, WeirIdentityEdge, i).decision.verdict);
          g_assert_cmpint (told[i].decision.reason, ==,
                           g_array_index (edges, WeirIdentityEdge, i).decision.reason);
        }
    }
}

/* A chain of half a million, a cycle, and a million persons of two, without any store. */
static void
test_graph_scale (void)
{
  g_autoptr(WeirIdentityGraph) graph = weir_identity_graph_new (WEIR_IDENTITY_RULES_WEIR);
  guint n = g_test_slow () ? 1000000 : 200000;
  WeirIdentityEdge edge = { .kind = WEIR_STATEMENT_MERGE, .from_existed = TRUE, .to_existed = TRUE };

  for (guint i = 1; i < n; i++)
    {
      edge.from = i;
      edge.to = i + 1;
      weir_identity_graph_add_edge (graph, &edge);
      g_assert_cmpint (edge.decision.verdict, ==, WEIR_VERDICT_MERGED);
    }
  edge.from = n;
  edge.to = 1;
  weir_identity_graph_add_edge (graph, &edge);
  g_assert_cmpint (edge.decision.verdict, ==, WEIR_VERDICT_REDUNDANT);
  g_assert_cmpuint (weir_identity_graph_get_root (graph, 1), ==, n);

  edge.kind = WEIR_STATEMENT_IDENTIFY;
  for (guint i = 1; i <= n; i++)
    {
      edge.from = n * 2 + i;
      edge.to = n * 3 + i;
      weir_identity_graph_add_edge (graph, &edge);
    }
  g_assert_cmpuint (weir_identity_graph_get_root (graph, n * 2 + 7), ==, n * 3 + 7);
  g_assert_true (weir_identity_graph_is_identified (graph, n * 2 + 7));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity-graph/replay", test_replay);
  g_test_add_func ("/identity-graph/scale", test_graph_scale);

  return g_test_run ();
}
