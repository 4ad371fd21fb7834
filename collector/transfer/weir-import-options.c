/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-options.h"

#include <string.h>

#include "weir-error.h"
#include "weir-time.h"

#define DEFAULT_URL   "http://127.0.0.1:8740"
#define DEFAULT_BATCH 5000
#define MAX_BATCH     100000

/* As they stand on the command line. */
typedef struct {
  char *format;
  char *delimiter;
  char *from_file;
  char *patience;
  char **files;
} Texts;

static const char summary[] =
  "Imports events from a file (NDJSON, CSV, or an export of PostHog or Mixpanel; gzip'd or not; -\n"
  "is standard input) or from a table of a database into a running collector. Call it again after\n"
  "it was interrupted, in whatever way, and it goes on where it was: each event arrives exactly\n"
  "once.";

static const char description[] =
  "FIELD is event, id, timestamp, user_id, distinct_id, anonymous_id, device_id, previous_id,\n"
  "session_id, source, value, properties, or properties.NAME. Columns are found by their names;\n"
  "those that are no field become properties.\n"
  "\n"
  "Exit status: 0 done; 1 done, but rows were not taken (--rejected has them); 64 wrong usage; 65\n"
  "a row was not taken (--strict); 66 there is no such file or table, or it cannot be read; 69\n"
  "the collector refuses; 75 it did not answer for too long, call again; 77 it wants another key;\n"
  "78 the state is of another import, or cannot be kept; 130 interrupted, call again.\n"
  "\n"
  "Examples:\n"
  "  weir-collector import events.ndjson.gz\n"
  "  weir-collector import --format mixpanel --timezone America/New_York export.json\n"
  "  weir-collector import --map event=action --map properties.page=url visits.csv\n"
  "  weir-collector import --from 'PostgreSQL://DB_NAME=analytics;HOST=localhost' --table events\n";

#define fail(error, ...) weir_error_set (error, WEIR_ERROR_INVALID_REQUEST, __VA_ARGS__)

static gboolean
parse_command_line (WeirImportOptions   *self,
                    Texts               *texts,
                    int                  argc,
                    char               **argv,
                    GError             **error)
{
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, &self->to, "The collector (" DEFAULT_URL ")", "URL" },
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &self->key_file,
      "A file that holds the write key", "FILE" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &texts->format,
      "ndjson, csv, posthog or mixpanel (csv for *.csv and *.tsv, else ndjson)", "FORMAT" },
    { "map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->maps,
      "This column is that field; may be repeated", "FIELD=COLUMN" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->constants,
      "What a field is where no column says it; may be repeated", "FIELD=TEXT" },
    { "skip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->skips,
      "Leave this column out; may be repeated", "COLUMN" },
    { "delimiter", 0, 0, G_OPTION_ARG_STRING, &texts->delimiter,
      "What separates the columns of a CSV file, tab for a tabulator (a comma)", "CHARACTER" },
    { "timezone", 0, 0, G_OPTION_ARG_STRING, &self->zone_name,
      "Of times that do not tell (UTC); of a Mixpanel project", "ZONE" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &self->from,
      "A database, as libgda writes it: PostgreSQL://DB_NAME=d;HOST=h;PORT=p;USERNAME=u",
      "STRING" },
    { "from-file", 0, 0, G_OPTION_ARG_FILENAME, &texts->from_file,
      "The same out of a file, since a password on the command line is for all to see", "FILE" },
    { "table", 0, 0, G_OPTION_ARG_STRING, &self->table, "The table, [SCHEMA.]TABLE", "TABLE" },
    { "query", 0, 0, G_OPTION_ARG_STRING, &self->query, "A SELECT instead of a table", "SQL" },
    { "key", 0, 0, G_OPTION_ARG_STRING, &self->key,
      "The column that is another in each row, by which rows are put in order (id, else what the "
      "database numbers rows by)", "COLUMN" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &self->source,
      "Source of events that name none (the write key's name, or local)", "NAME" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name,
      "What this is called in ids of events that have none (the name of the file or table)",
      "NAME" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &self->batch, "Events in a request (5000)", "N" },
    { "patience", 0, 0, G_OPTION_ARG_STRING, &texts->patience,
      "Give up when the collector does not take anything for so long (10m)", "DURATION" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &self->state,
      "Where it is kept how far this came (FILE.weir-import, TABLE.weir-import)", "FILE" },
    { "rejected", 0, 0, G_OPTION_ARG_FILENAME, &self->rejected,
      "Write rows that are not taken here, as NDJSON, with the reason", "FILE" },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &self->is_strict,
      "Stop at the first row that is not taken", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &self->is_dry_run,
      "Show the first ten events and count, send nothing", NULL },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &self->is_quiet, "Show no progress", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &texts->files, NULL, "[FILE]" },
    { NULL }
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, &argc, &argv, error);
}

static gboolean
take_format (WeirImportOptions  *self,
             const char         *format,
             GError            **error)
{
  static const char *const names[] = { "ndjson", "csv", "posthog", "mixpanel" };
  g_autofree char *bare = g_strdup (self->path);

  if (self->path == NULL)
    {
      self->format = WEIR_IMPORT_TABLE;
      return format == NULL || fail (error, "--format is of files");
    }
  if (g_str_has_suffix (bare, ".gz"))
    bare[strlen (bare) - 3] = '\0';
  if (format == NULL)
    {
      self->format = g_str_has_suffix (bare, ".csv") || g_str_has_suffix (bare, ".tsv")
                       ? WEIR_IMPORT_CSV : WEIR_IMPORT_NDJSON;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (format, names[i]))
      {
        self->format = (WeirImportFormat) i;
        return TRUE;
      }
  return fail (error, "--format: “%s” is not one of ndjson, csv, posthog, mixpanel", format);
}

static gboolean
take_delimiter (WeirImportOptions  *self,
                const char         *text,
                GError            **error)
{
  self->delimiter = ',';
  if (text == NULL)
    {
      if (self->path != NULL && (g_str_has_suffix (self->path, ".tsv") ||
                                 g_str_has_suffix (self->path, ".tsv.gz")))
        self->delimiter = '\t';
      return TRUE;
    }
  if (g_str_equal (text, "tab"))
    text = "\t";
  self->delimiter = *text;
  return (strlen (text) == 1 && strchr ("\"\r\n", *text) == NULL && (guchar) *text < 0x80) ||
         fail (error, "--delimiter: “%s” is not one character", text);
}

static gboolean
take_from (WeirImportOptions  *self,
           const Texts        *texts,
           GError            **error)
{
  if (self->from != NULL && texts->from_file != NULL)
    return fail (error, "--from and --from-file are the same thing");
  if (texts->from_file != NULL)
    {
      if (!g_file_get_contents (texts->from_file, &self->from, NULL, error))
        return FALSE;
      g_strstrip (self->from);
    }
  if ((self->from != NULL) == (texts->files != NULL))
    return fail (error, "name one file (- is standard input), or a database with --from");
  if (texts->files != NULL && texts->files[1] != NULL)
    return fail (error, "name one file at a time");
  if (self->from != NULL && (self->table != NULL) == (self->query != NULL))
    return fail (error, "--from needs one of --table and --query");
  if (self->from == NULL && (self->table != NULL || self->query != NULL || self->key != NULL))
    return fail (error, "--table, --query and --key need --from");
  self->path = texts->files != NULL ? g_strdup (texts->files[0]) : NULL;
  return TRUE;
}

static void
set_names (WeirImportOptions *self)
{
  gboolean is_stdin = g_strcmp0 (self->path, "-") == 0;

  if (self->name == NULL)
    self->name = self->path == NULL ? g_strdup (self->table != NULL ? self->table : "query")
                 : is_stdin ? g_strdup ("stdin") : g_filename_display_basename (self->path);
  if (self->path != NULL && g_str_has_suffix (self->name, ".gz"))
    self->name[strlen (self->name) - 3] = '\0';
  if (self->state == NULL && !is_stdin)
    self->state = g_strconcat (self->path != NULL ? self->path : self->name, ".weir-import", NULL);
  if (self->to == NULL)
    self->to = g_strdup (DEFAULT_URL);
}

static gboolean
take_texts (WeirImportOptions  *self,
            const Texts        *texts,
            GError            **error)
{
  if (!take_from (self, texts, error) || !take_format (self, texts->format, error) ||
      !take_delimiter (self, texts->delimiter, error) ||
      !weir_duration_parse (texts->patience != NULL ? texts->patience : "10m", &self->patience,
                            error))
    return FALSE;
  if (self->batch < 1 || self->batch > MAX_BATCH)
    return fail (error, "--batch must be from 1 to %d", MAX_BATCH);
  self->zone = g_time_zone_new_identifier (self->zone_name != NULL ? self->zone_name : "UTC");
  if (self->zone == NULL)
    return fail (error, "--timezone: there is no “%s”", self->zone_name);
  set_names (self);
  return TRUE;
}

/**
 * weir_import_options_new:
 * @argc: the number of arguments, with the word `import` in front
 * @argv: the arguments
 * @error: return location for an error
 *
 * Reads the command line. `--help` prints and exits.
 *
 * Returns: (transfer full) (nullable): what was asked for
 */
WeirImportOptions *
weir_import_options_new (int       argc,
                         char    **argv,
                         GError  **error)
{
  g_autoptr(WeirImportOptions) self = g_new0 (WeirImportOptions, 1);
  Texts texts = { 0 };
  gboolean is_sound;

  self->batch = DEFAULT_BATCH;
  is_sound = parse_command_line (self, &texts, argc, argv, error) &&
             take_texts (self, &texts, error);
  g_free (texts.format);
  g_free (texts.delimiter);
  g_free (texts.from_file);
  g_free (texts.patience);
  g_strfreev (texts.files);
  return is_sound ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_import_options_free:
 * @self: (transfer full): options
 */
void
weir_import_options_free (WeirImportOptions *self)
{
  g_free (self->path);
  g_free (self->from);
  g_free (self->table);
  g_free (self->query);
  g_free (self->key);
  g_free (self->name);
  g_free (self->source);
  g_strfreev (self->maps);
  g_strfreev (self->constants);
  g_strfreev (self->skips);
  g_free (self->zone_name);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_free (self->to);
  g_free (self->key_file);
  g_free (self->state);
  g_free (self->rejected);
  g_free (self);
}

static void
add (GChecksum  *checksum,
     const char *text)
{
  if (text != NULL)
    g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_update (checksum, (const guchar *) "\n", 1);
}

static void
add_all (GChecksum  *checksum,
         char      **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    add (checksum, texts[i]);
  add (checksum, NULL);
}

/**
 * weir_import_options_dup_what:
 * @self: options
 *
 * Returns: (transfer full): the same for the same events to the same collector. Connection strings
 *   may hold passwords, so it is a hash
 */
char *
weir_import_options_dup_what (const WeirImportOptions *self)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char format[] = { (char) ('0' + self->format), self->delimiter, '\0' };

  add (checksum, self->to);
  add (checksum, format);
  add (checksum, self->from);
  add (checksum, self->table);
  add (checksum, self->query);
  add (checksum, self->key);
  add (checksum, self->name);
  add (checksum, self->source);
  add (checksum, self->zone_name);
  add_all (checksum, self->maps);
  add_all (checksum, self->constants);
  add_all (checksum, self->skips);
  return g_strdup (g_checksum_get_string (checksum));
}
