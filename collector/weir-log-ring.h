/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last lines that the program has logged. There is one log in a process, so there is one ring.
 * Any thread may use it. */

void      weir_log_ring_install      (void);
gboolean  weir_log_ring_parse_level  (const char      *name,
                                      GLogLevelFlags  *level);
void      weir_log_ring_append_json  (guint64          after,
                                      GLogLevelFlags   level,
                                      guint            limit,
                                      GString         *out);

G_END_DECLS
