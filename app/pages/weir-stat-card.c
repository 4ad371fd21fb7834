/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-stat-card.h"

#include "weir-spark.h"

struct _WeirStatCard
{
  GtkButton parent_instance;

  GtkLabel *title_label;
  GtkLabel *value_label;
  GtkLabel *detail_label;
  WeirSpark *spark;
  char *spoken;
};

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (WeirStatCard, weir_stat_card, GTK_TYPE_BUTTON)

static GParamSpec *properties[N_PROPS];

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
speak (WeirStatCard *self)
{
  g_autofree char *spoken = g_strdup_printf ("%s: %s. %s",
                                             gtk_label_get_text (self->title_label),
                                             gtk_label_get_text (self->value_label),
                                             gtk_label_get_text (self->detail_label));

  if (g_strcmp0 (self->spoken, spoken) == 0)
    return;
  g_free (self->spoken);
  self->spoken = g_steal_pointer (&spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->spoken,
                                  -1);
}

static void
weir_stat_card_finalize (GObject *object)
{
  g_free (WEIR_STAT_CARD (object)->spoken);

  G_OBJECT_CLASS (weir_stat_card_parent_class)->finalize (object);
}

static void
weir_stat_card_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  WeirStatCard *self = WEIR_STAT_CARD (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_text (self->title_label));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_stat_card_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  WeirStatCard *self = WEIR_STAT_CARD (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_text (self->title_label, g_value_get_string (value));
      weir_spark_set_label (self->spark, g_value_get_string (value));
      speak (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_stat_card_class_init (WeirStatCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = weir_stat_card_finalize;
  object_class->get_property = weir_stat_card_get_property;
  object_class->set_property = weir_stat_card_set_property;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WEIR_TYPE_SPARK);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-stat-card.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirStatCard, title_label);
  gtk_widget_class_bind_template_child (widget_class, WeirStatCard, value_label);
  gtk_widget_class_bind_template_child (widget_class, WeirStatCard, detail_label);
  gtk_widget_class_bind_template_child (widget_class, WeirStatCard, spark);
}

static void
weir_stat_card_init (WeirStatCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_stat_card_set_value:
 * @self: a card
 * @value: the number
 * @detail: what else to know, short
 * @exact: (nullable): everything, for the tooltip
 *
 * Changes what the card says.
 */
void
weir_stat_card_set_value (WeirStatCard *self,
                          const char   *value,
                          const char   *detail,
                          const char   *exact)
{
  g_return_if_fail (WEIR_IS_STAT_CARD (self));

  set_text (self->value_label, value);
  set_text (self->detail_label, detail);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), exact);
  speak (self);
}

/**
 * weir_stat_card_set_course:
 * @self: a card
 * @values: (array length=n_values): the recent course, oldest first
 * @n_values: how many
 *
 * Changes the line in the card.
 */
void
weir_stat_card_set_course (WeirStatCard *self,
                           const double *values,
                           guint         n_values)
{
  g_return_if_fail (WEIR_IS_STAT_CARD (self));

  weir_spark_set_values (self->spark, values, n_values);
}
