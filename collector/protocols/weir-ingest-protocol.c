/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-json-load.h"
#include "weir-protocol.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-json-split.h"

/* The dialect of device fleets: `{"events":[{device_id,event_type,value_float,value_string,
 * metadata}]}`, answered with `{"status":"queued","event_count":n}`. Events are stamped by the
 * collector. What the dialect does not know is left out; what is wrong with a single event is the
 * codec's to say, so values are passed on as they stand there, and every event has its place in the
 * native form, even one that cannot be read.
 */

#define MAX_BODY_BYTES (8 * 1024 * 1024)

static const struct {
  const char *name;
  const char *native;
} names[] = {
  { "\"event_type\"", "event" },
  { "\"device_id\"", "device_id" },
  { "\"value_float\"", "value" },
  { "\"id\"", "id" },
};

static gboolean
is_text (const char          *json,
         const WeirJsonPiece *piece,
         const char          *text)
{
  return piece->length == strlen (text) && memcmp (json + piece->offset, text, piece->length) == 0;
}

/* The last member of a name counts, as it does for the codec. */
static const WeirJsonPiece *
find_member (const char *json,
             GArray     *members,
             const char *name)
{
  for (guint i = members->len; i > 0; i--)
    {
      const WeirJsonMember *member = &g_array_index (members, WeirJsonMember, i - 1);

      if (is_text (json, &member->name, name))
        return is_text (json, &member->value, "null") ? NULL : &member->value;
    }
  return NULL;
}

static void
append_member (GString             *out,
               const char          *name,
               gsize                name_length,
               const char          *json,
               const WeirJsonPiece *value)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  g_string_append_len (out, name, (gssize) name_length);
  g_string_append_c (out, ':');
  g_string_append_len (out, json + value->offset, (gssize) value->length);
}

static void
append_properties (GString    *out,
                   const char *json,
                   GArray     *members)
{
  static const char value_string_name[] = "\"value_string\"";
  static const char metadata_name[] = "\"metadata\"";
  const WeirJsonPiece *metadata = find_member (json, members, metadata_name);
  const WeirJsonPiece *value_string = find_member (json, members, value_string_name);
  const char *text = metadata != NULL ? json + metadata->offset : NULL;
  g_autoptr(GArray) inner = text != NULL ? weir_json_split_members (text, metadata->length) : NULL;

  g_string_append (out, "\"properties\":{");
  for (guint i = 0; inner != NULL && i < inner->len; i++)
    {
      const WeirJsonMember *member = &g_array_index (inner, WeirJsonMember, i);

      if (value_string == NULL || !is_text (text, &member->name, value_string_name))
        append_member (out, text + member->name.offset, member->name.length, text, &member->value);
    }
  if (metadata != NULL && inner == NULL)
    append_member (out, metadata_name, strlen (metadata_name), json, metadata);
  if (value_string != NULL)
    append_member (out, value_string_name, strlen (value_string_name), json, value_string);
  g_string_append_c (out, '}');
}

/* The library takes nothing at all for JSON. */
static gboolean
is_json (const char *text,
         gsize       length)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();

  return length > 0 && weir_json_load (parser, text, (gssize) length);
}

static void
append_event (GString    *out,
              const char *json,
              gsize       length)
{
  g_autoptr(GArray) members = weir_json_split_members (json, length);

  if (members == NULL)
    {
      /* No object, or no JSON: the codec is given something that it refuses for the same reason. */
      g_string_append (out, is_json (json, length) ? "null" : "?");
      return;
    }

  g_string_append_c (out, '{');
  append_properties (out, json, members);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const WeirJsonPiece *value = find_member (json, members, names[i].name);

      if (value == NULL)
        continue;
      g_string_append_printf (out, ",\"%s\":", names[i].native);
      g_string_append_len (out, json + value->offset, (gssize) value->length);
    }
  g_string_append_c (out, '}');
}

static GBytes *
ingest_translate (WeirExchange  *exchange,
                  GBytes        *body,
                  GError       **error)
{
  gsize size;
  const char *json = g_bytes_get_data (body, &size);
  g_autoptr(GArray) events = size > 0 ? weir_json_split_wrapper (json, size) : NULL;
  GString *out;

  if (events == NULL)
    {
      if (is_json (json, size))
        g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                             "The body has no array “events”");
      else
        g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "The body is not JSON");
      return NULL;
    }

  out = g_string_sized_new (size + size / 4);
  g_string_append_c (out, '[');
  for (guint i = 0; i < events->len; i++)
    {
      const WeirJsonPiece *piece = &g_array_index (events, WeirJsonPiece, i);

      if (i > 0)
        g_string_append_c (out, ',');
      append_event (out, json + piece->offset, piece->length);
    }
  g_string_append_c (out, ']');
  return g_string_free_to_bytes (out);
}

static void
ingest_reply (WeirExchange *exchange)
{
  g_autoptr(GBytes) body = NULL;
  GString *text = g_string_sized_new (64);

  g_string_append_printf (text, "{\"status\":\"queued\",\"event_count\":%u",
                          exchange->entry.accepted + exchange->entry.duplicates);
  if (exchange->data != NULL)
    g_string_append_printf (text, ",\"rejected\":%s", exchange->data);
  g_string_append_c (text, '}');
  body = g_string_free_to_bytes (text);
  weir_exchange_reply_bytes (exchange, SOUP_STATUS_ACCEPTED, WEIR_TYPE_JSON, body);
}

const WeirProtocol weir_ingest_protocol = {
  .name = "ingest",
  .max_bytes = MAX_BODY_BYTES,
  .translate = ingest_translate,
  .reply = ingest_reply,
};
