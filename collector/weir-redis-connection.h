/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <hiredis/hiredis.h>

#include "weir-redis-address.h"

G_BEGIN_DECLS

/**
 * WeirRedisConnection:
 *
 * One connection to a Redis server: logs in, sends commands, reads replies. Belongs to the thread
 * that made it and to its thread-default main context; never blocks. Does not come back by itself.
 */
typedef struct _WeirRedisConnection WeirRedisConnection;

/**
 * WeirRedisFuncs:
 * @up: the server has let us in
 * @reply: a reply, or a message of a channel; borrowed
 * @down: it is of no more use; called once, and nothing after it. %WEIR_ERROR_TOO_LARGE when the
 *   reason is a reply that is too large
 *
 * What is told. A connection may be closed from within any of them.
 */
typedef struct {
  void (*up)    (gpointer          user_data);
  void (*reply) (const redisReply *reply,
                 gpointer          user_data);
  void (*down)  (const GError     *error,
                 gpointer          user_data);
} WeirRedisFuncs;

WeirRedisConnection *weir_redis_connection_new    (const WeirRedisAddress *address,
                                                   gsize                   max_reply,
                                                   const WeirRedisFuncs   *funcs,
                                                   gpointer                user_data);
void                 weir_redis_connection_send   (WeirRedisConnection    *self,
                                                   int                     n_words,
                                                   const char            **words,
                                                   const gsize            *lengths);
void                 weir_redis_connection_fail   (WeirRedisConnection    *self,
                                                   const GError           *error);
void                 weir_redis_connection_close  (WeirRedisConnection    *self);

G_END_DECLS
