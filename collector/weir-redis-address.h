/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirRedisAddress:
 * @host: name or number
 * @port: where it listens
 * @user: (nullable): who to be; %NULL for the default user
 * @password: (nullable): never to be shown
 * @database: number of the database
 * @shown: the address without user and password, for logs and answers
 *
 * Where a Redis server is. Immutable.
 */
typedef struct {
  char *host;
  guint16 port;
  char *user;
  char *password;
  guint database;
  char *shown;
} WeirRedisAddress;

WeirRedisAddress *weir_redis_address_new  (const char        *url,
                                           GError           **error);
WeirRedisAddress *weir_redis_address_copy (const WeirRedisAddress *self);
void              weir_redis_address_free (WeirRedisAddress  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRedisAddress, weir_redis_address_free)

G_END_DECLS
