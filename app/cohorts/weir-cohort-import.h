/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirCohortImport:
 *
 * A window in which a list of ids, from a file or pasted, becomes a cohort.
 */
#define WEIR_TYPE_COHORT_IMPORT (weir_cohort_import_get_type ())
G_DECLARE_FINAL_TYPE (WeirCohortImport, weir_cohort_import, WEIR, COHORT_IMPORT, AdwWindow)

/* Signals:
 *  ::imported (const char *name)   there is a cohort of this name now
 */
WeirCohortImport  *weir_cohort_import_new (GtkWindow    *parent,
                                           WeirSession  *session);

G_END_DECLS
