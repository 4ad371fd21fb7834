/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirAlertEditor:
 *
 * A window in which a rule is made or changed, and tried before it is saved.
 */
#define WEIR_TYPE_ALERT_EDITOR (weir_alert_editor_get_type ())
G_DECLARE_FINAL_TYPE (WeirAlertEditor, weir_alert_editor, WEIR, ALERT_EDITOR, AdwWindow)

/* Signals:
 *  ::saved (const char *name)   the collector has taken the rule; the window closes
 */
WeirAlertEditor  *weir_alert_editor_new  (GtkWindow   *parent,
                                          WeirPage    *page,
                                          const char  *name,
                                          JsonObject  *rule);

G_END_DECLS
