/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirJsonMembers:
 * @key: the member's name with its quotes, or %NULL in an array
 * @key_length: its length in bytes
 * @value: its value
 * @value_length: its length in bytes
 *
 * Walks the members of a JSON object, or the items of an array, without reading what they are. On
 * the stack; the texts are borrowed. The JSON must be minified and known to be valid, as
 * the codec leaves the properties of an event; on anything else the walk ends, within bounds.
 */
typedef struct {
  const char *key;
  gsize key_length;
  const char *value;
  gsize value_length;
  const char *next;
  const char *end;
} WeirJsonMembers;

void      weir_json_members_init  (WeirJsonMembers  *self,
                                   const char       *json,
                                   gsize             length);
gboolean  weir_json_members_next  (WeirJsonMembers  *self);

G_END_DECLS
