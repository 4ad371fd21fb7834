/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-activity.h"
#include "weir-foreign-ids.h"
#include "weir-journal.h"
#include "weir-live-hub.h"
#include "weir-redis-address.h"

G_BEGIN_DECLS

/**
 * WeirRelay:
 *
 * Tells other collectors over a channel of Redis what this one stored, and takes in what they
 * stored, for streams, the activity and, where they share their tables, message ids. Never waits
 * for Redis, nor lets others wait.
 */
typedef struct _WeirRelay WeirRelay;

WeirRelay *weir_relay_new            (const WeirRedisAddress  *address,
                                      const char              *channel,
                                      const char              *instance,
                                      WeirActivity            *activity,
                                      WeirLiveHub             *hub);
void       weir_relay_set_ids        (WeirRelay               *self,
                                      WeirForeignIds          *ids,
                                      WeirDurability           durability);
void       weir_relay_free           (WeirRelay               *self);
void       weir_relay_start          (WeirRelay               *self);
void       weir_relay_stop           (WeirRelay               *self,
                                      gint64                   deadline);
void       weir_relay_set_group      (WeirRelay               *self,
                                      const char              *group);
void       weir_relay_forget         (WeirRelay               *self);
void       weir_relay_publish        (WeirRelay               *self,
                                      WeirEventBatch          *batch,
                                      const WeirPersonId      *persons);
void       weir_relay_append_status  (WeirRelay               *self,
                                      GString                 *out);
void       weir_relay_append_metrics (WeirRelay               *self,
                                      GString                 *out);

G_END_DECLS
