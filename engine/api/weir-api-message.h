/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

SoupMessage  *weir_api_message_new              (const char   *method,
                                                 const char   *url,
                                                 const char   *path,
                                                 const char   *token,
                                                 GError      **error);
gint64        weir_api_message_get_retry_after  (SoupMessage  *message);
GError       *weir_api_message_new_error        (SoupMessage  *message,
                                                 const char   *body,
                                                 gsize         length);

G_END_DECLS
