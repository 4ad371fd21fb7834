/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirCollectorLauncher:
 *
 * Runs the bundled collector as a child. The child ends with this program, whatever ends it.
 */
#define WEIR_TYPE_COLLECTOR_LAUNCHER (weir_collector_launcher_get_type ())
G_DECLARE_FINAL_TYPE (WeirCollectorLauncher, weir_collector_launcher,
                      WEIR, COLLECTOR_LAUNCHER, GObject)

/* Signals:
 *  ::ended   the child ended without having been asked to
 */
WeirCollectorLauncher *weir_collector_launcher_new          (void);
gboolean               weir_collector_launcher_is_running   (WeirCollectorLauncher  *self);
void                   weir_collector_launcher_set_on_network (WeirCollectorLauncher *self,
                                                               gboolean               on_network);
const char            *weir_collector_launcher_get_token    (WeirCollectorLauncher  *self);
void                   weir_collector_launcher_start_async  (WeirCollectorLauncher  *self,
                                                             const char             *file,
                                                             GCancellable           *cancellable,
                                                             GAsyncReadyCallback     callback,
                                                             gpointer                user_data);
char                  *weir_collector_launcher_start_finish (WeirCollectorLauncher  *self,
                                                             GAsyncResult           *result,
                                                             GError                **error);
void                   weir_collector_launcher_stop_async   (WeirCollectorLauncher  *self,
                                                             GCancellable           *cancellable,
                                                             GAsyncReadyCallback     callback,
                                                             gpointer                user_data);
gboolean               weir_collector_launcher_stop_finish  (WeirCollectorLauncher  *self,
                                                             GAsyncResult           *result,
                                                             GError                **error);
char                  *weir_collector_launcher_find_program (void);

G_END_DECLS
