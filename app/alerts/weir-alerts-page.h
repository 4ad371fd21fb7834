/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirAlertsPage:
 *
 * Rules that tell you when something is off.
 */
#define WEIR_TYPE_ALERTS_PAGE (weir_alerts_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirAlertsPage, weir_alerts_page, WEIR, ALERTS_PAGE, WeirPage)

G_END_DECLS
