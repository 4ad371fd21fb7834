/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

void weir_sources_handler_list       (WeirExchange *exchange);
void weir_sources_handler_create_key (WeirExchange *exchange);
void weir_sources_handler_run_key    (WeirExchange *exchange);

G_END_DECLS
