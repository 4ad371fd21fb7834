/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-live-hub.h"
#include "weir-live-report.h"
#include "weir-live-ring.h"

G_BEGIN_DECLS

/**
 * WeirLiveFanout:
 *
 * The clients of the hub and the channels they listen to: who gets what. Belongs to the hub's
 * thread, and uses its main context; only the counts may be asked for by others.
 */
typedef struct _WeirLiveFanout WeirLiveFanout;

WeirLiveFanout *weir_live_fanout_new            (const WeirLiveHubOptions *options,
                                                 WeirLiveRing             *ring,
                                                 const char               *epoch,
                                                 WeirLiveReport           *report);
void            weir_live_fanout_close          (WeirLiveFanout           *self);
void            weir_live_fanout_free           (WeirLiveFanout           *self);
void            weir_live_fanout_add            (WeirLiveFanout           *self,
                                                 WeirSubscription         *subscription);
gboolean        weir_live_fanout_tick           (WeirLiveFanout           *self,
                                                 gboolean                 *is_behind);
void            weir_live_fanout_report         (WeirLiveFanout           *self);
void            weir_live_fanout_append_streams (WeirLiveFanout          *self,
                                                 GString                  *out);
GBytes         *weir_live_fanout_create_answer  (WeirLiveFanout           *self);
guint           weir_live_fanout_send_query     (WeirLiveFanout           *self,
                                                 const char               *id,
                                                 GBytes                   *message);
void            weir_live_fanout_send_notices  (WeirLiveFanout           *self,
                                                 GBytes                   *messages,
                                                 guint                     n,
                                                 guint                     n_missed);
void            weir_live_fanout_send_alert    (WeirLiveFanout           *self,
                                                 GBytes                   *message);
void            weir_live_fanout_keep_house     (WeirLiveFanout           *self);
void            weir_live_fanout_say_goodbye    (WeirLiveFanout           *self);
guint           weir_live_fanout_get_n_clients  (WeirLiveFanout           *self);
gboolean        weir_live_fanout_wants_notices (WeirLiveFanout           *self);
gboolean        weir_live_fanout_wants_events   (WeirLiveFanout           *self);

G_END_DECLS
