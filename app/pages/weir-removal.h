/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirRestoration:
 * @method: of a request
 * @path: of it
 * @json: (nullable): its body; %NULL for what the collector answered to the removal
 *
 * What brings something back that was removed.
 */
typedef struct {
  const char *method;
  const char *path;
  const char *json;
} WeirRestoration;

/**
 * WeirRemovedFunc:
 * @owner: who shows what there is
 *
 * Something is gone, or there again.
 */
typedef void (*WeirRemovedFunc) (gpointer owner);

void  weir_removal_start (WeirPage              *page,
                          const char            *path,
                          const WeirRestoration *back,
                          const char            *text,
                          WeirRemovedFunc        changed,
                          gpointer               owner);

G_END_DECLS
