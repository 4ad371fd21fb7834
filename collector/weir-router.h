/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

typedef void (*WeirRouteFunc) (WeirExchange *exchange);

typedef enum {
  WEIR_METHOD_GET    = 1 << 0,   /* and HEAD */
  WEIR_METHOD_POST   = 1 << 1,
  WEIR_METHOD_PUT    = 1 << 2,
  WEIR_METHOD_DELETE = 1 << 3,
} WeirMethods;

typedef enum {
  WEIR_ROUTE_OPEN,     /* anybody */
  WEIR_ROUTE_WRITE,    /* who is on this machine, or has a write key */
  WEIR_ROUTE_READ,     /* who has the read token */
  WEIR_ROUTE_STREAM,   /* the same; the token may be a parameter, for browsers */
} WeirRouteAccess;

/**
 * WeirRoute:
 * @path: the path; one that ends in a slash also takes what is below it
 * @methods: what may be done there
 * @access: by whom
 * @func: by what it is answered
 * @data: for @func
 *
 * One place of the wire contract.
 */
struct _WeirRoute {
  const char *path;
  WeirMethods methods;
  WeirRouteAccess access;
  WeirRouteFunc func;
  gconstpointer data;
};

/**
 * WeirRouter:
 *
 * Which path is answered by what. Immutable once made, may be used from any thread.
 */
WeirRouter *weir_router_new        (void);
void        weir_router_free       (WeirRouter        *self);
void        weir_router_add        (WeirRouter        *self,
                                    const WeirRoute   *routes,
                                    guint              n_routes);
void        weir_router_route      (WeirRouter        *self,
                                    WeirExchange      *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirRouter, weir_router_free)

G_END_DECLS
