/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/* No person may hold more; what would not fit is left out. */
#define WEIR_PERSON_MAX_PROPERTIES 1000
#define WEIR_PERSON_MAX_BYTES      (256 * 1024)

/* In the order in which one event's operations apply. Stored as numbers: add at the end only. */
typedef enum {
  WEIR_PROPERTY_SET_ONCE,
  WEIR_PROPERTY_SET,
  WEIR_PROPERTY_UNSET,
} WeirPropertyOpKind;

/**
 * WeirPropertyOp:
 * @kind: what to do
 * @key: the property as a JSON string with its quotes, borrowed; not NUL-terminated
 * @key_length: its length in bytes
 * @value: (nullable): the value as JSON, borrowed; %NULL when unset
 * @value_length: its length in bytes
 *
 * One change of one property of a person. JSON is as the codec writes it: on one line, every text
 * in its only form.
 */
typedef struct {
  WeirPropertyOpKind kind;
  const char *key;
  gsize key_length;
  const char *value;
  gsize value_length;
} WeirPropertyOp;

typedef void (*WeirPropertyOpFunc) (const WeirPropertyOp *op,
                                    gpointer              user_data);

/**
 * WeirPersonProperties:
 *
 * What is known of a person: names and JSON values, in the order of the names' bytes. Belongs to
 * one thread.
 */
typedef struct _WeirPersonProperties WeirPersonProperties;

WeirPersonProperties *weir_person_properties_new           (void);
WeirPersonProperties *weir_person_properties_new_from_json (const char                 *json,
                                                            gsize                       length);
void                  weir_person_properties_free          (WeirPersonProperties       *self);
gboolean              weir_person_properties_apply         (WeirPersonProperties       *self,
                                                            const WeirPropertyOp       *op,
                                                            gboolean                   *is_kept);
void                  weir_person_properties_merge         (WeirPersonProperties       *self,
                                                            const WeirPersonProperties *source);
guint                 weir_person_properties_get_n         (const WeirPersonProperties *self);
void                  weir_person_properties_append_json   (const WeirPersonProperties *self,
                                                            GString                    *out);

void                  weir_property_ops_foreach            (const WeirEvent            *event,
                                                            WeirPropertyOpFunc          func,
                                                            gpointer                    user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPersonProperties, weir_person_properties_free)

G_END_DECLS
