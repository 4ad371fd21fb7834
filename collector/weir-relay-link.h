/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-redis-connection.h"

G_BEGIN_DECLS

/**
 * WeirRelayLink:
 *
 * A connection to Redis that is made again whenever it breaks, after pauses that grow. Belongs to
 * one thread, as [struct@Weir.RedisConnection] does.
 */
typedef struct _WeirRelayLink WeirRelayLink;

WeirRelayLink *weir_relay_link_new     (const WeirRedisAddress *address,
                                        gsize                   max_reply,
                                        const WeirRedisFuncs   *funcs,
                                        gpointer                user_data);
void           weir_relay_link_free    (WeirRelayLink          *self);
void           weir_relay_link_start   (WeirRelayLink          *self);
gboolean       weir_relay_link_is_up   (WeirRelayLink          *self);
void           weir_relay_link_send    (WeirRelayLink          *self,
                                        int                     n_words,
                                        const char            **words,
                                        const gsize            *lengths);
void           weir_relay_link_refuse  (WeirRelayLink          *self,
                                        const char             *message);

G_END_DECLS
