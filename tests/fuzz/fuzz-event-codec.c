/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "weir-event-codec.h"
#include "weir-event-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Every event that is accepted must survive being written out and read back. */
static void
check_round_trip (WeirEventCodec       *codec,
                  const WeirEventBatch *batch)
{
  g_autoptr(GString) json = g_string_new (NULL);
  WeirEventIter iter;
  WeirEvent event, again;

  weir_event_iter_init (&iter, batch);
  while (weir_event_iter_next (&iter, &event))
    {
      g_string_truncate (json, 0);
      weir_event_append_json (&event, NULL, "00000000-0000-8000-8000", json);
      if (memchr (json->str, '\n', json->len) != NULL ||
          !weir_event_codec_decode_stored (codec, json->str, json->len, &again, NULL) ||
          event.length[WEIR_EVENT_NAME] != again.length[WEIR_EVENT_NAME])
        g_error ("an accepted event cannot be read back: %s", json->str);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static WeirEventCodec *codec;
  WeirDecodeContext context = { .source = "fuzz", .hash_seed = 1, .max_events = 1000 };
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(WeirEventBatch) batch = NULL;
  gboolean readable;
  guint n_read;

  if (codec == NULL)
    codec = weir_event_codec_new ();
  readable = weir_event_codec_decode (codec, (const char *) data, size, &context, builder, rejections, &n_read,
                                      NULL);
  batch = weir_event_builder_end (builder, 0);
  if (readable && weir_event_batch_get_n_events (batch) + rejections->len != n_read)
    g_error ("%u events read, %u accepted, %u rejected", n_read, weir_event_batch_get_n_events (batch),
             rejections->len);
  check_round_trip (codec, batch);

  return 0;
}
