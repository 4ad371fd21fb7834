/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-erasure.h"

#include <string.h>

#include "weir-clickhouse-select.h"

/* What is deleted of a person where its events are. */

/* Of one data directory, or of all that share the table. */
static void
append_whose (GString    *sql,
              const char *instance)
{
  if (instance == NULL)
    {
      g_string_append (sql, " WHERE 1");
      return;
    }
  g_string_append (sql, " WHERE collector = ");
  weir_clickhouse_append_text (sql, instance, strlen (instance));
}

static void
append_identities (GString    *sql,
                   const char *instance,
                   GArray     *identities)
{
  append_whose (sql, instance);
  g_string_append (sql, " AND identity IN (0");
  for (guint i = 0; i < identities->len; i++)
    g_string_append_printf (sql, ",%u", g_array_index (identities, guint32, i));
  g_string_append_c (sql, ')');
}

/**
 * weir_clickhouse_count_events:
 * @client: a client that can be waited for
 * @instance: (nullable): name of a data directory; %NULL for all
 * @identities: (element-type guint32): numbers of ids
 * @n_events: (out): how many events count under them
 * @error: return location for an error
 *
 * Returns: whether they could be counted
 */
gboolean
weir_clickhouse_count_events (WeirClickhouseClient  *client,
                              const char            *instance,
                              GArray                *identities,
                              guint64               *n_events,
                              GError               **error)
{
  g_autoptr(GString) sql = g_string_new ("SELECT count() FROM event");

  append_identities (sql, instance, identities);
  return weir_clickhouse_select_number (client, sql->str, n_events, NULL, error);
}

/* As literals. */
static char *
join_ids (GPtrArray *ids)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);

      if (i > 0)
        g_string_append_c (out, ',');
      weir_clickhouse_append_text (out, id, strlen (id));
    }
  return g_string_free (out, FALSE);
}

/**
 * weir_clickhouse_erase_events:
 * @client: a client that can be waited for
 * @instance: (nullable): name of a data directory; %NULL for all
 * @identities: (element-type guint32): numbers of a person's ids
 * @ids: (element-type utf8): the ids
 * @error: return location for an error
 *
 * Deletes the events that count under the ids, and takes the ids out of the events of others that
 * came with one of them. Waits until it is done.
 *
 * Returns: whether it was done
 */
gboolean
weir_clickhouse_erase_events (WeirClickhouseClient  *client,
                              const char            *instance,
                              GArray                *identities,
                              GPtrArray             *ids,
                              GError               **error)
{
  static const char *const columns[] = { "user_id", "distinct_id", "anonymous_id", "device_id",
                                         "previous_id" };
  g_autoptr(GString) sql = g_string_new ("ALTER TABLE event DELETE");
  g_autofree char *list = join_ids (ids);
  g_autoptr(GString) where = g_string_new (NULL);

  append_identities (sql, instance, identities);
  for (guint i = 0; *list != '\0' && i < G_N_ELEMENTS (columns); i++)
    {
      g_string_append_printf (sql, "%s %s = if(%s IN (%s), '', %s)", i == 0 ? ", UPDATE" : ",",
                              columns[i], columns[i], list, columns[i]);
      g_string_append_printf (where, "%s%s IN (%s)", i > 0 ? " OR " : "", columns[i], list);
    }
  if (where->len > 0)
    {
      append_whose (sql, instance);
      g_string_append_printf (sql, " AND (%s)", where->str);
    }
  g_string_append (sql, " SETTINGS mutations_sync = 2");
  return weir_clickhouse_execute (client, sql->str, NULL, error);
}

/**
 * weir_clickhouse_erase_properties:
 * @client: a client that can be waited for
 * @ids: (element-type utf8): ids of a person
 * @stamp: where in the log its deletion stands
 * @error: return location for an error
 *
 * Takes out of the shared log what events under these ids have set of the person before. Waits
 * until it is done. Who reads them later has the same persons: the deletion follows.
 *
 * Returns: whether it was done
 */
gboolean
weir_clickhouse_erase_properties (WeirClickhouseClient  *client,
                                  GPtrArray             *ids,
                                  gint64                 stamp,
                                  GError               **error)
{
  g_autofree char *list = join_ids (ids);
  g_autofree char *sql = NULL;

  if (*list == '\0')
    return TRUE;
  sql = g_strdup_printf (
    "ALTER TABLE identity_log UPDATE properties = '' WHERE properties != ''"
    " AND stamp <= fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT "), 'UTC')"
    " AND multiIf(user_id != '', user_id, distinct_id != '', distinct_id, anonymous_id != '',"
    "   anonymous_id, device_id) IN (%s) SETTINGS mutations_sync = 2", stamp, list);
  return weir_clickhouse_execute (client, sql, NULL, error);
}
