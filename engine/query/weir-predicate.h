/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-term.h"

G_BEGIN_DECLS

/**
 * WeirPredicateKind:
 *
 * What a predicate over persons says. The last three have children.
 */
typedef enum {
  WEIR_PREDICATE_DID,         /* did it between at_least and at_most times */
  WEIR_PREDICATE_DID_FIRST,   /* did it for the first time ever */
  WEIR_PREDICATE_STOPPED,     /* did it ever, but not lately */
  WEIR_PREDICATE_PERSON,      /* a filter over the person's properties */
  WEIR_PREDICATE_SAVED,       /* is a member of a saved cohort; gone once resolved */
  WEIR_PREDICATE_STATIC,      /* is one of the ids of a static cohort */
  WEIR_PREDICATE_ALL,
  WEIR_PREDICATE_ANY,
  WEIR_PREDICATE_NOT,
} WeirPredicateKind;

/**
 * WeirPredicate:
 * @kind: what it says
 * @is_saved: whether it comes from a saved cohort, which a question's range does not touch
 * @term: which events
 * @within: how long ago it may be, microseconds; 0 for ever
 * @at_least: fewest times
 * @at_most: most times, %G_MAXUINT32 for any
 * @filter: (nullable): what holds for the person
 * @name: (nullable): name of a saved or static cohort
 * @children: (nullable) (element-type WeirPredicate): what it combines
 *
 * The `where` of a cohort: a tree that says who is a member. Immutable.
 */
typedef struct _WeirPredicate WeirPredicate;

struct _WeirPredicate {
  WeirPredicateKind kind;
  gboolean is_saved;
  WeirEventTerm term;
  gint64 within;
  guint32 at_least;
  guint32 at_most;
  WeirFilter *filter;
  char *name;
  GPtrArray *children;
};

WeirPredicate *weir_predicate_new_from_json (JsonNode             *json,
                                             WeirFilter           *common,
                                             GError              **error);
WeirPredicate *weir_predicate_new_saved     (const char           *name);
WeirPredicate *weir_predicate_new_both      (WeirPredicate        *a,
                                             WeirPredicate        *b);
WeirPredicate *weir_predicate_ref           (WeirPredicate        *self);
void           weir_predicate_unref         (WeirPredicate        *self);
gboolean       weir_predicate_has_events    (const WeirPredicate  *self);
WeirPredicate *weir_predicate_resolve       (WeirPredicate        *self,
                                             WeirPeople           *people,
                                             GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPredicate, weir_predicate_unref)

G_END_DECLS
