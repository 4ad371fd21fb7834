/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-error.h"

#include "weir-event-json.h"

static const struct {
  const char *name;
  guint status;
} codes[] = {
  [WEIR_ERROR_INVALID_REQUEST] = { "invalid_request", 400 },
  [WEIR_ERROR_INVALID_JSON] = { "invalid_json", 400 },
  [WEIR_ERROR_INVALID_ENCODING] = { "invalid_encoding", 400 },
  [WEIR_ERROR_UNAUTHORIZED] = { "unauthorized", 401 },
  [WEIR_ERROR_FORBIDDEN] = { "forbidden", 403 },
  [WEIR_ERROR_NOT_FOUND] = { "not_found", 404 },
  [WEIR_ERROR_METHOD_NOT_ALLOWED] = { "method_not_allowed", 405 },
  [WEIR_ERROR_TIMEOUT] = { "timeout", 408 },
  [WEIR_ERROR_LENGTH_REQUIRED] = { "length_required", 411 },
  [WEIR_ERROR_TOO_LARGE] = { "too_large", 413 },
  [WEIR_ERROR_UNSUPPORTED_ENCODING] = { "unsupported_encoding", 415 },
  [WEIR_ERROR_MISDIRECTED] = { "misdirected", 421 },
  [WEIR_ERROR_RATE_LIMITED] = { "rate_limited", 429 },
  [WEIR_ERROR_HEADERS_TOO_LARGE] = { "headers_too_large", 431 },
  [WEIR_ERROR_QUEUE_FULL] = { "queue_full", 503 },
  [WEIR_ERROR_DISK_FULL] = { "disk_full", 503 },
  [WEIR_ERROR_UNAVAILABLE] = { "unavailable", 503 },
  [WEIR_ERROR_CORRUPT] = { "corrupt", 503 },
  [WEIR_ERROR_CONFIGURATION] = { "configuration", 503 },
};

G_DEFINE_QUARK (weir-error-quark, weir_error)

static gboolean
is_ours (const GError *error)
{
  return error->domain == WEIR_ERROR && error->code >= 0 &&
         error->code < (int) G_N_ELEMENTS (codes);
}

/**
 * weir_error_set:
 * @error: return location for an error
 * @code: what is wrong, for programs
 * @format: the same for people, as of printf()
 * @...: what @format asks for
 *
 * Like g_set_error(), to be returned with.
 *
 * Returns: %FALSE
 */
gboolean
weir_error_set (GError     **error,
                WeirError    code,
                const char  *format,
                ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (WEIR_ERROR, (int) code, format, arguments));
  va_end (arguments);

  return FALSE;
}

/**
 * weir_error_get_name:
 * @error: an error
 *
 * Gets the name an error has on the wire. Errors of other domains (input and output, mostly) are
 * `unavailable`: they are the collector's trouble, not the client's.
 *
 * Returns: (transfer none): the `code` of the error answer
 */
const char *
weir_error_get_name (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return codes[is_ours (error) ? error->code : WEIR_ERROR_UNAVAILABLE].name;
}

/**
 * weir_error_get_status:
 * @error: an error
 *
 * Gets the HTTP status that goes with an error. This is the only place where the two meet.
 *
 * Returns: an HTTP status from 400 to 503
 */
guint
weir_error_get_status (const GError *error)
{
  g_return_val_if_fail (error != NULL, 503);

  return codes[is_ours (error) ? error->code : WEIR_ERROR_UNAVAILABLE].status;
}

/**
 * weir_error_to_json:
 * @error: an error
 *
 * Makes the body of an error answer: `{"error":{"code":…,"message":…}}`.
 *
 * Returns: (transfer full): JSON on one line
 */
char *
weir_error_to_json (const GError *error)
{
  g_autoptr(GString) out = g_string_new ("{\"error\":{\"code\":");

  g_return_val_if_fail (error != NULL, NULL);

  weir_json_append_string (out, weir_error_get_name (error), -1);
  g_string_append (out, ",\"message\":");
  weir_json_append_string (out, error->message, -1);
  g_string_append (out, "}}");

  return g_string_free (g_steal_pointer (&out), FALSE);
}
