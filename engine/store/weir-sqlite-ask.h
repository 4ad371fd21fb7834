/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question.h"
#include "weir-reader.h"

G_BEGIN_DECLS

/**
 * WeirAsk:
 * @question: what to answer
 * @wants_csv: whether to answer with CSV instead of JSON
 *
 * A question over events on its way to a reader.
 */
typedef struct {
  WeirQuestion *question;
  gboolean wants_csv;
} WeirAsk;

WeirAsk *weir_ask_new  (WeirQuestion   *question,
                        gboolean        wants_csv);
void     weir_ask_free (WeirAsk        *self);
GBytes  *weir_ask_run  (WeirReader     *reader,
                        gpointer        question,
                        GCancellable   *cancellable,
                        GError        **error);

G_END_DECLS
