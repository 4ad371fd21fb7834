/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirMetrics:
 *
 * What the front door counts about itself. Any thread may count and read.
 */
typedef struct _WeirMetrics WeirMetrics;

WeirMetrics *weir_metrics_new         (void);
void         weir_metrics_free        (WeirMetrics *self);
void         weir_metrics_count_reply (WeirMetrics *self,
                                       guint        status);
void         weir_metrics_observe_ack (WeirMetrics *self,
                                       gint64       micros);
void         weir_metrics_append      (WeirMetrics *self,
                                       GString     *out);

void         weir_metrics_append_value (GString     *out,
                                        const char  *type,
                                        const char  *name,
                                        const char  *help,
                                        double       value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirMetrics, weir_metrics_free)

G_END_DECLS
