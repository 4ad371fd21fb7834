/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Makes GLib's synchronisation visible to ThreadSanitizer, in builds with -Db_sanitize=thread only.
 *
 * The distribution's GLib is not instrumented, and its locks are futexes of its own, so ThreadSanitizer sees two
 * threads touch the same memory and nothing between them. The functions here take the place of GLib's in
 * our programs: locks and conditions become POSIX ones, which ThreadSanitizer knows; queues, reference
 * counts and main contexts call GLib's own and say what they order. A main context orders everything
 * that was handed to any context before with everything it dispatches after: more than is true, so a
 * race across a hand-over in the wrong direction can hide here, but none is invented.
 */

#define GLIB_DISABLE_DEPRECATION_WARNINGS
#include <dlfcn.h>
#include <gio/gio.h>
#include <poll.h>
#include <pthread.h>
#include <sanitizer/tsan_interface.h>
#include <time.h>

#undef g_mutex_trylock

static char handed_over;

#define REAL(function) \
  static __typeof__ (&function) cached; \
  __typeof__ (&function) real = __atomic_load_n (&cached, __ATOMIC_RELAXED); \
  if (real == NULL) \
    { \
      real = (__typeof__ (&function)) dlsym (RTLD_NEXT, #function); \
      __atomic_store_n (&cached, real, __ATOMIC_RELAXED); \
    }

static pthread_mutex_t *
get_mutex (GMutex *mutex)
{
  pthread_mutex_t *known = __atomic_load_n ((pthread_mutex_t **) &mutex->p, __ATOMIC_ACQUIRE);
  pthread_mutex_t *made;

  if (known != NULL)
    return known;
  made = malloc (sizeof *made);
  pthread_mutex_init (made, NULL);
  if (!__atomic_compare_exchange_n ((pthread_mutex_t **) &mutex->p, &known, made, FALSE, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
    {
      pthread_mutex_destroy (made);
      free (made);
      return known;
    }
  return made;
}

static pthread_cond_t *
get_cond (GCond *cond)
{
  pthread_cond_t *known = __atomic_load_n ((pthread_cond_t **) &cond->p, __ATOMIC_ACQUIRE);
  pthread_condattr_t attributes;
  pthread_cond_t *made;

  if (known != NULL)
    return known;
  made = malloc (sizeof *made);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (made, &attributes);
  if (!__atomic_compare_exchange_n ((pthread_cond_t **) &cond->p, &known, made, FALSE, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
    {
      pthread_cond_destroy (made);
      free (made);
      return known;
    }
  return made;
}

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = NULL;
}

void
g_mutex_clear (GMutex *mutex)
{
  if (mutex->p != NULL)
    pthread_mutex_destroy (mutex->p);
  free (mutex->p);
  mutex->p = NULL;
}

void
g_mutex_lock (GMutex *mutex)
{
  pthread_mutex_lock (get_mutex (mutex));
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (get_mutex (mutex)) == 0;
}

void
g_mutex_unlock (GMutex *mutex)
{
  pthread_mutex_unlock (get_mutex (mutex));
}

void
g_cond_init (GCond *cond)
{
  cond->p = NULL;
}

void
g_cond_clear (GCond *cond)
{
  if (cond->p != NULL)
    pthread_cond_destroy (cond->p);
  free (cond->p);
  cond->p = NULL;
}

void
g_cond_wait (GCond  *cond,
             GMutex *mutex)
{
  pthread_cond_wait (get_cond (cond), get_mutex (mutex));
}

gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end_time)
{
  struct timespec until = { end_time / G_USEC_PER_SEC, end_time % G_USEC_PER_SEC * 1000 };

  return pthread_cond_timedwait (get_cond (cond), get_mutex (mutex), &until) == 0;
}

void
g_cond_signal (GCond *cond)
{
  pthread_cond_signal (get_cond (cond));
}

void
g_cond_broadcast (GCond *cond)
{
  pthread_cond_broadcast (get_cond (cond));
}

void
g_async_queue_push (GAsyncQueue *queue,
                    gpointer     data)
{
  REAL (g_async_queue_push);
  __tsan_release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;
  REAL (g_async_queue_pop);

  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data;
  REAL (g_async_queue_try_pop);

  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue,
                           guint64      timeout)
{
  gpointer data;
  REAL (g_async_queue_timeout_pop);

  data = real (queue, timeout);
  __tsan_acquire (queue);
  return data;
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean is_last;
  REAL (g_atomic_ref_count_dec);

  __tsan_release (count);
  is_last = real (count);
  if (is_last)
    __tsan_acquire (count);
  return is_last;
}

void
g_atomic_rc_box_release_full (gpointer       block,
                              GDestroyNotify clear)
{
  REAL (g_atomic_rc_box_release_full);

  __tsan_release (block);
  __tsan_acquire (block);
  real (block, clear);
}

/* Whoever drops the last reference finalizes: it must have seen what all others did. */
void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

void
g_bytes_unref (GBytes *bytes)
{
  REAL (g_bytes_unref);
  if (bytes != NULL)
    {
      __tsan_release (bytes);
      __tsan_acquire (bytes);
    }
  real (bytes);
}

static int
poll_and_acquire (GPollFD *fds,
                  guint    n_fds,
                  int      timeout)
{
  int n = poll ((struct pollfd *) fds, n_fds, timeout);

  __tsan_acquire (&handed_over);
  return n;
}

GMainContext *
g_main_context_new (void)
{
  GMainContext *context;
  REAL (g_main_context_new);

  context = real ();
  g_main_context_set_poll_func (context, poll_and_acquire);
  return context;
}

static gboolean dispatch_idle (GSource     *source,
                               GSourceFunc  callback,
                               gpointer     user_data);

static GSourceFuncs idle_funcs;

static __attribute__ ((constructor)) void
prepare (void)
{
  g_main_context_set_poll_func (NULL, poll_and_acquire);
  idle_funcs = g_idle_funcs;
  idle_funcs.dispatch = dispatch_idle;
}

void
g_main_context_wakeup (GMainContext *context)
{
  REAL (g_main_context_wakeup);
  __tsan_release (&handed_over);
  real (context);
}

/* A source that is attached between the poll and the dispatch is dispatched without another poll. */
static gboolean
dispatch_idle (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  __tsan_acquire (&handed_over);
  return g_idle_funcs.dispatch (source, callback, user_data);
}

guint
g_source_attach (GSource      *source,
                 GMainContext *context)
{
  REAL (g_source_attach);

  if (source->source_funcs == &g_idle_funcs)
    g_source_set_funcs (source, &idle_funcs);
  __tsan_release (&handed_over);
  return real (source, context);
}

typedef struct {
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
} Invocation;

static gboolean
invoke_and_acquire (gpointer data)
{
  Invocation *invocation = data;

  __tsan_acquire (&handed_over);
  return invocation->function (invocation->data);
}

static void
invocation_free (gpointer data)
{
  Invocation *invocation = data;

  if (invocation->notify != NULL)
    invocation->notify (invocation->data);
  g_free (invocation);
}

void
g_main_context_invoke_full (GMainContext   *context,
                            int             priority,
                            GSourceFunc     function,
                            gpointer        data,
                            GDestroyNotify  notify)
{
  Invocation *invocation = g_new (Invocation, 1);
  REAL (g_main_context_invoke_full);

  *invocation = (Invocation) { function, data, notify };
  __tsan_release (&handed_over);
  real (context, priority, invoke_and_acquire, invocation, invocation_free);
}

void
g_main_context_invoke (GMainContext *context,
                       GSourceFunc   function,
                       gpointer      data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, function, data, NULL);
}

void
g_main_loop_quit (GMainLoop *loop)
{
  REAL (g_main_loop_quit);
  __tsan_release (&handed_over);
  real (loop);
}

void
g_task_return_pointer (GTask          *task,
                       gpointer        result,
                       GDestroyNotify  result_destroy)
{
  REAL (g_task_return_pointer);
  __tsan_release (&handed_over);
  real (task, result, result_destroy);
}

void
g_task_return_error (GTask  *task,
                     GError *error)
{
  REAL (g_task_return_error);
  __tsan_release (&handed_over);
  real (task, error);
}

gboolean
g_task_return_error_if_cancelled (GTask *task)
{
  REAL (g_task_return_error_if_cancelled);
  __tsan_release (&handed_over);
  return real (task);
}
