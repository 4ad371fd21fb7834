/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

void  weir_health_append_reasons       (WeirServices *services,
                                        GString      *reasons);
void  weir_health_handler_run_alive    (WeirExchange *exchange);
void  weir_health_handler_run_ready    (WeirExchange *exchange);
void  weir_health_handler_run_metrics  (WeirExchange *exchange);

G_END_DECLS
