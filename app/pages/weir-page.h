/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "weir-catalog.h"
#include "weir-scope.h"
#include "weir-session.h"

G_BEGIN_DECLS

#define WEIR_TYPE_PAGE (weir_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirPage, weir_page, WEIR, PAGE, GtkWidget)

/**
 * WeirPageClass:
 * @set_up: session, scope, catalog and settings are there from now on; called once
 * @poll: looks again, when the page is shown and every two seconds while it is; where it is %NULL,
 *   what is shown does not change by itself, or tells so itself
 * @refresh: what is shown holds no more, because the scope or the collector is another one; called
 *   while the page is shown, or when it is shown again
 * @save: what to come back to: which question is shown, which person; never large
 * @restore: comes back to what @save returned
 * @again: asks everything that is shown once more; where it is %NULL, @refresh does that
 * @begin: begins something new
 * @keep: keeps what the reader has put together, under a name
 * @duplicate: makes another one like what is shown
 * @discard: deletes what is shown, from which the reader can be brought back
 * @run: does what is written
 *
 * One of the pages of a window. A subclass has one child. It asks what it shows in @refresh. Where
 * there is nothing to do so with, @begin to @run are %NULL.
 */
struct _WeirPageClass {
  GtkWidgetClass parent_class;

  void       (*set_up)  (WeirPage *self);
  void       (*refresh) (WeirPage *self);
  void       (*poll)    (WeirPage *self);
  GVariant * (*save)    (WeirPage *self);
  void       (*restore) (WeirPage *self, GVariant *state);
  void       (*again)   (WeirPage *self);
  void       (*begin)   (WeirPage *self);
  void       (*keep)    (WeirPage *self);
  void       (*duplicate) (WeirPage *self);
  void       (*discard) (WeirPage *self);
  void       (*run)     (WeirPage *self);
};

typedef void (*WeirUndoFunc) (gpointer user_data);

/* Signals:
 *  ::toast (AdwToast *)   something to tell the reader
 *  ::trouble              what is wrong with what it shows is something else
 *  ::went                 the reader went somewhere else within the page: “back” comes back
 */
void          weir_page_attach        (WeirPage        *self,
                                       WeirSession     *session,
                                       WeirScope       *scope,
                                       WeirCatalog     *catalog,
                                       GSettings       *settings);
WeirSession  *weir_page_get_session   (WeirPage        *self);
WeirScope    *weir_page_get_scope     (WeirPage        *self);
WeirCatalog  *weir_page_get_catalog   (WeirPage        *self);
GSettings    *weir_page_get_settings  (WeirPage        *self);
gboolean      weir_page_is_offline    (WeirPage        *self);
void          weir_page_queue_refresh (WeirPage        *self);
void          weir_page_ask_again     (WeirPage        *self);
void          weir_page_set_trouble   (WeirPage        *self,
                                       gconstpointer    part,
                                       const GError    *error);
char         *weir_page_dup_trouble   (WeirPage        *self);
void          weir_page_went          (WeirPage        *self);
GVariant     *weir_page_save          (WeirPage        *self);
void          weir_page_restore       (WeirPage        *self,
                                       GVariant        *state);
void          weir_page_notice        (WeirPage        *self,
                                       const char      *text);
void          weir_page_notice_error  (WeirPage        *self,
                                       const GError    *error);
void          weir_page_offer_undo    (WeirPage        *self,
                                       const char      *text,
                                       WeirUndoFunc     undo,
                                       gpointer         user_data,
                                       GDestroyNotify   destroy);

G_END_DECLS
