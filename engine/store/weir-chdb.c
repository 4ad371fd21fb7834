/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-chdb.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "weir-error.h"

/*
 * The library reads the data of an INSERT out of the text of the statement and loses its way in
 * what is not text, so rows go through a file that only exists in memory. The library runs one
 * statement after the other on its one connection; a question that takes long holds up the next.
 */

/* Of statements that say none; and how much may always be answered. */
#define FORMAT     "TabSeparated"
#define MIN_ANSWER (16 * 1024)

#define STREAM_IS_OVER "No active streaming query"

typedef void *ChdbConnection;
typedef struct ChdbResult ChdbResult;

/* The interface of the library, as its header has it. */
typedef struct {
  ChdbConnection *(*connect) (int argc, char **argv);
  void (*close) (ChdbConnection *connection);
  ChdbResult *(*query) (ChdbConnection  connection,
                        const char     *sql,
                        gsize           sql_length,
                        const char     *format,
                        gsize           format_length);
  ChdbResult *(*stream) (ChdbConnection  connection,
                         const char     *sql,
                         gsize           sql_length,
                         const char     *format,
                         gsize           format_length);
  ChdbResult *(*fetch) (ChdbConnection connection, ChdbResult *result);
  void (*cancel) (ChdbConnection connection, ChdbResult *result);
  const char *(*get_error) (ChdbResult *result);
  const char *(*get_buffer) (ChdbResult *result);
  gsize (*get_length) (ChdbResult *result);
  void (*destroy) (ChdbResult *result);
  void (*set_signal_handlers) (int enabled);
} ChdbInterface;

static const struct {
  const char *symbol;
  gsize offset;
  gboolean is_needed;
} symbols[] = {
  { "chdb_connect", G_STRUCT_OFFSET (ChdbInterface, connect), TRUE },
  { "chdb_close_conn", G_STRUCT_OFFSET (ChdbInterface, close), TRUE },
  { "chdb_query_n", G_STRUCT_OFFSET (ChdbInterface, query), TRUE },
  { "chdb_stream_query_n", G_STRUCT_OFFSET (ChdbInterface, stream), TRUE },
  { "chdb_stream_fetch_result", G_STRUCT_OFFSET (ChdbInterface, fetch), TRUE },
  { "chdb_stream_cancel_query", G_STRUCT_OFFSET (ChdbInterface, cancel), TRUE },
  { "chdb_result_error", G_STRUCT_OFFSET (ChdbInterface, get_error), TRUE },
  { "chdb_result_buffer", G_STRUCT_OFFSET (ChdbInterface, get_buffer), TRUE },
  { "chdb_result_length", G_STRUCT_OFFSET (ChdbInterface, get_length), TRUE },
  { "chdb_destroy_query_result", G_STRUCT_OFFSET (ChdbInterface, destroy), TRUE },
  { "chdb_set_signal_handlers_enabled", G_STRUCT_OFFSET (ChdbInterface, set_signal_handlers),
    FALSE },
};

struct _WeirChdb {
  int n_refs;              /* guarded by the lock of the one */
  char *library;
  char *folder;
  void *handle;
  ChdbInterface chdb;
  ChdbConnection *connection;
  GMutex mutex;
};

static GMutex the_one_mutex;
static WeirChdb *the_one;

static gboolean
load (WeirChdb  *self,
      GError   **error)
{
  self->handle = dlopen (self->library, RTLD_NOW | RTLD_LOCAL);
  if (self->handle == NULL)
    {
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                   "the library of ClickHouse cannot be loaded: %s", dlerror ());
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      gpointer found = dlsym (self->handle, symbols[i].symbol);

      if (found == NULL && symbols[i].is_needed)
        {
          g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                       "%s is no library of ClickHouse that is new enough: it has no %s",
                       self->library, symbols[i].symbol);
          return FALSE;
        }
      G_STRUCT_MEMBER (gpointer, &self->chdb, symbols[i].offset) = found;
    }
  return TRUE;
}

static gboolean
connect_once (WeirChdb  *self,
              GError   **error)
{
  g_autofree char *path = g_strconcat ("--path=", self->folder, NULL);
  char *arguments[] = { (char *) "weir", path, NULL };

  /* The program's own handlers stay. */
  if (self->chdb.set_signal_handlers != NULL)
    self->chdb.set_signal_handlers (FALSE);
  self->connection = self->chdb.connect (2, arguments);
  if (self->connection != NULL && *self->connection != NULL)
    return TRUE;
  self->connection = NULL;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
               "ClickHouse cannot be started in the folder %s", self->folder);
  return FALSE;
}

static void
chdb_free (WeirChdb *self)
{
  if (self->connection != NULL)
    self->chdb.close (self->connection);
  /* The library starts threads that it does not end, so it stays loaded. */
  g_free (self->library);
  g_free (self->folder);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_chdb_open:
 * @library: file of the library, or a name that the dynamic linker finds
 * @folder: where its tables are; made when it is not there
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): ClickHouse; the same when it is open already.
 *   %WEIR_ERROR_CONFIGURATION when it cannot be loaded or is open in another folder
 */
WeirChdb *
weir_chdb_open (const char  *library,
                const char  *folder,
                GError     **error)
{
  WeirChdb *self = NULL;

  g_mutex_lock (&the_one_mutex);
  if (the_one != NULL)
    {
      if (g_str_equal (the_one->folder, folder))
        {
          the_one->n_refs++;
          self = the_one;
        }
      else
        {
          g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                               "ClickHouse is open in another folder already");
        }
      g_mutex_unlock (&the_one_mutex);
      return self;
    }

  self = g_new0 (WeirChdb, 1);
  self->n_refs = 1;
  self->library = g_strdup (library);
  self->folder = g_strdup (folder);
  g_mutex_init (&self->mutex);
  if (load (self, error) && connect_once (self, error))
    the_one = self;
  else
    g_clear_pointer (&self, chdb_free);
  g_mutex_unlock (&the_one_mutex);

  return self;
}

/**
 * weir_chdb_unref:
 * @self: (transfer full): ClickHouse
 *
 * Closes it when nobody else has it open.
 */
void
weir_chdb_unref (WeirChdb *self)
{
  g_mutex_lock (&the_one_mutex);
  if (--self->n_refs == 0)
    {
      the_one = NULL;
      chdb_free (self);
    }
  g_mutex_unlock (&the_one_mutex);
}

/* The code that messages begin with, and the verdict that comes with it. */
static void
fail (WeirClickhouseReply *reply,
      const char          *message)
{
  g_auto(GStrv) lines = g_strsplit (message, "\n", 2);

  reply->code = weir_clickhouse_find_code (NULL, message, strlen (message));
  reply->verdict = reply->code != 0 ? weir_clickhouse_judge (500, reply->code)
                                    : WEIR_CLICKHOUSE_UNKNOWN;
  reply->message = g_utf8_make_valid (lines[0], -1);
}

/* Returns FALSE when the result is an error. */
static gboolean
check (WeirChdb            *self,
       ChdbResult          *result,
       WeirClickhouseReply *reply)
{
  const char *message = result != NULL ? self->chdb.get_error (result) : "no result";

  if (message == NULL)
    return TRUE;
  /* So it says that an answer is over whose last block came with the one before. */
  if (g_str_equal (message, STREAM_IS_OVER))
    return FALSE;
  if (reply->message == NULL)
    fail (reply, message);
  return FALSE;
}

/* A server gets settings beside the statement, a library as its end. Names and values are ours. */
static char *
dup_settings (const WeirClickhouseAsk *ask)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; ask->parameters != NULL && ask->parameters[i] != NULL; i += 2)
    {
      g_string_append (out, i == 0 ? " SETTINGS " : ", ");
      g_string_append_printf (out, "%s = '%s'", ask->parameters[i], ask->parameters[i + 1]);
    }
  return g_string_free (out, FALSE);
}

/* Gives away the blocks of an answer as they come. */
static void
run_stream (WeirChdb                *self,
            const WeirClickhouseAsk *ask,
            GCancellable            *cancellable,
            WeirClickhouseReply     *reply)
{
  g_autofree char *settings = dup_settings (ask);
  g_autofree char *sql = g_strconcat (ask->sql, settings, NULL);
  ChdbResult *result = self->chdb.stream (*self->connection, sql, strlen (sql), FORMAT,
                                          strlen (FORMAT));
  gboolean go_on = check (self, result, reply);

  while (go_on)
    {
      ChdbResult *block = self->chdb.fetch (*self->connection, result);
      gsize size = block != NULL && check (self, block, reply) ? self->chdb.get_length (block) : 0;

      go_on = size > 0;
      if (go_on && (g_cancellable_is_cancelled (cancellable) ||
                    !ask->take ((const guint8 *) self->chdb.get_buffer (block), size,
                                ask->take_data)))
        {
          self->chdb.cancel (*self->connection, result);
          fail (reply, "it was given up");
          go_on = FALSE;
        }
      if (block != NULL)
        self->chdb.destroy (block);
    }
  if (result != NULL)
    self->chdb.destroy (result);
}

static void
run_query (WeirChdb            *self,
           const char          *sql,
           gsize                max_answer,
           WeirClickhouseReply *reply)
{
  ChdbResult *result =
    self->chdb.query (*self->connection, sql, strlen (sql), FORMAT, strlen (FORMAT));

  if (check (self, result, reply))
    {
      gsize size = self->chdb.get_length (result);

      if (size > MAX (max_answer, MIN_ANSWER))
        fail (reply, "the answer is too long");
      else
        reply->body = g_bytes_new (self->chdb.get_buffer (result), size);
    }
  if (result != NULL)
    self->chdb.destroy (result);
}

/* Returns a file in memory with the rows, or -1. */
static int
open_rows (GBytes *rows)
{
  gsize size, done = 0;
  const char *data = g_bytes_get_data (rows, &size);
  int file = memfd_create ("weir-rows", MFD_CLOEXEC);

  while (file >= 0 && done < size)
    {
      gssize n = write (file, data + done, size - done);

      if (n <= 0)
        {
          close (file);
          return -1;
        }
      done += (gsize) n;
    }
  return file;
}

static void
run_insert (WeirChdb                *self,
            const WeirClickhouseAsk *ask,
            WeirClickhouseReply     *reply)
{
  const char *format = g_strrstr (ask->sql, " FORMAT ");
  g_autofree char *settings = dup_settings (ask);
  g_autofree char *sql = NULL;
  int file;

  g_return_if_fail (format != NULL && ask->structure != NULL);

  file = open_rows (ask->rows);

  if (file < 0)
    {
      fail (reply, "there is no memory for the rows");
      reply->verdict = WEIR_CLICKHOUSE_AGAIN;
      return;
    }
  sql = g_strdup_printf ("%.*s SELECT * FROM file('/proc/self/fd/%d', %s, '%s')%s",
                         (int) (format - ask->sql), ask->sql, file, format + strlen (" FORMAT "),
                         ask->structure, settings);
  run_query (self, sql, 0, reply);
  close (file);
}

/**
 * weir_chdb_ask:
 * @self: ClickHouse
 * @ask: what to ask
 * @cancellable: (nullable): to give up between two blocks of an answer
 * @reply: (out): what became of it; to be cleared
 *
 * Asks, and waits for the answer.
 */
void
weir_chdb_ask (WeirChdb                *self,
               const WeirClickhouseAsk *ask,
               GCancellable            *cancellable,
               WeirClickhouseReply     *reply)
{
  *reply = (WeirClickhouseReply) { .verdict = WEIR_CLICKHOUSE_DONE };
  g_mutex_lock (&self->mutex);
  if (ask->rows != NULL)
    run_insert (self, ask, reply);
  else if (ask->take != NULL)
    run_stream (self, ask, cancellable, reply);
  else
    {
      g_autofree char *settings = dup_settings (ask);
      g_autofree char *sql = g_strconcat (ask->sql, settings, NULL);

      run_query (self, sql, ask->max_answer, reply);
    }
  g_mutex_unlock (&self->mutex);
}
