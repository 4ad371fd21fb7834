/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirFunnelData:
 *
 * What a funnel chart shows: for each group, how many persons reached each step, and how long it
 * took them. Without a breakdown there is one group. Reference counted; does not change once a
 * chart has it.
 */
typedef struct _WeirFunnelData WeirFunnelData;

WeirFunnelData *weir_funnel_data_new               (const char * const    *steps,
                                                    guint                  n_steps);
WeirFunnelData *weir_funnel_data_ref               (WeirFunnelData        *self);
void            weir_funnel_data_unref             (WeirFunnelData        *self);
void            weir_funnel_data_add_group         (WeirFunnelData        *self,
                                                    const char            *name,
                                                    guint                  color,
                                                    const guint64         *counts,
                                                    const double          *medians,
                                                    guint64                excluded);
guint           weir_funnel_data_get_n_steps       (const WeirFunnelData  *self);
guint           weir_funnel_data_get_n_groups      (const WeirFunnelData  *self);
const char     *weir_funnel_data_get_step          (const WeirFunnelData  *self,
                                                    guint                  step);
const char     *weir_funnel_data_get_group         (const WeirFunnelData  *self,
                                                    guint                  group);
guint           weir_funnel_data_get_color         (const WeirFunnelData  *self,
                                                    guint                  group);
guint64         weir_funnel_data_get_count         (const WeirFunnelData  *self,
                                                    guint                  group,
                                                    guint                  step);
guint64         weir_funnel_data_get_dropped       (const WeirFunnelData  *self,
                                                    guint                  group,
                                                    guint                  step);
guint64         weir_funnel_data_get_excluded      (const WeirFunnelData  *self,
                                                    guint                  group);
double          weir_funnel_data_get_median        (const WeirFunnelData  *self,
                                                    guint                  group,
                                                    guint                  step);
double          weir_funnel_data_get_of_first      (const WeirFunnelData  *self,
                                                    guint                  group,
                                                    guint                  step);
double          weir_funnel_data_get_of_previous   (const WeirFunnelData  *self,
                                                    guint                  group,
                                                    guint                  step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelData, weir_funnel_data_unref)

G_END_DECLS
