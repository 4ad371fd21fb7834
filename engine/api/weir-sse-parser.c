/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The grammar and every rule about fields are those of the WHATWG HTML standard, section 9.2
 * “Server-sent events”, parts 9.2.5 and 9.2.6 (https://html.spec.whatwg.org/#server-sent-events).
 *
 * The bytes are cut into lines first and decoded second: CR and LF are never part of a longer
 * UTF-8 sequence, so a line can be decoded by itself, whole, however it arrived. A byte order mark
 * can only be the start of the first line. What remains to be remembered between two pushes is one
 * unfinished line and whether the last byte was a CR.
 *
 * One rule is read as browsers read it, not to the letter: a new connection starts with the id the
 * previous one had, not with an empty one. Otherwise the comment that opens a stream would make a
 * client forget where it was.
 */

#include "config.h"

#include "weir-sse-parser.h"

#include <string.h>

#include "weir-error.h"

struct _WeirSseParser
{
  gsize max_bytes;
  WeirSseMessageFunc func;
  gpointer user_data;

  GString *line;           /* bytes of a line that has not ended yet */
  GString *decoded;        /* scratch for lines that are not plain UTF-8 */
  GString *data;
  GString *event;
  GString *id;             /* the standard's “last event ID buffer” */
  GString *last_event_id;  /* what it was at the last blank line */
  int retry_ms;

  guint skip_lf : 1;
  guint first_line : 1;
  guint failed : 1;
};

static const char replacement[] = "\xef\xbf\xbd";
static const char byte_order_mark[] = "\xef\xbb\xbf";

/* How many bytes may follow @lead, and which the first of them may be (Unicode table 3-7). */
static guint
sequence_get_rules (guint8  lead,
                    guint8 *low,
                    guint8 *high)
{
  *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

  if (lead >= 0xc2 && lead <= 0xdf)
    return 1;
  if (lead >= 0xe0 && lead <= 0xef)
    return 2;
  if (lead >= 0xf0 && lead <= 0xf4)
    return 3;

  return 0;
}

/* Decodes as the WHATWG Encoding standard does: each longest prefix of a sequence that cannot be
 * completed becomes one U+FFFD. g_utf8_make_valid() makes one for each byte.
 */
static void
append_decoded (GString    *out,
                const char *text,
                gsize       length)
{
  const guint8 *bytes = (const guint8 *) text;
  gsize i = 0;

  while (i < length)
    {
      guint8 low, high;
      guint n_needed;
      gsize n = 1;

      if (bytes[i] < 0x80)
        {
          g_string_append_c (out, text[i++]);
          continue;
        }

      n_needed = sequence_get_rules (bytes[i], &low, &high);
      while (n <= n_needed && i + n < length && bytes[i + n] >= low && bytes[i + n] <= high)
        {
          low = 0x80;
          high = 0xbf;
          n++;
        }

      if (n_needed > 0 && n == n_needed + 1)
        g_string_append_len (out, text + i, n);
      else
        g_string_append (out, replacement);
      i += n;
    }
}

static void
clear_message (WeirSseParser *self)
{
  g_string_truncate (self->data, 0);
  g_string_truncate (self->event, 0);
}

static void
dispatch (WeirSseParser *self)
{
  if (!g_string_equal (self->last_event_id, self->id))
    g_string_assign (self->last_event_id, self->id->str);

  if (self->data->len > 0)
    {
      g_string_truncate (self->data, self->data->len - 1);
      self->func (self->event->len > 0 ? self->event->str : "message",
                  self->data->str,
                  self->data->len,
                  self->last_event_id->str,
                  self->user_data);
    }

  clear_message (self);
}

static void
take_retry (WeirSseParser *self,
            const char    *value,
            gsize          length)
{
  gint64 milliseconds = 0;

  if (length == 0)
    return;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (value[i]))
        return;
      milliseconds = MIN (milliseconds * 10 + (value[i] - '0'), G_MAXINT);
    }

  self->retry_ms = milliseconds;
}

static gboolean
name_is (const char *name,
         gsize       length,
         const char *expected)
{
  return length == strlen (expected) && memcmp (name, expected, length) == 0;
}

static void
take_field (WeirSseParser *self,
            const char    *name,
            gsize          name_length,
            const char    *value,
            gsize          length)
{
  if (name_is (name, name_length, "data"))
    {
      g_string_append_len (self->data, value, length);
      g_string_append_c (self->data, '\n');
    }
  else if (name_is (name, name_length, "event"))
    {
      g_string_truncate (self->event, 0);
      g_string_append_len (self->event, value, length);
    }
  else if (name_is (name, name_length, "id"))
    {
      if (memchr (value, '\0', length) == NULL)
        {
          g_string_truncate (self->id, 0);
          g_string_append_len (self->id, value, length);
        }
    }
  else if (name_is (name, name_length, "retry"))
    {
      take_retry (self, value, length);
    }
}

static void
take_line (WeirSseParser *self,
           const char    *line,
           gsize          length)
{
  const char *colon;
  const char *end;

  if (self->first_line)
    {
      self->first_line = FALSE;
      if (length >= 3 && memcmp (line, byte_order_mark, 3) == 0)
        {
          line += 3;
          length -= 3;
        }
    }

  if (length == 0)
    {
      dispatch (self);
      return;
    }

  /* Also false for a NUL inside, which append_decoded() then copies as it is. */
  if (!g_utf8_validate_len (line, length, NULL))
    {
      g_string_truncate (self->decoded, 0);
      append_decoded (self->decoded, line, length);
      line = self->decoded->str;
      length = self->decoded->len;
    }

  end = line + length;
  colon = memchr (line, ':', length);
  if (colon == line)
    return;

  if (colon == NULL)
    {
      take_field (self, line, length, "", 0);
    }
  else
    {
      const char *value = colon + 1;

      if (value < end && *value == ' ')
        value++;
      take_field (self, line, colon - line, value, end - value);
    }
}

static gboolean
check_size (WeirSseParser  *self,
            gsize           line_length,
            GError        **error)
{
  if (line_length <= self->max_bytes &&
      self->data->len + self->event->len + self->id->len + line_length <= self->max_bytes)
    return TRUE;

  self->failed = TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
               "A message of the stream is over %" G_GSIZE_FORMAT " bytes", self->max_bytes);
  return FALSE;
}

static const char *
find_line_end (const char *start,
               const char *end)
{
  while (start < end && *start != '\n' && *start != '\r')
    start++;

  return start;
}

/**
 * weir_sse_parser_new:
 * @max_bytes: how long one line may be, and one message all together
 * @func: called for each message, from within [method@Weir.SseParser.push]; it may not free the
 *   parser
 * @user_data: for @func
 *
 * Makes a parser for one stream.
 *
 * Returns: (transfer full): a parser; belongs to one thread
 */
WeirSseParser *
weir_sse_parser_new (gsize              max_bytes,
                     WeirSseMessageFunc func,
                     gpointer           user_data)
{
  WeirSseParser *self;

  g_return_val_if_fail (max_bytes > 0, NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (WeirSseParser, 1);
  self->max_bytes = max_bytes;
  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->decoded = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->event = g_string_new (NULL);
  self->id = g_string_new (NULL);
  self->last_event_id = g_string_new (NULL);
  self->retry_ms = -1;
  self->first_line = TRUE;

  return self;
}

/**
 * weir_sse_parser_free:
 * @self: (nullable) (transfer full): a parser
 *
 * Frees the parser. A message that was not complete is not delivered.
 */
void
weir_sse_parser_free (WeirSseParser *self)
{
  if (self == NULL)
    return;

  g_string_free (self->line, TRUE);
  g_string_free (self->decoded, TRUE);
  g_string_free (self->data, TRUE);
  g_string_free (self->event, TRUE);
  g_string_free (self->id, TRUE);
  g_string_free (self->last_event_id, TRUE);
  g_free (self);
}

/**
 * weir_sse_parser_push:
 * @self: a parser
 * @bytes: (array length=length): what came next
 * @length: how many
 * @error: return location for an error
 *
 * Reads the next bytes of the stream and delivers the messages they complete. Bytes that are
 * not UTF-8 become U+FFFD.
 *
 * Fails with %WEIR_ERROR_TOO_LARGE when a line or a message is over the cap; then the parser takes
 * nothing more until [method@Weir.SseParser.reset].
 *
 * Returns: whether the stream can go on
 */
gboolean
weir_sse_parser_push (WeirSseParser  *self,
                      const char     *bytes,
                      gsize           length,
                      GError        **error)
{
  const char *end = bytes + length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  if (self->failed)
    return check_size (self, self->max_bytes + 1, error);

  while (bytes < end)
    {
      const char *line_end;

      if (self->skip_lf && *bytes == '\n')
        bytes++;
      self->skip_lf = FALSE;

      line_end = find_line_end (bytes, end);
      if (!check_size (self, self->line->len + (line_end - bytes), error))
        return FALSE;

      if (line_end == end)
        {
          g_string_append_len (self->line, bytes, line_end - bytes);
          break;
        }

      self->skip_lf = *line_end == '\r';
      if (self->line->len > 0)
        {
          g_string_append_len (self->line, bytes, line_end - bytes);
          take_line (self, self->line->str, self->line->len);
          g_string_truncate (self->line, 0);
        }
      else
        {
          take_line (self, bytes, line_end - bytes);
        }
      bytes = line_end + 1;
    }

  return TRUE;
}

/**
 * weir_sse_parser_reset:
 * @self: a parser
 *
 * Makes the parser ready for a new connection to the same stream: what was incomplete is
 * forgotten, the last event id and the retry time are kept. May not be called from within a
 * message.
 */
void
weir_sse_parser_reset (WeirSseParser *self)
{
  g_return_if_fail (self != NULL);

  clear_message (self);
  g_string_truncate (self->line, 0);
  g_string_assign (self->id, self->last_event_id->str);
  self->skip_lf = FALSE;
  self->first_line = TRUE;
  self->failed = FALSE;
}

/**
 * weir_sse_parser_get_last_event_id:
 * @self: a parser
 *
 * Gets the id the stream was at when its last complete block ended, which is what a client sends
 * as `Last-Event-ID`.
 *
 * Returns: the id, empty when there was none
 */
const char *
weir_sse_parser_get_last_event_id (WeirSseParser *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->last_event_id->str;
}

/**
 * weir_sse_parser_set_last_event_id:
 * @self: a parser that has read nothing yet
 * @id: the id an earlier connection was at
 *
 * Makes the parser go on from @id.
 */
void
weir_sse_parser_set_last_event_id (WeirSseParser *self,
                                   const char    *id)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (id != NULL);

  g_string_assign (self->last_event_id, id);
  g_string_assign (self->id, id);
}

/**
 * weir_sse_parser_get_retry_ms:
 * @self: a parser
 *
 * Gets how long the stream asked to wait before a new connection.
 *
 * Returns: milliseconds, or -1 when the stream did not say
 */
int
weir_sse_parser_get_retry_ms (WeirSseParser *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->retry_ms;
}
