/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "test-memory-store.h"
#include "weir-answer.h"

G_BEGIN_DECLS

/* Things that happen to a store at random while a live answer watches: events in any order of time,
 * some dated in the future, merges, splits, deletions, new properties, and time that goes by. What
 * happened is also written down plainly, for oracles to read. */

#define TEST_STORY_N_NAMES 3

typedef struct {
  gint64 time;
  guint32 identity;
  guint name;       /* a, b, c */
  double value;     /* a multiple of 1/4, or NAN */
  int plan;         /* 0 free, 1 pro, -1 none: a property of the event */
} TestStoryEvent;

typedef struct {
  TestMemoryStore *store;
  GTimeZone *zone;
  GArray *events;      /* TestStoryEvent */
  gint64 now;
  gint64 spread;       /* events are at most so long before now */
} TestStory;

TestStory  *test_story_new         (const char    *zone,
                                    gint64         now,
                                    gint64         spread);
void        test_story_free        (TestStory     *self);
/* Something happens; the answer (if any) is told, and made anew when it has to be. */
void        test_story_go_on       (TestStory     *self,
                                    WeirQuestion  *question,
                                    WeirAnswer   **answer);
guint32     test_story_get_person  (TestStory     *self,
                                    guint32        identity);
guint32     test_story_get_n       (TestStory     *self);
/* The answer, as JSON in braces; and that a fresh one and the CSV of both are the same. */
char       *test_story_check_fresh (TestStory     *self,
                                    WeirQuestion  *question,
                                    WeirAnswer    *answer);
/* A time's period as the wall names it: written with GDateTime alone. */
char       *test_story_get_label   (TestStory     *self,
                                    const char    *period,
                                    guint          week_start,
                                    gint64         time);
char       *test_story_format_time (gint64         time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStory, test_story_free)

G_END_DECLS
