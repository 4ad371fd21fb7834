/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-filter.h"

static const char properties[] =
  "{\"plan\":\"pro\",\"path\":\"/pricing/é\",\"n\":3,\"big\":10,\"f\":2.5,\"yes\":true,\"no\":false,"
  "\"nothing\":null,\"empty\":\"\",\"a\":{\"b\":{\"c\":\"deep\"}},\"a.x\":\"dotted\",\"list\":[\"pro\",1],"
  "\"digits\":\"3\",\"value\":\"shadowed\"}";

typedef struct
{
  const char *property;
  const char *op;
  const char *value;     /* JSON */
  gboolean expected;
} Case;

static const Case cases[] = {
  { "event", "=", "\"purchase\"", TRUE },
  { "event", "=", "\"purchas\"", FALSE },
  { "event", "=", "\"purchases\"", FALSE },
  { "event", "!=", "\"purchase\"", FALSE },
  { "event", "in", "[\"a\",\"purchase\"]", TRUE },
  { "event", "in", "[]", FALSE },
  { "event", "is_set", NULL, TRUE },
  { "source", "=", "\"shop\"", TRUE },
  { "source", "contains", "\"ho\"", TRUE },
  { "source", "contains", "\"HO\"", FALSE },
  { "source", "contains", "\"\"", TRUE },
  { "user_id", "=", "\"u1\"", TRUE },
  { "distinct_id", "=", "\"u1\"", TRUE },
  { "anonymous_id", "=", "\"a1\"", TRUE },
  { "device_id", "is_set", NULL, FALSE },
  { "device_id", "is_not_set", NULL, TRUE },
  { "device_id", "=", "\"\"", FALSE },
  { "device_id", "!=", "\"x\"", TRUE },
  { "device_id", "contains", "\"\"", FALSE },
  { "device_id", "not_contains", "\"x\"", TRUE },

  { "value", "=", "21.5", TRUE },
  { "value", ">", "21", TRUE },
  { "value", "<=", "21.4", FALSE },
  { "value", "=", "\"21.5\"", FALSE },
  { "value", "=", "\"shadowed\"", FALSE },

  { "n", "=", "3", TRUE },
  { "n", "=", "3.0", TRUE },
  { "n", "=", "\"3\"", FALSE },
  { "n", "!=", "\"3\"", TRUE },
  { "digits", "=", "3", FALSE },
  { "digits", "=", "\"3\"", TRUE },
  /* As texts “10” would come before “3”. */
  { "big", ">", "3", TRUE },
  { "big", ">", "\"3\"", FALSE },
  { "big", "<", "\"3\"", FALSE },
  { "n", "<", "3", FALSE },
  { "n", "<=", "3", TRUE },
  { "n", ">=", "3", TRUE },
  { "n", ">=", "3.01", FALSE },
  { "f", "in", "[1,2.5]", TRUE },
  { "n", "in", "[\"3\",true]", FALSE },
  { "n", "contains", "\"3\"", FALSE },
  { "n", "matches", "\"3\"", FALSE },

  { "plan", "<", "\"q\"", TRUE },
  { "plan", "<", "\"pro\"", FALSE },
  { "plan", ">", "\"pr\"", TRUE },
  { "plan", "<=", "\"pro\"", TRUE },
  { "plan", ">=", "\"prp\"", FALSE },
  { "path", "contains", "\"/pric\"", TRUE },
  { "path", "not_contains", "\"/pric\"", FALSE },
  { "path", "matches", "\"^/pri.*é$\"", TRUE },
  { "path", "matches", "\"^/.ricing/.$\"", TRUE },
  { "path", "matches", "\"^pri\"", FALSE },
  { "path", "matches", "\"(?i)PRICING\"", TRUE },
  { "empty", "is_set", NULL, TRUE },
  { "empty", "=", "\"\"", TRUE },
  { "empty", "matches", "\"^$\"", TRUE },

  { "yes", "=", "true", TRUE },
  { "yes", "=", "1", FALSE },
  { "no", "=", "false", TRUE },
  { "no", "!=", "false", FALSE },
  { "no", "is_set", NULL, TRUE },

  { "nothing", "is_set", NULL, FALSE },
  { "nothing", "is_not_set", NULL, TRUE },
  { "nothing", "=", "\"\"", FALSE },
  { "missing", "is_set", NULL, FALSE },
  { "missing", "!=", "1", TRUE },
  { "missing", "<", "1", FALSE },
  { "missing", ">=", "1", FALSE },
  { "missing", "in", "[1]", FALSE },

  { "a.b.c", "=", "\"deep\"", TRUE },
  { "a.b", "is_set", NULL, TRUE },
  { "a.b", "contains", "\"deep\"", FALSE },
  { "a.x", "=", "\"dotted\"", TRUE },
  { "a.b.c.d", "is_set", NULL, FALSE },
  { "list", "is_set", NULL, TRUE },
  { "list", "=", "\"pro\"", FALSE },
  { "list", "contains", "\"pro\"", FALSE },

  { "person.plan", "is_set", NULL, FALSE },
  { "person.plan", "!=", "\"pro\"", TRUE },
};

static WeirEvent
make_event (void)
{
  WeirEvent event;

  weir_event_init (&event);
  event.value = 21.5;
  weir_event_set_text (&event, WEIR_EVENT_NAME, "purchase", 8);
  weir_event_set_text (&event, WEIR_EVENT_SOURCE, "shop", 4);
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u1", 2);
  weir_event_set_text (&event, WEIR_EVENT_ANONYMOUS_ID, "a1", 2);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, sizeof properties - 1);

  return event;
}

static char *
case_to_json (const Case *c)
{
  if (c->value == NULL)
    return g_strdup_printf ("{\"property\":\"%s\",\"op\":\"%s\"}", c->property, c->op);

  return g_strdup_printf ("{\"property\":\"%s\",\"op\":\"%s\",\"value\":%s}",
                          c->property, c->op, c->value);
}

static gboolean
matches (const char *json)
{
  g_autoptr (WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeirFilter) filter = weir_filter_new_from_json (json, -1, &error);
  g_autoptr (WeirFilter) again = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *canonical_again = NULL;
  WeirEvent event = make_event ();
  gboolean result;

  g_assert_no_error (error);
  result = weir_filter_matches (filter, &event, codec);

  /* Written and read back it is the same filter. */
  canonical = weir_filter_to_json (filter);
  again = weir_filter_new_from_json (canonical, strlen (canonical), &error);
  g_assert_no_error (error);
  canonical_again = weir_filter_to_json (again);
  g_assert_cmpstr (canonical_again, ==, canonical);
  g_assert_cmpint (weir_filter_matches (again, &event, codec), ==, result);

  return result;
}

static void
test_semantics (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = case_to_json (&cases[i]);

      g_test_message ("%s", json);
      g_assert_cmpint (matches (json), ==, cases[i].expected);
    }
}

static void
test_groups (void)
{
#define YES "{\"property\":\"n\",\"op\":\"=\",\"value\":3}"
#define NO "{\"property\":\"n\",\"op\":\"=\",\"value\":4}"
  g_assert_true (matches ("{}"));
  g_assert_true (matches ("{\"all\":[]}"));
  g_assert_false (matches ("{\"any\":[]}"));
  g_assert_true (matches ("{\"all\":[" YES "," YES "]}"));
  g_assert_false (matches ("{\"all\":[" YES "," NO "]}"));
  g_assert_true (matches ("{\"any\":[" NO "," YES "]}"));
  g_assert_false (matches ("{\"any\":[" NO "," NO "]}"));
  g_assert_false (matches ("{\"not\":" YES "}"));
  g_assert_true (matches ("{\"not\":{\"all\":[" YES ",{\"not\":{\"any\":[" NO "," YES "]}}]}}"));
}

static void
test_canonical (void)
{
  g_autoptr (WeirFilter) filter = NULL;
  g_autoptr (WeirFilter) event = weir_filter_new_event ("a\"b");
  g_autofree char *json = NULL;
  g_autofree char *event_json = weir_filter_to_json (event);

  filter = weir_filter_new_from_json (" { \"all\" : [ {\"value\": [1, 2.50, \"x\", true], \"op\":\"in\","
                                      "\"property\":\"p\"}, {\"op\":\"is_set\",\"property\":\"q\",\"value\":1} ] }",
                                      -1, NULL);
  json = weir_filter_to_json (filter);
  g_assert_cmpstr (json, ==,
                   "{\"all\":[{\"property\":\"p\",\"op\":\"in\",\"value\":[1,2.5,\"x\",true]},"
                   "{\"property\":\"q\",\"op\":\"is_set\"}]}");
  g_assert_cmpstr (event_json, ==, "{\"property\":\"event\",\"op\":\"=\",\"value\":\"a\\\"b\"}");
}

static void
check_refused (const char *json,
               gssize      length)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weir_filter_new_from_json (json, length, &error));
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), >, 10);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "", "nonsense", "[]", "3", "null", "\"event\"", "{\"all\":{}}", "{\"all\":[1]}", "{\"not\":[]}",
    "{\"some\":[]}", "{\"property\":\"a\"}", "{\"property\":\"\",\"op\":\"is_set\"}",
    "{\"property\":1,\"op\":\"is_set\"}", "{\"property\":\"a\",\"op\":\"like\",\"value\":1}",
    "{\"property\":\"a\",\"op\":\"=\"}", "{\"property\":\"a\",\"op\":\"=\",\"value\":null}",
    "{\"property\":\"a\",\"op\":\"=\",\"value\":[1]}", "{\"property\":\"a\",\"op\":\"=\",\"value\":{}}",
    "{\"property\":\"a\",\"op\":\"in\",\"value\":1}", "{\"property\":\"a\",\"op\":\"in\",\"value\":[[]]}",
    "{\"property\":\"a\",\"op\":\"<\",\"value\":true}", "{\"property\":\"a\",\"op\":\"contains\",\"value\":1}",
    "{\"property\":\"a\",\"op\":\"matches\",\"value\":1}", "{\"property\":\"a\",\"op\":\"matches\",\"value\":\"(\"}",
    "{\"property\":\"a\",\"op\":\"matches\",\"value\":\"(((a{1000}){1000}){1000})\"}",
    "{\"property\":\"a\",\"op\":\"contains\",\"value\":\"\\u0000\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    check_refused (texts[i], -1);
  check_refused ("{}\0", 3);
  check_refused ("{\"\xff\":1}", -1);
}

static char *
repeat (const char *start,
        const char *unit,
        guint       n,
        const char *end)
{
  GString *out = g_string_new (start);

  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
  g_string_append (out, end);

  return g_string_free (out, FALSE);
}

static void
test_bounds (void)
{
  g_autofree char *ends = repeat ("", "}", 40, "");
  g_autofree char *deep = repeat ("", "{\"not\":", 40, "{}");
  g_autofree char *deep_closed = g_strconcat (deep, ends, NULL);
  g_autofree char *brackets = repeat ("", "[", 60000, "");
  g_autofree char *many = repeat ("{\"all\":[{}", ",{}", 600, "]}");
  g_autofree char *values = repeat ("{\"property\":\"a\",\"op\":\"in\",\"value\":[1", ",1", 1000, "]}");
  g_autofree char *pattern = repeat ("{\"property\":\"a\",\"op\":\"matches\",\"value\":\"", "a", 513, "\"}");
  g_autofree char *name = repeat ("{\"property\":\"", "a", 513, "\",\"op\":\"is_set\"}");
  g_autofree char *large = repeat ("{", " ", 65536, "}");

  check_refused (deep_closed, -1);
  check_refused (brackets, -1);
  check_refused (many, -1);
  check_refused (values, -1);
  check_refused (pattern, -1);
  check_refused (name, -1);
  check_refused (large, -1);
}

/* An expression that needs 2ⁿ steps gives up instead. */
static void
test_costly_expression (void)
{
  g_autoptr (WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr (WeirFilter) filter = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = repeat ("{\"p\":\"", "a", 60000, "\"}");
  WeirEvent event = make_event ();

  filter = weir_filter_new_from_json ("{\"property\":\"p\",\"op\":\"matches\","
                                      "\"value\":\"(*LIMIT_MATCH=4000000000)^(a+)+$(?<!a)\"}",
                                      -1, &error);
  g_assert_no_error (error);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, text, strlen (text));
  g_assert_false (weir_filter_matches (filter, &event, codec));
}

static void
test_without_properties (void)
{
  g_autoptr (WeirEventCodec) codec = weir_event_codec_new ();
  g_autoptr (WeirFilter) filter = NULL;
  WeirEvent event = make_event ();

  filter = weir_filter_new_from_json ("{\"property\":\"plan\",\"op\":\"is_set\"}", -1, NULL);
  g_assert_true (weir_filter_matches (filter, &event, codec));
  g_assert_false (weir_filter_matches (filter, &event, NULL));

  /* What an earlier event left in the codec is not this one's. */
  event.text[WEIR_EVENT_PROPERTIES] = NULL;
  event.length[WEIR_EVENT_PROPERTIES] = 0;
  g_assert_false (weir_filter_matches (filter, &event, codec));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/filter/semantics", test_semantics);
  g_test_add_func ("/engine/filter/groups", test_groups);
  g_test_add_func ("/engine/filter/canonical", test_canonical);
  g_test_add_func ("/engine/filter/refused", test_refused);
  g_test_add_func ("/engine/filter/bounds", test_bounds);
  g_test_add_func ("/engine/filter/costly-expression", test_costly_expression);
  g_test_add_func ("/engine/filter/without-properties", test_without_properties);

  return g_test_run ();
}
