/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirAlertWatch:
 *
 * Listens to the collector's alerts and tells the desktop: a notification when one fires, which
 * opens the page that shows why, and which goes when the alert is resolved.
 */
#define WEIR_TYPE_ALERT_WATCH (weir_alert_watch_get_type ())
G_DECLARE_FINAL_TYPE (WeirAlertWatch, weir_alert_watch, WEIR, ALERT_WATCH, GObject)

WeirAlertWatch  *weir_alert_watch_new  (GApplication  *application,
                                        WeirSession   *session);

G_END_DECLS
