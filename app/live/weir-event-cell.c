/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-cell.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "weir-conditions.h"
#include "weir-format.h"
#include "weir-palette.h"

#define SWATCH_SIZE 8
#define SWATCH_GAP  7

/* Shorter texts fit in any column. */
#define MIN_TOOLTIP_CHARS 12

struct _WeirEventCell
{
  GtkWidget parent_instance;

  GtkInscription *text;
  WeirEventColumn column;
  WeirEventItem *item;
  gulong changed_id;
  guint color;
  gboolean is_error;
  gboolean is_gap;
  gboolean is_named;
};

static const WeirEventColumn spoken_columns[] = {
  WEIR_COLUMN_EVENT, WEIR_COLUMN_SOURCE, WEIR_COLUMN_PERSON, WEIR_COLUMN_TIME,
};

G_DEFINE_FINAL_TYPE (WeirEventCell, weir_event_cell, GTK_TYPE_WIDGET)

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The row of a column view, two widgets up. GTK 4.8 has no other way to it. */
static GtkWidget *
get_row_widget (WeirEventCell *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  return parent != NULL ? gtk_widget_get_parent (parent) : NULL;
}

/* Names the row for those who hear it. While rows rush by, a name would be wrong before it is
 * spoken; when the list freezes, each row is told of. */
static void
name_row (WeirEventCell   *self,
          const WeirEvent *event)
{
  GtkWidget *row = get_row_widget (self);
  g_autoptr(GString) name = NULL;

  if (row == NULL || self->column != WEIR_COLUMN_EVENT)
    return;
  if (!weir_event_item_is_at_rest (self->item))
    {
      if (self->is_named)
        gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                        GTK_ACCESSIBLE_PROPERTY_LABEL, _("Event"),
                                        -1);
      self->is_named = FALSE;
      return;
    }
  name = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (spoken_columns); i++)
    {
      g_string_append (name, i > 0 ? ", " : "");
      weir_event_append_cell (event, spoken_columns[i], name);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name->str,
                                  -1);
  self->is_named = TRUE;
}

/* Each cell colours its own text; the event cell also tints the row. */
static void
set_kind (WeirEventCell *self,
          gboolean       is_error,
          gboolean       is_gap)
{
  if (self->is_error != is_error)
    {
      GtkWidget *row = get_row_widget (self);

      set_class (GTK_WIDGET (self), "error", is_error);
      if (row != NULL && self->column == WEIR_COLUMN_EVENT)
        set_class (row, "error-row", is_error);
      self->is_error = is_error;
    }
  if (self->is_gap != is_gap)
    {
      set_class (GTK_WIDGET (self), "dim-label", is_gap);
      self->is_gap = is_gap;
    }
}

static void
set_color (WeirEventCell *self,
           guint          color)
{
  if (self->color == color)
    return;
  self->color = color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update (WeirEventCell *self)
{
  g_autoptr(GString) text = g_string_sized_new (128);
  WeirEvent event;

  if (self->item == NULL || !weir_event_item_read (self->item, &event))
    {
      gtk_inscription_set_text (self->text, NULL);
      set_kind (self, FALSE, FALSE);
      set_color (self, G_MAXUINT);
      return;
    }

  weir_event_append_cell (&event, self->column, text);
  gtk_inscription_set_text (self->text, text->str);
  set_kind (self, (event.flags & WEIR_EVENT_IS_ERROR) != 0, event.text[WEIR_EVENT_NAME] == NULL);
  name_row (self, &event);
  if (self->column == WEIR_COLUMN_EVENT)
    set_color (self, event.text[WEIR_EVENT_NAME] != NULL
                     ? weir_palette_lookup (weir_palette_get_default (),
                                            event.text[WEIR_EVENT_NAME])
                     : G_MAXUINT);
}

static void
weir_event_cell_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  WeirEventCell *self = WEIR_EVENT_CELL (widget);
  int extra = self->column == WEIR_COLUMN_EVENT ? SWATCH_SIZE + SWATCH_GAP : 0;

  gtk_widget_measure (GTK_WIDGET (self->text), orientation, -1, minimum, natural,
                      minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum += extra;
      *natural += extra;
    }
}

static void
weir_event_cell_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  WeirEventCell *self = WEIR_EVENT_CELL (widget);
  int extra = self->column == WEIR_COLUMN_EVENT ? SWATCH_SIZE + SWATCH_GAP : 0;
  GtkAllocation child = { extra, 0, MAX (width - extra, 0), height };

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    child.x = 0;
  gtk_widget_size_allocate (GTK_WIDGET (self->text), &child, baseline);
}

static void
weir_event_cell_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  WeirEventCell *self = WEIR_EVENT_CELL (widget);
  int width = gtk_widget_get_width (widget);
  GskRoundedRect swatch;
  GdkRGBA color;
  float x;

  if (self->column == WEIR_COLUMN_EVENT && self->color != G_MAXUINT)
    {
      x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? (float) (width - SWATCH_SIZE) : 0;
      gsk_rounded_rect_init_from_rect (&swatch,
                                       &GRAPHENE_RECT_INIT (x,
                                                            (float) (gtk_widget_get_height (widget)
                                                                     - SWATCH_SIZE) / 2.f,
                                                            SWATCH_SIZE, SWATCH_SIZE),
                                       2.f);
      weir_palette_get_color (self->color,
                              adw_style_manager_get_dark (adw_style_manager_get_default ()),
                              &color);
      gtk_snapshot_push_rounded_clip (snapshot, &swatch);
      gtk_snapshot_append_color (snapshot, &color, &swatch.bounds);
      gtk_snapshot_pop (snapshot);
    }
  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->text), snapshot);
}

/* What does not fit, and what stands behind a time of day. */
static gboolean
weir_event_cell_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    keyboard,
                               GtkTooltip *tooltip)
{
  WeirEventCell *self = WEIR_EVENT_CELL (widget);
  g_autoptr(GString) text = NULL;
  g_autofree char *instant = NULL;
  WeirEvent event;

  if (self->item == NULL || !weir_event_item_read (self->item, &event))
    return FALSE;
  if (self->column == WEIR_COLUMN_TIME)
    {
      instant = weir_format_instant (event.timestamp, g_get_real_time ());
      gtk_tooltip_set_text (tooltip, instant);
      return TRUE;
    }
  text = g_string_new (NULL);
  weir_event_append_cell (&event, self->column, text);
  if (g_utf8_strlen (text->str, -1) < MIN_TOOLTIP_CHARS)
    return FALSE;
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

static void
weir_event_cell_dispose (GObject *object)
{
  WeirEventCell *self = WEIR_EVENT_CELL (object);

  weir_event_cell_set_item (self, NULL);
  if (self->text != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->text)));

  G_OBJECT_CLASS (weir_event_cell_parent_class)->dispose (object);
}

static void
weir_event_cell_class_init (WeirEventCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_event_cell_dispose;
  widget_class->query_tooltip = weir_event_cell_query_tooltip;
  widget_class->measure = weir_event_cell_measure;
  widget_class->size_allocate = weir_event_cell_size_allocate;
  widget_class->snapshot = weir_event_cell_snapshot;
  gtk_widget_class_set_css_name (widget_class, "eventcell");
}

static void
weir_event_cell_init (WeirEventCell *self)
{
  self->color = G_MAXUINT;
  self->is_named = TRUE;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->text = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_text_overflow (self->text, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_yalign (self->text, .5f);
  gtk_widget_set_parent (GTK_WIDGET (self->text), GTK_WIDGET (self));
}

/**
 * weir_event_cell_new:
 * @column: which column it is in
 *
 * Returns: (transfer floating): a cell without an item
 */
GtkWidget *
weir_event_cell_new (WeirEventColumn column)
{
  WeirEventCell *self = g_object_new (WEIR_TYPE_EVENT_CELL, NULL);

  self->column = column;
  if (column == WEIR_COLUMN_TIME || column == WEIR_COLUMN_VALUE)
    gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
  if (column == WEIR_COLUMN_VALUE)
    gtk_inscription_set_xalign (self->text, 1.f);
  return GTK_WIDGET (self);
}

/**
 * weir_event_cell_get_column:
 * @self: a cell
 *
 * Returns: which column it is in
 */
WeirEventColumn
weir_event_cell_get_column (WeirEventCell *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_CELL (self), WEIR_COLUMN_TIME);

  return self->column;
}

/**
 * weir_event_cell_get_item:
 * @self: a cell
 *
 * Returns: (nullable) (transfer none): the item it shows
 */
WeirEventItem *
weir_event_cell_get_item (WeirEventCell *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_CELL (self), NULL);

  return self->item;
}

/**
 * weir_event_cell_set_item:
 * @self: a cell
 * @item: (nullable): what to show from now on
 *
 * Shows an item, and each event that comes to its place.
 */
void
weir_event_cell_set_item (WeirEventCell *self,
                          WeirEventItem *item)
{
  g_return_if_fail (WEIR_IS_EVENT_CELL (self));

  if (self->item != NULL)
    g_signal_handler_disconnect (self->item, self->changed_id);
  g_set_object (&self->item, item);
  if (item == NULL)
    {
      /* The row of this cell may be used again, for an event that is no error. */
      set_kind (self, FALSE, FALSE);
      return;
    }
  self->changed_id = g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
}

/**
 * weir_event_cell_describe:
 * @self: a cell
 * @property: (out): what a filter calls the value in it
 * @literal: (out): the value, as JSON
 *
 * Says what there is to filter by.
 *
 * Returns: whether there is something
 */
gboolean
weir_event_cell_describe (WeirEventCell  *self,
                          const char    **property,
                          char          **literal)
{
  WeirEventText which = WEIR_EVENT_NAME;
  WeirEvent event;

  g_return_val_if_fail (WEIR_IS_EVENT_CELL (self), FALSE);

  if (self->item == NULL || !weir_event_item_read (self->item, &event)
      || event.text[WEIR_EVENT_NAME] == NULL)
    return FALSE;

  switch (self->column)
    {
    case WEIR_COLUMN_EVENT:
      *property = "event";
      break;
    case WEIR_COLUMN_SOURCE:
      *property = "source";
      which = WEIR_EVENT_SOURCE;
      break;
    case WEIR_COLUMN_PERSON:
      *property = "distinct_id";
      which = weir_event_get_identity (&event);
      break;
    case WEIR_COLUMN_VALUE:
      if (isnan (event.value))
        return FALSE;
      *property = "value";
      *literal = weir_literal_from_number (event.value);
      return TRUE;
    case WEIR_COLUMN_TIME:
    case WEIR_COLUMN_PROPERTIES:
    default:
      return FALSE;
    }
  if (which == WEIR_EVENT_N_TEXTS || event.text[which] == NULL)
    return FALSE;
  *literal = weir_literal_from_string (event.text[which], event.length[which]);
  return TRUE;
}
