/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "weir-catalog.h"

G_BEGIN_DECLS

/**
 * WeirPropertyPicker:
 *
 * Picks a property, or none, of those the catalogue knows; they can be searched.
 */
#define WEIR_TYPE_PROPERTY_PICKER (weir_property_picker_get_type ())
G_DECLARE_FINAL_TYPE (WeirPropertyPicker, weir_property_picker, WEIR, PROPERTY_PICKER, GtkWidget)

/* Signals:
 *  ::picked   the reader picked another one
 */
WeirPropertyPicker  *weir_property_picker_new          (WeirCatalog         *catalog,
                                                        const char          *label,
                                                        const char          *none,
                                                        const char * const  *fixed);
void                 weir_property_picker_set_property (WeirPropertyPicker  *self,
                                                        const char          *property);
const char          *weir_property_picker_get_property (WeirPropertyPicker  *self);

G_END_DECLS
