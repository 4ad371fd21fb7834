/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question-page.h"

G_BEGIN_DECLS

/**
 * WeirFunnelsPage:
 *
 * How many people get from one step to the next.
 */
#define WEIR_TYPE_FUNNELS_PAGE (weir_funnels_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirFunnelsPage, weir_funnels_page, WEIR, FUNNELS_PAGE, WeirQuestionPage)

G_END_DECLS
