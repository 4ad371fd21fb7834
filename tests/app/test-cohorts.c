/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-id-file.h"
#include "weir-rule.h"

static void
assert_same (const char *json)
{
  g_autoptr(JsonNode) node = json_from_string (json, NULL);
  g_autoptr(WeirRule) root = NULL;
  g_autoptr(JsonNode) back = NULL;

  g_assert_nonnull (node);
  root = weir_rule_new_root (node);
  back = weir_rule_root_to_node (root);
  g_assert_nonnull (back);
  if (!json_node_equal (node, back))
    {
      g_autofree char *text = json_to_string (back, FALSE);

      g_error ("%s became %s", json, text);
    }
}

static void
test_round_trip (void)
{
  static const char *const conditions[] = {
    "{\"did\":\"purchase\"}",
    "{\"did\":\"purchase\",\"at_least\":1}",
    "{\"did\":\"purchase\",\"at_least\":2,\"within\":\"30d\"}",
    "{\"did\":\"purchase\",\"at_most\":0}",
    "{\"did\":\"purchase\",\"exactly\":3,\"within\":\"52w\"}",
    "{\"did\":\"purchase\",\"filter\":{\"property\":\"value\",\"op\":\">\",\"value\":10}}",
    "{\"did\":\"x\",\"filter\":{\"not\":{\"property\":\"a.b\",\"op\":\"is_set\"}}}",
    "{\"did_not\":\"visit\",\"within\":\"90s\"}",
    "{\"did_first\":\"visit\",\"within\":\"7d\"}",
    "{\"stopped\":\"visit\",\"for\":\"7d\"}",
    "{\"property\":\"person.plan\",\"op\":\"=\",\"value\":\"pro\"}",
    "{\"property\":\"person.n\",\"op\":\"in\",\"value\":[1,\"1\",null]}",
    "{\"property\":\"person.plan\",\"op\":\"is_set\"}",
    "{\"cohort\":\"loyal\"}",
    "{\"all\":[{\"did\":\"a\"},{\"any\":[{\"did\":\"b\"},{\"not\":{\"any\":[{\"did\":\"c\"}]}}]}]}",
    "{\"any\":[{\"did\":\"a\"},{\"not\":{\"did\":\"b\"}}]}",
    "{\"not\":{\"all\":[{\"did\":\"a\"},{\"did\":\"b\"}]}}",
    "{\"not\":{\"not\":{\"did\":\"a\"}}}",
    "{\"all\":[{\"did\":\"a\"}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    assert_same (conditions[i]);
}

/* What no sentence can show, and what a later version may add, survives. */
static void
test_unknown_survives (void)
{
  assert_same ("{\"did\":\"a\",\"color\":{\"of\":[\"the\",\"moon\"]}}");
  assert_same ("{\"all\":[{\"did\":\"a\"}],\"note\":\"mine\"}");
  assert_same ("{\"did\":\"a\",\"at_least\":2,\"at_most\":5}");
  assert_same ("{\"did\":\"a\",\"within\":\"1 fortnight\"}");
  assert_same ("{\"did\":7}");
  assert_same ("{\"hopped\":\"a\"}");
  assert_same ("{\"all\":[{\"hopped\":\"a\"},{\"did\":\"b\"}]}");
  assert_same ("{\"not\":{\"did\":\"a\"},\"note\":1}");
  assert_same ("{\"property\":\"plan\",\"op\":\"=\",\"value\":1}");
  assert_same ("{\"property\":\"person.plan\",\"op\":\"=\",\"value\":1,\"case\":false}");
}

static void
test_kinds (void)
{
  g_autoptr(JsonNode) node =
    json_from_string ("{\"all\":[{\"did\":\"a\",\"at_least\":2,\"within\":\"30d\"},{\"x\":1}]}", NULL);
  g_autoptr(WeirRule) root = weir_rule_new_root (node);
  WeirRule *did = root->children->pdata[0];
  WeirRule *kept = root->children->pdata[1];

  g_assert_cmpint (did->kind, ==, WEIR_RULE_DID);
  g_assert_cmpint (did->n_times, ==, 2);
  g_assert_cmpint (did->amount, ==, 30);
  g_assert_cmpint (did->unit, ==, 'd');
  g_assert_cmpint (kept->kind, ==, WEIR_RULE_JSON);
}

/* What is not filled in yet is not asked. */
static void
test_incomplete (void)
{
  g_autoptr(WeirRule) root = weir_rule_new_root (NULL);
  WeirRule *did = weir_rule_new (WEIR_RULE_DID);
  g_autoptr(JsonNode) none = weir_rule_root_to_node (root);
  g_autoptr(JsonNode) one = NULL;
  g_autofree char *text = NULL;

  g_assert_null (none);
  g_ptr_array_add (root->children, weir_rule_new (WEIR_RULE_PROPERTY));
  g_ptr_array_add (root->children, did);
  g_assert_false (weir_rule_is_complete (root));
  did->event = g_strdup ("visit");
  one = weir_rule_root_to_node (root);
  text = json_to_string (one, FALSE);
  g_assert_cmpstr (text, ==, "{\"all\":[{\"did\":\"visit\"}]}");
}

static void
test_filters (void)
{
  GVariant *list = weir_filter_to_conditions ("{\"all\":[{\"property\":\"a\",\"op\":\"=\",\"value\":1},"
                                              "{\"property\":\"b\",\"op\":\"is_set\"}]}");

  g_assert_nonnull (list);
  g_assert_cmpuint (g_variant_n_children (list), ==, 2);
  g_variant_unref (g_variant_ref_sink (list));
  g_assert_null (weir_filter_to_conditions ("{\"any\":[]}"));
  list = weir_filter_to_conditions (NULL);
  g_assert_cmpuint (g_variant_n_children (list), ==, 0);
  g_variant_unref (g_variant_ref_sink (list));
}

static void
assert_ids (const char *text,
            const char *body,
            guint       n_repeated)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirIdFile) ids = weir_id_file_parse (text, strlen (text), NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (ids->body, ==, body);
  g_assert_cmpuint (ids->n_repeated, ==, n_repeated);
}

static void
test_id_files (void)
{
  assert_ids ("", "{\"distinct_ids\":[]}", 0);
  assert_ids ("a\n b \r\n\nc", "{\"distinct_ids\":[\"a\",\"b\",\"c\"]}", 0);
  assert_ids ("a\na\nb\n", "{\"distinct_ids\":[\"a\",\"b\"]}", 1);
  assert_ids ("\xef\xbb\xbf" "a,1\n\"b, \"\"c\"\"\",2\n", "{\"distinct_ids\":[\"a\",\"b, \\\"c\\\"\"]}", 0);
  assert_ids ("person,distinct_id\r\np1,a\r\np1,b\r\n", "{\"distinct_ids\":[\"a\",\"b\"]}", 0);
  assert_ids ("ä\n\"x\ny\"\n", "{\"distinct_ids\":[\"ä\",\"x\\ny\"]}", 0);
}

/* Who waits for a long file can see how far it is. */
static void
test_id_files_progress (void)
{
  g_autoptr(GString) many = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeirIdFile) ids = NULL;
  int percent = -1;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (many, "%05u\n", i);
  ids = weir_id_file_parse (many->str, many->len, &percent, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->n_ids, ==, 10000);
  g_assert_cmpint (percent, ==, 81);
}

static void
test_id_files_refused (void)
{
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();
  g_autoptr(GString) many = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (weir_id_file_parse ("\xff\xfe\n", 3, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_null (weir_id_file_parse ("a\n", 2, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  for (guint i = 0; i <= WEIR_ID_FILE_MAX_IDS; i++)
    g_string_append_printf (many, "%u\n", i);
  g_assert_null (weir_id_file_parse (many->str, many->len, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cohorts/round-trip", test_round_trip);
  g_test_add_func ("/cohorts/unknown-survives", test_unknown_survives);
  g_test_add_func ("/cohorts/kinds", test_kinds);
  g_test_add_func ("/cohorts/incomplete", test_incomplete);
  g_test_add_func ("/cohorts/filters", test_filters);
  g_test_add_func ("/cohorts/id-files", test_id_files);
  g_test_add_func ("/cohorts/id-files-progress", test_id_files_progress);
  g_test_add_func ("/cohorts/id-files-refused", test_id_files_refused);
  return g_test_run ();
}
