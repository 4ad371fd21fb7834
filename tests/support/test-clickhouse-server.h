/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestClickhouseServer:
 *
 * A real server, of the program that WEIR_CLICKHOUSE_SERVER names, in a folder of its own. It has the
 * users `default` without a password, `reader` who may only read, and `guest` with the password
 * `s3cret`.
 */
typedef struct _TestClickhouseServer TestClickhouseServer;

/* NULL when there is no such program; then the test is to be skipped. */
TestClickhouseServer *test_clickhouse_server_new     (void);
void                  test_clickhouse_server_free    (TestClickhouseServer *self);
/* For instance test_clickhouse_server_dup_url (server, "guest:s3cret@"). */
char                 *test_clickhouse_server_dup_url (TestClickhouseServer *self,
                                                      const char           *credentials);
void                  test_clickhouse_server_start   (TestClickhouseServer *self);
void                  test_clickhouse_server_kill    (TestClickhouseServer *self);
void                  test_clickhouse_server_hold    (TestClickhouseServer *self,
                                                      gboolean              is_held);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestClickhouseServer, test_clickhouse_server_free)

G_END_DECLS
