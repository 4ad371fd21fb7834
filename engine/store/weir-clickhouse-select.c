/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-select.h"

#include <string.h>

#include "weir-error.h"

/*
 * Answers come in ClickHouse's format Native: block after block, of each first the number of
 * columns and rows, then each column with its name, its type and its values. A block is read when
 * all of it is there. What a server says is not trusted: lengths are checked before anything is
 * looked at.
 */

#define MAX_COLUMNS 64
#define MAX_PENDING (256 * 1024 * 1024)
#define MAX_NAME    1024

/* A question that takes longer is stopped, as one of SQLite is. */
#define MAX_SECONDS "30"

typedef struct {
  guint n_columns;
  WeirClickhouseBlockFunc func;
  gpointer user_data;
  GByteArray *pending;
  gsize next_try;         /* bytes of it at which to look again */
  WeirClickhouseColumn columns[MAX_COLUMNS];
  GByteArray *texts;      /* of all text columns of a block */
  GArray *lengths;        /* of guint32 */
  GPtrArray *pointers;    /* of const char, borrowed from texts */
  GError *error;
} Select;

typedef struct {
  const guint8 *at;
  const guint8 *end;
} Cursor;

static const struct {
  const char *name;
  guint width;
} types[] = {
  { "UInt8", 1 },  { "Bool", 1 },   { "Int8", 1 },    { "UInt16", 2 }, { "UInt32", 4 },
  { "Int32", 4 },  { "UInt64", 8 }, { "Int64", 8 },   { "Float64", 8 }, { "String", 0 },
};

typedef enum {
  PARSE_DONE,
  PARSE_MORE,      /* the rest has not come yet */
  PARSE_DAMAGED,
} ParseResult;

static gboolean
read_varint (Cursor  *cursor,
             guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 63 && cursor->at < cursor->end; shift += 7)
    {
      guint8 byte = *cursor->at++;

      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

static ParseResult
read_name (Cursor *cursor,
           char    name[MAX_NAME])
{
  guint64 length;

  if (!read_varint (cursor, &length))
    return cursor->end - cursor->at < 10 ? PARSE_MORE : PARSE_DAMAGED;
  if (length >= MAX_NAME)
    return PARSE_DAMAGED;
  if (length > (guint64) (cursor->end - cursor->at))
    return PARSE_MORE;
  memcpy (name, cursor->at, length);
  name[length] = '\0';
  cursor->at += length;
  return PARSE_DONE;
}

static gboolean
find_type (const char *name,
           guint      *width,
           gboolean   *is_nullable)
{
  const char *prefix = "Nullable(";
  gsize length = strlen (name);

  *is_nullable = g_str_has_prefix (name, prefix);
  if (*is_nullable)
    {
      name += strlen (prefix);
      length = strlen (name) - 1;
    }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (strlen (types[i].name) == length && strncmp (name, types[i].name, length) == 0)
        {
          *width = types[i].width;
          return TRUE;
        }
    }
  return FALSE;
}

/* Copies the texts, since theirs have no NUL behind them. */
static ParseResult
read_texts (Select *self,
            Cursor *cursor,
            guint   n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    {
      guint64 length;
      guint32 short_length;

      if (!read_varint (cursor, &length) || length > (guint64) (cursor->end - cursor->at))
        return PARSE_MORE;
      short_length = (guint32) length;
      g_array_append_val (self->lengths, short_length);
      g_byte_array_append (self->texts, cursor->at, short_length);
      g_byte_array_append (self->texts, (const guint8 *) "", 1);
      cursor->at += length;
    }
  return PARSE_DONE;
}

static ParseResult
read_column (Select               *self,
             Cursor               *cursor,
             guint                 n_rows,
             WeirClickhouseColumn *column)
{
  char name[MAX_NAME];
  gboolean is_nullable;
  ParseResult result;
  gsize size;

  if ((result = read_name (cursor, name)) != PARSE_DONE ||
      (result = read_name (cursor, name)) != PARSE_DONE)
    return result;
  *column = (WeirClickhouseColumn) { 0 };
  if (!find_type (name, &column->width, &is_nullable))
    {
      g_set_error (&self->error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                   "ClickHouse answers with the type %s", name);
      return PARSE_DAMAGED;
    }
  if (is_nullable)
    {
      column->nulls = cursor->at;
      if (n_rows > (gsize) (cursor->end - cursor->at))
        return PARSE_MORE;
      cursor->at += n_rows;
    }
  if (column->width == 0)
    return read_texts (self, cursor, n_rows);
  size = (gsize) n_rows * column->width;
  if (size > (gsize) (cursor->end - cursor->at))
    return PARSE_MORE;
  column->values = cursor->at;
  cursor->at += size;
  return PARSE_DONE;
}

/* Now that the texts do not move any more. */
static void
point_to_texts (Select *self,
                guint   n_rows)
{
  const char *at = (const char *) self->texts->data;
  guint n = 0;

  g_ptr_array_set_size (self->pointers, (int) self->lengths->len);
  for (guint i = 0; i < self->lengths->len; i++)
    {
      self->pointers->pdata[i] = (gpointer) at;
      at += g_array_index (self->lengths, guint32, i) + 1;
    }
  for (guint i = 0; i < self->n_columns; i++)
    {
      if (self->columns[i].width != 0)
        continue;
      self->columns[i].texts = (const char **) self->pointers->pdata + n;
      self->columns[i].lengths = &g_array_index (self->lengths, guint32, n);
      n += n_rows;
    }
}

static ParseResult
read_block (Select *self,
            Cursor *cursor)
{
  guint64 n_columns, n_rows;
  WeirClickhouseBlock block = { .columns = self->columns };

  g_byte_array_set_size (self->texts, 0);
  g_array_set_size (self->lengths, 0);
  if (!read_varint (cursor, &n_columns) || !read_varint (cursor, &n_rows))
    return PARSE_MORE;
  if (n_columns != self->n_columns || n_rows > MAX_PENDING)
    return PARSE_DAMAGED;
  for (guint i = 0; i < self->n_columns; i++)
    {
      ParseResult result = read_column (self, cursor, (guint) n_rows, &self->columns[i]);

      if (result != PARSE_DONE)
        return result;
    }
  block.n_rows = (guint) n_rows;
  block.n_columns = self->n_columns;
  point_to_texts (self, block.n_rows);
  if (block.n_rows > 0 && !self->func (&block, self->user_data, &self->error))
    return PARSE_DAMAGED;
  return PARSE_DONE;
}

/* Reads the whole blocks there are. Returns where it stopped, or NULL when something is wrong. */
static const guint8 *
read_blocks (Select       *self,
             const guint8 *begin,
             const guint8 *end)
{
  while (begin < end)
    {
      Cursor cursor = { begin, end };
      ParseResult result = read_block (self, &cursor);

      if (result == PARSE_DAMAGED || (result == PARSE_MORE && end - begin > MAX_PENDING))
        return NULL;
      if (result == PARSE_MORE)
        break;
      begin = cursor.at;
    }
  return begin;
}

static gboolean
read_pending (Select *self)
{
  const guint8 *begin = self->pending->data;
  const guint8 *stop = read_blocks (self, begin, begin + self->pending->len);

  if (stop == NULL)
    return FALSE;
  g_byte_array_remove_range (self->pending, 0, (guint) (stop - begin));
  self->next_try = 2 * (gsize) self->pending->len;
  return TRUE;
}

/* A library gives whole blocks, a server bytes: then a block is looked at again only when there is
 * twice as much of it, so that a large one is not read over and over. */
static gboolean
take (const guint8 *data,
      gsize         size,
      gpointer      user_data)
{
  Select *self = user_data;
  const guint8 *stop = data;

  if (self->pending->len == 0)
    {
      stop = read_blocks (self, data, data + size);
      if (stop == NULL)
        return FALSE;
    }
  g_byte_array_append (self->pending, stop, (guint) (data + size - stop));
  return self->pending->len == 0 || self->pending->len < self->next_try || read_pending (self);
}

static gboolean
fail (const WeirClickhouseReply  *reply,
      GError                    **error)
{
  g_set_error (error, WEIR_ERROR,
               reply->code == 159 || reply->code == 160 ? WEIR_ERROR_TIMEOUT
                                                        : WEIR_ERROR_UNAVAILABLE,
               "ClickHouse: %s", reply->message != NULL ? reply->message : "it does not answer");
  return FALSE;
}

/**
 * weir_clickhouse_select:
 * @client: a client that can be waited for
 * @sql: a SELECT without FORMAT, of columns of the types UInt8 to Int64, Float64 and String
 * @n_columns: how many columns it has
 * @func: gets the rows
 * @user_data: for @func
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Asks, and gives away the answer as it comes.
 *
 * Returns: whether all of it came; %WEIR_ERROR_UNAVAILABLE when the server fails or is not there
 */
gboolean
weir_clickhouse_select (WeirClickhouseClient     *client,
                        const char               *sql,
                        guint                     n_columns,
                        WeirClickhouseBlockFunc   func,
                        gpointer                  user_data,
                        GCancellable             *cancellable,
                        GError                  **error)
{
  static char *parameters[] = { (char *) "max_execution_time", (char *) MAX_SECONDS, NULL };
  g_autofree char *statement = g_strconcat (sql, " FORMAT Native", NULL);
  g_autofree Select *self = g_new0 (Select, 1);
  g_auto(WeirClickhouseReply) reply = { 0 };
  WeirClickhouseAsk ask = { .sql = statement, .parameters = parameters, .take = take,
                            .take_data = self };
  gboolean ok;

  g_return_val_if_fail (n_columns <= MAX_COLUMNS, FALSE);

  self->n_columns = n_columns;
  self->func = func;
  self->user_data = user_data;
  self->pending = g_byte_array_new ();
  self->texts = g_byte_array_new ();
  self->lengths = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->pointers = g_ptr_array_new ();
  weir_clickhouse_client_ask (client, &ask, cancellable, &reply);
  if (reply.verdict == WEIR_CLICKHOUSE_DONE && self->pending->len > 0)
    read_pending (self);
  if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  else if (g_cancellable_set_error_if_cancelled (cancellable, error))
    ;
  else if (reply.verdict != WEIR_CLICKHOUSE_DONE)
    fail (&reply, error);
  else if (self->pending->len > 0)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE,
                         "ClickHouse: the answer ended in the middle of a block");
  ok = reply.verdict == WEIR_CLICKHOUSE_DONE && self->error == NULL && self->pending->len == 0 &&
       !g_cancellable_is_cancelled (cancellable);
  g_clear_error (&self->error);
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->texts);
  g_array_unref (self->lengths);
  g_ptr_array_unref (self->pointers);

  return ok;
}

static gboolean
take_number (const WeirClickhouseBlock  *block,
             gpointer                    user_data,
             GError                    **error)
{
  *(guint64 *) user_data = weir_clickhouse_column_get_uint64 (&block->columns[0], 0);
  return TRUE;
}

/**
 * weir_clickhouse_select_number:
 * @client: a client that can be waited for
 * @sql: a SELECT without FORMAT of one number
 * @number: (inout): what it answers; left as it is when that is no row
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Returns: whether it was answered
 */
gboolean
weir_clickhouse_select_number (WeirClickhouseClient  *client,
                               const char            *sql,
                               guint64               *number,
                               GCancellable          *cancellable,
                               GError               **error)
{
  return weir_clickhouse_select (client, sql, 1, take_number, number, cancellable, error);
}

/**
 * weir_clickhouse_execute:
 * @client: a client that can be waited for
 * @sql: a statement whose answer does not matter
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Returns: whether it was done
 */
gboolean
weir_clickhouse_execute (WeirClickhouseClient  *client,
                         const char            *sql,
                         GCancellable          *cancellable,
                         GError               **error)
{
  g_auto(WeirClickhouseReply) reply = { 0 };
  WeirClickhouseAsk ask = { .sql = sql };

  weir_clickhouse_client_ask (client, &ask, cancellable, &reply);
  return reply.verdict == WEIR_CLICKHOUSE_DONE || fail (&reply, error);
}

/**
 * weir_clickhouse_append_text:
 * @sql: a statement
 * @text: any bytes
 * @length: how many
 *
 * Appends a literal that stands for the text: all but letters and digits is written as a number.
 */
void
weir_clickhouse_append_text (GString    *sql,
                             const char *text,
                             gsize       length)
{
  g_string_append_c (sql, '\'');
  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isalnum (text[i]))
        g_string_append_c (sql, text[i]);
      else
        g_string_append_printf (sql, "\\x%02X", (guint8) text[i]);
    }
  g_string_append_c (sql, '\'');
}
