/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-validator.h"

G_BEGIN_DECLS

#define WEIR_REJECTION_RING_MAX 1000

/**
 * WeirRejectionRing:
 *
 * The last events that were refused, in memory. Any thread may use it.
 */
typedef struct _WeirRejectionRing WeirRejectionRing;

WeirRejectionRing *weir_rejection_ring_new         (void);
void               weir_rejection_ring_free        (WeirRejectionRing    *self);
void               weir_rejection_ring_add         (WeirRejectionRing    *self,
                                                    const char           *source,
                                                    const WeirRejection  *rejections,
                                                    guint                 n_rejections,
                                                    const char           *body,
                                                    gsize                 length,
                                                    guint                 n_events);
void               weir_rejection_ring_clear       (WeirRejectionRing    *self);
void               weir_rejection_ring_append_json (WeirRejectionRing    *self,
                                                    guint                 limit,
                                                    GString              *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRejectionRing, weir_rejection_ring_free)

G_END_DECLS
