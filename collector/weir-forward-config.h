/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-filter.h"
#include "weir-forward-policy.h"

G_BEGIN_DECLS

typedef enum {
  WEIR_FORWARD_JSON_ARRAY,
  WEIR_FORWARD_NDJSON,
  WEIR_FORWARD_POWERBI,
  WEIR_FORWARD_CLICKHOUSE,
} WeirForwardFormat;

/**
 * WeirForwardConfig:
 * @name: its name, also that of its dead letters
 * @url: where it posts; may hold a secret
 * @filter: (nullable): which events; all when %NULL
 * @batch: most events of a request
 * @batch_bytes: most bytes of their records
 * @interval: how long events wait for others, in microseconds
 * @timeout: how long a request may take, in microseconds
 * @headers: names and values in turn; may hold secrets
 * @rate: what the destination takes
 *
 * A group `[forwarder NAME]`. Read-only once made.
 */
typedef struct {
  char *name;
  char *url;
  WeirForwardFormat format;
  WeirFilter *filter;
  guint batch;
  guint64 batch_bytes;
  gint64 interval;
  gint64 timeout;
  char **headers;
  WeirForwardRate rate;
} WeirForwardConfig;

WeirForwardConfig *weir_forward_config_new  (GKeyFile           *file,
                                             const char         *group,
                                             const char         *directory,
                                             const char        **key,
                                             GError            **error);
void               weir_forward_config_free (WeirForwardConfig  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirForwardConfig, weir_forward_config_free)

G_END_DECLS
