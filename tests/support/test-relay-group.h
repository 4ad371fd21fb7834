/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "test-clickhouse-front.h"
#include "test-collector.h"
#include "test-redis.h"
#include "test-stream-client.h"

G_BEGIN_DECLS

#define TEST_RELAY_N        3
#define TEST_RELAY_PATIENCE (60 * G_TIME_SPAN_SECOND)

/* Collectors that tell each other of events over a Redis. */
typedef struct {
  TestRedis *redis;
  TestCollector *collectors[TEST_RELAY_N];
  char *more;                /* options of all */
} TestRelayGroup;

/* FALSE, and the test is skipped, when there is no Redis. @more: options, separated by spaces. */
gboolean       test_relay_open            (TestRelayGroup *group,
                                           const char     *more);
void           test_relay_close           (TestRelayGroup *group);
/* The same in ClickHouse, closed at the end; skipped when its library is not there either. */
void           test_relay_run_clickhouse  (const char     *more,
                                           void          (*check) (TestRelayGroup      *group,
                                                                   TestClickhouseFront *front));
TestCollector *test_relay_start_in        (TestRelayGroup *group,
                                           const char     *data_dir);
/* What is left of one whose directory another one has now. */
void           test_relay_forget          (TestCollector  *collector);
void           test_relay_post            (TestCollector  *collector,
                                           const char     *name,
                                           guint           n_events);

/* Members of `relay` in /v1/status; of `peers` it is how many there are. */
gint64         test_relay_get_number      (TestCollector  *collector,
                                           const char     *member);
void           test_relay_wait_for_number (TestCollector  *collector,
                                           const char     *member,
                                           gint64          value);
char          *test_relay_dup_text        (TestCollector  *collector,
                                           const char     *member);
void           test_relay_wait_for_state  (TestCollector  *collector,
                                           const char     *state);
void           test_relay_wait_for_all    (TestRelayGroup *group);

/* What one stream brought: how far each collector's events have come, without a hole or a repetition. */
typedef struct {
  TestStreamClient *client;
  GHashTable *last_seqs;     /* collector → pointer to the last seq */
  guint n_events;
  guint n_foreign;
  guint64 n_missed;
  guint n_resets;
} TestTally;

/* @last_id: (nullable): where to go on. */
void           test_tally_listen          (TestTally      *tally,
                                           TestCollector  *collector,
                                           const char     *last_id);
void           test_tally_read            (TestTally      *tally,
                                           guint           n);
void           test_tally_clear           (TestTally      *tally);

G_END_DECLS
