/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-rules.h"

#include <string.h>

/*
 * The rules are those of PostHog's person-merge-service.ts. Nothing here keeps any state: the
 * stored persons and the replay of the log both ask the same function.
 */

/* Ids that programs send when they have none; whoever joined them would join everybody. */
static const char *const illegal_in_any_case[] = {
  "anonymous", "guest", "distinctid", "distinct_id", "id",
  "not_authenticated", "email", "undefined", "true", "false",
};
static const char *const illegal_as_written[] = {
  "[object Object]", "NaN", "None", "none", "null", "0", "undefined",
};
/* Mixpanel's, which our own rules add. */
static const char *const illegal_elsewhere[] = {
  "anon", "nil", "none", "null", "n/a", "na", "unknown", "-1", "[]", "{}", "lmy47d",
  "00000000-0000-0000-0000-000000000000",
};

static gboolean
is_equal (const char *id,
          gsize       length,
          const char *other,
          gboolean    any_case)
{
  if (strlen (other) != length)
    return FALSE;
  return any_case ? g_ascii_strncasecmp (id, other, length) == 0 : memcmp (id, other, length) == 0;
}

static gboolean
is_listed (const char        *id,
           gsize              length,
           const char *const *list,
           guint              n,
           gboolean           any_case)
{
  for (guint i = 0; i < n; i++)
    {
      if (is_equal (id, length, list[i], any_case))
        return TRUE;
      if (length > 2 && (*id == '\'' || *id == '"') && id[length - 1] == *id &&
          is_equal (id + 1, length - 2, list[i], any_case))
        return TRUE;
    }
  return FALSE;
}

static void
trim (const char **id,
      gsize       *length)
{
  while (*length > 0 && g_ascii_isspace (**id))
    (*id)++, (*length)--;
  while (*length > 0 && g_ascii_isspace ((*id)[*length - 1]))
    (*length)--;
}

/**
 * weir_identity_rules_are_legal:
 * @rules: the rules
 * @id: an id; need not end with a NUL
 * @length: its length in bytes
 *
 * Says whether an id may be joined with others. One that may not is still an id to count under.
 *
 * Returns: whether it is legal
 */
gboolean
weir_identity_rules_are_legal (WeirIdentityRules  rules,
                               const char        *id,
                               gsize              length)
{
  const char *trimmed = id;
  gsize trimmed_length = length;

  trim (&trimmed, &trimmed_length);
  if (trimmed_length == 0)
    return FALSE;
  if (rules == WEIR_IDENTITY_RULES_WEIR)
    {
      id = trimmed;
      length = trimmed_length;
      if (is_listed (id, length, illegal_elsewhere, G_N_ELEMENTS (illegal_elsewhere), TRUE))
        return FALSE;
    }

  return !is_listed (id, length, illegal_in_any_case, G_N_ELEMENTS (illegal_in_any_case), TRUE) &&
         !is_listed (id, length, illegal_as_written, G_N_ELEMENTS (illegal_as_written), FALSE);
}

/**
 * weir_identity_rules_decide:
 * @rules: the rules
 * @kind: how it was said
 * @facts: what is known of the two ids, both of which are legal
 *
 * Decides on a statement. Whatever the verdict, the person of the second id counts as identified
 * from then on.
 *
 * Returns: the decision
 */
WeirDecision
weir_identity_rules_decide (WeirIdentityRules        rules,
                            WeirStatementKind        kind,
                            const WeirIdentityFacts *facts)
{
  gboolean is_forced = weir_statement_kind_is_forced (kind);
  gboolean is_anonymous = kind == WEIR_STATEMENT_IDENTIFY || kind == WEIR_STATEMENT_EVENT;

  if (facts->from_existed && facts->to_existed && facts->same_person)
    return (WeirDecision) { WEIR_VERDICT_REDUNDANT, WEIR_REASON_NONE };
  if (!is_forced && facts->from_existed && facts->to_existed && facts->from_identified)
    return (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_ALREADY_IDENTIFIED };
  if (rules == WEIR_IDENTITY_RULES_WEIR && is_anonymous && facts->from_existed &&
      facts->from_identified)
    return (WeirDecision) { WEIR_VERDICT_REFUSED, WEIR_REASON_ANONYMOUS_ID_TAKEN };

  return (WeirDecision) {
    facts->from_existed && facts->to_existed ? WEIR_VERDICT_MERGED : WEIR_VERDICT_LINKED,
    WEIR_REASON_NONE,
  };
}

/**
 * weir_identity_rules_parse:
 * @name: what the configuration says
 * @rules: (out): the rules of that name
 *
 * Returns: whether there are rules of that name
 */
gboolean
weir_identity_rules_parse (const char        *name,
                           WeirIdentityRules *rules)
{
  if (g_strcmp0 (name, "weir") == 0)
    *rules = WEIR_IDENTITY_RULES_WEIR;
  else if (g_strcmp0 (name, "posthog") == 0)
    *rules = WEIR_IDENTITY_RULES_POSTHOG;
  else
    return FALSE;

  return TRUE;
}

/**
 * weir_verdict_get_name:
 * @verdict: a verdict
 *
 * Returns: (transfer none): its name in the API
 */
const char *
weir_verdict_get_name (WeirVerdict verdict)
{
  static const char *const names[] = { "linked", "merged", "redundant", "refused" };

  return (guint) verdict < G_N_ELEMENTS (names) ? names[verdict] : "unknown";
}

/**
 * weir_reason_get_name:
 * @reason: a reason
 *
 * Returns: (transfer none) (nullable): its name in the API, %NULL for none
 */
const char *
weir_reason_get_name (WeirReason reason)
{
  static const char *const names[] = {
    NULL, "already_identified", "illegal_id", "anonymous_id_taken", "voided",
  };

  return (guint) reason < G_N_ELEMENTS (names) ? names[reason] : NULL;
}
