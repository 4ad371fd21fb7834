/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirSqlPage:
 *
 * Questions in SQL.
 */
#define WEIR_TYPE_SQL_PAGE (weir_sql_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlPage, weir_sql_page, WEIR, SQL_PAGE, WeirPage)

G_END_DECLS
