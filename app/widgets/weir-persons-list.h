/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirPersonsList:
 *
 * The persons behind a number: asks a question that answers with persons, page after page as the
 * reader scrolls, says how many there are, and saves them as CSV. Activating one opens their
 * profile (`win.show-person`).
 */
#define WEIR_TYPE_PERSONS_LIST (weir_persons_list_get_type ())
G_DECLARE_FINAL_TYPE (WeirPersonsList, weir_persons_list, WEIR, PERSONS_LIST, GtkWidget)

/* Signals:
 *  ::selected (const char *person, const char *name)   the reader moved to a person; its id
 *  ::picked                          the reader activated a person, in a list that picks
 *  ::counted (guint64 total)         how many there are
 *  ::failed (const char *message)    something to tell the reader
 */
WeirPersonsList  *weir_persons_list_new          (void);
void              weir_persons_list_set_session  (WeirPersonsList  *self,
                                                  WeirSession      *session);
void              weir_persons_list_set_picks    (WeirPersonsList  *self,
                                                  gboolean          picks);
void              weir_persons_list_set_member   (WeirPersonsList  *self,
                                                  const char       *member);
void              weir_persons_list_ask          (WeirPersonsList  *self,
                                                  JsonObject       *question);
guint             weir_persons_list_get_n_shown  (WeirPersonsList  *self);

G_END_DECLS
