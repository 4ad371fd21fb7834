/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-sql.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"

/*
 * The statement becomes a subquery, so it can be nothing but a SELECT; ClickHouse itself is told to
 * read only, which also keeps it from files and other servers. What could lead out of the
 * subquery or change what was told is refused before: a second statement, brackets that do not
 * match, and the words SETTINGS, FORMAT and INTO outside of texts.
 */

#define MAX_ANSWER (32 * 1024 * 1024)

#define JSON_FORMAT "JSONCompactEachRowWithNamesAndTypes"
#define CSV_FORMAT  "CSVWithNames"

typedef struct {
  const char *at;
  int depth;       /* of brackets */
} Lexer;

typedef struct {
  GString *text;
  gboolean is_truncated;
} Answer;

static gboolean
refuse (const char  *message,
        GError     **error)
{
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Goes behind a text or a quoted name. */
static gboolean
skip_quoted (Lexer   *self,
             GError **error)
{
  char quote = *self->at++;

  for (; *self->at != '\0'; self->at++)
    {
      if (*self->at == '\\' && self->at[1] != '\0')
        self->at++;
      else if (*self->at == quote)
        {
          self->at++;
          return TRUE;
        }
    }
  return refuse ("a text or a quoted name has no end", error);
}

/* Goes behind a comment, if there is one. */
static gboolean
skip_comment (Lexer     *self,
              gboolean  *is_comment,
              GError   **error)
{
  *is_comment = TRUE;
  if (g_str_has_prefix (self->at, "--") || *self->at == '#')
    {
      self->at += strcspn (self->at, "\n");
      return TRUE;
    }
  if (g_str_has_prefix (self->at, "/*"))
    {
      const char *end = strstr (self->at + 2, "*/");

      if (end == NULL)
        return refuse ("a comment has no end", error);
      self->at = end + 2;
      return TRUE;
    }
  *is_comment = FALSE;
  return TRUE;
}

static gboolean
take_word (Lexer   *self,
           GError **error)
{
  static const char *const forbidden[] = { "SETTINGS", "FORMAT", "INTO" };
  gsize length = 0;

  while (is_word (self->at[length]))
    length++;
  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    if (strlen (forbidden[i]) == length &&
        g_ascii_strncasecmp (self->at, forbidden[i], length) == 0 && self->at[length] != '(')
      return refuse ("SETTINGS, FORMAT and INTO are not allowed; quote names that are called so",
                     error);
  self->at += length;
  return TRUE;
}

static gboolean
take_sign (Lexer   *self,
           GError **error)
{
  if (*self->at == '$')
    return refuse ("“$” is allowed in texts only", error);
  self->depth += (*self->at == '(') - (*self->at == ')');
  if (self->depth < 0)
    return refuse ("a bracket is closed that was not opened", error);
  self->at++;
  return TRUE;
}

/**
 * weir_clickhouse_sql_check:
 * @sql: a statement; not trusted
 * @length: (out): how much of it is the statement, without a semicolon at its end
 * @error: return location for a %WEIR_ERROR_INVALID_REQUEST
 *
 * Returns: whether it can be put in brackets
 */
gboolean
weir_clickhouse_sql_check (const char  *sql,
                           gsize       *length,
                           GError     **error)
{
  Lexer self = { sql, 0 };
  const char *end = NULL;

  while (*self.at != '\0')
    {
      gboolean is_comment, ok;

      if (!skip_comment (&self, &is_comment, error))
        return FALSE;
      if (is_comment)
        continue;
      if (*self.at == ';')
        {
          end = end != NULL ? end : self.at;
          self.at++;
          continue;
        }
      if (end != NULL && !g_ascii_isspace (*self.at))
        return refuse ("one statement at a time", error);
      if (*self.at == '\'' || *self.at == '"' || *self.at == '`')
        ok = skip_quoted (&self, error);
      else if (is_word (*self.at))
        ok = take_word (&self, error);
      else
        ok = take_sign (&self, error);
      if (!ok)
        return FALSE;
    }
  if (self.depth > 0)
    return refuse ("a bracket is not closed", error);
  *length = (gsize) ((end != NULL ? end : self.at) - sql);
  return TRUE;
}

static gboolean
take (const guint8 *data,
      gsize         size,
      gpointer      user_data)
{
  Answer *self = user_data;

  g_string_append_len (self->text, (const char *) data, (gssize) size);
  self->is_truncated = self->text->len >= MAX_ANSWER;
  return !self->is_truncated;
}

/* Leaves out what is behind the last whole line, and counts lines. */
static guint
cut_lines (GString *text,
           guint    max)
{
  guint n = 0;
  gsize at = 0;

  for (const char *line = text->str; n < max; n++)
    {
      const char *end = memchr (line, '\n', text->len - at);

      if (end == NULL)
        break;
      at = (gsize) (end + 1 - text->str);
      line = end + 1;
    }
  g_string_truncate (text, at);
  return n;
}

static const char *
find_type (const char *type)
{
  if (g_str_has_prefix (type, "Nullable("))
    type += strlen ("Nullable(");
  if (g_str_has_prefix (type, "Int") || g_str_has_prefix (type, "UInt"))
    return "integer";
  if (g_str_has_prefix (type, "Float") || g_str_has_prefix (type, "Decimal"))
    return "real";
  if (g_str_has_prefix (type, "Nothing"))
    return "null";
  if (g_str_has_prefix (type, "Array") || g_str_has_prefix (type, "Map") ||
      g_str_has_prefix (type, "Tuple"))
    return "mixed";
  return "text";
}

/* Two lines tell names and types of the columns, all others are rows. */
static GBytes *
make_json (const Answer  *answer,
           guint          n_lines,
           gboolean       is_truncated,
           gint64         start,
           GError       **error)
{
  g_auto(GStrv) lines = g_strsplit (answer->text->str, "\n", 3);
  g_autoptr(JsonNode) names = n_lines >= 2 ? json_from_string (lines[0], NULL) : NULL;
  g_autoptr(JsonNode) types = n_lines >= 2 ? json_from_string (lines[1], NULL) : NULL;
  g_autoptr(GString) out = g_string_new ("{\"columns\":[");
  g_autofree char *rows = NULL;

  if (names == NULL || types == NULL || !JSON_NODE_HOLDS_ARRAY (names) ||
      !JSON_NODE_HOLDS_ARRAY (types) ||
      json_array_get_length (json_node_get_array (names)) !=
        json_array_get_length (json_node_get_array (types)))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                           "ClickHouse: the answer has no columns");
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (names)); i++)
    {
      g_string_append (out, i > 0 ? ",{\"name\":" : "{\"name\":");
      weir_json_append_string (
        out, json_array_get_string_element (json_node_get_array (names), i), (gsize) -1);
      g_string_append_printf (
        out, ",\"type\":\"%s\"}",
        find_type (json_array_get_string_element (json_node_get_array (types), i)));
    }
  rows = g_strchomp (g_strdup (lines[2]));
  g_strdelimit (rows, "\n", ',');   /* a row is one line: within texts line ends are written \n */
  g_string_append_printf (out, "],\"rows\":[%s],\"truncated\":%s,\"elapsed_ms\":%.1f}", rows,
                          is_truncated ? "true" : "false",
                          (double) (g_get_monotonic_time () - start) / 1000);
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * weir_clickhouse_sql_run:
 * @client: a client that can be waited for
 * @question: what to answer
 * @cancellable: (nullable): stops it
 * @error: return location for an error
 *
 * Answers a question, within 10 s and with 32 MiB at most.
 *
 * Returns: (transfer full) (nullable): `{columns:[{name,type}],rows:[[…]],truncated,elapsed_ms}` or
 *   a table; %NULL with %WEIR_ERROR_INVALID_REQUEST and ClickHouse's message, or
 *   %WEIR_ERROR_TIMEOUT
 */
GBytes *
weir_clickhouse_sql_run (WeirClickhouseClient   *client,
                         const WeirSqlQuestion  *question,
                         GCancellable           *cancellable,
                         GError                **error)
{
  static char *parameters[] = { (char *) "readonly", (char *) "1",
                                (char *) "max_execution_time", (char *) "10",
                                (char *) "output_format_json_quote_64bit_integers", (char *) "0",
                                (char *) "format_csv_null_representation", (char *) "",
                                NULL };
  g_autoptr(GString) text = g_string_new (NULL);
  g_auto(WeirClickhouseReply) reply = { 0 };
  Answer answer = { text, FALSE };
  gint64 start = g_get_monotonic_time ();
  guint max_lines = question->limit + (question->wants_csv ? 1 : 2);
  g_autofree char *sql = NULL;
  WeirClickhouseAsk ask = { .parameters = parameters, .take = take, .take_data = &answer };
  gsize length;
  guint n_lines;
  gboolean is_truncated;

  if (!weir_clickhouse_sql_check (question->sql, &length, error))
    return NULL;
  sql = g_strdup_printf ("SELECT * FROM (\n%.*s\n) LIMIT %u FORMAT %s", (int) length, question->sql,
                         question->limit + 1, question->wants_csv ? CSV_FORMAT : JSON_FORMAT);
  ask.sql = sql;
  weir_clickhouse_client_ask (client, &ask, cancellable, &reply);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (reply.verdict != WEIR_CLICKHOUSE_DONE && !answer.is_truncated)
    {
      g_set_error (error, WEIR_ERROR,
                   reply.code == 159        ? WEIR_ERROR_TIMEOUT
                   : reply.code != 0        ? WEIR_ERROR_INVALID_REQUEST
                                            : WEIR_ERROR_UNAVAILABLE,
                   "ClickHouse: %s", reply.message);
      return NULL;
    }
  n_lines = cut_lines (text, max_lines + 1);
  is_truncated = answer.is_truncated || n_lines > max_lines;
  if (n_lines > max_lines)
    cut_lines (text, max_lines);
  return question->wants_csv ? g_string_free_to_bytes (g_steal_pointer (&text))
                             : make_json (&answer, n_lines, is_truncated, start, error);
}
