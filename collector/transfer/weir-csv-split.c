/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-csv-split.h"

#include <string.h>

/* Takes the quotes off in place. Returns where the field ended, or NULL. */
static char *
unquote (char *at,
         char *end)
{
  char *out = at;

  for (at++; at < end; at++)
    {
      if (*at == '"' && (at + 1 == end || at[1] != '"'))
        {
          *out = '\0';
          return at + 1;
        }
      at += *at == '"';
      *out++ = *at;
    }
  return NULL;
}

/**
 * weir_csv_split:
 * @record: a record without the end of its line, and room for one byte more; not trusted, and
 *   written to
 * @length: its length in bytes
 * @delimiter: what separates the fields
 * @fields: (element-type utf8): where the fields go, which are within @record
 *
 * Splits a record of a CSV file (RFC 4180).
 *
 * Returns: (nullable): what is wrong with it; %NULL when nothing is
 */
const char *
weir_csv_split (char      *record,
                gsize      length,
                char       delimiter,
                GPtrArray *fields)
{
  char *end = record + length;
  char *at = record;

  g_ptr_array_set_size (fields, 0);
  if (memchr (record, '\0', length) != NULL)
    return "there is a NUL character in it";
  for (;;)
    {
      char *field = at;

      if (at < end && *at == '"')
        {
          at = unquote (at, end);
          if (at == NULL)
            return "a quote has no end";
          if (at < end && *at != delimiter)
            return "there is something behind a closing quote";
        }
      else
        {
          char *next = memchr (at, delimiter, (gsize) (end - at));

          at = next != NULL ? next : end;
        }
      g_ptr_array_add (fields, field);
      if (at == end)
        {
          *at = '\0';
          return NULL;
        }
      *at++ = '\0';
    }
}
