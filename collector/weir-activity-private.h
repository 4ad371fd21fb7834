/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-activity-table.h"

G_BEGIN_DECLS

struct _WeirActivity
{
  GMutex mutex;
  WeirActivityTable types;
  WeirActivityTable dependencies;
  WeirActivityTable sources;
  WeirActivitySeries *all;
  WeirSketch *scratch;        /* for the latencies of more than one slot */
  guint64 n_added;
};

#define WEIR_ACTIVITY_SLOT_US ((gint64) WEIR_ACTIVITY_SLOT_SECONDS * G_USEC_PER_SEC)

G_END_DECLS
