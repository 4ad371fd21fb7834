/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

/* What a table of the catalog shows of each event. */
#define WEIR_CATALOG_COLUMNS "name,count,first_seen,last_seen,last_24h"

void  weir_catalog_handler_run         (WeirExchange *exchange);
void  weir_catalog_handler_run_values  (WeirExchange *exchange);

G_END_DECLS
