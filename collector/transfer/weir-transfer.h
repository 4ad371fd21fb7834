/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-error.h"

G_BEGIN_DECLS

/* How these programs end; as in sysexits.h where there is one. */
typedef enum {
  WEIR_TRANSFER_DONE = 0,
  WEIR_TRANSFER_REJECTED = 1,       /* all was read, some rows were not taken */
  WEIR_TRANSFER_USAGE = 64,
  WEIR_TRANSFER_BAD_DATA = 65,      /* with --strict: a row was not taken */
  WEIR_TRANSFER_NO_INPUT = 66,
  WEIR_TRANSFER_REFUSED = 69,       /* the collector does not want it */
  WEIR_TRANSFER_NO_OUTPUT = 73,
  WEIR_TRANSFER_GAVE_UP = 75,       /* it did not answer for too long; the same call goes on */
  WEIR_TRANSFER_NO_PERMISSION = 77,
  WEIR_TRANSFER_CONFIGURATION = 78,
  WEIR_TRANSFER_INTERRUPTED = 130,
} WeirTransferStatus;

int  weir_import_main  (int     argc,
                        char  **argv);
int  weir_export_main  (int     argc,
                        char  **argv);

G_END_DECLS
