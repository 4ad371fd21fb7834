/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sources-handler.h"

#include <string.h>

#include "weir-event-json.h"
#include "weir-exchange-json.h"
#include "weir-time.h"

#define KEYS           "/v1/keys/"
#define RESTORE        "/restore"
#define MAX_BODY_BYTES 4096

/* What is known of a source; either may be missing. */
typedef struct {
  const WeirSourceRow *row;
  GPtrArray *keys;   /* of WeirKeyInfo, borrowed; NULL for none */
} Source;

typedef struct {
  char *id;
  gboolean is_revoked;
} Change;

static void
source_free (gpointer data)
{
  Source *source = data;

  g_clear_pointer (&source->keys, g_ptr_array_unref);
  g_free (source);
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->id);
  g_free (change);
}

static Source *
find_source (GHashTable *sources,
             const char *name)
{
  Source *source = g_hash_table_lookup (sources, name);

  if (source == NULL)
    {
      source = g_new0 (Source, 1);
      g_hash_table_insert (sources, g_strdup (name), source);
    }
  return source;
}

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  if (micros == 0)
    {
      g_string_append_printf (out, ",\"%s\":null", member);
      return;
    }
  weir_time_format_rfc3339 (micros, text);
  g_string_append_printf (out, ",\"%s\":\"%s\"", member, text);
}

static void
append_key (GString           *out,
            const WeirKeyInfo *key)
{
  g_string_append (out, "{\"id\":");
  weir_json_append_string (out, key->id, -1);
  append_time (out, "created", key->created);
  append_time (out, "last_used", key->last_used);
  if (key->prefix != NULL)
    g_string_append_printf (out, ",\"prefix\":\"%s\"", key->prefix);
  else
    g_string_append (out, ",\"prefix\":null");
  g_string_append_printf (out, ",\"revoked\":%s,\"configured\":%s}",
                          key->is_revoked ? "true" : "false",
                          key->is_configured ? "true" : "false");
}

static void
append_source (GString      *out,
               const char   *name,
               const Source *source)
{
  static const WeirSourceCounts nothing;
  const WeirSourceCounts *counts = source->row != NULL ? &source->row->known : &nothing;

  g_string_append (out, "{\"name\":");
  weir_json_append_string (out, name, -1);
  g_string_append_printf (
      out,
      ",\"ledger\":{\"received\":%" G_GUINT64_FORMAT ",\"accepted\":%" G_GUINT64_FORMAT
      ",\"duplicate\":%" G_GUINT64_FORMAT ",\"rejected\":%" G_GUINT64_FORMAT "}",
      counts->received, counts->accepted, counts->duplicate, counts->rejected);
  append_time (out, "first_seen", counts->first_seen);
  append_time (out, "last_seen", counts->last_seen);
  if (source->row != NULL && source->row->name == NULL)
    g_string_append (out, ",\"other\":true");
  g_string_append (out, ",\"keys\":[");
  for (guint i = 0; source->keys != NULL && i < source->keys->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_key (out, g_ptr_array_index (source->keys, i));
    }
  g_string_append (out, "]}");
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GString *
format_sources (GPtrArray *rows,
                GPtrArray *infos)
{
  g_autoptr(GHashTable) sources =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, source_free);
  GString *out = g_string_new ("{\"sources\":[");
  const WeirSourceRow *other = rows != NULL ? g_ptr_array_index (rows, 0) : NULL;
  g_autofree char **names = NULL;
  guint n_names;

  for (guint i = 1; rows != NULL && i < rows->len; i++)
    {
      const WeirSourceRow *row = g_ptr_array_index (rows, i);

      if (row->known.received > 0)
        find_source (sources, row->name)->row = row;
    }
  for (guint i = 0; i < infos->len; i++)
    {
      WeirKeyInfo *info = g_ptr_array_index (infos, i);
      Source *source = find_source (sources, info->source);

      if (source->keys == NULL)
        source->keys = g_ptr_array_new ();
      g_ptr_array_add (source->keys, info);
    }

  names = (char **) g_hash_table_get_keys_as_array (sources, &n_names);
  qsort (names, n_names, sizeof *names, compare_names);
  for (guint i = 0; i < n_names; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_source (out, names[i], g_hash_table_lookup (sources, names[i]));
    }
  if (other != NULL && other->known.received > 0)
    {
      if (n_names > 0)
        g_string_append_c (out, ',');
      append_source (out, "(other)", &(Source) { .row = other });
    }
  g_string_append (out, "]}");
  return out;
}

/**
 * weir_sources_handler_list:
 * @exchange: (transfer full): `GET /v1/sources`
 *
 * Lists who has sent what, and with which keys it may be done.
 */
void
weir_sources_handler_list (WeirExchange *exchange)
{
  WeirServices *services = exchange->services;
  g_autoptr(GPtrArray) infos = weir_access_dup_key_infos (services->access);
  g_autoptr(GPtrArray) rows = services->journal != NULL
    ? weir_source_ledger_dup_rows (weir_journal_get_sources (services->journal))
    : NULL;

  weir_exchange_offer_table (exchange, "sources", "name,other,ledger,first_seen,last_seen,keys");
  weir_exchange_reply_json (exchange, SOUP_STATUS_OK, format_sources (rows, infos));
}

static GBytes *
create_key (WeirServices  *services,
            gpointer       data,
            GError       **error)
{
  g_autofree char *key = NULL;
  g_autofree char *id =
    weir_key_ring_create (weir_access_get_keys (services->access), data, &key, error);
  g_autoptr(GString) out = g_string_new ("{\"id\":");

  if (id == NULL)
    return NULL;
  weir_json_append_string (out, id, -1);
  g_string_append (out, ",\"name\":");
  weir_json_append_string (out, data, -1);
  g_string_append (out, ",\"key\":");
  weir_json_append_string (out, key, -1);
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static gboolean
is_good_name (const char *name)
{
  if (*name == '\0' || strlen (name) > WEIR_KEY_MAX_NAME || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/**
 * weir_sources_handler_create_key:
 * @exchange: (transfer full): `POST /v1/keys` with `{"name":SOURCE}`
 *
 * Makes a write key, which is shown in this answer and never again.
 */
void
weir_sources_handler_create_key (WeirExchange *exchange)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = NULL;
  JsonNode *name = NULL;
  g_autofree char *source = NULL;

  if (!weir_exchange_may_change (exchange))
    return;
  body = weir_exchange_dup_object (exchange, MAX_BODY_BYTES, &error);
  if (body == NULL)
    {
      weir_exchange_reply_error (exchange, error);
      return;
    }
  name = json_object_get_member (json_node_get_object (body), "name");
  if (name != NULL && JSON_NODE_HOLDS_VALUE (name) &&
      json_node_get_value_type (name) == G_TYPE_STRING)
    source = g_strstrip (json_node_dup_string (name));
  if (source == NULL || !is_good_name (source))
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "“name” must be a text of 1 to 200 bytes: the source of its events");
  else
    weir_exchange_run_blocking (exchange, SOUP_STATUS_CREATED, create_key,
                                g_steal_pointer (&source), g_free);
}

static GBytes *
change_key (WeirServices  *services,
            gpointer       data,
            GError       **error)
{
  const Change *change = data;
  const char *answer = change->is_revoked ? "{\"revoked\":true}" : "{\"restored\":true}";

  if (!weir_key_ring_set_revoked (weir_access_get_keys (services->access), change->id,
                                  change->is_revoked, error))
    return NULL;
  return g_bytes_new_static (answer, strlen (answer));
}

/**
 * weir_sources_handler_run_key:
 * @exchange: (transfer full): `DELETE /v1/keys/ID` or `POST /v1/keys/ID/restore`
 *
 * Revokes a write key, or undoes that.
 */
void
weir_sources_handler_run_key (WeirExchange *exchange)
{
  gboolean is_delete = weir_exchange_get_method (exchange) == WEIR_METHOD_DELETE;
  g_autofree char *id = weir_exchange_dup_name (exchange, KEYS, 1000);
  Change *change;

  if (id != NULL && !is_delete)
    {
      if (g_str_has_suffix (id, RESTORE))
        id[strlen (id) - strlen (RESTORE)] = '\0';
      else
        g_clear_pointer (&id, g_free);
    }
  if (id == NULL)
    weir_exchange_refuse (exchange, WEIR_ERROR_NOT_FOUND, "there is no such key");
  else if (!weir_exchange_may_change (exchange))
    return;
  else if (g_str_has_prefix (id, WEIR_CONFIGURED_KEY))
    weir_exchange_refuse (exchange, WEIR_ERROR_INVALID_REQUEST,
                          "this key stands in the configuration; take it out there");
  else
    {
      change = g_new0 (Change, 1);
      change->id = g_steal_pointer (&id);
      change->is_revoked = is_delete;
      weir_exchange_run_blocking (exchange, SOUP_STATUS_OK, change_key, change, change_free);
    }
}
