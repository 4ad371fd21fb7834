/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirIdCache:
 *
 * Remembers which number the store gave to a text: an event name, a source, a distinct id. Bounded;
 * what was not used for long is forgotten and must be looked up in the store again. Belongs to one
 * thread.
 */
typedef struct _WeirIdCache WeirIdCache;

typedef struct {
  gint64 id;
  WeirPersonId person;
} WeirIdCacheValue;

WeirIdCache            *weir_id_cache_new    (guint                    capacity);
void                    weir_id_cache_free   (WeirIdCache             *self);
const WeirIdCacheValue *weir_id_cache_lookup (WeirIdCache             *self,
                                              const char              *text,
                                              gsize                    length);
void                    weir_id_cache_insert (WeirIdCache             *self,
                                              const char              *text,
                                              gsize                    length,
                                              const WeirIdCacheValue  *value);
void                    weir_id_cache_clear  (WeirIdCache             *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirIdCache, weir_id_cache_free)

G_END_DECLS
