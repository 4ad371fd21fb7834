/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-seen-names.h"
#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirCatalog:
 *
 * What there is to ask about, as the collector tells it: events, properties, sources, cohorts. One
 * for a window; it is asked again when the collector is another one, and when it is old.
 */
#define WEIR_TYPE_CATALOG (weir_catalog_get_type ())
G_DECLARE_FINAL_TYPE (WeirCatalog, weir_catalog, WEIR, CATALOG, GObject)

/* Signals:
 *  ::changed   there is something else to offer
 */
WeirCatalog         *weir_catalog_new            (WeirSession  *session);
void                 weir_catalog_refresh        (WeirCatalog  *self);
void                 weir_catalog_forget         (WeirCatalog  *self);
WeirSeenNames       *weir_catalog_get_names      (WeirCatalog  *self);
const char * const  *weir_catalog_get_events     (WeirCatalog  *self);
const char * const  *weir_catalog_get_properties (WeirCatalog  *self);
const char * const  *weir_catalog_get_sources    (WeirCatalog  *self);
const char * const  *weir_catalog_get_cohorts    (WeirCatalog  *self);
guint64              weir_catalog_get_count      (WeirCatalog  *self,
                                                  const char   *event);

G_END_DECLS
