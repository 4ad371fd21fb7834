/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64    weir_transfer_time_from_local  (gint64       micros,
                                          GTimeZone   *zone);
gboolean  weir_transfer_time_parse       (const char  *text,
                                          GTimeZone   *zone,
                                          gint64      *micros);

G_END_DECLS
