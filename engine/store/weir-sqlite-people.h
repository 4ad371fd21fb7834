/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "weir-people.h"

G_BEGIN_DECLS

/**
 * WeirSqlitePeople:
 *
 * The persons of a SQLite store. Belongs to one thread, as its connection does.
 */
#define WEIR_TYPE_SQLITE_PEOPLE (weir_sqlite_people_get_type ())
G_DECLARE_FINAL_TYPE (WeirSqlitePeople, weir_sqlite_people, WEIR, SQLITE_PEOPLE, WeirPeople)

WeirSqlitePeople *weir_sqlite_people_new     (sqlite3           *db);
void              weir_sqlite_people_detach  (WeirSqlitePeople  *self);
gboolean          weir_sqlite_people_refresh (WeirSqlitePeople  *self,
                                              GArray            *changes,
                                              GError           **error);

G_END_DECLS
