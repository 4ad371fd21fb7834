/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-funnel.h"

G_BEGIN_DECLS

#define WEIR_TYPE_FUNNEL_PERSONS (weir_funnel_persons_get_type ())
G_DECLARE_FINAL_TYPE (WeirFunnelPersons, weir_funnel_persons, WEIR, FUNNEL_PERSONS, WeirFunnel)

G_END_DECLS
