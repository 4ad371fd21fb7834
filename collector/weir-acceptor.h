/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirAcceptor:
 *
 * Listens, accepts, and hands each connection to somebody else. Keeps the number of
 * connections under a cap, and survives running out of descriptors. Lives on the main context; the
 * count of connections may be read from any thread.
 */
typedef struct _WeirAcceptor WeirAcceptor;

/* Called on the main context; takes no reference it does not make. */
typedef void (*WeirAcceptFunc) (GSocketConnection *connection,
                                gpointer           user_data);

WeirAcceptor *weir_acceptor_new               (guint            max_connections,
                                               guint            max_per_address,
                                               WeirAcceptFunc   func,
                                               gpointer         user_data);
void          weir_acceptor_free              (WeirAcceptor    *self);
gboolean      weir_acceptor_listen            (WeirAcceptor    *self,
                                               const char      *address,
                                               GError         **error);
char        **weir_acceptor_dup_urls          (WeirAcceptor    *self);
void          weir_acceptor_start             (WeirAcceptor    *self);
void          weir_acceptor_stop              (WeirAcceptor    *self);
guint         weir_acceptor_get_n_connections (WeirAcceptor    *self);
guint64       weir_acceptor_get_n_accepted    (WeirAcceptor    *self);
guint64       weir_acceptor_get_n_refused     (WeirAcceptor    *self);

GSocketAddress *weir_acceptor_parse_address   (const char      *address,
                                               GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirAcceptor, weir_acceptor_free)

G_END_DECLS
