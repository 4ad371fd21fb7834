/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-page.h"

G_BEGIN_DECLS

/* Called when something has changed, with the person to show from now on, or NULL if that is the
 * one that is shown. */
typedef void (*WeirIdentityChangedFunc) (gpointer    user_data,
                                         const char *person);

void  weir_identity_set_voided  (WeirPage                 *page,
                                 gint64                    edge,
                                 gboolean                  voided,
                                 WeirIdentityChangedFunc   changed,
                                 gpointer                  user_data);
void  weir_identity_merge       (WeirPage                 *page,
                                 const char               *person,
                                 const char               *with,
                                 const char               *with_name,
                                 WeirIdentityChangedFunc   changed,
                                 gpointer                  user_data);

G_END_DECLS
