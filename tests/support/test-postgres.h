/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestPostgres:
 *
 * A real PostgreSQL server in a folder of its own, which listens on a socket there and nowhere else.
 */
typedef struct _TestPostgres TestPostgres;

/* NULL when there is no server, or libgda cannot speak to it; then the test is to be skipped. */
TestPostgres *test_postgres_new     (void);
void          test_postgres_free    (TestPostgres *self);
void          test_postgres_run     (TestPostgres *self,
                                     const char   *sql);
/* As libgda wants it. */
char         *test_postgres_dup_url (TestPostgres *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestPostgres, test_postgres_free)

G_END_DECLS
