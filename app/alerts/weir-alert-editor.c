/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert-editor.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-alert-kind.h"
#include "weir-event-entry.h"
#include "weir-json.h"
#include "weir-spoken-names.h"

struct _WeirAlertEditor
{
  AdwWindow parent_instance;

  GtkEditable *name_row;
  AdwComboRow *kind_row;
  GtkWidget *event_row;
  WeirEventEntry *event_entry;
  GtkEditable *source_row;
  GtkEditable *dependency_row;
  AdwComboRow *percentile_row;
  AdwComboRow *measure_row;
  GtkEditable *property_row;
  AdwComboRow *funnel_row;
  GtkWidget *step_row;
  GtkSpinButton *step_spin;
  AdwComboRow *step_measure_row;
  AdwComboRow *op_row;
  GtkWidget *threshold_row;
  GtkSpinButton *threshold_spin;
  GtkLabel *unit_label;
  GtkEditable *within_row;
  GtkEditable *for_row;
  GtkLabel *result_label;
  GtkWidget *save_button;

  WeirPage *page;           /* not owned: outlives its dialogs */
  GCancellable *cancellable;
  JsonArray *funnels;       /* saved ones, as the collector lists them */
  char *old_name;
};

enum {
  SAVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirAlertEditor, weir_alert_editor, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

/* In the order of the lists in the template. */
static const char * const percentiles[] = { "p50", "p90", "p95", "p99" };
static const char * const measures[] = { "count", "persons", "sum", "avg", "max", "p95" };
static const char * const ops[] = { ">", "<" };
static const char * const step_measures[] = { "conversion", "count" };

static WeirApiClient *
get_client (WeirAlertEditor *self)
{
  return weir_session_get_client (weir_page_get_session (self->page));
}

static WeirAlertKind
get_kind (WeirAlertEditor *self)
{
  return (WeirAlertKind) MIN (adw_combo_row_get_selected (self->kind_row), WEIR_N_ALERT_KINDS - 1);
}

static gboolean
is_percent (WeirAlertEditor *self)
{
  WeirAlertKind kind = get_kind (self);

  return kind == WEIR_ALERT_ERROR_RATE
         || (kind == WEIR_ALERT_FUNNEL_STEP
             && adw_combo_row_get_selected (self->step_measure_row) == 0);
}

static const char *
get_unit (WeirAlertEditor *self)
{
  switch (get_kind (self))
    {
    case WEIR_ALERT_LATENCY:
      return _("ms");
    case WEIR_ALERT_LAG:
      return _("s");
    case WEIR_ALERT_ERROR_RATE:
    case WEIR_ALERT_FUNNEL_STEP:
    case WEIR_ALERT_SILENCE:
    case WEIR_ALERT_TREND:
    case WEIR_ALERT_DEAD_LETTERS:
    case WEIR_N_ALERT_KINDS:
    default:
      return is_percent (self) ? "%" : "";
    }
}

static void
update (WeirAlertEditor *self)
{
  WeirAlertKind kind = get_kind (self);
  gboolean is_filtered = kind == WEIR_ALERT_ERROR_RATE || kind == WEIR_ALERT_LATENCY;
  gboolean is_trend = kind == WEIR_ALERT_TREND;
  gboolean has_limit = kind != WEIR_ALERT_SILENCE;
  guint measure = adw_combo_row_get_selected (self->measure_row);

  gtk_widget_set_visible (self->event_row, is_filtered || is_trend);
  gtk_widget_set_visible (GTK_WIDGET (self->source_row), is_filtered || kind == WEIR_ALERT_SILENCE);
  gtk_widget_set_visible (GTK_WIDGET (self->dependency_row), is_filtered);
  gtk_widget_set_visible (GTK_WIDGET (self->percentile_row), kind == WEIR_ALERT_LATENCY);
  gtk_widget_set_visible (GTK_WIDGET (self->measure_row), is_trend);
  gtk_widget_set_visible (GTK_WIDGET (self->property_row), is_trend && measure >= 2);
  gtk_widget_set_visible (GTK_WIDGET (self->funnel_row), kind == WEIR_ALERT_FUNNEL_STEP);
  gtk_widget_set_visible (self->step_row, kind == WEIR_ALERT_FUNNEL_STEP);
  gtk_widget_set_visible (GTK_WIDGET (self->step_measure_row), kind == WEIR_ALERT_FUNNEL_STEP);
  gtk_widget_set_visible (GTK_WIDGET (self->op_row), has_limit);
  gtk_widget_set_visible (self->threshold_row, has_limit);
  gtk_widget_set_visible (GTK_WIDGET (self->within_row), is_filtered || is_trend);
  gtk_label_set_text (self->unit_label, get_unit (self));
  gtk_widget_set_sensitive (self->save_button,
                            *gtk_editable_get_text (self->name_row) != '\0');
}

static void
set_text (JsonObject  *object,
          const char  *member,
          GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*text != '\0')
    json_object_set_string_member (object, member, text);
}

static JsonObject *
create_trend (WeirAlertEditor *self)
{
  JsonObject *question = json_object_new ();
  JsonObject *series = json_object_new ();
  JsonArray *list = json_array_new ();
  const char *event = weir_event_entry_get_event (self->event_entry);
  guint measure = adw_combo_row_get_selected (self->measure_row);

  json_object_set_string_member (series, "event", event != NULL ? event : "*");
  json_object_set_string_member (series, "measure", measures[measure]);
  if (measure >= 2)
    set_text (series, "property", self->property_row);
  json_array_add_object_element (list, series);
  json_object_set_string_member (question, "kind", "trend");
  json_object_set_array_member (question, "series", list);
  return question;
}

static void
add_filters (WeirAlertEditor *self,
             JsonObject      *rule)
{
  const char *event = weir_event_entry_get_event (self->event_entry);

  /* The collector takes one of them; the narrowest is what is meant. */
  if (*gtk_editable_get_text (self->dependency_row) != '\0')
    set_text (rule, "dependency", self->dependency_row);
  else if (event != NULL && !g_str_equal (event, "*"))
    json_object_set_string_member (rule, "event", event);
  else
    set_text (rule, "source", self->source_row);
}

static void
add_funnel (WeirAlertEditor *self,
            JsonObject      *rule)
{
  guint selected = adw_combo_row_get_selected (self->funnel_row);
  JsonObject *funnel = weir_json_array_get_object (self->funnels, selected);
  JsonObject *question = weir_json_get_object (funnel, "question");

  if (question != NULL)
    json_object_set_object_member (rule, "question", weir_json_object_copy (question));
  json_object_set_int_member (rule, "step", gtk_spin_button_get_value_as_int (self->step_spin));
  selected = adw_combo_row_get_selected (self->step_measure_row);
  json_object_set_string_member (rule, "measure", step_measures[selected]);
}

static JsonObject *
create_rule (WeirAlertEditor *self)
{
  JsonObject *rule = json_object_new ();
  WeirAlertKind kind = get_kind (self);
  double threshold = gtk_spin_button_get_value (self->threshold_spin);

  json_object_set_string_member (rule, "kind", weir_alert_kind_get_name (kind));
  set_text (rule, "for", self->for_row);
  if (kind == WEIR_ALERT_SILENCE)
    {
      json_object_set_string_member (rule, "source", "*");
      set_text (rule, "source", self->source_row);
      return rule;
    }
  json_object_set_string_member (rule, "op", ops[adw_combo_row_get_selected (self->op_row)]);
  json_object_set_double_member (rule, "threshold",
                                 is_percent (self) ? threshold / 100 : threshold);
  if (kind == WEIR_ALERT_ERROR_RATE || kind == WEIR_ALERT_LATENCY || kind == WEIR_ALERT_TREND)
    set_text (rule, "within", self->within_row);
  if (kind == WEIR_ALERT_ERROR_RATE || kind == WEIR_ALERT_LATENCY)
    add_filters (self, rule);
  if (kind == WEIR_ALERT_LATENCY)
    json_object_set_string_member (rule, "percentile",
                                   percentiles[adw_combo_row_get_selected (self->percentile_row)]);
  if (kind == WEIR_ALERT_TREND)
    json_object_set_object_member (rule, "question", create_trend (self));
  if (kind == WEIR_ALERT_FUNNEL_STEP)
    add_funnel (self, rule);
  return rule;
}

static char *
create_body (WeirAlertEditor *self)
{
  g_autoptr(JsonObject) body = json_object_new ();

  json_object_set_object_member (body, "rule", create_rule (self));
  return weir_json_object_to_text (body, FALSE);
}

static void
show_result (WeirAlertEditor *self,
             const char      *text,
             gboolean         is_error)
{
  gtk_label_set_text (self->result_label, text);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->result_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->result_label), "error");
}

static void
tried_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirAlertEditor) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(JsonObject) rule = NULL;
  g_autofree char *value = NULL;
  g_autofree char *text = NULL;

  answer = weir_answer_finish (object, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    {
      show_result (self, error->message, TRUE);
      return;
    }
  rule = create_rule (self);
  value = weir_alert_kind_dup_value (rule, weir_json_get_number (answer, "value"));
  /* Translators: the value that a rule looks at, as it is now. */
  text = g_strdup_printf (weir_json_get_boolean (answer, "would_fire")
                          ? _("Now %s: the alert would fire") : _("Now %s: all is well"), value);
  show_result (self, text, FALSE);
}

static void
try_cb (WeirAlertEditor *self)
{
  g_autofree char *body = create_body (self);

  if (get_client (self) != NULL)
    weir_api_client_post_async (get_client (self), "/v1/alerts/test", body, self->cancellable,
                                tried_cb, g_object_ref (self));
}

static void
forgotten_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GBytes) bytes =
    weir_api_client_request_finish (WEIR_API_CLIENT (object), result, NULL);
}

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirAlertEditor) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const char *name = gtk_editable_get_text (self->name_row);

  bytes = weir_api_client_request_finish (WEIR_API_CLIENT (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL)
    {
      show_result (self, error->message, TRUE);
      return;
    }
  if (self->old_name != NULL && !g_str_equal (self->old_name, name))
    {
      g_autofree char *escaped = g_uri_escape_string (self->old_name, NULL, FALSE);
      g_autofree char *path = g_strconcat ("/v1/alerts/", escaped, NULL);

      weir_api_client_send_async (WEIR_API_CLIENT (object), "DELETE", path, NULL, NULL,
                                  forgotten_cb, NULL);
    }
  g_signal_emit (self, signals[SAVED], 0, name);
  gtk_window_close (GTK_WINDOW (self));
}

static void
save_cb (WeirAlertEditor *self)
{
  const char *name = gtk_editable_get_text (self->name_row);
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/v1/alerts/", escaped, NULL);
  g_autofree char *body = create_body (self);

  if (get_client (self) != NULL)
    weir_api_client_send_async (get_client (self), "PUT", path, body, self->cancellable,
                                saved_cb, g_object_ref (self));
}

static void
select_text (AdwComboRow        *row,
             const char * const *texts,
             guint               n_texts,
             const char         *text)
{
  for (guint i = 0; text != NULL && i < n_texts; i++)
    {
      if (g_str_equal (texts[i], text))
        adw_combo_row_set_selected (row, i);
    }
}

static void
show_text (GtkEditable *row,
           JsonObject  *object,
           const char  *member)
{
  const char *text = weir_json_get_text (object, member);

  if (text != NULL)
    gtk_editable_set_text (row, text);
}

static void
show_rule (WeirAlertEditor *self,
           JsonObject      *rule)
{
  JsonObject *question = weir_json_get_object (rule, "question");
  JsonObject *series = weir_json_array_get_object (weir_json_get_array (question, "series"), 0);
  const char *event = weir_json_get_text (series != NULL ? series : rule, "event");
  double threshold = weir_json_get_number (rule, "threshold");
  double step = weir_json_get_number (rule, "step");

  adw_combo_row_set_selected (self->kind_row, MIN (weir_alert_kind_from_rule (rule),
                                                   WEIR_N_ALERT_KINDS - 1));
  weir_event_entry_set_event (self->event_entry, event);
  show_text (self->source_row, rule, "source");
  show_text (self->dependency_row, rule, "dependency");
  show_text (self->within_row, rule, "within");
  show_text (self->for_row, rule, "for");
  show_text (self->property_row, series, "property");
  select_text (self->percentile_row, percentiles, G_N_ELEMENTS (percentiles),
               weir_json_get_text (rule, "percentile"));
  select_text (self->measure_row, measures, G_N_ELEMENTS (measures),
               weir_json_get_text (series, "measure"));
  select_text (self->step_measure_row, step_measures, G_N_ELEMENTS (step_measures),
               weir_json_get_text (rule, "measure"));
  select_text (self->op_row, ops, G_N_ELEMENTS (ops), weir_json_get_text (rule, "op"));
  if (isfinite (step))
    gtk_spin_button_set_value (self->step_spin, step);
  if (isfinite (threshold))
    gtk_spin_button_set_value (self->threshold_spin,
                               is_percent (self) ? threshold * 100 : threshold);
}

static void
funnels_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirAlertEditor) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);
  JsonArray *funnels = weir_json_get_array (answer, "questions");
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  if (funnels == NULL)
    return;
  for (guint i = 0; i < json_array_get_length (funnels); i++)
    {
      const char *name = weir_json_get_text (weir_json_array_get_object (funnels, i), "name");

      gtk_string_list_append (names, name != NULL ? name : "");
    }
  g_clear_pointer (&self->funnels, json_array_unref);
  self->funnels = json_array_ref (funnels);
  adw_combo_row_set_model (self->funnel_row, G_LIST_MODEL (names));
}

static void
weir_alert_editor_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_alert_editor_parent_class)->map (widget);
  weir_name_lists (widget, _("Alert"));
}

static void
weir_alert_editor_dispose (GObject *object)
{
  WeirAlertEditor *self = WEIR_ALERT_EDITOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->funnels, json_array_unref);

  G_OBJECT_CLASS (weir_alert_editor_parent_class)->dispose (object);
}

static void
weir_alert_editor_finalize (GObject *object)
{
  WeirAlertEditor *self = WEIR_ALERT_EDITOR (object);

  g_object_unref (self->cancellable);
  g_free (self->old_name);

  G_OBJECT_CLASS (weir_alert_editor_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, name_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, kind_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, event_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, event_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, source_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, dependency_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, percentile_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, measure_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, property_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, funnel_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, step_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, step_spin);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, step_measure_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, op_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, threshold_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, threshold_spin);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, unit_label);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, within_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, for_row);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, result_label);
  gtk_widget_class_bind_template_child (widget_class, WeirAlertEditor, save_button);
}

static void
weir_alert_editor_class_init (WeirAlertEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_alert_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_alert_editor_finalize;
  widget_class->map = weir_alert_editor_map;

  signals[SAVED] =
    g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (WEIR_TYPE_EVENT_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-alert-editor.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, try_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
weir_alert_editor_init (WeirAlertEditor *self)
{
  g_autoptr(GtkStringList) kinds = gtk_string_list_new (NULL);

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < WEIR_N_ALERT_KINDS; i++)
    gtk_string_list_append (kinds, weir_alert_kind_get_label (i));
  adw_combo_row_set_model (self->kind_row, G_LIST_MODEL (kinds));
}

/**
 * weir_alert_editor_new:
 * @parent: the window it is for
 * @page: the page it is for
 * @name: (nullable): what the alert is called, when there is one already
 * @rule: (nullable): its rule
 *
 * Returns: (transfer none): a window, to be presented
 */
WeirAlertEditor *
weir_alert_editor_new (GtkWindow  *parent,
                       WeirPage   *page,
                       const char *name,
                       JsonObject *rule)
{
  WeirAlertEditor *self = g_object_new (WEIR_TYPE_ALERT_EDITOR, "transient-for", parent, NULL);

  self->page = page;
  self->old_name = g_strdup (name);
  weir_event_entry_set_catalog (self->event_entry, weir_page_get_catalog (page));
  if (name != NULL)
    gtk_editable_set_text (self->name_row, name);
  if (rule != NULL)
    show_rule (self, rule);
  update (self);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->name_row));
  if (get_client (self) != NULL)
    weir_api_client_get_async (get_client (self), "/v1/questions?kind=funnel", self->cancellable,
                               funnels_cb, g_object_ref (self));
  return self;
}
