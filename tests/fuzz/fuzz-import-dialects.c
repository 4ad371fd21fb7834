/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-event-codec.h"
#include "weir-import-dialect.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The first byte chooses the dialect. What is taken for an event is one event, or none for the codec. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static WeirImportDialect dialect;
  static WeirEventCodec *codec;
  WeirDecodeContext context = { .source = "", .hash_seed = 1, .max_events = 2 };
  g_autoptr(WeirEventBuilder) builder = weir_event_builder_new ();
  g_autoptr(GArray) rejections = g_array_new (FALSE, FALSE, sizeof (WeirRejection));
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autoptr(GString) out = g_string_new (NULL);
  WeirImportDialectFunc translate;
  guint n_read = 0;

  if (codec == NULL)
    {
      codec = weir_event_codec_new ();
      dialect.codec = weir_event_codec_new ();
      dialect.zone = g_time_zone_new_identifier ("Europe/Berlin");
    }
  if (size == 0)
    return 0;
  translate = data[0] % 2 == 0 ? weir_import_posthog_translate : weir_import_mixpanel_translate;
  dialect.reason = NULL;
  if (!translate (&dialect, (const char *) data + 1, size - 1, out))
    {
      if (dialect.reason == NULL)
        g_error ("a line is refused without a reason");
      return 0;
    }
  if (weir_event_codec_decode (codec, out->str, out->len, &context, builder, rejections, &n_read, NULL) && n_read != 1)
    g_error ("%u events were made of one line: %s", n_read, out->str);
  batch = weir_event_builder_end (builder, 0);

  return 0;
}
