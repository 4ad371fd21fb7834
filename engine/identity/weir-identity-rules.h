/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-statement.h"

G_BEGIN_DECLS

/**
 * WeirIdentityRules:
 * @WEIR_IDENTITY_RULES_WEIR: PostHog's, with ids trimmed before they are judged, a longer list of
 *   ids that mean nobody, and no way for a new id to join an identified person through an
 *   anonymous id that is already taken
 * @WEIR_IDENTITY_RULES_POSTHOG: PostHog's to the letter
 *
 * By which rules ids become persons.
 */
typedef enum {
  WEIR_IDENTITY_RULES_WEIR,
  WEIR_IDENTITY_RULES_POSTHOG,
} WeirIdentityRules;

/* Stored as numbers: add at the end only. */
typedef enum {
  WEIR_VERDICT_LINKED,      /* an id that was new joined a person */
  WEIR_VERDICT_MERGED,      /* two persons became one */
  WEIR_VERDICT_REDUNDANT,   /* they were one already */
  WEIR_VERDICT_REFUSED,
} WeirVerdict;

typedef enum {
  WEIR_REASON_NONE,
  WEIR_REASON_ALREADY_IDENTIFIED,
  WEIR_REASON_ILLEGAL_ID,
  WEIR_REASON_ANONYMOUS_ID_TAKEN,
  WEIR_REASON_VOIDED,
} WeirReason;

/**
 * WeirDecision:
 * @verdict: what becomes of a statement
 * @reason: why it was refused
 */
typedef struct {
  WeirVerdict verdict;
  WeirReason reason;
} WeirDecision;

/**
 * WeirIdentityFacts:
 * @from_existed: whether the first id was known before the statement
 * @to_existed: whether the second was
 * @same_person: whether they belong to one person already
 * @from_identified: whether the first one's person is identified
 *
 * What a decision depends on, for ids that are both legal.
 */
typedef struct {
  gboolean from_existed;
  gboolean to_existed;
  gboolean same_person;
  gboolean from_identified;
} WeirIdentityFacts;

gboolean     weir_identity_rules_are_legal (WeirIdentityRules        rules,
                                            const char              *id,
                                            gsize                    length);
WeirDecision weir_identity_rules_decide    (WeirIdentityRules        rules,
                                            WeirStatementKind        kind,
                                            const WeirIdentityFacts *facts);
gboolean     weir_identity_rules_parse     (const char              *name,
                                            WeirIdentityRules       *rules);
const char  *weir_verdict_get_name         (WeirVerdict              verdict);
const char  *weir_reason_get_name          (WeirReason               reason);

G_END_DECLS
