/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-stats.h"

G_BEGIN_DECLS

/**
 * WeirConcern:
 * @key: says which concern this is, over time; not for readers
 * @text: what is the matter, for readers
 * @conditions: (nullable): what shows the events behind it, of the type `a(sss)`
 *
 * One thing that needs attention.
 */
typedef struct {
  char *key;
  char *text;
  GVariant *conditions;
} WeirConcern;

GPtrArray  *weir_health_check  (const WeirStats  *stats);
void        weir_concern_free  (WeirConcern      *concern);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirConcern, weir_concern_free)

G_END_DECLS
