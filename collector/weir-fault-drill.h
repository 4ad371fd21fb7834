/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-error.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_FAULT_NONE,
  WEIR_FAULT_SLOW_STORE,
  WEIR_FAULT_STORE_DOWN,
  WEIR_FAULT_DISK_FULL,
  WEIR_FAULT_SLOW_JOURNAL,
} WeirFault;

#define WEIR_FAULT_MAX_SECONDS 300

/**
 * WeirFaultDrill:
 *
 * A fault that is had on purpose, to see what then happens. Ends by itself, one at a time. Any
 * thread may use it.
 */
typedef struct _WeirFaultDrill WeirFaultDrill;

WeirFaultDrill *weir_fault_drill_new         (void);
void            weir_fault_drill_free        (WeirFaultDrill   *self);
gboolean        weir_fault_drill_begin       (WeirFaultDrill   *self,
                                              const char       *name,
                                              guint             seconds,
                                              GError          **error);
void            weir_fault_drill_end         (WeirFaultDrill   *self);
gboolean        weir_fault_drill_has         (WeirFaultDrill   *self,
                                              WeirFault         fault);
gboolean        weir_fault_drill_spoils_commit (WeirFaultDrill *self,
                                              GError          **error);
void            weir_fault_drill_append_json (WeirFaultDrill   *self,
                                              GString          *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirFaultDrill, weir_fault_drill_free)

G_END_DECLS
