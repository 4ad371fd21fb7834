/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-batch.h"

#include <string.h>

/* Every third event is a purchase. The text goes into the properties, to make events large. */
WeirEventBatch *
test_batch_new (guint64     first_seq,
                guint       n,
                const char *text)
{
  g_autoptr (WeirEventBuilder) builder = weir_event_builder_new ();
  g_autofree char *properties = g_strdup_printf ("{\"text\":\"%s\"}", text);

  for (guint i = 0; i < n; i++)
    {
      const char *name = (first_seq + i) % 3 == 0 ? "purchase" : "view";
      WeirEvent event;

      weir_event_init (&event);
      event.timestamp = event.received = g_get_real_time ();
      event.seq = first_seq + i;
      event.value = event.seq;
      weir_event_set_text (&event, WEIR_EVENT_NAME, name, strlen (name));
      weir_event_set_text (&event, WEIR_EVENT_USER_ID, "u1", 2);
      weir_event_set_text (&event, WEIR_EVENT_SOURCE, "shop", 4);
      weir_event_set_text (&event, WEIR_EVENT_PROPERTIES, properties, strlen (properties));
      weir_event_builder_add (builder, &event);
    }

  return weir_event_builder_end (builder, first_seq);
}
