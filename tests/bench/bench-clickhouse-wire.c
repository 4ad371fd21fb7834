/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-clickhouse-wire SERVER ROWS: rows such as the collector's, inserted by its client into a real
 * server of Debian's, in batches of BATCH. Prints the rate.
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test-clickhouse-server.h"
#include "weir-clickhouse-address.h"
#include "weir-clickhouse-insert.h"

#define BATCH 131072
#define TABLE \
  "CREATE TABLE event (seq UInt64, name String, time Int64, identity UInt32, value Float64, properties String)" \
  " ENGINE = MergeTree PARTITION BY tuple() ORDER BY (name, time)"

static void
append_text (GByteArray *row,
             const char *text)
{
  guint8 length = (guint8) strlen (text);

  g_byte_array_append (row, &length, 1);
  g_byte_array_append (row, (const guint8 *) text, length);
}

static WeirClickhouseBatch *
make_batch (guint64 first)
{
  static const char *const names[] = { "visit", "cart", "buy", "page_view", "request" };
  g_autofree char *id = g_strdup_printf ("wire-%" G_GUINT64_FORMAT, first);
  WeirClickhouseBatch *batch =
    weir_clickhouse_batch_new (id, "INSERT INTO event (seq, name, time, identity, value, properties) FORMAT RowBinary");
  g_autoptr(GByteArray) row = g_byte_array_new ();

  for (guint64 seq = first; seq < first + BATCH; seq++)
    {
      g_autofree char *properties = g_strdup_printf (
        "{\"path\":\"/p/%u\",\"plan\":\"%s\",\"screen\":\"1920x1080\",\"n\":%u}", (guint) (seq % 1000),
        seq % 3 ? "free" : "pro", g_random_int ());
      gint64 time = G_GINT64_CONSTANT (1790000000000000) + (gint64) seq * 50;
      guint32 identity = (guint32) (seq * 2654435761u) % 200000;
      double value = (double) (seq % 977);

      g_byte_array_set_size (row, 0);
      g_byte_array_append (row, (const guint8 *) &seq, sizeof seq);
      append_text (row, names[seq % G_N_ELEMENTS (names)]);
      g_byte_array_append (row, (const guint8 *) &time, sizeof time);
      g_byte_array_append (row, (const guint8 *) &identity, sizeof identity);
      g_byte_array_append (row, (const guint8 *) &value, sizeof value);
      append_text (row, properties);
      weir_clickhouse_batch_add (batch, row->data, row->len);
    }
  return batch;
}

static void
ask (WeirClickhouseClient *client,
     const char           *sql,
     char                **answer)
{
  g_auto(WeirClickhouseReply) reply = { 0 };
  WeirClickhouseAsk what = { .sql = sql };

  weir_clickhouse_client_ask (client, &what, NULL, &reply);
  if (reply.verdict != WEIR_CLICKHOUSE_DONE)
    g_error ("%s: %s", sql, reply.message);
  if (answer != NULL)
    *answer = weir_clickhouse_reply_dup_text (&reply);
}

int
main (int   argc,
      char *argv[])
{
  guint64 n_rows = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 5000000;
  TestClickhouseServer *server;
  g_autofree char *url = NULL;
  g_autofree char *stored = NULL;
  g_autoptr(WeirClickhouseAddress) address = NULL;
  g_autoptr(WeirClickhouseClient) client = NULL;
  g_autoptr(GError) error = NULL;
  gint64 spent = 0, making = 0;
  guint64 sent;

  g_setenv ("WEIR_CLICKHOUSE_SERVER", argc > 1 ? argv[1] : "", TRUE);
  server = test_clickhouse_server_new ();
  if (server == NULL)
    g_error ("there is no server");
  url = test_clickhouse_server_dup_url (server, "");
  address = weir_clickhouse_address_new_url (url, &error);
  g_assert_no_error (error);
  client = weir_clickhouse_address_connect (address, 150 * G_TIME_SPAN_SECOND, &error);
  ask (client, TABLE, NULL);
  for (sent = 0; sent < n_rows; sent += BATCH)
    {
      gint64 begin = g_get_monotonic_time ();
      g_autoptr(WeirClickhouseBatch) batch = make_batch (sent);
      g_autoptr(GArray) refusals = NULL;

      making += g_get_monotonic_time () - begin;
      begin = g_get_monotonic_time ();
      refusals = weir_clickhouse_insert (client, batch, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (refusals->len, ==, 0);
      spent += g_get_monotonic_time () - begin;
    }
  ask (client, "SELECT count(), uniqExact(seq) FROM event", &stored);
  printf ("Debian's server, gzip over HTTP, %d rows an insert: %.0f rows/s sent and stored (%.0f with making them),"
          " %.0f ms an insert; %s rows and different ones of %" G_GUINT64_FORMAT "\n",
          BATCH, (double) sent / ((double) spent / G_USEC_PER_SEC),
          (double) sent / ((double) (spent + making) / G_USEC_PER_SEC), (double) spent / 1000 / ((double) sent / BATCH),
          stored, sent);
  g_clear_object (&client);
  test_clickhouse_server_free (server);

  return EXIT_SUCCESS;
}
