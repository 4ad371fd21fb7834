/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-reader-pool.h"

G_BEGIN_DECLS

/* Reference system C's report: page views, distinct users and top paths of one site on one day. */
typedef struct {
  char *site_id;
  char *date;     /* (nullable): YYYY-MM-DD, UTC; today when absent */
} WeirSiteReport;

WeirSiteReport *weir_site_report_new   (const char      *site_id,
                                        const char      *date,
                                        GError         **error);
void            weir_site_report_free  (WeirSiteReport  *self);
GBytes         *weir_site_report_run   (sqlite3         *db,
                                        gpointer         question,
                                        GCancellable    *cancellable,
                                        GError         **error);

/* The newest events first, `kind: "events"` of the wire contract. */
typedef struct _WeirEventsQuery WeirEventsQuery;

WeirEventsQuery *weir_events_query_new_from_json (const char      *json,
                                                  gssize           length,
                                                  GError         **error);
void             weir_events_query_free          (WeirEventsQuery *self);
GBytes          *weir_events_query_run           (sqlite3         *db,
                                                  gpointer         question,
                                                  GCancellable    *cancellable,
                                                  GError         **error);

G_END_DECLS
