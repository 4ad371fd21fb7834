/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirPersonFacts:
 *
 * What is known of a person: properties, with when they were set where an event says so, and ids.
 */
#define WEIR_TYPE_PERSON_FACTS (weir_person_facts_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonFacts, weir_person_facts, WEIR, PERSON_FACTS, GtkWidget)

void  weir_person_facts_attach     (WeirPersonFacts  *self,
                                    WeirPage         *page);
void  weir_person_facts_set_person (WeirPersonFacts  *self,
                                    JsonObject       *person);
void  weir_person_facts_set_events (WeirPersonFacts  *self,
                                    JsonArray        *events);

G_END_DECLS
