/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestCollector:
 *
 * A real collector process with a data directory of its own, listening on a port it picked. The
 * program is the one that the environment variable WEIR_COLLECTOR names.
 */
typedef struct {
  GSubprocess *process;
  char *data_dir;
  char *url;
  char *unix_path;
  char *token;
  guint16 port;
  int pid;
} TestCollector;

/* One answer, as it was on the wire. @body is NUL-terminated. */
typedef struct {
  int status;
  char *head;
  char *body;
  gsize body_length;
} TestReply;

/* @options: (nullable): separated by spaces. `--listen 127.0.0.1:0` and `--data-dir` are added. */
TestCollector *test_collector_new           (const char     *options);
TestCollector *test_collector_new_in        (const char     *data_dir,
                                             char          **options,
                                             int             resource,
                                             guint64         limit);
/* From now on, collectors may say that something is badly wrong, without ending. */
void           test_collector_allow_criticals (void);
void           test_collector_stop          (TestCollector  *self);
void           test_collector_wait          (TestCollector  *self);
void           test_collector_kill          (TestCollector  *self);
void           test_collector_free          (TestCollector  *self);

/* Runs the program to its end. */
int            test_collector_run           (char          **options,
                                             char          **out,
                                             char          **err);

gboolean       test_collector_is_listening  (TestCollector  *self);
int            test_collector_connect       (TestCollector  *self);
TestReply     *test_collector_get           (TestCollector  *self,
                                             const char     *path);
TestReply     *test_collector_post          (TestCollector  *self,
                                             const char     *path,
                                             const char     *headers,
                                             gconstpointer   body,
                                             gssize          length);
/* With the read token; @body may be NULL. */
TestReply     *test_collector_request       (TestCollector  *self,
                                             const char     *method,
                                             const char     *path,
                                             const char     *body);
TestReply     *test_collector_ask           (TestCollector  *self,
                                             const char     *request,
                                             gssize          length);
double         test_collector_get_metric    (TestCollector  *self,
                                             const char     *name);
guint          test_collector_count_fds     (TestCollector  *self);

void           test_socket_send             (int             fd,
                                             gconstpointer   data,
                                             gssize          length);
TestReply     *test_socket_receive          (int             fd);
gboolean       test_socket_is_closed        (int             fd);

const char    *test_reply_get_header        (TestReply      *self,
                                             const char     *name);
void           test_reply_free              (TestReply      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestCollector, test_collector_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestReply, test_reply_free)

/* That an answer has a status, and a text in its body. */
#define test_assert_reply(reply, expected_status, text)                                        \
  G_STMT_START {                                                                               \
    g_assert_nonnull (reply);                                                                  \
    g_test_message ("%s in %d %s", text, (reply)->status, (reply)->body);                      \
    g_assert_cmpint ((reply)->status, ==, expected_status);                                    \
    g_assert_nonnull (strstr ((reply)->body, text));                                           \
  } G_STMT_END

/* Compares the status and the code of an error answer. */
#define test_assert_error(reply, expected_status, expected_code)                               \
  G_STMT_START {                                                                               \
    g_assert_nonnull (reply);                                                                  \
    g_test_message ("%d %s", (reply)->status, (reply)->body);                                  \
    g_assert_cmpint ((reply)->status, ==, expected_status);                                    \
    g_assert_nonnull (strstr ((reply)->body, "{\"error\":{\"code\":\"" expected_code "\","));  \
  } G_STMT_END

G_END_DECLS
