/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-request-stream.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>

#define FIRST_BUFFER_BYTES 4096

/* How long a client may take, in microseconds, and how slow its body may come. */
#define IDLE_LIMIT         (30 * G_USEC_PER_SEC)
#define HEAD_LIMIT         (10 * G_USEC_PER_SEC)
#define BODY_GRACE         (10 * G_USEC_PER_SEC)
#define BODY_BYTES_PER_SEC 1024
#define LINGER_LIMIT       (2 * G_USEC_PER_SEC)
#define LINGER_MAX_BYTES   (1024 * 1024)

typedef enum {
  STATE_HEAD,      /* waiting for a head, or in the middle of one */
  STATE_PASSING,   /* a checked request is handed through */
  STATE_PASSED,    /* all of it was; the answer is awaited */
  STATE_REFUSED,   /* answered by ourselves; what still comes is thrown away */
  STATE_ENDED,     /* nothing more will be handed through */
} State;

struct _WeirRequestStream {
  GInputStream parent_instance;

  GSocket *socket;
  WeirRequestRules *rules;
  WeirDoorTotals *totals;

  char *buffer;
  gsize capacity;
  gsize start;      /* of what is buffered and not handed through */
  gsize end;

  State state;
  WeirRequestHead head;
  guint64 left;     /* bytes of this request still to hand through */
  gsize charged;    /* bytes taken from the budget */
  gint64 since;     /* when the state began; for a head, when its first byte came */
  gboolean waiting; /* the last read found too little */
  gboolean draining;
  gboolean unseen;  /* the library has seen nothing of this request */
  gsize discarded;
};

static void weir_request_stream_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeirRequestStream, weir_request_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      weir_request_stream_pollable_init))

static gboolean
charge_budget (WeirRequestStream *self,
               gsize              bytes)
{
  gsize before;

  if (bytes == 0)
    return TRUE;
  before = (gsize) g_atomic_pointer_add (&self->totals->body_bytes, (gssize) bytes);
  self->charged = bytes;
  return before + bytes <= self->totals->max_body_bytes;
}

static void
return_budget (WeirRequestStream *self)
{
  if (self->charged > 0)
    g_atomic_pointer_add (&self->totals->body_bytes, -(gssize) self->charged);
  self->charged = 0;
}

static void
begin_state (WeirRequestStream *self,
             State              state)
{
  self->state = state;
  self->since = g_get_monotonic_time ();
  self->waiting = FALSE;
}

/* The library wants the next request: the answer to the last one is out. */
static void
begin_request (WeirRequestStream *self)
{
  return_budget (self);
  self->head = (WeirRequestHead) { 0 };
  self->unseen = TRUE;
  begin_state (self, STATE_HEAD);
}

/* Closing at once would lose the answer: the kernel resets a connection that still has unread
 * bytes. So only the sending side is closed, and the rest is read and thrown away for a while.
 */
static void
refuse (WeirRequestStream *self,
        const GError      *refusal)
{
  g_autofree char *json = weir_error_to_json (refusal);
  g_autofree char *answer = NULL;
  guint status = weir_error_get_status (refusal);
  int fd = g_socket_get_fd (self->socket);

  answer = g_strdup_printf ("HTTP/1.1 %u %s\r\n"
                            "Content-Type: application/json\r\n"
                            "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                            "%s"
                            "Connection: close\r\n\r\n%s",
                            status, soup_status_get_phrase (status), strlen (json),
                            status == SOUP_STATUS_SERVICE_UNAVAILABLE ? "Retry-After: 2\r\n" : "",
                            json);
  if (fd >= 0)
    {
      (void) !send (fd, answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL);
      (void) shutdown (fd, SHUT_WR);
    }

  g_debug ("refused a request: %s", refusal->message);
  __atomic_fetch_add (&self->totals->n_refused, 1, __ATOMIC_RELAXED);
  return_budget (self);
  self->start = self->end = 0;
  begin_state (self, STATE_REFUSED);
}

static gssize
receive (WeirRequestStream  *self,
         void               *buffer,
         gsize               size,
         GError            **error)
{
  int fd = g_socket_get_fd (self->socket);
  gssize n;
  int saved;

  if (fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
      return -1;
    }

  do
    n = recv (fd, buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  saved = errno;
  self->waiting = n < 0 && (saved == EAGAIN || saved == EWOULDBLOCK);
  if (self->waiting)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing to read yet");
  else if (n < 0)
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
  return n;
}

/* Makes room behind what is buffered; only a head needs to be whole in memory. */
static void
make_room (WeirRequestStream *self)
{
  if (self->start == self->end)
    self->start = self->end = 0;

  if (self->capacity == 0)
    {
      self->capacity = FIRST_BUFFER_BYTES;
      self->buffer = g_malloc (self->capacity);
    }
  else if (self->end == self->capacity && self->start > 0)
    {
      memmove (self->buffer, self->buffer + self->start, self->end - self->start);
      self->end -= self->start;
      self->start = 0;
    }
  else if (self->end == self->capacity)
    {
      self->capacity *= 2;
      self->buffer = g_realloc (self->buffer, self->capacity);
    }
}

static void
drop_empty_buffer (WeirRequestStream *self)
{
  if (self->start != self->end)
    return;
  g_clear_pointer (&self->buffer, g_free);
  self->capacity = self->start = self->end = 0;
}

/* RFC 9112 section 2.2: an empty line in front of a request is skipped. */
static void
skip_empty_lines (WeirRequestStream *self)
{
  while (self->head.scanned == 0 && self->end - self->start >= 2 &&
         self->buffer[self->start] == '\r' && self->buffer[self->start + 1] == '\n')
    self->start += 2;
}

static void
accept_head (WeirRequestStream *self)
{
  g_autoptr(GError) error = NULL;

  if (!charge_budget (self, self->head.content_length))
    {
      g_set_error_literal (&error, WEIR_ERROR, WEIR_ERROR_QUEUE_FULL,
                           "Too many request bodies are under way");
      refuse (self, error);
      return;
    }
  self->left = self->head.size + self->head.content_length;
  begin_state (self, STATE_PASSING);
}

/* Reads on. Returns whether to go on at once; otherwise there is nothing to read yet. */
static gboolean
read_head (WeirRequestStream  *self,
           GError            **error)
{
  g_autoptr(GError) refusal = NULL;
  gssize n;

  if (self->end > self->start)
    {
      skip_empty_lines (self);
      switch (weir_request_check (self->rules, self->buffer + self->start,
                                  self->end - self->start, &self->head, &refusal))
        {
        case WEIR_HEAD_COMPLETE:
          accept_head (self);
          return TRUE;
        case WEIR_HEAD_REFUSED:
          refuse (self, refusal);
          return TRUE;
        case WEIR_HEAD_INCOMPLETE:
        default:
          break;
        }
    }
  else if (self->draining)
    {
      begin_state (self, STATE_ENDED);
      return TRUE;
    }

  make_room (self);
  n = receive (self, self->buffer + self->end, self->capacity - self->end, error);
  if (n > 0)
    {
      if (self->start == self->end)
        self->since = g_get_monotonic_time ();
      self->end += (gsize) n;
      return TRUE;
    }

  drop_empty_buffer (self);
  if (self->waiting)
    return FALSE;
  g_clear_error (error);
  begin_state (self, STATE_ENDED);
  return TRUE;
}

/* Throws away what a refused client still sends. Returns as read_head() does. */
static gboolean
discard (WeirRequestStream  *self,
         GError            **error)
{
  char scrap[4096];
  gssize n;

  while ((n = receive (self, scrap, sizeof scrap, error)) > 0)
    {
      self->discarded += (gsize) n;
      if (self->discarded > LINGER_MAX_BYTES)
        break;
    }
  if (self->waiting)
    return FALSE;
  g_clear_error (error);
  begin_state (self, STATE_ENDED);
  return TRUE;
}

/* The library forgets to drop a connection that ends between two requests, and with it leaks
 * its descriptor (libsoup 3.2: the completion function of the next message is only set when its
 * first byte was read). So it gets that byte, then the error.
 */
static gssize
hand_out_end (WeirRequestStream  *self,
              char               *buffer,
              gsize               count,
              GError            **error)
{
  if (self->unseen && count > 0)
    {
      self->unseen = FALSE;
      *buffer = '\n';
      return 1;
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The connection ended");
  return -1;
}

static gssize
pass_through (WeirRequestStream  *self,
              char               *buffer,
              gsize               count,
              GError            **error)
{
  gsize wanted = (gsize) MIN (self->left, count);
  gssize n;

  if (self->end > self->start)
    {
      n = (gssize) MIN (wanted, self->end - self->start);
      memcpy (buffer, self->buffer + self->start, (gsize) n);
      self->start += (gsize) n;
      drop_empty_buffer (self);
    }
  else
    {
      n = receive (self, buffer, wanted, error);
      if (n == 0)
        {
          /* Never an ordinary end: the library would take half a body for a whole one. */
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                               "The connection ended inside a body");
          return -1;
        }
    }

  if (n > 0)
    {
      self->left -= (guint64) n;
      if (self->left == 0)
        begin_state (self, STATE_PASSED);
    }
  return n;
}

static gssize
weir_request_stream_read_nonblocking (GPollableInputStream  *pollable,
                                      void                  *buffer,
                                      gsize                  count,
                                      GError               **error)
{
  WeirRequestStream *self = WEIR_REQUEST_STREAM (pollable);

  for (;;)
    switch (self->state)
      {
      case STATE_PASSED:
        begin_request (self);
        break;

      case STATE_HEAD:
        if (!read_head (self, error))
          return -1;
        break;

      case STATE_PASSING:
        self->unseen = FALSE;
        return pass_through (self, buffer, count, error);

      case STATE_REFUSED:
        if (!discard (self, error))
          return -1;
        break;

      case STATE_ENDED:
      default:
        return hand_out_end (self, buffer, count, error);
      }
}

/* Whether there is something for the library without a look at the socket. */
static gboolean
is_ready (WeirRequestStream *self)
{
  return self->state == STATE_ENDED || (self->end > self->start && !self->waiting);
}

static gboolean
weir_request_stream_is_readable (GPollableInputStream *pollable)
{
  WeirRequestStream *self = WEIR_REQUEST_STREAM (pollable);

  if (is_ready (self))
    return TRUE;
  return g_socket_condition_check (self->socket, G_IO_IN) != 0;
}

static GSource *
weir_request_stream_create_source (GPollableInputStream *pollable,
                                   GCancellable         *cancellable)
{
  WeirRequestStream *self = WEIR_REQUEST_STREAM (pollable);
  g_autoptr(GSource) ready = NULL;

  if (self->state == STATE_PASSED)
    begin_request (self);

  if (is_ready (self))
    ready = g_timeout_source_new (0);
  else
    ready = g_socket_create_source (self->socket, G_IO_IN, NULL);
  return g_pollable_source_new_full (self, ready, cancellable);
}

static void
weir_request_stream_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = weir_request_stream_is_readable;
  iface->read_nonblocking = weir_request_stream_read_nonblocking;
  iface->create_source = weir_request_stream_create_source;
}

static gboolean
weir_request_stream_close (GInputStream  *stream,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return TRUE;   /* the connection closes the socket */
}

static void
weir_request_stream_finalize (GObject *object)
{
  WeirRequestStream *self = WEIR_REQUEST_STREAM (object);

  return_budget (self);
  g_free (self->buffer);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->rules, weir_request_rules_unref);

  G_OBJECT_CLASS (weir_request_stream_parent_class)->finalize (object);
}

static void
weir_request_stream_class_init (WeirRequestStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = weir_request_stream_finalize;
  stream_class->close_fn = weir_request_stream_close;
}

static void
weir_request_stream_init (WeirRequestStream *self)
{
  self->unseen = TRUE;
  self->since = g_get_monotonic_time ();
}

static void
time_out (WeirRequestStream *self,
          const char        *message)
{
  g_autoptr(GError) error = g_error_new_literal (WEIR_ERROR, WEIR_ERROR_TIMEOUT, message);

  refuse (self, error);
}

/* Wakes the library's poll with an end of file, whatever it waits for. */
static void
hang_up (WeirRequestStream *self)
{
  int fd = g_socket_get_fd (self->socket);

  if (fd >= 0)
    (void) shutdown (fd, SHUT_RDWR);
}

/**
 * weir_request_stream_new:
 * @socket: a connected socket
 * @rules: what is let in
 * @totals: what all connections have in common; must outlive the stream
 *
 * Makes the reading side of a connection. Reads without blocking only.
 *
 * Returns: (transfer full): a new stream
 */
WeirRequestStream *
weir_request_stream_new (GSocket          *socket,
                         WeirRequestRules *rules,
                         WeirDoorTotals   *totals)
{
  WeirRequestStream *self;

  g_return_val_if_fail (G_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (rules != NULL, NULL);
  g_return_val_if_fail (totals != NULL, NULL);

  self = g_object_new (WEIR_TYPE_REQUEST_STREAM, NULL);
  self->socket = g_object_ref (socket);
  self->rules = weir_request_rules_ref (rules);
  self->totals = totals;
  return self;
}

/**
 * weir_request_stream_get_head:
 * @self: the stream
 *
 * Returns: (transfer none): what was found in the head of the present request
 */
const WeirRequestHead *
weir_request_stream_get_head (WeirRequestStream *self)
{
  g_return_val_if_fail (WEIR_IS_REQUEST_STREAM (self), NULL);

  return &self->head;
}

/**
 * weir_request_stream_get_head_time:
 * @self: the stream
 *
 * Returns: when the last byte of the present request was handed through, in microseconds of the
 *   monotonic clock
 */
gint64
weir_request_stream_get_head_time (WeirRequestStream *self)
{
  g_return_val_if_fail (WEIR_IS_REQUEST_STREAM (self), 0);

  return self->since;
}

/**
 * weir_request_stream_check_deadline:
 * @self: the stream
 * @now: the monotonic time, in microseconds
 *
 * Ends the connection if its client is too slow: 10 s for a head, 30 s without any request, and
 * for a body 10 s and then at least 1 KiB for each further second. To be called about once a
 * second.
 */
void
weir_request_stream_check_deadline (WeirRequestStream *self,
                                    gint64             now)
{
  gint64 elapsed;
  guint64 arrived;

  g_return_if_fail (WEIR_IS_REQUEST_STREAM (self));

  elapsed = now - self->since;
  switch (self->state)
    {
    case STATE_HEAD:
      if (self->end > self->start && elapsed > HEAD_LIMIT)
        time_out (self, "The head of the request did not arrive in time");
      else if (self->end == self->start && elapsed > IDLE_LIMIT)
        hang_up (self);
      break;

    case STATE_PASSING:
      arrived = self->head.size + self->head.content_length - self->left;
      if (elapsed > BODY_GRACE &&
          arrived < (guint64) ((elapsed - BODY_GRACE) / G_USEC_PER_SEC) * BODY_BYTES_PER_SEC)
        time_out (self, "The body of the request came too slowly");
      break;

    case STATE_REFUSED:
      if (elapsed > LINGER_LIMIT)
        hang_up (self);
      break;

    case STATE_PASSED:
    case STATE_ENDED:
    default:
      break;
    }
}

/**
 * weir_request_stream_drain:
 * @self: the stream
 *
 * Lets no further request begin: a connection that waits for one ends at once, others end
 * after their answer.
 */
void
weir_request_stream_drain (WeirRequestStream *self)
{
  int fd;

  g_return_if_fail (WEIR_IS_REQUEST_STREAM (self));

  self->draining = TRUE;
  fd = g_socket_get_fd (self->socket);
  if (self->state == STATE_HEAD && self->start == self->end && fd >= 0)
    (void) shutdown (fd, SHUT_RD);
}

