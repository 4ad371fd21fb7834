/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-export-options.h"

#include <string.h>

#include "weir-data-dir.h"
#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-time.h"
#include "weir-transfer-client.h"
#include "weir-transfer-time.h"

#define DEFAULT_URL "http://127.0.0.1:8740"

/* As they stand on the command line. */
typedef struct {
  char *data_dir;
  char *token_file;
  char *format;
  char *from;
  char *until;
  char *last;
  char *filter;
  char *event;
  char *source;
  char *after;
  char *patience;
  char **files;
} Texts;

static const char summary[] =
  "Exports events from a running collector, or from a database file: as NDJSON, which can be\n"
  "imported again, as CSV, or as a copy of the database file (sqlite), made while a collector\n"
  "writes it.";

static const char description[] =
  "Events come in the order in which they were received, all of one moment: what is received\n"
  "meanwhile is left out. A file has its name once it is complete. With --data-dir or a FILE\n"
  "nothing but that file is read; sqlite needs one of them. The token: --token-file, else\n"
  "WEIR_READ_TOKEN, else that of the default data directory.\n"
  "\n"
  "Exit status: 0 done; 64 wrong usage; 66 the file cannot be read; 69 the collector refuses; 73\n"
  "the output cannot be written; 75 it did not answer for too long; 77 it wants another token;\n"
  "130 interrupted.\n"
  "\n"
  "Examples:\n"
  "  weir-collector export --output events.ndjson.gz\n"
  "  weir-collector export --format csv --last 7d --event purchase > purchases.csv\n"
  "  weir-collector export --filter '{\"property\":\"plan\",\"op\":\"=\",\"value\":\"pro\"}'\n"
  "  weir-collector export --data-dir ~/.local/share/weir --format sqlite --output copy.db\n";

#define fail(error, ...) weir_error_set (error, WEIR_ERROR_INVALID_REQUEST, __VA_ARGS__)

static void
texts_clear (Texts *self)
{
  g_free (self->data_dir);
  g_free (self->token_file);
  g_free (self->format);
  g_free (self->from);
  g_free (self->until);
  g_free (self->last);
  g_free (self->filter);
  g_free (self->event);
  g_free (self->source);
  g_free (self->after);
  g_free (self->patience);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Texts, texts_clear)

static gboolean
parse_command_line (WeirExportOptions   *self,
                    Texts               *texts,
                    int                  argc,
                    char               **argv,
                    GError             **error)
{
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &self->url, "The collector (" DEFAULT_URL ")", "URL" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &texts->token_file,
      "A file that holds the read token", "FILE" },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &texts->data_dir,
      "Read the events.db of this data directory instead, whether a collector runs on it or not",
      "DIR" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &texts->format,
      "ndjson, csv or sqlite (csv for *.csv, sqlite for *.db, else ndjson)", "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
      "Write here; gzip'd when it ends with .gz (standard output)", "FILE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &self->is_forced,
      "Replace the file if there is one", NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &texts->from, "What happened then or later", "TIME" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &texts->until, "What happened before", "TIME" },
    { "last", 0, 0, G_OPTION_ARG_STRING, &texts->last, "What happened in the last, such as 7d",
      "DURATION" },
    { "filter", 0, 0, G_OPTION_ARG_STRING, &texts->filter, "A filter, as questions have it",
      "JSON" },
    { "event", 0, 0, G_OPTION_ARG_STRING, &texts->event, "Events of this name", "NAME" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &texts->source, "Events of this source", "NAME" },
    { "after", 0, 0, G_OPTION_ARG_STRING, &texts->after, "What was received behind this event",
      "SEQ" },
    { "patience", 0, 0, G_OPTION_ARG_STRING, &texts->patience,
      "Give up when the collector does not answer for so long (1m)", "DURATION" },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &self->is_quiet, "Show no progress", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &texts->files, NULL, "[FILE.db]" },
    { NULL }
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, &argc, &argv, error);
}

static gboolean
take_origin (WeirExportOptions  *self,
             const Texts        *texts,
             GError            **error)
{
  guint n = (self->url != NULL) + (texts->data_dir != NULL) + (texts->files != NULL);

  if (n > 1 || (texts->files != NULL && texts->files[1] != NULL))
    return fail (error, "name one of --url, --data-dir and a file");
  if (texts->data_dir != NULL)
    self->file = weir_data_dir_dup_store (texts->data_dir);
  else if (texts->files != NULL)
    self->file = g_strdup (texts->files[0]);
  else if (self->url == NULL)
    self->url = g_strdup (DEFAULT_URL);
  self->is_written = texts->data_dir != NULL;
  return TRUE;
}

/* What there is of a token; without one the collector says what it thinks of it. */
static gboolean
take_token (WeirExportOptions  *self,
            const Texts        *texts,
            GError            **error)
{
  const char *given = g_getenv ("WEIR_READ_TOKEN");
  g_autofree char *file = NULL;

  if (self->url == NULL)
    return TRUE;
  if (texts->token_file != NULL)
    return (self->token = weir_transfer_read_key (texts->token_file, error)) != NULL;
  if (given != NULL && *given != '\0')
    {
      self->token = g_strdup (given);
      return TRUE;
    }
  file = g_build_filename (g_get_user_data_dir (), "weir", "token", NULL);
  self->token = weir_transfer_read_key (file, NULL);
  return TRUE;
}

static gboolean
take_format (WeirExportOptions  *self,
             const char         *format,
             GError            **error)
{
  static const char *const names[] = { "ndjson", "csv", "sqlite" };
  g_autofree char *bare = g_strdup (self->output != NULL ? self->output : "");
  guint i = 0;

  if (g_strcmp0 (self->output, "-") == 0)
    g_clear_pointer (&self->output, g_free);
  self->is_packed = g_str_has_suffix (bare, ".gz");
  if (self->is_packed)
    bare[strlen (bare) - 3] = '\0';
  if (format == NULL)
    format = g_str_has_suffix (bare, ".csv") ? "csv"
             : g_str_has_suffix (bare, ".db") ? "sqlite" : "ndjson";
  while (i < G_N_ELEMENTS (names) && !g_str_equal (names[i], format))
    i++;
  if (i == G_N_ELEMENTS (names))
    return fail (error, "--format: “%s” is not one of ndjson, csv, sqlite", format);
  self->format = (WeirExportFormat) i;
  if (self->format != WEIR_EXPORT_SQLITE)
    return TRUE;
  if (self->file == NULL)
    return fail (error, "sqlite is a copy of a file: it needs --data-dir or a file");
  if (self->output == NULL || self->is_packed)
    return fail (error, "sqlite needs an --output that is a file, not gzip'd");
  return TRUE;
}

static gboolean
take_time (const char  *text,
           gint64      *micros,
           GError     **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_utc ();

  return text == NULL || weir_transfer_time_parse (text, zone, micros) ||
         fail (error, "“%s” is no time, such as 2026-01-31 or 2026-01-31T12:00:00Z", text);
}

static gboolean
take_range (WeirExportOptions  *self,
            const Texts        *texts,
            GError            **error)
{
  gint64 last;

  self->from = G_MININT64;
  self->until = G_MAXINT64;
  if (!take_time (texts->from, &self->from, error) ||
      !take_time (texts->until, &self->until, error))
    return FALSE;
  if (texts->last == NULL)
    return TRUE;
  if (texts->from != NULL || texts->until != NULL)
    return fail (error, "--last is not to be had together with --from and --to");
  if (!weir_duration_parse (texts->last, &last, error))
    return FALSE;
  self->until = g_get_real_time ();
  self->from = self->until - last;
  return TRUE;
}

static void
append_equals (GString    *out,
               const char *property,
               const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, "%s{\"property\":\"%s\",\"op\":\"=\",\"value\":",
                          out->len > 0 ? "," : "", property);
  weir_json_append_string (out, value, -1);
  g_string_append_c (out, '}');
}

static gboolean
take_filter (WeirExportOptions  *self,
             const Texts        *texts,
             GError            **error)
{
  g_autoptr(GString) parts = g_string_new (NULL);
  g_autoptr(WeirFilter) filter = NULL;

  if (texts->filter != NULL)
    {
      /* By itself, so that its mistakes are its own. */
      filter = weir_filter_new_from_json (texts->filter, -1, error);
      if (filter == NULL)
        return FALSE;
      g_string_append (parts, texts->filter);
    }
  append_equals (parts, "event", texts->event);
  append_equals (parts, "source", texts->source);
  if (parts->len == 0)
    return TRUE;
  self->filter_json = g_strdup_printf ("{\"all\":[%s]}", parts->str);
  self->filter = weir_filter_new_from_json (self->filter_json, -1, error);
  return self->filter != NULL;
}

static gboolean
take_after (WeirExportOptions  *self,
            const char         *after,
            GError            **error)
{
  return after == NULL ||
         g_ascii_string_to_unsigned (after, 10, 0, G_MAXINT64, &self->after, NULL) ||
         fail (error, "--after: “%s” is no seq, as the last line of an export has it", after);
}

/**
 * weir_export_options_new:
 * @argc: the number of arguments, with the word `export` in front
 * @argv: the arguments
 * @error: return location for an error
 *
 * Reads the command line. `--help` prints and exits.
 *
 * Returns: (transfer full) (nullable): what was asked for
 */
WeirExportOptions *
weir_export_options_new (int       argc,
                         char    **argv,
                         GError  **error)
{
  g_autoptr(WeirExportOptions) self = g_new0 (WeirExportOptions, 1);
  g_auto(Texts) texts = { 0 };

  if (!parse_command_line (self, &texts, argc, argv, error) ||
      !take_origin (self, &texts, error) || !take_token (self, &texts, error) ||
      !take_format (self, texts.format, error) || !take_range (self, &texts, error) ||
      !take_filter (self, &texts, error) || !take_after (self, texts.after, error) ||
      !weir_duration_parse (texts.patience != NULL ? texts.patience : "1m", &self->patience, error))
    return NULL;
  if (self->format == WEIR_EXPORT_SQLITE &&
      (self->filter != NULL || texts.after != NULL || texts.from != NULL || texts.until != NULL ||
       texts.last != NULL))
    {
      fail (error, "sqlite copies all there is; a range or a filter needs ndjson or csv");
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * weir_export_options_free:
 * @self: (transfer full): options
 */
void
weir_export_options_free (WeirExportOptions *self)
{
  g_free (self->url);
  g_free (self->token);
  g_free (self->file);
  g_free (self->output);
  g_free (self->filter_json);
  g_clear_pointer (&self->filter, weir_filter_unref);
  g_free (self);
}
