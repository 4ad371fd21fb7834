/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-request-check.h"

#include <gio/gio.h>
#include <string.h>

/* The HTTP library that serves requests is lenient where leniency is a hole: it takes the last of
 * two lengths, prefers chunks over a length, skips lines it cannot read. A proxy in front may
 * have read the same bytes differently, and what one of them takes for a body the other takes for
 * a request. So the head is checked here, on the raw bytes, before the library sees any of them,
 * and what RFC 9112 allows to be read in two ways is refused.
 */

#define MAX_TARGET_BYTES (8 * 1024)
#define MAX_HOST_BYTES   255
#define MAX_ORIGIN_BYTES 512

struct _WeirRequestRules {
  gatomicrefcount ref_count;
  guint64 max_body_bytes;
  GHashTable *hosts;
  GHashTable *origins;
  gboolean any_ip;
  gboolean any_origin;
};

/* One value inside the head; not NUL-terminated. */
typedef struct {
  const char *text;
  gsize length;
} Span;

typedef struct {
  Span target;
  Span host;
  Span origin;
  Span content_length;
  guint n_headers;
  gboolean has_transfer_encoding;
  gboolean is_1_0;
} Lines;

static inline gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
span_equals (Span        span,
             const char *text)
{
  return span.length == strlen (text) && g_ascii_strncasecmp (span.text, text, span.length) == 0;
}

static Span
span_trim (Span span)
{
  while (span.length > 0 && (*span.text == ' ' || *span.text == '\t'))
    span.text++, span.length--;
  while (span.length > 0 &&
         (span.text[span.length - 1] == ' ' || span.text[span.length - 1] == '\t'))
    span.length--;
  return span;
}

static gboolean
refuse (GError     **error,
        WeirError    code,
        const char  *message)
{
  g_set_error_literal (error, WEIR_ERROR, code, message);
  return FALSE;
}

/* A name is looked up in lower case; what does not fit is not in the table either. */
static gboolean
table_has (GHashTable *table,
           Span        span)
{
  char name[MAX_ORIGIN_BYTES + 1];

  if (span.length > MAX_ORIGIN_BYTES)
    return FALSE;
  for (gsize i = 0; i < span.length; i++)
    name[i] = g_ascii_tolower (span.text[i]);
  name[span.length] = '\0';
  return g_hash_table_contains (table, name);
}

static gboolean
is_ip_literal (Span span)
{
  char name[MAX_HOST_BYTES + 1];

  if (span.length > MAX_HOST_BYTES)
    return FALSE;
  memcpy (name, span.text, span.length);
  name[span.length] = '\0';
  return g_hostname_is_ip_address (name);
}

/* Splits `name[:port]` or `[v6][:port]`. */
static gboolean
split_authority (Span  authority,
                 Span *name)
{
  const char *end = authority.text + authority.length;
  const char *port;

  if (authority.length > 0 && *authority.text == '[')
    {
      const char *close = memchr (authority.text, ']', authority.length);

      if (close == NULL)
        return FALSE;
      *name = (Span) { authority.text + 1, (gsize) (close - authority.text - 1) };
      port = close + 1;
    }
  else
    {
      port = memchr (authority.text, ':', authority.length);
      if (port == NULL)
        port = end;
      *name = (Span) { authority.text, (gsize) (port - authority.text) };
    }

  if (name->length == 0 || name->length > MAX_HOST_BYTES || (port < end && *port != ':'))
    return FALSE;
  for (const char *p = port + 1; p < end; p++)
    if (!g_ascii_isdigit (*p))
      return FALSE;
  for (gsize i = 0; i < name->length; i++)
    if (!g_ascii_isalnum (name->text[i]) && strchr (".-_:", name->text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check_host (const WeirRequestRules  *rules,
            Span                     host,
            GError                 **error)
{
  Span name;

  if (!split_authority (host, &name))
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The Host header cannot be read");

  /* A page of another site that points its own name at this address (DNS rebinding) ends here. */
  if (table_has (rules->hosts, name) || (rules->any_ip && is_ip_literal (name)))
    return TRUE;

  return refuse (error, WEIR_ERROR_MISDIRECTED,
                 "This collector does not serve the name in the Host header; "
                 "names are added with host-names");
}

static gboolean
check_origin (const WeirRequestRules  *rules,
              Span                     origin,
              Span                     host,
              GError                 **error)
{
  if (rules->any_origin || table_has (rules->origins, origin))
    return TRUE;

  /* A page this collector itself would serve. */
  if (host.length > 0 && origin.length == host.length + strlen ("http://") &&
      g_ascii_strncasecmp (origin.text, "http://", strlen ("http://")) == 0 &&
      g_ascii_strncasecmp (origin.text + strlen ("http://"), host.text, host.length) == 0)
    return TRUE;

  return refuse (error, WEIR_ERROR_FORBIDDEN,
                 "Pages of this origin may not use this collector; "
                 "origins are added with cors-origins");
}

static gboolean
check_content_length (const WeirRequestRules  *rules,
                      Span                     text,
                      WeirRequestHead         *head,
                      GError                 **error)
{
  guint64 number = 0;

  if (text.length < 1 || text.length > 10)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The Content-Length cannot be read");
  for (gsize i = 0; i < text.length; i++)
    {
      if (!g_ascii_isdigit (text.text[i]))
        return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The Content-Length cannot be read");
      number = number * 10 + (guint64) (text.text[i] - '0');
    }
  if (number > rules->max_body_bytes)
    return refuse (error, WEIR_ERROR_TOO_LARGE, "The body is larger than max-body-bytes allows");

  head->content_length = number;
  head->has_length = TRUE;
  return TRUE;
}

/* `http://host/path`: the host must be the one the Host header names. */
static gboolean
check_absolute_target (const Lines  *lines,
                       GError      **error)
{
  const gsize scheme = strlen ("http://");
  gsize length;

  if (lines->target.length <= scheme ||
      g_ascii_strncasecmp (lines->target.text, "http://", scheme) != 0)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request target cannot be read");

  for (length = 0; scheme + length < lines->target.length; length++)
    if (strchr ("/?", lines->target.text[scheme + length]) != NULL)
      break;
  if (length != lines->host.length ||
      g_ascii_strncasecmp (lines->target.text + scheme, lines->host.text, length) != 0)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "Request target and Host disagree");
  return TRUE;
}

/* The library answers a percent sign without its two digits itself, and says nothing. */
static gboolean
is_target (Span target)
{
  for (gsize i = 0; i < target.length; i++)
    {
      char c = target.text[i];

      if (c <= 0x20 || c >= 0x7f)
        return FALSE;
      if (c == '%' && (target.length - i < 3 || !g_ascii_isxdigit (target.text[i + 1]) ||
                       !g_ascii_isxdigit (target.text[i + 2])))
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse_request_line (const char  *line,
                    gsize        length,
                    Lines       *lines,
                    GError     **error)
{
  const char *end = line + length;
  const char *target;
  const char *version;

  for (const char *p = line; p < end && *p != ' '; p++)
    if (!g_ascii_isupper (*p))
      return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request line cannot be read");

  target = memchr (line, ' ', length);
  if (target == NULL || target == line || target - line > 20)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request line cannot be read");
  target++;

  version = memchr (target, ' ', (gsize) (end - target));
  if (version == NULL || version == target)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request line cannot be read");
  lines->target = (Span) { target, (gsize) (version - target) };
  if (lines->target.length > MAX_TARGET_BYTES)
    return refuse (error, WEIR_ERROR_HEADERS_TOO_LARGE, "The request target is too long");
  if (!is_target (lines->target))
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request target cannot be read");

  version++;
  if (end - version != 8 || strncmp (version, "HTTP/1.", 7) != 0 ||
      (version[7] != '0' && version[7] != '1'))
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "Only HTTP/1.0 and HTTP/1.1 are served");
  lines->is_1_0 = version[7] == '0';
  return TRUE;
}

static gboolean
take_once (Span         *slot,
           Span          value,
           GError      **error)
{
  if (slot->text != NULL)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST,
                   "Host, Content-Length and Origin may be given only once");
  *slot = value;
  return TRUE;
}

static gboolean
take_header (Lines   *lines,
             Span     name,
             Span     value,
             GError **error)
{
  switch (name.length)
    {
    case 4:
      if (span_equals (name, "host"))
        return take_once (&lines->host, value, error);
      break;
    case 6:
      if (span_equals (name, "origin"))
        return take_once (&lines->origin, value, error);
      if (span_equals (name, "expect") && !span_equals (value, "100-continue"))
        return refuse (error, WEIR_ERROR_INVALID_REQUEST,
                       "Only Expect: 100-continue is understood");
      break;
    case 14:
      if (span_equals (name, "content-length"))
        return take_once (&lines->content_length, value, error);
      break;
    case 17:
      if (span_equals (name, "transfer-encoding"))
        lines->has_transfer_encoding = TRUE;
      break;
    default:
      break;
    }
  return TRUE;
}

static gboolean
parse_header (const char  *line,
              gsize        length,
              Lines       *lines,
              GError     **error)
{
  const char *colon = memchr (line, ':', length);
  Span name;
  Span value;

  if (++lines->n_headers > WEIR_REQUEST_MAX_HEADERS)
    return refuse (error, WEIR_ERROR_HEADERS_TOO_LARGE, "There are too many headers");
  if (colon == NULL || colon == line)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "A header line cannot be read");

  name = (Span) { line, (gsize) (colon - line) };
  value = (Span) { colon + 1, length - name.length - 1 };

  /* A space before the colon and a line that continues the one above both fail here. */
  for (gsize i = 0; i < name.length; i++)
    if (!is_token_char (name.text[i]))
      return refuse (error, WEIR_ERROR_INVALID_REQUEST, "A header name cannot be read");
  for (gsize i = 0; i < value.length; i++)
    if (((guchar) value.text[i] < 0x20 && value.text[i] != '\t') || value.text[i] == 0x7f)
      return refuse (error, WEIR_ERROR_INVALID_REQUEST, "A header value cannot be read");

  return take_header (lines, name, span_trim (value), error);
}

static gboolean
parse_lines (const char  *data,
             gsize        size,
             Lines       *lines,
             GError     **error)
{
  const char *line = data;
  const char *end = data + size - 2;   /* without the blank line */

  if (line == end)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The request line is missing");

  for (guint i = 0; line < end; i++)
    {
      const char *stop = memchr (line, '\n', (gsize) (end - line));
      gsize length;

      g_assert (stop != NULL && stop > line && stop[-1] == '\r');
      length = (gsize) (stop - line) - 1;
      if (i == 0 ? !parse_request_line (line, length, lines, error)
                 : !parse_header (line, length, lines, error))
        return FALSE;
      line = stop + 1;
    }
  return TRUE;
}

static gboolean
check_lines (const WeirRequestRules  *rules,
             const Lines             *lines,
             WeirRequestHead         *head,
             GError                 **error)
{
  if (lines->host.text == NULL && !lines->is_1_0)
    return refuse (error, WEIR_ERROR_INVALID_REQUEST, "The Host header is missing");
  if (lines->host.text != NULL && !check_host (rules, lines->host, error))
    return FALSE;
  if (*lines->target.text != '/' && !span_equals (lines->target, "*") &&
      !check_absolute_target (lines, error))
    return FALSE;

  if (lines->has_transfer_encoding)
    return lines->content_length.text != NULL
      ? refuse (error, WEIR_ERROR_INVALID_REQUEST,
                "Content-Length and Transfer-Encoding exclude each other")
      : refuse (error, WEIR_ERROR_LENGTH_REQUIRED,
                "Bodies in chunks are not taken; send a Content-Length");

  head->has_origin = lines->origin.text != NULL;
  if (head->has_origin && !check_origin (rules, lines->origin, lines->host, error))
    return FALSE;
  if (lines->content_length.text != NULL)
    return check_content_length (rules, lines->content_length, head, error);
  return TRUE;
}

/* Looks for the blank line. Every line must end in CR LF: where one does not, readers disagree. */
static WeirHeadState
find_end (const char       *data,
          gsize             length,
          WeirRequestHead  *head,
          GError          **error)
{
  while (head->scanned < length)
    {
      const char *stop = memchr (data + head->scanned, '\n', length - head->scanned);
      gsize at;

      if (stop == NULL)
        break;
      at = (gsize) (stop - data);
      if (at == head->line_start || stop[-1] != '\r')
        {
          refuse (error, WEIR_ERROR_INVALID_REQUEST, "A line of the head does not end in CR LF");
          return WEIR_HEAD_REFUSED;
        }
      if (at == head->line_start + 1)
        {
          head->size = at + 1;
          return WEIR_HEAD_COMPLETE;
        }
      head->scanned = head->line_start = at + 1;
    }

  head->scanned = length;
  return WEIR_HEAD_INCOMPLETE;
}

/**
 * weir_request_rules_new:
 * @max_body_bytes: largest body that is let in, as it is on the wire
 *
 * Makes rules that serve no host name and allow no origin yet.
 *
 * Returns: (transfer full): new rules
 */
WeirRequestRules *
weir_request_rules_new (guint64 max_body_bytes)
{
  WeirRequestRules *self = g_new0 (WeirRequestRules, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->max_body_bytes = max_body_bytes;
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * weir_request_rules_ref:
 * @self: the rules
 *
 * Returns: (transfer full): @self
 */
WeirRequestRules *
weir_request_rules_ref (WeirRequestRules *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weir_request_rules_unref:
 * @self: (transfer full): the rules
 *
 * Drops a reference.
 */
void
weir_request_rules_unref (WeirRequestRules *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->origins);
  g_free (self);
}

/**
 * weir_request_rules_add_host:
 * @self: the rules
 * @name: a host name or address, without port and brackets
 *
 * Serves requests whose `Host` is @name, with any port.
 */
void
weir_request_rules_add_host (WeirRequestRules *self,
                             const char       *name)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);

  g_hash_table_add (self->hosts, g_ascii_strdown (name, -1));
}

/**
 * weir_request_rules_add_origin:
 * @self: the rules
 * @origin: scheme, host and port as browsers send them (`https://example.org`), or `*`
 *
 * Lets pages of @origin use the collector.
 */
void
weir_request_rules_add_origin (WeirRequestRules *self,
                               const char       *origin)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (origin != NULL);

  if (g_str_equal (origin, "*"))
    self->any_origin = TRUE;
  else
    g_hash_table_add (self->origins, g_ascii_strdown (origin, -1));
}

/**
 * weir_request_rules_allow_any_ip:
 * @self: the rules
 *
 * Serves any `Host` that is an address in numbers: for a collector that listens on all addresses
 * of its machine. No foreign page can have such a host as its own.
 */
void
weir_request_rules_allow_any_ip (WeirRequestRules *self)
{
  g_return_if_fail (self != NULL);

  self->any_ip = TRUE;
}

/**
 * weir_request_check:
 * @rules: what is let in
 * @data: what has arrived so far, from the first byte of the request line
 * @length: bytes at @data
 * @head: (inout): the finding; zeroed for a new request
 * @error: return location for a [error@Weir.Error]
 *
 * Checks the head of an HTTP/1 request on its raw bytes (RFC 9112, with every leniency that two
 * readers could read differently taken out). Work already done is remembered in @head, so
 * that a client which sends single bytes costs no more than one which does not.
 *
 * Pure: depends on nothing but its arguments. May be called from any thread.
 *
 * Returns: whether the head is complete, wanting or refused; @error is set when refused
 */
WeirHeadState
weir_request_check (const WeirRequestRules  *rules,
                    const char              *data,
                    gsize                    length,
                    WeirRequestHead         *head,
                    GError                 **error)
{
  WeirHeadState state;
  Lines lines = { 0 };

  g_return_val_if_fail (rules != NULL, WEIR_HEAD_REFUSED);
  g_return_val_if_fail (data != NULL || length == 0, WEIR_HEAD_REFUSED);
  g_return_val_if_fail (head != NULL, WEIR_HEAD_REFUSED);

  state = find_end (data, MIN (length, WEIR_REQUEST_MAX_HEAD_BYTES), head, error);
  if (state == WEIR_HEAD_INCOMPLETE && length >= WEIR_REQUEST_MAX_HEAD_BYTES)
    {
      refuse (error, WEIR_ERROR_HEADERS_TOO_LARGE, "The head is larger than 64 KiB");
      return WEIR_HEAD_REFUSED;
    }
  if (state != WEIR_HEAD_COMPLETE)
    return state;

  if (!parse_lines (data, head->size, &lines, error) ||
      !check_lines (rules, &lines, head, error))
    return WEIR_HEAD_REFUSED;
  return WEIR_HEAD_COMPLETE;
}
