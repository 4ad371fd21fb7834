/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"

G_BEGIN_DECLS

/**
 * WeirActivity:
 *
 * What has happened in the last ten minutes, kept in memory in slots of ten seconds: counts,
 * values, errors, latency sketches, by event name and by dependency. Locked: the store sink adds,
 * the hub and the metrics read. Bounded: at most 512 names and 128 dependencies; what is more
 * counts as “(other)”.
 */
typedef struct _WeirActivity WeirActivity;

#define WEIR_ACTIVITY_SLOT_SECONDS 10
#define WEIR_ACTIVITY_N_SLOTS      60

WeirActivity *weir_activity_new        (void);
void          weir_activity_free       (WeirActivity           *self);
void          weir_activity_add        (WeirActivity           *self,
                                        const WeirEventBatch   *batch);
void          weir_activity_add_foreign (WeirActivity          *self,
                                        const WeirEventBatch   *batch);
void          weir_activity_add_event  (WeirActivity           *self,
                                        const WeirEvent        *event);
guint64       weir_activity_get_n_added (WeirActivity          *self);
/* Appends the members of the `stats` message that come from here, without the outer braces. */
void          weir_activity_append_json (WeirActivity          *self,
                                         gint64                 now,
                                         GString               *out);
/* Reference system B's aggregate: event types with count and average value, at most @limit. */
void          weir_activity_append_aggregations (WeirActivity  *self,
                                                 gint64         now,
                                                 guint          limit,
                                                 GString       *out);

typedef enum {
  WEIR_ACTIVITY_ALL,
  WEIR_ACTIVITY_EVENT,
  WEIR_ACTIVITY_SOURCE,
  WEIR_ACTIVITY_DEPENDENCY,
} WeirActivityScope;

/**
 * WeirActivityReading:
 * @count: events
 * @errors: how many of them are errors
 * @n_latencies: how many of them have a duration; of all events and of a dependency
 * @latency: the percentile of these that was asked for, in milliseconds
 *
 * What happened within a length of time that ends now.
 */
typedef struct {
  guint64 count;
  guint64 errors;
  guint64 n_latencies;
  double latency;
} WeirActivityReading;

gboolean      weir_activity_read       (WeirActivity           *self,
                                        WeirActivityScope       scope,
                                        const char             *name,
                                        gint64                  now,
                                        gint64                  within,
                                        double                  quantile,
                                        WeirActivityReading    *reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirActivity, weir_activity_free)

G_END_DECLS
