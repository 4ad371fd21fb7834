/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-application.h"

G_BEGIN_DECLS

GSettings  *weir_application_get_settings  (WeirApplication  *self);
void        weir_application_add_actions   (WeirApplication  *self);

G_END_DECLS
