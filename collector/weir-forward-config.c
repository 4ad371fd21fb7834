/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-forward-config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weir-dead-letter.h"
#include "weir-error.h"
#include "weir-time.h"

#define MAX_NAME         64
#define MAX_HEADER_BYTES (64 * 1024)
#define MAX_EVENTS       50000
#define MIB              (G_GUINT64_CONSTANT (1024) * 1024)

/* Documented limits of Power BI: 120 requests a minute, 10 000 rows each, a million rows an hour.
 * A span of time may begin with a request that was paid for before, so one less of each. */
#define POWERBI_EVENTS     10000
#define POWERBI_PER_MINUTE 119
#define POWERBI_PER_SECOND ((1000000 - POWERBI_EVENTS) / 3600.0)

static const char *const format_names[] = { "json-array", "ndjson", "powerbi", "clickhouse", NULL };

#define fail(error, ...) weir_error_set (error, WEIR_ERROR_CONFIGURATION, __VA_ARGS__)

static gboolean
read_name (WeirForwardConfig  *self,
           const char         *group,
           GError            **error)
{
  g_autofree char *name = g_strstrip (g_strdup (group + strlen ("forwarder")));

  if (*name == '\0' || strlen (name) > MAX_NAME ||
      strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_.-") != strlen (name))
    return fail (error, "“%s” is not a name for a forwarder; write [forwarder NAME], with a NAME "
                        "of 1 to %d letters, digits, “_”, “.” or “-”", name, MAX_NAME);
  if (g_str_equal (name, WEIR_SINK_STORE) || g_str_equal (name, WEIR_SINK_JOURNAL))
    return fail (error, "a forwarder cannot be called “%s”", name);
  self->name = g_steal_pointer (&name);
  return TRUE;
}

/* What is wrong with it is said without showing it. */
static gboolean
read_url (WeirForwardConfig  *self,
          const char         *text,
          GError            **error)
{
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if ((!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return fail (error, "it is not an address such as https://example.org/events");
  if (g_uri_get_userinfo (uri) != NULL)
    return fail (error, "it has a name or a password in it; put an Authorization header into "
                        "headers-file");
  self->url = g_strdup (text);
  return TRUE;
}

static gboolean
read_format (WeirForwardConfig  *self,
             const char         *text,
             GError            **error)
{
  for (guint i = 0; format_names[i] != NULL; i++)
    if (g_str_equal (text, format_names[i]))
      {
        self->format = (WeirForwardFormat) i;
        return TRUE;
      }
  return fail (error, "“%s” is not one of json-array, ndjson, powerbi, clickhouse", text);
}

static gboolean
read_filter (WeirForwardConfig  *self,
             const char         *text,
             GError            **error)
{
  self->filter = weir_filter_new_from_json (text, -1, error);
  if (self->filter == NULL)
    return FALSE;
  if (weir_filter_get_uses (self->filter) & WEIR_FILTER_USES_PERSON)
    return fail (error, "events are forwarded before it is known which person they are of");
  return TRUE;
}

static gboolean
read_number (const char  *text,
             guint64      min,
             guint64      max,
             guint64     *number,
             GError     **error)
{
  return g_ascii_string_to_unsigned (text, 10, min, max, number, NULL) ||
         fail (error, "“%s” is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, text,
               min, max);
}

static gboolean
read_duration (const char  *text,
               gint64       min,
               gint64       max,
               gint64      *micros,
               GError     **error)
{
  return weir_duration_parse (text, micros, error) &&
         ((*micros >= min && *micros <= max) ||
          fail (error, "“%s” is not from %gs to %gs", text, (double) min / 1e6,
                (double) max / 1e6));
}

static gboolean
is_token (const char *name)
{
  return *name != '\0' && strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS
                                        "!#$%&'*+-.^_`|~") == strlen (name);
}

static gboolean
is_ours (const char *name)
{
  static const char *const names[] = { "host", "content-length", "content-type",
                                       "transfer-encoding", "connection", "idempotency-key",
                                       "weir-batch-id", NULL };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (names, lower);
}

static gboolean
parse_headers (WeirForwardConfig  *self,
               const char         *text,
               GError            **error)
{
  g_autoptr(GStrvBuilder) headers = g_strv_builder_new ();
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *colon = strchr (line, ':');

      if (*line == '\0' || *line == '#')
        continue;
      if (colon != NULL)
        *colon = '\0';
      if (colon == NULL || !is_token (line) || !g_str_is_ascii (colon + 1) ||
          strchr (colon + 1, '\r') != NULL)
        return fail (error, "line %u is not a header, “Name: value”", i + 1);
      if (is_ours (line))
        return fail (error, "line %u: the header “%s” is not for you to give", i + 1, line);
      g_strv_builder_add_many (headers, line, g_strstrip (colon + 1), NULL);
    }
  self->headers = g_strv_builder_end (headers);
  return TRUE;
}

/* Read once, from a file that nobody else can read. */
static gboolean
read_headers (WeirForwardConfig  *self,
              const char         *name,
              const char         *directory,
              GError            **error)
{
  g_autofree char *path = g_canonicalize_filename (name, directory);
  g_autofree char *text = g_malloc0 (MAX_HEADER_BYTES + 1);
  struct stat status;
  gssize size = -1;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      fail (error, "%s: %s", path, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  if (S_ISREG (status.st_mode) && (status.st_mode & 077) == 0)
    size = read (fd, text, MAX_HEADER_BYTES + 1);
  close (fd);
  if (!S_ISREG (status.st_mode))
    return fail (error, "%s: it is not a file", path);
  if ((status.st_mode & 077) != 0)
    return fail (error, "%s: others may read or change it; it needs the mode 0600", path);
  if (size < 0 || size > MAX_HEADER_BYTES || strlen (text) != (gsize) size)
    return fail (error, "%s: it cannot be read, or is no text of 64 KiB at most", path);
  if (!parse_headers (self, text, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_key (WeirForwardConfig  *self,
          const char         *key,
          const char         *text,
          const char         *directory,
          GError            **error)
{
  guint64 number = 0;

  if (g_str_equal (key, "url"))
    return read_url (self, text, error);
  if (g_str_equal (key, "format"))
    return read_format (self, text, error);
  if (g_str_equal (key, "filter"))
    return read_filter (self, text, error);
  if (g_str_equal (key, "headers-file"))
    return read_headers (self, text, directory, error);
  if (g_str_equal (key, "interval"))
    return read_duration (text, G_TIME_SPAN_SECOND / 20, G_TIME_SPAN_HOUR, &self->interval, error);
  if (g_str_equal (key, "timeout"))
    return read_duration (text, G_TIME_SPAN_SECOND / 20, 600 * G_TIME_SPAN_SECOND, &self->timeout,
                          error);
  if (g_str_equal (key, "batch-bytes"))
    return read_number (text, 1024, 64 * MIB, &self->batch_bytes, error);

  if (g_str_equal (key, "batch"))
    {
      if (!read_number (text, 1, MAX_EVENTS, &number, error))
        return FALSE;
      self->batch = (guint) number;
      return TRUE;
    }
  if (g_str_equal (key, "max-rate"))
    {
      if (!read_number (text, 1, 100000000, &number, error))
        return FALSE;
      self->rate.event_us = 1e6 / (double) number;
      return TRUE;
    }
  if (g_str_equal (key, "max-requests"))
    {
      if (!read_number (text, 1, 1000000, &number, error))
        return FALSE;
      self->rate.request_us = (gint64) (60 * G_TIME_SPAN_SECOND / number);
      return TRUE;
    }
  return fail (error, "there is no such key");
}

/* Where the user said more than the destination takes, the destination wins. */
static void
apply_profile (WeirForwardConfig *self)
{
  if (self->batch == 0)
    self->batch = self->format == WEIR_FORWARD_CLICKHOUSE ? MAX_EVENTS : 500;
  if (self->format != WEIR_FORWARD_POWERBI)
    return;
  self->batch = MIN (self->batch, POWERBI_EVENTS);
  self->rate.request_us = MAX (self->rate.request_us,
                               60 * G_TIME_SPAN_SECOND / POWERBI_PER_MINUTE);
  self->rate.event_us = MAX (self->rate.event_us, 1e6 / POWERBI_PER_SECOND);
}

/**
 * weir_forward_config_new:
 * @file: a configuration
 * @group: the name of a group in it that begins with “forwarder”
 * @directory: what file names in it are relative to
 * @key: (out) (transfer none): the key that is at fault, or %NULL; of static storage
 * @error: return location for a %WEIR_ERROR_CONFIGURATION
 *
 * Reads and checks what is wanted of a forwarder.
 *
 * Returns: (transfer full) (nullable): the wishes, complete
 */
WeirForwardConfig *
weir_forward_config_new (GKeyFile    *file,
                         const char  *group,
                         const char  *directory,
                         const char **key,
                         GError     **error)
{
  g_autoptr(WeirForwardConfig) self = g_new0 (WeirForwardConfig, 1);
  g_auto(GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  *key = NULL;
  self->interval = 2 * G_TIME_SPAN_SECOND;
  self->timeout = 10 * G_TIME_SPAN_SECOND;
  self->batch_bytes = 4 * MIB;
  if (!read_name (self, group, error))
    return NULL;

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *text = g_key_file_get_value (file, group, keys[i], NULL);

      *key = g_intern_string (keys[i]);
      if (text == NULL || !g_utf8_validate (text, -1, NULL) || *g_strstrip (text) == '\0')
        {
          fail (error, "it is empty, or not UTF-8");
          return NULL;
        }
      if (!read_key (self, keys[i], text, directory, error))
        return NULL;
    }
  *key = "url";
  if (self->url == NULL)
    {
      fail (error, "it is missing");
      return NULL;
    }
  if (self->headers == NULL)
    self->headers = g_new0 (char *, 1);
  apply_profile (self);
  return g_steal_pointer (&self);
}

/**
 * weir_forward_config_free:
 * @self: (transfer full): what is wanted of a forwarder
 */
void
weir_forward_config_free (WeirForwardConfig *self)
{
  g_free (self->name);
  g_free (self->url);
  g_clear_pointer (&self->filter, weir_filter_unref);
  g_strfreev (self->headers);
  g_free (self);
}
