/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirSketch:
 *
 * A mergeable quantile sketch with a bounded relative error of 1 % (DDSketch: Masson, Rim, Lee,
 * “DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees”,
 * VLDB 2019).
 * Not locked: belongs to whoever made it.
 */
typedef struct _WeirSketch WeirSketch;

WeirSketch  *weir_sketch_new           (void);
void         weir_sketch_free          (WeirSketch        *self);
void         weir_sketch_clear         (WeirSketch        *self);
void         weir_sketch_add           (WeirSketch        *self,
                                        double             value);
void         weir_sketch_merge         (WeirSketch        *self,
                                        const WeirSketch  *other);
guint64      weir_sketch_get_count     (const WeirSketch  *self);
double       weir_sketch_get_quantile  (const WeirSketch  *self,
                                        double             quantile);
void         weir_sketch_write         (const WeirSketch  *self,
                                        GByteArray        *out);
gboolean     weir_sketch_read          (WeirSketch        *self,
                                        const guint8      *data,
                                        gsize              length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSketch, weir_sketch_free)

G_END_DECLS
