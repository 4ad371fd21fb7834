/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-exchange.h"

G_BEGIN_DECLS

#define WEIR_REPLAY_MAX 1000

gboolean  weir_letter_check_event  (WeirExchange  *exchange,
                                    const char    *json,
                                    GError       **error);
void      weir_letter_replay_one   (WeirExchange  *exchange,
                                    gint64         id);
void      weir_letter_replay_many  (WeirExchange  *exchange,
                                    GArray        *ids);

G_END_DECLS
