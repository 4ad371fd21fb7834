/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-load.h"

#include <string.h>

#define MAX_DEPTH 200   /* an event's properties may have 64 levels, and stand in a few more */

/* Outside of texts the library knows comments and other quotes, in which a bracket would not be
 * one; JSON has neither. */
static gboolean
is_shallow (const char *json,
            gsize       length)
{
  gboolean is_text = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = json[i];

      if (is_text)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            is_text = FALSE;
        }
      else if (c == '"')
        is_text = TRUE;
      else if (c == '/' || c == '\'' || c == '#')
        return FALSE;
      else if ((c == '[' || c == '{') && ++depth > MAX_DEPTH)
        return FALSE;
      else if ((c == ']' || c == '}') && depth > 0)
        depth--;
    }
  return TRUE;
}

/**
 * weir_json_load:
 * @parser: a parser
 * @json: a text; not trusted
 * @length: its length in bytes, or -1
 *
 * Parses a text. The library calls itself for every level, so that a few thousand brackets would
 * end the process; here a text may have 200 levels.
 *
 * Returns: whether it is JSON
 */
gboolean
weir_json_load (JsonParser *parser,
                const char *json,
                gssize      length)
{
  g_return_val_if_fail (JSON_IS_PARSER (parser), FALSE);

  if (json == NULL)
    return FALSE;
  return is_shallow (json, length < 0 ? strlen (json) : (gsize) length) &&
         json_parser_load_from_data (parser, json, length, NULL);
}
