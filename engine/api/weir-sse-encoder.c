/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sse-encoder.h"

#include <string.h>

/* A field that is one line by nature; what would end it early is left out. */
static void
append_field (GString    *out,
              const char *name,
              const char *value)
{
  g_string_append (out, name);
  for (; *value != '\0'; value++)
    {
      if (*value != '\n' && *value != '\r')
        g_string_append_c (out, *value);
    }
  g_string_append_c (out, '\n');
}

static const char *
find_line_end (const char *start,
               const char *end)
{
  const char *lf = memchr (start, '\n', end - start);
  const char *cr = memchr (start, '\r', (lf != NULL ? lf : end) - start);

  if (cr != NULL)
    return cr;

  return lf != NULL ? lf : end;
}

static void
append_data (GString    *out,
             const char *data,
             gsize       length)
{
  const char *end = data + length;

  while (TRUE)
    {
      const char *line_end = find_line_end (data, end);

      g_string_append (out, "data: ");
      g_string_append_len (out, data, line_end - data);
      g_string_append_c (out, '\n');

      if (line_end == end)
        break;

      data = line_end + 1;
      if (*line_end == '\r' && data < end && *data == '\n')
        data++;
    }
}

/**
 * weir_sse_append_message:
 * @out: where to
 * @event: (nullable): name of the message; %NULL is a plain “message”
 * @id: (nullable): id the stream is at after it; one with a line end is left out
 * @data: (nullable): the data; %NULL makes a block that only moves the id
 * @length: length of @data in bytes
 *
 * Appends one block to an event stream. Data of several lines becomes several `data:` fields; CR
 * and CRLF arrive as LF at the other side.
 */
void
weir_sse_append_message (GString    *out,
                         const char *event,
                         const char *id,
                         const char *data,
                         gsize       length)
{
  g_return_if_fail (out != NULL);
  g_return_if_fail (data != NULL || length == 0);

  if (event != NULL)
    append_field (out, "event: ", event);
  if (id != NULL && strpbrk (id, "\r\n") == NULL)
    append_field (out, "id: ", id);
  if (data != NULL)
    append_data (out, data, length);
  g_string_append_c (out, '\n');
}

/**
 * weir_sse_append_comment:
 * @out: where to
 * @text: one line
 *
 * Appends a comment, which clients ignore: a sign of life.
 */
void
weir_sse_append_comment (GString    *out,
                         const char *text)
{
  g_return_if_fail (out != NULL);
  g_return_if_fail (text != NULL);

  append_field (out, ": ", text);
  g_string_append_c (out, '\n');
}

/**
 * weir_sse_append_retry:
 * @out: where to
 * @milliseconds: how long clients shall wait before they connect again
 *
 * Appends a `retry:` field in a block of its own.
 */
void
weir_sse_append_retry (GString *out,
                       guint    milliseconds)
{
  g_return_if_fail (out != NULL);

  g_string_append_printf (out, "retry: %u\n\n", milliseconds);
}
