/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "test-batch.h"
#include "test-stream-client.h"
#include "weir-live-channel.h"

#define INSTANCE "aaaaaaaa-bbbb-8ccc-9ddd"

/* The same memory for all, and nothing copied. */
static void
test_shared_bytes (void)
{
  g_autoptr (WeirLiveRing) ring = weir_live_ring_new (1024 * 1024, G_MAXINT64 / 2, 0);
  g_autoptr (WeirLiveWriter) writer = weir_live_writer_new (ring, INSTANCE);
  g_autoptr (WeirEventBatch) batch = test_batch_new (1, 10, "x");
  WeirLiveChannel *channel = weir_live_channel_new ("", NULL, 0);
  WeirLiveSubscriber *subscribers[3];
  int fds[3];

  for (guint i = 0; i < 3; i++)
    {
      GSocketConnection *connection = test_connection_new_pair (&fds[i], 0);

      subscribers[i] = weir_live_subscriber_new (G_IO_STREAM (connection), WEIR_TOPIC_EVENTS, NULL, NULL);
      subscribers[i]->channel = channel;
      subscribers[i]->is_live = TRUE;
      g_ptr_array_add (channel->subscribers, subscribers[i]);

      /* Filled, so that what comes next stays in the queue. */
      while (subscribers[i]->n_queued == 0)
        {
          g_autofree char *filler = g_strnfill (65535, '\n');

          weir_live_subscriber_push_text (subscribers[i], filler, -1);
        }
    }

  weir_live_ring_push (ring, batch, NULL);
  weir_live_channel_step (channel, writer, 10, G_MAXINT64, 1024 * 1024);
  g_assert_cmpuint (channel->cursor, ==, 10);
  g_assert_true (g_queue_peek_tail (&subscribers[0]->queue) == g_queue_peek_tail (&subscribers[1]->queue));
  g_assert_true (g_queue_peek_tail (&subscribers[0]->queue) == g_queue_peek_tail (&subscribers[2]->queue));

  for (guint i = 0; i < 3; i++)
    {
      weir_live_subscriber_free (subscribers[i]);
      close (fds[i]);
    }
  weir_live_channel_free (channel);
}

/* However much there is to send, what waits for one client is bounded, and counted when left out. */
static void
test_bounded (void)
{
  const gsize client_bytes = 100 * 1000;
  g_autoptr (WeirLiveRing) ring = weir_live_ring_new (300 * 1000, G_MAXINT64 / 2, 0);
  g_autoptr (WeirLiveWriter) writer = weir_live_writer_new (ring, INSTANCE);
  g_autofree char *text = g_strnfill (1000, 'x');
  WeirLiveChannel *channel = weir_live_channel_new ("", NULL, 0);
  WeirLiveSubscriber *subscriber;
  int fd;

  subscriber = weir_live_subscriber_new (G_IO_STREAM (test_connection_new_pair (&fd, 1)),
                                         WEIR_TOPIC_EVENTS, NULL, NULL);
  subscriber->channel = channel;
  subscriber->is_live = TRUE;
  g_ptr_array_add (channel->subscribers, subscriber);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (WeirEventBatch) batch = test_batch_new (1 + i * 10, 10, text);

      weir_live_ring_push (ring, batch, NULL);
      weir_live_channel_step (channel, writer, (i + 1) * 10, G_MAXINT64, client_bytes);
      g_assert_cmpuint (subscriber->n_queued, <=, client_bytes);
      g_assert_cmpuint (weir_live_ring_get_bytes (ring), <=, 300 * 1000);
    }

  /* The kernel has taken the rest. */
  g_assert_cmpuint (subscriber->n_missed, >, 19000);

  weir_live_subscriber_free (subscriber);
  weir_live_channel_free (channel);
  close (fd);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/live-channel/shared-bytes", test_shared_bytes);
  g_test_add_func ("/collector/live-channel/bounded", test_bounded);

  return g_test_run ();
}
