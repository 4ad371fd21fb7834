/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retention-controls.h"

#include <glib/gi18n.h>

#include "weir-json.h"
#include "weir-spoken-names.h"
#include "weir-term-editor.h"
#include "weir-wrap-layout.h"

#define SPACING         12
#define DEFAULT_PERIODS 11
#define MAX_PERIODS     400

typedef enum {
  CHOICE_PERIOD,
  CHOICE_MODE,
  CHOICE_CRITERION,
  CHOICE_WEEK_START,
  N_CHOICES,
} Choice;

struct _WeirRetentionControls
{
  GtkWidget parent_instance;

  WeirTermEditor *start;
  WeirTermEditor *again;
  GtkDropDown *choices[N_CHOICES];
  GtkWidget *week_start_group;
  GtkSpinButton *periods;
  gboolean is_setting;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRetentionControls, weir_retention_controls, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* What a choice is called in the question, and for readers; the first one is the default. */
static const struct {
  const char *member;
  const char *label;
  const char *values[5];
  const char *texts[5];
} choice_infos[N_CHOICES] = {
  { "period", N_("By"), { "day", "hour", "week", "month" },
    { N_("Day"), N_("Hour"), N_("Week"), N_("Month") } },
  { "mode", N_("Cohorts"), { "recurring", "first_time" },
    { N_("Every start"), N_("First start ever") } },
  { "criterion", N_("Back"), { "on", "on_or_after" },
    { N_("In that period"), N_("Then or later") } },
  { "week_start", N_("Weeks begin on"), { "monday", "sunday" }, { N_("Monday"), N_("Sunday") } },
};

static void
changed (WeirRetentionControls *self)
{
  gtk_widget_set_visible (self->week_start_group,
                          gtk_drop_down_get_selected (self->choices[CHOICE_PERIOD]) == 2);
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static GtkWidget *
add_group (WeirRetentionControls *self,
           const char            *text,
           GtkWidget             *widget)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), widget);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  return box;
}

static GtkWidget *
add_choice (WeirRetentionControls *self,
            Choice                 choice)
{
  const char *texts[G_N_ELEMENTS (choice_infos[0].texts)] = { NULL };
  const char *label = _(choice_infos[choice].label);
  GtkWidget *drop;

  for (guint i = 0; choice_infos[choice].texts[i] != NULL; i++)
    texts[i] = _(choice_infos[choice].texts[i]);
  drop = gtk_drop_down_new_from_strings (texts);
  weir_name_drop_down (GTK_DROP_DOWN (drop), label);
  g_signal_connect_object (drop, "notify::selected", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  self->choices[choice] = GTK_DROP_DOWN (drop);
  return add_group (self, label, drop);
}

static void
weir_retention_controls_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (weir_retention_controls_parent_class)->dispose (object);
}

static void
weir_retention_controls_class_init (WeirRetentionControlsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_retention_controls_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_retention_controls_init (WeirRetentionControls *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), weir_wrap_layout_new (SPACING));
  gtk_widget_add_css_class (GTK_WIDGET (self), "controls");
}

/**
 * weir_retention_controls_new:
 *
 * Returns: (transfer floating): controls without a catalogue
 */
WeirRetentionControls *
weir_retention_controls_new (void)
{
  return g_object_new (WEIR_TYPE_RETENTION_CONTROLS, NULL);
}

/**
 * weir_retention_controls_set_catalog:
 * @self: controls
 * @catalog: what there is to ask about
 *
 * Connects the controls. To be called once.
 */
void
weir_retention_controls_set_catalog (WeirRetentionControls *self,
                                     WeirCatalog           *catalog)
{
  GtkWidget *periods = gtk_spin_button_new_with_range (1, MAX_PERIODS, 1);

  g_return_if_fail (WEIR_IS_RETENTION_CONTROLS (self));
  g_return_if_fail (self->start == NULL);

  self->start = weir_term_editor_new (catalog, _("Who did"));
  self->again = weir_term_editor_new (catalog, _("Came back and did"));
  add_group (self, _("Who did"), GTK_WIDGET (self->start));
  add_group (self, _("Came back and did"), GTK_WIDGET (self->again));
  add_choice (self, CHOICE_PERIOD);
  self->periods = GTK_SPIN_BUTTON (periods);
  gtk_accessible_update_property (GTK_ACCESSIBLE (periods),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Number of periods"), -1);
  add_group (self, _("Periods"), periods);
  add_choice (self, CHOICE_MODE);
  add_choice (self, CHOICE_CRITERION);
  self->week_start_group = add_choice (self, CHOICE_WEEK_START);
  g_signal_connect_object (self->start, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->again, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (periods, "value-changed", G_CALLBACK (changed), self,
                           G_CONNECT_SWAPPED);
  weir_retention_controls_set_question (self, NULL);
}

/**
 * weir_retention_controls_set_question:
 * @self: controls with a catalogue
 * @question: (nullable): a question of retention; %NULL for one that begins
 *
 * Shows another question, without a signal.
 */
void
weir_retention_controls_set_question (WeirRetentionControls *self,
                                      JsonObject            *question)
{
  double periods = weir_json_get_number (question, "periods");

  g_return_if_fail (WEIR_IS_RETENTION_CONTROLS (self));

  self->is_setting = TRUE;
  weir_term_editor_set_term (self->start, weir_json_get_object (question, "start"));
  weir_term_editor_set_term (self->again, weir_json_get_object (question, "return"));
  gtk_spin_button_set_value (self->periods, periods >= 1 ? periods : DEFAULT_PERIODS);
  for (guint i = 0; i < N_CHOICES; i++)
    {
      const char *value = weir_json_get_text (question, choice_infos[i].member);

      gtk_drop_down_set_selected (self->choices[i], 0);
      for (guint j = 0; choice_infos[i].values[j] != NULL; j++)
        {
          if (g_strcmp0 (value, choice_infos[i].values[j]) == 0)
            gtk_drop_down_set_selected (self->choices[i], j);
        }
    }
  changed (self);
  self->is_setting = FALSE;
}

/**
 * weir_retention_controls_dup_question:
 * @self: controls
 *
 * Returns: (transfer full) (nullable): the question, or %NULL when an event is missing
 */
JsonObject *
weir_retention_controls_dup_question (WeirRetentionControls *self)
{
  g_autoptr(JsonObject) question = json_object_new ();
  g_autoptr(JsonObject) start = json_object_new ();
  g_autoptr(JsonObject) again = json_object_new ();

  g_return_val_if_fail (WEIR_IS_RETENTION_CONTROLS (self), NULL);

  if (!weir_term_editor_write (self->start, start) || !weir_term_editor_write (self->again, again))
    return NULL;
  json_object_set_string_member (question, "kind", "retention");
  json_object_set_object_member (question, "start", g_steal_pointer (&start));
  json_object_set_object_member (question, "return", g_steal_pointer (&again));
  json_object_set_int_member (question, "periods",
                              gtk_spin_button_get_value_as_int (self->periods));
  for (guint i = 0; i < N_CHOICES; i++)
    json_object_set_string_member (
      question, choice_infos[i].member,
      choice_infos[i].values[gtk_drop_down_get_selected (self->choices[i])]);
  return g_steal_pointer (&question);
}

/**
 * weir_retention_controls_add:
 * @self: controls
 * @label: what it is
 * @widget: (transfer floating): one more control
 *
 * Adds a control of the page at the end.
 */
void
weir_retention_controls_add (WeirRetentionControls *self,
                             const char            *label,
                             GtkWidget             *widget)
{
  g_return_if_fail (WEIR_IS_RETENTION_CONTROLS (self));

  add_group (self, label, widget);
}
