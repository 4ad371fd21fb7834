/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question.h"

G_BEGIN_DECLS

/* What the kinds of question share when they read their JSON. A member that is absent or null
 * leaves the value as it was. */

gboolean  weir_question_read_text      (JsonObject    *object,
                                        const char    *member,
                                        gsize          max_length,
                                        char         **text,
                                        GError       **error);
gboolean  weir_question_read_integer   (JsonObject    *object,
                                        const char    *member,
                                        gint64         min,
                                        gint64         max,
                                        gint64        *number,
                                        GError       **error);
gboolean  weir_question_read_boolean   (JsonObject    *object,
                                        const char    *member,
                                        gboolean      *value,
                                        GError       **error);
gboolean  weir_question_read_choice    (JsonObject    *object,
                                        const char    *member,
                                        const char    *const *choices,
                                        guint         *choice,
                                        GError       **error);
gboolean  weir_question_read_duration  (JsonObject    *object,
                                        const char    *member,
                                        gint64        *micros,
                                        GError       **error);
gboolean  weir_question_read_filter    (JsonObject    *object,
                                        const char    *member,
                                        WeirFilter   **filter,
                                        GError       **error);
gboolean  weir_question_read_event     (JsonObject    *object,
                                        const char    *member,
                                        char         **event,
                                        GError       **error);
gboolean  weir_question_read_range     (JsonObject    *object,
                                        WeirRange     *range,
                                        GError       **error);
gboolean  weir_question_read_time_zone (JsonObject    *object,
                                        GTimeZone    **time_zone,
                                        GError       **error);
gboolean  weir_question_read_objects   (JsonObject    *object,
                                        const char    *member,
                                        guint          min,
                                        guint          max,
                                        JsonArray    **array,
                                        GError       **error);

void      weir_range_resolve           (const WeirRange *range,
                                        gint64           now,
                                        gint64          *from,
                                        gint64          *until);

G_END_DECLS
