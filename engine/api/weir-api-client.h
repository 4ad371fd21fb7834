/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WEIR_TYPE_API_CLIENT (weir_api_client_get_type ())
G_DECLARE_FINAL_TYPE (WeirApiClient, weir_api_client, WEIR, API_CLIENT, GObject)

/**
 * WeirApiClient:
 *
 * Asks a collector: one request, one answer. Belongs to the main context it was made on.
 * Answers that are not 2xx become a #GError in the domain WEIR_ERROR with the collector's message.
 */
WeirApiClient  *weir_api_client_new             (const char           *url,
                                                 const char           *token);
const char     *weir_api_client_get_url         (WeirApiClient        *self);
const char     *weir_api_client_get_token       (WeirApiClient        *self);
void            weir_api_client_get_async       (WeirApiClient        *self,
                                                 const char           *path,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void            weir_api_client_post_async      (WeirApiClient        *self,
                                                 const char           *path,
                                                 const char           *json,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void            weir_api_client_send_async      (WeirApiClient        *self,
                                                 const char           *method,
                                                 const char           *path,
                                                 const char           *json,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void            weir_api_client_request_async   (WeirApiClient        *self,
                                                 const char           *method,
                                                 const char           *path,
                                                 const char           *json,
                                                 const char           *accept,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void            weir_api_client_upload_async    (WeirApiClient         *self,
                                                 const char            *method,
                                                 const char            *path,
                                                 const char            *json,
                                                 GFileProgressCallback  progress,
                                                 gpointer               progress_data,
                                                 GCancellable          *cancellable,
                                                 GAsyncReadyCallback    callback,
                                                 gpointer               user_data);
GBytes         *weir_api_client_request_finish  (WeirApiClient        *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
