/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * bench-bare-http: a libsoup server whose handler answers 202 and does nothing, the most that single-event
 * requests can reach. Prints `listening on http://127.0.0.1:PORT` and serves until it is killed.
 */

#include <libsoup/soup.h>
#include <stdio.h>

static void
answer (SoupServer        *server,
        SoupServerMessage *message,
        const char        *path,
        GHashTable        *query,
        gpointer           data)
{
  static const char body[] = "{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}";

  soup_server_message_set_status (message, SOUP_STATUS_ACCEPTED, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, body, sizeof body - 1);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GError) error = NULL;

  /* Its own socket only for the backlog: with libsoup's own ten, 64 connections at once stall. */
  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_socket_set_listen_backlog (socket, 1024);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_bind (socket, address, TRUE, &error) || !g_socket_listen (socket, &error))
    g_error ("%s", error->message);
  bound = g_socket_get_local_address (socket, &error);
  soup_server_add_handler (server, NULL, answer, NULL, NULL);
  if (!soup_server_listen_socket (server, socket, 0, &error))
    g_error ("%s", error->message);

  printf ("listening on http://127.0.0.1:%u\n", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  fflush (stdout);
  g_main_loop_run (loop);

  return 0;
}
