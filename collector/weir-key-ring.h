/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"

G_BEGIN_DECLS

#define WEIR_KEY_MAX_NAME 200

/**
 * WeirKeyRing:
 *
 * The write keys that were made while the collector ran, in a file that holds them as salted
 * hashes. Keys are revoked, never forgotten, so that it stays known what they were. Any thread may
 * use it; changes block on the disk.
 */
typedef struct _WeirKeyRing WeirKeyRing;

/**
 * WeirKeyInfo:
 * @id: names the key on the wire
 * @source: the source it names
 * @prefix: (nullable): what the key begins with, to tell it by
 * @created: when it was made, microseconds since the epoch; 0 when that is not known
 * @last_used: when it was last shown, or 0
 * @is_revoked: whether it is of no use now
 * @is_configured: whether it stands in the configuration
 *
 * What may be shown of a key.
 */
typedef struct {
  char *id;
  char *source;
  char *prefix;
  gint64 created;
  gint64 last_used;
  gboolean is_revoked;
  gboolean is_configured;
} WeirKeyInfo;

WeirKeyRing *weir_key_ring_open        (const char   *path,
                                        GError      **error);
void         weir_key_ring_free        (WeirKeyRing  *self);
gboolean     weir_key_ring_has_keys    (WeirKeyRing  *self);
const char  *weir_key_ring_find_source (WeirKeyRing  *self,
                                        const char   *key);
char        *weir_key_ring_create      (WeirKeyRing  *self,
                                        const char   *source,
                                        char        **key,
                                        GError      **error);
gboolean     weir_key_ring_set_revoked (WeirKeyRing  *self,
                                        const char   *id,
                                        gboolean      is_revoked,
                                        GError      **error);
void         weir_key_ring_flush       (WeirKeyRing  *self);
void         weir_key_ring_append_info (WeirKeyRing  *self,
                                        GPtrArray    *infos);
void         weir_key_info_free        (WeirKeyInfo  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirKeyRing, weir_key_ring_free)

G_END_DECLS
