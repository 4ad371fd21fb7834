/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WEIR_TYPE_MARKS (weir_marks_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirMarks, weir_marks, WEIR, MARKS, GtkWidget)

/**
 * WeirMarksClass:
 * @snapshot_marks: draws the whole picture
 * @get_pinned: (nullable): how wide the names at the beginning and how high the heading is, which
 *   stay in sight when the picture is scrolled
 * @get_n_marks: how many marks there are; they are known by their number
 * @get_bounds: where a mark is; %FALSE when it is nowhere
 * @find: (nullable): which mark is at a place, or -1; unless given, the first whose bounds hold it
 * @move: (nullable): which mark is beside another, by columns and rows as they are seen; unless
 *   given, the next or the one before
 * @dup_readout: what a mark says, in lines
 * @dup_summary: the whole picture in a sentence, for those who do not see it
 *
 * A picture made of marks that can be pointed at and opened one by one: bars, cells. Keyboard and
 * pointer move one cursor over them.
 */
struct _WeirMarksClass {
  GtkWidgetClass parent_class;

  void     (*snapshot_marks) (WeirMarks *self, GtkSnapshot *snapshot, float width, float height);
  void     (*get_pinned)     (WeirMarks *self, graphene_size_t *size);
  guint    (*get_n_marks)    (WeirMarks *self);
  gboolean (*get_bounds)     (WeirMarks *self, guint mark, graphene_rect_t *bounds);
  int      (*find)           (WeirMarks *self, float x, float y);
  int      (*move)           (WeirMarks *self, guint mark, int columns, int rows);
  char *   (*dup_readout)    (WeirMarks *self, guint mark);
  char *   (*dup_summary)    (WeirMarks *self);
};

/* Signals:
 *  ::cursor-moved (int mark)    -1 for none
 *  ::activated (int mark)       the reader wants to know who is behind it
 */
void         weir_marks_set_title    (WeirMarks   *self,
                                      const char  *title);
const char  *weir_marks_get_title    (WeirMarks   *self);
int          weir_marks_get_cursor   (WeirMarks   *self);
void         weir_marks_set_cursor   (WeirMarks   *self,
                                      int          mark);
char        *weir_marks_dup_readout  (WeirMarks   *self,
                                      guint        mark);
char        *weir_marks_dup_summary  (WeirMarks   *self);
guint        weir_marks_get_n_marks  (WeirMarks   *self);
void         weir_marks_snapshot_all (WeirMarks   *self,
                                      GtkSnapshot *snapshot);

/* For subclasses. */
void         weir_marks_changed      (WeirMarks   *self);
gboolean     weir_marks_is_mirrored  (WeirMarks   *self);
void         weir_marks_get_visible  (WeirMarks        *self,
                                      graphene_rect_t  *area);

G_END_DECLS
