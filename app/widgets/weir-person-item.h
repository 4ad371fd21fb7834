/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WeirPersonItem:
 *
 * A person in a list: read from an answer, and not changed.
 */
#define WEIR_TYPE_PERSON_ITEM (weir_person_item_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonItem, weir_person_item, WEIR, PERSON_ITEM, GObject)

WeirPersonItem  *weir_person_item_new         (JsonObject      *person);
const char      *weir_person_item_get_id      (WeirPersonItem  *self);
const char      *weir_person_item_get_label   (WeirPersonItem  *self);
const char      *weir_person_item_get_others  (WeirPersonItem  *self);
JsonObject      *weir_person_item_get_object  (WeirPersonItem  *self);
const char      *weir_person_choose_name      (JsonObject      *person);

G_END_DECLS
