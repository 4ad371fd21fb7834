/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-gzip.h"

#include <libdeflate.h>

/* As fast as it goes: rows repeat themselves, and more effort saves a tenth. */
#define LEVEL 1

/**
 * weir_gzip_compress:
 * @data: (array length=size): bytes
 * @size: how many
 *
 * Packs what is in memory as a whole. May take a second for 100 MB; any thread may.
 *
 * Returns: (transfer full): one member of gzip (RFC 1952)
 */
GBytes *
weir_gzip_compress (gconstpointer data,
                    gsize         size)
{
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor (LEVEL);
  gsize room, packed_size;
  guint8 *packed;

  if (compressor == NULL)
    g_error ("no memory to pack rows");   /* as g_malloc does */
  room = libdeflate_gzip_compress_bound (compressor, size);
  packed = g_malloc (room);
  packed_size = libdeflate_gzip_compress (compressor, data, size, packed, room);
  libdeflate_free_compressor (compressor);
  g_assert (packed_size > 0);
  return g_bytes_new_take (g_realloc (packed, packed_size), packed_size);
}

/**
 * weir_gzip_decompress:
 * @packed: what [func@Weir.gzip_compress] made
 * @size: how many bytes of
 *
 * Returns: (transfer full) (array length=size): the bytes
 */
gpointer
weir_gzip_decompress (GBytes *packed,
                      gsize   size)
{
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor ();
  gpointer data = g_malloc (size);
  enum libdeflate_result result;

  if (decompressor == NULL)
    g_error ("no memory to unpack rows");
  result = libdeflate_gzip_decompress (decompressor, g_bytes_get_data (packed, NULL),
                                       g_bytes_get_size (packed), data, size, NULL);
  libdeflate_free_decompressor (decompressor);
  g_assert (result == LIBDEFLATE_SUCCESS);   /* the bytes never left this process */
  return data;
}
