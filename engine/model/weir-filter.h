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

/**
 * WeirFilterUses:
 *
 * What a filter looks at.
 */
typedef enum {
  WEIR_FILTER_USES_NAME       = 1 << 0,
  WEIR_FILTER_USES_VALUE      = 1 << 1,
  WEIR_FILTER_USES_TEXTS      = 1 << 2,   /* source, session, any of the ids */
  WEIR_FILTER_USES_PROPERTIES = 1 << 3,
  WEIR_FILTER_USES_PERSON     = 1 << 4,
} WeirFilterUses;

WeirFilter  *weir_filter_new_from_json  (const char        *json,
                                         gssize             length,
                                         GError           **error);
WeirFilter  *weir_filter_new_event      (const char        *name);
WeirFilter  *weir_filter_new_both       (WeirFilter        *a,
                                         WeirFilter        *b,
                                         GError           **error);
WeirFilter  *weir_filter_ref            (WeirFilter        *self);
void         weir_filter_unref          (WeirFilter        *self);
gboolean     weir_filter_matches        (const WeirFilter  *self,
                                         const WeirEvent   *event,
                                         WeirEventCodec    *codec);
gboolean     weir_filter_matches_person (const WeirFilter  *self,
                                         const WeirEvent   *event,
                                         WeirEventCodec    *codec,
                                         const char        *properties,
                                         gsize              length,
                                         WeirEventCodec    *person_codec);
WeirFilterUses weir_filter_get_uses     (const WeirFilter  *self);
char        *weir_filter_to_json        (const WeirFilter  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFilter, weir_filter_unref)

G_END_DECLS
