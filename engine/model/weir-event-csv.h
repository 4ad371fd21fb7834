/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/* The columns of weir_event_append_csv(), a line of their own. */
#define WEIR_EVENT_CSV_HEADER \
  "seq,id,event,timestamp,received,source,distinct_id,person,user_id,anonymous_id,device_id," \
  "previous_id,session_id,value,properties\r\n"

void  weir_event_append_csv  (const WeirEvent     *event,
                              const WeirPersonId  *person,
                              const char          *instance,
                              GString             *out);

G_END_DECLS
