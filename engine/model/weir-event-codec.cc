/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-codec.h"

#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

#include "weir-error.h"
#include "weir-json-split.h"
#include "weir-time.h"

/*
 * The one C++ file, because parsing is the largest cost between the socket and the journal:
 * simdjson reads these events some thirty times as fast as json-glib (figures in engine/README.md).
 *
 * Reading goes in two gears. The fast one parses the whole body at once, which also validates every
 * byte of it: UTF-8, escapes, numbers, depth. A single bad byte fails the whole parse, and one
 * bad event must not cost its batch; so on failure the slow gear cuts the body into its events with
 * weir_json_split() and parses each alone. Both are linear in the size of the body.
 */

namespace dom = simdjson::dom;

/* The array, the "events" wrapper and the event itself stand above the properties. */
static constexpr size_t max_depth = WEIR_EVENT_MAX_DEPTH + 4;

/* A parser takes up to thirty times the size of its input. What a larger one needed is not kept. */
static constexpr size_t max_kept = 2 * 1024 * 1024;

/* A parser with memory of its own; simdjson wants room to read past the end of its input. */
struct PaddedParser
{
  dom::parser parser;
  std::string padded;

  /* Nothing that was parsed may be used any more. */
  void
  shrink ()
  {
    if (parser.capacity () <= max_kept)
      return;
    parser = dom::parser ();
    padded = std::string ();
  }

  simdjson::simdjson_result<dom::element>
  parse (const char *json, size_t length)
  {
    padded.reserve (length + simdjson::SIMDJSON_PADDING);
    padded.assign (json, length);
    if (parser.capacity () < length)
      {
        simdjson::error_code error = parser.allocate (length + length / 2 + 4096, max_depth);
        if (error != simdjson::SUCCESS)
          return error;
      }
    return parser.parse (padded.data (), length, false);
  }
};

struct _WeirEventCodec
{
  PaddedParser body;
  PaddedParser properties;
  dom::element loaded;
  gboolean is_loaded;
  std::string minified;
  char number[32];
};

struct Decoding
{
  WeirEventCodec *codec;
  const WeirDecodeContext *context;
  WeirEventBuilder *builder;
  GArray *rejections;
  guint n_read;
  size_t source_length;
};

static const char *const properties_not_object = "properties must be an object";

static void
append_rejection (Decoding *decoding, const char *code, const char *message)
{
  WeirRejection rejection = { decoding->n_read, code, message };

  g_array_append_val (decoding->rejections, rejection);
}

/* Says what simdjson found wrong, as the contract names it. Returns whether it has the shape of
 * JSON. */
static gboolean
reject_unparsable (Decoding *decoding, simdjson::error_code error)
{
  switch (error)
    {
    case simdjson::DEPTH_ERROR:
      append_rejection (decoding, "too_deep", "the event is nested deeper than 64 levels");
      break;
    case simdjson::UTF8_ERROR:
      append_rejection (decoding, "invalid_utf8", "the event is not valid UTF-8");
      break;
    case simdjson::STRING_ERROR:
      append_rejection (
          decoding, "invalid_string", "a string has an escape that means no character");
      break;
    case simdjson::NUMBER_ERROR:
      append_rejection (decoding, "invalid_number", "a number is malformed or out of range");
      break;
    default:
      append_rejection (decoding, "invalid_json", "the event is not valid JSON");
      return FALSE;
    }
  return TRUE;
}

static void
set_view (WeirEvent *event, WeirEventText which, std::string_view view)
{
  weir_event_set_text (event, which, view.data (), view.size ());
}

/* Ids may be strings or whole numbers (which stand for their digits); null is absence. */
static gboolean
read_id (WeirEventCodec *codec, WeirEvent *event, WeirEventText which, dom::element value)
{
  switch (value.type ())
    {
    case dom::element_type::STRING:
      set_view (event, which, value.get_string ().value_unsafe ());
      return TRUE;
    case dom::element_type::NULL_VALUE:
      weir_event_set_text (event, which, NULL, 0);
      return TRUE;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      {
        /* simdjson's string pool has no room for it: keep the digits beside the event. */
        std::string &pool = codec->minified;
        std::string digits = simdjson::minify (value);
        size_t offset = pool.size ();

        if (pool.capacity () - offset < digits.size () + 1)
          return FALSE;
        pool.append (digits).push_back ('\0');
        set_view (event, which, std::string_view (pool.data () + offset, digits.size ()));
        return TRUE;
      }
    default:
      return FALSE;
    }
}

static gboolean
read_timestamp (WeirEvent *event, dom::element value)
{
  std::string_view text;
  double number;

  if (value.is_null ())
    return TRUE;
  event->flags = (WeirEventFlags) (event->flags | WEIR_EVENT_HAS_TIME);
  if (value.get_string ().get (text) == simdjson::SUCCESS)
    return weir_time_parse_rfc3339 (text.data (), text.size (), &event->timestamp);
  if (value.get_double ().get (number) == simdjson::SUCCESS)
    return weir_time_from_number (number, &event->timestamp);

  return FALSE;
}

static gboolean
says_error (std::string_view key, dom::element value)
{
  std::string_view text;
  double number;
  bool truth;

  if (key == "error")
    return (value.get_bool ().get (truth) == simdjson::SUCCESS && truth) ||
           (value.get_string ().get (text) == simdjson::SUCCESS && !text.empty ()) ||
           value.is_object ();
  if (key == "level")
    return value.get_string ().get (text) == simdjson::SUCCESS &&
           (text == "error" || text == "fatal");

  return value.get_double ().get (number) == simdjson::SUCCESS && number >= 500;
}

/* The conventional properties that health is measured by, and whether any are the person's. */
static void
read_conventions (WeirEvent *event, dom::object properties)
{
  for (auto field : properties)
    {
      std::string_view key = field.key;
      std::string_view text;
      double number;

      if (key == "error" || key == "level" || key == "status")
        {
          if (says_error (key, field.value))
            event->flags = (WeirEventFlags) (event->flags | WEIR_EVENT_IS_ERROR);
        }
      else if (key == "duration_ms")
        {
          if (field.value.get_double ().get (number) == simdjson::SUCCESS && number >= 0)
            event->duration = number;
        }
      else if (key == "dependency")
        {
          if (field.value.get_string ().get (text) == simdjson::SUCCESS &&
              text.size () <= WEIR_EVENT_ID_MAX_BYTES && text.find ('\0') == text.npos)
            set_view (event, WEIR_EVENT_DEPENDENCY, text);
        }
      else if (key == "$set" || key == "$set_once" || key == "$unset")
        {
          event->flags = (WeirEventFlags) (event->flags | WEIR_EVENT_SETS_PERSON);
        }
    }
}

/* One of the fixed members of the native form; unknown members are left alone. */
static const char *
read_member (WeirEventCodec *codec, WeirEvent *event, std::string_view key, dom::element value,
             dom::element *properties, gboolean *has_properties)
{
  static const struct
  {
    std::string_view name;
    WeirEventText which;
  } ids[] = {
    { "id", WEIR_EVENT_ID },
    { "user_id", WEIR_EVENT_USER_ID },
    { "anonymous_id", WEIR_EVENT_ANONYMOUS_ID },
    { "device_id", WEIR_EVENT_DEVICE_ID },
    { "distinct_id", WEIR_EVENT_DISTINCT_ID },
    { "session_id", WEIR_EVENT_SESSION_ID },
    { "previous_id", WEIR_EVENT_PREVIOUS_ID },
    { "source", WEIR_EVENT_SOURCE },
  };

  if (key == "event")
    {
      std::string_view text;

      if (value.get_string ().get (text) == simdjson::SUCCESS)
        set_view (event, WEIR_EVENT_NAME, text);
      else if (!value.is_null ())
        return "invalid_event";
      return NULL;
    }
  if (key == "properties")
    {
      *properties = value;
      *has_properties = !value.is_null ();
      return *has_properties && !value.is_object () ? "invalid_properties" : NULL;
    }
  if (key == "timestamp")
    return read_timestamp (event, value) ? NULL : "invalid_timestamp";
  if (key == "value")
    {
      if (!value.is_null () && value.get_double ().get (event->value) != simdjson::SUCCESS)
        return "invalid_value";
      return NULL;
    }
  for (const auto &id : ids)
    {
      if (key == id.name)
        return read_id (codec, event, id.which, value) ? NULL : "invalid_id";
    }

  return NULL;
}

static const char *
explain (const char *code)
{
  if (strcmp (code, "invalid_event") == 0)
    return "\"event\" must be a string";
  if (strcmp (code, "invalid_properties") == 0)
    return properties_not_object;
  if (strcmp (code, "invalid_timestamp") == 0)
    return "timestamp must be RFC 3339 with an offset, or seconds or milliseconds since 1970";
  if (strcmp (code, "invalid_value") == 0)
    return "value must be a number";
  return "an id must be a string or a whole number";
}

static void
decode_event (Decoding *decoding, dom::element element)
{
  WeirEventCodec *codec = decoding->codec;
  gboolean has_properties = FALSE;
  dom::element properties;
  WeirRejection rejection;
  std::string text;
  dom::object object;
  WeirEvent event;

  weir_event_init (&event);
  event.received = event.timestamp = decoding->context->received;
  codec->minified.clear ();
  codec->minified.reserve (512);

  if (element.get_object ().get (object) != simdjson::SUCCESS)
    {
      append_rejection (decoding, "invalid_event", "an event must be an object");
      return;
    }
  for (auto field : object)
    {
      const char *code = read_member (codec, &event, field.key, field.value, &properties,
                                      &has_properties);

      if (code != NULL)
        {
          append_rejection (decoding, code, explain (code));
          return;
        }
    }

  if (decoding->context->source_forced)
    weir_event_set_text (&event, WEIR_EVENT_SOURCE, NULL, 0);
  if (has_properties)
    {
      dom::object members = properties.get_object ().value_unsafe ();

      read_conventions (&event, members);
      if (members.begin () != members.end ())
        {
          text = simdjson::minify (properties);
          set_view (&event, WEIR_EVENT_PROPERTIES, text);
        }
    }

  if (!weir_event_validate (&event, &rejection))
    {
      append_rejection (decoding, rejection.code, rejection.message);
      return;
    }
  /* Only now is a blank source an absent one. */
  if (event.text[WEIR_EVENT_SOURCE] == NULL)
    weir_event_set_text (&event, WEIR_EVENT_SOURCE, decoding->context->source,
                         decoding->source_length);
  weir_event_hash_id (&event, decoding->context->hash_seed);
  weir_event_builder_add (decoding->builder, &event);
}

static gboolean
count_event (Decoding *decoding, GError **error)
{
  if (decoding->n_read < decoding->context->max_events)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
               "a request may hold at most %u events", decoding->context->max_events);
  return FALSE;
}

static gboolean
decode_array (Decoding *decoding, dom::array array, GError **error)
{
  for (dom::element element : array)
    {
      if (!count_event (decoding, error))
        return FALSE;
      decode_event (decoding, element);
      decoding->n_read++;
    }
  return TRUE;
}

static gboolean
decode_document (Decoding *decoding, dom::element document, GError **error)
{
  dom::element events;
  dom::array array;

  if (document.get_array ().get (array) == simdjson::SUCCESS)
    return decode_array (decoding, array, error);

  if (document.is_object () && document["event"].error () == simdjson::NO_SUCH_FIELD &&
      document["events"].get (events) == simdjson::SUCCESS)
    {
      if (events.get_array ().get (array) == simdjson::SUCCESS)
        return decode_array (decoding, array, error);
      g_set_error_literal (
          error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "\"events\" must be an array");
      return FALSE;
    }
  if (!document.is_object ())
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "the body must be an event, an array of events or {\"events\":[…]}");
      return FALSE;
    }

  decode_event (decoding, document);
  decoding->n_read++;
  return TRUE;
}

/* The slow gear: each piece of the body alone. Where no piece at all is JSON, nothing could be
 * read. */
static gboolean
decode_pieces (Decoding *decoding, const char *body, GArray *pieces, GError **error)
{
  gboolean any_readable = FALSE;

  for (guint i = 0; i < pieces->len; i++)
    {
      const WeirJsonPiece *piece = &g_array_index (pieces, WeirJsonPiece, i);
      dom::element element;
      simdjson::error_code failure;

      if (!count_event (decoding, error))
        return FALSE;
      failure = decoding->codec->body.parse (body + piece->offset, piece->length).get (element);
      if (failure == simdjson::SUCCESS)
        decode_event (decoding, element);
      else
        any_readable |= reject_unparsable (decoding, failure);
      any_readable |= failure == simdjson::SUCCESS;
      decoding->n_read++;
    }

  if (!any_readable)
    g_set_error_literal (
        error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the body is not readable as JSON");
  return any_readable;
}

static void
set_unreadable (GError **error, simdjson::error_code failure)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_JSON, "the body is not readable as JSON: %s",
               simdjson::error_message (failure));
}

extern "C" {

/**
 * weir_event_codec_new:
 *
 * Returns: (transfer full): a codec
 */
WeirEventCodec *
weir_event_codec_new (void)
{
  return new _WeirEventCodec ();
}

/**
 * weir_event_codec_free:
 * @self: (transfer full): a codec
 */
void
weir_event_codec_free (WeirEventCodec *self)
{
  delete self;
}

/**
 * weir_event_codec_decode:
 * @self: a codec
 * @body: the body of a request; not trusted, need not be NUL-terminated
 * @length: its length in bytes
 * @context: what the request says beside its body
 * @builder: where the valid events go
 * @rejections: (element-type WeirRejection): where the reasons of the others go
 * @n_read: (out): how many events were found, good and bad
 * @error: return location for an error
 *
 * Reads the events of a request. A bad event costs only itself.
 *
 * Returns: %FALSE when nothing can be read, with %WEIR_ERROR_INVALID_JSON,
 *   %WEIR_ERROR_INVALID_REQUEST or %WEIR_ERROR_TOO_LARGE; what was added to @builder then is to be
 *   thrown away
 */
gboolean
weir_event_codec_decode (WeirEventCodec           *self,
                         const char               *body,
                         gsize                     length,
                         const WeirDecodeContext  *context,
                         WeirEventBuilder         *builder,
                         GArray                   *rejections,
                         guint                    *n_read,
                         GError                  **error)
{
  Decoding decoding = { self, context, builder, rejections, 0, strlen (context->source) };
  simdjson::error_code failure;
  dom::element document;
  gboolean done;

  /* A byte order mark is not JSON, but Windows tools write it. */
  if (length >= 3 && memcmp (body, "\xef\xbb\xbf", 3) == 0)
    body += 3, length -= 3;

  failure = length == 0 ? simdjson::EMPTY : self->body.parse (body, length).get (document);
  if (failure == simdjson::SUCCESS)
    {
      done = decode_document (&decoding, document, error);
    }
  else
    {
      g_autoptr(GArray) pieces = weir_json_split (body, length);

      done = pieces != NULL && decode_pieces (&decoding, body, pieces, error);
      if (pieces == NULL)
        set_unreadable (error, failure);
    }

  *n_read = decoding.n_read;
  self->body.shrink ();

  return done;
}

/**
 * weir_event_codec_decode_stored:
 * @self: a codec
 * @json: an `event` message of the stream
 * @length: its length in bytes
 * @event: (out): the event; its texts live until the next call of this codec
 * @error: return location for an error
 *
 * Reads an event that a collector sent, with its seq, receipt time and person.
 *
 * Returns: whether it was one
 */
gboolean
weir_event_codec_decode_stored (WeirEventCodec  *self,
                                const char      *json,
                                gsize            length,
                                WeirEvent       *event,
                                GError         **error)
{
  gboolean has_properties = FALSE;
  dom::element document, properties;
  dom::object object;
  simdjson::error_code failure = self->properties.parse (json, length).get (document);

  self->is_loaded = FALSE;
  if (failure != simdjson::SUCCESS || document.get_object ().get (object) != simdjson::SUCCESS)
    {
      set_unreadable (error, failure);
      return FALSE;
    }

  weir_event_init (event);
  self->minified.clear ();
  self->minified.reserve (512 + length);
  for (auto field : object)
    {
      std::string_view text;
      guint64 seq;

      if (field.key == "seq" && field.value.get_uint64 ().get (seq) == simdjson::SUCCESS)
        event->seq = seq;
      else if (field.key == "person" && field.value.get_string ().get (text) == simdjson::SUCCESS)
        set_view (event, WEIR_EVENT_PERSON, text);
      else if (field.key == "received" && field.value.get_string ().get (text) == simdjson::SUCCESS)
        weir_time_parse_rfc3339 (text.data (), text.size (), &event->received);
      else
        read_member (self, event, field.key, field.value, &properties, &has_properties);
    }
  if (has_properties && properties.is_object ())
    {
      size_t offset = self->minified.size ();

      read_conventions (event, properties.get_object ().value_unsafe ());
      self->minified += simdjson::minify (properties);
      set_view (
          event,
          WEIR_EVENT_PROPERTIES,
          std::string_view (self->minified.data () + offset, self->minified.size () - offset));
    }

  return TRUE;
}

/**
 * weir_event_codec_load_properties:
 * @self: a codec
 * @event: an event
 *
 * Makes the properties of @event the ones that [method@Weir.EventCodec.lookup] looks into.
 *
 * Returns: %FALSE when it has none, or they cannot be read
 */
gboolean
weir_event_codec_load_properties (WeirEventCodec  *self,
                                  const WeirEvent *event)
{
  const char *json = event->text[WEIR_EVENT_PROPERTIES];

  self->is_loaded = json != NULL &&
                    self->properties.parse (json, event->length[WEIR_EVENT_PROPERTIES])
                            .get (self->loaded) == simdjson::SUCCESS;
  return self->is_loaded;
}

static gboolean
find_path (dom::element from, std::string_view path, dom::element *found)
{
  while (true)
    {
      size_t dot;
      dom::object object;

      if (from.get_object ().get (object) != simdjson::SUCCESS)
        return FALSE;
      if (object.at_key (path).get (*found) == simdjson::SUCCESS)
        return TRUE;
      dot = path.find ('.');
      if (dot == path.npos || object.at_key (path.substr (0, dot)).get (from) != simdjson::SUCCESS)
        return FALSE;
      path.remove_prefix (dot + 1);
    }
}

/**
 * weir_event_codec_lookup:
 * @self: a codec with loaded properties
 * @path: names separated by dots; a member whose own name has dots in it wins
 * @value: (out): the value; its text lives until the next call of this codec
 *
 * Looks up one property.
 */
void
weir_event_codec_lookup (WeirEventCodec *self,
                         const char     *path,
                         WeirValue      *value)
{
  dom::element found;
  std::string_view text;

  *value = {};
  if (!self->is_loaded || !find_path (self->loaded, path, &found))
    return;

  switch (found.type ())
    {
    case dom::element_type::NULL_VALUE:
      value->type = WEIR_VALUE_NULL;
      break;
    case dom::element_type::BOOL:
      value->type = WEIR_VALUE_BOOLEAN;
      value->boolean = found.get_bool ().value_unsafe ();
      break;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      value->type = WEIR_VALUE_NUMBER;
      value->number = found.get_double ().value_unsafe ();
      break;
    case dom::element_type::STRING:
      value->type = WEIR_VALUE_TEXT;
      text = found.get_string ().value_unsafe ();
      value->text = text.data ();
      value->length = text.size ();
      break;
    default:
      value->type = WEIR_VALUE_OTHER;
      self->minified = simdjson::minify (found);
      value->text = self->minified.data ();
      value->length = self->minified.size ();
      break;
    }
}

}
