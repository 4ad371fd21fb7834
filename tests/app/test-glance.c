/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "weir-json-glance.h"

static void
assert_glance (const char *json,
               const char *expected)
{
  g_autoptr(GString) out = g_string_new (NULL);

  weir_json_glance (json, strlen (json), 2, out);
  g_assert_cmpstr (out->str, ==, expected);
  g_assert_true (g_utf8_validate (out->str, -1, NULL));
}

static void
test_members (void)
{
  assert_glance ("{}", "");
  assert_glance ("{\"plan\":\"pro\"}", "plan=pro");
  assert_glance ("{\"plan\":\"pro\",\"n\":-1.5e3}", "plan=pro  n=-1.5e3");
  assert_glance ("{\"a\":true,\"b\":null,\"c\":1,\"d\":2}", "a=true  b=null  +2");
  assert_glance ("{\"o\":{\"x\":{\"y\":[1,\"}\"]}},\"a\":[[],{}],\"z\":1}", "o={…}  a=[…]  +1");
}

static void
test_escapes (void)
{
  assert_glance ("{\"a\":\"x\\\"y\\\\z\\/\"}", "a=x\"y\\z/");
  assert_glance ("{\"a\":\"one\\ntwo\\tthree\"}", "a=one two three");
  assert_glance ("{\"a\":\"\\u00e9\\ud83d\\ude00\\u0007\"}", "a=é😀 ");
  assert_glance ("{\"k\\\"ey\":\"v\"}", "k\"ey=v");
}

static void
test_long_text (void)
{
  g_autofree char *text = g_strnfill (300, 'x');
  g_autofree char *json = g_strdup_printf ("{\"a\":\"%s\",\"b\":1}", text);
  g_autofree char *expected = g_strdup_printf ("a=%.48s…  b=1", text);

  assert_glance (json, expected);
}

/* Whatever it is given, it stays inside and comes to an end. */
static void
test_cut_anywhere (void)
{
  static const char json[] = "{\"a\":\"x\\u00e9\\\"\",\"b\":{\"c\":[1,2]},\"d\":\"é\",\"e\":tru";

  for (gsize length = 0; length < sizeof json; length++)
    {
      g_autofree char *copy = g_strndup (json, length);
      g_autoptr(GString) out = g_string_new (NULL);

      weir_json_glance (copy, length, 10, out);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glance/members", test_members);
  g_test_add_func ("/glance/escapes", test_escapes);
  g_test_add_func ("/glance/long-text", test_long_text);
  g_test_add_func ("/glance/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
