/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

void  weir_persons_handler_run_find        (WeirExchange *exchange);
void  weir_persons_handler_run_person      (WeirExchange *exchange);
void  weir_persons_handler_run_edge        (WeirExchange *exchange);
void  weir_persons_handler_run_suggestions (WeirExchange *exchange);

G_END_DECLS
