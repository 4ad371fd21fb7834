/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-settings.h"

/* Where the schema is when the program runs in its build directory. */
static GSettingsSchema *
find_beside_program (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = program != NULL ? g_path_get_dirname (program) : NULL;
  const char *places[] = { "../data", "../../data", "." };

  for (guint i = 0; here != NULL && i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *directory = g_build_filename (here, places[i], NULL);
      g_autoptr(GSettingsSchemaSource) source = NULL;
      GSettingsSchema *schema;

      source = g_settings_schema_source_new_from_directory (directory, NULL, FALSE, NULL);
      if (source == NULL)
        continue;
      schema = g_settings_schema_source_lookup (source, WEIR_APP_ID, FALSE);
      if (schema != NULL)
        return schema;
    }
  return NULL;
}

/**
 * weir_settings_new:
 *
 * Finds the preferences of this program, installed or not.
 *
 * Returns: (transfer full) (nullable): the preferences, or %NULL when their schema is nowhere
 */
GSettings *
weir_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, WEIR_APP_ID, TRUE);
  if (schema == NULL)
    schema = find_beside_program ();
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
