/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sqlite-scrub.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "weir-sqlite.h"

/*
 * With `secure_delete` SQLite writes zeros over what it deletes, but when it divides a page the
 * part that moved may stay behind as a copy in the unused space of the old one (seen with 3.40.1:
 * 23 of 14 286 deleted rows), and files that were written before it was on have such copies in
 * many places. So the unused space of every page is searched for the texts, which goes at the speed
 * of reading, and only if one is found is the file rebuilt, which leaves no unused space at all.
 */

#define MIN_TEXT 3   /* shorter texts are found by chance in any file */

static gboolean
contains (const guint8    *data,
          gsize            length,
          const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const char *text = g_ptr_array_index (texts, i);
      gsize text_length = strlen (text);

      if (text_length >= MIN_TEXT && memmem (data, length, text, text_length) != NULL)
        return TRUE;
    }
  return FALSE;
}

static guint
read_be16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static gboolean
is_zero (const guint8 *data,
         gsize         length)
{
  return length == 0 || (data[0] == 0 && memcmp (data, data + 1, length - 1) == 0);
}

/* Whether the unused parts of a page hold one of the texts: what is between the list of cells and
 * the first of them, and the free blocks. Pages of other kinds hold long rows that are in use. See
 * https://www.sqlite.org/fileformat2.html#b_tree_pages */
static gboolean
is_dirty (const guint8    *page,
          guint            size,
          gboolean         is_first,
          const GPtrArray *texts)
{
  guint header = is_first ? 100 : 0;
  guint kind = page[header];
  guint list, content;

  if (kind != 2 && kind != 5 && kind != 10 && kind != 13)
    return FALSE;
  list = header + (kind < 10 ? 12 : 8) + 2 * read_be16 (page + header + 3);
  content = read_be16 (page + header + 5);
  if (content == 0)
    content = 65536;
  if (list > size || content > size || list > content)
    return TRUE;
  if (!is_zero (page + list, content - list) && contains (page + list, content - list, texts))
    return TRUE;

  for (guint block = read_be16 (page + header + 1), n = 0; block != 0 && n < size / 4; n++)
    {
      guint length = block + 4 <= size ? read_be16 (page + block + 2) : 0;

      if (length < 4 || block + length > size)
        return TRUE;
      if (contains (page + block, length, texts))
        return TRUE;
      block = read_be16 (page + block);
    }
  return FALSE;
}

static guint32
read_be32 (const guint8 *data)
{
  return (guint32) read_be16 (data) << 16 | read_be16 (data + 2);
}

static gboolean
read_page (FILE    *file,
           guint8  *page,
           guint    size,
           guint32  number)
{
  return fseeko (file, (off_t) (number - 1) * size, SEEK_SET) == 0 &&
         fread (page, size, 1, file) == 1;
}

/* Whether pages that nothing uses hold one of the texts; an older version left them as they were.
 * See https://www.sqlite.org/fileformat2.html#the_freelist */
static gboolean
is_freelist_dirty (FILE            *file,
                   guint8          *page,
                   guint            size,
                   const GPtrArray *texts)
{
  g_autofree guint8 *leaf = g_malloc (size);
  guint32 next = read_page (file, page, size, 1) ? read_be32 (page + 32) : 0;
  guint32 n_left = read_be32 (page + 36);

  while (next != 0 && n_left-- > 0 && read_page (file, page, size, next))
    {
      guint32 n = MIN (read_be32 (page + 4), size / 4 - 2);

      if (contains (page + 8 + 4 * n, size - 8 - 4 * n, texts))
        return TRUE;
      for (guint32 i = 0; i < n; i++)
        if (read_page (file, leaf, size, read_be32 (page + 8 + 4 * i)) &&
            contains (leaf, size, texts))
          return TRUE;
      next = read_be32 (page);
    }
  return FALSE;
}

static gboolean
is_file_dirty (const char       *path,
               guint             page_size,
               const GPtrArray  *texts,
               gboolean         *dirty,
               GError          **error)
{
  g_autofree guint8 *page = g_malloc (page_size);
  gboolean is_first = TRUE;
  FILE *file = g_fopen (path, "rbe");
  int code;

  if (file == NULL)
    {
      code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s cannot be read: %s", path,
                   g_strerror (code));
      return FALSE;
    }
  *dirty = is_freelist_dirty (file, page, page_size, texts);
  rewind (file);
  while (!*dirty && fread (page, page_size, 1, file) == 1)
    {
      *dirty = is_dirty (page, page_size, is_first, texts);
      is_first = FALSE;
    }
  fclose (file);

  return TRUE;
}

static gboolean
checkpoint (sqlite3  *db,
            GError  **error)
{
  return sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
             SQLITE_OK ||
         weir_sqlite_fail (db, "the store's log", "emptied", error);
}

/**
 * weir_sqlite_scrub:
 * @db: the store's writing connection, after the deletion was committed
 * @path: its file
 * @texts: (element-type utf8): what must not be found
 * @error: return location for an error
 *
 * Empties the log and searches the unused space of the file; if anything is found there, rebuilds
 * the file. Reads the whole file. Waits for readers that are in the way, some seconds at most.
 *
 * Returns: whether it is clean
 */
gboolean
weir_sqlite_scrub (sqlite3          *db,
                   const char       *path,
                   const GPtrArray  *texts,
                   GError          **error)
{
  guint page_size = (guint) weir_sqlite_get_int64 (db, "PRAGMA page_size");
  gboolean dirty;

  if (!checkpoint (db, error) || !is_file_dirty (path, page_size, texts, &dirty, error))
    return FALSE;
  if (!dirty)
    return TRUE;

  g_message ("rebuilding the store, so that what was deleted is in no part of it");
  return weir_sqlite_run (db, "VACUUM", "the store", "rebuilt", error) && checkpoint (db, error);
}
