/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirTryHint:
 *
 * A command to try, with a button that copies it.
 */
#define WEIR_TYPE_TRY_HINT (weir_try_hint_get_type ())
G_DECLARE_FINAL_TYPE (WeirTryHint, weir_try_hint, WEIR, TRY_HINT, GtkWidget)

void  weir_try_hint_set_command (WeirTryHint  *self,
                                 const char   *command);

G_END_DECLS
