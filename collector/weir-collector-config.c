/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-collector-config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "weir-acceptor.h"
#include "weir-clickhouse-address.h"
#include "weir-data-dir.h"
#include "weir-time.h"

#define DEFAULT_LISTEN "127.0.0.1:8740"
#define MIB            (G_GUINT64_CONSTANT (1024) * 1024)

typedef enum {
  KIND_TEXT,
  KIND_TEXTS,
  KIND_ADDRESSES,
  KIND_ORIGINS,
  KIND_STORE,
  KIND_DURABILITY,
  KIND_RULES,
  KIND_DURATION,
  KIND_COUNT,
  KIND_BYTES,
  KIND_YES_NO,
  KIND_SWITCH,   /* the same, and alone on the command line it is a yes */
} Kind;

typedef struct {
  const char *name;
  Kind kind;
  gsize offset;
  guint64 min;
  guint64 max;
  const char *argument;
  const char *help;
} Option;

#define AT(member) G_STRUCT_OFFSET (WeirCollectorConfig, member)

static const Option options[] = {
  { "listen", KIND_ADDRESSES, AT (listen), 0, 0, "ADDR:PORT",
    "Listen here; may be repeated; port 0 picks one; unix:PATH too (" DEFAULT_LISTEN ")" },
  { "data-dir", KIND_TEXT, AT (data_dir), 0, 0, "DIR",
    "Keep journal, events.db and token here ($XDG_DATA_HOME/weir)" },
  { "store", KIND_STORE, AT (store), 0, 0, "sqlite|clickhouse|chdb",
    "Where events are stored (sqlite)" },
  { "clickhouse-url", KIND_TEXT, AT (clickhouse_url), 0, 0, "URL",
    "The ClickHouse server of --store clickhouse, http://user:password@host:8123/database" },
  { "shared", KIND_SWITCH, AT (shared), 0, 0, "yes|no",
    "Share the tables of --store clickhouse, and who is who, with other collectors (no)" },
  { "chdb-library", KIND_TEXT, AT (chdb_library), 0, 0, "PATH",
    "The library of --store chdb, ClickHouse in this process (libchdb.so)" },
  { "relay", KIND_TEXT, AT (relay_url), 0, 0, "URL",
    "Exchange live events with other collectors over Redis, redis://host:port" },
  { "relay-channel", KIND_TEXT, AT (relay_channel), 0, 0, "NAME",
    "Collectors with the same channel tell each other (weir)" },
  { "durability", KIND_DURABILITY, AT (durability), 0, 0, "fsync|os|memory",
    "What a 202 means (fsync)" },
  { "read-only", KIND_TEXT, AT (read_only), 0, 0, "FILE",
    "Answer questions on this database file, which is never written; no ingest" },
  { "keep", KIND_DURATION, AT (keep), 0, 0, "DURATION",
    "Delete events older than this, for instance 90d (never)" },
  { "identity-rules", KIND_RULES, AT (identity_rules), 0, 0, "weir|posthog",
    "By which rules ids become persons (weir)" },
  { "ingest-threads", KIND_COUNT, AT (ingest_threads), 1, 64, "N", "Threads that serve HTTP (2)" },
  { "max-body-bytes", KIND_BYTES, AT (max_body_bytes), 1024, 1024 * MIB, "BYTES",
    "Largest request body (20M)" },
  { "max-decoded-bytes", KIND_BYTES, AT (max_decoded_bytes), 1024, 4096 * MIB, "BYTES",
    "Largest request body once decompressed (64M)" },
  { "max-bodies-bytes", KIND_BYTES, AT (max_bodies_bytes), MIB, G_MAXINT64, "BYTES",
    "Bodies of all requests under way together (256M)" },
  { "journal-max-bytes", KIND_BYTES, AT (journal_max_bytes), MIB, G_MAXINT64, "BYTES",
    "Size of the journal at which events are refused (1G)" },
  { "forward-max-bytes", KIND_BYTES, AT (forward_max_bytes), MIB, G_MAXINT64, "BYTES",
    "Size of the journal at which the oldest that only forwarders want goes (half of that)" },
  { "max-connections", KIND_COUNT, AT (max_connections), 1, 1000000, "N",
    "Connections at one time (10000, and always below the descriptor limit)" },
  { "max-connections-per-address", KIND_COUNT, AT (max_connections_per_address), 0, 1000000, "N",
    "The same for one client address, 0 for no such cap (0)" },
  { "require-key", KIND_YES_NO, AT (require_key), 0, 0, "yes|no",
    "Whether clients on this machine need a write key too (no)" },
  { "fault-drill", KIND_SWITCH, AT (fault_drill), 0, 0, "yes|no",
    "Let faults be had on purpose, with POST /v1/drill (no)" },
  { "host-names", KIND_TEXTS, AT (host_names), 0, 0, "NAME",
    "Serve requests for this host name too; may be repeated" },
  { "cors-origins", KIND_ORIGINS, AT (cors_origins), 0, 0, "ORIGIN",
    "Let web pages of this origin in (https://example.org, or *); may be repeated" },
};

#undef AT

/* What was given for one option, and where. */
typedef struct {
  GPtrArray *texts;
  const char *file;   /* NULL: on the command line */
} Given;

typedef struct {
  Given given[G_N_ELEMENTS (options)];
  char *file;
} Source;

static const char *const durability_names[] = { "fsync", "os", "memory", NULL };

static void
source_clear (Source *source)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_clear_pointer (&source->given[i].texts, g_ptr_array_unref);
  g_clear_pointer (&source->file, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

static int
find_option (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (g_str_equal (options[i].name, name))
      return (int) i;
  return -1;
}

static void
give (Source     *source,
      int         index,
      const char *text,
      const char *file)
{
  Given *given = &source->given[index];

  if (given->texts == NULL)
    given->texts = g_ptr_array_new_with_free_func (g_free);
  given->file = file;
  g_ptr_array_add (given->texts, g_strdup (text));
}

#define fail(error, ...) weir_error_set (error, WEIR_ERROR_CONFIGURATION, __VA_ARGS__)

/* The line a key stands on; GKeyFile does not tell. 0 when it cannot be found. */
static guint
find_line (const char *text,
           const char *group,
           const char *key)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      if (*line == '[')
        inside = g_str_has_prefix (line, header);
      if (inside && key == NULL)
        return i + 1;
      if (inside && key != NULL && g_str_has_prefix (line, key) &&
          strchr (" \t=", line[strlen (key)]) != NULL && line[strlen (key)] != '\0')
        return i + 1;
    }
  return 0;
}

/* Options of a group are those whose names begin with @prefix, and go without it there. */
static gboolean
read_options (Source      *source,
              GKeyFile    *key_file,
              const char  *text,
              const char  *group,
              const char  *prefix,
              GError     **error)
{
  g_auto(GStrv) keys = g_key_file_get_keys (key_file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_auto(GStrv) values = NULL;
      g_autofree char *name = g_strconcat (prefix, keys[i], NULL);
      int index = find_option (name);

      if (index < 0)
        return fail (error, "%s:%u: there is no option “%s”", source->file,
                     find_line (text, group, keys[i]), keys[i]);
      if (source->given[index].texts != NULL)
        continue;   /* the command line wins */

      values = g_key_file_get_string_list (key_file, group, keys[i], NULL, error);
      if (values == NULL)
        return FALSE;
      for (guint j = 0; values[j] != NULL; j++)
        give (source, index, g_strstrip (values[j]), source->file);
    }
  return TRUE;
}

static gboolean
read_keys_group (WeirCollectorConfig  *self,
                 const char           *file,
                 GKeyFile             *key_file,
                 const char           *text,
                 GError              **error)
{
  g_auto(GStrv) names = g_key_file_get_keys (key_file, "keys", NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *key = g_key_file_get_string (key_file, "keys", names[i], NULL);

      if (key == NULL || *g_strstrip (key) == '\0')
        return fail (error, "%s:%u: the write key “%s” is empty", file,
                     find_line (text, "keys", names[i]), names[i]);
      if (!g_hash_table_insert (self->keys, g_steal_pointer (&key), g_strdup (names[i])))
        return fail (error, "%s:%u: the write key “%s” is given twice", file,
                     find_line (text, "keys", names[i]), names[i]);
    }
  return TRUE;
}

static gboolean
read_forwarder (WeirCollectorConfig  *self,
                const char           *path,
                GKeyFile             *key_file,
                const char           *text,
                const char           *group,
                GError              **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr(WeirForwardConfig) forwarder = NULL;
  const char *key = NULL;

  forwarder = weir_forward_config_new (key_file, group, directory, &key, error);
  if (forwarder == NULL)
    {
      g_prefix_error (error, "%s:%u: %s%s", path,
                      MAX (find_line (text, group, key), find_line (text, group, NULL)),
                      key != NULL ? key : "", key != NULL ? ": " : "");
      return FALSE;
    }
  for (guint i = 0; i < self->forwarders->len; i++)
    {
      const WeirForwardConfig *other = g_ptr_array_index (self->forwarders, i);

      if (g_str_equal (other->name, forwarder->name))
        return fail (error, "%s:%u: there are two forwarders “%s”", path,
                     find_line (text, group, NULL), forwarder->name);
    }
  g_ptr_array_add (self->forwarders, g_steal_pointer (&forwarder));
  return TRUE;
}

static gboolean
read_file (WeirCollectorConfig  *self,
           Source               *source,
           GError              **error)
{
  g_autoptr(GKeyFile) key_file = g_key_file_new ();
  g_autoptr(GError) local = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) groups = NULL;
  gsize length;

  if (!g_file_get_contents (source->file, &text, &length, &local))
    return fail (error, "%s", local->message);
  if (length > 0 && !g_key_file_load_from_data (key_file, text, length, G_KEY_FILE_NONE, &local))
    return fail (error, "%s: %s", source->file, local->message);

  groups = g_key_file_get_groups (key_file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      if (g_str_has_prefix (groups[i], "forwarder"))
        {
          if (!read_forwarder (self, source->file, key_file, text, groups[i], error))
            return FALSE;
          continue;
        }
      if (!g_str_equal (groups[i], "collector") && !g_str_equal (groups[i], "keys") &&
          !g_str_equal (groups[i], "identity"))
        return fail (error, "%s:%u: there is no group “%s”", source->file,
                     find_line (text, groups[i], NULL), groups[i]);
    }

  return read_options (source, key_file, text, "collector", "", error) &&
         read_options (source, key_file, text, "identity", "identity-", error) &&
         read_keys_group (self, source->file, key_file, text, error);
}

/* A number with an optional K, M or G (of 1024). */
static gboolean
parse_number (const Option  *option,
              const char    *text,
              guint64       *number)
{
  static const char units[] = "KMG";
  char *end = NULL;
  const char *unit;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  *number = g_ascii_strtoull (text, &end, 10);
  if (*end != '\0' && option->kind == KIND_BYTES && (unit = strchr (units, *end)) != NULL)
    {
      guint shift = 10 * (guint) (unit - units + 1);

      if (*number > (guint64) G_MAXINT64 >> shift)
        return FALSE;
      *number <<= shift;
      end++;
    }
  return *end == '\0' && *number >= option->min && *number <= option->max;
}

static gboolean
check_text (const Option  *option,
            const char    *text,
            GError       **error)
{
  g_autoptr(GSocketAddress) address = NULL;
  g_autoptr(GUri) uri = NULL;

  if (*text == '\0')
    return fail (error, "it is empty");

  if (option->kind == KIND_ADDRESSES)
    return (address = weir_acceptor_parse_address (text, error)) != NULL;
  if (option->kind != KIND_ORIGINS || g_str_equal (text, "*") || g_str_equal (text, "null"))
    return TRUE;

  uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_path (uri) != '\0')
    return fail (error, "“%s” is not an origin, such as https://example.org", text);
  return TRUE;
}

static gboolean
apply_texts (const Option  *option,
             GPtrArray     *texts,
             gpointer       member,
             GError       **error)
{
  for (guint i = 0; i < texts->len; i++)
    if (!check_text (option, g_ptr_array_index (texts, i), error))
      return FALSE;

  g_ptr_array_add (texts, NULL);
  g_strfreev (*(char ***) member);
  *(char ***) member = g_strdupv ((char **) texts->pdata);
  return TRUE;
}

static gboolean
apply_choice (const Option  *option,
              const char    *text,
              gpointer       member,
              GError       **error)
{
  if (option->kind == KIND_STORE)
    {
      static const char *const names[] = { "sqlite", "clickhouse", "chdb", NULL };

      for (guint i = 0; names[i] != NULL; i++)
        if (g_str_equal (text, names[i]))
          {
            *(WeirStoreKind *) member = (WeirStoreKind) i;
            return TRUE;
          }
      return fail (error, "“%s” is not sqlite, clickhouse or chdb", text);
    }
  if (option->kind == KIND_YES_NO || option->kind == KIND_SWITCH)
    {
      *(gboolean *) member = g_str_equal (text, "yes") || g_str_equal (text, "true");
      return *(gboolean *) member || g_str_equal (text, "no") || g_str_equal (text, "false") ||
             fail (error, "“%s” is neither yes nor no", text);
    }

  if (option->kind == KIND_RULES)
    return weir_identity_rules_parse (text, member) ||
           fail (error, "“%s” is neither weir nor posthog", text);

  for (guint i = 0; durability_names[i] != NULL; i++)
    if (g_str_equal (text, durability_names[i]))
      {
        *(WeirDurability *) member = (WeirDurability) i;
        return TRUE;
      }
  return fail (error, "“%s” is not one of fsync, os, memory", text);
}

static gboolean
apply_value (const Option  *option,
             GPtrArray     *texts,
             gpointer       member,
             GError       **error)
{
  const char *text = g_ptr_array_index (texts, texts->len - 1);
  guint64 number;

  switch (option->kind)
    {
    case KIND_TEXTS:
    case KIND_ADDRESSES:
    case KIND_ORIGINS:
      return apply_texts (option, texts, member, error);

    case KIND_TEXT:
      if (!check_text (option, text, error))
        return FALSE;
      if (member != NULL)
        {
          g_free (*(char **) member);
          *(char **) member = g_strdup (text);
        }
      return TRUE;

    case KIND_DURATION:
      return weir_duration_parse (text, member, error);

    case KIND_COUNT:
    case KIND_BYTES:
      if (!parse_number (option, text, &number))
        return fail (error,
                     "“%s” is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                     text, option->min, option->max);
      if (option->kind == KIND_COUNT)
        *(guint *) member = (guint) number;
      else
        *(guint64 *) member = number;
      return TRUE;

    case KIND_STORE:
    case KIND_DURABILITY:
    case KIND_RULES:
    case KIND_YES_NO:
    case KIND_SWITCH:
    default:
      return apply_choice (option, text, member, error);
    }
}

/* Also tells whose fault it was: the command line's or the file's. */
static gboolean
apply (WeirCollectorConfig  *self,
       Source               *source,
       int                  *exit_status,
       GError              **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      const Given *given = &source->given[i];
      gpointer member = G_STRUCT_MEMBER_P (self, options[i].offset);

      if (given->texts == NULL || given->texts->len == 0 ||
          apply_value (&options[i], given->texts, member, error))
        continue;

      if (given->file != NULL)
        g_prefix_error (error, "%s: %s: ", given->file, options[i].name);
      else
        g_prefix_error (error, "--%s: ", options[i].name);
      if (given->file == NULL && options[i].kind != KIND_STORE)
        *exit_status = WEIR_EXIT_USAGE;
      return FALSE;
    }
  return TRUE;
}

static gboolean
option_cb (const char  *name,
           const char  *value,
           gpointer     data,
           GError     **error)
{
  int index = find_option (name + strlen ("--"));

  g_assert (index >= 0);
  give (data, index, value != NULL ? value : "yes", NULL);
  return TRUE;
}

static gboolean
parse_command_line (WeirCollectorConfig   *self,
                    Source                *source,
                    int                   *argc,
                    char                ***argv,
                    GError               **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autofree GOptionEntry *entries = g_new0 (GOptionEntry, G_N_ELEMENTS (options) + 1);
  GOptionEntry more[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &source->file,
      "Read options from this file, group [collector]; write keys from [keys], where to send events"
      " on from [forwarder NAME]", "FILE" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &self->check,
      "Validate configuration, journal and store, say what was found, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Show the version and exit", NULL },
    { NULL }
  };
  GOptionGroup *group;

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      entries[i].long_name = options[i].name;
      entries[i].arg = G_OPTION_ARG_CALLBACK;
      entries[i].arg_data = option_cb;
      if (options[i].kind == KIND_SWITCH)
        entries[i].flags = G_OPTION_FLAG_OPTIONAL_ARG;
      entries[i].description = options[i].help;
      entries[i].arg_description = options[i].argument;
    }

  g_option_context_set_summary (context,
                                "Receives events, makes them durable, stores and streams them.\n"
                                "\n"
                                "weir-collector import --help: brings in events that others have\n"
                                "weir-collector export --help: takes events along");
  group = g_option_group_new ("collector", "", "", source, NULL);
  g_option_group_add_entries (group, entries);
  g_option_group_add_entries (group, more);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    return fail (error, "“%s” is not an option; see --help", (*argv)[1]);
  return TRUE;
}

static gboolean
has_made_keys (WeirCollectorConfig *self)
{
  g_autofree char *file = weir_data_dir_dup_keys (self->data_dir);

  return g_file_test (file, G_FILE_TEST_EXISTS);
}

static gboolean
check_store (WeirCollectorConfig  *self,
             GError              **error)
{
  g_autoptr(WeirClickhouseAddress) address = NULL;

  if (self->shared && self->store != WEIR_STORE_CLICKHOUSE)
    return fail (error, "shared: it needs --store clickhouse");
  if (self->store == WEIR_STORE_CHDB && self->chdb_library == NULL)
    self->chdb_library = g_strdup ("libchdb.so");
  if (self->store != WEIR_STORE_CLICKHOUSE)
    return TRUE;
  if (self->clickhouse_url == NULL)
    return fail (error, "store: clickhouse needs clickhouse-url");
  address = weir_clickhouse_address_new_url (self->clickhouse_url, error);
  if (address == NULL)
    g_prefix_error (error, "clickhouse-url: ");
  return address != NULL;
}

/* Others can see what a program was started with. */
static gboolean
check_secrecy (const char  *file,
               GError     **error)
{
  GStatBuf status;

  if (file == NULL)
    return fail (error, "a password belongs into a configuration file, mode 0600: others could read"
                        " it in the list of processes");
  if (g_stat (file, &status) == 0 && (status.st_mode & 077) != 0)
    return fail (error, "others can read the password in %s: its mode must be 0600", file);
  return TRUE;
}

static gboolean
check_relay (WeirCollectorConfig  *self,
             const Given          *given,
             int                  *exit_status,
             GError              **error)
{
  const char *file = given->file;
  gboolean is_good;

  if (self->relay_url == NULL)
    return TRUE;
  self->relay = weir_redis_address_new (self->relay_url, error);
  is_good = self->relay != NULL && (self->relay->password == NULL || check_secrecy (file, error));
  if (is_good && self->read_only != NULL)
    is_good = fail (error, "a collector that only reads has nothing to tell others");
  if (is_good)
    return TRUE;

  if (file != NULL)
    g_prefix_error (error, "%s: relay: ", file);
  else
    g_prefix_error (error, "--relay: ");
  *exit_status = file != NULL ? WEIR_EXIT_CONFIGURATION : WEIR_EXIT_USAGE;
  return FALSE;
}

static void
set_defaults (WeirCollectorConfig *self)
{
  static const char *const listen[] = { DEFAULT_LISTEN, NULL };
  const char *token = g_getenv ("WEIR_READ_TOKEN");

  self->listen = g_strdupv ((char **) listen);
  self->data_dir = g_build_filename (g_get_user_data_dir (), "weir", NULL);
  self->relay_channel = g_strdup ("weir");
  self->ingest_threads = 2;
  self->max_body_bytes = 20 * MIB;
  self->max_decoded_bytes = 64 * MIB;
  self->max_bodies_bytes = 256 * MIB;
  self->journal_max_bytes = 1024 * MIB;
  self->forwarders = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_forward_config_free);
  self->max_connections = 10000;
  self->host_names = g_new0 (char *, 1);
  self->cors_origins = g_new0 (char *, 1);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->read_token = token != NULL && *token != '\0' ? g_strdup (token) : NULL;
}

/**
 * weir_collector_config_new:
 * @argc: (inout): the number of command line arguments
 * @argv: (inout): the command line
 * @exit_status: (out): with what status to exit after an error: 64 when the command line is at
 *   fault, 78 when the configuration is
 * @error: return location for a [error@Weir.Error]
 *
 * Gathers and validates the configuration. `--help` prints and exits.
 *
 * Returns: (transfer full): the configuration, or %NULL
 */
WeirCollectorConfig *
weir_collector_config_new (int      *argc,
                           char   ***argv,
                           int      *exit_status,
                           GError  **error)
{
  g_autoptr(WeirCollectorConfig) self = g_new0 (WeirCollectorConfig, 1);
  g_auto(Source) source = { 0 };

  g_return_val_if_fail (argc != NULL && argv != NULL, NULL);
  g_return_val_if_fail (exit_status != NULL, NULL);

  set_defaults (self);
  *exit_status = WEIR_EXIT_USAGE;
  if (!parse_command_line (self, &source, argc, argv, error))
    return NULL;

  *exit_status = WEIR_EXIT_CONFIGURATION;
  if ((source.file != NULL && !read_file (self, &source, error)) ||
      !apply (self, &source, exit_status, error))
    return NULL;
  if (self->forward_max_bytes == 0)
    self->forward_max_bytes = self->journal_max_bytes / 2;
  if (self->forward_max_bytes >= self->journal_max_bytes)
    {
      fail (error, "forward-max-bytes: it must be less than journal-max-bytes, or a destination "
                   "that is gone would have events refused");
      return NULL;
    }
  if (!check_relay (self, &source.given[find_option ("relay")], exit_status, error))
    return NULL;
  if (!check_store (self, error))
    {
      if (source.file != NULL)
        g_prefix_error (error, "%s: ", source.file);
      return NULL;
    }
  if (self->require_key && g_hash_table_size (self->keys) == 0 && !has_made_keys (self))
    {
      fail (error, "%s: require-key: there is no write key in a group [keys]",
            source.file != NULL ? source.file : "no configuration file");
      return NULL;
    }

  *exit_status = 0;
  return g_steal_pointer (&self);
}

/**
 * weir_collector_config_free:
 * @self: (transfer full): a configuration
 *
 * Frees @self.
 */
void
weir_collector_config_free (WeirCollectorConfig *self)
{
  g_return_if_fail (self != NULL);

  g_strfreev (self->listen);
  g_free (self->data_dir);
  g_free (self->read_only);
  g_free (self->clickhouse_url);
  g_free (self->chdb_library);
  g_free (self->relay_url);
  g_clear_pointer (&self->relay, weir_redis_address_free);
  g_free (self->relay_channel);
  g_strfreev (self->host_names);
  g_strfreev (self->cors_origins);
  g_clear_pointer (&self->keys, g_hash_table_unref);
  g_clear_pointer (&self->forwarders, g_ptr_array_unref);
  g_free (self->read_token);
  g_free (self);
}
