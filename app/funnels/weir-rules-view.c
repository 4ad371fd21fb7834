/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-rules-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-data-table.h"
#include "weir-format.h"
#include "weir-funnel-result.h"
#include "weir-json.h"

/* The rules, in the order of the columns; the first are ours. */
static const struct {
  const char *rules;
  const char *title;
} rule_sets[] = {
  { "weir", "Weir" },
  { "posthog", "PostHog" },
  { "clickhouse", "ClickHouse" },
  { "mixpanel", "Mixpanel" },
};

#define N_RULES G_N_ELEMENTS (rule_sets)

struct _WeirRulesView
{
  AdwBin parent_instance;

  WeirSession *session;
  GCancellable *cancellable;
  JsonObject *question;
  JsonObject *answers[N_RULES];
  gint64 differing[N_RULES];      /* how many persons; -1 until it is known */

  GtkWidget *table;
  GtkLabel *error_label;
};

/* An answer on its way. */
typedef struct {
  WeirRulesView *self;
  guint index;
  gboolean is_persons;
} Call;

enum {
  OPENED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRulesView, weir_rules_view, ADW_TYPE_BIN)

static guint signals[N_SIGNALS];

static void
add_row (WeirRulesView *self,
         GArray        *cells,
         const char    *name,
         gint64       (*get) (WeirRulesView *self, guint index, guint step),
         guint          step)
{
  /* By their order, not by their names. */
  weir_data_cells_add (cells, g_strdup (name), cells->len);
  for (guint i = 0; i < N_RULES; i++)
    {
      gint64 number = get (self, i, step);

      weir_data_cells_add (cells, number >= 0 ? weir_format_exact ((guint64) number)
                                              : g_strdup (""),
                           number >= 0 ? (double) number : NAN);
    }
}

static gint64
get_count (WeirRulesView *self,
           guint          index,
           guint          step)
{
  JsonArray *steps = weir_json_get_array (self->answers[index], "steps");
  JsonObject *object = weir_json_array_get_object (steps, step);

  return object != NULL ? (gint64) weir_json_get_count (object, "count") : -1;
}

static gint64
get_excluded (WeirRulesView *self,
              guint          index,
              guint          step)
{
  return self->answers[index] != NULL
         ? (gint64) weir_json_get_count (self->answers[index], "excluded") : -1;
}

static gint64
get_differing (WeirRulesView *self,
               guint          index,
               guint          step)
{
  return self->differing[index];
}

static guint
get_n_steps (WeirRulesView *self)
{
  return weir_json_array_get_n (weir_json_get_array (self->question, "steps"));
}

static void
update_table (WeirRulesView *self)
{
  WeirDataColumn columns[N_RULES + 1] = { { _("Step"), FALSE, FALSE } };
  GArray *cells = weir_data_cells_new ();
  JsonArray *steps = weir_json_get_array (self->question, "steps");

  for (guint i = 0; i < N_RULES; i++)
    columns[i + 1] = (WeirDataColumn) { rule_sets[i].title, TRUE, TRUE };
  for (guint i = 0; i < get_n_steps (self); i++)
    {
      JsonObject *step = weir_json_array_get_object (steps, i);
      const char *name = weir_json_get_text (step, "name");
      g_autofree char *text =
        g_strdup_printf ("%u  %s", i + 1, name != NULL ? name : weir_json_get_text (step, "event"));

      add_row (self, cells, text, get_count, i);
    }
  add_row (self, cells, _("Excluded"), get_excluded, 0);
  add_row (self, cells, _("Differ from Weir"), get_differing, 0);
  weir_data_table_set_columns (WEIR_DATA_TABLE (self->table), columns, N_RULES + 1);
  weir_data_table_take_cells (WEIR_DATA_TABLE (self->table), cells);
}

static void
answered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Call *call = user_data;
  g_autoptr(WeirRulesView) self = call->self;
  g_autoptr(GError) error = NULL;
  JsonObject *answer = weir_answer_finish (object, result, &error);
  guint index = call->index;
  gboolean is_persons = call->is_persons;

  g_free (call);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), answer == NULL);
  if (answer == NULL)
    {
      gtk_label_set_text (self->error_label, error->message);
      return;
    }
  if (is_persons)
    {
      self->differing[index] = (gint64) weir_json_get_count (answer, "total");
      json_object_unref (answer);
    }
  else
    {
      g_clear_pointer (&self->answers[index], json_object_unref);
      self->answers[index] = answer;
    }
  update_table (self);
}

static JsonObject *
dup_question (WeirRulesView *self,
              const char    *kind,
              guint          index)
{
  JsonObject *question = weir_json_object_copy (self->question);

  json_object_set_string_member (question, "kind", kind);
  json_object_remove_member (question, "histogram");
  if (g_str_equal (kind, "funnel"))
    json_object_remove_member (question, "breakdown");
  if (index > 0)
    json_object_set_string_member (question, "rules", rule_sets[index].rules);
  return question;
}

static JsonObject *
dup_differing (WeirRulesView *self,
               guint          index)
{
  JsonObject *question = dup_question (self, "funnel_persons", 0);

  json_object_set_string_member (question, "differs_from", rule_sets[index].rules);
  return question;
}

static void
send (WeirRulesView *self,
      JsonObject    *question,
      guint          index,
      gboolean       is_persons)
{
  WeirApiClient *client = weir_session_get_client (self->session);
  g_autofree char *body = weir_json_object_to_text (question, FALSE);
  Call *call;

  json_object_unref (question);
  if (client == NULL)
    return;
  call = g_new0 (Call, 1);
  call->self = g_object_ref (self);
  call->index = index;
  call->is_persons = is_persons;
  weir_api_client_post_async (client, "/v1/query", body, self->cancellable, answered_cb, call);
}

static void
cell_opened_cb (WeirRulesView *self,
                guint          row,
                guint          column)
{
  guint n_steps = get_n_steps (self);
  guint index = column - 1;
  g_autoptr(JsonObject) question = NULL;
  g_autofree char *title = NULL;
  g_autofree char *step = NULL;

  if (row == n_steps + 1)
    {
      question = dup_differing (self, index);
      title = g_strdup_printf (_("Differ between Weir and %s"), rule_sets[index].title);
    }
  else
    {
      question = dup_question (self, "funnel_persons", index);
      if (row == n_steps)
        json_object_set_boolean_member (question, "excluded", TRUE);
      else
        json_object_set_int_member (question, "step", row + 1);
      step = weir_data_table_dup_text (WEIR_DATA_TABLE (self->table), row, 0);
      /* Translators: a step of a funnel, as a program of that name counts it. */
      title = g_strdup_printf (_("%s by the rules of %s"), step, rule_sets[index].title);
    }
  g_signal_emit (self, signals[OPENED], 0, question, title);
}

static void
cancel (WeirRulesView *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
weir_rules_view_dispose (GObject *object)
{
  WeirRulesView *self = WEIR_RULES_VIEW (object);

  cancel (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->question, json_object_unref);
  for (guint i = 0; i < N_RULES; i++)
    g_clear_pointer (&self->answers[i], json_object_unref);

  G_OBJECT_CLASS (weir_rules_view_parent_class)->dispose (object);
}

static void
weir_rules_view_class_init (WeirRulesViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_rules_view_dispose;
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  JSON_TYPE_OBJECT, G_TYPE_STRING);
}

static GtkLabel *
add_text (GtkWidget  *box,
          const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
weir_rules_view_init (WeirRulesView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkLabel *note;

  gtk_widget_add_css_class (box, "editor");
  add_text (box, _("The same funnel, as other programs count it. A number shows who they are."));
  self->table = weir_data_table_new ();
  weir_data_table_set_title (WEIR_DATA_TABLE (self->table), _("The funnel by several rules"));
  g_signal_connect_object (self->table, "opened", G_CALLBACK (cell_opened_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->table);
  self->error_label = add_text (box, "");
  gtk_widget_add_css_class (GTK_WIDGET (self->error_label), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  note = add_text (box, _("PostHog loses an attempt when a new one begins at the very time of its "
                          "next step. ClickHouse lets one event serve several steps, and knows no "
                          "exclusions. Mixpanel counts the first attempt alone, and who is "
                          "excluded stays in the steps before."));
  gtk_widget_add_css_class (GTK_WIDGET (note), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (note), "caption");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/**
 * weir_rules_view_set_session:
 * @self: a view
 * @session: whom to ask
 *
 * Connects the view. To be called once.
 */
void
weir_rules_view_set_session (WeirRulesView *self,
                             WeirSession   *session)
{
  g_return_if_fail (WEIR_IS_RULES_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
}

/**
 * weir_rules_view_ask:
 * @self: a view
 * @question: a funnel
 *
 * Counts another funnel.
 */
void
weir_rules_view_ask (WeirRulesView *self,
                     JsonObject    *question)
{
  g_return_if_fail (WEIR_IS_RULES_VIEW (self));
  g_return_if_fail (self->session != NULL);

  cancel (self);
  self->cancellable = g_cancellable_new ();
  json_object_ref (question);
  g_clear_pointer (&self->question, json_object_unref);
  self->question = question;
  for (guint i = 0; i < N_RULES; i++)
    {
      g_clear_pointer (&self->answers[i], json_object_unref);
      self->differing[i] = -1;
      /* ClickHouse has no steps in any order. */
      if (g_strcmp0 (weir_json_get_text (question, "order"), "any") == 0
          && g_str_equal (rule_sets[i].rules, "clickhouse"))
        continue;
      send (self, dup_question (self, "funnel", i), i, FALSE);
      if (i == 0)
        continue;
      send (self, dup_differing (self, i), i, TRUE);
    }
}
