/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-codec.h"

G_BEGIN_DECLS

/**
 * WeirFilter:
 *
 * A predicate over one event, the `filter` of the wire contract. Immutable, may cross threads;
 * what it needs to look into properties is the caller's codec.
 */
typedef struct _WeirFilter WeirFilter;

WeirFilter  *weir_filter_new_from_json  (const char        *json,
                                         gssize             length,
                                         GError           **error);
WeirFilter  *weir_filter_new_event      (const char        *name);
WeirFilter  *weir_filter_ref            (WeirFilter        *self);
void         weir_filter_unref          (WeirFilter        *self);
gboolean     weir_filter_matches        (const WeirFilter  *self,
                                         const WeirEvent   *event,
                                         WeirEventCodec    *codec);
char        *weir_filter_to_json        (const WeirFilter  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFilter, weir_filter_unref)

G_END_DECLS
