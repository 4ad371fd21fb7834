/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirGuide:
 *
 * Gets the first event in: a command, a snippet for a page, one for Python, and a device on the
 * local network. Says when something has arrived.
 */
#define WEIR_TYPE_GUIDE (weir_guide_get_type ())
G_DECLARE_FINAL_TYPE (WeirGuide, weir_guide, WEIR, GUIDE, AdwWindow)

GtkWidget  *weir_guide_new  (GtkWindow    *parent,
                             WeirSession  *session,
                             GSettings    *settings);

G_END_DECLS
