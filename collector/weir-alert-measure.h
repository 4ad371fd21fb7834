/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-alert-rule.h"
#include "weir-services.h"

G_BEGIN_DECLS

gboolean  weir_alert_measure_is_question (const WeirAlertRule  *rule);
gboolean  weir_alert_measure             (WeirServices         *services,
                                          const WeirAlertRule  *rule,
                                          GCancellable         *cancellable,
                                          double               *value,
                                          GError              **error);
gint64    weir_alert_find_last_seen      (WeirServices         *services,
                                          const char           *source);

G_END_DECLS
