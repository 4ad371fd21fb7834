/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

void weir_drill_handler_run (WeirExchange *exchange);

G_END_DECLS
