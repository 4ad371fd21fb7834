/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirLedger:
 *
 * The counts that must sum, since the data directory was made:
 * received = accepted + duplicate + rejected, and accepted = stored + queued + dead_lettered.
 */
typedef struct {
  guint64 received;
  guint64 accepted;
  guint64 duplicate;
  guint64 rejected;
  guint64 stored;
  guint64 queued;
  guint64 dead_lettered;
} WeirLedger;

G_END_DECLS
