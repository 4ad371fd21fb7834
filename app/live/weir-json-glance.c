/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-glance.h"

#include <string.h>

/*
 * A row of a live table shows a few properties and how many more there are. Making a tree of each
 * object for that would cost more than all the rest of the row, so this walks the text once and
 * copies what it shows. It expects valid JSON, as the codec leaves it, and stays inside the
 * text whatever it finds.
 */

#define MAX_VALUE_CHARS 48

/* Longer texts are not counted to their end. */
#define MAX_BYTES (16 * 1024)

typedef struct {
  const char *p;
  const char *end;
} Cursor;

static gunichar
read_hex (const char *p)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    value = value << 4 | (gunichar) MAX (0, g_ascii_xdigit_value (p[i]));
  return value;
}

/* Appends what the escape at @cursor stands for, and goes past it. */
static void
append_escape (Cursor  *cursor,
               GString *out)
{
  gunichar c = (guchar) *cursor->p++;

  if (c != 'u' || cursor->end - cursor->p < 4)
    {
      g_string_append_c (out, strchr ("nrtbf", (int) c) != NULL ? ' ' : (char) c);
      return;
    }
  c = read_hex (cursor->p);
  cursor->p += 4;
  if (c >= 0xd800 && c < 0xdc00 && cursor->end - cursor->p >= 6 && cursor->p[0] == '\\')
    {
      c = 0x10000 + ((c - 0xd800) << 10) + (read_hex (cursor->p + 2) & 0x3ff);
      cursor->p += 6;
    }
  if (c < 0x20 || !g_unichar_validate (c))
    c = ' ';
  g_string_append_unichar (out, c);
}

/* Reads the string whose opening quote @cursor is past; @out may be NULL. */
static void
read_string (Cursor  *cursor,
             GString *out,
             guint    max_chars)
{
  guint n_chars = 0;

  while (cursor->p < cursor->end && *cursor->p != '"')
    {
      const char *start = cursor->p;

      if (*cursor->p == '\\' && cursor->p + 1 < cursor->end)
        {
          cursor->p++;
          if (out != NULL && n_chars < max_chars)
            append_escape (cursor, out);
          else
            cursor->p++;
        }
      else
        {
          cursor->p = MIN (cursor->end, g_utf8_next_char (cursor->p));
          if (out != NULL && n_chars < max_chars)
            g_string_append_len (out, start, cursor->p - start);
        }
      if (++n_chars == max_chars && out != NULL && cursor->p < cursor->end && *cursor->p != '"')
        g_string_append (out, "…");
    }
  if (cursor->p < cursor->end)
    cursor->p++;
}

/* Goes past an array or an object. */
static void
skip_nested (Cursor *cursor)
{
  guint depth = 0;

  while (cursor->p < cursor->end)
    {
      char c = *cursor->p++;

      if (c == '"')
        read_string (cursor, NULL, 0);
      else if (c == '{' || c == '[')
        depth++;
      else if ((c == '}' || c == ']') && --depth == 0)
        return;
    }
}

static void
read_value (Cursor  *cursor,
            GString *out)
{
  const char *start = cursor->p;

  if (cursor->p >= cursor->end)
    return;
  switch (*cursor->p)
    {
    case '"':
      cursor->p++;
      read_string (cursor, out, MAX_VALUE_CHARS);
      break;
    case '{':
    case '[':
      skip_nested (cursor);
      if (out != NULL)
        g_string_append (out, *start == '{' ? "{…}" : "[…]");
      break;
    default:
      while (cursor->p < cursor->end && *cursor->p != ',' && *cursor->p != '}')
        cursor->p++;
      if (out != NULL)
        g_string_append_len (out, start, MIN (cursor->p - start, MAX_VALUE_CHARS));
    }
}

static void
skip_to (Cursor *cursor,
         char    wanted)
{
  while (cursor->p < cursor->end && *cursor->p != wanted && *cursor->p != '}')
    cursor->p++;
  if (cursor->p < cursor->end && *cursor->p == wanted)
    cursor->p++;
}

/**
 * weir_json_glance:
 * @json: an object as JSON without white space between its tokens
 * @length: its length in bytes
 * @n_members: how many members to show
 * @out: where to append
 *
 * Appends the first members as `name=value` and how many more there are as `+4`, on one line.
 */
void
weir_json_glance (const char *json,
                  gsize       length,
                  guint       n_members,
                  GString    *out)
{
  Cursor cursor = { json, json + MIN (length, MAX_BYTES) };
  guint n = 0;

  g_return_if_fail (json != NULL);
  g_return_if_fail (out != NULL);

  skip_to (&cursor, '{');
  while (cursor.p < cursor.end && *cursor.p == '"')
    {
      GString *shown = n < n_members ? out : NULL;

      cursor.p++;
      if (shown != NULL && n > 0)
        g_string_append (shown, "  ");
      read_string (&cursor, shown, MAX_VALUE_CHARS);
      if (shown != NULL)
        g_string_append_c (shown, '=');
      skip_to (&cursor, ':');
      read_value (&cursor, shown);
      skip_to (&cursor, ',');
      n++;
    }
  if (n > n_members)
    g_string_append_printf (out, "  +%u%s", n - n_members, length > MAX_BYTES ? "…" : "");
}
