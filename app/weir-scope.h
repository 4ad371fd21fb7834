/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirScope:
 *
 * Which events a window speaks of: a range of time, conditions, a source, a cohort. All pages of a
 * window share one.
 */
#define WEIR_TYPE_SCOPE (weir_scope_get_type ())
G_DECLARE_FINAL_TYPE (WeirScope, weir_scope, WEIR, SCOPE, GObject)

/* Signals:
 *  ::changed   what it says is different from now on; once for each change
 */
WeirScope   *weir_scope_new             (void);
void         weir_scope_set_last        (WeirScope    *self,
                                         const char   *duration);
void         weir_scope_set_range       (WeirScope    *self,
                                         gint64        from,
                                         gint64        to);
void         weir_scope_set_conditions  (WeirScope    *self,
                                         GVariant     *conditions);
void         weir_scope_set_source      (WeirScope    *self,
                                         const char   *source);
void         weir_scope_set_cohort      (WeirScope    *self,
                                         const char   *cohort);
void         weir_scope_set_timezone    (WeirScope    *self,
                                         const char   *timezone);
const char  *weir_scope_get_last        (WeirScope    *self);
gboolean     weir_scope_get_range       (WeirScope    *self,
                                         gint64       *from,
                                         gint64       *to);
GVariant    *weir_scope_get_conditions  (WeirScope    *self);
const char  *weir_scope_get_source      (WeirScope    *self);
const char  *weir_scope_get_cohort      (WeirScope    *self);
const char  *weir_scope_get_timezone    (WeirScope    *self);
char        *weir_scope_dup_filter      (WeirScope    *self);
char        *weir_scope_dup_range_label (WeirScope    *self);
void         weir_scope_add_to_question (WeirScope    *self,
                                         JsonObject   *question);
GVariant    *weir_scope_to_variant      (WeirScope    *self);
void         weir_scope_set_variant     (WeirScope    *self,
                                         GVariant     *variant);

G_END_DECLS
