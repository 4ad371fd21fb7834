/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-alert-rule.h"
#include "weir-error.h"

G_BEGIN_DECLS

#define WEIR_ALERTS_MAX          200
#define WEIR_ALERTS_MAX_NAME     200
#define WEIR_ALERTS_MAX_HISTORY  1000
#define WEIR_ALERTS_MAX_SNOOZE   (31 * G_TIME_SPAN_DAY)

/**
 * WeirAlerts:
 *
 * Rules, and one thread at nice +5 that looks at each every five seconds, whoever watches. What it
 * found is kept in a file. Any thread may use it; changes block on the disk.
 */
typedef struct _WeirAlerts WeirAlerts;

WeirAlerts *weir_alerts_open           (const char           *path,
                                        gpointer              services,
                                        GError              **error);
void        weir_alerts_start          (WeirAlerts           *self);
void        weir_alerts_stop           (WeirAlerts           *self);
void        weir_alerts_free           (WeirAlerts           *self);
gboolean    weir_alerts_put            (WeirAlerts           *self,
                                        const char           *name,
                                        WeirAlertRule        *rule,
                                        GError              **error);
gboolean    weir_alerts_remove         (WeirAlerts           *self,
                                        const char           *name,
                                        GError              **error);
gboolean    weir_alerts_snooze         (WeirAlerts           *self,
                                        const char           *name,
                                        gint64                micros,
                                        GError              **error);
gboolean    weir_alerts_measure        (WeirAlerts           *self,
                                        const WeirAlertRule  *rule,
                                        double               *value,
                                        GError              **error);
void        weir_alerts_append_list    (WeirAlerts           *self,
                                        GString              *out);
void        weir_alerts_append_history (WeirAlerts           *self,
                                        guint64               before,
                                        guint                 limit,
                                        GString              *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirAlerts, weir_alerts_free)

G_END_DECLS
