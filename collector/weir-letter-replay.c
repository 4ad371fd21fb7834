/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-letter-replay.h"

#include <string.h>

#include "weir-event-json.h"
#include "weir-exchange-json.h"
#include "weir-json-load.h"
#include "weir-sqlite-dead-letters.h"

/*
 * A letter that is sent again goes through the journal as any event does, gets a seq there, and is
 * stored behind what was accepted before. The journal's commit also says so (table `replayed`), so
 * that it changes its place exactly once: when the process ends before the store has forgotten the
 * letter, the next start makes up for it.
 */

typedef struct {
  WeirExchange *exchange;
  gboolean is_one;
  guint n_pending;
  guint64 n_left;
  GPtrArray *entries;    /* of WeirJournalEntry */
  GArray *done;          /* of gint64: letters that the journal has */
  GString *failed;
  GError *error;         /* the last */
} Replay;

typedef struct {
  GArray *ids;   /* NULL for all */
} Ask;

/* A letter that is on its way to where it was refused. */
typedef struct {
  Replay *replay;
  gint64 id;
} Forwarded;

static void
entry_free (gpointer data)
{
  WeirJournalEntry *entry = data;

  g_clear_pointer (&entry->batch, weir_event_batch_unref);
  g_clear_error (&entry->error);
  g_free (entry);
}

static void
replay_free (Replay *self)
{
  g_ptr_array_unref (self->entries);
  g_array_unref (self->done);
  g_string_free (self->failed, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_clear_pointer (&ask->ids, g_array_unref);
  g_free (ask);
}

static void
note_failed (Replay       *self,
             gint64        id,
             const GError *error)
{
  g_string_append_printf (self->failed, "%s{\"id\":%" G_GINT64_FORMAT ",\"message\":",
                          self->failed->len > 0 ? "," : "", id);
  weir_json_append_string (self->failed, error->message, -1);
  g_string_append_c (self->failed, '}');
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

/* Decodes one event as if it had been sent. */
static WeirEventBatch *
decode (WeirExchange  *exchange,
        const char    *json,
        GError       **error)
{
  WeirEventBuilder *builder = weir_http_worker_get_builder (exchange->worker);
  GArray *rejections = weir_http_worker_get_rejections (exchange->worker);
  WeirDecodeContext context = {
    .source = "local",
    .received = g_get_real_time (),
    .hash_seed = weir_journal_get_hash_seed (exchange->services->journal),
    .max_events = 1,
  };
  g_autoptr(WeirEventBatch) batch = NULL;
  gboolean is_decoded;
  guint n_read = 0;

  g_array_set_size (rejections, 0);
  is_decoded = weir_event_codec_decode (weir_http_worker_get_codec (exchange->worker), json,
                                        strlen (json), &context, builder, rejections, &n_read,
                                        error);
  batch = weir_event_builder_end (builder, 0);
  if (!is_decoded)
    return NULL;
  if (rejections->len > 0)
    {
      const WeirRejection *rejection = &g_array_index (rejections, WeirRejection, 0);

      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "%s: %s", rejection->code,
                   rejection->message);
      return NULL;
    }
  if (weir_event_batch_get_n_events (batch) != 1)
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "it is not one event");
      return NULL;
    }
  return g_steal_pointer (&batch);
}

/**
 * weir_letter_check_event:
 * @exchange: a request, in the thread of its worker
 * @json: an event; not trusted
 * @error: return location for an error
 *
 * Returns: whether it would be accepted; %WEIR_ERROR_INVALID_REQUEST says why not
 */
gboolean
weir_letter_check_event (WeirExchange  *exchange,
                         const char    *json,
                         GError       **error)
{
  g_autoptr(WeirEventBatch) batch = decode (exchange, json, error);

  return batch != NULL;
}

static const char *
get_text (JsonObject *letter,
          const char *member)
{
  return json_object_get_string_member_with_default (letter, member, "");
}

/* Whether it goes through the journal again; the others go to the destination that refused them. */
static gboolean
is_of_journal (JsonObject *letter)
{
  const char *sink = get_text (letter, "sink");

  return g_str_equal (sink, WEIR_SINK_STORE) || g_str_equal (sink, WEIR_SINK_JOURNAL);
}

/* One that nobody has edited goes as it was. */
static WeirEventBatch *
make_batch (Replay      *self,
            JsonObject  *letter,
            GError     **error)
{
  JsonNode *event = json_object_get_member (letter, "event");
  const char *sink = get_text (letter, "sink");
  g_autoptr(WeirEventBatch) batch = NULL;
  g_autofree guint8 *record = NULL;
  g_autofree char *json = NULL;
  gsize size = 0;

  if (!is_of_journal (letter) &&
      !weir_forwarders_has (self->exchange->services->forwarders, sink))
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                   "the sink “%s” is not there to take it", sink);
      return NULL;
    }
  if (event == NULL || !JSON_NODE_HOLDS_OBJECT (event))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                           "its event cannot be read; put one in its place first");
      return NULL;
    }
  if (json_object_has_member (letter, "raw"))
    {
      record = g_base64_decode (get_text (letter, "raw"), &size);
      batch = weir_event_batch_new_checked (record, size, NULL);
    }
  if (batch != NULL && weir_event_batch_get_n_events (batch) == 1)
    return g_steal_pointer (&batch);
  json = json_to_string (event, FALSE);
  return decode (self->exchange, json, error);
}

static void
finish (Replay *self)
{
  WeirExchange *exchange = self->exchange;
  GString *out;

  if (self->is_one)
    {
      if (self->error != NULL)
        weir_exchange_reply_error (exchange, self->error);
      else
        weir_exchange_reply (exchange, SOUP_STATUS_OK, WEIR_TYPE_JSON, "{\"replayed\":true}");
    }
  else
    {
      out = g_string_new ("{\"replayed\":true");
      g_string_append_printf (out, ",\"count\":%u,\"failed\":[%s],\"left\":%" G_GUINT64_FORMAT "}",
                              self->done->len, self->failed->str, self->n_left);
      weir_exchange_reply_json (exchange, SOUP_STATUS_OK, out);
    }
  replay_free (self);
}

/* Called in the store's thread. */
static GBytes *
forget_letters (WeirStore  *store,
                gpointer    data,
                GError    **error)
{
  const GArray *ids = data;

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(GError) local = NULL;

      if (!weir_store_set_dead_letter (store, g_array_index (ids, gint64, i),
                                       WEIR_DEAD_LETTER_REPLAYED, &local))
        g_debug ("%s", local->message);   /* gone already */
    }
  return g_bytes_new_static ("", 0);
}

/* The journal has them in any case, and will not take them twice. */
static void
forgotten_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Replay *self = user_data;
  g_autoptr(GBytes) answer =
    weir_store_sink_run_finish (self->exchange->services->sink, result, NULL);

  finish (self);
}

static void
forget_when_done (Replay *self)
{
  if (self->n_pending > 0)
    return;
  if (self->done->len == 0)
    finish (self);
  else
    weir_store_sink_run_async (self->exchange->services->sink, forget_letters,
                               g_array_ref (self->done), (GDestroyNotify) g_array_unref, NULL,
                               forgotten_cb, self);
}

static void
entry_done_cb (WeirJournalEntry *entry)
{
  Replay *self = entry->user_data;

  self->n_pending--;
  if (entry->error != NULL)
    note_failed (self, entry->letter, entry->error);
  else
    g_array_append_val (self->done, entry->letter);
  forget_when_done (self);
}

static void
forwarded_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree Forwarded *forwarded = user_data;
  Replay *self = forwarded->replay;
  g_autoptr(GError) error = NULL;

  self->n_pending--;
  if (weir_forwarders_send_again_finish (self->exchange->services->forwarders, result, &error))
    g_array_append_val (self->done, forwarded->id);
  else
    note_failed (self, forwarded->id, error);
  forget_when_done (self);
}

static void
forward (Replay         *self,
         JsonObject     *letter,
         gint64          id,
         WeirEventBatch *batch)
{
  Forwarded *forwarded = g_new0 (Forwarded, 1);

  forwarded->replay = self;
  forwarded->id = id;
  self->n_pending++;
  weir_forwarders_send_again_async (self->exchange->services->forwarders,
                                    get_text (letter, "sink"), batch, forwarded_cb, forwarded);
}

static void
push (Replay     *self,
      JsonObject *letter)
{
  gint64 id = json_object_get_int_member_with_default (letter, "id", 0);
  g_autoptr(GError) error = NULL;
  WeirEventBatch *batch = make_batch (self, letter, &error);
  WeirJournalEntry *entry;

  if (batch == NULL)
    {
      note_failed (self, id, error);
      return;
    }
  if (!is_of_journal (letter))
    {
      forward (self, letter, id, batch);
      weir_event_batch_unref (batch);
      return;
    }
  entry = g_new0 (WeirJournalEntry, 1);
  entry->batch = batch;
  entry->letter = id;
  entry->reply_queue = weir_http_worker_get_replies (self->exchange->worker);
  entry->done = entry_done_cb;
  entry->user_data = self;
  g_ptr_array_add (self->entries, entry);
  self->n_pending++;
  if (!weir_journal_push (self->exchange->services->journal, entry, &error))
    {
      self->n_pending--;
      note_failed (self, id, error);
    }
}

static void
push_all (Replay *self,
          GBytes *answer)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  gsize size;
  const char *json = g_bytes_get_data (answer, &size);
  JsonObject *object;
  JsonArray *letters;

  if (!weir_json_load (parser, json, (gssize) size))
    {
      self->error = g_error_new_literal (WEIR_ERROR, WEIR_ERROR_CORRUPT,
                                         "the dead letters cannot be read");
      return;
    }
  object = json_node_get_object (json_parser_get_root (parser));
  letters = json_object_get_array_member (object, "dead_letters");
  self->n_left = (guint64) json_object_get_int_member_with_default (object, "total", 0);
  self->n_left -= MIN (self->n_left, json_array_get_length (letters));
  self->n_pending++;   /* until all have been given away */
  for (guint i = 0; i < json_array_get_length (letters); i++)
    push (self, json_array_get_object_element (letters, i));
  self->n_pending--;
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Replay *self = user_data;
  g_autoptr(GBytes) answer =
    weir_reader_pool_ask_finish (self->exchange->services->readers, result, &self->error);

  if (answer == NULL)
    {
      weir_exchange_reply_error (self->exchange, self->error);
      replay_free (self);
      return;
    }
  push_all (self, answer);
  forget_when_done (self);
}

/* Answers in a reader's thread with the letters that are to be sent. */
static GBytes *
find_letters (WeirReader    *reader,
              gpointer       question,
              GCancellable  *cancellable,
              GError       **error)
{
  const Ask *ask = question;
  WeirDeadLettersAsk all = { .limit = WEIR_REPLAY_MAX };
  GString *out;
  gboolean is_first = TRUE;

  if (ask->ids == NULL)
    return weir_sqlite_dead_letters_list (reader, &all, cancellable, error);
  out = g_string_new ("{\"dead_letters\":[");
  for (guint i = 0; i < ask->ids->len; i++)
    {
      g_autoptr(GError) local = NULL;
      g_autoptr(GBytes) letter = weir_sqlite_dead_letters_get (
          reader, &g_array_index (ask->ids, gint64, i), cancellable, &local);

      if (letter == NULL && (ask->ids->len == 1 ||
                             !g_error_matches (local, WEIR_ERROR, WEIR_ERROR_NOT_FOUND)))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          g_string_free (out, TRUE);
          return NULL;
        }
      if (letter == NULL)
        continue;
      g_string_append (out, is_first ? "" : ",");
      g_string_append_len (out, g_bytes_get_data (letter, NULL),
                           (gssize) g_bytes_get_size (letter));
      is_first = FALSE;
    }
  g_string_append (out, "]}");
  return g_string_free_to_bytes (out);
}

static void
start (WeirExchange *exchange,
       GArray       *ids,
       gboolean      is_one)
{
  Replay *self = g_new0 (Replay, 1);
  Ask *ask = g_new0 (Ask, 1);

  self->exchange = exchange;
  self->is_one = is_one;
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->done = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->failed = g_string_new (NULL);
  ask->ids = ids;
  weir_exchange_hold (exchange);
  weir_reader_pool_ask_async (exchange->services->readers, find_letters, ask, ask_free, NULL,
                              found_cb, self);
}

/**
 * weir_letter_replay_one:
 * @exchange: (transfer full): a request, in the thread of its worker
 * @id: a dead letter
 *
 * Sends a letter again, and answers.
 */
void
weir_letter_replay_one (WeirExchange *exchange,
                        gint64        id)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof id);

  g_array_append_val (ids, id);
  start (exchange, ids, TRUE);
}

/**
 * weir_letter_replay_many:
 * @exchange: (transfer full): a request, in the thread of its worker
 * @ids: (nullable) (transfer full) (element-type gint64): dead letters, or %NULL for the newest
 *   thousand of all
 *
 * Sends letters again, and answers.
 */
void
weir_letter_replay_many (WeirExchange *exchange,
                         GArray       *ids)
{
  start (exchange, ids, FALSE);
}
