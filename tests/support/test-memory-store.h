/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-answer.h"

G_BEGIN_DECLS

/* The least a store can be: events in an array, who is who in a map. It answers questions by asking
 * every condition about every event, so that what an answer says about rows can be tested without
 * any other store, live and fresh. Belongs to one thread; a bad event ends the program. */
typedef struct _TestMemoryStore TestMemoryStore;

TestMemoryStore *test_memory_store_new            (void);
void             test_memory_store_free           (TestMemoryStore  *self);
WeirPeople      *test_memory_store_get_people     (TestMemoryStore  *self);

/* What happens. Those that change persons append a WeirPersonChange each to changes, if not NULL. */
void             test_memory_store_add            (TestMemoryStore  *self,
                                                   const char       *json);
guint            test_memory_store_get_n_events   (TestMemoryStore  *self);
guint32          test_memory_store_get_identity   (TestMemoryStore  *self,
                                                   const char       *distinct_id);
guint32          test_memory_store_get_person     (TestMemoryStore  *self,
                                                   const char       *distinct_id);
void             test_memory_store_merge          (TestMemoryStore  *self,
                                                   const char       *into,
                                                   const char       *other,
                                                   GArray           *changes);
void             test_memory_store_split          (TestMemoryStore  *self,
                                                   const char       *distinct_id,
                                                   GArray           *changes);
void             test_memory_store_delete         (TestMemoryStore  *self,
                                                   const char       *distinct_id,
                                                   GArray           *changes);
void             test_memory_store_set_properties (TestMemoryStore  *self,
                                                   const char       *distinct_id,
                                                   const char       *json,
                                                   GArray           *changes);
void             test_memory_store_save_cohort    (TestMemoryStore  *self,
                                                   const char       *name,
                                                   const char       *json);

/* Gives the rows of the events from number first on to the answer, in the order they were added. */
void             test_memory_store_feed           (TestMemoryStore  *self,
                                                   WeirAnswer       *answer,
                                                   guint             first);
/* A fresh answer that knows all rows, name by name and by time, as a real store gives them. */
WeirAnswer      *test_memory_store_ask            (TestMemoryStore  *self,
                                                   WeirQuestion     *question,
                                                   gint64            now,
                                                   GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestMemoryStore, test_memory_store_free)

G_END_DECLS
