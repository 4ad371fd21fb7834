/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"
#include "weir-key-ring.h"

G_BEGIN_DECLS

/* The id of a key of the configuration begins with this, its name follows. */
#define WEIR_CONFIGURED_KEY "config:"

/**
 * WeirAccess:
 *
 * Who may write and who may read: the write keys and the read token. Keeps hashes only, compares
 * in constant time. May be used from any thread.
 */
typedef struct _WeirAccess WeirAccess;

WeirAccess  *weir_access_new            (GHashTable    *keys,
                                         const char    *read_token);
void         weir_access_free           (WeirAccess    *self);
gboolean     weir_access_open_keys      (WeirAccess    *self,
                                         const char    *path,
                                         GError       **error);
WeirKeyRing *weir_access_get_keys       (WeirAccess    *self);
GPtrArray   *weir_access_dup_key_infos  (WeirAccess    *self);
gboolean     weir_access_has_keys       (WeirAccess    *self);
const char  *weir_access_find_source    (WeirAccess    *self,
                                         const char    *key);
gboolean     weir_access_may_read       (WeirAccess    *self,
                                         const char    *token);

char        *weir_access_ensure_token   (const char    *data_dir,
                                         GError       **error);
char        *weir_access_dup_credential (const char    *authorization);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirAccess, weir_access_free)

G_END_DECLS
