/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirTrendsPage:
 *
 * How often something happens, by day or hour.
 */
#define WEIR_TYPE_TRENDS_PAGE (weir_trends_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirTrendsPage, weir_trends_page, WEIR, TRENDS_PAGE, WeirPage)

G_END_DECLS
