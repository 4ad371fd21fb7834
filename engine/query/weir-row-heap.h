/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-condition.h"

G_BEGIN_DECLS

/**
 * WeirRowHeap:
 *
 * Rows that wait for their time: a binary heap, the earliest on top. An element is a
 * [struct@Weir.Row], or a greater struct that begins with one. Rows that come in the order of time,
 * as most do, cost constant time.
 */
typedef struct {
  GByteArray *bytes;
  guint element_size;
} WeirRowHeap;

void            weir_row_heap_init             (WeirRowHeap        *self,
                                                guint               element_size);
void            weir_row_heap_clear            (WeirRowHeap        *self);
void            weir_row_heap_push             (WeirRowHeap        *self,
                                                gconstpointer       element);
const WeirRow  *weir_row_heap_peek             (const WeirRowHeap  *self);
void            weir_row_heap_pop              (WeirRowHeap        *self);
guint           weir_row_heap_get_n_rows       (const WeirRowHeap  *self);
void            weir_row_heap_remove_identity  (WeirRowHeap        *self,
                                                guint32             identity);

G_END_DECLS
