/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-client.h"
#include "weir-reader.h"
#include "weir-scan-judge.h"

G_BEGIN_DECLS

/**
 * WeirLastSeen:
 * @seq: the newest event of somebody
 * @time: when it happened, microseconds since the epoch
 */
typedef struct {
  guint64 seq;
  gint64 time;
} WeirLastSeen;

void      weir_clickhouse_append_scope   (GString         *sql,
                                          WeirReader      *reader,
                                          guint64          until);
gboolean  weir_clickhouse_scan        (WeirReader     *reader,
                                       WeirScanJudge  *judge,
                                       GArray         *plans,
                                       guint64         after,
                                       guint64         until,
                                       GError        **error);
GArray   *weir_clickhouse_find_events (WeirReader     *reader,
                                       const guint32  *identities,
                                       guint           n_identities,
                                       guint           max,
                                       GError        **error);
gboolean  weir_clickhouse_find_last_seen (WeirReader  *reader,
                                       const guint32  *identities,
                                       guint           n_identities,
                                       GHashTable     *last_seen,
                                       GError        **error);

G_END_DECLS
