/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-dialect.h"

#include <string.h>

#include "weir-import-json.h"
#include "weir-json-members.h"
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

/* What is said of an event, as it is taken out of a line. */
typedef struct {
  char *event;
  char *distinct_id;
  char *time;
  char *uuid;
  char *properties;   /* minified */
  GString *more;      /* members that the properties get, if they have no such */
} Line;

static void
line_clear (Line *self)
{
  g_free (self->event);
  g_free (self->distinct_id);
  g_free (self->time);
  g_free (self->uuid);
  g_free (self->properties);
  if (self->more != NULL)
    g_string_free (self->more, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gboolean
is_object (const char *json)
{
  return json != NULL && *json == '{';
}

/* An object, one as text, or none. */
static char *
dup_properties (WeirImportDialect *self)
{
  g_autofree char *text = NULL;
  WeirValue value;

  weir_event_codec_lookup (self->codec, "properties", &value);
  switch (value.type)
    {
    case WEIR_VALUE_ABSENT:
    case WEIR_VALUE_NULL:
      return g_strdup ("{}");
    case WEIR_VALUE_OTHER:
      return g_strndup (value.text, value.length);
    case WEIR_VALUE_TEXT:
      text = g_strndup (value.text, value.length);
      return weir_import_json_minify (self->codec, text, value.length);
    case WEIR_VALUE_BOOLEAN:
    case WEIR_VALUE_NUMBER:
    default:
      return NULL;
    }
}

static void
adopt_all (WeirImportDialect *self,
           GString           *out)
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
  const char *taken = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *object = weir_import_json_dup_object (self->codec, members[i].name);
      g_autofree char *text = weir_import_json_dup_text (self->codec, members[i].name);

      if (g_strcmp0 (taken, members[i].as) == 0)
        continue;
      if (object != NULL || text != NULL)
        taken = members[i].as;
      weir_import_json_append_raw (out, members[i].as, object);
      weir_import_json_append (out, members[i].as, text);
    }
}

/* The properties come last: when they are a text, reading it ends the looking into the line. */
static gboolean
read_line (WeirImportDialect *self,
           const char        *text,
           gsize              length,
           Line              *line)
{
  if (!weir_import_json_load (self->codec, text, length))
    return refuse (self, "the line is no JSON object");
  line->event = weir_import_json_dup_text (self->codec, "event");
  line->distinct_id = weir_import_json_dup_text (self->codec, "distinct_id");
  line->time = weir_import_json_dup_text (self->codec, "timestamp");
  line->uuid = weir_import_json_dup_text (self->codec, "uuid");
  line->more = g_string_new (NULL);
  adopt_all (self, line->more);
  line->properties = dup_properties (self);
  if (line->event == NULL)
    return refuse (self, "there is no event");
  if (!is_object (line->properties) ||
      !weir_import_json_load (self->codec, line->properties, strlen (line->properties)))
    return refuse (self, "the properties are no object");
  return TRUE;
}

/* Who is who is said by three events, of which one has the same name here. */
static gboolean
append_ids (WeirImportDialect *self,
            Line              *line,
            GString           *out)
{
  g_autofree char *device_id = weir_import_json_dup_text (self->codec, "$device_id");
  g_autofree char *session_id = weir_import_json_dup_text (self->codec, "$session_id");
  g_autofree char *other = NULL;
  gboolean is_alias = g_str_equal (line->event, "$create_alias");
  gboolean is_merge = g_str_equal (line->event, "$merge_dangerously");

  if (line->distinct_id == NULL)
    line->distinct_id = weir_import_json_dup_text (self->codec, "distinct_id");
  if (line->distinct_id == NULL)
    return refuse (self, "there is no distinct_id");

  weir_import_json_append (out, "event", is_alias ? "$alias" : is_merge ? "$merge" : line->event);
  weir_import_json_append (out, "distinct_id", line->distinct_id);
  weir_import_json_append (out, "device_id", device_id);
  weir_import_json_append (out, "session_id", session_id);
  if (is_alias || is_merge)
    {
      other = weir_import_json_dup_text (self->codec, "alias");
      if (other == NULL)
        return refuse (self, "there is no alias");
      weir_import_json_append (out, "previous_id", other);
    }
  else if (g_str_equal (line->event, "$identify"))
    {
      other = weir_import_json_dup_text (self->codec, "$anon_distinct_id");
      weir_import_json_append (out, "anonymous_id", other);
    }
  return TRUE;
}

static gboolean
append_time (WeirImportDialect *self,
             const Line        *line,
             GString           *out)
{
  gint64 micros;

  if (line->time == NULL)
    return refuse (self, "there is no timestamp");
  if (!weir_transfer_time_parse (line->time, self->zone, &micros))
    return refuse (self, "the timestamp cannot be read");
  weir_import_json_append_time (out, micros);
  return TRUE;
}

/* What the properties say themselves wins over what stands beside them. */
static void
append_properties (const Line *line,
                   GString    *out)
{
  g_autoptr(GString) properties = g_string_new (NULL);
  WeirJsonMembers member;

  weir_import_json_append_members (properties, line->properties, NULL);
  if (line->more->len > 0)
    g_string_append_c (line->more, '}');
  weir_json_members_init (&member, line->more->str, line->more->len);
  while (weir_json_members_next (&member))
    {
      g_autofree char *name = g_strndup (member.key + 1, member.key_length - 2);
      g_autofree char *value = g_strndup (member.value, member.value_length);

      if (!weir_import_json_has (line->properties, name))
        weir_import_json_append_raw (properties, name, value);
    }
  g_string_append (properties, properties->len == 0 ? "{}" : "}");
  weir_import_json_append_raw (out, "properties", properties->str);
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
  g_auto(Line) parts = { 0 };

  if (!read_line (self, line, length, &parts) || !append_ids (self, &parts, out) ||
      !append_time (self, &parts, out))
    return FALSE;

  weir_import_json_append (out, "id", parts.uuid);
  append_properties (&parts, out);
  g_string_append_c (out, '}');
  return TRUE;
}
