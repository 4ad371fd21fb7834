/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-clickhouse-batch.h"
#include "weir-clickhouse-insert.h"
#include "weir-event-batch.h"

G_BEGIN_DECLS

/**
 * WeirClickhouseDrafter:
 *
 * Makes rows of events, whose they are having been found out before. One thread at a time makes a
 * draft, another may use those that are made.
 */
typedef struct _WeirClickhouseDrafter WeirClickhouseDrafter;

/**
 * WeirClickhouseLetter:
 * @batch: (owned): where the event is
 * @event: the event
 * @code: number of the exception
 * @message: (owned): the same for people
 *
 * An event that ClickHouse refuses for good.
 */
typedef struct {
  WeirEventBatch *batch;
  WeirEvent event;
  guint code;
  char *message;
} WeirClickhouseLetter;

/**
 * WeirClickhouseDraft:
 * @events: (element-type WeirEventBatch): what it was made of
 * @after: events up to this seq are not in it
 * @until: nor are those after this one
 * @batch: the rows
 * @seqs: (element-type guint64): of the event of each row
 * @n_present: how many events are stored already
 * @n_gone: how many are of persons who were deleted meanwhile
 * @letters: (element-type WeirClickhouseLetter): those that are refused for good
 * @last_deleted: the last deletion that it knows of
 *
 * What is to be inserted.
 */
typedef struct {
  GPtrArray *events;
  guint64 after;
  guint64 until;
  WeirClickhouseBatch *batch;
  GArray *seqs;
  guint64 n_present;
  guint64 n_gone;
  GPtrArray *letters;
  gint64 last_deleted;
} WeirClickhouseDraft;

WeirClickhouseDrafter *weir_clickhouse_drafter_new         (const char                  *people,
                                                            const char                  *instance);
void                   weir_clickhouse_drafter_free        (WeirClickhouseDrafter       *self);
gboolean               weir_clickhouse_drafter_open        (WeirClickhouseDrafter       *self,
                                                            GError                     **error);
void                   weir_clickhouse_drafter_set_present (WeirClickhouseDrafter       *self,
                                                            GHashTable                  *present);
void                   weir_clickhouse_drafter_set_refused (WeirClickhouseDrafter       *self,
                                                            GHashTable                  *refused);
WeirClickhouseDraft   *weir_clickhouse_drafter_make        (WeirClickhouseDrafter       *self,
                                                            GPtrArray                   *events,
                                                            guint64                      after,
                                                            guint64                      until);
gboolean               weir_clickhouse_drafter_find_gone   (WeirClickhouseDrafter       *self,
                                                            const WeirClickhouseDraft   *draft,
                                                            GString                     *numbers,
                                                            GError                     **error);
void                   weir_clickhouse_draft_add_refusals  (WeirClickhouseDraft         *self,
                                                            const GArray                *refusals);
void                   weir_clickhouse_draft_free          (WeirClickhouseDraft         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClickhouseDraft, weir_clickhouse_draft_free)

G_END_DECLS
