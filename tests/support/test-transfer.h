/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "test-collector.h"

G_BEGIN_DECLS

/**
 * TestTransfer:
 *
 * A collector, a folder for files, and `weir-collector import` and `export` as processes.
 */
typedef struct {
  TestCollector *collector;
  char *dir;
  char *out;    /* of the last run */
  char *err;
} TestTransfer;

void          test_transfer_set_up    (TestTransfer  *self,
                                       gconstpointer  options);
void          test_transfer_tear_down (TestTransfer  *self,
                                       gconstpointer  options);
char         *test_transfer_dup_path  (TestTransfer  *self,
                                       const char    *name);
void          test_transfer_write     (TestTransfer  *self,
                                       const char    *name,
                                       const char    *text,
                                       gssize         length);
char         *test_transfer_read      (TestTransfer  *self,
                                       const char    *name);
/* Arguments end with NULL; `@NAME` stands for that file of the folder, `@` for the collector's URL. */
int           test_transfer_run       (TestTransfer  *self,
                                       const char    *verb,
                                       ...) G_GNUC_NULL_TERMINATED;
GSubprocess  *test_transfer_spawn     (TestTransfer  *self,
                                       const char    *verb,
                                       ...) G_GNUC_NULL_TERMINATED;
/* Until the store has what was accepted. */
void          test_transfer_settle    (TestCollector *collector);
/* The only column of the only row that a query of the collector's file has. */
char         *test_transfer_ask       (TestCollector *collector,
                                       const char    *sql);

G_END_DECLS
