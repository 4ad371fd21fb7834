/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-seen-names.h"

G_BEGIN_DECLS

/**
 * WeirFilterBar:
 *
 * What a table is filtered by, as chips that can be changed and removed, and a button that adds
 * one.
 */
#define WEIR_TYPE_FILTER_BAR (weir_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (WeirFilterBar, weir_filter_bar, WEIR, FILTER_BAR, GtkWidget)

/* Signals:
 *  ::changed   get_filter() is another one
 */
void       weir_filter_bar_set_names       (WeirFilterBar  *self,
                                            WeirSeenNames  *names);
void       weir_filter_bar_set_conditions  (WeirFilterBar  *self,
                                            GVariant       *conditions);
void       weir_filter_bar_set_filter      (WeirFilterBar  *self,
                                            const char     *filter);
GVariant  *weir_filter_bar_get_conditions  (WeirFilterBar  *self);
void       weir_filter_bar_narrow          (WeirFilterBar  *self,
                                            const char     *property,
                                            const char     *literal,
                                            gboolean        only);
char      *weir_filter_bar_dup_filter      (WeirFilterBar  *self);
void       weir_filter_bar_start_adding    (WeirFilterBar  *self);
void       weir_filter_bar_clear           (WeirFilterBar  *self);

G_END_DECLS
