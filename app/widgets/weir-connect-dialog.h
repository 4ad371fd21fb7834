/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirConnectDialog:
 *
 * Asks where the collector is.
 */
#define WEIR_TYPE_CONNECT_DIALOG (weir_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WeirConnectDialog, weir_connect_dialog, WEIR, CONNECT_DIALOG, AdwWindow)

GtkWidget *weir_connect_dialog_new     (GtkWindow    *parent,
                                        WeirSession  *session);
gboolean   weir_connect_is_address     (const char   *text);

G_END_DECLS
