/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-conditions.h"
#include "weir-history.h"
#include "weir-json.h"
#include "weir-record-item.h"
#include "weir-scope.h"

static guint n_changes;

static void
changed_cb (WeirScope *scope)
{
  n_changes++;
}

static void
assert_question (WeirScope  *scope,
                 const char *expected)
{
  g_autoptr(JsonObject) question = json_object_new ();
  g_autofree char *text = NULL;

  weir_scope_add_to_question (scope, question);
  text = weir_json_object_to_text (question, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static GVariant *
create_conditions (void)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  weir_conditions_add (conditions, "plan", "=", "\"pro\"");
  return weir_conditions_to_variant (conditions);
}

static void
test_question (void)
{
  g_autoptr(WeirScope) scope = weir_scope_new ();

  weir_scope_set_timezone (scope, "Europe/Berlin");
  assert_question (scope, "{\"range\":{\"last\":\"7d\"},\"timezone\":\"Europe/Berlin\"}");
  weir_scope_set_range (scope, 0, 1500000);
  assert_question (scope, "{\"range\":{\"from\":\"1970-01-01T00:00:00.000Z\","
                          "\"to\":\"1970-01-01T00:00:01.500Z\"},\"timezone\":\"Europe/Berlin\"}");
  weir_scope_set_last (scope, NULL);
  weir_scope_set_source (scope, "shop \"a\"");
  weir_scope_set_cohort (scope, "loyal");
  assert_question (scope, "{\"timezone\":\"Europe/Berlin\",\"filter\":{\"property\":\"source\",\"op\":\"=\","
                          "\"value\":\"shop \\\"a\\\"\"},\"cohort\":\"loyal\"}");
  weir_scope_set_source (scope, NULL);
  weir_scope_set_cohort (scope, "");
  weir_scope_set_conditions (scope, create_conditions ());
  assert_question (scope, "{\"timezone\":\"Europe/Berlin\",\"filter\":{\"property\":\"plan\",\"op\":\"=\","
                          "\"value\":\"pro\"}}");
}

static void
test_changes (void)
{
  g_autoptr(WeirScope) scope = weir_scope_new ();
  g_autoptr(GVariant) before = g_variant_ref_sink (weir_scope_to_variant (scope));
  g_autoptr(GVariant) after = NULL;
  gint64 from, to;

  g_signal_connect (scope, "changed", G_CALLBACK (changed_cb), NULL);
  n_changes = 0;
  weir_scope_set_last (scope, "7d");
  weir_scope_set_source (scope, NULL);
  g_assert_cmpuint (n_changes, ==, 0);
  weir_scope_set_last (scope, "24h");
  weir_scope_set_range (scope, 10, 20);
  weir_scope_set_range (scope, 10, 20);
  weir_scope_set_source (scope, "shop");
  g_assert_cmpuint (n_changes, ==, 3);
  after = g_variant_ref_sink (weir_scope_to_variant (scope));

  weir_scope_set_variant (scope, before);
  g_assert_cmpuint (n_changes, ==, 4);
  g_assert_cmpstr (weir_scope_get_last (scope), ==, "7d");
  g_assert_null (weir_scope_get_source (scope));
  g_assert_false (weir_scope_get_range (scope, &from, &to));
  weir_scope_set_variant (scope, before);
  g_assert_cmpuint (n_changes, ==, 4);
  weir_scope_set_variant (scope, after);
  g_assert_true (weir_scope_get_range (scope, &from, &to));
  g_assert_cmpint (from, ==, 10);
  g_assert_cmpint (to, ==, 20);
  g_assert_cmpstr (weir_scope_get_source (scope), ==, "shop");
  /* A range without a length is everything. */
  weir_scope_set_range (scope, 20, 20);
  g_assert_false (weir_scope_get_range (scope, &from, &to));
}

static void
assert_place (const WeirPlace *place,
              const char      *page,
              const char      *state)
{
  g_assert_nonnull (place);
  g_assert_cmpstr (place->page, ==, page);
  if (state == NULL)
    g_assert_null (place->state);
  else
    g_assert_cmpstr (g_variant_get_string (place->state, NULL), ==, state);
}

static void
test_history (void)
{
  g_autoptr(WeirHistory) history = weir_history_new ();

  g_assert_null (weir_history_step (history, -1));
  g_assert_true (weir_history_push (history, "a", g_variant_new_int32 (1), NULL));
  g_assert_false (weir_history_push (history, "a", g_variant_new_int32 (1), NULL));
  g_assert_true (weir_history_push (history, "a", g_variant_new_int32 (1), g_variant_new_string ("x")));
  g_assert_true (weir_history_push (history, "b", g_variant_new_int32 (1), NULL));
  g_assert_false (weir_history_can_step (history, 1));
  assert_place (weir_history_step (history, -1), "a", "x");
  assert_place (weir_history_step (history, -1), "a", NULL);
  g_assert_null (weir_history_step (history, -1));
  assert_place (weir_history_step (history, 1), "a", "x");
  /* Going somewhere new forgets what was ahead. */
  g_assert_true (weir_history_push (history, "c", g_variant_new_int32 (2), NULL));
  g_assert_false (weir_history_can_step (history, 1));
  assert_place (weir_history_step (history, -1), "a", "x");
}

static void
test_history_is_bounded (void)
{
  g_autoptr(WeirHistory) history = weir_history_new ();
  guint n = 0;

  for (int i = 0; i < 1000; i++)
    weir_history_push (history, "a", g_variant_new_int32 (i), NULL);
  while (weir_history_step (history, -1) != NULL)
    n++;
  g_assert_cmpuint (n, ==, 99);
}

static void
test_record (void)
{
  static const char text[] = "{\"name\":\"a\",\"ledger\":{\"received\":1234},\"list\":[\"x\",\"y\"],"
                                                "\"at\":\"1970-01-02T03:04:05Z\",\"none\":null,\"wrong\":[]}";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(JsonObject) object = weir_json_parse_object (bytes, NULL);
  g_autoptr(WeirRecordItem) item = NULL;
  static const struct {
    const char *path;
    WeirRecordFormat format;
    const char *text;
  } cells[] = {
    { "name", WEIR_RECORD_TEXT, "a" },
    { "ledger.received", WEIR_RECORD_COUNT, "1234" },
    { "list", WEIR_RECORD_LIST, "x, y" },
    { "at", WEIR_RECORD_INSTANT, "1970-01-02 03:04:05" },
    { "none", WEIR_RECORD_TEXT, "–" },
    { "wrong", WEIR_RECORD_COUNT, "–" },
    { "ledger.nothing", WEIR_RECORD_NUMBER, "–" },
    { "nothing.at.all", WEIR_RECORD_TEXT, "–" },
  };

  g_assert_nonnull (object);
  item = weir_record_item_new (object);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      g_autofree char *cell = weir_record_item_dup_text (item, cells[i].path, cells[i].format);

      g_assert_cmpstr (cell, ==, cells[i].text);
    }
  g_assert_true (weir_record_item_equal (item, object));
}

static void
test_json (void)
{
  const char *bad[] = { "", "[]", "1", "{", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (bad[i], strlen (bad[i]));
      g_autoptr(GError) error = NULL;

      g_assert_null (weir_json_parse_object (bytes, &error));
      g_assert_nonnull (error);
    }
  g_assert_null (weir_json_get_text (NULL, "a"));
  g_assert_cmpuint (weir_json_array_get_n (NULL), ==, 0);
  g_assert_null (weir_json_array_get_object (NULL, 3));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scope/question", test_question);
  g_test_add_func ("/scope/changes", test_changes);
  g_test_add_func ("/history/steps", test_history);
  g_test_add_func ("/history/bounded", test_history_is_bounded);
  g_test_add_func ("/record/cells", test_record);
  g_test_add_func ("/json/not-an-object", test_json);
  return g_test_run ();
}
