/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirCohortList:
 *
 * The saved cohorts, with how many people are in each.
 */
#define WEIR_TYPE_COHORT_LIST (weir_cohort_list_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortList, weir_cohort_list, WEIR, COHORT_LIST, GtkWidget)

/* Signals:
 *  ::chosen (const char *name)
 */
void  weir_cohort_list_attach     (WeirCohortList  *self,
                                   WeirPage        *page);
void  weir_cohort_list_ask        (WeirCohortList  *self);
void  weir_cohort_list_show       (WeirCohortList  *self,
                                   JsonObject      *answer);
void  weir_cohort_list_select     (WeirCohortList  *self,
                                   const char      *name);
void  weir_cohort_list_set_size   (WeirCohortList  *self,
                                   const char      *name,
                                   guint64          size);
void  weir_cohort_list_set_hidden (WeirCohortList  *self,
                                   const char      *name);
gboolean         weir_cohort_list_has         (WeirCohortList  *self,
                                              const char      *name);

G_END_DECLS
