/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-record-item.h"

#include <math.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-table-sort.h"

#define NOTHING "–"

struct _WeirRecordItem
{
  GObject parent_instance;

  JsonObject *record;
  char *text;
};

G_DEFINE_FINAL_TYPE (WeirRecordItem, weir_record_item, G_TYPE_OBJECT)

static void
weir_record_item_finalize (GObject *object)
{
  WeirRecordItem *self = WEIR_RECORD_ITEM (object);

  json_object_unref (self->record);
  g_free (self->text);

  G_OBJECT_CLASS (weir_record_item_parent_class)->finalize (object);
}

static void
weir_record_item_class_init (WeirRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_record_item_finalize;
}

static void
weir_record_item_init (WeirRecordItem *self)
{
}

/* Follows a path such as `ledger.received`; @member is where its last name is to be looked up. */
static JsonObject *
follow (JsonObject  *record,
        const char  *path,
        const char **member)
{
  g_auto(GStrv) names = g_strsplit (path, ".", 4);
  guint n = g_strv_length (names);

  for (guint i = 0; i + 1 < n; i++)
    record = weir_json_get_object (record, names[i]);
  *member = path + strlen (path) - strlen (names[n - 1]);
  return record;
}

static char *
format_instant (gint64 micros)
{
  g_autoptr(GDateTime) moment = NULL;

  if (micros == 0)
    return g_strdup (NOTHING);
  moment = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);
  return moment != NULL ? g_date_time_format (moment, "%F %T") : g_strdup (NOTHING);
}

static char *
format_list (JsonArray *array)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < weir_json_array_get_n (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (text != NULL)
        g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", text);
    }
  return g_string_free (out, FALSE);
}

static char *
format_json (JsonNode *node)
{
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? json_to_string (node, FALSE)
                                                      : g_strdup (NOTHING);
}

/**
 * weir_record_item_new:
 * @record: an object
 *
 * Returns: (transfer full): an item
 */
WeirRecordItem *
weir_record_item_new (JsonObject *record)
{
  WeirRecordItem *self = g_object_new (WEIR_TYPE_RECORD_ITEM, NULL);

  self->record = json_object_ref (record);
  self->text = weir_json_object_to_text (record, FALSE);
  return self;
}

/**
 * weir_record_item_get_record:
 * @self: an item
 *
 * Returns: (transfer none): the object
 */
JsonObject *
weir_record_item_get_record (WeirRecordItem *self)
{
  g_return_val_if_fail (WEIR_IS_RECORD_ITEM (self), NULL);

  return self->record;
}

/**
 * weir_record_item_dup_text:
 * @self: an item
 * @path: a member, or a member of a member
 * @format: how to write it
 *
 * Returns: (transfer full): the member as a reader wants it
 */
char *
weir_record_item_dup_text (WeirRecordItem   *self,
                           const char       *path,
                           WeirRecordFormat  format)
{
  const char *member;
  JsonObject *object;
  const char *text;
  double number;
  gint64 micros;

  g_return_val_if_fail (WEIR_IS_RECORD_ITEM (self), NULL);

  object = follow (self->record, path, &member);
  text = weir_json_get_text (object, member);
  number = weir_json_get_number (object, member);
  micros = weir_json_get_time (object, member);
  switch (format)
    {
    case WEIR_RECORD_COUNT:
      return isfinite (number) ? weir_format_exact (weir_json_get_count (object, member))
                               : g_strdup (NOTHING);
    case WEIR_RECORD_NUMBER:
      return isfinite (number) ? weir_format_value (number) : g_strdup (NOTHING);
    case WEIR_RECORD_AGO:
      return micros != 0 ? weir_format_ago (micros, g_get_real_time ()) : g_strdup (NOTHING);
    case WEIR_RECORD_INSTANT:
      return format_instant (micros);
    case WEIR_RECORD_SECONDS:
      return isfinite (number) ? weir_format_duration (number * 1000) : g_strdup (NOTHING);
    case WEIR_RECORD_LIST:
      return format_list (weir_json_get_array (object, member));
    case WEIR_RECORD_JSON:
      return format_json (object != NULL ? json_object_get_member (object, member) : NULL);
    case WEIR_RECORD_TEXT:
    default:
      return g_strdup (text != NULL ? text : NOTHING);
    }
}

static double
get_number (WeirRecordItem   *self,
            const char       *path,
            WeirRecordFormat  format)
{
  const char *member;
  JsonObject *object = follow (self->record, path, &member);
  gint64 micros;

  if (format != WEIR_RECORD_AGO && format != WEIR_RECORD_INSTANT)
    return weir_json_get_number (object, member);
  micros = weir_json_get_time (object, member);
  return micros != 0 ? (double) micros : NAN;
}

/**
 * weir_record_item_compare:
 * @self: an item
 * @other: another
 * @path: a member, or a member of a member
 * @format: how it is written
 *
 * Compares two records: numbers by their size, instants by their time, all else as the reader's
 * language sorts it.
 *
 * Returns: less than 0, 0 or more than 0
 */
int
weir_record_item_compare (WeirRecordItem   *self,
                          WeirRecordItem   *other,
                          const char       *path,
                          WeirRecordFormat  format)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  g_return_val_if_fail (WEIR_IS_RECORD_ITEM (self), 0);
  g_return_val_if_fail (WEIR_IS_RECORD_ITEM (other), 0);

  if (format != WEIR_RECORD_TEXT && format != WEIR_RECORD_LIST && format != WEIR_RECORD_JSON)
    return weir_table_sort_numbers (get_number (self, path, format),
                                    get_number (other, path, format));
  a = weir_record_item_dup_text (self, path, format);
  b = weir_record_item_dup_text (other, path, format);
  return g_utf8_collate (a, b);
}

/**
 * weir_record_item_equal:
 * @self: an item
 * @record: an object
 *
 * Returns: whether @record says the same
 */
gboolean
weir_record_item_equal (WeirRecordItem *self,
                        JsonObject     *record)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (WEIR_IS_RECORD_ITEM (self), FALSE);

  text = weir_json_object_to_text (record, FALSE);
  return g_str_equal (text, self->text);
}
