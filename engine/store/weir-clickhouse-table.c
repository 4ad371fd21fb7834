/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-table.h"

#include <math.h>
#include <string.h>

#include "weir-clickhouse-receipt.h"
#include "weir-clickhouse-scan.h"
#include "weir-clickhouse-select.h"
#include "weir-event-json.h"
#include "weir-sqlite.h"
#include "weir-sqlite-schema.h"
#include "weir-sqlite-shared.h"

/*
 * A virtual table in front of ClickHouse's, of the same columns as the table `event` that a file
 * with events has, so that what lists events is written once. Rows are read in the order of seq, a
 * piece of the stream at a time: PIECE_ROWS at the most, out of a stretch of seqs that grows while
 * little is found in it. Questions that count do not go this way; see weir-clickhouse-scan.c.
 *
 * Where collectors share their rows, seqs have no order among each other. There “in the order of
 * seq” means by the time of receipt, then by seq; a comparison with a seq means one with the
 * time at which that event was received; and the stretches are of time.
 *
 * The column `identities`, which is not seen, takes a list of numbers: whose events are wanted.
 */

#define PIECE_ROWS   8192
#define FIRST_STRETCH 4096
#define FIRST_STRETCH_US G_TIME_SPAN_MINUTE

/* Who reads from the oldest on wants all of them, a piece behind the other, and each piece sorts
 * its whole stretch. */
#define FIRST_OLDEST_US  G_TIME_SPAN_SECOND

enum {
  SEQ, NAME_ID, TIME, IDENTITY_ID, RECEIVED, SOURCE_ID, FLAGS, VALUE, DURATION, MESSAGE_ID,
  SESSION_ID, OTHER_IDS, PROPERTIES, IDENTITIES
};

/* The texts of a row, in the order in which they are asked for. */
enum {
  NAME, SOURCE, USER, DISTINCT, ANONYMOUS, DEVICE, PREVIOUS, SESSION, MESSAGE, BAG, N_TEXTS
};

#define DECLARATION \
  "CREATE TABLE event (seq INTEGER, name_id INTEGER, time INTEGER, identity_id INTEGER," \
  " received INTEGER, source_id INTEGER, flags INTEGER, value REAL, duration REAL," \
  " message_id TEXT, session_id TEXT, other_ids TEXT, properties TEXT, identities TEXT HIDDEN)"

#define NUMBERS \
  "SELECT seq, toUnixTimestamp64Micro(time), toUnixTimestamp64Micro(received), identity," \
  " identity_kind, is_error, value, duration_ms, CAST(name AS String), CAST(source AS String)"
#define TEXTS \
  ", user_id, distinct_id, anonymous_id, device_id, previous_id, session_id, message_id, properties"

/* The names of others' events are not made of this collector's. */
#define SHARED_TEXTS \
  ", user_id, distinct_id, anonymous_id, device_id, previous_id, session_id," \
  " if(message_id != '', message_id, concat(collector, '-', lower(leftPad(hex(seq), 12, '0'))))," \
  " properties"
#define N_NUMBERS 8

typedef struct {
  sqlite3_vtab base;
  sqlite3 *db;
  WeirReader *reader;
  GHashTable *names;       /* text → number */
  GHashTable *sources;
} Table;

typedef struct {
  guint64 seq;
  gint64 time;
  gint64 received;
  double value;
  double duration;
  guint32 identity;
  guint8 kind;
  guint8 is_error;
  guint32 text[N_TEXTS];   /* where each begins */
} Row;

typedef struct {
  sqlite3_vtab_cursor base;
  GString *where;
  gboolean is_descending;
  gboolean is_at_once;     /* there are few, or they are found without their seq */
  gboolean has_texts;
  guint64 low;             /* what is left: from here */
  guint64 high;            /* to here, both inclusive */
  WeirReceipt after;       /* the same in the order of receipt: behind this */
  WeirReceipt before;      /* and before this */
  GError *error;           /* of finding out where a seq is */
  guint64 stretch;
  GArray *rows;            /* of Row */
  GString *texts;
  guint at;
  GString *json;
} Cursor;

static int
fail (sqlite3_vtab *base,
      GError       *error)
{
  sqlite3_free (base->zErrMsg);
  base->zErrMsg = sqlite3_mprintf ("%s", error->message);
  g_error_free (error);
  return SQLITE_ERROR;
}

static int
table_connect (sqlite3            *db,
               void               *user_data,
               int                 n_arguments,
               const char *const  *arguments,
               sqlite3_vtab      **table,
               char              **message)
{
  Table *self;
  int code = sqlite3_declare_vtab (db, DECLARATION);

  if (code != SQLITE_OK)
    return code;
  self = g_new0 (Table, 1);
  self->db = db;
  self->reader = user_data;
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  *table = &self->base;
  return SQLITE_OK;
}

static int
table_disconnect (sqlite3_vtab *base)
{
  Table *self = (Table *) base;

  g_hash_table_unref (self->names);
  g_hash_table_unref (self->sources);
  g_free (self);
  return SQLITE_OK;
}

/* How a constraint is told to the cursor: which column, and which sign. */
static char
get_sign (int op)
{
  switch (op)
    {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return '=';

    case SQLITE_INDEX_CONSTRAINT_GT:
      return '>';

    case SQLITE_INDEX_CONSTRAINT_GE:
      return 'g';

    case SQLITE_INDEX_CONSTRAINT_LT:
      return '<';

    case SQLITE_INDEX_CONSTRAINT_LE:
      return 'l';

    default:
      return '\0';
    }
}

static gboolean
is_of_use (int  column,
           char sign)
{
  return sign != '\0' && (column == SEQ || column == TIME ||
                          (sign == '=' && (column == NAME_ID || column == IDENTITY_ID ||
                                           column == IDENTITIES)));
}

static int
table_best_index (sqlite3_vtab       *base,
                  sqlite3_index_info *info)
{
  Table *self = (Table *) base;
  GString *plan = g_string_new (NULL);
  double cost = 1e7;

  for (int i = 0; i < info->nConstraint; i++)
    {
      const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
      char sign = get_sign (constraint->op);

      if (constraint->iColumn == IDENTITIES && !constraint->usable)
        {
          g_string_free (plan, TRUE);
          return SQLITE_CONSTRAINT;
        }
      if (!constraint->usable || !is_of_use (constraint->iColumn, sign))
        continue;
      g_string_append_c (plan, (char) ('a' + constraint->iColumn));
      g_string_append_c (plan, sign);
      info->aConstraintUsage[i].argvIndex = (int) plan->len / 2;
      info->aConstraintUsage[i].omit =
        constraint->iColumn == IDENTITIES ||
        (constraint->iColumn == SEQ && sign != '=' && weir_reader_is_shared (self->reader));
      cost /= sign == '=' ? 1000 : 10;
    }
  /* Rows always come in the order of seq. */
  info->orderByConsumed = info->nOrderBy == 1 && info->aOrderBy[0].iColumn == SEQ;
  info->idxNum = (info->orderByConsumed && info->aOrderBy[0].desc ? 1 : 0) |
                 (info->colUsed >> SESSION_ID | (info->colUsed >> MESSAGE_ID & 1) ? 2 : 0);
  info->idxStr = sqlite3_mprintf ("%s", plan->str);
  info->needToFreeIdxStr = TRUE;
  info->estimatedCost = cost;
  info->estimatedRows = (sqlite3_int64) cost;
  g_string_free (plan, TRUE);
  return SQLITE_OK;
}

static int
cursor_open (sqlite3_vtab         *base,
             sqlite3_vtab_cursor **cursor)
{
  Cursor *self = g_new0 (Cursor, 1);

  self->where = g_string_new (NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->texts = g_string_new (NULL);
  self->json = g_string_new (NULL);
  *cursor = &self->base;
  return SQLITE_OK;
}

static int
cursor_close (sqlite3_vtab_cursor *base)
{
  Cursor *self = (Cursor *) base;

  g_string_free (self->where, TRUE);
  g_array_unref (self->rows);
  g_string_free (self->texts, TRUE);
  g_string_free (self->json, TRUE);
  g_clear_error (&self->error);
  g_free (self);
  return SQLITE_OK;
}

static gboolean
take_rows (const WeirClickhouseBlock  *block,
           gpointer                    user_data,
           GError                    **error)
{
  Cursor *self = user_data;
  const WeirClickhouseColumn *columns = block->columns;

  for (guint i = 0; i < block->n_rows; i++)
    {
      Row row = {
        .seq = weir_clickhouse_column_get_uint64 (&columns[0], i),
        .time = weir_clickhouse_column_get_int64 (&columns[1], i),
        .received = weir_clickhouse_column_get_int64 (&columns[2], i),
        .identity = (guint32) weir_clickhouse_column_get_uint64 (&columns[3], i),
        .kind = (guint8) weir_clickhouse_column_get_uint64 (&columns[4], i),
        .is_error = (guint8) weir_clickhouse_column_get_uint64 (&columns[5], i),
        .value = weir_clickhouse_column_get_double (&columns[6], i),
        .duration = weir_clickhouse_column_get_double (&columns[7], i),
      };

      for (guint j = N_NUMBERS; j < block->n_columns; j++)
        {
          row.text[j - N_NUMBERS] = (guint32) self->texts->len;
          g_string_append_len (self->texts, columns[j].texts[i], columns[j].lengths[i] + 1);
        }
      g_array_append_val (self->rows, row);
    }
  return TRUE;
}

/* What is left behind or before the rows that were read. */
static void
advance_shared (Cursor  *self,
                guint64  from,
                guint64  to)
{
  WeirReceipt *end = self->is_descending ? &self->before : &self->after;

  if (self->rows->len == PIECE_ROWS)
    {
      const Row *last = &g_array_index (self->rows, Row, PIECE_ROWS - 1);

      *end = (WeirReceipt) { (guint64) last->received, last->seq };
      return;
    }
  if (self->rows->len < PIECE_ROWS / 4)
    self->stretch = MIN (self->stretch * 8, G_MAXUINT64 / 16);
  if (self->is_descending && from > self->after.time)
    *end = (WeirReceipt) { from - 1, G_MAXUINT64 };
  else if (!self->is_descending && to < self->before.time)
    *end = (WeirReceipt) { to + 1, 0 };
  else
    self->low = self->high + 1;
}

/* The same as read_piece() in the order of receipt. */
static gboolean
read_shared_piece (Cursor  *self,
                   GError **error)
{
  Table *table = (Table *) self->base.pVtab;
  WeirClickhouseClient *client = weir_reader_get_clickhouse (table->reader, error);
  const char *direction = self->is_descending ? " DESC" : "";
  g_autoptr(GString) sql = g_string_new (NUMBERS);
  guint64 from, to, stretch;

  if (client == NULL ||
      (self->stretch == 0 &&
       !weir_clickhouse_find_span (table->reader, &self->after, &self->before, error)))
    return FALSE;
  if (self->stretch == 0)
    self->stretch = self->is_descending ? FIRST_STRETCH_US : FIRST_OLDEST_US;
  from = self->after.time;
  to = self->before.time;
  if (from > to)
    {
      self->low = self->high + 1;
      return TRUE;
    }
  stretch = self->is_at_once ? G_MAXUINT64 : self->stretch;
  if (self->is_descending)
    from = to - from >= stretch ? to - stretch + 1 : from;
  else
    to = to - from >= stretch ? from + stretch - 1 : to;
  if (self->has_texts)
    g_string_append (sql, SHARED_TEXTS);
  g_string_append (sql, " FROM event WHERE ");
  weir_clickhouse_append_scope (sql, table->reader, weir_reader_get_as_of (table->reader));
  g_string_append (sql, self->where->str);
  weir_clickhouse_append_between (sql, &self->after, &self->before, from, to);
  g_string_append_printf (sql, " ORDER BY received%s, seq%s LIMIT %d", direction, direction,
                          PIECE_ROWS);
  if (!weir_clickhouse_select (client, sql->str,
                               self->has_texts ? N_NUMBERS + N_TEXTS : N_NUMBERS + 2, take_rows,
                               self, weir_reader_get_cancellable (table->reader), error))
    return FALSE;
  advance_shared (self, from, to);
  return TRUE;
}

/* Reads the next rows, if there are any. */
static gboolean
read_piece (Cursor  *self,
            GError **error)
{
  Table *table = (Table *) self->base.pVtab;
  WeirClickhouseClient *client = weir_reader_get_clickhouse (table->reader, error);
  const char *instance = weir_reader_get_instance (table->reader);
  guint64 from = self->low, to = self->high;
  guint64 stretch = self->is_at_once ? G_MAXUINT64 : self->stretch;
  g_autoptr(GString) sql = g_string_new (NUMBERS);

  if (client == NULL)
    return FALSE;
  if (self->is_descending)
    from = to - from >= stretch ? to - stretch + 1 : from;
  else
    to = to - from >= stretch ? from + stretch - 1 : to;
  if (self->has_texts)
    g_string_append (sql, TEXTS);
  g_string_append (sql, " FROM event WHERE collector = ");
  weir_clickhouse_append_text (sql, instance, strlen (instance));
  g_string_append_printf (sql, "%s AND seq >= %" G_GUINT64_FORMAT " AND seq <= %" G_GUINT64_FORMAT
                          " ORDER BY seq%s LIMIT %d",
                          self->where->str, from, to, self->is_descending ? " DESC" : "",
                          PIECE_ROWS);
  if (!weir_clickhouse_select (client, sql->str,
                               self->has_texts ? N_NUMBERS + N_TEXTS : N_NUMBERS + 2, take_rows,
                               self, weir_reader_get_cancellable (table->reader), error))
    return FALSE;

  if (self->rows->len == PIECE_ROWS)
    {
      guint64 last = g_array_index (self->rows, Row, PIECE_ROWS - 1).seq;

      from = self->is_descending ? last : from;
      to = self->is_descending ? to : last;
    }
  else if (self->rows->len < PIECE_ROWS / 4)
    {
      self->stretch = MIN (self->stretch * 8, G_MAXUINT64 / 16);
    }
  if (self->is_descending && from > self->low)
    self->high = from - 1;
  else if (!self->is_descending && to < self->high)
    self->low = to + 1;
  else
    self->low = self->high + 1;
  return TRUE;
}

static gboolean
has_more (const Cursor *self)
{
  return self->low <= self->high;
}

static int
fill (Cursor *self)
{
  gboolean is_shared = weir_reader_is_shared (((Table *) self->base.pVtab)->reader);
  GError *error = NULL;

  self->at = 0;
  g_array_set_size (self->rows, 0);
  g_string_truncate (self->texts, 0);
  while (self->rows->len == 0 && has_more (self))
    {
      if (!(is_shared ? read_shared_piece : read_piece) (self, &error))
        return fail (self->base.pVtab, error);
    }
  return SQLITE_OK;
}

static char *
dup_name (Table *table,
          gint64 id)
{
  sqlite3_stmt *select = NULL;
  char *name = NULL;

  if (sqlite3_prepare_v2 (table->db, "SELECT name FROM event_name WHERE id = ?1", -1, &select,
                          NULL) == SQLITE_OK)
    {
      sqlite3_bind_int64 (select, 1, id);
      if (sqlite3_step (select) == SQLITE_ROW)
        name = g_strdup ((const char *) sqlite3_column_text (select, 0));
    }
  sqlite3_finalize (select);
  return name;
}

static void
limit_seq (Cursor *self,
           char    sign,
           gint64  seq)
{
  guint64 value = (guint64) MAX (seq, 0);

  if (sign == '=' || sign == 'g')
    self->low = MAX (self->low, value);
  else if (sign == '>' && seq >= 0)
    self->low = MAX (self->low, value + 1);
  if (sign == '=' || sign == 'l')
    self->high = MIN (self->high, value);
  else if (sign == '<')
    self->high = MIN (self->high, value - (value > 0));
}

/* Whether one stands before the other. */
static gboolean
is_before (const WeirReceipt *first,
           const WeirReceipt *second)
{
  return first->time != second->time ? first->time < second->time : first->seq < second->seq;
}

static void
limit_receipt (Cursor *self,
               char    sign,
               gint64  value)
{
  Table *table = (Table *) self->base.pVtab;
  guint64 seq = (guint64) MAX (value, 0);
  gboolean is_last = sign == '<' || sign == 'l';
  gboolean is_above_all = seq >> WEIR_SHARED_SEQ_BITS > WEIR_SHARED_MAX_NUMBER;
  WeirReceipt receipt;

  if (sign == '=')
    {
      g_string_append_printf (self->where, " AND seq = %" G_GUINT64_FORMAT, seq);
      self->is_at_once = TRUE;
      return;
    }
  if ((is_last && is_above_all) || (!is_last && seq == 0) || self->error != NULL ||
      !weir_clickhouse_find_receipt (table->reader, seq, &receipt, &self->error))
    return;
  if (is_last ? receipt.seq == 0 : is_above_all)
    {
      self->low = self->high + 1;
      return;
    }
  if (is_last)
    {
      receipt.seq = seq + (sign == 'l');
      if (is_before (&receipt, &self->before))
        self->before = receipt;
    }
  else if (receipt.seq != 0)
    {
      receipt.seq = seq - (sign == 'g');
      if (is_before (&self->after, &receipt))
        self->after = receipt;
    }
}

/* Numbers only; anything else matches nothing. */
static void
limit_identities (Cursor     *self,
                  const char *list)
{
  gboolean is_list = list != NULL && *list != '\0' && strspn (list, "0123456789,") == strlen (list);

  g_string_append_printf (self->where, " AND identity IN (%s)", is_list ? list : "0");
  self->is_at_once = TRUE;
}

static void
limit (Cursor        *self,
       int            column,
       char           sign,
       sqlite3_value *value)
{
  static const char *const signs[] = { ['='] = "=", ['>'] = ">", ['g'] = ">=", ['<'] = "<",
                                       ['l'] = "<=" };
  g_autofree char *name = NULL;

  switch (column)
    {
    case SEQ:
      (weir_reader_is_shared (((Table *) self->base.pVtab)->reader) ? limit_receipt : limit_seq) (
        self, sign, sqlite3_value_int64 (value));
      return;

    case TIME:
      g_string_append_printf (self->where,
                              " AND time %s fromUnixTimestamp64Micro(toInt64(%" G_GINT64_FORMAT
                              "), 'UTC')", signs[(guint) sign],
                              (gint64) sqlite3_value_int64 (value));
      return;

    case NAME_ID:
      name = dup_name ((Table *) self->base.pVtab, sqlite3_value_int64 (value));
      g_string_append (self->where, name != NULL ? " AND name = " : " AND 0");
      if (name != NULL)
        weir_clickhouse_append_text (self->where, name, strlen (name));
      return;

    case IDENTITY_ID:
      g_string_append_printf (self->where, " AND identity = %u",
                              (guint32) sqlite3_value_int64 (value));
      self->is_at_once = TRUE;
      return;

    default:
      limit_identities (self, (const char *) sqlite3_value_text (value));
      return;
    }
}

static int
cursor_filter (sqlite3_vtab_cursor *base,
               int                  number,
               const char          *plan,
               int                  n_values,
               sqlite3_value      **values)
{
  Cursor *self = (Cursor *) base;
  Table *table = (Table *) base->pVtab;

  g_string_truncate (self->where, 0);
  self->is_descending = (number & 1) != 0;
  self->has_texts = (number & 2) != 0;
  self->is_at_once = FALSE;
  self->low = 1;
  self->high = weir_reader_get_as_of (table->reader);
  self->stretch = FIRST_STRETCH;
  if (weir_reader_is_shared (table->reader))
    {
      self->after = (WeirReceipt) { 0, 0 };
      self->before = (WeirReceipt) { G_MAXINT64, G_MAXUINT64 };
      self->stretch = 0;   /* it is not known yet from when to when */
    }
  for (int i = 0; i < n_values; i++)
    limit (self, plan[2 * i] - 'a', plan[2 * i + 1], values[i]);

  return self->error != NULL ? fail (base->pVtab, g_steal_pointer (&self->error)) : fill (self);
}

static int
cursor_next (sqlite3_vtab_cursor *base)
{
  Cursor *self = (Cursor *) base;

  return ++self->at < self->rows->len ? SQLITE_OK : fill (self);
}

static int
cursor_eof (sqlite3_vtab_cursor *base)
{
  Cursor *self = (Cursor *) base;

  return self->at >= self->rows->len;
}

/* The number of a name or a source; the tables are small. */
static gint64
find_number (Table      *table,
             GHashTable *numbers,
             const char *sql,
             const char *text)
{
  sqlite3_stmt *select = NULL;
  gpointer number = g_hash_table_lookup (numbers, text);

  if (number != NULL)
    return GPOINTER_TO_INT (number);
  if (sqlite3_prepare_v2 (table->db, sql, -1, &select, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (select, 1, text, -1, SQLITE_STATIC);
      if (sqlite3_step (select) == SQLITE_ROW)
        {
          number = GINT_TO_POINTER (sqlite3_column_int (select, 0));
          g_hash_table_insert (numbers, g_strdup (text), number);
        }
    }
  sqlite3_finalize (select);
  return GPOINTER_TO_INT (number);
}

/* As weir-sqlite-store.c writes them. */
static void
give_other_ids (Cursor          *self,
                const Row       *row,
                sqlite3_context *context)
{
  static const char *const members[] = { NULL, "distinct_id", "anonymous_id", "device_id",
                                         "previous_id" };
  GString *json = self->json;

  g_string_truncate (json, 0);
  for (guint i = 1; i < G_N_ELEMENTS (members); i++)
    {
      const char *text = self->texts->str + row->text[USER + i];

      if (i == row->kind || *text == '\0')
        continue;
      g_string_append_printf (json, "%c\"%s\":", json->len > 0 ? ',' : '{', members[i]);
      weir_json_append_string (json, text, -1);
    }
  if (json->len == 0)
    return;
  g_string_append_c (json, '}');
  sqlite3_result_text (context, json->str, (int) json->len, SQLITE_TRANSIENT);
}

static void
give_text (Cursor          *self,
           const Row       *row,
           guint            which,
           sqlite3_context *context)
{
  const char *text = self->texts->str + row->text[which];

  if (*text != '\0')
    sqlite3_result_text (context, text, -1, SQLITE_TRANSIENT);
}

static void
give_number (double           number,
             sqlite3_context *context)
{
  if (!isnan (number))
    sqlite3_result_double (context, number);
}

static int
cursor_column (sqlite3_vtab_cursor *base,
               sqlite3_context     *context,
               int                  column)
{
  Cursor *self = (Cursor *) base;
  Table *table = (Table *) base->pVtab;
  const Row *row = &g_array_index (self->rows, Row, self->at);

  switch (column)
    {
    case SEQ:
      sqlite3_result_int64 (context, (gint64) row->seq);
      break;

    case NAME_ID:
      sqlite3_result_int64 (context, find_number (table, table->names,
                                                  "SELECT id FROM event_name WHERE name = ?1",
                                                  self->texts->str + row->text[NAME]));
      break;

    case TIME:
      sqlite3_result_int64 (context, row->time);
      break;

    case IDENTITY_ID:
      sqlite3_result_int64 (context, row->identity);
      break;

    case RECEIVED:
      sqlite3_result_int64 (context, row->received);
      break;

    case SOURCE_ID:
      sqlite3_result_int64 (context, find_number (table, table->sources,
                                                  "SELECT id FROM source WHERE name = ?1",
                                                  self->texts->str + row->text[SOURCE]));
      break;

    case FLAGS:
      sqlite3_result_int (context, (row->is_error ? WEIR_SCHEMA_FLAG_ERROR : 0) |
                                   row->kind << WEIR_SCHEMA_IDENTITY_SHIFT);
      break;

    case VALUE:
      give_number (row->value, context);
      break;

    case DURATION:
      give_number (row->duration, context);
      break;

    case MESSAGE_ID:
      give_text (self, row, MESSAGE, context);
      break;

    case SESSION_ID:
      give_text (self, row, SESSION, context);
      break;

    case OTHER_IDS:
      give_other_ids (self, row, context);
      break;

    case PROPERTIES:
      give_text (self, row, BAG, context);
      break;

    default:
      break;
    }
  return SQLITE_OK;
}

static int
cursor_rowid (sqlite3_vtab_cursor *base,
              sqlite3_int64       *rowid)
{
  Cursor *self = (Cursor *) base;

  *rowid = (sqlite3_int64) g_array_index (self->rows, Row, self->at).seq;
  return SQLITE_OK;
}

static const sqlite3_module module = {
  .xCreate = table_connect,
  .xConnect = table_connect,
  .xBestIndex = table_best_index,
  .xDisconnect = table_disconnect,
  .xDestroy = table_disconnect,
  .xOpen = cursor_open,
  .xClose = cursor_close,
  .xFilter = cursor_filter,
  .xNext = cursor_next,
  .xEof = cursor_eof,
  .xColumn = cursor_column,
  .xRowid = cursor_rowid,
};

/**
 * weir_clickhouse_table_add:
 * @db: the reader's connection, which may still be written
 * @reader: a reader; must outlive the connection
 * @error: return location for an error
 *
 * Puts the table `event` of ClickHouse in front of the empty one of the file, for this connection.
 *
 * Returns: whether it is there
 */
gboolean
weir_clickhouse_table_add (sqlite3     *db,
                           WeirReader  *reader,
                           GError     **error)
{
  if (sqlite3_create_module_v2 (db, "weir_clickhouse", &module, reader, NULL) != SQLITE_OK)
    return weir_sqlite_fail (db, "the store", "read", error);
  return weir_sqlite_run (db, "CREATE VIRTUAL TABLE temp.event USING weir_clickhouse", "the store",
                          "read", error);
}
