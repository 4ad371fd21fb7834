/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WEIR_TYPE_APPLICATION (weir_application_get_type ())
G_DECLARE_FINAL_TYPE (WeirApplication, weir_application, WEIR, APPLICATION, AdwApplication)

/**
 * WeirAccel:
 * @action: an action with its target, as gtk_application_set_accels_for_action() has it
 * @accels: (array zero-terminated=1): its keys
 * @title: what a reader calls it, to be translated
 *
 * One line of the table of keyboard shortcuts.
 */
typedef struct {
  const char *action;
  const char *accels[3];
  const char *title;
} WeirAccel;

WeirApplication  *weir_application_new         (void);
const WeirAccel  *weir_application_get_accels  (guint            *n_accels);

G_END_DECLS
