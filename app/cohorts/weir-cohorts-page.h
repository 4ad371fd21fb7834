/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirCohortsPage:
 *
 * Groups of people who did, or are, something.
 */
#define WEIR_TYPE_COHORTS_PAGE (weir_cohorts_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortsPage, weir_cohorts_page, WEIR, COHORTS_PAGE, WeirPage)

G_END_DECLS
