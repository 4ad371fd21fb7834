/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many failures in a row, and the other side is only probed. */
#define WEIR_RETRY_BREAKER 5

gboolean  weir_retry_parse_after   (const char  *text,
                                    gint64       now,
                                    gint64      *micros);
gint64    weir_retry_choose_pause  (guint        n_failures,
                                    gint64       retry_after,
                                    double       random);

G_END_DECLS
