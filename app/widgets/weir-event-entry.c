/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-entry.h"

#include <glib/gi18n.h>

#include "weir-format.h"

#define N_OFFERED 12

struct _WeirEventEntry
{
  GtkWidget parent_instance;

  GtkWidget *entry;
  GtkWidget *popover;
  GtkListBox *list;

  WeirCatalog *catalog;
  char *event;
  gboolean is_setting;
};

enum {
  CHOSEN,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirEventEntry, weir_event_entry, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
show_text (WeirEventEntry *self)
{
  self->is_setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), self->event != NULL ? self->event : "");
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->is_setting = FALSE;
}

static void
choose (WeirEventEntry *self,
        const char     *event)
{
  g_autofree char *stripped = g_strstrip (g_strdup (event));

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (*stripped == '\0' || g_strcmp0 (self->event, stripped) == 0)
    {
      show_text (self);
      return;
    }
  g_free (self->event);
  self->event = g_steal_pointer (&stripped);
  show_text (self);
  g_signal_emit (self, signals[CHOSEN], 0);
}

static GtkWidget *
create_row (WeirEventEntry *self,
            const char     *event,
            const char     *detail)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (event);
  GtkWidget *number = gtk_label_new (detail);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 36);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), number);
  g_object_set_data_full (G_OBJECT (box), "event", g_strdup (event), g_free);
  return box;
}

static gboolean
matches (const char *event,
         const char *folded)
{
  g_autofree char *name = g_utf8_casefold (event, -1);

  return strstr (name, folded) != NULL;
}

static guint
fill_list (WeirEventEntry *self,
           const char     *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  const char * const *events = weir_catalog_get_events (self->catalog);
  GtkWidget *row;
  guint n = 0;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; events[i] != NULL && n < N_OFFERED; i++)
    {
      g_autofree char *count = NULL;

      if (!matches (events[i], folded))
        continue;
      count = weir_format_exact (weir_catalog_get_count (self->catalog, events[i]));
      gtk_list_box_append (self->list, create_row (self, events[i], count));
      n++;
    }
  if (*typed == '\0' || g_str_equal (typed, "*"))
    {
      gtk_list_box_append (self->list, create_row (self, "*", _("any event")));
      n++;
    }
  return n;
}

static void
offer (WeirEventEntry *self,
       const char     *typed)
{
  if (self->catalog == NULL)
    return;
  weir_catalog_refresh (self->catalog);
  if (fill_list (self, typed) > 0)
    gtk_popover_popup (GTK_POPOVER (self->popover));
  else
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
changed_cb (WeirEventEntry *self)
{
  if (!self->is_setting)
    offer (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
activate_cb (WeirEventEntry *self)
{
  choose (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
row_cb (WeirEventEntry *self,
        GtkListBoxRow  *row)
{
  g_autofree char *event =
    g_strdup (g_object_get_data (G_OBJECT (gtk_list_box_row_get_child (row)), "event"));

  gtk_widget_grab_focus (self->entry);
  choose (self, event);
}

static void
icon_cb (WeirEventEntry *self)
{
  gtk_widget_grab_focus (self->entry);
  offer (self, "");
}

static void
focus_left_cb (WeirEventEntry *self)
{
  if (gtk_widget_get_visible (self->popover))
    return;
  choose (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static gboolean
key_cb (WeirEventEntry  *self,
        guint            key,
        guint            code,
        GdkModifierType  modifiers)
{
  GtkListBoxRow *first;

  if (key == GDK_KEY_Escape && gtk_widget_get_visible (self->popover))
    {
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return TRUE;
    }
  if (key != GDK_KEY_Down && key != GDK_KEY_KP_Down)
    return FALSE;
  if (!gtk_widget_get_visible (self->popover))
    offer (self, "");
  first = gtk_list_box_get_row_at_index (self->list, 0);
  return first != NULL && gtk_widget_grab_focus (GTK_WIDGET (first));
}

static void
weir_event_entry_dispose (GObject *object)
{
  WeirEventEntry *self = WEIR_EVENT_ENTRY (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->entry, gtk_widget_unparent);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->event, g_free);

  G_OBJECT_CLASS (weir_event_entry_parent_class)->dispose (object);
}

static void
weir_event_entry_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  WeirEventEntry *self = WEIR_EVENT_ENTRY (widget);

  gtk_widget_size_allocate (self->entry, &(GtkAllocation) { 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
weir_event_entry_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  gtk_widget_measure (WEIR_EVENT_ENTRY (widget)->entry, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_event_entry_class_init (WeirEventEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_event_entry_dispose;
  widget_class->size_allocate = weir_event_entry_size_allocate;
  widget_class->measure = weir_event_entry_measure;

  signals[CHOSEN] =
    g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_entry (WeirEventEntry *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 12);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _("Event"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_SECONDARY,
                                     "pan-down-symbolic");
  gtk_entry_set_icon_tooltip_text (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_SECONDARY,
                                   _("Show events"));
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (self->entry, "icon-press", G_CALLBACK (icon_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (self->entry, keys);
}

static void
add_popover (WeirEventEntry *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Events"),
                                  -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 360);

  self->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->popover), scrolled);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  /* The entry keeps the focus: it is still being typed in. */
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_widget_add_css_class (self->popover, "menu");
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
}

static void
weir_event_entry_init (WeirEventEntry *self)
{
  add_entry (self);
  add_popover (self);
  weir_event_entry_set_label (self, _("Event"));
}

/**
 * weir_event_entry_new:
 *
 * Returns: (transfer none): an entry without a name
 */
WeirEventEntry *
weir_event_entry_new (void)
{
  return g_object_new (WEIR_TYPE_EVENT_ENTRY, NULL);
}

/**
 * weir_event_entry_set_catalog:
 * @self: an entry
 * @catalog: what to offer
 *
 * Says which events there are.
 */
void
weir_event_entry_set_catalog (WeirEventEntry *self,
                              WeirCatalog    *catalog)
{
  g_return_if_fail (WEIR_IS_EVENT_ENTRY (self));

  g_set_object (&self->catalog, catalog);
}

/**
 * weir_event_entry_set_event:
 * @self: an entry
 * @event: (nullable): a name
 *
 * Shows a name, without a signal.
 */
void
weir_event_entry_set_event (WeirEventEntry *self,
                            const char     *event)
{
  g_return_if_fail (WEIR_IS_EVENT_ENTRY (self));

  g_free (self->event);
  self->event = g_strdup (event);
  show_text (self);
}

/**
 * weir_event_entry_get_event:
 * @self: an entry
 *
 * Returns: (nullable) (transfer none): the name that was chosen
 */
const char *
weir_event_entry_get_event (WeirEventEntry *self)
{
  g_return_val_if_fail (WEIR_IS_EVENT_ENTRY (self), NULL);

  return self->event;
}

/**
 * weir_event_entry_set_label:
 * @self: an entry
 * @label: what the event is for, such as “Step 2”
 *
 * Names the entry for assistive technology.
 */
void
weir_event_entry_set_label (WeirEventEntry *self,
                            const char     *label)
{
  g_return_if_fail (WEIR_IS_EVENT_ENTRY (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}
