/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-editor.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

struct _WeirSqlEditor
{
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  GtkSourceView *view;
  GtkSourceBuffer *buffer;
  GtkTextBuffer *names;     /* what completion offers, as a text */
  GtkTextTag *error_tag;
};

enum {
  RUN,
  STOP,
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirSqlEditor, weir_sql_editor, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static const char keywords[] =
  "SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET DISTINCT JOIN LEFT INNER CROSS USING "
  "AS AND OR NOT NULL IS IN LIKE GLOB BETWEEN EXISTS CASE WHEN THEN ELSE END WITH RECURSIVE "
  "UNION EXCEPT INTERSECT VALUES OVER PARTITION FILTER count sum avg min max total "
  "group_concat coalesce ifnull nullif round abs length lower upper substr replace instr "
  "printf date time datetime strftime julianday unixepoch json_each json_extract json_type "
  "row_number rank lag lead first_value";

static void
style_changed_cb (WeirSqlEditor *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();

  gtk_source_buffer_set_style_scheme (self->buffer,
                                      gtk_source_style_scheme_manager_get_scheme (
                                        manager, dark ? "Adwaita-dark" : "Adwaita"));
}

static void
changed_cb (WeirSqlEditor *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  gtk_text_buffer_remove_tag (GTK_TEXT_BUFFER (self->buffer), self->error_tag, &start, &end);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
key_cb (WeirSqlEditor   *self,
        guint            key,
        guint            code,
        GdkModifierType  modifiers)
{
  gboolean control = (modifiers & GDK_CONTROL_MASK) != 0;

  if (control && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter))
    {
      g_signal_emit (self, signals[RUN], 0);
      return TRUE;
    }
  return FALSE;
}

/* After completion had its chance: Escape closes that first. */
static gboolean
late_key_cb (WeirSqlEditor   *self,
             guint            key,
             guint            code,
             GdkModifierType  modifiers)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  g_signal_emit (self, signals[STOP], 0);
  return TRUE;
}

static void
weir_sql_editor_dispose (GObject *object)
{
  WeirSqlEditor *self = WEIR_SQL_EDITOR (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->names);

  G_OBJECT_CLASS (weir_sql_editor_parent_class)->dispose (object);
}

static gboolean
weir_sql_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WEIR_SQL_EDITOR (widget)->view));
}

static void
weir_sql_editor_class_init (WeirSqlEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_sql_editor_dispose;
  widget_class->grab_focus = weir_sql_editor_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[RUN] =
    g_signal_new ("run", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STOP] =
    g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_keys (WeirSqlEditor *self)
{
  GtkEventController *early = gtk_event_controller_key_new ();
  GtkEventController *late = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (early, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (early, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), early);
  g_signal_connect_swapped (late, "key-pressed", G_CALLBACK (late_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), late);
}

static void
add_completion (WeirSqlEditor *self)
{
  g_autoptr(GtkSourceCompletionWords) words = gtk_source_completion_words_new (_("Names"));

  g_object_set (words, "minimum-word-size", 2, NULL);
  self->names = gtk_text_buffer_new (NULL);
  gtk_text_buffer_set_text (self->names, keywords, -1);
  gtk_source_completion_words_register (words, self->names);
  gtk_source_completion_add_provider (gtk_source_view_get_completion (self->view),
                                      GTK_SOURCE_COMPLETION_PROVIDER (words));
}

static void
weir_sql_editor_init (WeirSqlEditor *self)
{
  GtkSourceLanguage *sql =
    gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (), "sql");

  self->buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_language (self->buffer, sql);
  self->view = GTK_SOURCE_VIEW (gtk_source_view_new_with_buffer (self->buffer));
  g_object_unref (self->buffer);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->view), 9);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->view), 9);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->view), 9);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_source_view_set_auto_indent (self->view, TRUE);
  gtk_source_view_set_show_line_numbers (self->view, TRUE);
  gtk_source_view_set_tab_width (self->view, 2);
  gtk_source_view_set_insert_spaces_instead_of_tabs (self->view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("SQL statement"),
                                  -1);
  self->error_tag = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL,
                                                "underline", PANGO_UNDERLINE_ERROR, NULL);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  add_completion (self);
  add_keys (self);
  style_changed_cb (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (style_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_sql_editor_new:
 *
 * Returns: (transfer none): an editor without a statement
 */
WeirSqlEditor *
weir_sql_editor_new (void)
{
  return g_object_new (WEIR_TYPE_SQL_EDITOR, NULL);
}

/**
 * weir_sql_editor_dup_text:
 * @self: an editor
 *
 * Returns: (transfer full): what was typed
 */
char *
weir_sql_editor_dup_text (WeirSqlEditor *self)
{
  GtkTextIter start, end;

  g_return_val_if_fail (WEIR_IS_SQL_EDITOR (self), NULL);

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, FALSE);
}

/**
 * weir_sql_editor_set_text:
 * @self: an editor
 * @text: a statement
 *
 * Replaces what was typed; the reader can undo that.
 */
void
weir_sql_editor_set_text (WeirSqlEditor *self,
                          const char    *text)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_if_fail (WEIR_IS_SQL_EDITOR (self));

  buffer = GTK_TEXT_BUFFER (self->buffer);
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
}

/**
 * weir_sql_editor_insert:
 * @self: an editor
 * @text: a name
 *
 * Inserts something where the cursor is.
 */
void
weir_sql_editor_insert (WeirSqlEditor *self,
                        const char    *text)
{
  g_return_if_fail (WEIR_IS_SQL_EDITOR (self));

  gtk_text_buffer_insert_at_cursor (GTK_TEXT_BUFFER (self->buffer), text, -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/**
 * weir_sql_editor_set_names:
 * @self: an editor
 * @names: (array zero-terminated=1): tables, views and columns
 *
 * Says what completion offers beside the words of SQL.
 */
void
weir_sql_editor_set_names (WeirSqlEditor      *self,
                           const char * const *names)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) names);
  g_autofree char *all = g_strjoin (" ", keywords, joined, NULL);

  g_return_if_fail (WEIR_IS_SQL_EDITOR (self));

  gtk_text_buffer_set_text (self->names, all, -1);
}

/**
 * weir_sql_find_error:
 * @sql: a statement
 * @message: what SQLite says about it
 * @start: (out): where the part it names begins, in bytes
 * @end: (out): where it ends
 *
 * SQLite does not say where an error is, but what it stumbled over.
 *
 * Returns: whether @message names a part of @sql
 */
gboolean
weir_sql_find_error (const char *sql,
                     const char *message,
                     gsize      *start,
                     gsize      *end)
{
  const char *quote = strchr (message, '"');
  const char *last = quote != NULL ? strrchr (message, '"') : NULL;
  const char *colon = strrchr (message, ':');
  g_autofree char *part = NULL;
  const char *found;

  if (quote != NULL && last > quote + 1)
    part = g_strndup (quote + 1, (gsize) (last - quote - 1));
  else if (colon != NULL && g_str_has_prefix (message, "no such"))
    part = g_strstrip (g_strdup (colon + 1));
  if (part == NULL || *part == '\0')
    return FALSE;
  for (found = strstr (sql, part); found != NULL; found = strstr (found + 1, part))
    {
      char before = found > sql ? found[-1] : ' ';
      char after = found[strlen (part)];

      /* A name within a longer one is another name. */
      if (g_ascii_isalnum (*part) && (g_ascii_isalnum (before) || before == '_'
                                      || g_ascii_isalnum (after) || after == '_'))
        continue;
      *start = (gsize) (found - sql);
      *end = *start + strlen (part);
      return TRUE;
    }
  return FALSE;
}

/**
 * weir_sql_editor_mark_error:
 * @self: an editor
 * @message: what SQLite says
 *
 * Underlines the part that is wrong, if the message names one, and moves there.
 */
void
weir_sql_editor_mark_error (WeirSqlEditor *self,
                            const char    *message)
{
  g_autofree char *text = weir_sql_editor_dup_text (self);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter from, to;
  gsize start, end;

  if (!weir_sql_find_error (text, message, &start, &end))
    return;
  gtk_text_buffer_get_iter_at_offset (buffer, &from,
                                      (int) g_utf8_pointer_to_offset (text, text + start));
  gtk_text_buffer_get_iter_at_offset (buffer, &to,
                                      (int) g_utf8_pointer_to_offset (text, text + end));
  gtk_text_buffer_apply_tag (buffer, self->error_tag, &from, &to);
  gtk_text_buffer_place_cursor (buffer, &from);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (buffer),
                                .1, FALSE, 0, 0);
}
