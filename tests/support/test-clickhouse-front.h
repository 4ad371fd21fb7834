/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The engine of ClickHouse behind its HTTP interface, in a process of its own (clickhouse_front.py),
 * with tables in a folder that outlives it. */
typedef struct _TestClickhouseFront TestClickhouseFront;

/* NULL when the library is not there. */
TestClickhouseFront *test_clickhouse_front_new     (void);
void                 test_clickhouse_front_free    (TestClickhouseFront  *self);
const char          *test_clickhouse_front_get_url (TestClickhouseFront  *self);
void                 test_clickhouse_front_kill    (TestClickhouseFront  *self);
/* On the same port, with the same tables. */
void                 test_clickhouse_front_start   (TestClickhouseFront  *self);
/* Says what is to go wrong, see clickhouse_front.py. */
void                 test_clickhouse_front_wish    (TestClickhouseFront  *self,
                                                    const char           *json);
/* What a statement answers, without white space around it. */
char                *test_clickhouse_front_ask     (TestClickhouseFront  *self,
                                                    const char           *sql);

G_END_DECLS
