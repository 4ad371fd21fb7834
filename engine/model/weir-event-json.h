/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

void  weir_json_append_string  (GString             *out,
                                const char          *text,
                                gsize                length);
void  weir_json_append_double  (GString             *out,
                                double               number);
void  weir_event_append_json   (const WeirEvent     *event,
                                const WeirPersonId  *person,
                                const char          *instance,
                                GString             *out);
void  weir_event_append_foreign_json   (const WeirEvent     *event,
                                const WeirPersonId  *person,
                                const char          *instance,
                                GString             *out);

G_END_DECLS
