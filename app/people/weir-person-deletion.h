/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirPersonDeletion:
 *
 * A person who is about to be deleted. Deleting cannot be undone once it is done, so it waits while
 * a toast offers to keep the person, and is sent when that is over or hurry() is called.
 */
#define WEIR_TYPE_PERSON_DELETION (weir_person_deletion_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonDeletion, weir_person_deletion, WEIR, PERSON_DELETION, GObject)

/* Signals:
 *  ::kept                          the reader kept the person
 *  ::ended (JsonObject *receipt)   it was sent and answered; NULL if it failed
 */
WeirPersonDeletion  *weir_person_deletion_new        (WeirPage            *page,
                                                      const char          *person,
                                                      const char          *name);
void                 weir_person_deletion_hurry      (WeirPersonDeletion  *self);
const char          *weir_person_deletion_get_person (WeirPersonDeletion  *self);
const char          *weir_person_deletion_get_name   (WeirPersonDeletion  *self);

G_END_DECLS
