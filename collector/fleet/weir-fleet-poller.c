/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fleet-poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 256

typedef struct {
  GSource parent;
  WeirFleetPoller *poller;
} PollSource;

struct _WeirFleetPoller {
  GSource *source;
  int fd;
  WeirFleetPollFunc func;
};

static gboolean
poll_source_dispatch (GSource     *source,
                      GSourceFunc  callback,
                      gpointer     user_data)
{
  WeirFleetPoller *self = ((PollSource *) source)->poller;
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->fd, events, MAX_EVENTS, 0);

  for (int i = 0; i < n; i++)
    self->func (events[i].data.ptr, (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                (events[i].events & EPOLLOUT) != 0);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poll_source_funcs = { .dispatch = poll_source_dispatch };

/**
 * weir_fleet_poller_new:
 * @func: called when a socket is ready, in the default main context
 *
 * Returns: (transfer full): a poller that watches nothing
 */
WeirFleetPoller *
weir_fleet_poller_new (WeirFleetPollFunc func)
{
  WeirFleetPoller *self = g_new0 (WeirFleetPoller, 1);

  self->func = func;
  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  self->source = g_source_new (&poll_source_funcs, sizeof (PollSource));
  ((PollSource *) self->source)->poller = self;
  g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  g_source_attach (self->source, NULL);

  return self;
}

/**
 * weir_fleet_poller_free:
 * @self: (transfer full): a poller
 */
void
weir_fleet_poller_free (WeirFleetPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->fd);
  g_free (self);
}

/**
 * weir_fleet_poller_add:
 * @self: a poller
 * @fd: a socket; closing it ends the watch
 * @data: for the poller's function
 *
 * Watches a socket for something to read.
 */
void
weir_fleet_poller_add (WeirFleetPoller *self,
                       int              fd,
                       gpointer         data)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };

  epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event);
}

/**
 * weir_fleet_poller_modify:
 * @self: a poller
 * @fd: a socket that is watched
 * @data: for the poller's function
 * @want_write: whether to watch for room to write as well
 */
void
weir_fleet_poller_modify (WeirFleetPoller *self,
                          int              fd,
                          gpointer         data,
                          gboolean         want_write)
{
  struct epoll_event event = {
    .events = want_write ? EPOLLIN | EPOLLOUT : EPOLLIN,
    .data.ptr = data,
  };

  epoll_ctl (self->fd, EPOLL_CTL_MOD, fd, &event);
}
