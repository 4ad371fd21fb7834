/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WeirGoToItem:
 *
 * Something to go to or to do: an action with its target, and what a reader calls it.
 */
#define WEIR_TYPE_GO_TO_ITEM (weir_go_to_item_get_type ())
G_DECLARE_FINAL_TYPE (WeirGoToItem, weir_go_to_item, WEIR, GO_TO_ITEM, GObject)

WeirGoToItem  *weir_go_to_item_new         (const char    *group,
                                            const char    *title,
                                            const char    *detail,
                                            const char    *action,
                                            GVariant      *target);
const char    *weir_go_to_item_get_group   (WeirGoToItem  *self);
const char    *weir_go_to_item_get_title   (WeirGoToItem  *self);
const char    *weir_go_to_item_get_detail  (WeirGoToItem  *self);
const char    *weir_go_to_item_get_action  (WeirGoToItem  *self);
GVariant      *weir_go_to_item_get_target  (WeirGoToItem  *self);
gboolean       weir_go_to_item_matches     (WeirGoToItem  *self,
                                            const char    *folded);

G_END_DECLS
