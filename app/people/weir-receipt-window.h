/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirReceiptWindow:
 *
 * What was deleted with a person: counts before and after, to copy or to save.
 */
#define WEIR_TYPE_RECEIPT_WINDOW (weir_receipt_window_get_type ())
G_DECLARE_FINAL_TYPE (WeirReceiptWindow, weir_receipt_window, WEIR, RECEIPT_WINDOW, AdwWindow)

WeirReceiptWindow  *weir_receipt_window_new (GtkWindow   *parent,
                                             const char  *name,
                                             JsonObject  *receipt);

G_END_DECLS
