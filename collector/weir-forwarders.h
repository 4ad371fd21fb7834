/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-forward-config.h"
#include "weir-store-sink.h"

G_BEGIN_DECLS

/**
 * WeirForwarders:
 *
 * All that send events on, in a thread of their own. One that cannot reach its destination touches
 * neither the others nor the store.
 */
typedef struct _WeirForwarders WeirForwarders;

WeirForwarders *weir_forwarders_new               (GPtrArray            *configs,
                                                   WeirJournal          *journal);
void            weir_forwarders_start             (WeirForwarders       *self,
                                                   WeirStoreSink        *sink);
void            weir_forwarders_stop              (WeirForwarders       *self,
                                                   gint64                deadline);
void            weir_forwarders_free              (WeirForwarders       *self);
gboolean        weir_forwarders_has               (WeirForwarders       *self,
                                                   const char           *name);
void            weir_forwarders_send_again_async  (WeirForwarders       *self,
                                                   const char           *name,
                                                   WeirEventBatch       *batch,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        weir_forwarders_send_again_finish (WeirForwarders       *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            weir_forwarders_append_status     (WeirForwarders       *self,
                                                   GString              *out);
void            weir_forwarders_append_metrics    (WeirForwarders       *self,
                                                   GString              *out);

G_END_DECLS
