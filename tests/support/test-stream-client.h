/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-sse-parser.h"

G_BEGIN_DECLS

/**
 * TestStreamClient:
 * @head: the head of the answer, once it is there
 * @log: every message as `event|data|id>`
 * @n_messages: how many messages were read
 * @n_comments: how many comments: heartbeats
 * @is_closed: whether the other side has closed
 *
 * A client of an event stream on a real socket, which reads only when it is told to.
 */
typedef struct {
  int fd;
  GString *head;
  WeirSseParser *parser;
  GString *log;
  guint n_messages;
  guint n_comments;
  char last_byte;
  gboolean is_closed;
  GFunc func;               /* (nullable): called with a TestMessage for each message */
  gpointer user_data;
} TestStreamClient;

typedef struct {
  const char *event;
  const char *data;
  const char *id;
} TestMessage;

GSocketConnection *test_connection_new_pair        (int               *fd,
                                                    int                receive_buffer);
TestStreamClient  *test_stream_client_new          (int                fd);
void               test_stream_client_free         (TestStreamClient  *self);
gboolean           test_stream_client_read         (TestStreamClient  *self,
                                                    int                timeout_ms);
void               test_stream_client_read_until   (TestStreamClient  *self,
                                                    const char        *text);
void               test_stream_client_read_n       (TestStreamClient  *self,
                                                    guint              n_messages);
void               test_stream_client_read_to_end  (TestStreamClient  *self);
const char        *test_stream_client_get_id       (TestStreamClient  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStreamClient, test_stream_client_free)

G_END_DECLS
