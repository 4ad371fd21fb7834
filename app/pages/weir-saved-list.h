/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "weir-page.h"

G_BEGIN_DECLS

/**
 * WeirSavedList:
 *
 * The saved questions of one kind: to open, rename, duplicate and delete them.
 */
#define WEIR_TYPE_SAVED_LIST (weir_saved_list_get_type ())
G_DECLARE_FINAL_TYPE (WeirSavedList, weir_saved_list, WEIR, SAVED_LIST, GtkBox)

typedef void (*WeirNameFunc) (gpointer    user_data,
                              const char *name);

/* Signals:
 *  ::opened (const char *name)                      the reader wants to see one
 *  ::renamed (const char *from, const char *to)     one is called something else
 *  ::deleted (const char *name)                     one is gone
 *  ::changed                                        the list is another one
 */
WeirSavedList  *weir_saved_list_new         (const char     *kind,
                                             const char     *title,
                                             const char     *empty);
void            weir_saved_list_set_page    (WeirSavedList  *self,
                                             WeirPage       *page);
void            weir_saved_list_refresh     (WeirSavedList  *self);
void            weir_saved_list_select      (WeirSavedList  *self,
                                             const char     *name);
JsonObject     *weir_saved_list_get         (WeirSavedList  *self,
                                             const char     *name);
guint           weir_saved_list_get_n       (WeirSavedList  *self);
void            weir_saved_list_save        (WeirSavedList  *self,
                                             const char     *name,
                                             JsonObject     *question);
char           *weir_saved_list_dup_free_name (WeirSavedList *self,
                                             const char     *name);
void            weir_saved_list_ask_name    (WeirSavedList  *self,
                                             const char     *heading,
                                             const char     *name,
                                             WeirNameFunc    done,
                                             gpointer        user_data);

G_END_DECLS
