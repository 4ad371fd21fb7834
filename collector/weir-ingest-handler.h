/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

/* The route's data is a WeirProtocol. */
void  weir_ingest_handler_run  (WeirExchange *exchange);

G_END_DECLS
