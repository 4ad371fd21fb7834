/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-live-hub.h"

G_BEGIN_DECLS

typedef struct _WeirLiveSubscriber WeirLiveSubscriber;

/* Called once, from the subscriber's sources or from within a push: the connection is of no more
 * use. The subscriber may not be freed from there. */
typedef void (*WeirLiveSubscriberGoneFunc) (WeirLiveSubscriber *subscriber,
                                            gpointer            user_data);

/**
 * WeirLiveSubscriber:
 * @topics: what it wants
 * @queries: (nullable) (owned): ids of the live questions whose answers it wants
 * @channel: (nullable): whose events it gets
 * @cursor: where it is while it replays from the ring by itself
 * @is_live: whether it gets the chunks of its channel; else it replays
 * @n_missed: events it was too slow for and has not been told of
 * @n_missed_notices: the same of notices about identities
 * @sent_seq: the last position it was told
 *
 * The writing side of one client's connection: a queue of shared bytes and the sources that move
 * them out. Belongs to the hub's thread; nothing here ever blocks.
 */
struct _WeirLiveSubscriber
{
  WeirTopics topics;
  char **queries;
  struct _WeirLiveChannel *channel;
  guint64 cursor;
  gboolean is_live;
  guint64 n_missed;
  guint64 n_missed_notices;
  guint64 sent_seq;

  guint64 id;               /* for people: which one it is */
  gint64 since;             /* when it came, microseconds since the epoch */
  guint64 n_sent;           /* events, and messages that are none */
  guint64 n_told_missed;    /* what it has been told that it missed */

  /*< private >*/
  GIOStream *connection;
  GQueue queue;             /* of GBytes */
  gsize offset;             /* into the first of them */
  gsize n_queued;           /* bytes */
  GSource *input_source;
  GSource *output_source;
  gsize n_read;
  gint64 last_progress;     /* monotonic */
  gint64 last_position;     /* when sent_seq was told */
  gint64 last_write;        /* when something was last put into the queue */
  gboolean is_gone;
  gboolean is_closing;
  WeirLiveSubscriberGoneFunc gone;
  gpointer user_data;
};

WeirLiveSubscriber *weir_live_subscriber_new         (GIOStream                  *connection,
                                                      WeirTopics                  topics,
                                                      WeirLiveSubscriberGoneFunc  gone,
                                                      gpointer                    user_data);
void                weir_live_subscriber_free        (WeirLiveSubscriber         *self);
void                weir_live_subscriber_push        (WeirLiveSubscriber         *self,
                                                      GBytes                     *bytes);
void                weir_live_subscriber_push_text   (WeirLiveSubscriber         *self,
                                                      const char                 *text,
                                                      gssize                      length);
void                weir_live_subscriber_finish      (WeirLiveSubscriber         *self);
void                weir_live_subscriber_abort       (WeirLiveSubscriber         *self);
gboolean            weir_live_subscriber_is_stalled  (WeirLiveSubscriber         *self,
                                                      gint64                      limit);
void                weir_live_subscriber_append_json (WeirLiveSubscriber        *self,
                                                      GString                    *out);

G_END_DECLS
