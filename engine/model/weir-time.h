/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_TIME_TEXT_SIZE 32

gboolean  weir_time_parse_rfc3339   (const char  *text,
                                     gsize        length,
                                     gint64      *micros);
gboolean  weir_time_from_number     (double       number,
                                     gint64      *micros);
gsize     weir_time_format_rfc3339  (gint64       micros,
                                     char         text[WEIR_TIME_TEXT_SIZE]);
gboolean  weir_duration_parse       (const char  *text,
                                     gint64      *micros,
                                     GError     **error);

G_END_DECLS
