/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-body.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* RFC 9659: a receiver of the zstd content coding need not take windows over 8 MiB. */
#define ZSTD_WINDOW_LOG 23

/* Memory that grows with what is decoded, never beyond the cap. */
typedef struct {
  guint8 *data;
  gsize length;
  gsize capacity;
  gsize max_bytes;
} Output;

static void
output_clear (Output *output)
{
  g_clear_pointer (&output->data, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Output, output_clear)

static gboolean
output_make_room (Output  *output,
                  GError **error)
{
  if (output->length < output->capacity)
    return TRUE;

  if (output->capacity > output->max_bytes)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_TOO_LARGE,
                           "The body is larger than max-decoded-bytes allows once decompressed");
      return FALSE;
    }

  /* One byte over the cap tells a body of exactly the cap from a larger one. */
  output->capacity = MIN (MAX (output->capacity * 2, 4096), output->max_bytes + 1);
  output->data = g_realloc (output->data, output->capacity);
  return TRUE;
}

static GBytes *
output_end (Output  *output,
            GError **error)
{
  if (output->length > output->max_bytes)
    {
      output_make_room (output, error);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&output->data), output->length);
}

static gboolean
set_damaged (GError     **error,
             const char  *format)
{
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_ENCODING,
               "The %s body is damaged or incomplete", format);
  return FALSE;
}

/* RFC 1952: a gzip file is one member or several, one after the other. */
static gboolean
inflate_members (z_stream  *stream,
                 Output    *output,
                 GError   **error)
{
  for (;;)
    {
      int result;
      gsize room;

      if (!output_make_room (output, error))
        return FALSE;
      room = MIN (output->capacity - output->length, G_MAXUINT / 2);
      stream->next_out = output->data + output->length;
      stream->avail_out = (uInt) room;
      result = inflate (stream, Z_NO_FLUSH);
      output->length += room - stream->avail_out;

      if (result == Z_STREAM_END && stream->avail_in == 0)
        return TRUE;
      if (result == Z_STREAM_END && inflateReset (stream) == Z_OK)
        continue;
      if (result != Z_OK || (stream->avail_in == 0 && stream->avail_out > 0))
        return set_damaged (error, "gzip");
    }
}

static GBytes *
decode_gzip (const guint8  *data,
             gsize          size,
             gsize          max_bytes,
             GError       **error)
{
  g_auto(Output) output = { NULL, 0, 0, max_bytes };
  z_stream stream = { 0 };
  gboolean done;

  if (size > G_MAXUINT || inflateInit2 (&stream, 15 + 16) != Z_OK)
    {
      set_damaged (error, "gzip");
      return NULL;
    }

  stream.next_in = (Bytef *) data;
  stream.avail_in = (uInt) size;
  done = size > 0 ? inflate_members (&stream, &output, error) : set_damaged (error, "gzip");
  inflateEnd (&stream);
  return done ? output_end (&output, error) : NULL;
}

static gboolean
decode_frames (ZSTD_DCtx      *context,
               ZSTD_inBuffer  *in,
               Output         *output,
               GError        **error)
{
  for (;;)
    {
      ZSTD_outBuffer out = { 0 };
      gsize result;

      if (!output_make_room (output, error))
        return FALSE;
      out.dst = output->data + output->length;
      out.size = output->capacity - output->length;
      result = ZSTD_decompressStream (context, &out, in);
      output->length += out.pos;

      if (ZSTD_isError (result))
        return set_damaged (error, "zstd");
      if (result == 0 && in->pos == in->size)
        return TRUE;
      if (in->pos == in->size && out.pos < out.size)
        return set_damaged (error, "zstd");
    }
}

static GBytes *
decode_zstd (const guint8  *data,
             gsize          size,
             gsize          max_bytes,
             GError       **error)
{
  g_auto(Output) output = { NULL, 0, 0, max_bytes };
  ZSTD_inBuffer in = { data, size, 0 };
  ZSTD_DCtx *context = ZSTD_createDCtx ();
  gboolean done;

  ZSTD_DCtx_setParameter (context, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
  done = size > 0 ? decode_frames (context, &in, &output, error) : set_damaged (error, "zstd");
  ZSTD_freeDCtx (context);
  return done ? output_end (&output, error) : NULL;
}

/**
 * weir_body_decode:
 * @body: a request body, as it was on the wire; not trusted
 * @encoding: (nullable): the value of `Content-Encoding`
 * @max_bytes: largest size once decompressed
 * @error: return location for a [error@Weir.Error]
 *
 * Undoes the content coding: gzip (of any number of members), zstd (of any number of frames),
 * or none. Never holds more than about @max_bytes, whatever the body claims.
 *
 * Returns: (transfer full): the content, or %NULL
 */
GBytes *
weir_body_decode (GBytes      *body,
                  const char  *encoding,
                  gsize        max_bytes,
                  GError     **error)
{
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (body != NULL, NULL);

  if (encoding == NULL || *encoding == '\0' || g_ascii_strcasecmp (encoding, "identity") == 0)
    return g_bytes_ref (body);

  data = g_bytes_get_data (body, &size);
  if (g_ascii_strcasecmp (encoding, "gzip") == 0 || g_ascii_strcasecmp (encoding, "x-gzip") == 0)
    return decode_gzip (data, size, max_bytes, error);
  if (g_ascii_strcasecmp (encoding, "zstd") == 0)
    return decode_zstd (data, size, max_bytes, error);

  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNSUPPORTED_ENCODING,
                       "Bodies may be encoded with gzip or zstd only");
  return NULL;
}
