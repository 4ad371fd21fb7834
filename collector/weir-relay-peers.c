/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-relay-peers.h"

#include <string.h>

/* A message may name any collector, so their number has to end somewhere. */
#define MAX_PEERS 256

/* They say every two seconds that they are there. */
#define SILENCE_US (10 * G_TIME_SPAN_SECOND)

typedef struct {
  char instance[WEIR_RELAY_INSTANCE_LENGTH + 1];
  guint64 run;               /* of the process that sent the last events */
  guint64 last_seq;          /* of them; 0 when none have come */
  gint64 last_heard;         /* monotonic */
  guint64 n_received;
  guint64 n_missed;
} Peer;

struct _WeirRelayPeers {
  Peer peers[MAX_PEERS];
  guint n_peers;
};

WeirRelayPeers *
weir_relay_peers_new (void)
{
  return g_new0 (WeirRelayPeers, 1);
}

void
weir_relay_peers_free (WeirRelayPeers *self)
{
  g_free (self);
}

/* A new one takes the place of whoever was silent longest, when there are too many. */
static Peer *
find_peer (WeirRelayPeers *self,
           const char     *instance)
{
  Peer *place = &self->peers[0];

  for (guint i = 0; i < self->n_peers; i++)
    {
      Peer *peer = &self->peers[i];

      if (g_str_equal (peer->instance, instance))
        return peer;
      if (peer->last_heard < place->last_heard)
        place = peer;
    }

  if (self->n_peers < MAX_PEERS)
    place = &self->peers[self->n_peers++];
  memset (place, 0, sizeof *place);
  g_strlcpy (place->instance, instance, sizeof place->instance);
  return place;
}

/**
 * weir_relay_peers_take:
 * @self: the peers
 * @message: a sound message of another collector
 * @now: monotonic time
 * @n_missed: (out): how many events before its own never came
 *
 * Notes who spoke. What is sent again, since its answer was lost, is told by its seqs: a process
 * counts upwards. Another one goes on behind it, or, when less than it had told of was durable,
 * before.
 *
 * Returns: whether its events are new
 */
gboolean
weir_relay_peers_take (WeirRelayPeers         *self,
                       const WeirRelayMessage *message,
                       gint64                  now,
                       guint                  *n_missed)
{
  Peer *peer = find_peer (self, message->from.instance);
  guint64 first;

  *n_missed = 0;
  peer->last_heard = now;
  if (message->batch == NULL)
    return FALSE;

  first = weir_event_batch_get_first_seq (message->batch);
  if (message->from.run == peer->run && first <= peer->last_seq)
    return FALSE;
  if (peer->last_seq > 0 && first > peer->last_seq)
    *n_missed = (guint) MIN (first - peer->last_seq - 1, G_MAXUINT32);
  peer->run = message->from.run;
  peer->last_seq = weir_event_batch_get_last_seq (message->batch);
  peer->n_received += weir_event_batch_get_n_events (message->batch);
  peer->n_missed += *n_missed;
  return TRUE;
}

/**
 * weir_relay_peers_count:
 * @self: the peers
 * @now: monotonic time
 *
 * Returns: how many have been heard of lately
 */
guint
weir_relay_peers_count (WeirRelayPeers *self,
                        gint64          now)
{
  guint n = 0;

  for (guint i = 0; i < self->n_peers; i++)
    n += now - self->peers[i].last_heard <= SILENCE_US;
  return n;
}

/**
 * weir_relay_peers_append:
 * @self: the peers
 * @now: monotonic time
 * @out: gets a JSON array
 *
 * Tells of those that have been heard of lately.
 */
void
weir_relay_peers_append (WeirRelayPeers *self,
                         gint64          now,
                         GString        *out)
{
  gboolean is_first = TRUE;

  g_string_append_c (out, '[');
  for (guint i = 0; i < self->n_peers; i++)
    {
      const Peer *peer = &self->peers[i];

      if (now - peer->last_heard > SILENCE_US)
        continue;
      g_string_append_printf (out,
                              "%s{\"collector\":\"%s\",\"received\":%" G_GUINT64_FORMAT
                              ",\"missed\":%" G_GUINT64_FORMAT ",\"silent_seconds\":%.1f}",
                              is_first ? "" : ",", peer->instance, peer->n_received,
                              peer->n_missed, (double) (now - peer->last_heard) / G_USEC_PER_SEC);
      is_first = FALSE;
    }
  g_string_append_c (out, ']');
}
