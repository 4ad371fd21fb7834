/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-store.h"

G_BEGIN_DECLS

/* For implementations of stores only. */
void  weir_store_set_counts  (WeirStore              *self,
                              const WeirStoreCounts  *counts);

G_END_DECLS
