/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

void  weir_transfer_append_event  (GString          *out,
                                   const WeirEvent  *event,
                                   const char       *instance);
void  weir_transfer_append_time   (GString          *out,
                                   gint64            micros);
char *weir_transfer_make_id       (const char       *name,
                                   guint64           position,
                                   const char       *data,
                                   gsize             length);

G_END_DECLS
