/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-machine.h"

G_BEGIN_DECLS

/* How far one person came by the rules of other programs: private to the funnel machine. Each takes
 * and returns what weir_funnel_machine_run() does. */
int weir_funnel_rules_run_clickhouse  (const WeirFunnelRow   *rows,
                                       guint                  n_rows,
                                       const WeirFunnelKind  *kinds,
                                       guint                  n_steps,
                                       gboolean               strict,
                                       gint64                 window,
                                       guint                 *path);
int weir_funnel_rules_run_mixpanel    (const WeirFunnelRow   *rows,
                                       guint                  n_rows,
                                       const WeirFunnelKind  *kinds,
                                       guint                  n_steps,
                                       gboolean               strict,
                                       gint64                 window,
                                       guint                 *path);
int weir_funnel_rules_run_posthog_any (const WeirFunnelRow   *rows,
                                       guint                  n_rows,
                                       const WeirFunnelKind  *kinds,
                                       guint                  n_steps,
                                       gint64                 window,
                                       guint                 *path);

G_END_DECLS
