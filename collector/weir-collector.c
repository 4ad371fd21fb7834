/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-collector.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/resource.h>

#include "protocols/weir-protocol.h"
#include "weir-alerts-handler.h"
#include "weir-catalog-handler.h"
#include "weir-cohorts-handler.h"
#include "weir-data-dir.h"
#include "weir-dead-letters-handler.h"
#include "weir-drill-handler.h"
#include "weir-health-handler.h"
#include "weir-ingest-handler.h"
#include "weir-persons-handler.h"
#include "weir-query-handler.h"
#include "weir-questions-handler.h"
#include "weir-reader.h"
#include "weir-router.h"
#include "weir-sources-handler.h"
#include "weir-sql-handler.h"
#include "weir-sqlite-store.h"
#include "weir-status-handler.h"
#include "weir-stream-handler.h"

#define N_READERS        2
#define MAX_QUEUE_BYTES  (64 * 1024 * 1024)
#define DEDUP_WINDOW     1000000

/* Message ids of others: as far back as the own ones where three collectors do the same work. */
#define FOREIGN_WINDOW   (2 * DEDUP_WINDOW)
#define ACTIVITY_SECONDS ((gint64) WEIR_ACTIVITY_SLOT_SECONDS * WEIR_ACTIVITY_N_SLOTS)
#define ACTIVITY_MAX     200000

/* When keys were last used is written down so often. */
#define FLUSH_SECONDS    60

/* At the end: how long requests may take to be answered, the store to catch up, forwarders, and
 * the last events to get to other collectors. */
#define DRAIN_LIMIT      (5 * G_USEC_PER_SEC)
#define STORE_LIMIT      (10 * G_USEC_PER_SEC)
#define FORWARD_LIMIT    (5 * G_USEC_PER_SEC)
#define RELAY_LIMIT      (1 * G_USEC_PER_SEC)

struct _WeirCollector {
  WeirServices services;
  WeirDataDir *data_dir;
  WeirStore *store;
  WeirClickhouseAddress *clickhouse;   /* NULL when events come to rest in a file */
  WeirActivity *activity;
  WeirForeignIds *foreign_ids;         /* NULL where others' events are not as good as own ones */
  GPtrArray *workers;
  guint next_worker;
  guint flush_keys;
};

static const WeirRoute routes[] = {
  { "/v1/events", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_native_protocol },
  { "/v1/stream", WEIR_METHOD_GET, WEIR_ROUTE_STREAM, weir_stream_handler_run },
  { "/v1/query", WEIR_METHOD_POST, WEIR_ROUTE_READ, weir_query_handler_run },
  { "/v1/sql", WEIR_METHOD_POST, WEIR_ROUTE_READ, weir_sql_handler_run },
  { "/v1/catalog", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_catalog_handler_run },
  { "/v1/catalog/values", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_catalog_handler_run_values },
  { "/v1/persons", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_persons_handler_run_find },
  { "/v1/persons/", WEIR_METHOD_GET | WEIR_METHOD_POST | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_persons_handler_run_person },
  { "/v1/cohorts", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_cohorts_handler_list },
  { "/v1/cohorts/", WEIR_METHOD_GET | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_cohorts_handler_run },
  { "/v1/questions", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_questions_handler_list },
  { "/v1/questions/", WEIR_METHOD_GET | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_questions_handler_run },
  { "/v1/sources", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_sources_handler_list },
  { "/v1/keys", WEIR_METHOD_POST, WEIR_ROUTE_READ, weir_sources_handler_create_key },
  { "/v1/keys/", WEIR_METHOD_POST | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_sources_handler_run_key },
  { "/v1/status", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_status_handler_run },
  { "/v1/log", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_status_handler_run_log },
  { "/v1/rejected", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_status_handler_run_rejected },
  { "/v1/alerts", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_alerts_handler_list },
  { "/v1/alerts/history", WEIR_METHOD_GET | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_alerts_handler_history },
  { "/v1/alerts/test", WEIR_METHOD_POST | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_alerts_handler_test },
  { "/v1/alerts/", WEIR_METHOD_POST | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_alerts_handler_run },
  { "/v1/dead-letters", WEIR_METHOD_GET | WEIR_METHOD_POST, WEIR_ROUTE_READ,
    weir_dead_letters_handler_list },
  { "/v1/dead-letters/",
    WEIR_METHOD_GET | WEIR_METHOD_POST | WEIR_METHOD_PUT | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_dead_letters_handler_run },
  { "/v1/drill", WEIR_METHOD_GET | WEIR_METHOD_POST | WEIR_METHOD_DELETE, WEIR_ROUTE_READ,
    weir_drill_handler_run },
  { "/v1/edges/", WEIR_METHOD_POST, WEIR_ROUTE_READ, weir_persons_handler_run_edge },
  { "/v1/suggestions", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_persons_handler_run_suggestions },
  { "/v1/live", WEIR_METHOD_POST, WEIR_ROUTE_READ, weir_query_handler_run_live },
  { "/healthz", WEIR_METHOD_GET, WEIR_ROUTE_OPEN, weir_health_handler_run_alive },
  { "/readyz", WEIR_METHOD_GET, WEIR_ROUTE_OPEN, weir_health_handler_run_ready },
  { "/metrics", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_health_handler_run_metrics },

  { "/ingest", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run, &weir_ingest_protocol },
  { "/dashboard-stream", WEIR_METHOD_GET, WEIR_ROUTE_STREAM, weir_stream_handler_run_dashboard },
  { "/compat/ingest", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_ingest_protocol },
  { "/compat/ingest/ingest", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_ingest_protocol },
  { "/compat/ingest/dashboard-stream", WEIR_METHOD_GET, WEIR_ROUTE_STREAM,
    weir_stream_handler_run_dashboard },

  { "/api/event", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_event_protocol },
  { "/api/stats", WEIR_METHOD_GET, WEIR_ROUTE_READ, weir_query_handler_run_site_report },
  { "/compat/event", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_event_protocol },
  { "/compat/event/api/event", WEIR_METHOD_POST, WEIR_ROUTE_WRITE, weir_ingest_handler_run,
    &weir_event_protocol },
  { "/compat/event/api/stats", WEIR_METHOD_GET, WEIR_ROUTE_READ,
    weir_query_handler_run_site_report },
};

static void
note_versions (void)
{
  guint soup = soup_get_major_version () * 10000 + soup_get_minor_version () * 100 +
               soup_get_micro_version ();

  if (soup < 30606)
    g_message ("libsoup %u.%u.%u has known holes in its HTTP server (fixed in 3.6.6); requests are "
               "checked before it sees them, but do not offer this port to the internet without "
               "a proxy in front", soup_get_major_version (), soup_get_minor_version (),
               soup_get_micro_version ());
  if (sqlite3_libversion_number () < 3051003)
    g_message ("SQLite %s can damage a database that two programs write at once (fixed in 3.51.3); "
               "open the data directory's files for reading only while the collector runs",
               sqlite3_libversion ());
}

/* Returns how many connections may be open, so that files can still be opened. */
static guint
raise_descriptor_limit (guint wanted)
{
  struct rlimit limit;
  guint64 most;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return wanted;
  limit.rlim_cur = limit.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &limit);
  (void) getrlimit (RLIMIT_NOFILE, &limit);
  most = limit.rlim_cur > 512 ? limit.rlim_cur - 256 : limit.rlim_cur / 2;
  return (guint) MIN (wanted, most);
}

static void
add_served_names (WeirRequestRules *rules,
                  WeirAcceptor     *acceptor,
                  char            **host_names)
{
  g_auto(GStrv) urls = weir_acceptor_dup_urls (acceptor);

  weir_request_rules_add_host (rules, "localhost");
  weir_request_rules_add_host (rules, "127.0.0.1");
  weir_request_rules_add_host (rules, "::1");
  for (guint i = 0; host_names[i] != NULL; i++)
    weir_request_rules_add_host (rules, host_names[i]);

  for (guint i = 0; urls[i] != NULL; i++)
    {
      g_autoptr(GUri) uri = g_uri_parse (urls[i], G_URI_FLAGS_NONE, NULL);
      const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

      if (host == NULL)
        continue;
      weir_request_rules_add_host (rules, host);
      if (g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::"))
        weir_request_rules_allow_any_ip (rules);
    }
}

/* Not an error: such a collector still serves streams and questions to other machines. */
static void
note_missing_keys (WeirCollector *self)
{
  g_auto(GStrv) urls = weir_acceptor_dup_urls (self->services.acceptor);

  if (self->services.journal == NULL || weir_access_has_keys (self->services.access))
    return;
  for (guint i = 0; urls[i] != NULL; i++)
    if (!g_str_has_prefix (urls[i], "unix:") && !g_str_has_prefix (urls[i], "http://127.") &&
        !g_str_has_prefix (urls[i], "http://[::1]"))
      {
        g_message ("there are no write keys, so only clients on this machine may send events");
        return;
      }
}

static void
accepted_cb (GSocketConnection *connection,
             gpointer           user_data)
{
  WeirCollector *self = user_data;

  weir_http_worker_add (g_ptr_array_index (self->workers, self->next_worker), connection);
  self->next_worker = (self->next_worker + 1) % self->workers->len;
}

/* Called in the hub's thread. */
static void
describe_ledger (WeirLedger  *ledger,
                 gint64      *lag,
                 guint64     *journal_bytes,
                 gboolean    *healthy,
                 char       **reason,
                 gpointer     user_data)
{
  WeirServices *services = user_data;
  WeirJournalStatus journal;
  WeirStoreSinkStatus sink;

  *ledger = (WeirLedger) { 0 };
  *lag = 0;
  *journal_bytes = 0;
  *healthy = TRUE;
  *reason = NULL;
  if (services->journal == NULL)
    return;

  weir_journal_get_status (services->journal, &journal);
  weir_store_sink_get_status (services->sink, &sink);
  *ledger = journal.ledger;
  *lag = sink.lag;
  *journal_bytes = journal.bytes;
  *healthy = journal.healthy && sink.healthy;
  if (!*healthy)
    *reason = g_strdup (!journal.healthy ? journal.reason : sink.reason);
}

static void
remember_activity (const WeirEvent *event,
                   gpointer         user_data)
{
  weir_activity_add_event (user_data, event);
}

static guint64
get_last_accepted (gpointer user_data)
{
  return weir_journal_get_last_seq (user_data);
}

static gboolean
start_access (WeirCollector  *self,
              GError        **error)
{
  const WeirCollectorConfig *config = self->services.config;
  g_autofree char *token = g_strdup (config->read_token);
  g_autofree char *keys = NULL;

  if (token == NULL)
    {
      if (!weir_data_dir_make (config->data_dir, error))
        return FALSE;
      token = weir_access_ensure_token (config->data_dir, error);
    }
  if (token == NULL)
    return FALSE;
  self->services.access = weir_access_new (config->keys, token);
  keys = weir_data_dir_dup_keys (config->data_dir);
  return config->read_only != NULL || weir_access_open_keys (self->services.access, keys, error);
}

static gboolean
start_listening (WeirCollector  *self,
                 GError        **error)
{
  WeirServices *services = &self->services;
  const WeirCollectorConfig *config = services->config;

  services->acceptor = weir_acceptor_new (raise_descriptor_limit (config->max_connections),
                                          config->max_connections_per_address, accepted_cb, self);
  for (guint i = 0; config->listen[i] != NULL; i++)
    if (!weir_acceptor_listen (services->acceptor, config->listen[i], error))
      return FALSE;

  services->rules = weir_request_rules_new (config->max_body_bytes);
  add_served_names (services->rules, services->acceptor, config->host_names);
  for (guint i = 0; config->cors_origins[i] != NULL; i++)
    weir_request_rules_add_origin (services->rules, config->cors_origins[i]);
  services->totals.max_body_bytes = config->max_bodies_bytes;
  return TRUE;
}

static void
make_store (WeirCollector *self)
{
  const WeirCollectorConfig *config = self->services.config;
  const char *instance = weir_journal_get_instance (self->services.journal);
  g_autofree char *path = weir_data_dir_dup_store (config->data_dir);

  if (config->store == WEIR_STORE_SQLITE)
    self->store = weir_sqlite_store_new (path, instance, config->keep);
  else
    self->store = weir_clickhouse_store_new (path, instance, config->keep, self->clickhouse);
  if (config->shared)
    weir_clickhouse_store_set_shared (WEIR_CLICKHOUSE_STORE (self->store));
  weir_sqlite_store_set_identity_rules (WEIR_SQLITE_STORE (self->store), config->identity_rules);
}

static gboolean
find_clickhouse (WeirCollector  *self,
                 GError        **error)
{
  const WeirCollectorConfig *config = self->services.config;
  g_autofree char *folder = weir_data_dir_dup_clickhouse (config->data_dir);
  g_autoptr(WeirClickhouseClient) client = NULL;

  if (config->store == WEIR_STORE_SQLITE)
    return TRUE;
  if (config->store == WEIR_STORE_CLICKHOUSE)
    {
      self->clickhouse = weir_clickhouse_address_new_url (config->clickhouse_url, error);
      return self->clickhouse != NULL;
    }
  /* A library that is missing is told at once; a server may come later. */
  self->clickhouse = weir_clickhouse_address_new_library (config->chdb_library, folder);
  client = weir_clickhouse_address_connect (self->clickhouse, G_TIME_SPAN_SECOND, error);
  return client != NULL;
}

static void
make_clickhouse (WeirCollector *self)
{
  WeirServices *services = &self->services;
  g_autofree char *path = weir_data_dir_dup_store (services->config->data_dir);
  WeirClickhouseWriter *writer;

  if (self->clickhouse == NULL)
    return;
  writer = weir_clickhouse_writer_new (self->clickhouse, path,
                                       weir_journal_get_instance (services->journal));
  services->clickhouse = weir_clickhouse_sink_new (
    services->journal, WEIR_CLICKHOUSE_STORE (self->store), services->sink, writer);
  if (services->config->shared)
    {
      WeirSharingParts parts = { services->journal, WEIR_CLICKHOUSE_STORE (self->store),
                                 services->sink, services->hub, services->rejections,
                                 services->relay };

      weir_clickhouse_sink_set_sharing (
        services->clickhouse,
        weir_sharing_new (&parts,
                          weir_shared_log_new (self->clickhouse,
                                               weir_journal_get_instance (services->journal))));
    }
  weir_store_sink_set_next (services->sink, weir_clickhouse_sink_get_status,
                            weir_clickhouse_sink_poke, services->clickhouse);
}

static void
make_relay (WeirCollector *self)
{
  WeirServices *services = &self->services;
  const WeirCollectorConfig *config = services->config;

  if (config->relay == NULL)
    return;
  services->relay = weir_relay_new (config->relay, config->relay_channel,
                                    weir_journal_get_instance (services->journal),
                                    self->activity, services->hub);
  if (self->foreign_ids != NULL)
    weir_relay_set_ids (services->relay, self->foreign_ids, config->durability);
  weir_store_sink_set_relay (services->sink, services->relay);
}

/* Before any thread runs: the hub's asks how they are. */
static void
make_sinks (WeirCollector *self)
{
  WeirServices *services = &self->services;

  services->sink = weir_store_sink_new (services->journal, self->store, self->activity,
                                        services->hub, services->questions);
  weir_store_sink_set_drill (services->sink, services->drill);
  make_relay (self);
  make_clickhouse (self);
}

static gboolean
start_journal (WeirCollector  *self,
               GError        **error)
{
  WeirServices *services = &self->services;
  const WeirCollectorConfig *config = services->config;
  g_autofree char *journal = weir_data_dir_dup_journal (config->data_dir);
  WeirJournalOptions options = {
    .durability = config->durability,
    .max_bytes = config->journal_max_bytes,
    .max_backlog_bytes = config->forward_max_bytes,
    .max_queue_bytes = MAX_QUEUE_BYTES,
    .dedup_window = DEDUP_WINDOW,
  };

  if (config->fault_drill)
    options.drill = services->drill = weir_fault_drill_new ();

  self->data_dir = weir_data_dir_open (config->data_dir, error);
  if (self->data_dir == NULL)
    return FALSE;
  services->journal = weir_journal_open (journal, &options, error);
  if (services->journal == NULL)
    return FALSE;
  if (config->shared && config->relay != NULL)
    {
      self->foreign_ids = weir_foreign_ids_new (FOREIGN_WINDOW,
                                                weir_journal_get_hash_seed (services->journal));
      weir_journal_set_others (services->journal, self->foreign_ids);
    }
  if (config->forwarders->len > 0)
    services->forwarders = weir_forwarders_new (config->forwarders, services->journal);
  if (!find_clickhouse (self, error))
    return FALSE;
  make_store (self);
  return weir_store_open (self->store, error) &&
         weir_journal_start (services->journal, self->store, error);
}

/* What cannot be read is told at once, not with the first question. */
static gboolean
check_file (const char  *file,
            GError     **error)
{
  g_autoptr(WeirReader) reader = weir_reader_new (file, TRUE);

  if (!weir_reader_begin (reader, NULL, error))
    {
      g_prefix_error (error, "%s: ", file);
      return FALSE;
    }
  weir_reader_end (reader);
  return TRUE;
}

static gboolean
start_store (WeirCollector  *self,
             GError        **error)
{
  WeirServices *services = &self->services;
  const WeirCollectorConfig *config = services->config;
  g_autofree char *path = weir_data_dir_dup_store (config->data_dir);
  g_autofree char *alerts = NULL;
  WeirStoreCounts counts = { 0 };
  gint64 since;

  self->activity = services->activity = weir_activity_new ();
  if (config->read_only != NULL)
    {
      if (!g_file_test (config->read_only, G_FILE_TEST_IS_REGULAR))
        {
          g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: there is no such file",
                       config->read_only);
          return FALSE;
        }
      if (!check_file (config->read_only, error))
        return FALSE;
      services->readers = weir_reader_pool_new (config->read_only, N_READERS, TRUE, NULL);
      services->sql = weir_sql_console_new (config->read_only, TRUE, NULL);
    }
  else
    {
      if (!start_journal (self, error))
        return FALSE;
      services->readers = weir_reader_pool_new (path, N_READERS, FALSE, self->clickhouse);
      weir_reader_pool_set_promise (services->readers, get_last_accepted, services->journal);
      services->sql = weir_sql_console_new (path, FALSE, self->clickhouse);
      since = g_get_real_time () - ACTIVITY_SECONDS * G_USEC_PER_SEC;
      if (!weir_store_foreach_since (self->store, since, ACTIVITY_MAX, remember_activity,
                                     self->activity, error))
        return FALSE;
      weir_store_get_counts (self->store, &counts);
    }

  services->hub = weir_live_hub_new (self->activity,
                                     services->journal != NULL
                                       ? weir_journal_get_instance (services->journal) : "offline",
                                     describe_ledger, services);
  services->questions =
    weir_live_questions_new (config->read_only != NULL ? config->read_only : path,
                             config->read_only != NULL, self->clickhouse, services->hub);
  if (services->journal != NULL)
    make_sinks (self);
  weir_live_hub_start (services->hub, counts.taken);
  if (services->sink == NULL)
    return TRUE;
  if (services->relay != NULL)
    weir_relay_start (services->relay);
  weir_store_sink_start (services->sink);
  if (services->clickhouse != NULL)
    weir_clickhouse_sink_start (services->clickhouse);
  if (services->forwarders != NULL)
    weir_forwarders_start (services->forwarders, services->sink);
  alerts = weir_data_dir_dup_alerts (config->data_dir);
  services->alerts = weir_alerts_open (alerts, services, error);
  if (services->alerts == NULL)
    return FALSE;
  weir_alerts_start (services->alerts);
  return TRUE;
}

static gboolean
flush_keys_cb (gpointer user_data)
{
  WeirCollector *self = user_data;

  weir_key_ring_flush (weir_access_get_keys (self->services.access));
  return G_SOURCE_CONTINUE;
}

static void
start_serving (WeirCollector *self)
{
  WeirServices *services = &self->services;

  services->metrics = weir_metrics_new ();
  services->router = weir_router_new ();
  weir_router_add (services->router, routes, G_N_ELEMENTS (routes));
  for (guint i = 0; i < services->config->ingest_threads; i++)
    g_ptr_array_add (self->workers, weir_http_worker_new (services, i));
  if (weir_access_get_keys (services->access) != NULL)
    self->flush_keys = g_timeout_add_seconds (FLUSH_SECONDS, flush_keys_cb, self);
  weir_acceptor_start (services->acceptor);
  note_versions ();
  note_missing_keys (self);
}

/**
 * weir_collector_new:
 * @config: what the user wants; must outlive the collector
 * @error: return location for an error
 *
 * Starts the daemon; when this returns, it accepts connections.
 *
 * Returns: (transfer full): the running collector, or %NULL
 */
WeirCollector *
weir_collector_new (const WeirCollectorConfig  *config,
                    GError                    **error)
{
  g_autoptr(WeirCollector) self = NULL;

  g_return_val_if_fail (config != NULL, NULL);

  /* HTTP/2 of libsoup's server has had holes of its own and is not needed here. */
  g_unsetenv ("SOUP_SERVER_HTTP2");

  self = g_new0 (WeirCollector, 1);
  self->services.config = config;
  self->services.started = g_get_real_time ();
  self->services.started_monotonic = g_get_monotonic_time ();
  self->services.rejections = weir_rejection_ring_new ();
  self->workers = g_ptr_array_new ();

  if (!start_access (self, error) || !start_listening (self, error) || !start_store (self, error))
    return NULL;
  start_serving (self);
  return g_steal_pointer (&self);
}

/**
 * weir_collector_dup_urls:
 * @self: a collector
 *
 * Returns: (transfer full): where it listens
 */
char **
weir_collector_dup_urls (WeirCollector *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return weir_acceptor_dup_urls (self->services.acceptor);
}

/**
 * weir_collector_stop:
 * @self: a collector
 *
 * Stops accepting, answers the requests under way, stores what is durable, closes the streams.
 * Blocks for some seconds at most; what cannot be stored until then stays in the journal.
 */
void
weir_collector_stop (WeirCollector *self)
{
  WeirServices *services;
  gint64 deadline = g_get_monotonic_time () + DRAIN_LIMIT;

  g_return_if_fail (self != NULL);

  services = &self->services;
  if (services->acceptor != NULL)
    weir_acceptor_stop (services->acceptor);
  for (guint i = 0; i < self->workers->len; i++)
    weir_http_worker_drain (g_ptr_array_index (self->workers, i), deadline);
  for (guint i = 0; i < self->workers->len; i++)
    weir_http_worker_join (g_ptr_array_index (self->workers, i));
  g_clear_handle_id (&self->flush_keys, g_source_remove);
  if (services->access != NULL && weir_access_get_keys (services->access) != NULL)
    weir_key_ring_flush (weir_access_get_keys (services->access));

  if (services->alerts != NULL)
    weir_alerts_stop (services->alerts);
  if (services->forwarders != NULL)
    weir_forwarders_stop (services->forwarders, g_get_monotonic_time () + FORWARD_LIMIT);
  if (services->clickhouse != NULL)
    weir_clickhouse_sink_stop (services->clickhouse, g_get_monotonic_time () + STORE_LIMIT);
  if (services->sink != NULL)
    weir_store_sink_stop (services->sink, g_get_monotonic_time () + STORE_LIMIT);
  if (services->relay != NULL)
    weir_relay_stop (services->relay, g_get_monotonic_time () + RELAY_LIMIT);
  if (services->journal != NULL)
    weir_journal_stop (services->journal);
  g_clear_pointer (&services->questions, weir_live_questions_free);
  if (services->hub != NULL)
    weir_live_hub_stop (services->hub);
  g_clear_pointer (&services->readers, weir_reader_pool_free);
  g_clear_pointer (&services->sql, weir_sql_console_free);

  /* Only now: whatever the workers still waited for has come. */
  for (guint i = 0; i < self->workers->len; i++)
    weir_http_worker_free (g_ptr_array_index (self->workers, i));
  g_ptr_array_set_size (self->workers, 0);
}

/**
 * weir_collector_free:
 * @self: (transfer full): a collector
 *
 * Stops it if it runs, then frees it.
 */
void
weir_collector_free (WeirCollector *self)
{
  WeirServices *services;

  g_return_if_fail (self != NULL);

  weir_collector_stop (self);
  services = &self->services;
  g_clear_pointer (&services->alerts, weir_alerts_free);
  g_clear_pointer (&services->forwarders, weir_forwarders_free);
  g_clear_pointer (&services->clickhouse, weir_clickhouse_sink_free);
  g_clear_pointer (&services->sink, weir_store_sink_free);
  g_clear_pointer (&services->relay, weir_relay_free);
  g_clear_object (&services->hub);
  if (self->store != NULL)
    weir_store_close (self->store);
  g_clear_object (&self->store);
  g_clear_pointer (&self->clickhouse, weir_clickhouse_address_unref);
  g_clear_object (&services->journal);
  g_clear_pointer (&self->foreign_ids, weir_foreign_ids_free);
  g_clear_pointer (&services->drill, weir_fault_drill_free);
  g_clear_pointer (&self->activity, weir_activity_free);
  g_clear_pointer (&services->acceptor, weir_acceptor_free);
  g_clear_pointer (&services->router, weir_router_free);
  g_clear_pointer (&services->metrics, weir_metrics_free);
  g_clear_pointer (&services->rules, weir_request_rules_unref);
  g_clear_pointer (&services->access, weir_access_free);
  g_clear_pointer (&services->rejections, weir_rejection_ring_free);
  g_clear_pointer (&self->data_dir, weir_data_dir_free);
  g_ptr_array_unref (self->workers);
  g_free (self);
}

/**
 * weir_collector_check:
 * @config: what the user wants
 * @report: where to say what was found
 *
 * Looks at the configuration, which is valid, and at the files it names, without changing any.
 *
 * Returns: whether a collector could start with them
 */
gboolean
weir_collector_check (const WeirCollectorConfig *config,
                      GString                   *report)
{
  g_return_val_if_fail (config != NULL, FALSE);
  g_return_val_if_fail (report != NULL, FALSE);

  g_string_append_printf (report, "configuration: sound, %u write keys, %u forwarders\n",
                          g_hash_table_size (config->keys), config->forwarders->len);
  if (config->read_only != NULL)
    return weir_data_dir_check_store (config->read_only, report);
  return weir_data_dir_check (config->data_dir, report);
}
