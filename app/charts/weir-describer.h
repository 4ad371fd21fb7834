/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirDescriber:
 *
 * Says what a picture shows to those who do not see it, but not so often that it talks over
 * everything else.
 */
typedef struct _WeirDescriber WeirDescriber;

/**
 * WeirDescribe:
 * @picture: a picture
 *
 * Returns: (transfer full): what it shows
 */
typedef char * (*WeirDescribe) (GtkWidget *picture);

WeirDescriber *weir_describer_new    (GtkWidget      *picture,
                                      WeirDescribe    describe);
void           weir_describer_free   (WeirDescriber  *self);
void           weir_describer_update (WeirDescriber  *self,
                                      gboolean        now);

G_END_DECLS
