/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-marks.h"

G_BEGIN_DECLS

/**
 * WeirBin:
 * @from: where it begins
 * @to: where it ends; INFINITY for a last one without an end
 * @count: how many are in it
 *
 * A bar of a histogram of durations, in seconds.
 */
typedef struct {
  double from;
  double to;
  guint64 count;
} WeirBin;

/**
 * WeirHistogram:
 *
 * How long something took how many people: a bar for each span of durations.
 */
#define WEIR_TYPE_HISTOGRAM (weir_histogram_get_type ())
G_DECLARE_FINAL_TYPE (WeirHistogram, weir_histogram, WEIR, HISTOGRAM, WeirMarks)

GtkWidget *weir_histogram_new      (void);
void       weir_histogram_set_bins (WeirHistogram  *self,
                                    const WeirBin  *bins,
                                    guint           n_bins);
char      *weir_bin_dup_label      (const WeirBin  *bin);
void       weir_histogram_get_bar  (const WeirBin  *bins,
                                    guint           n_bins,
                                    guint           bin,
                                    float           width,
                                    float           height,
                                    gboolean        mirrored,
                                    graphene_rect_t *bar);

G_END_DECLS
