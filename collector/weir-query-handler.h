/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

void  weir_query_handler_run              (WeirExchange *exchange);
void  weir_query_handler_run_live         (WeirExchange *exchange);
void  weir_query_handler_run_site_report  (WeirExchange *exchange);

G_END_DECLS
