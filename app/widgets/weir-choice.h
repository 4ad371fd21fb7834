/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void weir_choice_set_label (GtkWidget   *drop_down,
                            const char  *label);

G_END_DECLS
