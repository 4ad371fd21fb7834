/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohort-import.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-id-file.h"
#include "weir-json.h"

#define PULSE_MS 120

struct _WeirCohortImport
{
  AdwWindow parent_instance;

  GtkStack *stack;
  AdwEntryRow *name_row;
  GtkTextView *text;
  GtkLabel *status;
  GtkWidget *progress_box;
  GtkProgressBar *progress;
  GtkWidget *import_button;
  GtkWidget *choose_button;
  GtkLabel *done_label;

  WeirSession *session;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser;
  WeirIdFile *ids;
  char *name;
  int percent;              /* of what goes on; also set by the thread that reads; -1: unknown */
  guint pulse_id;
};

enum {
  IMPORTED,
  STOPPED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCohortImport, weir_cohort_import, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

static void
update (WeirCohortImport *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row)));

  gtk_widget_set_sensitive (self->import_button, *g_strstrip (name) != '\0' && self->pulse_id == 0
                                                 && self->ids != NULL && self->ids->n_ids > 0);
}

static gboolean
pulse_cb (gpointer user_data)
{
  WeirCohortImport *self = user_data;
  int percent = g_atomic_int_get (&self->percent);
  g_autofree char *text = NULL;

  /* What has been sent is still to be stored. */
  if (percent < 0 || percent >= 100)
    {
      gtk_progress_bar_set_show_text (self->progress, FALSE);
      gtk_progress_bar_pulse (self->progress);
      return G_SOURCE_CONTINUE;
    }
  text = g_strdup_printf (_("%d %%"), percent);
  gtk_progress_bar_set_fraction (self->progress, percent / 100.);
  gtk_progress_bar_set_text (self->progress, text);
  gtk_progress_bar_set_show_text (self->progress, TRUE);
  return G_SOURCE_CONTINUE;
}

static void
begin (WeirCohortImport *self,
       const char       *what,
       gboolean          has_percent)
{
  g_atomic_int_set (&self->percent, has_percent ? 0 : -1);
  gtk_label_set_text (self->status, what);
  gtk_widget_set_visible (self->progress_box, TRUE);
  if (self->pulse_id == 0)
    self->pulse_id = g_timeout_add (PULSE_MS, pulse_cb, self);
  gtk_widget_set_sensitive (self->choose_button, FALSE);
  update (self);
}

static void
end (WeirCohortImport *self,
     const char       *what)
{
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  gtk_widget_set_visible (self->progress_box, FALSE);
  gtk_widget_set_sensitive (self->choose_button, TRUE);
  gtk_label_set_text (self->status, what);
  update (self);
}

static void
take_ids (WeirCohortImport *self,
          WeirIdFile       *ids,
          const GError     *error)
{
  g_autofree char *number = NULL;
  g_autofree char *repeated = NULL;
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;

  g_clear_pointer (&self->ids, weir_id_file_free);
  self->ids = ids;
  if (ids == NULL)
    {
      end (self, error->message);
      return;
    }
  number = weir_format_exact (ids->n_ids);
  text = g_strdup_printf (ngettext ("%s id", "%s ids", ids->n_ids), number);
  if (ids->n_repeated > 0)
    {
      repeated = weir_format_exact (ids->n_repeated);
      /* Translators: “5 ids, 2 more were there twice”. */
      more = g_strdup_printf (ngettext ("%s, %s more was there twice",
                                        "%s, %s more were there twice", ids->n_repeated),
                              text, repeated);
    }
  end (self, more != NULL ? more : text);
}

static void
text_changed_cb (WeirCohortImport *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GtkTextIter start, stop;
  WeirIdFile *ids;

  gtk_text_buffer_get_bounds (buffer, &start, &stop);
  text = gtk_text_buffer_get_text (buffer, &start, &stop, FALSE);
  ids = weir_id_file_parse (text, strlen (text), NULL, NULL, &error);
  take_ids (self, ids, error);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(WeirCohortImport) self = user_data;
  g_autoptr(GError) error = NULL;
  WeirIdFile *ids = weir_id_file_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  take_ids (self, ids, error);
}

static void
load (WeirCohortImport *self,
      GFile            *file)
{
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *reading = g_strdup_printf (_("Reading “%s”"), basename);
  char *dot = strrchr (basename, '.');

  if (dot != NULL && dot != basename)
    *dot = '\0';
  if (*gtk_editable_get_text (GTK_EDITABLE (self->name_row)) == '\0'
      && g_utf8_validate (basename, -1, NULL))
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), basename);
  begin (self, reading, TRUE);
  weir_id_file_load_async (file, &self->percent, self->cancellable, loaded_cb, g_object_ref (self));
}

static void
chosen_cb (WeirCohortImport *self,
           int               response)
{
  g_autoptr(GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (file != NULL)
    load (self, file);
}

static void
choose_cb (WeirCohortImport *self)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Choose a file with ids"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"),
                                               _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
drop_cb (WeirCohortImport *self,
         const GValue     *value)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL || self->pulse_id != 0)
    return FALSE;
  load (self, files->data);
  return TRUE;
}

static void
show_done (WeirCohortImport *self,
           JsonObject       *answer)
{
  guint64 size = weir_json_get_count (answer, "size");
  g_autofree char *ids = weir_format_exact (self->ids->n_ids);
  g_autofree char *people = weir_format_exact (size);
  g_autofree char *known = g_strdup_printf (ngettext ("%s person is known", "%s people are known",
                                                      (gulong) size), people);
  /* Translators: “1,000 ids, of which 812 people are known.” */
  g_autofree char *text =
    g_strdup_printf (ngettext ("%s id was saved: %s by it. Ids that are not known yet count "
                               "when they are seen.",
                               "%s ids were saved: %s by them. Ids that are not known yet "
                               "count when they are seen.", self->ids->n_ids), ids, known);

  gtk_label_set_text (self->done_label, text);
  gtk_stack_set_visible_child_name (self->stack, "done");
}

static void
counted_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirCohortImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end (self, answer != NULL ? "" : error->message);
  if (answer != NULL)
    show_done (self, answer);
  g_signal_emit (self, signals[IMPORTED], 0, self->name);
}

static void
count (WeirCohortImport *self,
       WeirApiClient    *client)
{
  g_autoptr(JsonObject) question = json_object_new ();
  JsonObject *where = json_object_new ();
  g_autofree char *body = NULL;

  json_object_set_string_member (question, "kind", "cohort");
  json_object_set_int_member (question, "limit", 0);
  json_object_set_string_member (where, "cohort", self->name);
  json_object_set_object_member (question, "where", where);
  body = weir_json_object_to_text (question, FALSE);
  begin (self, _("Looking who is known"), FALSE);
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, counted_cb,
                              g_object_ref (self));
}

static void
sent_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirCohortImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL)
    count (self, WEIR_API_CLIENT (object));
  else
    end (self, error->message);
}

static void
sending_cb (goffset  sent,
            goffset  total,
            gpointer user_data)
{
  WeirCohortImport *self = user_data;

  g_atomic_int_set (&self->percent, (int) (100 * sent / MAX (1, total)));
  if (sent >= total)
    gtk_label_set_text (self->status, _("Waiting until it is stored"));
}

static void
import_cb (WeirCohortImport *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;

  if (client == NULL || self->ids == NULL)
    return;
  g_free (self->name);
  self->name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));
  escaped = g_uri_escape_string (self->name, NULL, FALSE);
  path = g_strconcat ("/v1/cohorts/", escaped, NULL);
  begin (self, _("Sending"), TRUE);
  weir_api_client_upload_async (client, "PUT", path, self->ids->body, sending_cb, self,
                                self->cancellable, sent_cb, g_object_ref (self));
}

/* What was being stored may be there, or not: the list of cohorts tells. */
static void
stop_cb (WeirCohortImport *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  end (self, _("Stopped"));
  if (self->name != NULL)
    g_signal_emit (self, signals[STOPPED], 0);
}

static void
weir_cohort_import_unmap (GtkWidget *widget)
{
  g_cancellable_cancel (WEIR_COHORT_IMPORT (widget)->cancellable);
  GTK_WIDGET_CLASS (weir_cohort_import_parent_class)->unmap (widget);
}

static void
weir_cohort_import_dispose (GObject *object)
{
  WeirCohortImport *self = WEIR_COHORT_IMPORT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->ids, weir_id_file_free);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (weir_cohort_import_parent_class)->dispose (object);
}

static void
weir_cohort_import_class_init (WeirCohortImportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_cohort_import_dispose;
  widget_class->unmap = weir_cohort_import_unmap;

  signals[IMPORTED] =
    g_signal_new ("imported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STOPPED] =
    g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-cohort-import.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, name_row);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, text);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, status);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, progress_box);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, progress);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, import_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, choose_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCohortImport, done_label);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
weir_cohort_import_init (WeirCohortImport *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (text_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * weir_cohort_import_new:
 * @parent: the window it belongs to
 * @session: where the list is saved
 *
 * Returns: (transfer none): a window
 */
WeirCohortImport *
weir_cohort_import_new (GtkWindow   *parent,
                        WeirSession *session)
{
  WeirCohortImport *self = g_object_new (WEIR_TYPE_COHORT_IMPORT, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
  return self;
}
