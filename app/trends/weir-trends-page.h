/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question-page.h"

G_BEGIN_DECLS

/**
 * WeirTrendsPage:
 *
 * How much of something happened, and when.
 */
#define WEIR_TYPE_TRENDS_PAGE (weir_trends_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirTrendsPage, weir_trends_page, WEIR, TRENDS_PAGE, WeirQuestionPage)

G_END_DECLS
