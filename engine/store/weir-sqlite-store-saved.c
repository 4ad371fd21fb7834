/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What people keep in the store beside events: cohorts, questions, dead letters. */

#include "config.h"

#include "weir-sqlite-cohorts.h"
#include "weir-sqlite-dead-letters.h"
#include "weir-sqlite-saved.h"
#include "weir-sqlite-store-private.h"

static sqlite3 *
get_db (WeirStore *store)
{
  return weir_sqlite_store_get_db (WEIR_SQLITE_STORE (store));
}

static gboolean
weir_sqlite_store_put_cohort (WeirStore              *store,
                              const WeirSavedCohort  *cohort,
                              GError                **error)
{
  return weir_sqlite_cohorts_put (get_db (store), cohort, g_get_real_time (), error);
}

static gboolean
weir_sqlite_store_remove_cohort (WeirStore   *store,
                                 const char  *name,
                                 GError     **error)
{
  return weir_sqlite_cohorts_remove (get_db (store), name, error);
}

static gboolean
weir_sqlite_store_put_question (WeirStore                *store,
                                const WeirSavedQuestion  *question,
                                GError                  **error)
{
  return weir_sqlite_saved_put (get_db (store), question, g_get_real_time (), error);
}

static gboolean
weir_sqlite_store_remove_question (WeirStore   *store,
                                   const char  *name,
                                   GError     **error)
{
  return weir_sqlite_saved_remove (get_db (store), name, error);
}

static gboolean
weir_sqlite_store_add_dead_letter (WeirStore             *store,
                                   const WeirDeadLetter  *letter,
                                   GError               **error)
{
  return weir_sqlite_dead_letters_add (get_db (store), letter, error);
}

static gboolean
weir_sqlite_store_edit_dead_letter (WeirStore   *store,
                                    gint64       id,
                                    const char  *event,
                                    GError     **error)
{
  return weir_sqlite_dead_letters_edit (get_db (store), id, event, error);
}

static gboolean
weir_sqlite_store_set_dead_letter (WeirStore           *store,
                                   gint64               id,
                                   WeirDeadLetterFate   fate,
                                   GError             **error)
{
  return weir_sqlite_dead_letters_set (get_db (store), id, fate, error);
}

/* Fills in the functions of the class that are here. */
void
weir_sqlite_store_install_saved (WeirStoreClass *store_class)
{
  store_class->put_cohort = weir_sqlite_store_put_cohort;
  store_class->remove_cohort = weir_sqlite_store_remove_cohort;
  store_class->put_question = weir_sqlite_store_put_question;
  store_class->remove_question = weir_sqlite_store_remove_question;
  store_class->add_dead_letter = weir_sqlite_store_add_dead_letter;
  store_class->edit_dead_letter = weir_sqlite_store_edit_dead_letter;
  store_class->set_dead_letter = weir_sqlite_store_set_dead_letter;
}
