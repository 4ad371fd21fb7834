/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirFleetOptions:
 *
 * What `weir-fleet` was told on its command line. Durations are microseconds.
 */
typedef struct {
  char *url;
  char *path;
  char *key;
  int n_devices;
  double rate;          /* events a second; 0 for as many as are taken */
  double seconds;       /* 0 until interrupted */
  gint64 backfill;
  int batch;
  int n_connections;
  int prebuild; /* requests made beforehand and sent round and round; 0 makes each one new */
  gint64 n_events;      /* stop after so many; 0 for no limit */
  gint64 seed;
} WeirFleetOptions;

/**
 * WeirFleet:
 *
 * Runs a world against a collector at a given rate and counts what becomes of its events.
 */
typedef struct _WeirFleet WeirFleet;

WeirFleet *weir_fleet_new   (const WeirFleetOptions  *options,
                             GError                 **error);
void       weir_fleet_run   (WeirFleet               *self);
void       weir_fleet_stop  (WeirFleet               *self);
char      *weir_fleet_report (WeirFleet              *self);
void       weir_fleet_free  (WeirFleet               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFleet, weir_fleet_free)

G_END_DECLS
