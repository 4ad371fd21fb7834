/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <stdint.h>
#include <string.h>

#include "weir-filter.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* A filter that can be read can be matched, written, and read back as itself. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char properties[] = "{\"a\":\"x\",\"b\":{\"c\":[1,2]},\"n\":3,\"t\":true,\"z\":null}";
  g_autoptr (WeirEventCodec) codec = NULL;
  g_autoptr (WeirFilter) filter = NULL;
  g_autoptr (WeirFilter) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *json_again = NULL;
  WeirEvent event;

  filter = weir_filter_new_from_json ((const char *) data, size, NULL);
  if (filter == NULL)
    return 0;

  weir_event_init (&event);
  weir_event_set_text (&event, WEIR_EVENT_NAME, "purchase", 8);
  weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u1", 2);
  weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, sizeof properties - 1);

  codec = weir_event_codec_new ();
  json = weir_filter_to_json (filter);
  again = weir_filter_new_from_json (json, strlen (json), NULL);
  g_assert (again != NULL);
  json_again = weir_filter_to_json (again);
  g_assert (g_str_equal (json, json_again));
  g_assert (weir_filter_matches (filter, &event, codec) == weir_filter_matches (again, &event, codec));

  return 0;
}
