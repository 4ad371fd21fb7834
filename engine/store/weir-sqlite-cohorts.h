/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-reader.h"
#include "weir-saved-cohort.h"

G_BEGIN_DECLS

gboolean         weir_sqlite_cohorts_put         (sqlite3                *db,
                                                  const WeirSavedCohort  *cohort,
                                                  gint64                  now,
                                                  GError                **error);
gboolean         weir_sqlite_cohorts_remove      (sqlite3                *db,
                                                  const char             *name,
                                                  GError                **error);

/* Each is a WeirReaderFunc; the question of the second is a name. */
GBytes          *weir_sqlite_cohorts_list        (WeirReader       *reader,
                                                  gpointer          question,
                                                  GCancellable     *cancellable,
                                                  GError          **error);
GBytes          *weir_sqlite_cohorts_get         (WeirReader       *reader,
                                                  gpointer          question,
                                                  GCancellable     *cancellable,
                                                  GError          **error);

G_END_DECLS
