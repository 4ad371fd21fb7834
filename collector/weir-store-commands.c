/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-store-commands.h"

#include "weir-error.h"

#define MAX_COMMANDS 256

typedef struct {
  guint64 after;
  WeirStoreFunc func;
  gpointer data;
  GDestroyNotify data_destroy;
  GTask *task;
} Command;

struct _WeirStoreCommands {
  GMutex mutex;
  GQueue queue;       /* of Command */
  gboolean is_closed;
};

static void
command_free (Command *command)
{
  if (command->data_destroy != NULL)
    command->data_destroy (command->data);
  g_object_unref (command->task);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static Command *
pop (WeirStoreCommands *self,
     guint64            cursor)
{
  Command *command;

  g_mutex_lock (&self->mutex);
  command = g_queue_peek_head (&self->queue);
  if (command != NULL && command->after <= cursor)
    g_queue_pop_head (&self->queue);
  else
    command = NULL;
  g_mutex_unlock (&self->mutex);

  return command;
}

/**
 * weir_store_commands_new:
 *
 * Returns: (transfer full): an empty queue
 */
WeirStoreCommands *
weir_store_commands_new (void)
{
  WeirStoreCommands *self = g_new0 (WeirStoreCommands, 1);

  g_mutex_init (&self->mutex);
  g_queue_init (&self->queue);

  return self;
}

/**
 * weir_store_commands_free:
 * @self: (transfer full): a queue that was refused for good
 */
void
weir_store_commands_free (WeirStoreCommands *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) command_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_store_commands_push:
 * @self: a queue
 * @after: not before the store has everything up to this seq
 * @func: what to do
 * @data: for @func; taken
 * @data_destroy: frees @data
 * @task: (transfer full): is returned what @func returns
 *
 * Returns: whether it was taken; otherwise @task has been returned an error
 */
gboolean
weir_store_commands_push (WeirStoreCommands *self,
                          guint64            after,
                          WeirStoreFunc      func,
                          gpointer           data,
                          GDestroyNotify     data_destroy,
                          GTask             *task)
{
  Command *command = g_new0 (Command, 1);
  gboolean is_taken;

  command->after = after;
  command->func = func;
  command->data = data;
  command->data_destroy = data_destroy;
  command->task = task;

  g_mutex_lock (&self->mutex);
  is_taken = !self->is_closed && self->queue.length < MAX_COMMANDS;
  if (is_taken)
    g_queue_push_tail (&self->queue, command);
  g_mutex_unlock (&self->mutex);
  if (is_taken)
    return TRUE;

  g_task_return_new_error (task, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "the store takes no commands now");
  command_free (command);
  return FALSE;
}

/**
 * weir_store_commands_run:
 * @self: a queue
 * @store: the store
 * @cursor: what it has
 *
 * Does what may be done by now. One whose caller has gone is left out.
 *
 * Returns: whether anything was done
 */
gboolean
weir_store_commands_run (WeirStoreCommands *self,
                         WeirStore         *store,
                         guint64            cursor)
{
  gboolean any = FALSE;

  for (;;)
    {
      g_autoptr(Command) command = pop (self, cursor);
      GError *error = NULL;
      GBytes *answer;

      if (command == NULL)
        return any;
      if (g_task_return_error_if_cancelled (command->task))
        continue;
      any = TRUE;
      answer = command->func (store, command->data, &error);
      if (answer != NULL)
        g_task_return_pointer (command->task, answer, (GDestroyNotify) g_bytes_unref);
      else
        g_task_return_error (command->task, error);
    }
}

/**
 * weir_store_commands_refuse:
 * @self: a queue
 * @error: why
 * @for_good: whether no more are to be taken
 *
 * Ends all that wait.
 */
void
weir_store_commands_refuse (WeirStoreCommands *self,
                            const GError      *error,
                            gboolean           for_good)
{
  Command *command;

  g_mutex_lock (&self->mutex);
  self->is_closed |= for_good;
  g_mutex_unlock (&self->mutex);

  while ((command = pop (self, G_MAXUINT64)) != NULL)
    {
      g_task_return_error (command->task, g_error_copy (error));
      command_free (command);
    }
}
