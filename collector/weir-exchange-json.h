/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-exchange.h"
#include "weir-router.h"

G_BEGIN_DECLS

/* What the handlers of administration share. */

WeirMethods  weir_exchange_get_method   (WeirExchange   *self);
gboolean     weir_exchange_may_change   (WeirExchange   *self);
char        *weir_exchange_dup_name     (WeirExchange   *self,
                                         const char     *prefix,
                                         gsize           max_bytes);
gboolean     weir_exchange_read_number  (WeirExchange   *self,
                                         const char     *name,
                                         guint64         max,
                                         guint64         fallback,
                                         guint64        *number);
JsonNode    *weir_exchange_dup_object   (WeirExchange   *self,
                                         gsize           max_bytes,
                                         GError        **error);
void         weir_exchange_refuse       (WeirExchange   *self,
                                         WeirError       code,
                                         const char     *message);
void         weir_exchange_reply_json   (WeirExchange   *self,
                                         guint           status,
                                         GString        *json);
void         weir_exchange_reply_result (WeirExchange   *self,
                                         GBytes         *answer,
                                         const GError   *error);

/* Does something that may block, in a thread of its own. Returns what is to be answered, or sets
 * @error. */
typedef GBytes *(*WeirBlockingFunc) (WeirServices  *services,
                                     gpointer       data,
                                     GError       **error);

void         weir_exchange_run_blocking (WeirExchange     *self,
                                         guint             status,
                                         WeirBlockingFunc  func,
                                         gpointer          data,
                                         GDestroyNotify    data_destroy);

G_END_DECLS
