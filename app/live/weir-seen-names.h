/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-event.h"

G_BEGIN_DECLS

/**
 * WeirSeenNames:
 *
 * Names that have gone by, to offer them where a name is asked for: events, sources, properties.
 * Bounded; a stream with endless names fills it once.
 */
#define WEIR_TYPE_SEEN_NAMES (weir_seen_names_get_type ())
G_DECLARE_FINAL_TYPE (WeirSeenNames, weir_seen_names, WEIR, SEEN_NAMES, GObject)

WeirSeenNames  *weir_seen_names_new        (void);
void            weir_seen_names_add_event  (WeirSeenNames    *self,
                                            const WeirEvent  *event);
void            weir_seen_names_add        (WeirSeenNames    *self,
                                            const char       *property,
                                            const char       *value);
char          **weir_seen_names_find       (WeirSeenNames    *self,
                                            const char       *property,
                                            const char       *part,
                                            guint             n_most);

G_END_DECLS
