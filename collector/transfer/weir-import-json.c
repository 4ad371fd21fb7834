/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-json.h"

#include <math.h>
#include <string.h>

#include "weir-event-json.h"
#include "weir-json-members.h"
#include "weir-transfer-event.h"

/* Below it each whole number has a double of its own. */
#define EXACT 9007199254740992.0

/**
 * weir_import_json_load:
 * @codec: a codec
 * @text: a text; not trusted
 * @length: its length in bytes
 *
 * Makes a text the one that is looked into.
 *
 * Returns: whether it is JSON; what is no object has no members
 */
gboolean
weir_import_json_load (WeirEventCodec *codec,
                       const char     *text,
                       gsize           length)
{
  WeirEvent event;

  if (length == 0)
    return FALSE;
  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, text, length);
  return weir_event_codec_load_properties (codec, &event);
}

/**
 * weir_import_json_dup_text:
 * @codec: a codec that has loaded an object
 * @name: name of a member
 *
 * Takes an id or another short text. A whole number stands for its digits, if they can be told.
 *
 * Returns: (transfer full) (nullable): the text, without white space around it; %NULL when there is
 *   none
 */
char *
weir_import_json_dup_text (WeirEventCodec *codec,
                           const char     *name)
{
  g_autofree char *text = NULL;
  WeirValue value;

  weir_event_codec_lookup (codec, name, &value);
  if (value.type == WEIR_VALUE_TEXT && memchr (value.text, '\0', value.length) == NULL)
    text = g_strstrip (g_strndup (value.text, value.length));
  else if (value.type == WEIR_VALUE_NUMBER && floor (value.number) == value.number &&
           fabs (value.number) < EXACT)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) value.number);
  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/**
 * weir_import_json_dup_object:
 * @codec: a codec that has loaded an object
 * @name: name of a member
 *
 * Returns: (transfer full) (nullable): the object or array that it is, minified
 */
char *
weir_import_json_dup_object (WeirEventCodec *codec,
                             const char     *name)
{
  WeirValue value;

  weir_event_codec_lookup (codec, name, &value);
  return value.type == WEIR_VALUE_OTHER ? g_strndup (value.text, value.length) : NULL;
}

/**
 * weir_import_json_minify:
 * @codec: a codec, which looks into nothing afterwards
 * @text: a text; not trusted
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the text without white space; %NULL when it is no JSON
 */
char *
weir_import_json_minify (WeirEventCodec *codec,
                         const char     *text,
                         gsize           length)
{
  static const char before[] = "{\"v\":";
  g_autoptr(GString) wrapped = NULL;
  WeirEvent event;

  /* First by itself, so that it does not end the object that is put around it. */
  if (!weir_import_json_load (codec, text, length))
    return NULL;
  wrapped = g_string_sized_new (length + 32);
  g_string_append (wrapped, "{\"properties\":");
  g_string_append (wrapped, before);
  g_string_append_len (wrapped, text, (gssize) length);
  g_string_append (wrapped, "}}");
  if (!weir_event_codec_decode_stored (codec, wrapped->str, wrapped->len, &event, NULL))
    return NULL;
  return g_strndup (event.text[WEIR_EVENT_PROPERTIES] + strlen (before),
                    event.length[WEIR_EVENT_PROPERTIES] - strlen (before) - 1);
}

static gboolean
is_named (const WeirJsonMembers *member,
          const char            *name)
{
  gsize length = strlen (name);

  return member->key_length == length + 2 && memcmp (member->key + 1, name, length) == 0;
}

/**
 * weir_import_json_has:
 * @object: an object, minified
 * @name: name of a member, which needs no escapes
 *
 * Returns: whether it has such a member
 */
gboolean
weir_import_json_has (const char *object,
                      const char *name)
{
  WeirJsonMembers member;

  weir_json_members_init (&member, object, strlen (object));
  while (weir_json_members_next (&member))
    if (is_named (&member, name))
      return TRUE;
  return FALSE;
}

static void
append_separator (GString *out)
{
  g_string_append_c (out, out->len == 0 ? '{' : ',');
}

/**
 * weir_import_json_append_raw:
 * @out: an object that is not ended, or nothing
 * @name: name of a member
 * @json: (nullable): its value, or nothing is appended
 */
void
weir_import_json_append_raw (GString    *out,
                             const char *name,
                             const char *json)
{
  if (json == NULL)
    return;
  append_separator (out);
  weir_json_append_string (out, name, -1);
  g_string_append_c (out, ':');
  g_string_append (out, json);
}

/**
 * weir_import_json_append:
 * @out: an object that is not ended, or nothing
 * @name: name of a member
 * @text: (nullable): its value, or nothing is appended
 */
void
weir_import_json_append (GString    *out,
                         const char *name,
                         const char *text)
{
  if (text == NULL)
    return;
  weir_import_json_append_raw (out, name, "");
  weir_json_append_string (out, text, -1);
}

/**
 * weir_import_json_append_time:
 * @out: an object that is not ended, or nothing
 * @micros: microseconds since the epoch
 *
 * Appends the member `timestamp`.
 */
void
weir_import_json_append_time (GString *out,
                              gint64   micros)
{
  weir_import_json_append_raw (out, "timestamp", "");
  weir_transfer_append_time (out, micros);
}

/**
 * weir_import_json_append_members:
 * @out: an object that is not ended, or nothing
 * @object: an object, minified
 * @without: (array zero-terminated=1) (nullable): names of members that are left out
 *
 * Appends the members of another object as they are.
 */
void
weir_import_json_append_members (GString            *out,
                                 const char         *object,
                                 const char *const  *without)
{
  WeirJsonMembers member;

  weir_json_members_init (&member, object, strlen (object));
  while (weir_json_members_next (&member))
    {
      guint i = 0;

      while (without != NULL && without[i] != NULL && !is_named (&member, without[i]))
        i++;
      if (without != NULL && without[i] != NULL)
        continue;
      append_separator (out);
      g_string_append_len (out, member.key, (gssize) member.key_length);
      g_string_append_c (out, ':');
      g_string_append_len (out, member.value, (gssize) member.value_length);
    }
}
