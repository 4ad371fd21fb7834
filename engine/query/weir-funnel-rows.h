/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel-kinds.h"

G_BEGIN_DECLS

/* 64 MiB of rows. */
#define WEIR_FUNNEL_ROWS_IN_MEMORY (4 * 1024 * 1024)

/**
 * WeirFunnelRows:
 *
 * All rows of a funnel, put down in any order and taken up person by person. Holds so many in
 * memory as it was told to; sorted runs of the others are in a file without a name. Belongs to one
 * thread.
 */
typedef struct _WeirFunnelRows WeirFunnelRows;

typedef void (*WeirFunnelPersonFunc) (guint32              person,
                                      const WeirFunnelRow *rows,
                                      guint                n_rows,
                                      gpointer             user_data);

WeirFunnelRows *weir_funnel_rows_new            (WeirFunnelKinds      *kinds,
                                                 guint                 max_in_memory);
void            weir_funnel_rows_free           (WeirFunnelRows       *self);
WeirFunnelRow  *weir_funnel_rows_reserve        (WeirFunnelRows       *self,
                                                 const WeirPersonMap  *map,
                                                 guint                *n_rows);
void            weir_funnel_rows_commit         (WeirFunnelRows       *self,
                                                 guint                 n_rows);
gboolean        weir_funnel_rows_is_spilled     (WeirFunnelRows       *self);
gboolean        weir_funnel_rows_foreach_person (WeirFunnelRows       *self,
                                                 const WeirPersonMap  *map,
                                                 WeirFunnelPersonFunc  func,
                                                 gpointer              user_data,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFunnelRows, weir_funnel_rows_free)

G_END_DECLS
