/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-receiver.h"

#include <string.h>
#include <sys/socket.h>

struct _TestReceiver {
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  char *url;

  GMutex mutex;
  GQueue staged;         /* of char* */
  char *poison;
  char *poison_answer;
  GPtrArray *requests;   /* of TestRequest */
  GPtrArray *threads;    /* of GThread: one a connection */
};

typedef struct {
  TestReceiver *receiver;
  GSocketConnection *connection;
} Connection;

static void
request_free (gpointer data)
{
  TestRequest *request = data;

  g_free (request->head);
  g_free (request->body);
  g_free (request->batch_id);
  g_free (request);
}

static char *
dup_header (const char *head,
            const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strcasestr (head, pattern);

  if (at == NULL)
    return NULL;
  at += strlen (pattern);
  return g_strndup (at, strcspn (at, "\r"));
}

/* Returns NULL when the client has closed. */
static TestRequest *
read_request (TestReceiver *self,
              GInputStream *input)
{
  g_autoptr(GString) head = g_string_new (NULL);
  g_autofree char *length = NULL;
  TestRequest *request;
  gsize size, n_read;
  char byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (g_input_stream_read (input, &byte, 1, self->cancellable, NULL) != 1)
        return NULL;
      g_string_append_c (head, byte);
    }
  length = dup_header (head->str, "Content-Length");
  g_assert_nonnull (length);   /* a body that is cut is no shorter body then */
  size = g_ascii_strtoull (length, NULL, 10);
  request = g_new0 (TestRequest, 1);
  request->body = g_malloc0 (size + 1);
  if (!g_input_stream_read_all (input, request->body, size, &n_read, self->cancellable, NULL) ||
      n_read != size)
    {
      request_free (request);
      return NULL;
    }
  request->head = g_strdup (head->str);
  request->batch_id = dup_header (head->str, "Weir-Batch-Id");
  return request;
}

static char *
choose_answer (TestReceiver *self,
               TestRequest  *request)
{
  char *answer;

  g_mutex_lock (&self->mutex);
  answer = g_queue_pop_head (&self->staged);
  if (answer == NULL && self->poison != NULL && strstr (request->body, self->poison) != NULL)
    answer = g_strdup (self->poison_answer);
  if (answer == NULL)
    answer = g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
  request->is_taken = g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n") ||
                      g_str_equal (answer, "!kill");
  g_ptr_array_add (self->requests, request);
  g_mutex_unlock (&self->mutex);
  return answer;
}

static gpointer
connection_thread (gpointer data)
{
  g_autofree Connection *connection = data;
  TestReceiver *self = connection->receiver;
  GIOStream *stream = G_IO_STREAM (connection->connection);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  TestRequest *request;

  while ((request = read_request (self, input)) != NULL)
    {
      g_autofree char *answer = choose_answer (self, request);
      char byte;

      if (g_str_equal (answer, "!hang") || g_str_equal (answer, "!kill"))
        (void) !g_input_stream_read (input, &byte, 1, self->cancellable, NULL);
      if (*answer == '!' ||
          !g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer, strlen (answer), NULL,
                                      self->cancellable, NULL) ||
          strstr (answer, "Connection: close") != NULL)
        break;
    }
  g_io_stream_close (stream, NULL, NULL);
  g_object_unref (stream);
  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  TestReceiver *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL)) != NULL)
    {
      Connection *taken = g_new0 (Connection, 1);

      taken->receiver = self;
      taken->connection = connection;
      g_ptr_array_add (self->threads, g_thread_new ("receiver", connection_thread, taken));
    }
  return NULL;
}

TestReceiver *
test_receiver_new (void)
{
  TestReceiver *self = g_new0 (TestReceiver, 1);
  g_autoptr(GError) error = NULL;
  guint16 port;

  g_mutex_init (&self->mutex);
  g_queue_init (&self->staged);
  self->requests = g_ptr_array_new_with_free_func (request_free);
  self->threads = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (self->listener, NULL, &error);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("http://127.0.0.1:%u/rows", port);
  self->thread = g_thread_new ("receiver", accept_thread, self);
  return self;
}

void
test_receiver_free (TestReceiver *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_ptr_array_unref (self->threads);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_queue_clear_full (&self->staged, g_free);
  g_ptr_array_unref (self->requests);
  g_free (self->poison);
  g_free (self->poison_answer);
  g_free (self->url);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const char *
test_receiver_get_url (TestReceiver *self)
{
  return self->url;
}

void
test_receiver_stage (TestReceiver *self,
                     const char   *answer)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->staged, g_strdup (answer));
  g_mutex_unlock (&self->mutex);
}

void
test_receiver_set_poison (TestReceiver *self,
                          const char   *text,
                          const char   *answer)
{
  g_mutex_lock (&self->mutex);
  g_free (self->poison);
  g_free (self->poison_answer);
  self->poison = g_strdup (text);
  self->poison_answer = g_strdup (answer);
  g_mutex_unlock (&self->mutex);
}

guint
test_receiver_count (TestReceiver *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = self->requests->len;
  g_mutex_unlock (&self->mutex);
  return count;
}

/* Counts events by their seq; those that came in a batch that was taken before are no repetition. */
guint
test_receiver_count_taken (TestReceiver *self,
                           guint        *n_repeated)
{
  g_autoptr(GHashTable) seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(GHashTable) batches = g_hash_table_new (g_str_hash, g_str_equal);

  *n_repeated = 0;
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->requests->len; i++)
    {
      const TestRequest *request = g_ptr_array_index (self->requests, i);

      if (!request->is_taken || !g_hash_table_add (batches, request->batch_id))
        continue;
      for (const char *at = request->body; (at = strstr (at, "{\"seq\":")) != NULL;)
        {
          gint64 *seq = g_new (gint64, 1);

          *seq = g_ascii_strtoll (at += strlen ("{\"seq\":"), NULL, 10);
          if (!g_hash_table_add (seqs, seq))
            (*n_repeated)++;
        }
    }
  g_mutex_unlock (&self->mutex);
  return g_hash_table_size (seqs);
}

/* Valid as long as the receiver. */
TestRequest *
test_receiver_get (TestReceiver *self,
                   guint         index)
{
  TestRequest *request;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (index, <, self->requests->len);
  request = g_ptr_array_index (self->requests, index);
  g_mutex_unlock (&self->mutex);
  return request;
}
