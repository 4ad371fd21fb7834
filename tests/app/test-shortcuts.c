/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <adwaita.h>

#include "weir-application.h"

static void
collect (GtkBuilder *builder,
         GHashTable *shown)
{
  g_autoptr(GSList) objects = gtk_builder_get_objects (builder);

  for (GSList *object = objects; object != NULL; object = object->next)
    {
      char *accelerator = NULL, *title = NULL;

      if (!GTK_IS_SHORTCUTS_SHORTCUT (object->data))
        continue;
      g_object_get (object->data, "accelerator", &accelerator, "title", &title, NULL);
      g_assert_nonnull (accelerator);
      g_assert_nonnull (title);
      /* None is said twice. */
      g_assert_true (g_hash_table_insert (shown, accelerator, title));
    }
}

/* What readers are told is what works, and all of it. */
static void
test_help_overlay (void)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new ();
  g_autoptr(GHashTable) shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GError) error = NULL;
  const WeirAccel *accels;
  guint n_accels, n_keys = 0;

  gtk_builder_add_from_resource (builder, "/weir/gtk/help-overlay.ui", &error);
  g_assert_no_error (error);
  collect (builder, shown);
  accels = weir_application_get_accels (&n_accels);
  for (guint i = 0; i < n_accels; i++)
    {
      for (guint j = 0; accels[i].accels[j] != NULL; j++)
        {
          guint key;
          GdkModifierType modifiers;

          g_assert_true (gtk_accelerator_parse (accels[i].accels[j], &key, &modifiers));
          if (!g_hash_table_contains (shown, accels[i].accels[j]))
            g_error ("The help overlay does not tell %s", accels[i].accels[j]);
          g_assert_cmpstr (g_hash_table_lookup (shown, accels[i].accels[j]), ==, accels[i].title);
          n_keys++;
        }
    }
  g_assert_cmpuint (n_keys, ==, g_hash_table_size (shown));
  gtk_window_destroy (GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

static void
test_unique (void)
{
  g_autoptr(GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) actions = g_hash_table_new (g_str_hash, g_str_equal);
  const WeirAccel *accels;
  guint n_accels;

  accels = weir_application_get_accels (&n_accels);
  for (guint i = 0; i < n_accels; i++)
    {
      g_assert_true (g_hash_table_add (actions, (gpointer) accels[i].action));
      for (guint j = 0; accels[i].accels[j] != NULL; j++)
        g_assert_true (g_hash_table_add (keys, (gpointer) accels[i].accels[j]));
    }
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/shortcuts/help-overlay", test_help_overlay);
  g_test_add_func ("/shortcuts/unique", test_unique);
  return g_test_run ();
}
