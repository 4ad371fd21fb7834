/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-fleet-poller.h"

G_BEGIN_DECLS

/**
 * WeirFleetConnection:
 *
 * One keep-alive connection that posts one request at a time. A client of its own rather than
 * libsoup's, because a load generator that costs as much as the server measures itself.
 */
typedef struct _WeirFleetConnection WeirFleetConnection;

/**
 * WeirFleetAnswer:
 * @status: HTTP status, 0 when the connection failed
 * @accepted: as the collector counts
 * @duplicates: as the collector counts
 * @retry_after: seconds, 0 when the answer names none
 * @elapsed: from the first byte sent to the last one received, in microseconds
 */
typedef struct {
  guint status;
  guint accepted;
  guint duplicates;
  guint retry_after;
  gint64 elapsed;
} WeirFleetAnswer;

typedef void (*WeirFleetAnswerFunc) (WeirFleetConnection    *connection,
                                     const WeirFleetAnswer  *answer,
                                     gpointer                user_data);

WeirFleetConnection *weir_fleet_connection_new     (WeirFleetPoller       *poller,
                                                    GSocketAddress        *address,
                                                    const char            *host,
                                                    const char            *path,
                                                    const char            *key,
                                                    WeirFleetAnswerFunc    func,
                                                    gpointer               user_data);
void                 weir_fleet_connection_free    (WeirFleetConnection   *self);
void                 weir_fleet_connection_post    (WeirFleetConnection   *self,
                                                    GBytes                *body);
void                 weir_fleet_connection_ready   (gpointer               data,
                                                    gboolean               can_read,
                                                    gboolean               can_write);
gboolean             weir_fleet_connection_is_busy (WeirFleetConnection   *self);

G_END_DECLS
