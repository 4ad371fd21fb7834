/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-catalog.h"

#include <stdlib.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-error.h"
#include "weir-event-census.h"
#include "weir-event-json.h"
#include "weir-json-load.h"
#include "weir-property-census.h"
#include "weir-sqlite.h"
#include "weir-time.h"

/* Properties and values are those of so many of the newest events, and of the newest persons. */
#define SAMPLE           5000
#define DAY_US           (24 * G_TIME_SPAN_HOUR)
#define MAX_DISTINCT     20000
#define MAX_VALUE_BYTES  1000

static const char sql_newest[] =
    "SELECT n.name, s.name, e.properties FROM event AS e CROSS JOIN event_name AS n"
    " ON n.id = e.name_id CROSS JOIN source AS s ON s.id = e.source_id"
    " WHERE e.seq > (SELECT max (seq) FROM event) - ?1 AND e.time >= ?2 ORDER BY e.seq DESC";
static const char sql_named[] =
    "SELECT n.name, s.name, e.properties FROM event_name AS n CROSS JOIN event AS e"
    " INDEXED BY event_by_name ON e.name_id = n.id CROSS JOIN source AS s ON s.id = e.source_id"
    " WHERE n.name = ?3 AND e.time >= ?2 ORDER BY e.time DESC LIMIT ?1";
static const char sql_persons[] =
    "SELECT NULL, NULL, properties FROM person"
    " WHERE id > (SELECT max (id) FROM person) - ?1 AND properties IS NOT NULL";

/* Called with one event, or one person. */
typedef void (*SampleFunc) (const char *event,
                            const char *source,
                            JsonObject *properties,
                            gpointer    user_data);

typedef struct {
  char *text;
  char *json;
  guint count;
} Value;

typedef struct {
  WeirPropertyCensus *properties;
  GHashTable *sources;           /* name → Value */
  guint n_events;
} Sample;

typedef struct {
  const WeirCatalogQuery *query;
  char *prefix;                  /* folded */
  char **path;
  GHashTable *values;            /* JSON → Value */
  guint n_rows;
} Values;

static void
value_free (gpointer data)
{
  Value *value = data;

  g_free (value->text);
  g_free (value->json);
  g_free (value);
}

static void
count_value (GHashTable *values,
             const char *text,
             char       *json)
{
  Value *value = g_hash_table_lookup (values, json);

  if (value == NULL && g_hash_table_size (values) < MAX_DISTINCT)
    {
      value = g_new0 (Value, 1);
      value->text = g_strdup (text);
      value->json = g_strdup (json);
      g_hash_table_insert (values, value->json, value);
    }
  if (value != NULL)
    value->count++;
  g_free (json);
}

static char *
quote (const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);

  weir_json_append_string (out, text, -1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  const Value *left = a, *right = b;

  if (left->count != right->count)
    return left->count > right->count ? -1 : 1;
  return strcmp (left->json, right->json);
}

static gboolean
run_sample (WeirReader  *reader,
            const char  *sql,
            const char  *event,
            SampleFunc   func,
            gpointer     user_data,
            GError     **error)
{
  sqlite3 *db = weir_reader_get_db (reader);
  g_autoptr(JsonParser) parser = json_parser_new ();
  sqlite3_stmt *select = NULL;
  int code = SQLITE_ERROR;

  if (sqlite3_prepare_v2 (db, sql, -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_int64 (select, 1, SAMPLE);
      sqlite3_bind_int64 (select, 2, weir_reader_get_kept_since (reader));
      sqlite3_bind_text (select, 3, event, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (select)) == SQLITE_ROW)
        {
          const char *json = (const char *) sqlite3_column_text (select, 2);
          JsonNode *root = NULL;

          if (json != NULL && weir_json_load (parser, json, -1))
            root = json_parser_get_root (parser);
          func ((const char *) sqlite3_column_text (select, 0),
                (const char *) sqlite3_column_text (select, 1),
                root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL,
                user_data);
        }
    }
  if (code != SQLITE_DONE)
    weir_sqlite_fail (db, "the store", "read", error);
  sqlite3_finalize (select);

  return code == SQLITE_DONE;
}

static void
take_sample (const char *event,
             const char *source,
             JsonObject *properties,
             gpointer    user_data)
{
  Sample *sample = user_data;

  sample->n_events++;
  if (source != NULL)
    count_value (sample->sources, source, quote (source));
  if (properties != NULL)
    weir_property_census_add (sample->properties, event, properties);
}

static int
compare_tallies (gconstpointer a,
                 gconstpointer b)
{
  const WeirEventTally *left = a, *right = b;

  if (left->count != right->count)
    return left->count > right->count ? -1 : 1;
  return strcmp (left->name, right->name);
}

static void
append_time (const char *member,
             gint64      time,
             GString    *out)
{
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (time, text);
  g_string_append_printf (out, ",\"%s\":\"%s\"", member, text);
}

static gboolean
append_events (WeirReader              *reader,
               const WeirCatalogQuery  *query,
               GString                 *out,
               GError                 **error)
{
  g_autoptr(GArray) tallies =
      weir_event_census_run (reader, g_get_real_time () - DAY_US, error);
  gboolean is_first = TRUE;

  if (tallies == NULL)
    return FALSE;
  g_array_sort (tallies, compare_tallies);
  g_string_append (out, ",\"events\":[");
  for (guint i = 0; i < tallies->len; i++)
    {
      const WeirEventTally *tally = &g_array_index (tallies, WeirEventTally, i);

      if (tally->count == 0 || (query->event != NULL && !g_str_equal (query->event, tally->name)))
        continue;
      g_string_append (out, is_first ? "{\"name\":" : ",{\"name\":");
      is_first = FALSE;
      weir_json_append_string (out, tally->name, -1);
      g_string_append_printf (out, ",\"count\":%" G_GUINT64_FORMAT, tally->count);
      append_time ("first_seen", tally->first, out);
      append_time ("last_seen", tally->last, out);
      g_string_append_printf (out, ",\"last_24h\":%" G_GUINT64_FORMAT "}", tally->recent);
    }
  g_string_append_c (out, ']');

  return TRUE;
}

static void
append_sources (GHashTable *sources,
                GString    *out)
{
  g_autoptr(GList) values = g_list_sort (g_hash_table_get_values (sources), compare_values);

  g_string_append (out, ",\"sources\":[");
  for (GList *l = values; l != NULL; l = l->next)
    {
      const Value *value = l->data;

      g_string_append_printf (out, "%s{\"name\":%s,\"count\":%u}", l != values ? "," : "",
                              value->json, value->count);
    }
  g_string_append_c (out, ']');
}

static gboolean
append_sample (WeirReader              *reader,
               const WeirCatalogQuery  *query,
               GString                 *out,
               GError                 **error)
{
  g_autoptr(WeirPropertyCensus) of_events = weir_property_census_new ();
  g_autoptr(WeirPropertyCensus) of_persons = weir_property_census_new ();
  g_autoptr(GHashTable) sources =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  Sample events = { of_events, sources, 0 };
  Sample persons = { of_persons, sources, 0 };

  if (!run_sample (reader, query->event != NULL ? sql_named : sql_newest, query->event,
                   take_sample, &events, error) ||
      !run_sample (reader, sql_persons, NULL, take_sample, &persons, error))
    return FALSE;
  g_string_append_printf (out, ",\"sampled\":%u,\"properties\":", events.n_events);
  weir_property_census_append (of_events, out);
  g_string_append (out, ",\"person_properties\":");
  weir_property_census_append (of_persons, out);
  append_sources (sources, out);

  return TRUE;
}

/**
 * weir_catalog_run:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.CatalogQuery]
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Tells what there is to ask about.
 *
 * Returns: (transfer full) (nullable):
 *   `{kind,as_of,events,sampled,properties,person_properties,sources,elapsed_ms}`
 */
GBytes *
weir_catalog_run (WeirReader    *reader,
                  gpointer       question,
                  GCancellable  *cancellable,
                  GError       **error)
{
  const WeirCatalogQuery *query = question;
  g_autoptr(GString) out = g_string_new (NULL);
  gint64 start = g_get_monotonic_time ();

  g_string_append_printf (out, "{\"kind\":\"catalog\",\"as_of\":%" G_GUINT64_FORMAT,
                          weir_reader_get_as_of (reader));
  if (!append_events (reader, query, out, error) || !append_sample (reader, query, out, error))
    return NULL;
  g_string_append_printf (out, ",\"elapsed_ms\":%.1f}",
                          (double) (g_get_monotonic_time () - start) / 1000);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/* The value at a path, which may be a name with dots as it is. */
static JsonNode *
find_value (JsonObject  *object,
            const char  *name,
            char       **path)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node != NULL)
    return node;
  for (guint i = 0; path[i] != NULL; i++)
    {
      node = object != NULL ? json_object_get_member (object, path[i]) : NULL;
      object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    }
  return node;
}

static void
count_text (Values     *self,
            const char *text,
            char       *json)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  if (g_str_has_prefix (folded, self->prefix) && strlen (json) <= MAX_VALUE_BYTES)
    count_value (self->values, text, json);
  else
    g_free (json);
}

static void
take_value (const char *event,
            const char *source,
            JsonObject *properties,
            gpointer    user_data)
{
  Values *self = user_data;
  const char *name = self->query->property;
  JsonNode *node;
  char *json;

  self->n_rows++;
  if (g_str_has_prefix (name, "person."))
    name += strlen ("person.");
  else if (g_str_equal (name, "event") || g_str_equal (name, "source"))
    {
      const char *text = g_str_equal (name, "event") ? event : source;

      count_text (self, text, quote (text));
      return;
    }

  node = properties != NULL ? find_value (properties, name, self->path) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return;
  json = json_to_string (node, FALSE);
  count_text (self,
              json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                               : json,
              json);
}

static GBytes *
make_values (WeirReader *reader,
             Values     *self)
{
  g_autoptr(GList) values = g_list_sort (g_hash_table_get_values (self->values), compare_values);
  g_autoptr(GString) out = g_string_new (NULL);
  guint n_values = 0;

  if (self->query->wants_csv)
    g_string_append (out, "value,count\r\n");
  else
    g_string_append_printf (out, "{\"as_of\":%" G_GUINT64_FORMAT ",\"sampled\":%u,\"values\":[",
                            weir_reader_get_as_of (reader), self->n_rows);
  for (GList *l = values; l != NULL && n_values < self->query->limit; l = l->next)
    {
      const Value *value = l->data;

      if (self->query->wants_csv)
        {
          weir_csv_append_text (out, value->text);
          g_string_append_printf (out, ",%u\r\n", value->count);
        }
      else
        g_string_append_printf (out, "%s{\"value\":%s,\"count\":%u}", n_values > 0 ? "," : "",
                                value->json, value->count);
      n_values++;
    }
  if (!self->query->wants_csv)
    g_string_append (out, "]}");

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * weir_catalog_run_values:
 * @reader: a reader that has begun
 * @question: a [struct@Weir.CatalogQuery] with a property
 * @cancellable: (nullable): unused here; the connection is interrupted when it fires
 * @error: return location for an error
 *
 * Tells which values a property has, the most frequent first, to complete what somebody types.
 *
 * Returns: (transfer full) (nullable): `{as_of,sampled,values:[{value,count}]}`, or a table
 */
GBytes *
weir_catalog_run_values (WeirReader    *reader,
                         gpointer       question,
                         GCancellable  *cancellable,
                         GError       **error)
{
  const WeirCatalogQuery *query = question;
  gboolean is_person = g_str_has_prefix (query->property, "person.");
  const char *name = query->property + (is_person ? strlen ("person.") : 0);
  g_autofree char *prefix = g_utf8_casefold (query->prefix != NULL ? query->prefix : "", -1);
  g_auto(GStrv) path = g_strsplit (name, ".", -1);
  g_autoptr(GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  Values self = { query, prefix, path, values, 0 };
  const char *sql = query->event != NULL ? sql_named : sql_newest;

  if (!run_sample (reader, is_person ? sql_persons : sql, query->event, take_value, &self, error))
    return NULL;
  return make_values (reader, &self);
}
