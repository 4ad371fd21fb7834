/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-id-file.h"

#include <glib/gi18n.h>
#include <string.h>

#include "weir-event-json.h"

/* Reading looks at its cancellable this often, in lines. */
#define CANCEL_LINES 4096

typedef struct
{
  const char *at;
  const char *end;
  GString *field;
} Reader;

/* Reads one field of a table as RFC 4180 has it, and says whether the line goes on. */
static gboolean
read_field (Reader *reader)
{
  gboolean is_quoted = reader->at < reader->end && *reader->at == '"';

  g_string_truncate (reader->field, 0);
  if (is_quoted)
    reader->at++;
  while (reader->at < reader->end)
    {
      char c = *reader->at++;

      if (is_quoted && c == '"' && reader->at < reader->end && *reader->at == '"')
        g_string_append_c (reader->field, *reader->at++);
      else if (is_quoted && c == '"')
        is_quoted = FALSE;
      else if (!is_quoted && (c == ',' || c == '\t' || c == ';'))
        return TRUE;
      else if (!is_quoted && c == '\n')
        return FALSE;
      else if (is_quoted || c != '\r')
        g_string_append_c (reader->field, c);
    }
  return FALSE;
}

/* Reads a line, and leaves the field of a column, without white space around it. */
static void
read_line (Reader  *reader,
           guint    column,
           GString *id)
{
  gboolean goes_on = TRUE;

  g_string_truncate (id, 0);
  for (guint i = 0; goes_on; i++)
    {
      goes_on = read_field (reader);
      if (i == column)
        g_string_assign (id, g_strstrip (reader->field->str));
    }
}

/* Where the ids are: the heading of a table says so. */
static guint
find_column (Reader   *reader,
             gboolean *has_heading)
{
  const char *begin = reader->at;
  gboolean goes_on = TRUE;

  *has_heading = FALSE;
  for (guint i = 0; goes_on; i++)
    {
      goes_on = read_field (reader);
      if (g_ascii_strcasecmp (g_strstrip (reader->field->str), "distinct_id") == 0)
        {
          while (goes_on)
            goes_on = read_field (reader);
          *has_heading = TRUE;
          return i;
        }
    }
  reader->at = begin;
  return 0;
}

static gboolean
add_id (GHashTable  *seen,
        WeirIdFile  *self,
        GString     *body,
        GString     *id,
        GError     **error)
{
  if (id->len == 0)
    return TRUE;
  if (!g_utf8_validate (id->str, (gssize) id->len, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("This is no text in UTF-8"));
      return FALSE;
    }
  if (!g_hash_table_add (seen, g_strndup (id->str, id->len)))
    {
      self->n_repeated++;
      return TRUE;
    }
  if (++self->n_ids > WEIR_ID_FILE_MAX_IDS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("A list has at most %d ids"), WEIR_ID_FILE_MAX_IDS);
      return FALSE;
    }
  if (self->n_ids > 1)
    g_string_append_c (body, ',');
  weir_json_append_string (body, id->str, (gssize) id->len);
  return TRUE;
}

static gboolean
read_ids (Reader        *reader,
          WeirIdFile    *self,
          GString       *body,
          int           *percent,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GString) id = g_string_new (NULL);
  const char *begin = reader->at;
  gboolean has_heading;
  guint column = find_column (reader, &has_heading);

  for (guint line = 0; reader->at < reader->end; line++)
    {
      if (line % CANCEL_LINES == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (line % CANCEL_LINES == 0 && percent != NULL)
        g_atomic_int_set (percent, (int) (100 * (reader->at - begin) / (reader->end - begin)));
      read_line (reader, column, id);
      if (!add_id (seen, self, body, id, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * weir_id_file_parse:
 * @text: ids
 * @length: how many bytes
 * @percent: (nullable): is set, atomically, to how much of the text is read
 * @cancellable: (nullable): to stop
 * @error: set when it is no text, or there are too many ids
 *
 * Reads ids. May be called on any thread.
 *
 * Returns: (transfer full) (nullable): the ids; %NULL with @error set
 */
WeirIdFile *
weir_id_file_parse (const char    *text,
                    gsize          length,
                    int           *percent,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(WeirIdFile) self = g_new0 (WeirIdFile, 1);
  g_autoptr(GString) field = g_string_new (NULL);
  g_autoptr(GString) body = g_string_new ("{\"distinct_ids\":[");
  Reader reader = { text, text + length, field };

  /* A byte order mark is no part of the first id. */
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    reader.at += 3;
  if (!read_ids (&reader, self, body, percent, cancellable, error))
    return NULL;
  g_string_append (body, "]}");
  self->body = g_string_free (g_steal_pointer (&body), FALSE);
  return g_steal_pointer (&self);
}

typedef struct
{
  GFile *file;
  int *percent;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_object_unref (load->file);
  g_free (load);
}

static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GFileInfo) info = NULL;
  g_autofree char *text = NULL;
  Load *load = task_data;
  WeirIdFile *self;
  gsize length;

  info = g_file_query_info (load->file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE,
                            cancellable, &error);
  if (info != NULL && g_file_info_get_size (info) > WEIR_ID_FILE_MAX_BYTES)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                               _("The file is larger than %d MiB"),
                               WEIR_ID_FILE_MAX_BYTES / 1024 / 1024);
      return;
    }
  if (info == NULL
      || !g_file_load_contents (load->file, cancellable, &text, &length, NULL, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self = weir_id_file_parse (text, length, load->percent, cancellable, &error);
  if (self != NULL)
    g_task_return_pointer (task, self, (GDestroyNotify) weir_id_file_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * weir_id_file_load_async:
 * @file: a file with ids
 * @percent: (nullable): is set, atomically and from another thread, to how much of it is read; must
 *   live until @callback is called
 * @cancellable: (nullable): to stop
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Reads a file with ids, on a thread of its own.
 */
void
weir_id_file_load_async (GFile               *file,
                         int                 *percent,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  g_task_set_source_tag (task, weir_id_file_load_async);
  load->file = g_object_ref (file);
  load->percent = percent;
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * weir_id_file_load_finish:
 * @result: what the callback got
 * @error: set when the file could not be read
 *
 * Returns: (transfer full) (nullable): the ids
 */
WeirIdFile *
weir_id_file_load_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weir_id_file_free:
 * @self: (transfer full): ids
 *
 * Frees them.
 */
void
weir_id_file_free (WeirIdFile *self)
{
  g_free (self->body);
  g_free (self);
}
