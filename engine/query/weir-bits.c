/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-bits.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-csv.h"
#include "weir-error.h"

/**
 * weir_bits_clear:
 * @self: a set
 *
 * Frees what it holds; it is empty and can be used again.
 */
void
weir_bits_clear (WeirBits *self)
{
  g_clear_pointer (&self->words, g_free);
  self->n_words = 0;
}

/**
 * weir_bits_empty:
 * @self: a set
 *
 * Removes everything, but keeps the room.
 */
void
weir_bits_empty (WeirBits *self)
{
  if (self->n_words > 0)
    memset (self->words, 0, self->n_words * sizeof (guint64));
}

/**
 * weir_bits_reserve:
 * @self: a set
 * @highest: a number
 *
 * Makes room for @highest.
 */
void
weir_bits_reserve (WeirBits *self,
                   guint32   highest)
{
  guint32 n_words = highest / 64 + 1;

  if (n_words <= self->n_words)
    return;
  /* By a quarter more than needed: numbers of identities rise. */
  n_words += n_words / 4;
  self->words = g_renew (guint64, self->words, n_words);
  memset (self->words + self->n_words, 0, (n_words - self->n_words) * sizeof (guint64));
  self->n_words = n_words;
}

/**
 * weir_bits_unite:
 * @self: a set
 * @other: another
 *
 * Adds what is in @other.
 */
void
weir_bits_unite (WeirBits       *self,
                 const WeirBits *other)
{
  if (other->n_words > self->n_words)
    weir_bits_reserve (self, other->n_words * 64 - 1);
  for (guint32 i = 0; i < other->n_words; i++)
    self->words[i] |= other->words[i];
}

/**
 * weir_bits_intersect:
 * @self: a set
 * @other: another
 *
 * Removes what is not in @other.
 */
void
weir_bits_intersect (WeirBits       *self,
                     const WeirBits *other)
{
  for (guint32 i = 0; i < self->n_words; i++)
    self->words[i] &= i < other->n_words ? other->words[i] : 0;
}

/**
 * weir_bits_subtract:
 * @self: a set
 * @other: another
 *
 * Removes what is in @other.
 */
void
weir_bits_subtract (WeirBits       *self,
                    const WeirBits *other)
{
  for (guint32 i = 0; i < MIN (self->n_words, other->n_words); i++)
    self->words[i] &= ~other->words[i];
}

/**
 * weir_bits_count:
 * @self: a set
 *
 * Returns: how many are in it
 */
guint
weir_bits_count (const WeirBits *self)
{
  guint count = 0;

  for (guint32 i = 0; i < self->n_words; i++)
    count += (guint) __builtin_popcountll (self->words[i]);

  return count;
}

/**
 * weir_bits_count_common:
 * @self: a set
 * @other: another
 *
 * Returns: how many are in both
 */
guint
weir_bits_count_common (const WeirBits *self,
                        const WeirBits *other)
{
  guint count = 0;

  for (guint32 i = 0; i < MIN (self->n_words, other->n_words); i++)
    count += (guint) __builtin_popcountll (self->words[i] & other->words[i]);

  return count;
}

/**
 * weir_bits_get_next:
 * @self: a set, of which 0 is never a member
 * @after: a number, 0 for the first
 *
 * Returns: the least member greater than @after, 0 when there is none
 */
guint32
weir_bits_get_next (const WeirBits *self,
                    guint32         after)
{
  guint32 word = (guint32) (((guint64) after + 1) / 64);
  guint64 mask = ~G_GUINT64_CONSTANT (0) << ((guint64) after + 1) % 64;

  for (; word < self->n_words; word++, mask = ~G_GUINT64_CONSTANT (0))
    {
      guint64 left = self->words[word] & mask;

      if (left != 0)
        return word * 64 + (guint32) __builtin_ctzll (left);
    }

  return 0;
}

/**
 * weir_bits_fold:
 * @identities: a set of identities
 * @map: who belongs to whom
 * @persons: a set to which their persons are added
 */
void
weir_bits_fold (const WeirBits      *identities,
                const WeirPersonMap *map,
                WeirBits            *persons)
{
  if (identities->n_words > 0)
    weir_bits_reserve (persons, identities->n_words * 64 - 1);
  for (guint32 word = 0; word < identities->n_words; word++)
    {
      guint64 moved = weir_person_map_get_moved (map, word);

      persons->words[word] |= identities->words[word] & ~moved;
      for (guint64 left = identities->words[word] & moved; left != 0; left &= left - 1)
        {
          guint32 identity = word * 64 + (guint32) __builtin_ctzll (left);
          guint32 person = weir_person_map_get (map, identity);

          if (person != 0)
            weir_bits_add (persons, person);
        }
    }
}

/**
 * weir_person_cursor_parse:
 * @cursor: (nullable): what a list of persons gave to go on with
 * @after: (out): the person it stands behind, 0 for none
 * @error: return location for an error
 *
 * Returns: %FALSE with %WEIR_ERROR_INVALID_REQUEST when no list gave it
 */
gboolean
weir_person_cursor_parse (const char  *cursor,
                          guint32     *after,
                          GError     **error)
{
  guint64 number = 0;

  if (cursor != NULL && !g_ascii_string_to_unsigned (cursor, 10, 1, G_MAXUINT32, &number, NULL))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "cursor is not one that a list of persons gave");
      return FALSE;
    }
  *after = (guint32) number;

  return TRUE;
}

/**
 * weir_bits_write_persons:
 * @self: a set of persons
 * @people: who knows them
 * @after: start behind this person
 * @limit: at most so many
 * @out: where to append a JSON array
 *
 * Returns: the last person written when there are more, else 0
 */
guint32
weir_bits_write_persons (const WeirBits *self,
                         WeirPeople     *people,
                         guint32         after,
                         guint           limit,
                         GString        *out)
{
  guint32 person = after;
  guint n = 0;

  g_string_append_c (out, '[');
  while (n < limit && (person = weir_bits_get_next (self, after)) != 0)
    {
      gsize before = out->len;

      if (n > 0)
        g_string_append_c (out, ',');
      weir_people_append_person (people, person, out);
      if (out->len == before + (n > 0))
        g_string_truncate (out, before);
      else
        n++;
      after = person;
    }
  g_string_append_c (out, ']');

  return n > 0 && weir_bits_get_next (self, after) != 0 ? after : 0;
}

/* One line for each distinct id, so that every value stays exact and joins with other tables. */
static void
append_csv_person (JsonObject *person,
                   const char *first,
                   GString    *out)
{
  JsonArray *ids = json_object_get_array_member (person, "distinct_ids");

  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      if (first != NULL)
        g_string_append_printf (out, "%s,", first);
      weir_csv_append_text (out, json_object_get_string_member (person, "id"));
      g_string_append_c (out, ',');
      weir_csv_append_text (out, json_array_get_string_element (ids, i));
      g_string_append (out, "\r\n");
    }
}

/**
 * weir_bits_write_csv:
 * @self: a set of persons
 * @people: who knows them
 * @after: start behind this person
 * @limit: at most so many persons
 * @out: where to append lines, the first of which names the columns
 *
 * Writes the list that [func@Weir.bits_write_persons] writes, one line for each distinct id.
 */
void
weir_bits_write_csv (const WeirBits *self,
                     WeirPeople     *people,
                     guint32         after,
                     guint           limit,
                     GString        *out)
{
  g_string_append (out, "person,distinct_id\r\n");
  weir_bits_append_csv (self, people, after, limit, NULL, out);
}

/**
 * weir_bits_append_csv:
 * @self: a set of persons
 * @people: who knows them
 * @after: start behind this person
 * @limit: at most so many persons
 * @first: (nullable): what to write in a first column
 * @out: where to append lines
 *
 * Writes the list that [func@Weir.bits_write_persons] writes, one line for each distinct id, with
 * the columns person and distinct_id. The caller writes the header.
 */
void
weir_bits_append_csv (const WeirBits *self,
                      WeirPeople     *people,
                      guint32         after,
                      guint           limit,
                      const char     *first,
                      GString        *out)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  JsonArray *persons;

  weir_bits_write_persons (self, people, after, limit, json);
  if (!json_parser_load_from_data (parser, json->str, (gssize) json->len, &error))
    {
      g_warning ("cannot read persons back: %s", error->message);
      return;
    }
  persons = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (persons); i++)
    append_csv_person (json_array_get_object_element (persons, i), first, out);
}
