/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-conditions.h"
#include "weir-filter.h"

static void
assert_filter (GArray     *conditions,
               const char *expected)
{
  g_autofree char *filter = weir_conditions_to_filter (conditions);

  g_assert_cmpstr (filter, ==, expected);
  if (filter != NULL)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(WeirFilter) parsed = weir_filter_new_from_json (filter, -1, &error);

      g_assert_no_error (error);
      g_assert_nonnull (parsed);
    }
}

static void
test_to_filter (void)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  assert_filter (conditions, NULL);
  weir_conditions_add (conditions, "event", "=", "\"purchase\"");
  assert_filter (conditions, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"purchase\"}");
  weir_conditions_add (conditions, "plan", "is_set", "");
  assert_filter (conditions,
                 "{\"all\":[{\"property\":\"event\",\"op\":\"=\",\"value\":\"purchase\"},"
                 "{\"property\":\"plan\",\"op\":\"is_set\"}]}");
  weir_conditions_add (conditions, "plan", "is_set", "");
  g_assert_cmpuint (conditions->len, ==, 2);
}

static void
test_narrow (void)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();

  weir_conditions_narrow (conditions, "event", "\"a\"", TRUE);
  weir_conditions_narrow (conditions, "event", "\"b\"", TRUE);
  assert_filter (conditions, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"b\"}");
  weir_conditions_narrow (conditions, "event", "\"b\"", FALSE);
  assert_filter (conditions, "{\"property\":\"event\",\"op\":\"!=\",\"value\":\"b\"}");
  weir_conditions_narrow (conditions, "event", "\"c\"", FALSE);
  g_assert_cmpuint (conditions->len, ==, 2);
  weir_conditions_narrow (conditions, "event", "\"c\"", TRUE);
  g_assert_cmpuint (conditions->len, ==, 2);
}

static gboolean
matches (const WeirFilter *filter,
         WeirEventCodec   *codec,
         const char       *properties)
{
  g_autofree char *json = g_strdup_printf ("{\"event\":\"e\",\"properties\":%s}", properties);
  g_autoptr(WeirEventCodec) reader = weir_event_codec_new ();
  WeirEvent event;
  gboolean matched;

  g_assert_true (weir_event_codec_decode_stored (reader, json, strlen (json), &event, NULL));
  matched = weir_filter_matches (filter, &event, codec);
  /* What the filter calls an error is what the collector counts as one. */
  g_assert_cmpint (matched, ==, (event.flags & WEIR_EVENT_IS_ERROR) != 0);
  return matched;
}

static void
test_errors (void)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autoptr(WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr(WeirFilter) filter = NULL;
  g_autofree char *json = NULL;

  weir_conditions_add (conditions, WEIR_PROPERTY_ERRORS, "is_set", "");
  json = weir_conditions_to_filter (conditions);
  filter = weir_filter_new_from_json (json, -1, NULL);
  g_assert_nonnull (filter);
  g_assert_true (matches (filter, codec, "{\"error\":true}"));
  g_assert_true (matches (filter, codec, "{\"error\":\"card declined\"}"));
  g_assert_true (matches (filter, codec, "{\"error\":{\"code\":5}}"));
  g_assert_true (matches (filter, codec, "{\"level\":\"fatal\"}"));
  g_assert_true (matches (filter, codec, "{\"status\":502}"));
  g_assert_false (matches (filter, codec, "{\"error\":false}"));
  g_assert_false (matches (filter, codec, "{\"error\":\"\"}"));
  g_assert_false (matches (filter, codec, "{\"error\":null}"));
  g_assert_false (matches (filter, codec, "{\"error\":3}"));
  g_assert_false (matches (filter, codec, "{\"error\":-3}"));
  g_assert_false (matches (filter, codec, "{\"level\":\"info\",\"status\":499}"));
  g_assert_false (matches (filter, codec, "{}"));
}

static void
assert_literal (const char *op,
                const char *text,
                const char *expected)
{
  g_autofree char *literal = weir_literal_from_text (op, text);

  g_assert_cmpstr (literal, ==, expected);
}

static void
test_literals (void)
{
  assert_literal ("=", "pro", "\"pro\"");
  assert_literal ("=", "21.5", "21.5");
  assert_literal ("=", "-3", "-3");
  assert_literal ("=", "1.2.3", "\"1.2.3\"");
  assert_literal ("=", "10 euro", "\"10 euro\"");
  assert_literal ("=", "true", "true");
  assert_literal ("=", "\"7\"", "\"7\"");
  assert_literal ("=", "say \"hi\"", "\"say \\\"hi\\\"\"");
  assert_literal ("contains", "500", "\"500\"");
  assert_literal ("in", "a, 2 ,,\"3\"", "[\"a\",2,\"3\"]");
  assert_literal ("is_set", "whatever", "");
}

static void
test_literals_come_back (void)
{
  static const struct {
    const char *op;
    const char *text;
  } cases[] = {
    { "=", "pro" }, { "=", "21.5" }, { "=", "\"7\"" }, { "=", "\"true\"" }, { "=", "a \"b\" c" },
    { "in", "a, 2, \"3\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *literal = weir_literal_from_text (cases[i].op, cases[i].text);
      g_autofree char *text = weir_literal_to_text (literal);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_variant (void)
{
  g_autoptr(GArray) conditions = weir_conditions_new ();
  g_autoptr(GArray) copy = NULL;
  g_autoptr(GVariant) variant = NULL;
  g_autofree char *label = NULL;

  weir_conditions_add (conditions, "path", "contains", "\"/pric\"");
  weir_conditions_add (conditions, WEIR_PROPERTY_ERRORS, "is_set", "");
  variant = g_variant_ref_sink (weir_conditions_to_variant (conditions));
  copy = weir_conditions_from_variant (variant);
  g_assert_cmpuint (copy->len, ==, 2);
  label = weir_condition_dup_label (g_array_index (copy, WeirCondition, 0).property,
                                    g_array_index (copy, WeirCondition, 0).op,
                                    g_array_index (copy, WeirCondition, 0).value);
  g_assert_cmpstr (label, ==, "path contains /pric");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conditions/to-filter", test_to_filter);
  g_test_add_func ("/conditions/narrow", test_narrow);
  g_test_add_func ("/conditions/errors", test_errors);
  g_test_add_func ("/conditions/literals", test_literals);
  g_test_add_func ("/conditions/literals-come-back", test_literals_come_back);
  g_test_add_func ("/conditions/variant", test_variant);
  return g_test_run ();
}
