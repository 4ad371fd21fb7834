/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-event.h"

G_BEGIN_DECLS

JsonNode *weir_event_to_node (const WeirEvent *event);
char     *weir_event_to_json (const WeirEvent *event);
char     *weir_event_to_curl (const WeirEvent *event,
                              const char      *url);
char     *weir_event_sample_curl (const char  *url);

G_END_DECLS
