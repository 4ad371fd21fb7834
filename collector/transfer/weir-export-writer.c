/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-export-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "weir-csv.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-time.h"
#include "weir-transfer-event.h"

#define CHUNK (256 * 1024)

struct _WeirExportWriter {
  const WeirExportOptions *options;
  GOutputStream *stream;
  char *partial;          /* the file while it is not complete; NULL for standard output */
  int fd;
  GString *buffer;
  guint64 n_events;
};

static gboolean
fail (GError     **error,
      const char  *path)
{
  int reason = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reason), "%s: %s", path,
               g_strerror (reason));
  return FALSE;
}

/**
 * weir_export_begin_file:
 * @options: what was asked for, with an output
 * @fd: (out): the file, open for writing
 * @error: return location for an error
 *
 * Makes a file beside the one that is wanted, which only its owner can read: events tell of people.
 *
 * Returns: (transfer full) (nullable): its name
 */
char *
weir_export_begin_file (const WeirExportOptions  *options,
                        int                      *fd,
                        GError                  **error)
{
  g_autofree char *partial = g_strconcat (options->output, ".partial-XXXXXX", NULL);

  if (!options->is_forced && g_file_test (options->output, G_FILE_TEST_EXISTS))
    {
      errno = EEXIST;
      fail (error, options->output);
      return NULL;
    }
  *fd = g_mkstemp_full (partial, O_RDWR | O_CLOEXEC, 0600);
  if (*fd < 0)
    {
      fail (error, options->output);
      return NULL;
    }
  return g_steal_pointer (&partial);
}

/**
 * weir_export_end_file:
 * @options: what was asked for
 * @partial: the file that is complete
 * @fd: the same
 * @error: return location for an error
 *
 * Gives the file its name, once it is on the disk.
 *
 * Returns: whether it has it
 */
gboolean
weir_export_end_file (const WeirExportOptions  *options,
                      const char               *partial,
                      int                       fd,
                      GError                  **error)
{
  return (fsync (fd) == 0 && g_rename (partial, options->output) == 0) ||
         fail (error, options->output);
}

static const char *const columns =
  "event,id,timestamp,user_id,distinct_id,anonymous_id,device_id,previous_id,session_id,source,"
  "value,properties,person,received,seq\r\n";

/**
 * weir_export_writer_open:
 * @options: what was asked for, borrowed for as long as the writer lives
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a writer
 */
WeirExportWriter *
weir_export_writer_open (const WeirExportOptions  *options,
                         GError                  **error)
{
  g_autoptr(WeirExportWriter) self = g_new0 (WeirExportWriter, 1);
  g_autoptr(GOutputStream) bare = NULL;
  g_autoptr(GZlibCompressor) packer = NULL;

  self->options = options;
  self->fd = -1;
  self->buffer = g_string_sized_new (CHUNK + 4096);
  if (options->output != NULL)
    {
      self->partial = weir_export_begin_file (options, &self->fd, error);
      if (self->partial == NULL)
        return NULL;
    }
  bare = g_unix_output_stream_new (self->fd >= 0 ? self->fd : STDOUT_FILENO, FALSE);
  packer = options->is_packed ? g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1) : NULL;
  self->stream = packer != NULL ? g_converter_output_stream_new (bare, G_CONVERTER (packer))
                                : g_object_ref (bare);
  if (options->format == WEIR_EXPORT_CSV)
    g_string_append (self->buffer, columns);
  return g_steal_pointer (&self);
}

/**
 * weir_export_writer_free:
 * @self: (transfer full): a writer
 *
 * What is not complete goes.
 */
void
weir_export_writer_free (WeirExportWriter *self)
{
  if (self->stream != NULL)
    g_output_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
  if (self->fd >= 0)
    close (self->fd);
  if (self->partial != NULL)
    g_unlink (self->partial);
  g_free (self->partial);
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

/* A pipe that says it has room has it for so much; with more the write would wait, whatever is
 * cancelled. */
static gboolean
flush (WeirExportWriter  *self,
       GCancellable      *cancellable,
       GError           **error)
{
  gsize most = self->partial != NULL ? self->buffer->len : PIPE_BUF;
  gboolean ok = TRUE;

  for (gsize at = 0; ok && at < self->buffer->len; at += most)
    ok = g_output_stream_write_all (self->stream, self->buffer->str + at,
                                    MIN (most, self->buffer->len - at), NULL, cancellable, error);
  g_string_truncate (self->buffer, 0);
  return ok;
}

static void
append_csv (GString         *out,
            const WeirEvent *event,
            const char      *instance)
{
  static const WeirEventText first[] = {
    WEIR_EVENT_USER_ID, WEIR_EVENT_DISTINCT_ID, WEIR_EVENT_ANONYMOUS_ID, WEIR_EVENT_DEVICE_ID,
    WEIR_EVENT_PREVIOUS_ID, WEIR_EVENT_SESSION_ID, WEIR_EVENT_SOURCE,
  };
  g_autoptr(GString) id = g_string_new (NULL);
  char time[WEIR_TIME_TEXT_SIZE];

  weir_event_format_id (event, instance, id);
  weir_csv_append_text (out, event->text[WEIR_EVENT_NAME]);
  g_string_append_c (out, ',');
  weir_csv_append_text (out, id->str);
  weir_time_format_rfc3339 (event->timestamp, time);
  g_string_append_printf (out, ",%s,", time);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      weir_csv_append_text (out, event->text[first[i]]);
      g_string_append_c (out, ',');
    }
  if (!isnan (event->value))
    weir_json_append_double (out, event->value);
  g_string_append_c (out, ',');
  weir_csv_append_text (out, event->text[WEIR_EVENT_PROPERTIES]);
  g_string_append_c (out, ',');
  weir_csv_append_text (out, event->text[WEIR_EVENT_PERSON]);
  weir_time_format_rfc3339 (event->received, time);
  g_string_append_printf (out, ",%s,%" G_GUINT64_FORMAT "\r\n", time, event->seq);
}

/**
 * weir_export_writer_take:
 * @self: a writer
 * @event: an event of a store
 * @instance: see [method@Weir.Event.format_id]
 * @cancellable: gives up
 * @error: return location for an error
 *
 * Writes an event that is in the range; whether it passes the filter is for others to know.
 *
 * Returns: whether it could be written
 */
gboolean
weir_export_writer_take (WeirExportWriter  *self,
                         const WeirEvent   *event,
                         const char        *instance,
                         GCancellable      *cancellable,
                         GError           **error)
{
  if (event->timestamp < self->options->from || event->timestamp >= self->options->until)
    return TRUE;
  if (self->options->format == WEIR_EXPORT_CSV)
    append_csv (self->buffer, event, instance);
  else
    weir_transfer_append_event (self->buffer, event, instance);
  self->n_events++;
  return self->buffer->len < CHUNK || flush (self, cancellable, error);
}

/**
 * weir_export_writer_end:
 * @self: a writer
 * @cancellable: gives up
 * @error: return location for an error
 *
 * Writes what is left, and gives the file its name.
 *
 * Returns: whether the export is complete
 */
gboolean
weir_export_writer_end (WeirExportWriter  *self,
                        GCancellable      *cancellable,
                        GError           **error)
{
  if (!flush (self, cancellable, error) ||
      !g_output_stream_close (self->stream, cancellable, error))
    return FALSE;
  if (self->partial != NULL &&
      !weir_export_end_file (self->options, self->partial, self->fd, error))
    return FALSE;
  g_clear_pointer (&self->partial, g_free);
  return TRUE;
}

/**
 * weir_export_writer_get_count:
 * @self: a writer
 *
 * Returns: how many events were written
 */
guint64
weir_export_writer_get_count (WeirExportWriter *self)
{
  return self->n_events;
}
