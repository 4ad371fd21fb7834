/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-answer.h"

G_BEGIN_DECLS

/**
 * WeirFunnelTally:
 *
 * The numbers of a funnel at one moment. Belongs to one thread.
 */
typedef struct _WeirFunnelTally WeirFunnelTally;

WeirFunnelTally *weir_funnel_tally_new       (WeirFunnelAnswer *answer);
void             weir_funnel_tally_free      (WeirFunnelTally  *self);
gboolean         weir_funnel_tally_names     (WeirFunnelTally  *self,
                                              guint32           group);
void             weir_funnel_tally_write     (WeirFunnelTally  *self,
                                              GString          *out);
void             weir_funnel_tally_write_csv (WeirFunnelTally  *self,
                                              GString          *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelTally, weir_funnel_tally_free)

G_END_DECLS
