/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirRuleKind:
 *
 * What a condition of a cohort says. The first ones, up to %WEIR_RULE_COHORT, are sentences.
 */
typedef enum {
  WEIR_RULE_DID,
  WEIR_RULE_DID_NOT,
  WEIR_RULE_DID_FIRST,
  WEIR_RULE_STOPPED,
  WEIR_RULE_PROPERTY,
  WEIR_RULE_COHORT,
  WEIR_RULE_GROUP,
  WEIR_RULE_JSON,      /* kept as it is, because no sentence can show it */
} WeirRuleKind;

typedef enum {
  WEIR_GROUP_ALL,
  WEIR_GROUP_ANY,
  WEIR_GROUP_NONE,
  WEIR_GROUP_NOT_ALL,
} WeirGroupMode;

typedef enum {
  WEIR_TIMES_AT_LEAST,
  WEIR_TIMES_AT_MOST,
  WEIR_TIMES_EXACTLY,
} WeirTimes;

/**
 * WeirRule:
 * @event: of the kinds that name one
 * @times: how @n_times compares
 * @amount: of the period, in @unit; 0 when there is none
 * @unit: `s`, `m`, `h`, `d` or `w`
 * @filter: (nullable): which of the events count, as JSON
 * @property: of a person, without `person.`
 * @op: operator of the wire contract
 * @value: what to compare with, as JSON
 * @cohort: name of a saved cohort
 * @json: of %WEIR_RULE_JSON
 * @children: (element-type WeirRule): of a group
 * @rest: (nullable): members that are not known; they survive
 *
 * One condition of a cohort, with those inside of it, as the builder shows it.
 */
typedef struct _WeirRule WeirRule;

struct _WeirRule {
  WeirRuleKind kind;
  char *event;
  WeirTimes times;
  gint64 n_times;
  gboolean says_times;    /* whether “at least once” is written down */
  gint64 amount;
  char unit;
  char *filter;
  char *property;
  char *op;
  char *value;
  char *cohort;
  JsonNode *json;
  WeirGroupMode mode;
  gboolean is_bare;       /* a “none” that was written as `not` of one condition */
  GPtrArray *children;
  JsonObject *rest;
};

WeirRule  *weir_rule_new            (WeirRuleKind   kind);
WeirRule  *weir_rule_new_from_node  (JsonNode      *node);
WeirRule  *weir_rule_new_root       (JsonNode      *node);
JsonNode  *weir_rule_to_node        (WeirRule      *self);
JsonNode  *weir_rule_root_to_node   (WeirRule      *self);
void       weir_rule_free           (WeirRule      *self);
void       weir_rule_set_kind       (WeirRule      *self,
                                     WeirRuleKind   kind);
gboolean   weir_rule_is_complete    (WeirRule      *self);
GVariant  *weir_filter_to_conditions (const char   *filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRule, weir_rule_free)

G_END_DECLS
