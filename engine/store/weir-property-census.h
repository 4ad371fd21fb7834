/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirPropertyCensus:
 *
 * Which properties there are among some JSON objects: their paths, types, and where they were met.
 * Bounded: from the two thousandth path on, new ones are left out. Belongs to one thread.
 */
typedef struct _WeirPropertyCensus WeirPropertyCensus;

WeirPropertyCensus *weir_property_census_new    (void);
void                weir_property_census_free   (WeirPropertyCensus  *self);
void                weir_property_census_add    (WeirPropertyCensus  *self,
                                                 const char          *event,
                                                 JsonObject          *properties);
void                weir_property_census_append (WeirPropertyCensus  *self,
                                                 GString             *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirPropertyCensus, weir_property_census_free)

G_END_DECLS
