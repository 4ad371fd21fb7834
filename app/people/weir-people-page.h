/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirPeoplePage:
 *
 * Who is behind the events.
 */
#define WEIR_TYPE_PEOPLE_PAGE (weir_people_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirPeoplePage, weir_people_page, WEIR, PEOPLE_PAGE, WeirPage)

G_END_DECLS
