/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-columns.h"

#include <glib/gi18n.h>

static const struct {
  const char *id;
  const char *title;
  int width;
} infos[WEIR_N_COLUMNS] = {
  [WEIR_COLUMN_TIME] = { "time", N_("Time"), 112 },
  [WEIR_COLUMN_EVENT] = { "event", N_("Event"), 190 },
  [WEIR_COLUMN_SOURCE] = { "source", N_("Source"), 110 },
  [WEIR_COLUMN_PERSON] = { "person", N_("Person"), 150 },
  [WEIR_COLUMN_VALUE] = { "value", N_("Value"), 90 },
  [WEIR_COLUMN_PROPERTIES] = { "properties", N_("Properties"), -1 },
};

/**
 * weir_event_column_get_id:
 * @column: a column
 *
 * Returns: (transfer none): its name in settings and actions
 */
const char *
weir_event_column_get_id (WeirEventColumn column)
{
  g_return_val_if_fail (column < WEIR_N_COLUMNS, NULL);

  return infos[column].id;
}

/**
 * weir_event_column_get_title:
 * @column: a column
 *
 * Returns: (transfer none): what a reader calls it
 */
const char *
weir_event_column_get_title (WeirEventColumn column)
{
  g_return_val_if_fail (column < WEIR_N_COLUMNS, NULL);

  return _(infos[column].title);
}

/**
 * weir_event_column_get_width:
 * @column: a column
 *
 * Returns: how wide it is at first, in pixels; -1 when it takes what is left
 */
int
weir_event_column_get_width (WeirEventColumn column)
{
  g_return_val_if_fail (column < WEIR_N_COLUMNS, -1);

  return infos[column].width;
}

/**
 * weir_live_columns_load:
 * @columns: (array fixed-size=6): the columns
 * @settings: where widths are kept, and which columns are hidden
 *
 * Gives the columns the form they had.
 */
void
weir_live_columns_load (GtkColumnViewColumn **columns,
                        GSettings            *settings)
{
  g_autoptr(GVariant) widths = g_settings_get_value (settings, "live-column-widths");
  g_auto(GStrv) hidden = g_settings_get_strv (settings, "live-hidden-columns");

  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    {
      int width;

      if (g_variant_lookup (widths, infos[i].id, "i", &width))
        gtk_column_view_column_set_fixed_width (columns[i], CLAMP (width, 40, 4000));
      gtk_column_view_column_set_visible (columns[i],
                                          !g_strv_contains ((const char * const *) hidden,
                                                            infos[i].id));
    }
}

/**
 * weir_live_columns_save:
 * @columns: (array fixed-size=6): the columns
 * @settings: where widths are kept, and which columns are hidden
 *
 * Keeps the form a reader gave the columns.
 */
void
weir_live_columns_save (GtkColumnViewColumn **columns,
                        GSettings            *settings)
{
  GVariantBuilder widths, hidden;

  g_variant_builder_init (&widths, G_VARIANT_TYPE ("a{si}"));
  g_variant_builder_init (&hidden, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    {
      int width = gtk_column_view_column_get_fixed_width (columns[i]);

      if (width > 0 && width != infos[i].width)
        g_variant_builder_add (&widths, "{si}", infos[i].id, width);
      if (!gtk_column_view_column_get_visible (columns[i]))
        g_variant_builder_add (&hidden, "s", infos[i].id);
    }
  g_settings_set_value (settings, "live-column-widths", g_variant_builder_end (&widths));
  g_settings_set_value (settings, "live-hidden-columns", g_variant_builder_end (&hidden));
}
