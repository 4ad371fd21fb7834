/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-csv.h"

#include <string.h>

/**
 * weir_csv_append_text:
 * @out: where to append
 * @text: (nullable): a text
 *
 * Appends a field of a CSV file (RFC 4180), in quotes where they are needed.
 */
void
weir_csv_append_text (GString    *out,
                      const char *text)
{
  if (text == NULL)
    return;
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}
