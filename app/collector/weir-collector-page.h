/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirCollectorPage:
 *
 * What comes in, where it goes, and what waits.
 */
#define WEIR_TYPE_COLLECTOR_PAGE (weir_collector_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirCollectorPage, weir_collector_page, WEIR, COLLECTOR_PAGE, WeirPage)

G_END_DECLS
