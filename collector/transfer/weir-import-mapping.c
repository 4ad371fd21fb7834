/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-mapping.h"

#include <math.h>
#include <string.h>

#include "weir-error.h"
#include "weir-event-json.h"
#include "weir-import-json.h"
#include "weir-transfer-time.h"

typedef enum {
  FIELD_EVENT,
  FIELD_ID,
  FIELD_TIMESTAMP,
  FIELD_USER_ID,
  FIELD_DISTINCT_ID,
  FIELD_ANONYMOUS_ID,
  FIELD_DEVICE_ID,
  FIELD_PREVIOUS_ID,
  FIELD_SESSION_ID,
  FIELD_SOURCE,
  FIELD_VALUE,
  FIELD_PROPERTIES,
} Field;

#define N_FIELDS (FIELD_PROPERTIES + 1)

/* The names that columns have elsewhere, the most telling first. */
static const struct {
  const char *name;
  const char *others[5];
} known[N_FIELDS] = {
  [FIELD_EVENT] = { "event", { "event_type", "event_name", "eventname", "action" } },
  [FIELD_ID] = { "id", { "uuid", "message_id", "event_id", "insert_id" } },
  [FIELD_TIMESTAMP] = { "timestamp", { "time", "event_time", "occurred_at", "created_at" } },
  [FIELD_USER_ID] = { "user_id", { "userid" } },
  [FIELD_DISTINCT_ID] = { "distinct_id", { NULL } },
  [FIELD_ANONYMOUS_ID] = { "anonymous_id", { "visitor_id" } },
  [FIELD_DEVICE_ID] = { "device_id", { NULL } },
  [FIELD_PREVIOUS_ID] = { "previous_id", { NULL } },
  [FIELD_SESSION_ID] = { "session_id", { NULL } },
  [FIELD_SOURCE] = { "source", { NULL } },
  [FIELD_VALUE] = { "value", { NULL } },
  [FIELD_PROPERTIES] = { "properties", { "metadata" } },
};

struct _WeirImportMapping {
  GTimeZone *zone;
  GHashTable *wanted;       /* column → what it is to be; "" is left out */
  char *constants[N_FIELDS];
  int columns[N_FIELDS];    /* -1: none */
  GPtrArray *properties;    /* of each column the name of its property, or NULL */
  WeirColumnType *types;
  gboolean is_ours;         /* an export of Weir, whose ids are what they are */
  WeirEventCodec *codec;
};

/**
 * weir_import_mapping_new:
 * @zone: of times without an offset
 *
 * Returns: (transfer full): a mapping
 */
WeirImportMapping *
weir_import_mapping_new (GTimeZone *zone)
{
  WeirImportMapping *self = g_new0 (WeirImportMapping, 1);

  self->zone = g_time_zone_ref (zone);
  self->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->properties = g_ptr_array_new_with_free_func (g_free);
  self->codec = weir_event_codec_new ();
  return self;
}

/**
 * weir_import_mapping_free:
 * @self: (transfer full): a mapping
 */
void
weir_import_mapping_free (WeirImportMapping *self)
{
  for (guint i = 0; i < N_FIELDS; i++)
    g_free (self->constants[i]);
  g_time_zone_unref (self->zone);
  g_hash_table_unref (self->wanted);
  g_ptr_array_unref (self->properties);
  weir_event_codec_free (self->codec);
  g_free (self->types);
  g_free (self);
}

static int
find_field (const char *name)
{
  for (guint i = 0; i < N_FIELDS; i++)
    if (g_str_equal (known[i].name, name))
      return (int) i;
  return -1;
}

/* `FIELD=REST` */
static char *
split (const char  *text,
       const char **rest,
       gboolean     takes_properties,
       GError     **error)
{
  const char *end = strchr (text, '=');
  g_autofree char *field = end != NULL ? g_strndup (text, (gsize) (end - text)) : NULL;

  if (field != NULL && end[1] != '\0' &&
      (find_field (field) >= 0 ||
       (takes_properties && g_str_has_prefix (field, "properties.") && field[11] != '\0')))
    {
      *rest = end + 1;
      return g_steal_pointer (&field);
    }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "“%s” is not FIELD=%s, where FIELD is event, id, timestamp, user_id, distinct_id, "
               "anonymous_id, device_id, previous_id, session_id, source, value or properties%s",
               text, takes_properties ? "COLUMN" : "TEXT",
               takes_properties ? ", or properties.NAME" : "");
  return NULL;
}

/**
 * weir_import_mapping_add:
 * @self: a mapping
 * @text: `FIELD=COLUMN`
 * @error: return location for an error
 *
 * Says which column is a field of the event, or a property (`properties.NAME`).
 *
 * Returns: whether there is such a field
 */
gboolean
weir_import_mapping_add (WeirImportMapping  *self,
                         const char         *text,
                         GError            **error)
{
  const char *column = NULL;
  char *field = split (text, &column, TRUE, error);

  if (field == NULL)
    return FALSE;
  g_hash_table_replace (self->wanted, g_strdup (column), field);
  return TRUE;
}

/**
 * weir_import_mapping_add_constant:
 * @self: a mapping
 * @text: `FIELD=TEXT`
 * @error: return location for an error
 *
 * Says what a field is where no column says it.
 *
 * Returns: whether there is such a field
 */
gboolean
weir_import_mapping_add_constant (WeirImportMapping  *self,
                                  const char         *text,
                                  GError            **error)
{
  const char *value = NULL;
  g_autofree char *field = split (text, &value, FALSE, error);

  if (field == NULL)
    return FALSE;
  g_free (self->constants[find_field (field)]);
  self->constants[find_field (field)] = g_strdup (value);
  return TRUE;
}

/**
 * weir_import_mapping_skip:
 * @self: a mapping
 * @column: the name of a column that is left out
 */
void
weir_import_mapping_skip (WeirImportMapping *self,
                          const char        *column)
{
  g_hash_table_replace (self->wanted, g_strdup (column), g_strdup (""));
}

static int
find_column (const char *const *columns,
             guint              n_columns,
             const char        *name)
{
  for (guint i = 0; name != NULL && i < n_columns; i++)
    if (g_ascii_strcasecmp (columns[i], name) == 0)
      return (int) i;
  return -1;
}

/* What was asked for; a column that is not there is a mistake. */
static gboolean
take_wanted (WeirImportMapping  *self,
             const char *const  *columns,
             guint               n_columns,
             GError            **error)
{
  GHashTableIter iter;
  gpointer column, field;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &column, &field))
    {
      int index = find_column (columns, n_columns, column);

      if (index < 0)
        {
          g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, "there is no column “%s”",
                       (const char *) column);
          return FALSE;
        }
      g_clear_pointer (&self->properties->pdata[index], g_free);
      if (g_str_has_prefix (field, "properties."))
        self->properties->pdata[index] = g_strdup ((const char *) field + strlen ("properties."));
      else if (*(const char *) field != '\0')
        self->columns[find_field (field)] = index;
    }
  return TRUE;
}

static gboolean
is_wanted (WeirImportMapping *self,
           const char        *column)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (g_ascii_strcasecmp (other, column) == 0)
      return TRUE;
  return FALSE;
}

static void
guess (WeirImportMapping *self,
       Field              field,
       const char *const *columns,
       guint              n_columns)
{
  int index = find_column (columns, n_columns, known[field].name);

  for (guint i = 0; index < 0 && i < G_N_ELEMENTS (known[field].others); i++)
    index = find_column (columns, n_columns, known[field].others[i]);
  if (index < 0 || is_wanted (self, columns[index]))
    return;
  self->columns[field] = index;
  g_clear_pointer (&self->properties->pdata[index], g_free);
}

/* What an export of Weir tells of an event beside the event. */
static void
leave_out_exported (WeirImportMapping *self,
                    const char *const *columns,
                    guint              n_columns)
{
  static const char *const names[] = { "seq", "person", "received" };

  self->is_ours = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (find_column (columns, n_columns, names[i]) < 0)
      return;
  self->is_ours = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      int index = find_column (columns, n_columns, names[i]);

      if (!is_wanted (self, names[i]))
        g_clear_pointer (&self->properties->pdata[index], g_free);
    }
}

static gboolean
has (WeirImportMapping *self,
     Field              field)
{
  return self->columns[field] >= 0 || self->constants[field] != NULL;
}

static gboolean
check (WeirImportMapping  *self,
       GError            **error)
{
  const char *missing = !has (self, FIELD_EVENT) ? "the name of the event (event)"
                        : !has (self, FIELD_USER_ID) && !has (self, FIELD_DISTINCT_ID) &&
                          !has (self, FIELD_ANONYMOUS_ID) && !has (self, FIELD_DEVICE_ID)
                          ? "who it was (user_id, distinct_id, anonymous_id or device_id)"
                        : !has (self, FIELD_TIMESTAMP) ? "when it was (timestamp)" : NULL;

  if (missing == NULL)
    return TRUE;
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
               "no column tells %s; name one with --map FIELD=COLUMN, or say it of all rows with "
               "--set FIELD=TEXT", missing);
  return FALSE;
}

/**
 * weir_import_mapping_begin:
 * @self: a mapping
 * @columns: the names of the columns
 * @n_columns: how many there are
 * @error: return location for an error
 *
 * Decides what each column is: what was asked for, else what its name says, else a property.
 *
 * Returns: whether that makes events
 */
gboolean
weir_import_mapping_begin (WeirImportMapping  *self,
                           const char *const  *columns,
                           guint               n_columns,
                           GError            **error)
{
  g_ptr_array_set_size (self->properties, 0);
  for (guint i = 0; i < n_columns; i++)
    g_ptr_array_add (self->properties, g_strdup (columns[i]));
  for (guint i = 0; i < N_FIELDS; i++)
    self->columns[i] = -1;
  g_free (self->types);
  self->types = g_new0 (WeirColumnType, MAX (n_columns, 1));

  leave_out_exported (self, columns, n_columns);
  if (!take_wanted (self, columns, n_columns, error))
    return FALSE;
  for (guint i = 0; i < N_FIELDS; i++)
    if (self->columns[i] < 0)
      guess (self, (Field) i, columns, n_columns);
  return check (self, error);
}

/**
 * weir_import_mapping_set_type:
 * @self: a mapping that has begun
 * @column: a column
 * @type: what its texts are
 */
void
weir_import_mapping_set_type (WeirImportMapping *self,
                              guint              column,
                              WeirColumnType     type)
{
  self->types[column] = type;
}

/* A number as JSON writes it, which a double or 64 bits hold. `007` is a text. */
static gboolean
is_number (const char *text)
{
  const char *digits = text + (*text == '-');
  gsize n = strspn (digits, "0123456789");
  const char *at = digits + n;

  if (n == 0 || n > 18 || (n > 1 && *digits == '0'))
    return FALSE;
  if (*at == '.')
    {
      gsize n_behind = strspn (++at, "0123456789");

      if (n_behind == 0 || n + n_behind > 17)
        return FALSE;
      at += n_behind;
    }
  return *at == '\0';
}

static void
append_value (WeirImportMapping *self,
              guint              column,
              const char        *text,
              GString           *out)
{
  const char *name = g_ptr_array_index (self->properties, column);
  WeirColumnType type = self->types[column];
  g_autofree char *json = NULL;

  if (*text == '{' || *text == '[')
    json = weir_import_json_minify (self->codec, text, strlen (text));
  else if (type == WEIR_COLUMN_BOOLEAN)
    json = g_strdup (strchr ("tT1yY", *text) != NULL ? "true" : "false");
  else if (type == WEIR_COLUMN_ANY && (is_number (text) || g_str_equal (text, "true") ||
                                       g_str_equal (text, "false")))
    json = g_strdup (text);

  if (json != NULL)
    weir_import_json_append_raw (out, name, json);
  else
    weir_import_json_append (out, name, text);
}

static const char *
get_value (WeirImportMapping *self,
           const char *const *values,
           Field              field)
{
  const char *text = self->columns[field] >= 0 ? values[self->columns[field]] : NULL;

  return text != NULL && *text != '\0' ? text : self->constants[field];
}

/* A column wins over a member of the same name. */
static gboolean
append_properties (WeirImportMapping *self,
                   const char *const *values,
                   GString           *out)
{
  const char *text = get_value (self, values, FIELD_PROPERTIES);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autoptr(GString) properties = g_string_new (NULL);
  g_autofree char *object = NULL;

  for (guint i = 0; i < self->properties->len; i++)
    {
      const char *name = g_ptr_array_index (self->properties, i);

      if (name == NULL || *name == '\0' || values[i] == NULL || *values[i] == '\0')
        continue;
      append_value (self, i, values[i], properties);
      g_ptr_array_add (names, (gpointer) name);
    }
  if (text != NULL)
    {
      object = weir_import_json_minify (self->codec, text, strlen (text));
      if (object == NULL || *object != '{')
        return FALSE;
      g_ptr_array_add (names, NULL);
      weir_import_json_append_members (properties, object, (const char *const *) names->pdata);
    }
  g_string_append (properties, properties->len == 0 ? "{}" : "}");
  weir_import_json_append_raw (out, "properties", properties->str);
  return TRUE;
}

/* A number is unique in its own table only. */
static void
append_id (WeirImportMapping *self,
           const char *const *values,
           const char        *name,
           const char        *made_id,
           GString           *out)
{
  const char *text = get_value (self, values, FIELD_ID);
  g_autofree char *qualified = NULL;

  if (text != NULL && !self->is_ours && strspn (text, "0123456789") == strlen (text))
    qualified = g_strdup_printf ("%s:%s", name, text);
  weir_import_json_append (out, "id",
                           qualified != NULL ? qualified : text != NULL ? text : made_id);
}

static void
append_ids (WeirImportMapping *self,
            const char *const *values,
            const char        *made_id,
            GString           *out)
{
  gboolean has_one = FALSE;

  for (int i = FIELD_USER_ID; i <= FIELD_SOURCE; i++)
    {
      const char *text = get_value (self, values, (Field) i);

      weir_import_json_append (out, known[i].name, text);
      has_one |= i <= FIELD_DEVICE_ID && text != NULL;
    }
  if (!has_one)
    weir_import_json_append (out, "anonymous_id", made_id);
}

/**
 * weir_import_mapping_translate:
 * @self: a mapping that has begun
 * @values: the row, with as many values as there are columns; %NULL is nothing
 * @name: what is imported
 * @made_id: a message id for rows that have none, and the anonymous id of those that tell nobody
 * @out: where the event goes
 *
 * Says what a row says as `POST /v1/events` takes it.
 *
 * Returns: (nullable): what is wrong with the row; %NULL when nothing is
 */
const char *
weir_import_mapping_translate (WeirImportMapping *self,
                               const char *const *values,
                               const char        *name,
                               const char        *made_id,
                               GString           *out)
{
  const char *time = get_value (self, values, FIELD_TIMESTAMP);
  const char *number = get_value (self, values, FIELD_VALUE);
  gint64 micros;
  double value;
  char *end;

  if (time == NULL)
    return "there is no timestamp";
  if (!weir_transfer_time_parse (time, self->zone, &micros))
    return "the timestamp cannot be read";
  weir_import_json_append (out, "event", get_value (self, values, FIELD_EVENT));
  weir_import_json_append_time (out, micros);
  append_id (self, values, name, made_id, out);
  append_ids (self, values, made_id, out);
  if (number != NULL)
    {
      value = g_ascii_strtod (number, &end);
      if (*end != '\0' || end == number || !isfinite (value))
        return "the value is no number";
      g_string_append (out, ",\"value\":");
      weir_json_append_double (out, value);
    }
  if (!append_properties (self, values, out))
    return "the properties are no JSON object";
  g_string_append_c (out, '}');
  return NULL;
}
