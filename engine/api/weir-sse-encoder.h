/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  weir_sse_append_message  (GString     *out,
                                const char  *event,
                                const char  *id,
                                const char  *data,
                                gsize        length);
void  weir_sse_append_comment  (GString     *out,
                                const char  *text);
void  weir_sse_append_retry    (GString     *out,
                                guint        milliseconds);

G_END_DECLS
