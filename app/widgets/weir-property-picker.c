/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-property-picker.h"

#include "weir-spoken-names.h"

#define MAX_CHARS 22

struct _WeirPropertyPicker
{
  GtkWidget parent_instance;

  GtkDropDown *drop;
  GtkStringList *names;
  WeirCatalog *catalog;
  char *property;
  char *none;
  GStrv fixed;
  gboolean is_setting;
};

enum {
  PICKED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirPropertyPicker, weir_property_picker, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* The list is built anew when there are other properties; what was picked stays, known or not. */
static void
rebuild (WeirPropertyPicker *self)
{
  const char * const *known = self->catalog != NULL ? weir_catalog_get_properties (self->catalog)
                                                    : NULL;
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  guint selected = 0;

  g_ptr_array_add (names, self->none);
  for (guint i = 0; self->fixed[i] != NULL; i++)
    g_ptr_array_add (names, self->fixed[i]);
  for (guint i = 0; known != NULL && known[i] != NULL; i++)
    {
      if (!g_strv_contains ((const char * const *) self->fixed, known[i]))
        g_ptr_array_add (names, (gpointer) known[i]);
    }
  for (guint i = 1; i < names->len && self->property != NULL && selected == 0; i++)
    {
      if (g_str_equal (g_ptr_array_index (names, i), self->property))
        selected = i;
    }
  if (self->property != NULL && selected == 0)
    {
      selected = names->len;
      g_ptr_array_add (names, self->property);
    }
  g_ptr_array_add (names, NULL);
  self->is_setting = TRUE;
  gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                          (const char * const *) names->pdata);
  gtk_drop_down_set_selected (self->drop, selected);
  self->is_setting = FALSE;
}

static void
selected_cb (WeirPropertyPicker *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->drop);
  const char *name;

  if (self->is_setting || item == NULL)
    return;
  name = gtk_drop_down_get_selected (self->drop) > 0 ? gtk_string_object_get_string (item) : NULL;
  if (g_strcmp0 (name, self->property) == 0)
    return;
  g_free (self->property);
  self->property = g_strdup (name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  g_signal_emit (self, signals[PICKED], 0);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  GtkStringObject *name = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (name));
}

static void
weir_property_picker_dispose (GObject *object)
{
  WeirPropertyPicker *self = WEIR_PROPERTY_PICKER (object);

  if (self->drop != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->drop)));
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (weir_property_picker_parent_class)->dispose (object);
}

static void
weir_property_picker_finalize (GObject *object)
{
  WeirPropertyPicker *self = WEIR_PROPERTY_PICKER (object);

  g_free (self->property);
  g_free (self->none);
  g_strfreev (self->fixed);

  G_OBJECT_CLASS (weir_property_picker_parent_class)->finalize (object);
}

static void
weir_property_picker_class_init (WeirPropertyPickerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weir_property_picker_dispose;
  object_class->finalize = weir_property_picker_finalize;
  signals[PICKED] =
    g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
weir_property_picker_init (WeirPropertyPicker *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkExpression *expression;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  self->names = gtk_string_list_new (NULL);
  expression = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  self->drop = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (self->names), expression));
  gtk_drop_down_set_enable_search (self->drop, TRUE);
  gtk_drop_down_set_factory (self->drop, factory);
  g_object_unref (factory);
  gtk_widget_set_parent (GTK_WIDGET (self->drop), GTK_WIDGET (self));
  g_signal_connect_object (self->drop, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * weir_property_picker_new:
 * @catalog: what there is to ask about
 * @label: what the property is for
 * @none: what stands for no property
 * @fixed: (array zero-terminated=1): properties that are offered in any case
 *
 * Returns: (transfer floating): a picker with nothing picked
 */
WeirPropertyPicker *
weir_property_picker_new (WeirCatalog        *catalog,
                          const char         *label,
                          const char         *none,
                          const char * const *fixed)
{
  WeirPropertyPicker *self = g_object_new (WEIR_TYPE_PROPERTY_PICKER, NULL);

  self->catalog = g_object_ref (catalog);
  self->none = g_strdup (none);
  self->fixed = g_strdupv ((GStrv) fixed);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
  weir_name_drop_down (self->drop, label);
  return self;
}

/**
 * weir_property_picker_set_property:
 * @self: a picker
 * @property: (nullable): a property
 *
 * Picks a property, without a signal.
 */
void
weir_property_picker_set_property (WeirPropertyPicker *self,
                                   const char         *property)
{
  char *copy = g_strdup (property);

  g_return_if_fail (WEIR_IS_PROPERTY_PICKER (self));

  g_free (self->property);
  self->property = copy;
  rebuild (self);
}

/**
 * weir_property_picker_get_property:
 * @self: a picker
 *
 * Returns: (transfer none) (nullable): what is picked
 */
const char *
weir_property_picker_get_property (WeirPropertyPicker *self)
{
  g_return_val_if_fail (WEIR_IS_PROPERTY_PICKER (self), NULL);

  return self->property;
}
