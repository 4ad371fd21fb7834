/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-request-stream.h"

G_BEGIN_DECLS

/**
 * WeirConnection:
 *
 * One client's connection, as the HTTP library sees it: reads through a
 * [class@Weir.RequestStream], writes to the socket. Belongs to the thread of its worker.
 */
#define WEIR_TYPE_CONNECTION (weir_connection_get_type ())
G_DECLARE_FINAL_TYPE (WeirConnection, weir_connection, WEIR, CONNECTION, GIOStream)

typedef void (*WeirConnectionFunc) (WeirConnection *connection,
                                    gpointer        user_data);

WeirConnection    *weir_connection_new          (GSocketConnection   *base,
                                                 WeirRequestRules    *rules,
                                                 WeirDoorTotals      *totals,
                                                 WeirConnectionFunc   closed,
                                                 gpointer             user_data);
GSocketAddress    *weir_connection_get_address  (WeirConnection      *self);
WeirConnection    *weir_connection_from_address (GSocketAddress      *address);
gboolean           weir_connection_is_local     (WeirConnection      *self);
gboolean           weir_connection_is_closed    (WeirConnection      *self);
WeirRequestStream *weir_connection_get_requests (WeirConnection      *self);
GSocket           *weir_connection_get_socket   (WeirConnection      *self);
GList             *weir_connection_get_link     (WeirConnection      *self);
GSocketConnection *weir_connection_steal_base   (WeirConnection      *self);

G_END_DECLS
