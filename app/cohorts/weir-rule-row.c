/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-rule-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "weir-conditions.h"
#include "weir-event-entry.h"
#include "weir-filter-bar.h"
#include "weir-spoken-names.h"
#include "weir-wrap-layout.h"

#define MAX_TIMES    1000000
#define MAX_AMOUNT   10000
#define N_SUGGESTED  50

struct _WeirRuleRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *sentence;
  GtkWidget *first_control;   /* what to fill in first */
  GtkWidget *period;

  WeirRule *rule;             /* not owned */
  WeirCatalog *catalog;
  char *without_cohort;
};

enum {
  CHANGED,
  KIND_CHANGED,
  REMOVED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRuleRow, weir_rule_row, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static const char units[] = "smhdw";

static const char *const operators[] = {
  "=", "!=", "<", "<=", ">", ">=", "contains", "not_contains", "matches", "in", "is_set",
  "is_not_set",
};

static void
changed (WeirRuleRow *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_label (GtkWidget  *widget,
           const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
say (WeirRuleRow *self,
     const char  *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (label, "rule-word");
  gtk_box_append (GTK_BOX (self->sentence), label);
}

static GtkWidget *
add_drop_down (GtkWidget          *box,
               const char *const  *strings,
               guint               selected,
               const char         *label,
               GCallback           callback,
               WeirRuleRow        *self)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (strings);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), selected);
  weir_name_drop_down (GTK_DROP_DOWN (drop_down), label);
  g_signal_connect_object (drop_down, "notify::selected", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), drop_down);
  return drop_down;
}

static GtkWidget *
add_spin (GtkWidget    *box,
          double        most,
          double        value,
          const char   *label,
          GCallback     callback,
          WeirRuleRow  *self)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (0, most, 1);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  set_label (spin, label);
  g_signal_connect_object (spin, "value-changed", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), spin);
  return spin;
}

static void
kind_cb (WeirRuleRow *self,
         GParamSpec  *pspec,
         GtkDropDown *drop_down)
{
  weir_rule_set_kind (self->rule, gtk_drop_down_get_selected (drop_down));
  g_signal_emit (self, signals[KIND_CHANGED], 0);
}

static void
event_cb (WeirRuleRow    *self,
          WeirEventEntry *entry)
{
  g_free (self->rule->event);
  self->rule->event = g_strdup (weir_event_entry_get_event (entry));
  changed (self);
}

static void
times_cb (WeirRuleRow *self,
          GParamSpec  *pspec,
          GtkDropDown *drop_down)
{
  self->rule->times = gtk_drop_down_get_selected (drop_down);
  changed (self);
}

static void
n_times_cb (WeirRuleRow   *self,
            GtkSpinButton *spin)
{
  self->rule->n_times = gtk_spin_button_get_value_as_int (spin);
  self->rule->says_times = TRUE;
  changed (self);
}

static void
amount_cb (WeirRuleRow   *self,
           GtkSpinButton *spin)
{
  self->rule->amount = MAX (1, gtk_spin_button_get_value_as_int (spin));
  changed (self);
}

static void
unit_cb (WeirRuleRow *self,
         GParamSpec  *pspec,
         GtkDropDown *drop_down)
{
  self->rule->unit = units[gtk_drop_down_get_selected (drop_down)];
  changed (self);
}

static void
has_period_cb (WeirRuleRow *self,
               GParamSpec  *pspec,
               GtkDropDown *drop_down)
{
  gboolean has_period = gtk_drop_down_get_selected (drop_down) == 1;

  if (has_period == (self->rule->amount > 0))
    return;
  self->rule->amount = has_period ? 7 : 0;
  gtk_widget_set_visible (self->period, has_period);
  changed (self);
}

static void
filter_cb (WeirRuleRow   *self,
           WeirFilterBar *bar)
{
  g_free (self->rule->filter);
  self->rule->filter = weir_filter_bar_dup_filter (bar);
  changed (self);
}

static void
property_cb (WeirRuleRow *self,
             GtkEditable *entry)
{
  g_free (self->rule->property);
  self->rule->property = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  changed (self);
}

static void
value_cb (WeirRuleRow *self,
          GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);

  g_free (self->rule->value);
  self->rule->value = *text != '\0' ? weir_literal_from_text (self->rule->op, text)
                                    : g_strdup ("");
  changed (self);
}

static void
operator_cb (WeirRuleRow *self,
             GParamSpec  *pspec,
             GtkDropDown *drop_down)
{
  GtkWidget *entry = gtk_widget_get_next_sibling (GTK_WIDGET (drop_down));

  g_free (self->rule->op);
  self->rule->op = g_strdup (operators[gtk_drop_down_get_selected (drop_down)]);
  gtk_widget_set_visible (entry, weir_operator_takes_value (self->rule->op));
  value_cb (self, GTK_EDITABLE (entry));
}

static void
cohort_cb (WeirRuleRow *self,
           GParamSpec  *pspec,
           GtkDropDown *drop_down)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (drop_down);

  g_free (self->rule->cohort);
  self->rule->cohort = item != NULL ? g_strdup (gtk_string_object_get_string (item)) : NULL;
  changed (self);
}

static void
remove_cb (WeirRuleRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static void
add_kind (WeirRuleRow *self)
{
  const char *const kinds[] = {
    _("did"), _("did not do"), _("did for the first time"), _("stopped doing"),
    _("have the property"), _("are in the cohort"), NULL,
  };

  add_drop_down (self->sentence, kinds, self->rule->kind, _("What the condition says"),
                 G_CALLBACK (kind_cb), self);
}

static void
add_event (WeirRuleRow *self)
{
  WeirEventEntry *entry = weir_event_entry_new ();

  if (self->catalog != NULL)
    weir_event_entry_set_catalog (entry, self->catalog);
  weir_event_entry_set_event (entry, self->rule->event);
  g_signal_connect_object (entry, "chosen", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->sentence), GTK_WIDGET (entry));
  self->first_control = GTK_WIDGET (entry);
}

static void
add_times (WeirRuleRow *self)
{
  const char *const times[] = { _("at least"), _("at most"), _("exactly"), NULL };

  add_drop_down (self->sentence, times, self->rule->times, _("How the number compares"),
                 G_CALLBACK (times_cb), self);
  add_spin (self->sentence, MAX_TIMES, (double) self->rule->n_times, _("How many times"),
            G_CALLBACK (n_times_cb), self);
  /* Translators: after a number that can be changed: “at least 2 times”. */
  say (self, _("times"));
}

static void
add_period (WeirRuleRow *self)
{
  gboolean stopped = self->rule->kind == WEIR_RULE_STOPPED;
  const char *const choices[] = {
    stopped ? _("at any time") : _("ever"),
    stopped ? _("and not in the last") : _("within the last"), NULL,
  };
  const char *const unit_names[] = {
    _("seconds"), _("minutes"), _("hours"), _("days"), _("weeks"), NULL,
  };
  const char *unit = strchr (units, self->rule->unit);

  add_drop_down (self->sentence, choices, self->rule->amount > 0 ? 1 : 0, _("Since when it counts"),
                 G_CALLBACK (has_period_cb), self);
  self->period = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  add_spin (self->period, MAX_AMOUNT, self->rule->amount > 0 ? (double) self->rule->amount : 7,
            _("How long"), G_CALLBACK (amount_cb), self);
  add_drop_down (self->period, unit_names, unit != NULL ? (guint) (unit - units) : 3,
                 _("Unit of time"), G_CALLBACK (unit_cb), self);
  gtk_widget_set_visible (self->period, self->rule->amount > 0);
  gtk_box_append (GTK_BOX (self->sentence), self->period);
}

static void
add_filter (WeirRuleRow *self)
{
  GVariant *conditions = weir_filter_to_conditions (self->rule->filter);
  GtkWidget *bar;

  if (conditions == NULL)
    {
      GtkWidget *label = gtk_label_new (self->rule->filter);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_widget_add_css_class (label, "monospace");
      say (self, _("where"));
      gtk_box_append (GTK_BOX (self->sentence), label);
      return;
    }
  bar = g_object_new (WEIR_TYPE_FILTER_BAR, NULL);
  if (self->catalog != NULL)
    weir_filter_bar_set_names (WEIR_FILTER_BAR (bar), weir_catalog_get_names (self->catalog));
  weir_filter_bar_set_conditions (WEIR_FILTER_BAR (bar), conditions);
  g_signal_connect_object (bar, "changed", G_CALLBACK (filter_cb), self, G_CONNECT_SWAPPED);
  say (self, _("where"));
  gtk_box_append (GTK_BOX (self->sentence), bar);
}

/* The names of properties of persons that have been seen, to pick from. */
static void
suggest_properties (WeirRuleRow *self,
                    GtkWidget   *entry)
{
  g_auto(GStrv) names = NULL;
  GtkEntryCompletion *completion = gtk_entry_completion_new ();
  GtkListStore *store = gtk_list_store_new (1, G_TYPE_STRING);

  if (self->catalog != NULL)
    names = weir_seen_names_find (weir_catalog_get_names (self->catalog), NULL, "person.",
                                  N_SUGGESTED);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (g_str_has_prefix (names[i], "person."))
        gtk_list_store_insert_with_values (store, NULL, -1, 0, names[i] + strlen ("person."), -1);
    }
  gtk_entry_completion_set_model (completion, GTK_TREE_MODEL (store));
  gtk_entry_completion_set_text_column (completion, 0);
  gtk_entry_completion_set_minimum_key_length (completion, 1);
  gtk_entry_set_completion (GTK_ENTRY (entry), completion);
  g_object_unref (completion);
  g_object_unref (store);
}

static GtkWidget *
add_entry (WeirRuleRow *self,
           const char  *text,
           const char  *placeholder,
           GCallback    callback)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  set_label (entry, placeholder);
  g_signal_connect_object (entry, "changed", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->sentence), entry);
  return entry;
}

static void
add_property (WeirRuleRow *self)
{
  const char *labels[G_N_ELEMENTS (operators) + 1] = { NULL };
  g_autofree char *text = weir_literal_to_text (self->rule->value);
  GtkWidget *value;
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    {
      labels[i] = weir_operator_get_label (operators[i]);
      if (g_str_equal (operators[i], self->rule->op))
        selected = i;
    }
  self->first_control = add_entry (self, self->rule->property, _("Property of the person"),
                                   G_CALLBACK (property_cb));
  suggest_properties (self, self->first_control);
  add_drop_down (self->sentence, labels, selected, _("How to compare"), G_CALLBACK (operator_cb),
                 self);
  value = add_entry (self, *self->rule->value != '\0' ? text : "", _("Value"),
                     G_CALLBACK (value_cb));
  gtk_widget_set_visible (value, weir_operator_takes_value (self->rule->op));
}

static void
add_cohort (WeirRuleRow *self)
{
  const char *const *cohorts = self->catalog != NULL ? weir_catalog_get_cohorts (self->catalog)
                                                     : NULL;
  GtkStringList *names = gtk_string_list_new (NULL);
  guint selected = GTK_INVALID_LIST_POSITION, n = 0;
  GtkWidget *drop_down;

  for (guint i = 0; cohorts != NULL && cohorts[i] != NULL; i++)
    {
      if (g_strcmp0 (cohorts[i], self->without_cohort) == 0)
        continue;
      if (g_strcmp0 (cohorts[i], self->rule->cohort) == 0)
        selected = n;
      gtk_string_list_append (names, cohorts[i]);
      n++;
    }
  if (selected == GTK_INVALID_LIST_POSITION && self->rule->cohort != NULL)
    {
      selected = n;
      gtk_string_list_append (names, self->rule->cohort);
    }
  drop_down = gtk_drop_down_new (G_LIST_MODEL (names), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), selected);
  gtk_widget_set_tooltip_text (drop_down, n == 0 ? _("There is no other saved cohort") : NULL);
  weir_name_drop_down (GTK_DROP_DOWN (drop_down), _("Saved cohort"));
  g_signal_connect_object (drop_down, "notify::selected", G_CALLBACK (cohort_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->sentence), drop_down);
  self->first_control = drop_down;
}

static void
add_json (WeirRuleRow *self)
{
  g_autofree char *json = json_to_string (self->rule->json, FALSE);
  GtkWidget *label = gtk_label_new (json);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_tooltip_text (label,
                               _("No sentence can show this condition; it is kept as it is"));
  set_label (label, _("A condition that is kept as it is"));
  gtk_widget_add_css_class (label, "monospace");
  gtk_box_append (GTK_BOX (self->sentence), label);
}

static void
build (WeirRuleRow *self)
{
  switch (self->rule->kind)
    {
    case WEIR_RULE_JSON:
    case WEIR_RULE_GROUP:
      add_json (self);
      return;
    case WEIR_RULE_PROPERTY:
      add_kind (self);
      add_property (self);
      return;
    case WEIR_RULE_COHORT:
      add_kind (self);
      add_cohort (self);
      return;
    case WEIR_RULE_DID:
    case WEIR_RULE_DID_NOT:
    case WEIR_RULE_DID_FIRST:
    case WEIR_RULE_STOPPED:
    default:
      add_kind (self);
      add_event (self);
      if (self->rule->kind == WEIR_RULE_DID)
        add_times (self);
      add_period (self);
      add_filter (self);
    }
}

static void
weir_rule_row_dispose (GObject *object)
{
  WeirRuleRow *self = WEIR_RULE_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->without_cohort, g_free);

  G_OBJECT_CLASS (weir_rule_row_parent_class)->dispose (object);
}

static void
weir_rule_row_class_init (WeirRuleRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_rule_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[KIND_CHANGED] =
    g_signal_new ("kind-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] =
    g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_rule_row_init (WeirRuleRow *self)
{
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->sentence = g_object_new (GTK_TYPE_BOX, "layout-manager", weir_wrap_layout_new (6), NULL);
  gtk_widget_set_hexpand (self->sentence, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->sentence);
  set_label (remove, _("Remove this condition"));
  gtk_widget_set_tooltip_text (remove, _("Remove this condition"));
  gtk_widget_set_valign (remove, GTK_ALIGN_START);
  gtk_widget_add_css_class (remove, "flat");
  g_signal_connect_swapped (remove, "clicked", G_CALLBACK (remove_cb), self);
  gtk_box_append (GTK_BOX (self->box), remove);
  gtk_widget_add_css_class (self->box, "rule-row");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * weir_rule_row_new:
 * @rule: what to show and change; has to live as long as the row
 * @catalog: (nullable): what to offer
 * @without_cohort: (nullable): the saved cohort that is not offered
 *
 * Returns: (transfer none): a row
 */
WeirRuleRow *
weir_rule_row_new (WeirRule    *rule,
                   WeirCatalog *catalog,
                   const char  *without_cohort)
{
  WeirRuleRow *self = g_object_new (WEIR_TYPE_RULE_ROW, NULL);

  self->rule = rule;
  self->catalog = catalog != NULL ? g_object_ref (catalog) : NULL;
  self->without_cohort = g_strdup (without_cohort);
  build (self);
  set_label (GTK_WIDGET (self), _("Condition"));
  return self;
}

/**
 * weir_rule_row_get_rule:
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
WeirRule *
weir_rule_row_get_rule (WeirRuleRow *self)
{
  g_return_val_if_fail (WEIR_IS_RULE_ROW (self), NULL);

  return self->rule;
}

/**
 * weir_rule_row_focus_cb:
 * @user_data: a row
 *
 * Moves to what has to be filled in first; a #GSourceFunc, because a row is made before it is
 * shown.
 *
 * Returns: %G_SOURCE_REMOVE
 */
gboolean
weir_rule_row_focus_cb (gpointer user_data)
{
  WeirRuleRow *self = user_data;

  if (self->first_control != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_child_focus (self->first_control, GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}
