/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_STATEMENT_IDENTIFY,   /* $identify with an anonymous id */
  WEIR_STATEMENT_EVENT,      /* any other event with a user id and an anonymous id */
  WEIR_STATEMENT_ALIAS,      /* $alias */
  WEIR_STATEMENT_MERGE,      /* $merge: also of persons who are identified */
  WEIR_STATEMENT_MANUAL,     /* somebody merged two persons by hand */
} WeirStatementKind;

/**
 * WeirStatement:
 * @kind: how it was said
 * @from: the id that is to join, borrowed from the event
 * @from_length: its length in bytes
 * @to: the id whose person it is to join, borrowed from the event
 * @to_length: its length in bytes
 *
 * What one event says about who is who: that two ids belong together.
 */
typedef struct {
  WeirStatementKind kind;
  const char *from;
  gsize from_length;
  const char *to;
  gsize to_length;
} WeirStatement;

gboolean    weir_statement_read           (WeirStatement      *self,
                                           const WeirEvent    *event);
gboolean    weir_statement_kind_is_forced (WeirStatementKind   kind);
const char *weir_statement_kind_get_name  (WeirStatementKind   kind);

G_END_DECLS
