/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-codec.h"

G_BEGIN_DECLS

/* What the readers of other programs' JSON share. They read with the collector's own parser, and
 * copy what they do not have to understand, so that a number or a text is never another one
 * afterwards. */
gboolean  weir_import_json_load            (WeirEventCodec     *codec,
                                            const char         *text,
                                            gsize               length);
char     *weir_import_json_dup_text        (WeirEventCodec     *codec,
                                            const char         *name);
char     *weir_import_json_dup_object      (WeirEventCodec     *codec,
                                            const char         *name);
char     *weir_import_json_minify          (WeirEventCodec     *codec,
                                            const char         *text,
                                            gsize               length);
gboolean  weir_import_json_has             (const char         *object,
                                            const char         *name);
void      weir_import_json_append          (GString            *out,
                                            const char         *name,
                                            const char         *text);
void      weir_import_json_append_raw      (GString            *out,
                                            const char         *name,
                                            const char         *json);
void      weir_import_json_append_time     (GString            *out,
                                            gint64              micros);
void      weir_import_json_append_members  (GString            *out,
                                            const char         *object,
                                            const char *const  *without);

G_END_DECLS
