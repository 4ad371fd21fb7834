/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-rule-editor.h"

#include <glib/gi18n.h>

#include "weir-rule-row.h"
#include "weir-spoken-names.h"

/* Groups within groups: deeper ones are shown, but not offered. */
#define MAX_DEPTH 4

struct _WeirRuleEditor
{
  GtkWidget parent_instance;

  GtkWidget *tree;
  WeirRule *root;
  GPtrArray *removed;       /* rules whose rows are still there */
  WeirCatalog *catalog;
  char *name;               /* of the cohort itself, which must not name itself */
  WeirRule *to_focus;       /* not owned */
  guint rebuild_id;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRuleEditor, weir_rule_editor, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static GtkWidget *build_group (WeirRuleEditor *self,
                               WeirRule       *group,
                               WeirRule       *parent,
                               guint           depth);

static void
rebuild (WeirRuleEditor *self)
{
  g_clear_pointer (&self->tree, gtk_widget_unparent);
  self->tree = build_group (self, self->root, NULL, 0);
  gtk_widget_set_parent (self->tree, GTK_WIDGET (self));
  g_ptr_array_set_size (self->removed, 0);
  self->to_focus = NULL;
}

static gboolean
rebuild_cb (gpointer user_data)
{
  WeirRuleEditor *self = user_data;

  self->rebuild_id = 0;
  rebuild (self);
  return G_SOURCE_REMOVE;
}

/* The control that asks for it is among those that go, so it happens after its signal. */
static void
rebuild_later (WeirRuleEditor *self,
               WeirRule       *to_focus)
{
  self->to_focus = to_focus;
  if (self->rebuild_id == 0)
    self->rebuild_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, rebuild_cb, self, NULL);
}

static void
changed (WeirRuleEditor *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
kind_changed_cb (WeirRuleEditor *self,
                 WeirRuleRow    *row)
{
  rebuild_later (self, weir_rule_row_get_rule (row));
  changed (self);
}

static WeirRule *
get_rule (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "rule");
}

static WeirRule *
get_parent_rule (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "parent-rule");
}

static void
remove_cb (WeirRuleEditor *self,
           GtkWidget      *widget)
{
  WeirRule *parent = get_parent_rule (widget);
  guint index;

  if (!g_ptr_array_find (parent->children, get_rule (widget), &index))
    return;
  g_ptr_array_add (self->removed, g_ptr_array_steal_index (parent->children, index));
  rebuild_later (self, parent);
  changed (self);
}

static void
row_removed_cb (WeirRuleEditor *self,
                WeirRuleRow    *row)
{
  remove_cb (self, GTK_WIDGET (row));
}

static void
add_rule (WeirRuleEditor *self,
          WeirRule       *group,
          WeirRule       *rule)
{
  /* A second condition needs words between the two. */
  group->is_bare = FALSE;
  g_ptr_array_add (group->children, rule);
  rebuild_later (self, rule);
  changed (self);
}

static void
add_condition_cb (WeirRuleEditor *self,
                  GtkWidget      *button)
{
  add_rule (self, get_rule (button), weir_rule_new (WEIR_RULE_DID));
}

static void
add_group_cb (WeirRuleEditor *self,
              GtkWidget      *button)
{
  WeirRule *group = weir_rule_new (WEIR_RULE_GROUP);

  group->mode = WEIR_GROUP_ANY;
  g_ptr_array_add (group->children, weir_rule_new (WEIR_RULE_DID));
  add_rule (self, get_rule (button), group);
  self->to_focus = group->children->pdata[0];
}

static void
mode_cb (WeirRuleEditor *self,
         GParamSpec     *pspec,
         GtkDropDown    *drop_down)
{
  get_rule (GTK_WIDGET (drop_down))->mode = gtk_drop_down_get_selected (drop_down);
  changed (self);
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
set_rules (GtkWidget *widget,
           WeirRule  *rule,
           WeirRule  *parent)
{
  g_object_set_data (G_OBJECT (widget), "rule", rule);
  g_object_set_data (G_OBJECT (widget), "parent-rule", parent);
}

static GtkWidget *
build_leaf (WeirRuleEditor *self,
            WeirRule       *rule,
            WeirRule       *parent)
{
  WeirRuleRow *row = weir_rule_row_new (rule, self->catalog, self->name);

  set_rules (GTK_WIDGET (row), rule, parent);
  g_signal_connect_object (row, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "kind-changed", G_CALLBACK (kind_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (row_removed_cb), self, G_CONNECT_SWAPPED);
  if (rule == self->to_focus)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, weir_rule_row_focus_cb, g_object_ref (row),
                     g_object_unref);
  return GTK_WIDGET (row);
}

static GtkWidget *
build_head (WeirRuleEditor *self,
            WeirRule       *group,
            WeirRule       *parent)
{
  const char *const modes[] = {
    _("all of these hold"), _("any of these holds"), _("none of these holds"),
    _("not all of these hold"), NULL,
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (modes);
  GtkWidget *label = gtk_label_new (parent == NULL ? _("People for whom") : _("and for whom"));

  if (parent != NULL && parent->mode != WEIR_GROUP_ALL)
    gtk_label_set_text (GTK_LABEL (label), _("for whom"));
  gtk_box_append (GTK_BOX (box), label);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), group->mode);
  set_rules (drop_down, group, parent);
  weir_name_drop_down (GTK_DROP_DOWN (drop_down), _("How the conditions go together"));
  g_signal_connect_object (drop_down, "notify::selected", G_CALLBACK (mode_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), drop_down);
  if (parent != NULL)
    {
      GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");

      set_rules (remove, group, parent);
      set_label (remove, _("Remove this group"));
      gtk_widget_set_tooltip_text (remove, _("Remove this group"));
      gtk_widget_add_css_class (remove, "flat");
      gtk_widget_set_hexpand (remove, TRUE);
      gtk_widget_set_halign (remove, GTK_ALIGN_END);
      g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), remove);
    }
  return box;
}

static GtkWidget *
build_foot (WeirRuleEditor *self,
            WeirRule       *group,
            guint           depth)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *add = gtk_button_new_with_label (_("Add condition"));
  GtkWidget *nest = gtk_button_new_with_label (_("Add group"));

  set_rules (add, group, NULL);
  set_rules (nest, group, NULL);
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_add_css_class (nest, "flat");
  g_signal_connect_object (add, "clicked", G_CALLBACK (add_condition_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (nest, "clicked", G_CALLBACK (add_group_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (nest, depth < MAX_DEPTH);
  gtk_box_append (GTK_BOX (box), add);
  gtk_box_append (GTK_BOX (box), nest);
  return box;
}

static GtkWidget *
build_group (WeirRuleEditor *self,
             WeirRule       *group,
             WeirRule       *parent,
             guint           depth)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), build_head (self, group, parent));
  for (guint i = 0; i < group->children->len; i++)
    {
      WeirRule *child = group->children->pdata[i];

      gtk_box_append (GTK_BOX (box), child->kind == WEIR_RULE_GROUP
                                     ? build_group (self, child, group, depth + 1)
                                     : build_leaf (self, child, group));
    }
  gtk_box_append (GTK_BOX (box), build_foot (self, group, depth));
  gtk_widget_add_css_class (box, depth == 0 ? "rule-tree" : "rule-group");
  return box;
}

static gboolean
has_gaps (WeirRule *rule)
{
  if (rule->kind != WEIR_RULE_GROUP)
    return !weir_rule_is_complete (rule);
  for (guint i = 0; i < rule->children->len; i++)
    {
      if (has_gaps (rule->children->pdata[i]))
        return TRUE;
    }
  return FALSE;
}

static void
weir_rule_editor_dispose (GObject *object)
{
  WeirRuleEditor *self = WEIR_RULE_EDITOR (object);

  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  g_clear_pointer (&self->tree, gtk_widget_unparent);
  g_clear_pointer (&self->root, weir_rule_free);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (weir_rule_editor_parent_class)->dispose (object);
}

static void
weir_rule_editor_class_init (WeirRuleEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_rule_editor_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_rule_editor_init (WeirRuleEditor *self)
{
  self->root = weir_rule_new_root (NULL);
  self->removed = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_rule_free);
  rebuild (self);
}

/**
 * weir_rule_editor_new:
 *
 * Returns: (transfer none): an editor without conditions
 */
WeirRuleEditor *
weir_rule_editor_new (void)
{
  return g_object_new (WEIR_TYPE_RULE_EDITOR, NULL);
}

/**
 * weir_rule_editor_set_catalog:
 * @self: an editor
 * @catalog: what to offer
 *
 * Says which events, properties and cohorts there are.
 */
void
weir_rule_editor_set_catalog (WeirRuleEditor *self,
                              WeirCatalog    *catalog)
{
  g_return_if_fail (WEIR_IS_RULE_EDITOR (self));

  g_set_object (&self->catalog, catalog);
  rebuild (self);
}

/**
 * weir_rule_editor_set_where:
 * @self: an editor
 * @where: (nullable): the `where` of a cohort
 *
 * Shows other conditions, without a signal.
 */
void
weir_rule_editor_set_where (WeirRuleEditor *self,
                            JsonNode       *where)
{
  g_return_if_fail (WEIR_IS_RULE_EDITOR (self));

  g_clear_pointer (&self->tree, gtk_widget_unparent);
  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  weir_rule_free (self->root);
  self->root = weir_rule_new_root (where);
  self->to_focus = NULL;
  rebuild (self);
}

/**
 * weir_rule_editor_dup_where:
 * @self: an editor
 *
 * Returns: (transfer full) (nullable): the conditions that are complete, as the wire contract has
 *   them; %NULL if there are none
 */
JsonNode *
weir_rule_editor_dup_where (WeirRuleEditor *self)
{
  g_return_val_if_fail (WEIR_IS_RULE_EDITOR (self), NULL);

  return weir_rule_root_to_node (self->root);
}

/**
 * weir_rule_editor_set_name:
 * @self: an editor
 * @name: (nullable): name of the cohort
 *
 * Says which cohort this is: it is not offered as a condition of itself.
 */
void
weir_rule_editor_set_name (WeirRuleEditor *self,
                           const char     *name)
{
  g_return_if_fail (WEIR_IS_RULE_EDITOR (self));

  g_free (self->name);
  self->name = g_strdup (name);
}

/**
 * weir_rule_editor_has_gaps:
 * @self: an editor
 *
 * Returns: whether some condition is not complete, and so does not count
 */
gboolean
weir_rule_editor_has_gaps (WeirRuleEditor *self)
{
  g_return_val_if_fail (WEIR_IS_RULE_EDITOR (self), FALSE);

  return has_gaps (self->root);
}

/**
 * weir_rule_editor_add:
 * @self: an editor
 * @kind: what it says
 *
 * Adds a condition at the end, and moves there.
 */
void
weir_rule_editor_add (WeirRuleEditor *self,
                      WeirRuleKind    kind)
{
  g_return_if_fail (WEIR_IS_RULE_EDITOR (self));

  add_rule (self, self->root, weir_rule_new (kind));
}
