/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-dialect.h"

#include "weir-import-json.h"
#include "weir-time.h"
#include "weir-transfer-time.h"

/*
 * A line of Mixpanel's raw export: `event`, and everything else in `properties`: `distinct_id`,
 * `time` (in seconds, and by the clock of the project unless it was made in UTC), `$insert_id`.
 *
 * Projects of the simplified API say who is who with `$device_id` and `$user_id`, where the
 * distinct id of a device is `$device:ID`; older ones with `$identify`, `$create_alias` and
 * `$merge`.
 */

static gboolean
refuse (WeirImportDialect *self,
        const char        *reason)
{
  self->reason = reason;
  return FALSE;
}

static gboolean
append_time (WeirImportDialect *self,
             JsonObject        *properties,
             GString           *out)
{
  JsonNode *node = json_object_get_member (properties, "time");
  gint64 micros;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      (json_node_get_value_type (node) != G_TYPE_INT64 &&
       json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return refuse (self, "there is no time");
  if (!weir_time_from_number (json_node_get_double (node), &micros))
    return refuse (self, "the time cannot be read");
  weir_import_json_append_time (out, weir_transfer_time_from_local (micros, self->zone));
  return TRUE;
}

static gboolean
append_identify (WeirImportDialect *self,
                 JsonObject        *properties,
                 GString           *out)
{
  g_autofree char *user = weir_import_json_dup_text (properties, "$identified_id");
  g_autofree char *anonymous = weir_import_json_dup_text (properties, "$anon_id");

  if (user == NULL)
    user = weir_import_json_dup_text (properties, "distinct_id");
  if (anonymous == NULL)
    anonymous = weir_import_json_dup_text (properties, "$anon_distinct_id");
  if (user == NULL)
    return refuse (self, "there is no $identified_id");
  weir_import_json_append (out, "event", "$identify");
  weir_import_json_append (out, "distinct_id", user);
  weir_import_json_append (out, "anonymous_id", anonymous);
  return TRUE;
}

/* The alias is the new name of who had the distinct id until then. */
static gboolean
append_alias (WeirImportDialect *self,
              JsonObject        *properties,
              GString           *out)
{
  g_autofree char *alias = weir_import_json_dup_text (properties, "alias");
  g_autofree char *before = weir_import_json_dup_text (properties, "distinct_id");

  if (alias == NULL || before == NULL)
    return refuse (self, "there is no alias or no distinct_id");
  weir_import_json_append (out, "event", "$alias");
  weir_import_json_append (out, "user_id", alias);
  weir_import_json_append (out, "previous_id", before);
  return TRUE;
}

static gboolean
append_merge (WeirImportDialect *self,
              JsonObject        *properties,
              GString           *out)
{
  JsonNode *node = json_object_get_member (properties, "$distinct_ids");
  JsonArray *ids = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const char *texts[2] = { NULL, NULL };

  for (guint i = 0; ids != NULL && json_array_get_length (ids) == 2 && i < 2; i++)
    {
      JsonNode *id = json_array_get_element (ids, i);

      if (JSON_NODE_HOLDS_VALUE (id) && json_node_get_value_type (id) == G_TYPE_STRING)
        texts[i] = json_node_get_string (id);
    }
  if (texts[0] == NULL || texts[1] == NULL)
    return refuse (self, "$distinct_ids are not two ids");
  weir_import_json_append (out, "event", "$merge");
  weir_import_json_append (out, "user_id", texts[0]);
  weir_import_json_append (out, "previous_id", texts[1]);
  return TRUE;
}

static gboolean
append_ordinary (WeirImportDialect *self,
                 const char        *event,
                 JsonObject        *properties,
                 GString           *out)
{
  g_autofree char *distinct_id = weir_import_json_dup_text (properties, "distinct_id");
  g_autofree char *user_id = weir_import_json_dup_text (properties, "$user_id");
  g_autofree char *device_id = weir_import_json_dup_text (properties, "$device_id");
  g_autofree char *anonymous_id = NULL;

  if (distinct_id == NULL && user_id == NULL && device_id == NULL)
    return refuse (self, "there is no distinct_id");
  if (device_id != NULL && (user_id != NULL || distinct_id == NULL))
    anonymous_id = g_str_has_prefix (device_id, "$device:")
                     ? g_strdup (device_id) : g_strconcat ("$device:", device_id, NULL);
  weir_import_json_append (out, "event", event);
  weir_import_json_append (out, "user_id", user_id);
  weir_import_json_append (out, "distinct_id", user_id == NULL ? distinct_id : NULL);
  weir_import_json_append (out, "anonymous_id", anonymous_id);
  weir_import_json_append (out, "device_id", device_id);
  return TRUE;
}

static gboolean
append_ids (WeirImportDialect *self,
            const char        *event,
            JsonObject        *properties,
            GString           *out)
{
  if (g_str_equal (event, "$identify"))
    return append_identify (self, properties, out);
  if (g_str_equal (event, "$create_alias"))
    return append_alias (self, properties, out);
  if (g_str_equal (event, "$merge"))
    return append_merge (self, properties, out);
  return append_ordinary (self, event, properties, out);
}

/**
 * weir_import_mixpanel_translate:
 * @self: a dialect
 * @line: a line; not trusted
 * @length: its length in bytes
 * @out: where the event goes
 *
 * Returns: whether it was an event
 */
gboolean
weir_import_mixpanel_translate (WeirImportDialect *self,
                                const char        *line,
                                gsize              length,
                                GString           *out)
{
  JsonObject *root = weir_import_json_load (self->parser, line, length);
  g_autofree char *event = NULL;
  g_autofree char *id = NULL;
  JsonObject *properties;
  JsonNode *node;

  if (root == NULL)
    return refuse (self, "the line is no JSON object");
  event = weir_import_json_dup_text (root, "event");
  node = json_object_get_member (root, "properties");
  if (event == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return refuse (self, "there is no event or no properties");
  properties = json_node_get_object (node);
  if (!append_ids (self, event, properties, out) || !append_time (self, properties, out))
    return FALSE;

  id = weir_import_json_dup_text (properties, "$insert_id");
  weir_import_json_append (out, "id", id);
  json_object_remove_member (properties, "distinct_id");
  json_object_remove_member (properties, "time");
  json_object_remove_member (properties, "$insert_id");
  weir_import_json_append_node (out, "properties", properties);
  g_string_append_c (out, '}');
  return TRUE;
}
