/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirSpark:
 *
 * A line the size of a word, without axes.
 */
#define WEIR_TYPE_SPARK (weir_spark_get_type ())
G_DECLARE_FINAL_TYPE (WeirSpark, weir_spark, WEIR, SPARK, GtkWidget)

GtkWidget *weir_spark_new       (void);
void       weir_spark_set_label (WeirSpark     *self,
                                 const char    *label);
void       weir_spark_set_color (WeirSpark     *self,
                                 guint          color);
void       weir_spark_set_values (WeirSpark    *self,
                                  const double *values,
                                  guint         n_values);

G_END_DECLS
