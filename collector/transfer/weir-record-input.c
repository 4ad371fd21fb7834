/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-record-input.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "weir-error.h"

#define CHUNK (256 * 1024)

struct _WeirRecordInput {
  GInputStream *stream;
  guint64 size;           /* of the file; 0 when it is not known */
  guint64 done;           /* bytes of the file that were read */
  gboolean has_begun;
  gboolean is_packed;     /* and the unpacker is ready */
  gboolean is_member_open;   /* gzip: in the middle of one */
  z_stream unpacker;
  guint8 *packed;         /* CHUNK bytes, only for gzip */
  GByteArray *buffer;     /* what was unpacked and not yet given away is behind `start` */
  gsize start;
  gboolean is_at_end;
  guint64 offset;         /* of `start`, in what was unpacked */
  guint64 line;
};

static gboolean
fail_damaged (GError **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_ENCODING,
                       "the gzip'd file is damaged or incomplete");
  return FALSE;
}

/* Room behind what is in the buffer; what was given away goes first. */
static guint8 *
make_room (WeirRecordInput *self,
           guint            n_bytes)
{
  guint length;

  if (self->start > 0)
    {
      g_byte_array_remove_range (self->buffer, 0, (guint) self->start);
      self->start = 0;
    }
  length = self->buffer->len;
  g_byte_array_set_size (self->buffer, length + n_bytes);
  return self->buffer->data + length;
}

static gssize
read_raw (WeirRecordInput  *self,
          gpointer          buffer,
          gsize             size,
          GCancellable     *cancellable,
          GError          **error)
{
  gssize n = g_input_stream_read (self->stream, buffer, size, cancellable, error);

  if (n > 0)
    self->done += (guint64) n;
  return n;
}

/* A gzip file is one member or several, one after the other. */
static gboolean
unpack (WeirRecordInput  *self,
        GCancellable     *cancellable,
        GError          **error)
{
  guint8 *room;
  guint length;
  int result;

  if (self->unpacker.avail_in == 0)
    {
      gssize n = read_raw (self, self->packed, CHUNK, cancellable, error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          self->is_at_end = TRUE;
          return !self->is_member_open || fail_damaged (error);
        }
      self->unpacker.next_in = self->packed;
      self->unpacker.avail_in = (uInt) n;
    }

  room = make_room (self, CHUNK);
  length = self->buffer->len - CHUNK;
  self->unpacker.next_out = room;
  self->unpacker.avail_out = CHUNK;
  self->is_member_open = TRUE;
  result = inflate (&self->unpacker, Z_NO_FLUSH);
  g_byte_array_set_size (self->buffer, length + CHUNK - self->unpacker.avail_out);
  if (result == Z_STREAM_END)
    {
      self->is_member_open = FALSE;
      result = inflateReset (&self->unpacker);
    }
  return result == Z_OK || result == Z_BUF_ERROR || fail_damaged (error);
}

static gboolean
fill (WeirRecordInput  *self,
      GCancellable     *cancellable,
      GError          **error)
{
  guint length;
  gssize n;

  if (self->is_packed)
    return unpack (self, cancellable, error);
  make_room (self, CHUNK);
  length = self->buffer->len - CHUNK;
  n = read_raw (self, self->buffer->data + length, CHUNK, cancellable, error);
  g_byte_array_set_size (self->buffer, length + (guint) MAX (n, 0));
  self->is_at_end = n == 0;
  return n >= 0;
}

/* What a file is is told by its first bytes, so that it is known of standard input too. */
static gboolean
begin (WeirRecordInput  *self,
       GCancellable     *cancellable,
       GError          **error)
{
  if (self->has_begun)
    return TRUE;
  self->has_begun = TRUE;
  while (self->buffer->len < 2 && !self->is_at_end)
    if (!fill (self, cancellable, error))
      return FALSE;
  if (self->buffer->len < 2 || memcmp (self->buffer->data, "\x1f\x8b", 2) != 0)
    return TRUE;

  if (inflateInit2 (&self->unpacker, 15 + 16) != Z_OK)
    return fail_damaged (error);
  self->packed = g_malloc (MAX (CHUNK, self->buffer->len));
  memcpy (self->packed, self->buffer->data, self->buffer->len);
  self->unpacker.next_in = self->packed;
  self->unpacker.avail_in = self->buffer->len;
  g_byte_array_set_size (self->buffer, 0);
  self->is_packed = TRUE;
  self->is_at_end = FALSE;
  return TRUE;
}

/**
 * weir_record_input_new:
 * @stream: where the bytes come from
 *
 * Returns: (transfer full): an input at its beginning
 */
WeirRecordInput *
weir_record_input_new (GInputStream *stream)
{
  WeirRecordInput *self = g_new0 (WeirRecordInput, 1);

  self->stream = g_object_ref (stream);
  self->buffer = g_byte_array_new ();
  self->line = 1;
  return self;
}

/**
 * weir_record_input_open:
 * @path: a file, or `-` for standard input
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the file at its beginning
 */
WeirRecordInput *
weir_record_input_open (const char  *path,
                        GError     **error)
{
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GFile) file = NULL;
  g_autoptr(GFileInfo) info = NULL;
  WeirRecordInput *self;

  if (g_str_equal (path, "-"))
    {
      stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      return weir_record_input_new (stream);
    }

  file = g_file_new_for_path (path);
  stream = G_INPUT_STREAM (g_file_read (file, NULL, error));
  if (stream == NULL)
    return NULL;
  info = g_file_input_stream_query_info (G_FILE_INPUT_STREAM (stream),
                                         G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);
  self = weir_record_input_new (stream);
  if (info != NULL)
    self->size = (guint64) g_file_info_get_size (info);
  return self;
}

/**
 * weir_record_input_free:
 * @self: (transfer full): an input
 */
void
weir_record_input_free (WeirRecordInput *self)
{
  if (self->is_packed)
    inflateEnd (&self->unpacker);
  g_byte_array_unref (self->buffer);
  g_object_unref (self->stream);
  g_free (self->packed);
  g_free (self);
}

/* Gives bytes away. */
static void
skip (WeirRecordInput *self,
      gsize            n_bytes)
{
  self->start += n_bytes;
  self->offset += n_bytes;
}

/**
 * weir_record_input_seek:
 * @self: an input that has not been read but by [method@Weir.RecordInput.peek]
 * @offset: where a record begins
 * @line: the number of that line
 * @cancellable: (nullable): gives up
 * @error: return location for an error
 *
 * Goes on from where an earlier run came. What is packed, or comes from a pipe, is read again.
 *
 * Returns: whether there is such a place
 */
gboolean
weir_record_input_seek (WeirRecordInput  *self,
                        guint64           offset,
                        guint64           line,
                        GCancellable     *cancellable,
                        GError          **error)
{
  if (!begin (self, cancellable, error))
    return FALSE;
  if (!self->is_packed && G_IS_SEEKABLE (self->stream) &&
      g_seekable_can_seek (G_SEEKABLE (self->stream)) && offset <= self->size)
    {
      if (!g_seekable_seek (G_SEEKABLE (self->stream), (goffset) offset, G_SEEK_SET, cancellable,
                            error))
        return FALSE;
      g_byte_array_set_size (self->buffer, 0);
      self->start = 0;
      self->offset = self->done = offset;
      self->is_at_end = FALSE;
    }
  while (self->offset < offset)
    {
      gsize left = self->buffer->len - self->start;

      skip (self, (gsize) MIN (left, offset - self->offset));
      if (self->offset == offset)
        break;
      if (self->is_at_end)
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                               "it is shorter than what was imported of it before");
          return FALSE;
        }
      if (!fill (self, cancellable, error))
        return FALSE;
    }
  self->line = line;
  return TRUE;
}

/**
 * weir_record_input_peek:
 * @self: an input
 * @n_bytes: how many are wanted
 * @data: (out): the bytes that come next
 * @length: (out): how many there are, fewer at the end
 * @cancellable: (nullable): gives up
 * @error: return location for an error
 *
 * Looks at what comes, without reading it.
 *
 * Returns: whether it could be read
 */
gboolean
weir_record_input_peek (WeirRecordInput  *self,
                        gsize             n_bytes,
                        const char      **data,
                        gsize            *length,
                        GCancellable     *cancellable,
                        GError          **error)
{
  if (!begin (self, cancellable, error))
    return FALSE;
  while (self->buffer->len - self->start < n_bytes && !self->is_at_end)
    if (!fill (self, cancellable, error))
      return FALSE;
  *data = (const char *) self->buffer->data + self->start;
  *length = MIN (self->buffer->len - self->start, n_bytes);
  return TRUE;
}

/* Looks for the end of a record: of a line, or one that is not within quotes. A quote opens only
 * where a field begins (RFC 4180), so that a stray one inside of a text does no harm. */
typedef struct {
  char delimiter;      /* NUL: there are no quotes */
  gboolean is_quoted;
  gboolean is_inside;  /* of a field without quotes, or behind the end of one with */
  gsize at;
} Scan;

static gboolean
scan_line (Scan       *scan,
           const char *data,
           gsize       length)
{
  const char *end = memchr (data + scan->at, '\n', length - scan->at);

  scan->at = end != NULL ? (gsize) (end - data) : length;
  return end != NULL;
}

static gboolean
scan_quoted (Scan       *scan,
             const char *data,
             gsize       length)
{
  for (; scan->at < length; scan->at++)
    {
      char c = data[scan->at];

      if (c == '"' && (scan->is_quoted || !scan->is_inside))
        {
          /* A doubled quote closes and opens again. */
          scan->is_quoted = !scan->is_quoted;
          scan->is_inside = FALSE;
        }
      else if (scan->is_quoted)
        continue;
      else if (c == '\n')
        return TRUE;
      else
        scan->is_inside = c != scan->delimiter;
    }
  return FALSE;
}

/* Reads on to the next line's beginning without keeping anything. */
static gboolean
skip_line (WeirRecordInput  *self,
           GCancellable     *cancellable,
           GError          **error)
{
  for (;;)
    {
      const char *data = (const char *) self->buffer->data + self->start;
      gsize length = self->buffer->len - self->start;
      const char *end = length > 0 ? memchr (data, '\n', length) : NULL;

      if (end != NULL)
        {
          skip (self, (gsize) (end - data) + 1);
          self->line++;
          return TRUE;
        }
      skip (self, length);
      if (self->is_at_end)
        return TRUE;
      if (!fill (self, cancellable, error))
        return FALSE;
    }
}

static WeirRecordStatus
give (WeirRecordInput  *self,
      WeirRecord       *record,
      gsize             length,
      gsize             end,
      WeirRecordStatus  status)
{
  char *data = (char *) self->buffer->data + self->start;

  for (gsize i = 0; i < end; i++)
    self->line += data[i] == '\n';
  if (length > 0 && data[length - 1] == '\r')
    length--;
  record->data = data;
  record->length = length;
  skip (self, end);
  return status;
}

/* The beginning of what is too long is given, then all of it is left out at the next call; but a
 * quote without an end costs its own line only. */
static WeirRecordStatus
give_part (WeirRecordInput  *self,
           WeirRecord       *record,
           gboolean          is_quoted,
           GCancellable     *cancellable,
           GError          **error)
{
  char *data = (char *) self->buffer->data + self->start;
  gsize length = self->buffer->len - self->start;
  const char *end = memchr (data, '\n', length);

  if (is_quoted && end != NULL)
    return give (self, record, (gsize) (end - data), (gsize) (end - data) + 1,
                 WEIR_RECORD_OPEN_QUOTE);
  if (is_quoted && self->is_at_end)
    return give (self, record, length, length, WEIR_RECORD_OPEN_QUOTE);

  record->data = NULL;
  record->length = 0;
  return skip_line (self, cancellable, error) ? WEIR_RECORD_TOO_LONG : WEIR_RECORD_FAILED;
}

/**
 * weir_record_input_read:
 * @self: an input
 * @delimiter: what separates fields that may be in quotes and then span lines, or NUL: a record is
 *   a line
 * @record: (out caller-allocates): the record
 * @cancellable: (nullable): gives up
 * @error: return location for an error
 *
 * Reads the next record. Blocks.
 *
 * Returns: what became of it; of one that is too long @record has no bytes
 */
WeirRecordStatus
weir_record_input_read (WeirRecordInput  *self,
                        char              delimiter,
                        WeirRecord       *record,
                        GCancellable     *cancellable,
                        GError          **error)
{
  Scan scan = { .delimiter = delimiter };

  if (!begin (self, cancellable, error))
    return WEIR_RECORD_FAILED;
  record->line = self->line;
  record->offset = self->offset;
  for (;;)
    {
      const char *data = (const char *) self->buffer->data + self->start;
      gsize length = self->buffer->len - self->start;

      if (length > 0 && (delimiter != '\0' ? scan_quoted (&scan, data, length)
                                           : scan_line (&scan, data, length)))
        {
          if (scan.at > WEIR_RECORD_MAX_BYTES)
            return give_part (self, record, FALSE, cancellable, error);
          return give (self, record, scan.at, scan.at + 1, WEIR_RECORD_READ);
        }
      if (length > WEIR_RECORD_MAX_BYTES || (self->is_at_end && scan.is_quoted))
        return give_part (self, record, scan.is_quoted, cancellable, error);
      if (self->is_at_end)
        return length > 0 ? give (self, record, length, length, WEIR_RECORD_READ)
                          : WEIR_RECORD_END;
      if (!fill (self, cancellable, error))
        return WEIR_RECORD_FAILED;
    }
}

/**
 * weir_record_input_get_offset:
 * @self: an input
 *
 * Returns: where the next record begins, in bytes of what was unpacked
 */
guint64
weir_record_input_get_offset (WeirRecordInput *self)
{
  return self->offset;
}

/**
 * weir_record_input_get_line:
 * @self: an input
 *
 * Returns: the number of the line on which the next record begins
 */
guint64
weir_record_input_get_line (WeirRecordInput *self)
{
  return self->line;
}

/**
 * weir_record_input_get_size:
 * @self: an input
 *
 * Returns: bytes of the file, or 0 when nobody knows
 */
guint64
weir_record_input_get_size (WeirRecordInput *self)
{
  return self->size;
}

/**
 * weir_record_input_get_done:
 * @self: an input
 *
 * Returns: how many of them are behind, as far as can be told
 */
guint64
weir_record_input_get_done (WeirRecordInput *self)
{
  gsize waiting = self->is_packed ? 0 : self->buffer->len - self->start;

  return self->done - MIN (self->done, waiting);
}
