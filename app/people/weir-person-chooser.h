/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirPersonChooser:
 *
 * A window in which a person is found by typing.
 */
#define WEIR_TYPE_PERSON_CHOOSER (weir_person_chooser_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonChooser, weir_person_chooser, WEIR, PERSON_CHOOSER, AdwWindow)

/* Signals:
 *  ::chosen (const char *person, const char *name)
 */
WeirPersonChooser  *weir_person_chooser_new (GtkWindow    *parent,
                                             WeirSession  *session,
                                             const char   *title);

G_END_DECLS
