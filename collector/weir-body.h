/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"

G_BEGIN_DECLS

GBytes *weir_body_decode  (GBytes       *body,
                           const char   *encoding,
                           gsize         max_bytes,
                           GError      **error);

G_END_DECLS
