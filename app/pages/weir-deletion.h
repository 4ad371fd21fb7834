/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirDeletion:
 *
 * Something that is about to be deleted. What cannot be undone once it is done waits while a toast
 * offers to keep it, and is sent when that is over, when hurry() is called, or when the window is
 * closed, which goes only then: a collector that it started ends with it.
 */
#define WEIR_TYPE_DELETION (weir_deletion_get_type ())
G_DECLARE_FINAL_TYPE (WeirDeletion, weir_deletion, WEIR, DELETION, GObject)

/* Signals:
 *  ::kept                          the reader kept it
 *  ::ended (JsonObject *receipt)   it was sent and answered; NULL if it failed
 */
WeirDeletion  *weir_deletion_new      (WeirPage      *page,
                                       const char    *path,
                                       const char    *name);
void           weir_deletion_hurry    (WeirDeletion  *self);
const char    *weir_deletion_get_path (WeirDeletion  *self);
const char    *weir_deletion_get_name (WeirDeletion  *self);

G_END_DECLS
