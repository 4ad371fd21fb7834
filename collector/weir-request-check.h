/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"

G_BEGIN_DECLS

#define WEIR_REQUEST_MAX_HEAD_BYTES (64 * 1024 - 1)
#define WEIR_REQUEST_MAX_HEADERS    100

/**
 * WeirRequestRules:
 *
 * What the front door lets in: sizes, the host names that are served, the browser origins that are
 * allowed. Filled while the program starts, then only read, from any thread.
 */
typedef struct _WeirRequestRules WeirRequestRules;

WeirRequestRules *weir_request_rules_new           (guint64           max_body_bytes);
WeirRequestRules *weir_request_rules_ref           (WeirRequestRules *self);
void              weir_request_rules_unref         (WeirRequestRules *self);
void              weir_request_rules_add_host      (WeirRequestRules *self,
                                                    const char       *name);
void              weir_request_rules_add_origin    (WeirRequestRules *self,
                                                    const char       *origin);
void              weir_request_rules_allow_any_ip  (WeirRequestRules *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRequestRules, weir_request_rules_unref)

typedef enum {
  WEIR_HEAD_INCOMPLETE,   /* more bytes are needed */
  WEIR_HEAD_COMPLETE,     /* may be served */
  WEIR_HEAD_REFUSED,      /* answer with the error and close */
} WeirHeadState;

/**
 * WeirRequestHead:
 * @size: bytes of the head, with its blank line
 * @content_length: bytes of the body that follow
 * @has_length: whether the client said how long the body is
 * @has_origin: whether a browser origin was given (and allowed)
 *
 * What the check found. Zeroed before the first call for a request, then kept between calls.
 */
typedef struct {
  gsize size;
  guint64 content_length;
  gboolean has_length;
  gboolean has_origin;

  gsize scanned;       /* private: where to look for the next line end */
  gsize line_start;    /* private */
} WeirRequestHead;

WeirHeadState  weir_request_check  (const WeirRequestRules  *rules,
                                    const char              *data,
                                    gsize                    length,
                                    WeirRequestHead         *head,
                                    GError                 **error);

G_END_DECLS
