/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "weir-connection.h"
#include "weir-http-worker.h"

G_BEGIN_DECLS

typedef struct _WeirRoute WeirRoute;

/**
 * WeirExchange:
 * @entry: its way through the journal; for ingest
 * @path: (transfer none): only while the handler runs
 * @query: (nullable) (transfer none): decoded parameters; only while the handler runs
 * @source: (nullable) (transfer none): the source that the write key names
 * @may_write: whether the client has shown that it may write
 * @cancellable: (nullable) (owned): see hold_watched()
 * @list: (nullable) (transfer none): see offer_table()
 * @data: (nullable) (owned): text that a handler keeps until it answers
 *
 * One request and the answer to it. Lives from the moment the request is complete until it is
 * answered, in the thread of its worker. Every handler ends with exactly one call of
 * reply(), reply_bytes(), reply_error() or steal(), at once or, after hold(), later.
 */
typedef struct {
  WeirJournalEntry entry;
  WeirHttpWorker *worker;
  WeirServices *services;
  SoupServerMessage *message;
  WeirConnection *connection;
  const WeirRoute *route;
  const char *path;
  GHashTable *query;
  const char *source;
  gboolean may_write;
  gboolean held;
  gboolean wants_csv;
  const char *list;
  const char *columns;
  gint64 began;
  GCancellable *cancellable;
  GSource *watch;
  gulong worker_ends;
  char *data;
} WeirExchange;

WeirExchange       *weir_exchange_new           (WeirHttpWorker      *worker,
                                                 WeirServices        *services,
                                                 SoupServerMessage   *message,
                                                 WeirConnection      *connection,
                                                 const char          *path,
                                                 GHashTable          *query);
const char         *weir_exchange_get_header    (WeirExchange        *self,
                                                 const char          *name);
const char         *weir_exchange_get_parameter (WeirExchange        *self,
                                                 const char          *name);
GBytes             *weir_exchange_dup_body      (WeirExchange        *self,
                                                 GError             **error);
gboolean            weir_exchange_prefers_csv   (WeirExchange        *self);
void                weir_exchange_offer_table   (WeirExchange        *self,
                                                 const char          *list,
                                                 const char          *columns);
void                weir_exchange_hold          (WeirExchange        *self);
GCancellable       *weir_exchange_hold_watched  (WeirExchange        *self);
void                weir_exchange_set_header    (WeirExchange        *self,
                                                 const char          *name,
                                                 const char          *value);
void                weir_exchange_reply         (WeirExchange        *self,
                                                 guint                status,
                                                 const char          *content_type,
                                                 const char          *static_body);
void                weir_exchange_reply_bytes   (WeirExchange        *self,
                                                 guint                status,
                                                 const char          *content_type,
                                                 GBytes              *body);
void                weir_exchange_reply_error   (WeirExchange        *self,
                                                 const GError        *error);
GSocketConnection  *weir_exchange_steal         (WeirExchange        *self,
                                                 char               **cors_headers);

#define WEIR_TYPE_JSON "application/json"
#define WEIR_TYPE_CSV  "text/csv"

G_END_DECLS
