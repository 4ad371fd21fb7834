/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirCondition:
 * @property: `event`, `source`, `value`, or the path of a property; %WEIR_PROPERTY_ERRORS for “is
 *   an error”
 * @op: an operator of the wire contract
 * @value: what to compare with, as JSON; empty for operators that compare with nothing
 *
 * One chip of a filter bar.
 */
typedef struct {
  char *property;
  char *op;
  char *value;
} WeirCondition;

#define WEIR_PROPERTY_ERRORS "$errors"
/* A whole filter that chips cannot say; its value is the filter. */
#define WEIR_PROPERTY_FILTER "$filter"

/* The type of a list of conditions as a #GVariant, as actions carry it: property, op, value. */
#define WEIR_CONDITIONS_TYPE "a(sss)"

GArray    *weir_conditions_new           (void);
GArray    *weir_conditions_from_variant  (GVariant         *variant);
GArray    *weir_conditions_from_filter   (const char       *filter);
GVariant  *weir_conditions_to_variant    (GArray           *conditions);
char      *weir_conditions_to_filter     (GArray           *conditions);
void       weir_conditions_add           (GArray           *conditions,
                                          const char       *property,
                                          const char       *op,
                                          const char       *value);
void       weir_conditions_narrow        (GArray           *conditions,
                                          const char       *property,
                                          const char       *value,
                                          gboolean          only);
char      *weir_condition_dup_label      (const char       *property,
                                          const char       *op,
                                          const char       *value);
gboolean   weir_operator_takes_value     (const char       *op);
const char *weir_operator_get_label      (const char       *op);
char      *weir_literal_from_text        (const char       *op,
                                          const char       *text);
char      *weir_literal_from_string      (const char       *text,
                                          gsize             length);
char      *weir_literal_from_number      (double            number);
char      *weir_literal_to_text          (const char       *literal);

G_END_DECLS
