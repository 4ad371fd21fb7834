/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-schema.h"

#include "weir-clickhouse-select.h"
#include "weir-error.h"

/*
 * An event is found by its name and time, as questions look for it. Partitions are months of
 * receipt, not of what happened: so an insert goes into one partition, which is one part and all or
 * nothing, whatever times a device claims. Where a collector's own numbers are, a skipping index
 * tells, since parts are written in the order of seq; who did something is in a bloom filter.
 *
 * The table remembers the names of a thousand inserts, so that one that is sent again is not
 * stored again.
 */

static const char *const version_1[] = {
  "CREATE TABLE IF NOT EXISTS event ("
  " collector LowCardinality(String),"
  " seq UInt64 CODEC(Delta, ZSTD),"
  " name LowCardinality(String),"
  " time DateTime64(6, 'UTC') CODEC(Delta, ZSTD),"
  " received DateTime64(6, 'UTC') CODEC(Delta, ZSTD),"
  " source LowCardinality(String),"
  " identity UInt32 CODEC(ZSTD),"
  " identity_kind UInt8 CODEC(ZSTD),"
  " is_error UInt8 CODEC(ZSTD),"
  " value Nullable(Float64) CODEC(ZSTD),"
  " duration_ms Nullable(Float64) CODEC(ZSTD),"
  " user_id String CODEC(ZSTD),"
  " distinct_id String CODEC(ZSTD),"
  " anonymous_id String CODEC(ZSTD),"
  " device_id String CODEC(ZSTD),"
  " previous_id String CODEC(ZSTD),"
  " session_id String CODEC(ZSTD),"
  " message_id String CODEC(ZSTD),"
  " properties String CODEC(ZSTD),"
  " INDEX event_by_seq seq TYPE minmax GRANULARITY 1,"
  " INDEX event_by_identity identity TYPE bloom_filter(0.01) GRANULARITY 1"
  ") ENGINE = MergeTree PARTITION BY toYYYYMM(received) ORDER BY (name, time)"
  " SETTINGS non_replicated_deduplication_window = 1000",

  "CREATE VIEW IF NOT EXISTS events AS SELECT collector, seq,"
  " if(message_id != '', message_id, concat(collector, '-', lower(leftPad(hex(seq), 12, '0'))))"
  "   AS id,"
  " name AS event, time AS timestamp, received, source,"
  " multiIf(identity_kind = 0, user_id, identity_kind = 1, distinct_id, identity_kind = 2,"
  "   anonymous_id, device_id) AS distinct_id,"
  " user_id, anonymous_id, device_id, session_id, value, duration_ms, is_error, properties"
  " FROM event",
};

/* What collectors share: which of them has which number, and the log of what is news about who is
 * who. Its order is that of the server's clock at the insert, then of the collector's own. Nothing
 * is ever deleted from it but what a deleted person said. */
static const char *const version_2[] = {
  "ALTER TABLE event ADD INDEX IF NOT EXISTS event_by_receipt received TYPE minmax GRANULARITY 1",

  "CREATE TABLE IF NOT EXISTS collector_number (number UInt32, instance String,"
  " joined DateTime('UTC') DEFAULT now()) ENGINE = MergeTree ORDER BY number"
  " SETTINGS non_replicated_deduplication_window = 10000",

  "CREATE TABLE IF NOT EXISTS identity_log ("
  " stamp DateTime64(6, 'UTC') DEFAULT now64(6),"
  " collector LowCardinality(String),"
  " seq UInt64,"
  " n UInt64,"
  " kind UInt8,"
  " name LowCardinality(String),"
  " source LowCardinality(String),"
  " time DateTime64(6, 'UTC'),"
  " received DateTime64(6, 'UTC'),"
  " user_id String,"
  " distinct_id String,"
  " anonymous_id String,"
  " device_id String,"
  " previous_id String,"
  " properties String,"
  " edge Int64,"
  " person String,"
  " other String"
  ") ENGINE = MergeTree ORDER BY (stamp, collector, seq, n)"
  " SETTINGS non_replicated_deduplication_window = 1000",
};

static const struct {
  const char *const *statements;
  guint n_statements;
} migrations[] = {
  { version_1, G_N_ELEMENTS (version_1) },
  { version_2, G_N_ELEMENTS (version_2) },
};

static gboolean
run (WeirClickhouseClient  *client,
     guint                  index,
     GError               **error)
{
  g_autofree char *note = g_strdup_printf (
    "INSERT INTO weir_schema (version, applied) SELECT %u, now()", index + 1);

  for (guint i = 0; i < migrations[index].n_statements; i++)
    {
      if (!weir_clickhouse_execute (client, migrations[index].statements[i], NULL, error))
        return FALSE;
    }
  return weir_clickhouse_execute (client, note, NULL, error);
}

/* Each statement can be run again, so that it does not matter where it ended the last time, nor
 * that another collector does the same. */
static gboolean
migrate (WeirClickhouseClient  *client,
         GError               **error)
{
  guint64 version = 0;

  if (!weir_clickhouse_execute (client,
                                "CREATE TABLE IF NOT EXISTS weir_schema (version UInt32,"
                                " applied DateTime('UTC')) ENGINE = MergeTree ORDER BY version",
                                NULL, error) ||
      !weir_clickhouse_select_number (client, "SELECT max(version) FROM weir_schema", &version,
                                      NULL, error))
    return FALSE;
  if (version > G_N_ELEMENTS (migrations))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                   "the tables in ClickHouse are of a newer version of Weir (schema %"
                   G_GUINT64_FORMAT ")", version);
      return FALSE;
    }
  for (guint64 i = version; i < G_N_ELEMENTS (migrations); i++)
    {
      if (!run (client, (guint) i, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * weir_clickhouse_schema_connect:
 * @address: where ClickHouse is
 * @timeout: how long a request may take, in microseconds
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Connects, finds out what the server is, and brings the tables to the newest version.
 *
 * Returns: (transfer full) (nullable): a client whose server and tables can be used;
 *   %WEIR_ERROR_CONFIGURATION when the one is too old, or the others are newer than we know
 */
WeirClickhouseClient *
weir_clickhouse_schema_connect (WeirClickhouseAddress  *address,
                                gint64                  timeout,
                                GCancellable           *cancellable,
                                GError                **error)
{
  g_autoptr(WeirClickhouseClient) client =
    weir_clickhouse_address_connect (address, timeout, error);

  if (client == NULL || !weir_clickhouse_client_probe (client, cancellable, error) ||
      !migrate (client, error))
    return NULL;
  return g_steal_pointer (&client);
}
