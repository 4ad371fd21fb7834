/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestReceiver:
 *
 * A destination of forwarders: an HTTP server on a real socket that takes requests and keeps what
 * came. The next requests are answered as it was told; all others with 200, or with 400 when the
 * body has the poisonous text in it. An answer is text that is sent as it is, or
 *
 *   !hang    nothing, until the client gives up
 *   !close   nothing, the connection is closed
 *   !kill    what was read is kept, and no answer ever comes
 */
typedef struct _TestReceiver TestReceiver;

typedef struct {
  char *head;
  char *body;
  char *batch_id;
  gboolean is_taken;   /* it was answered with 200 */
} TestRequest;

TestReceiver *test_receiver_new          (void);
void          test_receiver_free         (TestReceiver *self);
const char   *test_receiver_get_url      (TestReceiver *self);
void          test_receiver_stage        (TestReceiver *self,
                                          const char   *answer);
void          test_receiver_set_poison   (TestReceiver *self,
                                          const char   *text,
                                          const char   *answer);
guint         test_receiver_count        (TestReceiver *self);
guint         test_receiver_count_taken  (TestReceiver *self,
                                          guint        *n_repeated);
TestRequest  *test_receiver_get          (TestReceiver *self,
                                          guint         index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestReceiver, test_receiver_free)

G_END_DECLS
