/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirQrCode:
 *
 * A text as a QR code, dark on light in every style, since readers expect that.
 */
#define WEIR_TYPE_QR_CODE (weir_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (WeirQrCode, weir_qr_code, WEIR, QR_CODE, GtkWidget)

void  weir_qr_code_set_text (WeirQrCode  *self,
                             const char  *text,
                             const char  *label);

G_END_DECLS
