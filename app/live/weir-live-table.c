/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-live-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-cell-menu.h"
#include "weir-event-cell.h"
#include "weir-live-columns.h"

/* A change of the scroll position so soon after the reader did something was their doing. */
#define INTENT_MICROSECONDS (400 * 1000)

/* Rows hold still while the pointer moves over them, and for so long after. */
#define HOLD_MILLISECONDS 1200

/* How many frames it may take until the newest row is in sight. */
#define SETTLE_FRAMES 8

/* Rows beyond those that can be seen that change with them, for scrolling by a little. */
#define NEAR_EXTRA 8

/* Why the ring is frozen. */
typedef enum {
  PAUSED = 1 << 0,    /* the reader said so */
  AWAY = 1 << 1,      /* the newest row is out of sight */
  READING = 1 << 2,   /* a row is selected or its menu is open */
  HOLDING = 1 << 3,   /* the pointer moves over the rows */
} Reasons;

struct _WeirLiveTable
{
  GtkWidget parent_instance;

  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  WeirCellMenu *menu;
  GtkColumnViewColumn *columns[WEIR_N_COLUMNS];

  WeirEventRing *ring;
  GtkSingleSelection *selection;
  GSettings *settings;
  Reasons reasons;
  gint64 intent_at;
  guint hold_id;
  guint save_id;
  guint settle_id;
  guint settle_frames;
  double pointer_x;
  double pointer_y;
};

enum {
  PROP_0,
  PROP_FROZEN,
  N_PROPS,
};

enum {
  NARROW,
  DETAILS,
  SELECTED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirLiveTable, weir_live_table, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_reasons (WeirLiveTable *self,
             Reasons        reasons)
{
  gboolean was_frozen = self->reasons != 0;

  if (self->reasons == reasons)
    return;
  self->reasons = reasons;
  if (self->ring != NULL)
    weir_event_ring_set_frozen (self->ring, reasons != 0);
  if (was_frozen != (reasons != 0) || reasons != HOLDING)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FROZEN]);
}

static void
set_reason (WeirLiveTable *self,
            Reasons        reason,
            gboolean       set)
{
  set_reasons (self, set ? self->reasons | reason : self->reasons & ~reason);
}

static GtkAdjustment *
get_adjustment (WeirLiveTable *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

static double
get_row_height (WeirLiveTable *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  return n_items > 0 ? gtk_adjustment_get_upper (get_adjustment (self)) / n_items : 0;
}

static gboolean
is_at_newest (WeirLiveTable *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double slack = MAX (get_row_height (self) / 2, 2);
  double value = gtk_adjustment_get_value (adjustment);

  if (weir_event_ring_get_newest_first (self->ring))
    return value < slack;
  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - value
         < slack;
}

/* The adjustment knows the list's new length only after the next allocation, so it cannot be set
 * to its end; the list view's own action is exact. */
static void
scroll_to_newest (WeirLiveTable *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->view));

  if (n_items == 0)
    return;
  gtk_widget_activate_action (list, "list.scroll-to-item", "u",
                              weir_event_ring_get_newest_first (self->ring) ? 0 : n_items - 1);
}

/* How long the list is shows only after its next allocation, so that a list that grew needs to be
 * scrolled once more. */
static gboolean
settle_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  WeirLiveTable *self = WEIR_LIVE_TABLE (widget);

  if (self->reasons == 0 && self->settle_frames > 0)
    {
      self->settle_frames--;
      if (!is_at_newest (self))
        scroll_to_newest (self);
      return G_SOURCE_CONTINUE;
    }
  self->settle_id = 0;
  return G_SOURCE_REMOVE;
}

static void
settle (WeirLiveTable *self)
{
  self->settle_frames = SETTLE_FRAMES;
  if (self->settle_id == 0)
    self->settle_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), settle_cb, NULL, NULL);
}

static void
note_intent (WeirLiveTable *self)
{
  self->intent_at = g_get_monotonic_time ();
}

static void
value_changed_cb (WeirLiveTable *self)
{
  if (self->ring == NULL)
    return;
  if (is_at_newest (self))
    set_reason (self, AWAY, FALSE);
  else if (g_get_monotonic_time () - self->intent_at < INTENT_MICROSECONDS)
    set_reason (self, AWAY, TRUE);
}

static gboolean
scroll_cb (WeirLiveTable *self)
{
  note_intent (self);
  weir_cell_menu_popdown (self->menu);
  return FALSE;
}

static gboolean
scrollbar_event_cb (WeirLiveTable *self,
                    GdkEvent      *event)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_BUTTON_PRESS || type == GDK_BUTTON_RELEASE
      || (type == GDK_MOTION_NOTIFY
          && (gdk_event_get_modifier_state (event) & GDK_BUTTON1_MASK) != 0))
    note_intent (self);
  return FALSE;
}

static WeirEventCell *
find_cell (GtkWidget *widget,
           GtkWidget *top)
{
  for (; widget != NULL && widget != top; widget = gtk_widget_get_parent (widget))
    {
      if (WEIR_IS_EVENT_CELL (widget))
        return WEIR_EVENT_CELL (widget);
      /* The pointer may be in the padding around the cell. */
      if (WEIR_IS_EVENT_CELL (gtk_widget_get_first_child (widget)))
        return WEIR_EVENT_CELL (gtk_widget_get_first_child (widget));
    }
  return NULL;
}

static gboolean
open_menu (WeirLiveTable *self,
           WeirEventCell *cell,
           gboolean       take_focus)
{
  const char *property = NULL;
  g_autofree char *literal = NULL;
  graphene_rect_t bounds;

  if (!weir_event_cell_describe (cell, &property, &literal)
      || !gtk_widget_compute_bounds (GTK_WIDGET (cell), GTK_WIDGET (self->menu), &bounds))
    return FALSE;

  set_reason (self, READING, TRUE);
  weir_cell_menu_popup (self->menu,
                        &(GdkRectangle) {
                          (int) bounds.origin.x, (int) bounds.origin.y,
                          (int) MIN (bounds.size.width, 120.f), (int) bounds.size.height,
                        },
                        property, literal, TRUE, take_focus);
  return TRUE;
}

/* Before anything else sees the press: the row must be the same when the button is released. */
static void
pressed_cb (WeirLiveTable   *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *gesture)
{
  GtkWidget *target = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  WeirEventCell *cell = find_cell (target, GTK_WIDGET (self->view));

  weir_cell_menu_popdown (self->menu);
  note_intent (self);
  if (cell == NULL)
    return;
  set_reason (self, READING, TRUE);
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_SECONDARY)
    open_menu (self, cell, TRUE);
}

static void
released_cb (WeirLiveTable   *self,
             int              n_press,
             double           x,
             double           y,
             GtkGestureClick *gesture)
{
  GtkWidget *target = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  WeirEventCell *cell = find_cell (target, GTK_WIDGET (self->view));

  if (cell != NULL && n_press == 1
      && gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_PRIMARY)
    open_menu (self, cell, FALSE);
}

static gboolean
hold_over_cb (gpointer data)
{
  WeirLiveTable *self = data;

  self->hold_id = 0;
  set_reason (self, HOLDING, FALSE);
  return G_SOURCE_REMOVE;
}

static void
end_hold (WeirLiveTable *self)
{
  g_clear_handle_id (&self->hold_id, g_source_remove);
  set_reason (self, HOLDING, FALSE);
}

static void
motion_cb (WeirLiveTable *self,
           double         x,
           double         y)
{
  /* There are also events for rows that move under a pointer that rests. */
  if (fabs (x - self->pointer_x) < 1 && fabs (y - self->pointer_y) < 1)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  g_clear_handle_id (&self->hold_id, g_source_remove);
  self->hold_id = g_timeout_add (HOLD_MILLISECONDS, hold_over_cb, self);
  set_reason (self, HOLDING, TRUE);
}

static WeirEventCell *
find_focused_cell (WeirLiveTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    return NULL;
  for (GtkWidget *cell = gtk_widget_get_first_child (focus);
       cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *child = gtk_widget_get_first_child (cell);

      if (WEIR_IS_EVENT_CELL (child)
          && weir_event_cell_get_column (WEIR_EVENT_CELL (child)) == WEIR_COLUMN_EVENT)
        return WEIR_EVENT_CELL (child);
    }
  return NULL;
}

static gboolean
key_pressed_cb (WeirLiveTable   *self,
                guint            key,
                guint            keycode,
                GdkModifierType  state)
{
  WeirEventCell *cell;

  note_intent (self);
  switch (key)
    {
    case GDK_KEY_Escape:
      if (weir_cell_menu_is_open (self->menu))
        weir_cell_menu_popdown (self->menu);
      else if ((self->reasons & ~(PAUSED | HOLDING)) != 0)
        weir_live_table_go_on (self);
      else
        return FALSE;
      return TRUE;
    case GDK_KEY_Menu:
    case GDK_KEY_F10:
      if (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) == 0)
        return FALSE;
      cell = find_focused_cell (self);
      return cell != NULL && open_menu (self, cell, TRUE);
    case GDK_KEY_Up:
    case GDK_KEY_Down:
    case GDK_KEY_Page_Up:
    case GDK_KEY_Page_Down:
    case GDK_KEY_Home:
    case GDK_KEY_End:
    case GDK_KEY_space:
      set_reason (self, READING, TRUE);
      return FALSE;
    default:
      return FALSE;
    }
}

static void
menu_narrow_cb (WeirLiveTable *self,
                const char    *property,
                const char    *literal,
                gboolean       only)
{
  g_signal_emit (self, signals[NARROW], 0, property, literal, only);
}

static void
menu_details_cb (WeirLiveTable *self)
{
  g_signal_emit (self, signals[DETAILS], 0);
}

static void
selected_cb (WeirLiveTable *self)
{
  if (gtk_single_selection_get_selected (self->selection) != GTK_INVALID_LIST_POSITION)
    set_reason (self, READING, TRUE);
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
activate_cb (WeirLiveTable *self,
             guint          position)
{
  gtk_single_selection_set_selected (self->selection, position);
  weir_cell_menu_popdown (self->menu);
  g_signal_emit (self, signals[DETAILS], 0);
}

static void
setup_cb (WeirLiveTable      *self,
          GtkListItem        *item,
          GtkListItemFactory *factory)
{
  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    {
      if (gtk_column_view_column_get_factory (self->columns[i]) == factory)
        gtk_list_item_set_child (item, weir_event_cell_new (i));
    }
}

static void
bind_cb (WeirLiveTable *self,
         GtkListItem   *item)
{
  weir_event_cell_set_item (WEIR_EVENT_CELL (gtk_list_item_get_child (item)),
                            gtk_list_item_get_item (item));
}

static void
unbind_cb (WeirLiveTable *self,
           GtkListItem   *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);

  if (cell != NULL)
    weir_event_cell_set_item (WEIR_EVENT_CELL (cell), NULL);
}

static gboolean
save_columns_cb (gpointer data)
{
  WeirLiveTable *self = data;

  self->save_id = 0;
  weir_live_columns_save (self->columns, self->settings);
  return G_SOURCE_REMOVE;
}

static void
column_changed_cb (WeirLiveTable *self)
{
  if (self->settings != NULL && self->save_id == 0)
    self->save_id = g_timeout_add (300, save_columns_cb, self);
}

static void
append_column (WeirLiveTable   *self,
               WeirEventColumn  index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);

  column = gtk_column_view_column_new (weir_event_column_get_title (index), factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_fixed_width (column, weir_event_column_get_width (index));
  gtk_column_view_column_set_expand (column, index == WEIR_COLUMN_PROPERTIES);
  g_signal_connect_object (column, "notify::fixed-width",
                           G_CALLBACK (column_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (column, "notify::visible",
                           G_CALLBACK (column_changed_cb), self, G_CONNECT_SWAPPED);
  self->columns[index] = column;
  gtk_column_view_append_column (self->view, column);
}

/* The parts of a column view that can have the focus. */
static void
name_parts (WeirLiveTable *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child
                                                  (GTK_WIDGET (self->view))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Columns"),
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child
                                                  (GTK_WIDGET (self->view))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Events"),
                                  -1);
}

static void
weir_live_table_dispose (GObject *object)
{
  WeirLiveTable *self = WEIR_LIVE_TABLE (object);

  if (self->save_id > 0)
    {
      g_source_remove (self->save_id);
      save_columns_cb (self);
    }
  g_clear_handle_id (&self->hold_id, g_source_remove);
  if (self->settle_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->settle_id);
  self->settle_id = 0;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->view = NULL;
  g_clear_object (&self->selection);
  if (self->menu != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->menu)));
  if (self->scroller != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->scroller)));
  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    g_clear_object (&self->columns[i]);
  g_clear_object (&self->ring);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (weir_live_table_parent_class)->dispose (object);
}

static void
weir_live_table_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_FROZEN:
      g_value_set_boolean (value, weir_live_table_get_frozen (WEIR_LIVE_TABLE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weir_live_table_class_init (WeirLiveTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_live_table_dispose;
  object_class->get_property = weir_live_table_get_property;

  properties[PROP_FROZEN] =
    g_param_spec_boolean ("frozen", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[NARROW] =
    g_signal_new ("narrow", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[DETAILS] =
    g_signal_new ("details", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SELECTED] =
    g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WEIR_TYPE_CELL_MENU);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-live-table.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirLiveTable, scroller);
  gtk_widget_class_bind_template_child (widget_class, WeirLiveTable, view);
  gtk_widget_class_bind_template_child (widget_class, WeirLiveTable, menu);
  gtk_widget_class_bind_template_callback (widget_class, scroll_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, released_cb);
  gtk_widget_class_bind_template_callback (widget_class, motion_cb);
  gtk_widget_class_bind_template_callback (widget_class, end_hold);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_details_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
weir_live_table_init (WeirLiveTable *self)
{
  GtkEventController *scrollbar_events = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < WEIR_N_COLUMNS; i++)
    append_column (self, i);
  name_parts (self);

  gtk_event_controller_set_propagation_phase (scrollbar_events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scrollbar_events, "event", G_CALLBACK (scrollbar_event_cb), self);
  gtk_widget_add_controller (gtk_scrolled_window_get_vscrollbar (self->scroller),
                             scrollbar_events);
  g_signal_connect_object (get_adjustment (self), "value-changed",
                           G_CALLBACK (value_changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * weir_live_table_set_ring:
 * @self: a table
 * @ring: the events to show
 *
 * Says what the table shows. To be called once.
 */
void
weir_live_table_set_ring (WeirLiveTable *self,
                          WeirEventRing *ring)
{
  g_return_if_fail (WEIR_IS_LIVE_TABLE (self));
  g_return_if_fail (WEIR_IS_EVENT_RING (ring));
  g_return_if_fail (self->ring == NULL);

  self->ring = g_object_ref (ring);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (ring)));
  /* A selection that moves by itself when rows come costs most of the frames. */
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "notify::selected",
                           G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

/**
 * weir_live_table_bind_settings:
 * @self: a table
 * @settings: where the widths of columns are kept, and which are hidden
 *
 * Gives the columns the form they had, and keeps what a reader makes of them.
 */
void
weir_live_table_bind_settings (WeirLiveTable *self,
                               GSettings     *settings)
{
  g_return_if_fail (WEIR_IS_LIVE_TABLE (self));
  g_return_if_fail (self->settings == NULL);

  weir_live_columns_load (self->columns, settings);
  self->settings = g_object_ref (settings);
}

/**
 * weir_live_table_set_paused:
 * @self: a table
 * @paused: whether to hold still until told otherwise
 *
 * Pauses, or goes on from the newest event.
 */
void
weir_live_table_set_paused (WeirLiveTable *self,
                            gboolean       paused)
{
  g_return_if_fail (WEIR_IS_LIVE_TABLE (self));

  if (paused)
    set_reason (self, PAUSED, TRUE);
  else if ((self->reasons & PAUSED) != 0)
    weir_live_table_go_on (self);
}

/**
 * weir_live_table_get_paused:
 * @self: a table
 *
 * Returns: whether a reader paused it
 */
gboolean
weir_live_table_get_paused (WeirLiveTable *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_TABLE (self), FALSE);

  return (self->reasons & PAUSED) != 0;
}

/**
 * weir_live_table_get_frozen:
 * @self: a table
 *
 * Returns: whether it holds still, for whatever reason
 */
gboolean
weir_live_table_get_frozen (WeirLiveTable *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_TABLE (self), FALSE);

  return self->reasons != 0;
}

/**
 * weir_live_table_get_holding:
 * @self: a table
 *
 * Returns: whether it holds still for no other reason than the pointer, and will go on by itself
 */
gboolean
weir_live_table_get_holding (WeirLiveTable *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_TABLE (self), FALSE);

  return self->reasons == HOLDING;
}

/**
 * weir_live_table_go_on:
 * @self: a table
 *
 * Goes back to the newest event and follows, whatever the reason not to.
 */
void
weir_live_table_go_on (WeirLiveTable *self)
{
  g_return_if_fail (WEIR_IS_LIVE_TABLE (self));

  weir_cell_menu_popdown (self->menu);
  if (self->selection != NULL)
    gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_clear_handle_id (&self->hold_id, g_source_remove);
  self->intent_at = 0;
  set_reasons (self, 0);
  scroll_to_newest (self);
  settle (self);
}

/**
 * weir_live_table_follow:
 * @self: a table
 *
 * Keeps the newest row in sight, unless frozen. To be called after each change of the ring.
 */
void
weir_live_table_follow (WeirLiveTable *self)
{
  double height;

  g_return_if_fail (WEIR_IS_LIVE_TABLE (self));

  if (self->ring == NULL || self->reasons != 0)
    return;
  height = get_row_height (self);
  if (height > 1)
    weir_event_ring_set_n_near (self->ring,
                                (guint) (gtk_adjustment_get_page_size (get_adjustment (self))
                                         / height) + NEAR_EXTRA);
  if (!is_at_newest (self) || !weir_event_ring_get_newest_first (self->ring))
    scroll_to_newest (self);
  settle (self);
}

/**
 * weir_live_table_get_selected:
 * @self: a table
 *
 * Returns: (nullable) (transfer none): the selected item
 */
WeirEventItem *
weir_live_table_get_selected (WeirLiveTable *self)
{
  g_return_val_if_fail (WEIR_IS_LIVE_TABLE (self), NULL);

  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

/**
 * weir_live_table_get_column:
 * @self: a table
 * @column: which column
 *
 * Returns: (transfer none): the column
 */
GtkColumnViewColumn *
weir_live_table_get_column (WeirLiveTable   *self,
                            WeirEventColumn  column)
{
  g_return_val_if_fail (WEIR_IS_LIVE_TABLE (self), NULL);
  g_return_val_if_fail (column < WEIR_N_COLUMNS, NULL);

  return self->columns[column];
}
