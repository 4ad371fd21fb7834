/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirPersonProfile:
 *
 * One person: what it did, what is known of it, and why it is one person.
 */
#define WEIR_TYPE_PERSON_PROFILE (weir_person_profile_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonProfile, weir_person_profile, WEIR, PERSON_PROFILE, GtkWidget)

/* Signals:
 *  ::changed                     who is who is different now
 *  ::delete (const char *name)   the reader wants the person deleted
 *  ::back                        the reader wants the list, where it is a page of its own
 */
void         weir_person_profile_attach     (WeirPersonProfile  *self,
                                             WeirPage           *page);
void         weir_person_profile_set_person (WeirPersonProfile  *self,
                                             const char         *person);
void         weir_person_profile_refresh    (WeirPersonProfile  *self);
void         weir_person_profile_set_folded (WeirPersonProfile  *self,
                                             gboolean            folded);
const char  *weir_person_profile_get_person (WeirPersonProfile  *self);
gboolean     weir_person_profile_has_id     (WeirPersonProfile  *self,
                                             const char         *id);

G_END_DECLS
