/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-seen-names.h"

static void
test_find (void)
{
  g_autoptr(WeirSeenNames) names = weir_seen_names_new ();
  g_auto(GStrv) properties = NULL;
  g_auto(GStrv) events = NULL;

  weir_seen_names_add (names, "event", "purchase");
  weir_seen_names_add (names, "event", "page_view");
  weir_seen_names_add (names, "event", "Checkout");
  weir_seen_names_add (names, "plan", "pro");

  properties = weir_seen_names_find (names, NULL, "", 10);
  g_assert_cmpuint (g_strv_length (properties), ==, 4);
  g_assert_true (g_strv_contains ((const char * const *) properties, "plan"));
  events = weir_seen_names_find (names, "event", "CH", 10);
  g_assert_cmpuint (g_strv_length (events), ==, 2);
  g_assert_true (g_strv_contains ((const char * const *) events, "Checkout"));
}

static void
test_bounded (void)
{
  g_autoptr(WeirSeenNames) names = weir_seen_names_new ();
  g_autofree char *huge = g_strnfill (100000, 'x');
  g_auto(GStrv) properties = NULL;
  g_auto(GStrv) values = NULL;
  g_auto(GStrv) few = NULL;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      weir_seen_names_add (names, name, name);
      weir_seen_names_add (names, "event", name);
    }
  weir_seen_names_add (names, huge, NULL);
  weir_seen_names_add (names, "source", huge);
  properties = weir_seen_names_find (names, NULL, "", G_MAXUINT);
  g_assert_cmpuint (g_strv_length (properties), <=, 1000);
  values = weir_seen_names_find (names, "event", "", G_MAXUINT);
  g_assert_cmpuint (g_strv_length (values), <=, 1000);
  few = weir_seen_names_find (names, "event", "", 3);
  g_assert_cmpuint (g_strv_length (few), ==, 3);
}

static void
test_from_event (void)
{
  static const char properties[] = "{\"plan\":\"pro\",\"n\":3,\"o\":{\"x\":\"y\"}}";
  g_autoptr(WeirSeenNames) names = weir_seen_names_new ();
  g_auto(GStrv) found = NULL;
  WeirEvent event;

  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_NAME, "e", 1);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, sizeof properties - 1);
  weir_seen_names_add_event (names, &event);
  found = weir_seen_names_find (names, NULL, "", 10);
  g_assert_true (g_strv_contains ((const char * const *) found, "plan"));
  g_assert_true (g_strv_contains ((const char * const *) found, "n"));
  g_assert_true (g_strv_contains ((const char * const *) found, "o"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/find", test_find);
  g_test_add_func ("/names/bounded", test_bounded);
  g_test_add_func ("/names/from-event", test_from_event);
  return g_test_run ();
}
