/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-calendar.h"
#include "weir-event-term.h"

G_BEGIN_DECLS

#define WEIR_TREND_MAX_SERIES  10
#define WEIR_TREND_MAX_BUCKETS 20000

/**
 * WeirMeasure:
 *
 * What a trend says about the events of a bucket. From sum on, it is about the numbers of a
 * property.
 */
typedef enum {
  WEIR_MEASURE_COUNT,
  WEIR_MEASURE_PERSONS,
  WEIR_MEASURE_SUM,
  WEIR_MEASURE_AVG,
  WEIR_MEASURE_MIN,
  WEIR_MEASURE_MAX,
  WEIR_MEASURE_P50,
  WEIR_MEASURE_P90,
  WEIR_MEASURE_P95,
  WEIR_MEASURE_P99,
} WeirMeasure;

/**
 * WeirTrendSeries:
 * @term: which events
 * @measure: what is said about them
 * @property: (nullable): whose numbers; %NULL when the measure needs none
 * @name: what the series is called
 *
 * One series of a trend.
 */
typedef struct {
  WeirEventTerm term;
  WeirMeasure measure;
  char *property;
  char *name;
} WeirTrendSeries;

/**
 * WeirTrendSpec:
 * @series: the series
 * @n_series: how many
 * @interval: what a bucket is
 * @week_start: first day of a week
 * @breakdown: (nullable): property by whose values each series is split
 *
 * What a question about trends asks for.
 */
typedef struct {
  WeirTrendSeries series[WEIR_TREND_MAX_SERIES];
  guint n_series;
  WeirPeriod interval;
  GDateWeekday week_start;
  char *breakdown;
} WeirTrendSpec;

#define WEIR_TYPE_TREND (weir_trend_get_type ())
G_DECLARE_FINAL_TYPE (WeirTrend, weir_trend, WEIR, TREND, WeirQuestion)

const WeirTrendSpec *weir_trend_get_spec          (WeirTrend    *self);
const char          *weir_measure_get_name        (WeirMeasure   measure);
gboolean             weir_trend_can_use_summary   (WeirTrend    *self,
                                                   guint         series,
                                                   const char  **source);

G_END_DECLS
