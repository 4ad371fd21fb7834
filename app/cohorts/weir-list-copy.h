/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-api-client.h"

G_BEGIN_DECLS

/* Gives a list of ids another name, or has it twice. */
void      weir_list_copy_async   (WeirApiClient        *client,
                                  const char           *from,
                                  const char           *to,
                                  gboolean              moves,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean  weir_list_copy_finish  (GAsyncResult         *result,
                                  GError              **error);

G_END_DECLS
