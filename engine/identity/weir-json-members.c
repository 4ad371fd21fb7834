/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-json-members.h"

/* Returns what is behind the string that begins at @text, or %NULL. */
static const char *
skip_string (const char *text,
             const char *end)
{
  for (const char *p = text + 1; p < end; p++)
    {
      if (*p == '\\')
        p++;
      else if (*p == '"')
        return p + 1;
    }
  return NULL;
}

/* Returns what is behind the value that begins at @text, or %NULL. */
static const char *
skip_value (const char *text,
            const char *end)
{
  guint depth = 0;

  for (const char *p = text; p < end;)
    {
      if (*p == '"')
        {
          p = skip_string (p, end);
          if (p == NULL)
            return NULL;
          continue;
        }
      if (*p == '{' || *p == '[')
        {
          depth++;
        }
      else if (*p == '}' || *p == ']')
        {
          if (depth == 0)
            return p;
          depth--;
        }
      else if (*p == ',' && depth == 0)
        {
          return p;
        }
      p++;
    }
  return depth == 0 ? end : NULL;
}

/**
 * weir_json_members_init:
 * @self: (out): the walk
 * @json: an object or an array; anything else has no members
 * @length: its length in bytes
 */
void
weir_json_members_init (WeirJsonMembers *self,
                        const char      *json,
                        gsize            length)
{
  *self = (WeirJsonMembers) { 0 };
  if (length < 2 || (*json != '{' && *json != '['))
    return;
  self->next = json + 1;
  self->end = json + length - 1;
}

/**
 * weir_json_members_next:
 * @self: a walk
 *
 * Goes to the next member.
 *
 * Returns: whether there is one
 */
gboolean
weir_json_members_next (WeirJsonMembers *self)
{
  const char *value = self->next;

  if (self->next == NULL || self->next >= self->end)
    return FALSE;

  self->key = NULL;
  self->key_length = 0;
  if (*(self->end) == '}')
    {
      const char *after = *value == '"' ? skip_string (value, self->end) : NULL;

      if (after == NULL || after >= self->end || *after != ':')
        return FALSE;
      self->key = value;
      self->key_length = (gsize) (after - value);
      value = after + 1;
    }
  self->next = skip_value (value, self->end);
  if (self->next == NULL || self->next == value)
    {
      self->next = NULL;
      return FALSE;
    }
  self->value = value;
  self->value_length = (gsize) (self->next - value);
  if (self->next < self->end && *self->next == ',')
    self->next++;

  return TRUE;
}
