/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"
#include "weir-forward-config.h"
#include "weir-identity-rules.h"
#include "weir-journal.h"
#include "weir-redis-address.h"

G_BEGIN_DECLS

/* Exit statuses of sysexits.h. */
#define WEIR_EXIT_USAGE         64
#define WEIR_EXIT_CONFIGURATION 78

/**
 * WeirStoreKind:
 *
 * Where events come to rest. %WEIR_STORE_SQLITE: in a file. %WEIR_STORE_CLICKHOUSE: on a server.
 * %WEIR_STORE_CHDB: in the engine of that server, in this process.
 */
typedef enum {
  WEIR_STORE_SQLITE,
  WEIR_STORE_CLICKHOUSE,
  WEIR_STORE_CHDB,
} WeirStoreKind;

/**
 * WeirCollectorConfig:
 * @listen: addresses to listen on
 * @data_dir: where journal, store and token are
 * @read_only: (nullable): a database file to serve queries on, and nothing else
 * @store: where events come to rest
 * @clickhouse_url: (nullable): the server
 * @chdb_library: (nullable): file of the library with the engine
 * @relay_url: (nullable): where Redis is, as it was given
 * @relay: (nullable): the same, over which live events go to other collectors
 * @relay_channel: name of the channel
 * @shared: several collectors write to the same tables and agree on who is who
 * @keep: age in microseconds after which events are deleted, 0 for never
 * @identity_rules: by which rules ids become persons
 * @max_body_bytes: largest body on the wire
 * @max_decoded_bytes: largest body once decompressed
 * @max_bodies_bytes: bodies all connections together may hold
 * @forward_max_bytes: size of the journal at which it no longer keeps events for forwarders alone
 * @forwarders: (element-type Weir.ForwardConfig): who sends events on
 * @keys: (element-type utf8 utf8): write key → the source it names
 * @read_token: (nullable): the token, when the environment gives it
 *
 * What the user wants, from command line, configuration file and environment, in this order of
 * precedence. Read-only once made.
 */
typedef struct {
  char **listen;
  char *data_dir;
  char *read_only;
  WeirStoreKind store;
  char *clickhouse_url;
  char *chdb_library;
  char *relay_url;
  WeirRedisAddress *relay;
  char *relay_channel;
  gboolean shared;
  WeirDurability durability;
  WeirIdentityRules identity_rules;
  gint64 keep;
  guint ingest_threads;
  guint64 max_body_bytes;
  guint64 max_decoded_bytes;
  guint64 max_bodies_bytes;
  guint64 journal_max_bytes;
  guint64 forward_max_bytes;
  GPtrArray *forwarders;
  guint max_connections;
  guint max_connections_per_address;
  gboolean require_key;
  gboolean fault_drill;
  char **host_names;
  char **cors_origins;
  GHashTable *keys;
  char *read_token;

  gboolean check;
  gboolean version;
} WeirCollectorConfig;

WeirCollectorConfig *weir_collector_config_new  (int                   *argc,
                                                 char                ***argv,
                                                 int                   *exit_status,
                                                 GError               **error);
void                 weir_collector_config_free (WeirCollectorConfig   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCollectorConfig, weir_collector_config_free)

G_END_DECLS
