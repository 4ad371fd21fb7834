/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"
#include "weir-funnel-machine.h"

G_BEGIN_DECLS

/**
 * WeirFunnelKinds:
 *
 * Gives a number to each different meaning of a row, so that a row is 16 bytes even when there are
 * groups. Belongs to one thread.
 */
typedef struct _WeirFunnelKinds WeirFunnelKinds;

WeirFunnelKinds      *weir_funnel_kinds_new    (WeirAnswer       *answer,
                                                guint             n_steps,
                                                const guint32    *taints,
                                                guint             n_exclusions);
void                  weir_funnel_kinds_free   (WeirFunnelKinds  *self);
guint32               weir_funnel_kinds_find   (WeirFunnelKinds  *self,
                                                guint32           conditions,
                                                guint32           group);
const WeirFunnelKind *weir_funnel_kinds_get    (WeirFunnelKinds  *self);
gboolean              weir_funnel_kinds_is_idle (WeirFunnelKinds *self,
                                                 guint32          kind);
void                  weir_funnel_kinds_sort   (WeirFunnelKinds  *self,
                                                WeirFunnelRow    *rows,
                                                guint             n_rows);
gboolean              weir_funnel_kinds_precedes (WeirFunnelKinds     *self,
                                                  const WeirFunnelRow *a,
                                                  const WeirFunnelRow *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelKinds, weir_funnel_kinds_free)

G_END_DECLS
