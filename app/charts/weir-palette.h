/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

#define WEIR_PALETTE_N_COLORS 8
/* What is none of the eight: “others”, and names without a colour. */
#define WEIR_PALETTE_NEUTRAL  WEIR_PALETTE_N_COLORS

/**
 * WeirPalette:
 *
 * Remembers which colour each event type has, so that it has the same one everywhere. Colours are
 * given out to those who claim them; there are eight, safe for colour-blind readers.
 */
#define WEIR_TYPE_PALETTE (weir_palette_get_type ())
G_DECLARE_FINAL_TYPE (WeirPalette, weir_palette, WEIR, PALETTE, GObject)

WeirPalette *weir_palette_get_default (void);
WeirPalette *weir_palette_new         (void);
void         weir_palette_claim       (WeirPalette         *self,
                                       const char * const  *names,
                                       guint                n_names);
guint        weir_palette_lookup      (WeirPalette         *self,
                                       const char          *name);
void         weir_palette_get_color   (guint                index,
                                       gboolean             dark,
                                       GdkRGBA             *color);

G_END_DECLS
