/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WeirRanking:
 *
 * A short table of names with a few numbers and the course of each. Its rows change in place; they
 * are in the order in which they were told until a heading is pressed.
 */
#define WEIR_TYPE_RANKING (weir_ranking_get_type ())
G_DECLARE_FINAL_TYPE (WeirRanking, weir_ranking, WEIR, RANKING, GtkWidget)

#define WEIR_RANKING_MAX_COLUMNS 4

/**
 * WeirRankingRow:
 * @name: what the row is about
 * @color: its colour, or G_MAXUINT for none
 * @cells: texts of the columns
 * @values: what they are sorted by; NAN for none
 * @course: (nullable) (array length=n_course): its course, oldest first
 * @n_course: how many numbers that is
 * @is_bad: whether it needs attention
 */
typedef struct {
  const char *name;
  guint color;
  const char *cells[WEIR_RANKING_MAX_COLUMNS];
  double values[WEIR_RANKING_MAX_COLUMNS];
  const double *course;
  guint n_course;
  gboolean is_bad;
} WeirRankingRow;

/* Signals:
 *  ::row-activated (const char *name)
 */
void  weir_ranking_set_columns (WeirRanking           *self,
                                const char            *name_title,
                                const char * const    *titles);
void  weir_ranking_set_rows    (WeirRanking           *self,
                                const WeirRankingRow  *rows,
                                guint                  n_rows);
void  weir_ranking_set_label   (WeirRanking           *self,
                                const char            *label);

G_END_DECLS
