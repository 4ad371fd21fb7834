/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A real redis-server on a port of its own, which keeps nothing. */
typedef struct _TestRedis TestRedis;

/* @password: (nullable). NULL when the program is not there. */
TestRedis  *test_redis_new       (const char  *password);
void        test_redis_free      (TestRedis   *self);
guint16     test_redis_get_port  (TestRedis   *self);
void        test_redis_kill      (TestRedis   *self);
/* On the same port. */
void        test_redis_start     (TestRedis   *self);
/* Has a command done; its words are separated by spaces. Returns the number it answers, or 0. */
gint64      test_redis_do        (TestRedis   *self,
                                  const char  *command);
void        test_redis_publish   (TestRedis   *self,
                                  const char  *channel,
                                  gconstpointer data,
                                  gsize        size);
/* Makes it do nothing for a while. */
void        test_redis_sleep     (TestRedis   *self,
                                  guint        seconds);
gboolean    test_redis_is_asleep (TestRedis   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRedis, test_redis_free)

G_END_DECLS
