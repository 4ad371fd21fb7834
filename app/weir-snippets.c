/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-snippets.h"

#include <gio/gio.h>
#include <string.h>

#include "weir-event-json.h"

/* A text as a literal of JavaScript and Python alike. */
static char *
quote (const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);

  weir_json_append_string (out, text, strlen (text));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
quote_address (const char *url)
{
  g_autofree char *address = g_strconcat (url != NULL ? url : "", "/v1/events", NULL);

  return quote (address);
}

/**
 * weir_snippets_create_browser:
 * @url: (nullable): where the collector is
 *
 * Returns: (transfer full): a script for a web page
 */
char *
weir_snippets_create_browser (const char *url)
{
  g_autofree char *address = quote_address (url);

  return g_strdup_printf ("<script>\n"
                          "  fetch(%s, {\n"
                          "    method: \"POST\", keepalive: true,\n"
                          "    body: JSON.stringify({event: \"page_view\", anonymous_id: \"me\",\n"
                          "      properties: {path: location.pathname}})\n"
                          "  })\n"
                          "</script>", address);
}

/**
 * weir_snippets_create_python:
 * @url: (nullable): where the collector is
 *
 * Returns: (transfer full): a program that needs nothing but Python
 */
char *
weir_snippets_create_python (const char *url)
{
  g_autofree char *address = quote_address (url);

  return g_strdup_printf ("import json, urllib.request\n"
                          "\n"
                          "event = {\"event\": \"hello\", \"user_id\": \"me\"}\n"
                          "urllib.request.urlopen(%s,\n"
                          "                       json.dumps(event).encode())", address);
}

/**
 * weir_snippets_create_device:
 * @url: where the collector is, seen from the device
 * @key: the write key of the device
 *
 * Returns: (transfer full): a command for a device
 */
char *
weir_snippets_create_device (const char *url,
                             const char *key)
{
  g_autofree char *address = g_strconcat (url, "/v1/events", NULL);
  g_autofree char *header = g_strconcat ("Authorization: Bearer ", key, NULL);
  g_autofree char *quoted_address = g_shell_quote (address);
  g_autofree char *quoted_header = g_shell_quote (header);

  return g_strdup_printf ("curl %s -H %s -d '{\"event\":\"hello\",\"device_id\":\"device-1\"}'",
                          quoted_address, quoted_header);
}

/**
 * weir_snippets_create_link:
 * @url: where the collector is, seen from the device
 * @key: the write key of the device
 *
 * Returns: (transfer full): both in one, for a QR code
 */
char *
weir_snippets_create_link (const char *url,
                           const char *key)
{
  g_autofree char *escaped = g_uri_escape_string (key, NULL, FALSE);

  return g_strdup_printf ("%s/v1/events#key=%s", url, escaped);
}

/**
 * weir_snippets_find_address:
 *
 * Looks which address of this computer others in its network reach. Nothing is sent for that:
 * connecting a datagram socket only asks the kernel for the way.
 *
 * Returns: (transfer full) (nullable): an address, or %NULL without a network
 */
char *
weir_snippets_find_address (void)
{
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                            G_SOCKET_PROTOCOL_UDP, NULL);
  /* An address for documentation (RFC 5737): whatever leads there leads out. */
  g_autoptr(GSocketAddress) far_away = g_inet_socket_address_new_from_string ("192.0.2.1", 9);
  g_autoptr(GSocketAddress) here = NULL;
  GInetAddress *address;

  if (socket == NULL || !g_socket_connect (socket, far_away, NULL, NULL))
    return NULL;
  here = g_socket_get_local_address (socket, NULL);
  if (here == NULL)
    return NULL;
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here));
  return g_inet_address_to_string (address);
}

/**
 * weir_snippets_replace_host:
 * @url: (nullable): where the collector is, seen from here
 * @host: (nullable): the address of this computer in its network
 *
 * Returns: (transfer full): where the collector is, seen from elsewhere
 */
char *
weir_snippets_replace_host (const char *url,
                            const char *host)
{
  g_autoptr(GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *present = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_here = present != NULL && (g_str_has_prefix (present, "127.")
                                         || g_str_equal (present, "localhost")
                                         || g_str_equal (present, "::1"));

  if (!is_here || host == NULL)
    return g_strdup (url != NULL ? url : "");
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri), "",
                     NULL, NULL);
}
