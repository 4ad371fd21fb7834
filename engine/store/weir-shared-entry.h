/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event.h"

G_BEGIN_DECLS

/* The numbers are in the table `identity_log`. */
typedef enum {
  WEIR_SHARED_NEWS,      /* an event that says something new */
  WEIR_SHARED_MERGE,     /* somebody made two persons one */
  WEIR_SHARED_VOID,      /* somebody took an edge back */
  WEIR_SHARED_RESTORE,   /* somebody let it count again */
  WEIR_SHARED_DELETE,    /* somebody had a person deleted */
} WeirSharedKind;

#define WEIR_SHARED_N_KINDS (WEIR_SHARED_DELETE + 1)

/**
 * WeirSharedPlace:
 * @stamp: by the server's clock, microseconds since the epoch
 * @collector: (owned): name of the data directory that said it
 * @seq: its event's, or the last one before a command
 * @n: 0 for events; tells the commands of a collector apart
 *
 * Where something stands in the log that collectors share. Its members, in this order, are the
 * order of the log.
 */
typedef struct {
  gint64 stamp;
  char *collector;
  guint64 seq;
  guint64 n;
} WeirSharedPlace;

/**
 * WeirSharedEntry:
 * @place: where it stands
 * @kind: what it is
 * @edge: number of an edge, for commands on one
 * @person: (nullable): public id of the person that a command is about
 * @other: (nullable): and of the one that is to join it
 * @event: the event; of a command only its times are set. Its texts are the entry's
 *
 * One line of the log.
 */
typedef struct {
  WeirSharedPlace place;
  WeirSharedKind kind;
  gint64 edge;
  char *person;
  char *other;
  WeirEvent event;
  char *texts[WEIR_EVENT_N_TEXTS];
} WeirSharedEntry;

WeirSharedEntry *weir_shared_entry_new       (WeirSharedKind         kind);
WeirSharedEntry *weir_shared_entry_new_event (const WeirEvent       *event);
void             weir_shared_entry_free      (WeirSharedEntry       *self);
void             weir_shared_entry_set_text  (WeirSharedEntry       *self,
                                              WeirEventText          which,
                                              const char            *text,
                                              gsize                  length);
void             weir_shared_place_copy      (WeirSharedPlace       *self,
                                              const WeirSharedPlace *other);
void             weir_shared_place_clear     (WeirSharedPlace       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirSharedEntry, weir_shared_entry_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeirSharedPlace, weir_shared_place_clear)

G_END_DECLS
