/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"

G_BEGIN_DECLS

/* The tree behind a filter, for those who turn it into something else (a match, JSON, SQL). */

typedef enum {
  WEIR_FILTER_ALL,
  WEIR_FILTER_ANY,
  WEIR_FILTER_NOT,
  WEIR_FILTER_TEST,
} WeirFilterKind;

typedef enum {
  WEIR_FILTER_EQUAL,
  WEIR_FILTER_NOT_EQUAL,
  WEIR_FILTER_LESS,
  WEIR_FILTER_LESS_OR_EQUAL,
  WEIR_FILTER_GREATER,
  WEIR_FILTER_GREATER_OR_EQUAL,
  WEIR_FILTER_CONTAINS,
  WEIR_FILTER_NOT_CONTAINS,
  WEIR_FILTER_MATCHES,
  WEIR_FILTER_IN,
  WEIR_FILTER_IS_SET,
  WEIR_FILTER_IS_NOT_SET,
} WeirFilterOperator;

#define WEIR_FILTER_N_OPERATORS (WEIR_FILTER_IS_NOT_SET + 1)

typedef enum {
  WEIR_FILTER_SUBJECT_TEXT,       /* a text of the event itself: `text` says which */
  WEIR_FILTER_SUBJECT_IDENTITY,   /* the id the event counts under */
  WEIR_FILTER_SUBJECT_VALUE,      /* the event's number */
  WEIR_FILTER_SUBJECT_PERSON,     /* a property of the person: `path` without `person.` */
  WEIR_FILTER_SUBJECT_PROPERTY,   /* `path` in the event's properties */
} WeirFilterSubject;

typedef struct _WeirFilterNode WeirFilterNode;

struct _WeirFilterNode
{
  WeirFilterKind kind;
  GPtrArray *children;            /* of ALL, ANY and NOT */

  /* of TEST */
  char *property;                 /* as it was written */
  WeirFilterSubject subject;
  WeirEventText text;
  const char *path;               /* points into property */
  WeirFilterOperator op;
  WeirValue *operands;            /* one; many of IN; none of IS_SET; texts are NUL-terminated */
  guint n_operands;
  GRegex *regex;
};

struct _WeirFilter
{
  WeirFilterNode *root;
};

const WeirFilterNode *weir_filter_get_root          (const WeirFilter    *self);
const char           *weir_filter_operator_get_name (WeirFilterOperator   op);
void                  weir_filter_node_free         (WeirFilterNode      *node);
void                  weir_filter_node_set_property (WeirFilterNode      *node,
                                                     const char          *property);
WeirFilterUses        weir_filter_node_get_uses     (const WeirFilterNode *node);
void                  weir_filter_node_look_up      (const WeirFilterNode *node,
                                                     const WeirEvent      *event,
                                                     WeirEventCodec       *codec,
                                                     const char           *properties,
                                                     gsize                 length,
                                                     WeirEventCodec       *person_codec,
                                                     WeirValue            *value);
WeirFilterNode       *weir_filter_node_new_from_json (const char         *json,
                                                      gsize               length,
                                                      GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFilterNode, weir_filter_node_free)

G_END_DECLS
