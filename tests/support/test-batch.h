/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-batch.h"

G_BEGIN_DECLS

WeirEventBatch *test_batch_new  (guint64      first_seq,
                                 guint        n,
                                 const char  *text);

G_END_DECLS
