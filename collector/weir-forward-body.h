/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"
#include "weir-forward-config.h"

G_BEGIN_DECLS

/**
 * WeirForwardBody:
 *
 * The body of a request to a destination, as it grows. On the stack.
 */
typedef struct {
  const WeirForwardConfig *config;
  const char *instance;
  GString *text;
  gboolean has_events;
} WeirForwardBody;

void        weir_forward_body_begin    (WeirForwardBody          *self,
                                        const WeirForwardConfig  *config,
                                        const char               *instance);
void        weir_forward_body_add      (WeirForwardBody          *self,
                                        const WeirEvent          *event);
GBytes     *weir_forward_body_end      (WeirForwardBody          *self);
const char *weir_forward_get_type      (WeirForwardFormat         format);

G_END_DECLS
