/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-log-ring.h"

#include "weir-event-json.h"
#include "weir-time.h"

#define MAX_LINES         2000
#define MAX_MESSAGE_BYTES 2000

typedef struct {
  guint64 seq;
  gint64 at;
  GLogLevelFlags level;
  char *domain;
  char *message;
} Line;

/* Grows up to its bound, then the oldest line makes room. */
static struct {
  GMutex mutex;
  Line lines[MAX_LINES];
  guint64 last;
} ring;

static const struct {
  const char *name;
  GLogLevelFlags level;
} levels[] = {
  { "error", G_LOG_LEVEL_ERROR },
  { "critical", G_LOG_LEVEL_CRITICAL },
  { "warning", G_LOG_LEVEL_WARNING },
  { "message", G_LOG_LEVEL_MESSAGE },
  { "info", G_LOG_LEVEL_INFO },
  { "debug", G_LOG_LEVEL_DEBUG },
};

static char *
dup_field (const GLogField *field,
           gsize            max)
{
  gssize length = field->length;

  if (length < 0)
    length = (gssize) strlen (field->value);
  return g_utf8_make_valid (field->value, (gssize) MIN ((gsize) length, max));
}

static void
keep (GLogLevelFlags   level,
      const GLogField *fields,
      gsize            n_fields)
{
  Line line = { .at = g_get_real_time (), .level = level & G_LOG_LEVEL_MASK };
  Line *place;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (line.message == NULL && g_str_equal (fields[i].key, "MESSAGE"))
        line.message = dup_field (&fields[i], MAX_MESSAGE_BYTES);
      else if (line.domain == NULL && g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        line.domain = dup_field (&fields[i], 100);
    }

  g_mutex_lock (&ring.mutex);
  line.seq = ++ring.last;
  place = &ring.lines[line.seq % MAX_LINES];
  g_free (place->domain);
  g_free (place->message);
  *place = line;
  g_mutex_unlock (&ring.mutex);
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN") && fields[i].length < 0)
      domain = fields[i].value;
  if (!g_log_writer_default_would_drop (level, domain))
    keep (level, fields, n_fields);
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/**
 * weir_log_ring_install:
 *
 * Keeps what is logged from now on, beside writing it where it went before. Once in a process.
 */
void
weir_log_ring_install (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}

/**
 * weir_log_ring_parse_level:
 * @name: name of a level; not trusted
 * @level: (out): the level
 *
 * Returns: whether there is such a level
 */
gboolean
weir_log_ring_parse_level (const char     *name,
                           GLogLevelFlags *level)
{
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (name, levels[i].name))
      {
        *level = levels[i].level;
        return TRUE;
      }
  return FALSE;
}

static void
append_line (const Line *line,
             GString    *out)
{
  char at[WEIR_TIME_TEXT_SIZE];
  const char *level = "message";

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (line->level & levels[i].level)
      level = levels[i].name;
  weir_time_format_rfc3339 (line->at, at);
  g_string_append_printf (out, "{\"seq\":%" G_GUINT64_FORMAT ",\"at\":\"%s\",\"level\":\"%s\","
                               "\"domain\":", line->seq, at, level);
  weir_json_append_string (out, line->domain != NULL ? line->domain : "", -1);
  g_string_append (out, ",\"message\":");
  weir_json_append_string (out, line->message != NULL ? line->message : "", -1);
  g_string_append_c (out, '}');
}

/**
 * weir_log_ring_append_json:
 * @after: only lines after this one
 * @level: only lines of this level or worse; a lower number is worse
 * @limit: at most so many, the newest
 * @out: gets `{"lines":[…],"last":n}`, oldest first
 */
void
weir_log_ring_append_json (guint64         after,
                           GLogLevelFlags  level,
                           guint           limit,
                           GString        *out)
{
  guint64 first;
  guint n_lines = 0;

  g_string_append (out, "{\"lines\":[");
  g_mutex_lock (&ring.mutex);
  first = ring.last > MAX_LINES ? ring.last - MAX_LINES : 0;
  first = MAX (first, after);

  /* Backwards, to find where the newest begin. */
  for (guint64 seq = ring.last; seq > first; seq--)
    if (ring.lines[seq % MAX_LINES].level <= level && ++n_lines > limit)
      first = seq;
  n_lines = 0;
  for (guint64 seq = first + 1; seq <= ring.last; seq++)
    {
      const Line *line = &ring.lines[seq % MAX_LINES];

      if (line->level > level)
        continue;
      if (n_lines++ > 0)
        g_string_append_c (out, ',');
      append_line (line, out);
    }
  g_string_append_printf (out, "],\"last\":%" G_GUINT64_FORMAT "}", ring.last);
  g_mutex_unlock (&ring.mutex);
}
