/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"
#include "weir-question.h"

G_BEGIN_DECLS

/**
 * WeirSiteReport:
 * @site_id: the site
 * @from: start of the day, microseconds since the epoch, UTC
 * @until: its end, exclusive
 * @date: the day as YYYY-MM-DD
 *
 * A question: page views, distinct users and top paths of one site on one day.
 */
typedef struct {
  char *site_id;
  char *date;
  gint64 from;
  gint64 until;
} WeirSiteReport;

WeirSiteReport *weir_site_report_new   (const char      *site_id,
                                        const char      *date,
                                        GError         **error);
void            weir_site_report_free  (WeirSiteReport  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSiteReport, weir_site_report_free)

/**
 * WeirEventsQuery:
 * @filter: (nullable): which events
 * @person: (nullable): whose events, a person id
 * @range: when they happened
 * @before: only events before this seq, 0 for no limit
 * @after: only events after this seq
 * @limit: at most so many
 * @is_oldest_first: in which order
 * @wants_csv: whether to answer with CSV instead of JSON
 *
 * A question: the newest events, or the oldest, `kind: "events"` of the wire contract.
 */
typedef struct {
  WeirFilter *filter;
  char *person;
  WeirRange range;
  guint64 before;
  guint64 after;
  guint limit;
  gboolean is_oldest_first;
  gboolean wants_csv;
} WeirEventsQuery;

#define WEIR_EVENTS_QUERY_MAX_LIMIT 10000

WeirEventsQuery *weir_events_query_new_from_json (const char      *json,
                                                  gssize           length,
                                                  GError         **error);
void             weir_events_query_free          (WeirEventsQuery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirEventsQuery, weir_events_query_free)

G_END_DECLS
