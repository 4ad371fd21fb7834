/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-scope-bar.h"

#include <glib/gi18n.h>

#include "weir-filter-bar.h"
#include "weir-moment.h"
#include "weir-spoken-names.h"

struct _WeirScopeBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkMenuButton *range_button;
  GtkLabel *range_label;
  GtkListBox *range_list;
  GtkEditable *from_entry;
  GtkEditable *to_entry;
  GtkWidget *apply_button;
  GtkMenuButton *filter_button;
  GtkLabel *filter_label;
  WeirFilterBar *filter_bar;
  GtkDropDown *source_menu;
  GtkDropDown *cohort_menu;

  WeirScope *scope;
  WeirCatalog *catalog;
  gboolean is_updating;
};

G_DEFINE_FINAL_TYPE (WeirScopeBar, weir_scope_bar, GTK_TYPE_WIDGET)

/* In the order of the rows in the template. */
static const char * const ranges[] = { "1h", "24h", "7d", "30d", "90d", "365d", NULL };

static guint
count_limits (WeirScopeBar *self)
{
  return (guint) g_variant_n_children (weir_scope_get_conditions (self->scope))
         + (weir_scope_get_source (self->scope) != NULL)
         + (weir_scope_get_cohort (self->scope) != NULL);
}

static void
update_filter_label (WeirScopeBar *self)
{
  guint n = count_limits (self);
  g_autofree char *text = NULL;

  if (n == 0)
    text = g_strdup (_("Everything"));
  else if (n == 1 && weir_scope_get_source (self->scope) != NULL)
    text = g_strdup (weir_scope_get_source (self->scope));
  else if (n == 1 && weir_scope_get_cohort (self->scope) != NULL)
    text = g_strdup (weir_scope_get_cohort (self->scope));
  else
    text = g_strdup_printf (ngettext ("%u filter", "%u filters", n), n);
  gtk_label_set_text (self->filter_label, text);
  if (n > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "scoped");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "scoped");
}

static void
update_range (WeirScopeBar *self)
{
  g_autofree char *label = weir_scope_dup_range_label (self->scope);
  const char *last = weir_scope_get_last (self->scope);
  gint64 from, to;
  gboolean has_ends = weir_scope_get_range (self->scope, &from, &to);

  gtk_label_set_text (self->range_label, label);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->range_list, (int) i);
      gboolean is_it = !has_ends && g_strcmp0 (ranges[i], last) == 0;

      if (row != NULL && is_it)
        gtk_list_box_select_row (self->range_list, row);
      else if (row != NULL)
        gtk_list_box_unselect_row (self->range_list, row);
    }
  weir_moment_write (self->from_entry, has_ends ? from : g_get_real_time () - 7 * G_TIME_SPAN_DAY);
  weir_moment_write (self->to_entry, has_ends ? to : g_get_real_time ());
}

/* The first row stands for all. */
static void
fill_menu (GtkDropDown         *menu,
           const char          *all,
           const char * const  *names,
           const char          *selected)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  guint at = 0, n = 1;

  gtk_string_list_append (list, all);
  for (guint i = 0; names[i] != NULL; i++, n++)
    {
      gtk_string_list_append (list, names[i]);
      if (g_strcmp0 (names[i], selected) == 0)
        at = n;
    }
  if (at == 0 && selected != NULL)
    {
      gtk_string_list_append (list, selected);
      at = n;
    }
  gtk_drop_down_set_model (menu, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (menu, at);
}

static void
update (WeirScopeBar *self)
{
  g_autoptr(GVariant) conditions = g_variant_ref_sink (weir_filter_bar_get_conditions
                                                       (self->filter_bar));

  self->is_updating = TRUE;
  update_range (self);
  update_filter_label (self);
  if (!g_variant_equal (conditions, weir_scope_get_conditions (self->scope)))
    weir_filter_bar_set_conditions (self->filter_bar, weir_scope_get_conditions (self->scope));
  fill_menu (self->source_menu, _("All sources"), weir_catalog_get_sources (self->catalog),
             weir_scope_get_source (self->scope));
  fill_menu (self->cohort_menu, _("Everybody"), weir_catalog_get_cohorts (self->catalog),
             weir_scope_get_cohort (self->scope));
  weir_filter_bar_set_names (self->filter_bar, weir_catalog_get_names (self->catalog));
  self->is_updating = FALSE;
}

static void
range_activated_cb (WeirScopeBar  *self,
                    GtkListBoxRow *row)
{
  guint index = (guint) gtk_list_box_row_get_index (row);

  gtk_menu_button_popdown (self->range_button);
  if (index < G_N_ELEMENTS (ranges))
    weir_scope_set_last (self->scope, ranges[index]);
}

static void
range_edited_cb (WeirScopeBar *self)
{
  gint64 from = 0, to = 0;
  gboolean has_from = weir_moment_read (self->from_entry, &from);
  gboolean has_to = weir_moment_read (self->to_entry, &to);

  gtk_widget_set_sensitive (self->apply_button, has_from && has_to && from < to);
}

static void
range_apply_cb (WeirScopeBar *self)
{
  gint64 from, to;

  if (!weir_moment_read (self->from_entry, &from) || !weir_moment_read (self->to_entry, &to)
      || from >= to)
    return;
  gtk_menu_button_popdown (self->range_button);
  weir_scope_set_range (self->scope, from, to);
}

static void
filter_changed_cb (WeirScopeBar *self)
{
  if (!self->is_updating && self->scope != NULL)
    weir_scope_set_conditions (self->scope, weir_filter_bar_get_conditions (self->filter_bar));
}

static const char *
get_selected (GtkDropDown *menu)
{
  guint selected = gtk_drop_down_get_selected (menu);
  GListModel *model = gtk_drop_down_get_model (menu);

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return NULL;
  return gtk_string_list_get_string (GTK_STRING_LIST (model), selected);
}

static void
source_cb (WeirScopeBar *self)
{
  if (!self->is_updating)
    weir_scope_set_source (self->scope, get_selected (self->source_menu));
}

static void
cohort_cb (WeirScopeBar *self)
{
  if (!self->is_updating)
    weir_scope_set_cohort (self->scope, get_selected (self->cohort_menu));
}

static void
filter_shown_cb (WeirScopeBar *self)
{
  if (self->catalog != NULL)
    weir_catalog_refresh (self->catalog);
}

static void
weir_scope_bar_dispose (GObject *object)
{
  WeirScopeBar *self = WEIR_SCOPE_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->scope);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (weir_scope_bar_parent_class)->dispose (object);
}

static void
weir_scope_bar_class_init (WeirScopeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_scope_bar_dispose;

  g_type_ensure (WEIR_TYPE_FILTER_BAR);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-scope-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, box);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, range_button);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, range_label);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, range_list);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, from_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, to_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, apply_button);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, filter_button);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, filter_label);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, source_menu);
  gtk_widget_class_bind_template_child (widget_class, WeirScopeBar, cohort_menu);
  gtk_widget_class_bind_template_callback (widget_class, range_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, range_edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, range_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, source_cb);
  gtk_widget_class_bind_template_callback (widget_class, cohort_cb);
}

static void
weir_scope_bar_init (WeirScopeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  weir_name_drop_down (self->source_menu, _("Source"));
  weir_name_drop_down (self->cohort_menu, _("Cohort"));
}

/**
 * weir_scope_bar_set_scope:
 * @self: a bar
 * @scope: what to show and change
 * @catalog: what to offer
 *
 * Connects the bar. To be called once.
 */
void
weir_scope_bar_set_scope (WeirScopeBar *self,
                          WeirScope    *scope,
                          WeirCatalog  *catalog)
{
  g_return_if_fail (WEIR_IS_SCOPE_BAR (self));
  g_return_if_fail (self->scope == NULL);

  self->scope = g_object_ref (scope);
  self->catalog = g_object_ref (catalog);
  g_signal_connect_object (scope, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * weir_scope_bar_open_range:
 * @self: a bar
 *
 * Lets the reader choose a range.
 */
void
weir_scope_bar_open_range (WeirScopeBar *self)
{
  g_return_if_fail (WEIR_IS_SCOPE_BAR (self));

  gtk_menu_button_popup (self->range_button);
}

/**
 * weir_scope_bar_open_filter:
 * @self: a bar
 *
 * Lets the reader choose what to look at.
 */
void
weir_scope_bar_open_filter (WeirScopeBar *self)
{
  g_return_if_fail (WEIR_IS_SCOPE_BAR (self));

  gtk_menu_button_popup (self->filter_button);
}
