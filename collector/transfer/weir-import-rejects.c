/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-rejects.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "weir-error.h"
#include "weir-event-json.h"

/* Of a row that is longer, the beginning must do. */
#define MAX_ROW (64 * 1024)

struct _WeirImportRejects {
  char *path;
  int fd;
  GString *waiting;
  guint64 size;
};

static gboolean
fail (WeirImportRejects  *self,
      GError            **error)
{
  int reason = errno;

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: %s", self->path,
               g_strerror (reason));
  return FALSE;
}

/**
 * weir_import_rejects_open:
 * @path: the file
 * @size: how long it was when the state was kept; what is behind is written again
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the file, at its end
 */
WeirImportRejects *
weir_import_rejects_open (const char  *path,
                          guint64      size,
                          GError     **error)
{
  g_autoptr(WeirImportRejects) self = g_new0 (WeirImportRejects, 1);
  GStatBuf info;

  self->path = g_strdup (path);
  self->waiting = g_string_new (NULL);
  self->fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd < 0 || fstat (self->fd, &info) != 0)
    {
      fail (self, error);
      return NULL;
    }
  self->size = MIN (size, (guint64) info.st_size);
  if (S_ISREG (info.st_mode) && (ftruncate (self->fd, (off_t) self->size) != 0 ||
                                 lseek (self->fd, 0, SEEK_END) < 0))
    {
      fail (self, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * weir_import_rejects_free:
 * @self: (transfer full): a file
 */
void
weir_import_rejects_free (WeirImportRejects *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_string_free (self->waiting, TRUE);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_import_rejects_add:
 * @self: a file
 * @number: where the row stands
 * @reason: why it was not taken
 * @data: (nullable): the row; need not be text
 * @length: its length in bytes
 *
 * Adds a row, which is written with [method@Weir.ImportRejects.flush].
 */
void
weir_import_rejects_add (WeirImportRejects *self,
                         guint64            number,
                         const char        *reason,
                         const char        *data,
                         gsize              length)
{
  g_string_append_printf (self->waiting, "{\"line\":%" G_GUINT64_FORMAT ",\"reason\":", number);
  weir_json_append_string (self->waiting, reason, -1);
  if (data != NULL)
    {
      g_autofree char *row = g_utf8_make_valid (data, (gssize) MIN (length, MAX_ROW));

      g_string_append (self->waiting, ",\"row\":");
      weir_json_append_string (self->waiting, row, -1);
    }
  g_string_append (self->waiting, "}\n");
}

/**
 * weir_import_rejects_flush:
 * @self: a file
 * @error: return location for an error
 *
 * Returns: whether all rows are on the disk
 */
gboolean
weir_import_rejects_flush (WeirImportRejects  *self,
                           GError            **error)
{
  gsize at = 0;

  if (self->waiting->len == 0)
    return TRUE;
  while (at < self->waiting->len)
    {
      gssize n = write (self->fd, self->waiting->str + at, self->waiting->len - at);

      if (n < 0 && errno != EINTR)
        return fail (self, error);
      at += (gsize) MAX (n, 0);
    }
  self->size += self->waiting->len;
  g_string_truncate (self->waiting, 0);
  return fdatasync (self->fd) == 0 || errno == EINVAL || errno == EROFS || fail (self, error);
}

/**
 * weir_import_rejects_get_size:
 * @self: a file
 *
 * Returns: how long it is, without what was not flushed
 */
guint64
weir_import_rejects_get_size (WeirImportRejects *self)
{
  return self->size;
}
