/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WeirTimelineEntry:
 *
 * Identity in the upper half, seq relative to the start of the part in the lower: sorts as it
 * should.
 */
typedef guint64 WeirTimelineEntry;

static inline WeirTimelineEntry
weir_timeline_entry_new (guint32 identity,
                         guint32 offset)
{
  return (guint64) identity << 32 | offset;
}

static inline guint32
weir_timeline_entry_get_identity (WeirTimelineEntry self)
{
  return (guint32) (self >> 32);
}

static inline guint32
weir_timeline_entry_get_offset (WeirTimelineEntry self)
{
  return (guint32) self;
}

typedef void (*WeirTimelineFunc) (WeirTimelineEntry entry,
                                  gpointer          user_data);

void   weir_timeline_sort         (WeirTimelineEntry        *entries,
                                   guint                     n_entries);
guint  weir_timeline_block_write  (const WeirTimelineEntry  *entries,
                                   guint                     n_entries,
                                   GByteArray               *block);
void   weir_timeline_block_read   (const guint8             *data,
                                   gsize                     size,
                                   guint32                   first,
                                   guint32                   last,
                                   WeirTimelineFunc          func,
                                   gpointer                  user_data);

G_END_DECLS
