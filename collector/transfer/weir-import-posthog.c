/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-dialect.h"

#include <string.h>

#include "weir-import-json.h"
#include "weir-transfer-time.h"

/*
 * A line of PostHog's batch export, or of what its libraries send: `uuid`, `event`, `distinct_id`,
 * `timestamp`, `properties` (an object, or one as text), and what is said of the person: `$set`,
 * `$set_once`, `$unset`, within the properties or beside them.
 */

static gboolean
refuse (WeirImportDialect *self,
        const char        *reason)
{
  self->reason = reason;
  return FALSE;
}

/* Returns a reference: properties that were a text have a parser of their own. */
static JsonObject *
dup_properties (JsonObject *root)
{
  g_autoptr(JsonParser) parser = NULL;
  JsonNode *node = json_object_get_member (root, "properties");
  JsonObject *object = NULL;
  const char *text;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return json_object_new ();
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_ref (json_node_get_object (node));
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  parser = json_parser_new ();
  text = json_node_get_string (node);
  object = weir_import_json_load (parser, text, strlen (text));
  return object != NULL ? json_object_ref (object) : NULL;
}

static void
adopt (JsonObject *properties,
       const char *as,
       JsonObject *root,
       const char *name)
{
  JsonNode *node = json_object_get_member (root, name);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node) || json_object_has_member (properties, as))
    return;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
      *json_node_get_string (node) == '\0')
    return;
  json_object_set_member (properties, as, json_node_copy (node));
}

static void
adopt_all (JsonObject *properties,
           JsonObject *root)
{
  static const struct {
    const char *as;
    const char *name;
  } members[] = {
    { "$set", "$set" },           { "$set", "set" },
    { "$set_once", "$set_once" }, { "$set_once", "set_once" },
    { "$unset", "$unset" },       { "$ip", "ip" },
    { "$elements_chain", "elements_chain" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    adopt (properties, members[i].as, root, members[i].name);
}

/* Who is who is said by three events, of which one has the same name here. */
static gboolean
append_ids (WeirImportDialect *self,
            const char        *event,
            JsonObject        *root,
            JsonObject        *properties,
            GString           *out)
{
  g_autofree char *distinct_id = weir_import_json_dup_text (root, "distinct_id");
  g_autofree char *device_id = weir_import_json_dup_text (properties, "$device_id");
  g_autofree char *session_id = weir_import_json_dup_text (properties, "$session_id");
  g_autofree char *other = NULL;
  gboolean is_alias = g_str_equal (event, "$create_alias");
  gboolean is_merge = g_str_equal (event, "$merge_dangerously");

  if (distinct_id == NULL)
    distinct_id = weir_import_json_dup_text (properties, "distinct_id");
  if (distinct_id == NULL)
    return refuse (self, "there is no distinct_id");

  weir_import_json_append (out, "event", is_alias ? "$alias" : is_merge ? "$merge" : event);
  weir_import_json_append (out, "distinct_id", distinct_id);
  weir_import_json_append (out, "device_id", device_id);
  weir_import_json_append (out, "session_id", session_id);
  if (is_alias || is_merge)
    {
      other = weir_import_json_dup_text (properties, "alias");
      if (other == NULL)
        return refuse (self, "there is no alias");
      weir_import_json_append (out, "previous_id", other);
    }
  else if (g_str_equal (event, "$identify"))
    {
      other = weir_import_json_dup_text (properties, "$anon_distinct_id");
      weir_import_json_append (out, "anonymous_id", other);
    }
  return TRUE;
}

static gboolean
append_time (WeirImportDialect *self,
             JsonObject        *root,
             GString           *out)
{
  g_autofree char *text = weir_import_json_dup_text (root, "timestamp");
  gint64 micros;

  if (text == NULL)
    return refuse (self, "there is no timestamp");
  if (!weir_transfer_time_parse (text, self->zone, &micros))
    return refuse (self, "the timestamp cannot be read");
  weir_import_json_append_time (out, micros);
  return TRUE;
}

/**
 * weir_import_posthog_translate:
 * @self: a dialect
 * @line: a line; not trusted
 * @length: its length in bytes
 * @out: where the event goes
 *
 * Returns: whether it was an event
 */
gboolean
weir_import_posthog_translate (WeirImportDialect *self,
                               const char        *line,
                               gsize              length,
                               GString           *out)
{
  JsonObject *root = weir_import_json_load (self->parser, line, length);
  g_autoptr(JsonObject) properties = NULL;
  g_autofree char *event = NULL;
  g_autofree char *uuid = NULL;

  if (root == NULL)
    return refuse (self, "the line is no JSON object");
  properties = dup_properties (root);
  if (properties == NULL)
    return refuse (self, "the properties are no object");
  event = weir_import_json_dup_text (root, "event");
  if (event == NULL)
    return refuse (self, "there is no event");
  if (!append_ids (self, event, root, properties, out) || !append_time (self, root, out))
    return FALSE;

  uuid = weir_import_json_dup_text (root, "uuid");
  weir_import_json_append (out, "id", uuid);
  adopt_all (properties, root);
  weir_import_json_append_node (out, "properties", properties);
  g_string_append_c (out, '}');
  return TRUE;
}
