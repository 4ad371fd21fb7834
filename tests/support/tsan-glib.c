/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Makes GLib's synchronisation visible to ThreadSanitizer, in builds with -Db_sanitize=thread only.
 *
 * The distribution's GLib is not instrumented, and its locks are futexes of its own, so
 * ThreadSanitizer sees two threads touch the same memory and nothing between them. The functions
 * here take the place of GLib's in our programs and in the libraries that call them: locks and
 * conditions become POSIX ones, which ThreadSanitizer knows; queues, reference counts and one-time
 * initialisation call GLib's own and say what they order. Whoever attaches a source is ordered
 * before the source's callback, and with nothing else: no race is hidden, and none is invented.
 */

#define GLIB_DISABLE_DEPRECATION_WARNINGS
#include <dlfcn.h>
#include <gio/gio.h>
#include <pthread.h>
#include <sanitizer/tsan_interface.h>
#include <time.h>

#undef g_mutex_trylock

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
  if (!__atomic_compare_exchange_n ((pthread_mutex_t **) &mutex->p, &known, made, FALSE,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
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
  if (!__atomic_compare_exchange_n ((pthread_cond_t **) &cond->p, &known, made, FALSE,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
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

static pthread_mutex_t *
get_rec_mutex (GRecMutex *mutex)
{
  pthread_mutex_t *known = __atomic_load_n ((pthread_mutex_t **) &mutex->p, __ATOMIC_ACQUIRE);
  pthread_mutexattr_t attributes;
  pthread_mutex_t *made;

  if (known != NULL)
    return known;
  made = malloc (sizeof *made);
  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (made, &attributes);
  if (!__atomic_compare_exchange_n ((pthread_mutex_t **) &mutex->p, &known, made, FALSE,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    {
      pthread_mutex_destroy (made);
      free (made);
      return known;
    }
  return made;
}

void
g_rec_mutex_init (GRecMutex *mutex)
{
  mutex->p = NULL;
}

void
g_rec_mutex_clear (GRecMutex *mutex)
{
  if (mutex->p != NULL)
    pthread_mutex_destroy (mutex->p);
  free (mutex->p);
  mutex->p = NULL;
}

void
g_rec_mutex_lock (GRecMutex *mutex)
{
  pthread_mutex_lock (get_rec_mutex (mutex));
}

gboolean
g_rec_mutex_trylock (GRecMutex *mutex)
{
  return pthread_mutex_trylock (get_rec_mutex (mutex)) == 0;
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  pthread_mutex_unlock (get_rec_mutex (mutex));
}

static pthread_rwlock_t *
get_rw_lock (GRWLock *lock)
{
  pthread_rwlock_t *known = __atomic_load_n ((pthread_rwlock_t **) &lock->p, __ATOMIC_ACQUIRE);
  pthread_rwlock_t *made;

  if (known != NULL)
    return known;
  made = malloc (sizeof *made);
  pthread_rwlock_init (made, NULL);
  if (!__atomic_compare_exchange_n ((pthread_rwlock_t **) &lock->p, &known, made, FALSE,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    {
      pthread_rwlock_destroy (made);
      free (made);
      return known;
    }
  return made;
}

void
g_rw_lock_init (GRWLock *lock)
{
  lock->p = NULL;
}

void
g_rw_lock_clear (GRWLock *lock)
{
  if (lock->p != NULL)
    pthread_rwlock_destroy (lock->p);
  free (lock->p);
  lock->p = NULL;
}

void
g_rw_lock_writer_lock (GRWLock *lock)
{
  pthread_rwlock_wrlock (get_rw_lock (lock));
}

gboolean
g_rw_lock_writer_trylock (GRWLock *lock)
{
  return pthread_rwlock_trywrlock (get_rw_lock (lock)) == 0;
}

void
g_rw_lock_writer_unlock (GRWLock *lock)
{
  pthread_rwlock_unlock (get_rw_lock (lock));
}

void
g_rw_lock_reader_lock (GRWLock *lock)
{
  pthread_rwlock_rdlock (get_rw_lock (lock));
}

gboolean
g_rw_lock_reader_trylock (GRWLock *lock)
{
  return pthread_rwlock_tryrdlock (get_rw_lock (lock)) == 0;
}

void
g_rw_lock_reader_unlock (GRWLock *lock)
{
  pthread_rwlock_unlock (get_rw_lock (lock));
}

gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean is_first;
  REAL (g_once_init_enter);

  is_first = real (location);
  __tsan_acquire ((void *) location);
  return is_first;
}

void
(g_once_init_leave) (volatile void *location,
                     gsize          result)
{
  REAL (g_once_init_leave);
  __tsan_release ((void *) location);
  real (location, result);
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

/* The callback of a source as GLib keeps it, and before it is called, what attaching it ordered. */
typedef struct {
  guint ref_count;
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
} Callback;

/* GLib refers to it with its context's lock held, before it asks for it. */
static __attribute__ ((no_sanitize ("thread"))) void
callback_ref (gpointer user_data)
{
  Callback *callback = user_data;

  __atomic_fetch_add (&callback->ref_count, 1, __ATOMIC_RELAXED);
}

static __attribute__ ((no_sanitize ("thread"))) void
callback_unref (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_release (callback);
  __tsan_acquire (callback);
  if (__atomic_sub_fetch (&callback->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  if (callback->notify != NULL)
    callback->notify (callback->data);
  free (callback);
}

static void
callback_get (gpointer     user_data,
              GSource     *source,
              GSourceFunc *function,
              gpointer    *data)
{
  Callback *callback = user_data;

  __tsan_acquire (source);
  *function = callback->function;
  *data = callback->data;
}

static GSourceCallbackFuncs callback_funcs = { callback_ref, callback_unref, callback_get };

void
g_source_set_callback (GSource        *source,
                       GSourceFunc     function,
                       gpointer        data,
                       GDestroyNotify  notify)
{
  Callback *callback = malloc (sizeof *callback);

  *callback = (Callback) { 1, function, data, notify };
  __tsan_release (callback);
  g_source_set_callback_indirect (source, callback, &callback_funcs);
}

guint
g_source_attach (GSource      *source,
                 GMainContext *context)
{
  REAL (g_source_attach);
  __tsan_release (source);
  return real (source, context);
}

/* As in GLib, whose own would not call the two above. */
void
g_main_context_invoke_full (GMainContext   *context,
                            int             priority,
                            GSourceFunc     function,
                            gpointer        data,
                            GDestroyNotify  notify)
{
  GMainContext *own = g_main_context_ref_thread_default ();
  gboolean is_own = own == (context != NULL ? context : g_main_context_default ());
  g_autoptr(GSource) source = NULL;

  g_main_context_unref (own);
  if ((is_own || g_main_context_is_owner (context)) && g_main_context_acquire (context))
    {
      while (function (data))
        ;
      g_main_context_release (context);
      if (notify != NULL)
        notify (data);
      return;
    }

  source = g_idle_source_new ();
  g_source_set_priority (source, priority);
  g_source_set_callback (source, function, data, notify);
  g_source_attach (source, context);
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
  __tsan_release (loop);
  real (loop);
}

void
g_main_loop_run (GMainLoop *loop)
{
  REAL (g_main_loop_run);
  real (loop);
  __tsan_acquire (loop);
}
