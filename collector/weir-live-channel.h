/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-live-subscriber.h"
#include "weir-live-writer.h"

G_BEGIN_DECLS

typedef struct _WeirLiveChannel WeirLiveChannel;

/**
 * WeirLiveChannel:
 * @key: the filter's one way to be written; empty for all events
 * @filter: (nullable): which events
 * @cursor: everything up to here was given to the live subscribers
 * @subscribers: (element-type WeirLiveSubscriber): those who want these events; borrowed
 *
 * All clients with the same filter. What passes it is written once, and the same bytes go to each.
 * Belongs to the hub's thread.
 */
struct _WeirLiveChannel
{
  char *key;
  WeirFilter *filter;
  guint64 cursor;
  GPtrArray *subscribers;
};

WeirLiveChannel *weir_live_channel_new      (const char          *key,
                                             WeirFilter          *filter,
                                             guint64              cursor);
void             weir_live_channel_free     (WeirLiveChannel     *self);
void             weir_live_channel_step     (WeirLiveChannel     *self,
                                             WeirLiveWriter      *writer,
                                             guint64              until,
                                             gint64               deadline,
                                             gsize                client_bytes);
gsize            weir_live_channel_replay   (WeirLiveChannel     *self,
                                             WeirLiveSubscriber  *subscriber,
                                             WeirLiveWriter      *writer,
                                             gint64               deadline,
                                             gsize                client_bytes);
void             weir_live_channel_settle   (WeirLiveChannel     *self,
                                             WeirLiveSubscriber  *subscriber,
                                             WeirLiveWriter      *writer,
                                             gsize                client_bytes);

G_END_DECLS
