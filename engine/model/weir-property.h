/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"

G_BEGIN_DECLS

/**
 * WeirProperty:
 *
 * The name of something that can be asked of an event: `event`, `source`, `value`, an id,
 * `person.NAME`, or a path in the properties. Immutable, may cross threads.
 */
typedef struct _WeirProperty WeirProperty;

WeirProperty   *weir_property_new      (const char          *name);
void            weir_property_free     (WeirProperty        *self);
WeirFilterUses  weir_property_get_uses (const WeirProperty  *self);
void            weir_property_read     (const WeirProperty  *self,
                                        const WeirEvent     *event,
                                        WeirEventCodec      *codec,
                                        const char          *properties,
                                        gsize                length,
                                        WeirEventCodec      *person_codec,
                                        WeirValue           *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirProperty, weir_property_free)

G_END_DECLS
