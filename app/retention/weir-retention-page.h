/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-question-page.h"

G_BEGIN_DECLS

/**
 * WeirRetentionPage:
 *
 * Who comes back.
 */
#define WEIR_TYPE_RETENTION_PAGE (weir_retention_page_get_type ())
G_DECLARE_FINAL_TYPE (WeirRetentionPage, weir_retention_page, WEIR, RETENTION_PAGE,
                      WeirQuestionPage)

G_END_DECLS
