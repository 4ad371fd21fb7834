/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-marks.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "weir-cursor-keys.h"
#include "weir-describer.h"
#include "weir-readout.h"

typedef struct
{
  char *title;
  int cursor;
  gboolean is_whole;       /* what is drawn is for paper, not for the window */
  gboolean is_pointed;     /* the cursor follows the pointer, not the keyboard */
  WeirDescriber *describer;
} WeirMarksPrivate;

enum {
  CURSOR_MOVED,
  ACTIVATED,
  N_SIGNALS,
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeirMarks, weir_marks, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static WeirMarksPrivate *
get_private (WeirMarks *self)
{
  return weir_marks_get_instance_private (self);
}

static gboolean
get_bounds (WeirMarks       *self,
            int              mark,
            graphene_rect_t *bounds)
{
  return mark >= 0 && mark < (int) weir_marks_get_n_marks (self)
         && WEIR_MARKS_GET_CLASS (self)->get_bounds (self, (guint) mark, bounds);
}

static int
find (WeirMarks *self,
      float      x,
      float      y)
{
  graphene_rect_t bounds;

  if (WEIR_MARKS_GET_CLASS (self)->find != NULL)
    return WEIR_MARKS_GET_CLASS (self)->find (self, x, y);
  for (int i = 0; i < (int) weir_marks_get_n_marks (self); i++)
    {
      if (get_bounds (self, i, &bounds)
          && graphene_rect_contains_point (&bounds, &GRAPHENE_POINT_INIT (x, y)))
        return i;
    }
  return -1;
}

static char *
describe (GtkWidget *widget)
{
  WeirMarks *self = WEIR_MARKS (widget);
  int cursor = get_private (self)->cursor;

  return cursor >= 0 ? weir_marks_dup_readout (self, (guint) cursor)
                     : weir_marks_dup_summary (self);
}

static gboolean
get_pinned (WeirMarks       *self,
            graphene_size_t *size)
{
  graphene_size_init (size, 0, 0);
  if (WEIR_MARKS_GET_CLASS (self)->get_pinned == NULL || weir_marks_get_n_marks (self) == 0)
    return FALSE;
  WEIR_MARKS_GET_CLASS (self)->get_pinned (self, size);
  return TRUE;
}

/* What is seen and not under what stays in sight. */
static void
get_free (WeirMarks       *self,
          graphene_rect_t *area)
{
  graphene_size_t pinned;

  weir_marks_get_visible (self, area);
  if (!get_pinned (self, &pinned))
    return;
  area->size.width = MAX (0, area->size.width - pinned.width);
  area->size.height = MAX (0, area->size.height - pinned.height);
  area->origin.y += pinned.height;
  if (!weir_marks_is_mirrored (self))
    area->origin.x += pinned.width;
}

static void
snapshot_cursor (WeirMarks   *self,
                 GtkSnapshot *snapshot)
{
  WeirMarksPrivate *priv = get_private (self);
  GtkWidget *widget = GTK_WIDGET (self);
  graphene_rect_t bounds, area;
  GdkRGBA color;
  g_autofree char *text = NULL;

  get_free (self, &area);
  graphene_rect_inset (&area, -3, -3);
  if (!get_bounds (self, priv->cursor, &bounds)
      || !graphene_rect_intersection (&bounds, &area, NULL))
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  graphene_rect_inset (&bounds, -1, -1);
  gtk_snapshot_push_clip (snapshot, &area);
  weir_readout_append_outline (snapshot, &bounds, 3, weir_readout_is_contrasty () ? 3 : 2, &color);
  gtk_snapshot_pop (snapshot);
  weir_marks_get_visible (self, &area);
  text = weir_marks_dup_readout (self, (guint) priv->cursor);
  weir_readout_snapshot (widget, snapshot, &area, text, &bounds, &color);
}

static void
weir_marks_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  WeirMarks *self = WEIR_MARKS (widget);

  if (weir_marks_get_n_marks (self) == 0)
    return;
  WEIR_MARKS_GET_CLASS (self)->snapshot_marks (self, snapshot,
                                               (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));
  snapshot_cursor (self, snapshot);
}

/* What is around and scrolls it, inside out: a picture may be wider than its panel, and the panel
 * lower on its page. */
static GtkWidget *
get_viewport (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  return parent != NULL ? gtk_widget_get_ancestor (parent, GTK_TYPE_VIEWPORT) : NULL;
}

/* What the keyboard points at must not be out of sight. */
static void
scroll_to_cursor (WeirMarks *self)
{
  graphene_rect_t bounds;
  graphene_point_t origin;
  graphene_size_t pinned;

  if (!get_bounds (self, get_private (self)->cursor, &bounds))
    return;
  get_pinned (self, &pinned);
  bounds.origin.y -= pinned.height;
  bounds.size.height += pinned.height;
  bounds.size.width += pinned.width;
  if (!weir_marks_is_mirrored (self))
    bounds.origin.x -= pinned.width;
  graphene_rect_inset (&bounds, -4, -4);
  for (GtkWidget *at = get_viewport (GTK_WIDGET (self)); at != NULL; at = get_viewport (at))
    {
      GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (at));
      GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (at));

      /* In what is scrolled, which may have moved since it was given its place. */
      if (!gtk_widget_compute_point (GTK_WIDGET (self), gtk_viewport_get_child (GTK_VIEWPORT (at)),
                                     &bounds.origin, &origin))
        continue;
      gtk_adjustment_clamp_page (across, origin.x, origin.x + bounds.size.width);
      gtk_adjustment_clamp_page (down, origin.y, origin.y + bounds.size.height);
    }
}

/* What stays in sight has another place in the picture after each step, and what is seen of it is
 * another part also when something else makes or takes room, which changes what can be scrolled. */
static void
watch (GtkWidget     *widget,
       GtkAdjustment *adjustment)
{
  static const char *const changes[] = { "value-changed", "changed" };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (adjustment, changes[i], G_CALLBACK (gtk_widget_queue_draw), widget,
                             G_CONNECT_SWAPPED);
}

static void
weir_marks_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (weir_marks_parent_class)->map (widget);
  if (WEIR_MARKS_GET_CLASS (widget)->get_pinned == NULL)
    return;
  for (GtkWidget *at = get_viewport (widget); at != NULL; at = get_viewport (at))
    {
      watch (widget, gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (at)));
      watch (widget, gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (at)));
    }
}

static void
weir_marks_unmap (GtkWidget *widget)
{
  for (GtkWidget *at = get_viewport (widget); at != NULL; at = get_viewport (at))
    {
      g_signal_handlers_disconnect_by_func (gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (at)),
                                            gtk_widget_queue_draw, widget);
      g_signal_handlers_disconnect_by_func (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (at)),
                                            gtk_widget_queue_draw, widget);
    }
  GTK_WIDGET_CLASS (weir_marks_parent_class)->unmap (widget);
}

static void
motion_cb (WeirMarks *self,
           double     x,
           double     y)
{
  get_private (self)->is_pointed = TRUE;
  weir_marks_set_cursor (self, find (self, (float) x, (float) y));
}

static void
pointer_left_cb (WeirMarks *self)
{
  if (get_private (self)->is_pointed)
    weir_marks_set_cursor (self, -1);
}

static void
focus_left_cb (WeirMarks *self)
{
  weir_marks_set_cursor (self, -1);
}

static void
released_cb (WeirMarks *self,
             int        n_press,
             double     x,
             double     y)
{
  int mark = find (self, (float) x, (float) y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (mark < 0)
    return;
  weir_marks_set_cursor (self, mark);
  g_signal_emit (self, signals[ACTIVATED], 0, mark);
}

static gboolean
move_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   user_data)
{
  WeirMarks *self = WEIR_MARKS (widget);
  WeirMarksPrivate *priv = get_private (self);
  int n = (int) weir_marks_get_n_marks (self);
  int columns, rows, mark;
  gboolean extends;

  g_variant_get (args, WEIR_CURSOR_MOVE, &columns, &rows, &extends);
  if (n == 0 || extends)
    return FALSE;
  priv->is_pointed = FALSE;
  if (columns == G_MININT32 || priv->cursor < 0)
    mark = columns == G_MAXINT32 ? n - 1 : 0;
  else if (columns == G_MAXINT32)
    mark = n - 1;
  else if (WEIR_MARKS_GET_CLASS (self)->move != NULL)
    mark = WEIR_MARKS_GET_CLASS (self)->move (self, (guint) priv->cursor, columns, rows);
  else
    mark = priv->cursor + (weir_marks_is_mirrored (self) ? -columns : columns) + rows;
  weir_marks_set_cursor (self, CLAMP (mark, 0, n - 1));
  scroll_to_cursor (self);
  return TRUE;
}

static gboolean
activate_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   user_data)
{
  WeirMarks *self = WEIR_MARKS (widget);
  int cursor = get_private (self)->cursor;

  if (cursor < 0)
    return FALSE;
  g_signal_emit (self, signals[ACTIVATED], 0, cursor);
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  WeirMarks *self = WEIR_MARKS (widget);

  if (get_private (self)->cursor < 0)
    return FALSE;
  weir_marks_set_cursor (self, -1);
  return TRUE;
}

static void
weir_marks_css_changed (GtkWidget         *widget,
                        GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (weir_marks_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
weir_marks_finalize (GObject *object)
{
  WeirMarksPrivate *priv = get_private (WEIR_MARKS (object));

  weir_describer_free (priv->describer);
  g_free (priv->title);

  G_OBJECT_CLASS (weir_marks_parent_class)->finalize (object);
}

static void
weir_marks_class_init (WeirMarksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_marks_finalize;
  widget_class->snapshot = weir_marks_snapshot;
  widget_class->map = weir_marks_map;
  widget_class->unmap = weir_marks_unmap;
  widget_class->css_changed = weir_marks_css_changed;

  signals[CURSOR_MOVED] =
    g_signal_new ("cursor-moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ACTIVATED] =
    g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  weir_cursor_keys_add (widget_class, move_cb, activate_cb, escape_cb);
}

static void
weir_marks_init (WeirMarks *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  AdwStyleManager *style = adw_style_manager_get_default ();

  get_private (self)->cursor = -1;
  get_private (self)->describer = weir_describer_new (GTK_WIDGET (self), describe);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect_swapped (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  g_signal_connect_object (style, "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * weir_marks_set_title:
 * @self: a picture
 * @title: what it shows
 *
 * Names the picture, for assistive technology.
 */
void
weir_marks_set_title (WeirMarks  *self,
                      const char *title)
{
  WeirMarksPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_MARKS (self));

  g_free (priv->title);
  priv->title = g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "",
                                  -1);
}

/**
 * weir_marks_get_title:
 * @self: a picture
 *
 * Returns: (nullable) (transfer none): what it shows
 */
const char *
weir_marks_get_title (WeirMarks *self)
{
  g_return_val_if_fail (WEIR_IS_MARKS (self), NULL);

  return get_private (self)->title;
}

/**
 * weir_marks_get_cursor:
 * @self: a picture
 *
 * Returns: the mark under the cursor, or -1
 */
int
weir_marks_get_cursor (WeirMarks *self)
{
  g_return_val_if_fail (WEIR_IS_MARKS (self), -1);

  return get_private (self)->cursor;
}

/**
 * weir_marks_set_cursor:
 * @self: a picture
 * @mark: a mark, or -1 for none
 *
 * Moves the cursor, and says what is there.
 */
void
weir_marks_set_cursor (WeirMarks *self,
                       int        mark)
{
  WeirMarksPrivate *priv = get_private (self);

  g_return_if_fail (WEIR_IS_MARKS (self));

  if (mark >= (int) weir_marks_get_n_marks (self))
    mark = -1;
  if (priv->cursor == mark)
    return;
  priv->cursor = mark;
  weir_describer_update (priv->describer, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0, mark);
}

/**
 * weir_marks_dup_readout:
 * @self: a picture
 * @mark: a mark of it
 *
 * Returns: (transfer full): what it says, in lines
 */
char *
weir_marks_dup_readout (WeirMarks *self,
                        guint      mark)
{
  g_return_val_if_fail (mark < weir_marks_get_n_marks (self), NULL);

  return WEIR_MARKS_GET_CLASS (self)->dup_readout (self, mark);
}

/**
 * weir_marks_dup_summary:
 * @self: a picture
 *
 * Returns: (transfer full): all of it in a sentence
 */
char *
weir_marks_dup_summary (WeirMarks *self)
{
  g_return_val_if_fail (WEIR_IS_MARKS (self), NULL);

  if (weir_marks_get_n_marks (self) == 0)
    return g_strdup (_("Nothing to show yet"));
  return WEIR_MARKS_GET_CLASS (self)->dup_summary (self);
}

/**
 * weir_marks_get_n_marks:
 * @self: a picture
 *
 * Returns: how many marks it has
 */
guint
weir_marks_get_n_marks (WeirMarks *self)
{
  g_return_val_if_fail (WEIR_IS_MARKS (self), 0);

  return WEIR_MARKS_GET_CLASS (self)->get_n_marks (self);
}

/**
 * weir_marks_snapshot_all:
 * @self: a picture that has a size
 * @snapshot: where to draw
 *
 * Draws all of it, also what is scrolled away, and no cursor.
 */
void
weir_marks_snapshot_all (WeirMarks   *self,
                         GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (WEIR_IS_MARKS (self));

  if (weir_marks_get_n_marks (self) == 0)
    return;
  get_private (self)->is_whole = TRUE;
  WEIR_MARKS_GET_CLASS (self)->snapshot_marks (self, snapshot,
                                               (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));
  get_private (self)->is_whole = FALSE;
}

/**
 * weir_marks_changed:
 * @self: a picture
 *
 * To be called by subclasses whose data are others. The cursor stays, if its mark is still there.
 */
void
weir_marks_changed (WeirMarks *self)
{
  WeirMarksPrivate *priv = get_private (self);

  if (priv->cursor >= (int) weir_marks_get_n_marks (self))
    priv->cursor = -1;
  weir_describer_update (priv->describer, FALSE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * weir_marks_is_mirrored:
 * @self: a picture
 *
 * Returns: whether its reader reads from right to left
 */
gboolean
weir_marks_is_mirrored (WeirMarks *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/**
 * weir_marks_get_visible:
 * @self: a picture
 * @area: (out): the part of it that is not scrolled away; all of it while it is drawn for paper
 *
 * Finds what is seen.
 */
void
weir_marks_get_visible (WeirMarks       *self,
                        graphene_rect_t *area)
{
  GtkWidget *widget = GTK_WIDGET (self);

  graphene_rect_init (area, 0, 0, (float) gtk_widget_get_width (widget),
                      (float) gtk_widget_get_height (widget));
  if (get_private (self)->is_whole)
    return;
  for (GtkWidget *at = get_viewport (widget); at != NULL; at = get_viewport (at))
    {
      graphene_rect_t bounds;

      if (gtk_widget_compute_bounds (at, widget, &bounds))
        graphene_rect_intersection (area, &bounds, area);
    }
}
