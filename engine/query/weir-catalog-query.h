/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_CATALOG_MAX_LIMIT 1000

/**
 * WeirCatalogQuery:
 * @event: (nullable): tell of the properties of this event alone
 * @property: (nullable): tell of the values of this property instead
 * @prefix: (nullable): of those, the ones that begin with this
 * @limit: how many values
 * @wants_csv: whether the values are wanted as a table
 *
 * A question: what there is to ask about, `kind: "catalog"` of the wire contract.
 */
typedef struct {
  char *event;
  char *property;
  char *prefix;
  guint limit;
  gboolean wants_csv;
} WeirCatalogQuery;

WeirCatalogQuery *weir_catalog_query_new           (const char        *event);
WeirCatalogQuery *weir_catalog_query_new_from_json (const char        *json,
                                                    gssize             length,
                                                    GError           **error);
void              weir_catalog_query_free          (WeirCatalogQuery  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirCatalogQuery, weir_catalog_query_free)

G_END_DECLS
