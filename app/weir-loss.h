/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirLoss:
 *
 * Whether the connection of a session is lost: from when it does not stand until it stands again,
 * also while it is tried.
 */
#define WEIR_TYPE_LOSS (weir_loss_get_type ())
G_DECLARE_FINAL_TYPE (WeirLoss, weir_loss, WEIR, LOSS, GObject)

/* Signals:
 *  ::changed   there may be something else to say
 */
WeirLoss  *weir_loss_new      (WeirSession  *session);
char      *weir_loss_dup_text (WeirLoss     *self);

G_END_DECLS
