/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-dialect.h"

#include <string.h>

#include "weir-import-json.h"
#include "weir-json-members.h"
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
             GString           *out)
{
  WeirValue value;
  gint64 micros;

  weir_event_codec_lookup (self->codec, "time", &value);
  if (value.type != WEIR_VALUE_NUMBER)
    return refuse (self, "there is no time");
  if (!weir_time_from_number (value.number, &micros))
    return refuse (self, "the time cannot be read");
  weir_import_json_append_time (out, weir_transfer_time_from_local (micros, self->zone));
  return TRUE;
}

static gboolean
append_identify (WeirImportDialect *self,
                     GString           *out)
{
  g_autofree char *user = weir_import_json_dup_text (self->codec, "$identified_id");
  g_autofree char *anonymous = weir_import_json_dup_text (self->codec, "$anon_id");

  if (user == NULL)
    user = weir_import_json_dup_text (self->codec, "distinct_id");
  if (anonymous == NULL)
    anonymous = weir_import_json_dup_text (self->codec, "$anon_distinct_id");
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
               GString           *out)
{
  g_autofree char *alias = weir_import_json_dup_text (self->codec, "alias");
  g_autofree char *before = weir_import_json_dup_text (self->codec, "distinct_id");

  if (alias == NULL || before == NULL)
    return refuse (self, "there is no alias or no distinct_id");
  weir_import_json_append (out, "event", "$alias");
  weir_import_json_append (out, "user_id", alias);
  weir_import_json_append (out, "previous_id", before);
  return TRUE;
}

static gboolean
append_merge (WeirImportDialect *self,
               GString           *out)
{
  g_autofree char *ids = weir_import_json_dup_object (self->codec, "$distinct_ids");
  WeirJsonMembers item;
  guint n_items = 0;
  char *texts[2] = { NULL, NULL };
  gboolean is_complete;

  weir_json_members_init (&item, ids != NULL ? ids : "", ids != NULL ? strlen (ids) : 0);
  while (weir_json_members_next (&item))
    {
      if (n_items < 2 && *item.value == '"')
        texts[n_items] = g_strndup (item.value, item.value_length);
      n_items++;
    }
  if (n_items == 2)
    {
      weir_import_json_append (out, "event", "$merge");
      weir_import_json_append_raw (out, "user_id", texts[0]);
      weir_import_json_append_raw (out, "previous_id", texts[1]);
    }
  is_complete = n_items == 2 && texts[0] != NULL && texts[1] != NULL;
  g_free (texts[0]);
  g_free (texts[1]);
  return is_complete || refuse (self, "$distinct_ids are not two ids");
}

static gboolean
append_ordinary (WeirImportDialect *self,
                 const char        *event,
                     GString           *out)
{
  g_autofree char *distinct_id = weir_import_json_dup_text (self->codec, "distinct_id");
  g_autofree char *user_id = weir_import_json_dup_text (self->codec, "$user_id");
  g_autofree char *device_id = weir_import_json_dup_text (self->codec, "$device_id");
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
            GString           *out)
{
  if (g_str_equal (event, "$identify"))
    return append_identify (self, out);
  if (g_str_equal (event, "$create_alias"))
    return append_alias (self, out);
  if (g_str_equal (event, "$merge"))
    return append_merge (self, out);
  return append_ordinary (self, event, out);
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
  static const char *const carried[] = { "distinct_id", "time", "$insert_id", NULL };
  g_autofree char *event = NULL;
  g_autofree char *id = NULL;
  g_autofree char *properties = NULL;
  g_autoptr(GString) kept = g_string_new (NULL);

  if (!weir_import_json_load (self->codec, line, length))
    return refuse (self, "the line is no JSON object");
  event = weir_import_json_dup_text (self->codec, "event");
  properties = weir_import_json_dup_object (self->codec, "properties");
  if (event == NULL || properties == NULL || *properties != '{' ||
      !weir_import_json_load (self->codec, properties, strlen (properties)))
    return refuse (self, "there is no event or no properties");
  if (!append_ids (self, event, out) || !append_time (self, out))
    return FALSE;

  id = weir_import_json_dup_text (self->codec, "$insert_id");
  weir_import_json_append (out, "id", id);
  weir_import_json_append_members (kept, properties, carried);
  g_string_append (kept, kept->len == 0 ? "{}" : "}");
  weir_import_json_append_raw (out, "properties", kept->str);
  g_string_append_c (out, '}');
  return TRUE;
}
