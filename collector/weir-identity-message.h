/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-store.h"

G_BEGIN_DECLS

/* The `identity` messages of the stream. */
GBytes *weir_identity_message_new  (GPtrArray  *notices);

G_END_DECLS
