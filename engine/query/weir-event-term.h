/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-condition.h"
#include "weir-question-json.h"

G_BEGIN_DECLS

/**
 * WeirEventTerm:
 * @event: (nullable): name of the events, %NULL for any
 * @filter: (nullable): what else must hold
 *
 * Events as a question names them: `{"event":…,"filter":…}`.
 */
typedef struct {
  char *event;
  WeirFilter *filter;
} WeirEventTerm;

gboolean      weir_event_term_parse         (WeirEventTerm        *self,
                                             JsonObject           *object,
                                             const char           *member,
                                             WeirFilter           *common,
                                             GError              **error);
gboolean      weir_event_term_parse_member  (WeirEventTerm        *self,
                                             JsonObject           *object,
                                             const char           *member,
                                             WeirFilter           *common,
                                             GError              **error);
void          weir_event_term_clear         (WeirEventTerm        *self);
WeirCondition weir_event_term_get_condition (const WeirEventTerm  *self,
                                             gint64                from,
                                             gint64                until);
gboolean      weir_week_start_parse         (JsonObject           *object,
                                             GDateWeekday         *week_start,
                                             GError              **error);

G_END_DECLS
