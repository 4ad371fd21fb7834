/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "weir-sql-editor.h"
#include "weir-sql-history.h"
#include "weir-sql-result.h"

static WeirSqlResult *
read_result (const char *json)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (json, strlen (json));
  g_autoptr(GError) error = NULL;
  WeirSqlResult *result = weir_sql_result_new (bytes, &error);

  g_assert_no_error (error);
  return result;
}

static const char sample[] =
  "{\"columns\":[{\"name\":\"a\",\"type\":\"integer\"},{\"name\":\"b, c\",\"type\":\"text\"}],"
  "\"rows\":[[9223372036854775807,\"x\"],[-1,null],[0,\"say \\\"hi\\\"\\n, twice\"],"
  "[1,{\"base64\":\"AAE=\"}]],\"truncated\":true,\"elapsed_ms\":0.25}";

static void
test_result (void)
{
  g_autoptr(WeirSqlResult) result = read_result (sample);
  g_autofree char *largest = weir_sql_result_dup_text (result, 0, 0);
  g_autofree char *blob = weir_sql_result_dup_text (result, 3, 1);
  g_autofree char *outside = weir_sql_result_dup_text (result, 99, 99);
  g_autoptr(WeirSqlRow) row = g_list_model_get_item (G_LIST_MODEL (result), 2);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (result)), ==, 4);
  g_assert_cmpuint (weir_sql_row_get_index (row), ==, 2);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (result), 4));
  g_assert_cmpuint (weir_sql_result_get_n_columns (result), ==, 2);
  g_assert_cmpstr (weir_sql_result_get_name (result, 1), ==, "b, c");
  g_assert_true (weir_sql_result_is_number (result, 0));
  g_assert_false (weir_sql_result_is_number (result, 1));
  g_assert_true (weir_sql_result_is_truncated (result));
  g_assert_cmpfloat (weir_sql_result_get_elapsed (result), ==, .25);
  g_assert_cmpstr (largest, ==, "9223372036854775807");
  g_assert_true (weir_sql_result_is_null (result, 1, 1));
  g_assert_cmpstr (blob, ==, "AAE=");
  g_assert_cmpstr (outside, ==, "");
}

static void
test_exports (void)
{
  g_autoptr(WeirSqlResult) result = read_result (sample);
  g_autoptr(GBytes) csv = weir_sql_result_to_csv (result);
  g_autoptr(GBytes) json = weir_sql_result_to_json (result);
  g_autofree char *table = g_strndup (g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
  g_autofree char *text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));
  g_autoptr(JsonNode) node = json_from_string (text, NULL);
  JsonObject *first = json_array_get_object_element (json_node_get_array (node), 0);

  g_assert_cmpstr (table, ==, "a,\"b, c\"\r\n9223372036854775807,x\r\n-1,\r\n"
                              "0,\"say \"\"hi\"\"\n, twice\"\r\n1,AAE=\r\n");
  g_assert_cmpint (json_object_get_int_member (first, "a"), ==, G_MAXINT64);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 4);
}

static void
test_bad_answers (void)
{
  static const char *const answers[] = { "", "7", "{}", "{\"columns\":[]}", "{\"rows\":[]}", "{" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (answers[i], strlen (answers[i]));
      g_autoptr(GError) error = NULL;

      g_assert_null (weir_sql_result_new (bytes, &error));
      g_assert_nonnull (error);
    }
}

static void
assert_error_at (const char *sql,
                 const char *message,
                 int         place)
{
  gsize start = 0, end = 0;

  g_assert_cmpint (weir_sql_find_error (sql, message, &start, &end), ==, place >= 0);
  if (place < 0)
    return;
  g_assert_cmpint ((int) start, ==, place);
  g_assert_cmpuint (end - start, ==, strlen ("b"));
}

static void
test_error_places (void)
{
  assert_error_at ("SELECT ab, b FROM x", "no such column: b", 11);
  assert_error_at ("SELECT b_1, b", "near \"b\": syntax error", 12);
  assert_error_at ("SELECT a", "no such column: b", -1);
  assert_error_at ("SELECT a", "the question took too long", -1);
  assert_error_at ("SELECT b;", "unrecognized token: \"b\"", 7);
}

static void
test_history (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("weir-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "deep", "history.json", NULL);
  g_autoptr(WeirSqlHistory) history = weir_sql_history_new (path);
  g_autoptr(WeirSqlHistory) again = NULL;
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_null (weir_sql_history_get_all (history)[0]);
  for (guint i = 0; i < WEIR_SQL_HISTORY_LENGTH + 50; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT %u", i);

      weir_sql_history_add (history, sql);
    }
  weir_sql_history_add (history, "SELECT 100");
  again = weir_sql_history_new (path);
  g_assert_cmpuint (g_strv_length ((char **) weir_sql_history_get_all (again)), ==,
                    WEIR_SQL_HISTORY_LENGTH);
  g_assert_cmpstr (weir_sql_history_get_all (again)[0], ==, "SELECT 100");
  g_assert_cmpstr (weir_sql_history_get_all (again)[1], ==, "SELECT 249");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  weir_sql_history_clear (again);
  g_assert_null (weir_sql_history_get_all (again)[0]);
  g_assert_true (g_file_set_contents (path, "{nonsense", -1, NULL));
  g_clear_object (&again);
  again = weir_sql_history_new (path);
  g_assert_null (weir_sql_history_get_all (again)[0]);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql/result", test_result);
  g_test_add_func ("/sql/exports", test_exports);
  g_test_add_func ("/sql/bad-answers", test_bad_answers);
  g_test_add_func ("/sql/error-places", test_error_places);
  g_test_add_func ("/sql/history", test_history);
  return g_test_run ();
}
