/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestScriptServer:
 *
 * An HTTP server on a real socket that does exactly what it is told, also what a well-behaved
 * server library would never do. Each connection takes the next answer; an answer is a list of
 * pieces that are sent one by one. A piece that begins with “!” is done, not sent:
 *
 *   !pause   lets what was sent arrive by itself
 *   !reset   ends the connection with a TCP reset
 *   !hold    waits until the client closes
 *
 * At the end of the list the connection is closed.
 */
typedef struct _TestScriptServer TestScriptServer;

TestScriptServer *test_script_server_new          (void);
void              test_script_server_free         (TestScriptServer   *self);
const char       *test_script_server_get_url      (TestScriptServer   *self);
void              test_script_server_add          (TestScriptServer   *self,
                                                   const char         *first_piece,
                                                   ...) G_GNUC_NULL_TERMINATED;
char             *test_script_server_pop_request  (TestScriptServer   *self);
guint             test_script_server_get_n_open   (TestScriptServer   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestScriptServer, test_script_server_free)

/* Runs the default main context until @condition; a hang ends the test with an error. */
#define test_wait_until(condition)                                        \
  G_STMT_START {                                                          \
    guint _deadline = g_timeout_add_seconds (60, test_deadline_cb,        \
                                             (gpointer) G_STRLOC);        \
    while (!(condition))                                                  \
      {                                                                   \
        if (!g_main_context_iteration (NULL, FALSE))                      \
          g_usleep (500);                                                 \
      }                                                                   \
    g_source_remove (_deadline);                                          \
  } G_STMT_END

gboolean          test_deadline_cb                (gpointer            where);

G_END_DECLS
