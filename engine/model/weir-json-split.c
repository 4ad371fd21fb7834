/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-split.h"

#include <string.h>

/*
 * Cuts a body that is not valid JSON into the events it seems to hold. It knows only strings,
 * escapes and brackets: enough to find where one event ends whatever is wrong inside it, and simple
 * enough to be linear and to need no stack. Three shapes are known:
 *
 *   [ event , event , … ]
 *   { … "events" : [ event , … ] … }
 *   event NEWLINE event NEWLINE …
 *
 * What stands behind the last bracket is one more piece.
 */

typedef struct {
  const char *start;
  const char *p;
  const char *end;
} Scanner;

static void
skip_space (Scanner *scanner)
{
  while (scanner->p < scanner->end && g_ascii_isspace (*scanner->p))
    scanner->p++;
}

/* @p at the opening quote; afterwards behind the closing one. */
static gboolean
skip_string (Scanner *scanner)
{
  for (scanner->p++; scanner->p < scanner->end; scanner->p++)
    {
      if (*scanner->p == '\\')
        scanner->p++;
      else if (*scanner->p == '"')
        {
          scanner->p++;
          return TRUE;
        }
    }
  return FALSE;
}

/* Stops at a comma or closing bracket of the level it began on. */
static gboolean
skip_value (Scanner *scanner)
{
  gsize depth = 0;

  while (scanner->p < scanner->end)
    {
      switch (*scanner->p)
        {
        case '"':
          if (!skip_string (scanner))
            return FALSE;
          continue;
        case '[':
        case '{':
          depth++;
          break;
        case ']':
        case '}':
          if (depth-- == 0)
            return TRUE;
          break;
        case ',':
          if (depth == 0)
            return TRUE;
          break;
        default:
          break;
        }
      scanner->p++;
    }
  return FALSE;
}

static WeirJsonPiece
make_piece (Scanner    *scanner,
            const char *from,
            const char *to)
{
  while (to > from && g_ascii_isspace (to[-1]))
    to--;
  return (WeirJsonPiece) { (gsize) (from - scanner->start), (gsize) (to - from) };
}

static void
append_piece (Scanner    *scanner,
              GArray     *pieces,
              const char *from,
              const char *to)
{
  WeirJsonPiece piece = make_piece (scanner, from, to);

  g_array_append_val (pieces, piece);
}

/* What stands behind the events is no event, but may not be lost without a word. */
static void
append_rest (Scanner *scanner,
             GArray  *pieces)
{
  skip_space (scanner);
  if (scanner->p < scanner->end)
    append_piece (scanner, pieces, scanner->p, scanner->end);
}

/* @p at the opening bracket. An array that never closes was cut off on its way: it is no array. */
static gboolean
split_array (Scanner *scanner,
             GArray  *pieces)
{
  scanner->p++;
  skip_space (scanner);
  if (scanner->p < scanner->end && *scanner->p == ']')
    {
      scanner->p++;
      return TRUE;
    }

  while (scanner->p < scanner->end)
    {
      const char *from;

      skip_space (scanner);
      from = scanner->p;
      if (!skip_value (scanner))
        return FALSE;
      append_piece (scanner, pieces, from, scanner->p);
      if (*scanner->p++ != ',')
        return TRUE;
    }
  return FALSE;
}

/* @p behind the array of a wrapper: passes over the other members. */
static void
skip_members (Scanner *scanner)
{
  while (skip_value (scanner))
    if (*scanner->p++ != ',')
      return;
}

/* Finds the array of the member "events" of the object at @p. */
static gboolean
split_wrapper (Scanner *scanner,
               GArray  *pieces)
{
  scanner->p++;
  while (scanner->p < scanner->end)
    {
      const char *key;
      gboolean is_events;

      skip_space (scanner);
      if (scanner->p == scanner->end || *scanner->p != '"')
        return FALSE;
      key = scanner->p;
      if (!skip_string (scanner))
        return FALSE;
      is_events = scanner->p - key == 8 && memcmp (key, "\"events\"", 8) == 0;
      skip_space (scanner);
      if (scanner->p == scanner->end || *scanner->p++ != ':')
        return FALSE;
      skip_space (scanner);
      if (is_events && scanner->p < scanner->end && *scanner->p == '[')
        {
          if (!split_array (scanner, pieces))
            return FALSE;
          skip_members (scanner);
          append_rest (scanner, pieces);
          return TRUE;
        }
      if (!skip_value (scanner) || *scanner->p++ != ',')
        return FALSE;
    }
  return FALSE;
}

/* Lines are events only when at least one of several looks like an object. */
static gboolean
split_lines (Scanner *scanner,
             GArray  *pieces)
{
  gboolean has_object = FALSE;

  while (scanner->p < scanner->end)
    {
      const char *newline = memchr (scanner->p, '\n', (gsize) (scanner->end - scanner->p));
      const char *stop = newline != NULL ? newline : scanner->end;
      const char *from;

      skip_space (scanner);
      from = scanner->p;
      if (from < stop)
        {
          append_piece (scanner, pieces, from, stop);
          has_object |= *from == '{';
          scanner->p = stop;
        }
    }

  return has_object;
}

/**
 * weir_json_split:
 * @body: the body of a request
 * @length: its length in bytes
 *
 * Finds the events in a body, as described above. What it finds still has to be parsed.
 *
 * Returns: (transfer full) (nullable) (element-type WeirJsonPiece): the events, or %NULL when the
 * body has none of the shapes
 */
GArray *
weir_json_split (const char *body,
                 gsize       length)
{
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (WeirJsonPiece));
  Scanner scanner = { body, body, body + length };

  skip_space (&scanner);
  if (scanner.p == scanner.end)
    return NULL;
  if (*scanner.p == '[')
    {
      if (!split_array (&scanner, pieces))
        return NULL;
      append_rest (&scanner, pieces);
      return g_steal_pointer (&pieces);
    }

  if (*scanner.p == '{')
    {
      Scanner wrapper = scanner;

      if (split_wrapper (&wrapper, pieces))
        return g_steal_pointer (&pieces);
      g_array_set_size (pieces, 0);
    }

  return split_lines (&scanner, pieces) ? g_steal_pointer (&pieces) : NULL;
}

/**
 * weir_json_split_wrapper:
 * @body: the body of a request
 * @length: its length in bytes
 *
 * Finds the events of the shape `{"events":[…]}` alone. What it finds still has to be parsed.
 *
 * Returns: (transfer full) (nullable) (element-type WeirJsonPiece): the events, or %NULL when the
 *   body has another shape
 */
GArray *
weir_json_split_wrapper (const char *body,
                         gsize       length)
{
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (WeirJsonPiece));
  Scanner scanner = { body, body, body + length };

  skip_space (&scanner);
  if (scanner.p == scanner.end || *scanner.p != '{' || !split_wrapper (&scanner, pieces))
    return NULL;
  return g_steal_pointer (&pieces);
}

/* @p at a name; afterwards behind the comma or bracket that ends the member. */
static gboolean
split_member (Scanner        *scanner,
              WeirJsonMember *member)
{
  const char *from = scanner->p;

  if (scanner->p == scanner->end || *scanner->p != '"' || !skip_string (scanner))
    return FALSE;
  member->name = make_piece (scanner, from, scanner->p);
  skip_space (scanner);
  if (scanner->p == scanner->end || *scanner->p++ != ':')
    return FALSE;
  skip_space (scanner);
  from = scanner->p;
  if (!skip_value (scanner) || *scanner->p == ']')
    return FALSE;
  member->value = make_piece (scanner, from, scanner->p);
  scanner->p++;
  return member->value.length > 0;
}

/**
 * weir_json_split_members:
 * @text: what seems to be an object
 * @length: its length in bytes
 *
 * Finds the members of an object. What it finds still has to be parsed.
 *
 * Returns: (transfer full) (nullable) (element-type WeirJsonMember): the members, or %NULL when
 *   the text has another shape
 */
GArray *
weir_json_split_members (const char *text,
                         gsize       length)
{
  g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (WeirJsonMember));
  Scanner scanner = { text, text, text + length };
  gboolean is_open;

  skip_space (&scanner);
  if (scanner.p == scanner.end || *scanner.p++ != '{')
    return NULL;
  skip_space (&scanner);
  is_open = scanner.p == scanner.end || *scanner.p != '}';
  if (!is_open)
    scanner.p++;
  while (is_open)
    {
      WeirJsonMember member;

      skip_space (&scanner);
      if (!split_member (&scanner, &member))
        return NULL;
      g_array_append_val (members, member);
      is_open = scanner.p[-1] == ',';
    }
  skip_space (&scanner);
  return scanner.p == scanner.end ? g_steal_pointer (&members) : NULL;
}
