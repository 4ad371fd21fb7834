/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"
#include "weir-store.h"

G_BEGIN_DECLS

/**
 * WeirForwardLetters:
 *
 * The events of a batch that a destination refuses, on their way to the dead letters. Filled by one
 * thread, then kept by the store's.
 */
typedef struct _WeirForwardLetters WeirForwardLetters;

WeirForwardLetters *weir_forward_letters_new   (const char          *sink,
                                                const char          *instance);
WeirForwardLetters *weir_forward_letters_ref   (WeirForwardLetters  *self);
void                weir_forward_letters_unref (WeirForwardLetters  *self);
void                weir_forward_letters_add   (WeirForwardLetters  *self,
                                                const WeirEvent     *event,
                                                const guint8        *record,
                                                gsize                size,
                                                guint                status,
                                                const char          *reason);
guint               weir_forward_letters_get_n (WeirForwardLetters  *self);
GBytes             *weir_forward_letters_keep  (WeirStore           *store,
                                                gpointer             letters,
                                                GError             **error);

G_END_DECLS
