/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_PERSONS_QUERY_MAX_LIMIT 1000

/**
 * WeirPersonsQuery:
 * @search: (nullable): what an id or a property must contain, in any case of ASCII letters
 * @limit: at most so many
 * @rank: where to go on: how well those found so far fit…
 * @person: …and the number of the last of them
 * @wants_csv: whether to answer with CSV instead of JSON
 *
 * A question: who is there, `kind: "persons"` of the wire contract.
 */
typedef struct {
  char *search;
  guint limit;
  guint rank;
  guint32 person;
  gboolean wants_csv;
} WeirPersonsQuery;

WeirPersonsQuery *weir_persons_query_new_from_json (const char        *json,
                                                    gssize             length,
                                                    GError           **error);
void              weir_persons_query_free          (WeirPersonsQuery  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPersonsQuery, weir_persons_query_free)

G_END_DECLS
