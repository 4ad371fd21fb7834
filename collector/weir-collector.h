/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-collector-config.h"

G_BEGIN_DECLS

/**
 * WeirCollector:
 *
 * All parts of the daemon, made in the order in which they need each other and ended in the
 * opposite one. Belongs to the main thread.
 */
typedef struct _WeirCollector WeirCollector;

WeirCollector  *weir_collector_new       (const WeirCollectorConfig  *config,
                                          GError                    **error);
void            weir_collector_free      (WeirCollector              *self);
char          **weir_collector_dup_urls  (WeirCollector              *self);
void            weir_collector_stop      (WeirCollector              *self);

gboolean        weir_collector_check     (const WeirCollectorConfig  *config,
                                          GString                    *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCollector, weir_collector_free)

G_END_DECLS
