/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-timeline-view.h"

#include <glib/gi18n.h>

#include "weir-event-detail.h"
#include "weir-fold-layout.h"
#include "weir-format.h"
#include "weir-json.h"
#include "weir-timeline.h"

#define PAGE_LENGTH 200

struct _WeirTimelineView
{
  GtkWidget parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *list_box;
  GtkStack *stack;
  GtkListView *list;
  GtkLabel *status;
  AdwStatusPage *failed_page;
  GtkWidget *detail_box;
  WeirEventDetail *detail;

  WeirPage *page;           /* not owned: it holds this widget */
  GCancellable *cancellable;
  WeirTimeline *timeline;
  WeirEventCodec *codec;
  char *person;             /* as in a URL */
  guint64 before;           /* where the next page begins; 0 when there is none */
  gboolean is_asking;
};

G_DEFINE_FINAL_TYPE (WeirTimelineView, weir_timeline_view, GTK_TYPE_WIDGET)

static void
update_status (WeirTimelineView *self)
{
  guint n = weir_timeline_get_n_events (self->timeline);
  g_autofree char *number = weir_format_exact (n);
  g_autofree char *text = NULL;

  if (self->before != 0)
    /* Translators: the newest of the events; %s is how many. */
    text = g_strdup_printf (ngettext ("The newest event", "The newest %s events", n), number);
  else
    text = g_strdup_printf (ngettext ("%s event", "%s events", n), number);
  gtk_label_set_text (self->status, text);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

static void
show_error (WeirTimelineView *self,
            const GError     *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  if (weir_timeline_get_n_events (self->timeline) > 0)
    return;
  adw_status_page_set_description (self->failed_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static JsonObject *
take_answer (WeirTimelineView *self,
             GObject          *client,
             GAsyncResult     *result)
{
  g_autoptr(GError) error = NULL;
  JsonObject *answer = weir_answer_finish (client, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  weir_page_set_trouble (self->page, self, error);
  self->is_asking = FALSE;
  if (answer == NULL)
    show_error (self, error);
  return answer;
}

static void
page_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(WeirTimelineView) self = user_data;
  g_autoptr(JsonObject) answer = take_answer (self, object, result);
  JsonArray *events = weir_json_get_array (answer, "events");
  guint n = weir_json_array_get_n (events);
  guint64 seq = 0;

  if (answer == NULL)
    return;
  if (n > 0)
    seq = weir_json_get_count (weir_json_array_get_object (events, n - 1), "seq");
  weir_timeline_add (self->timeline, events);
  self->before = n == PAGE_LENGTH && seq != self->before ? seq : 0;
  update_status (self);
}

static void
newer_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(WeirTimelineView) self = user_data;
  g_autoptr(JsonObject) answer = take_answer (self, object, result);

  if (answer == NULL)
    return;
  weir_timeline_add (self->timeline, weir_json_get_array (answer, "events"));
  update_status (self);
}

static void
ask (WeirTimelineView    *self,
     guint64              before,
     GAsyncReadyCallback  callback)
{
  WeirApiClient *client = weir_session_get_client (weir_page_get_session (self->page));
  g_autofree char *path = NULL;
  g_autofree char *rest = NULL;

  if (client == NULL || self->person == NULL)
    return;
  rest = before != 0 ? g_strdup_printf ("&before=%" G_GUINT64_FORMAT, before) : g_strdup ("");
  path = g_strdup_printf ("/v1/persons/%s/events?limit=%d%s", self->person, PAGE_LENGTH, rest);
  self->is_asking = TRUE;
  weir_api_client_get_async (client, path, self->cancellable, callback, g_object_ref (self));
}

static void
edge_reached_cb (WeirTimelineView *self,
                 GtkPositionType   edge)
{
  if (edge == GTK_POS_BOTTOM && self->before != 0 && !self->is_asking)
    ask (self, self->before, page_cb);
}

static void
retry_cb (WeirTimelineView *self)
{
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  ask (self, 0, page_cb);
}

static void
show_detail (WeirTimelineView *self,
             const char       *json)
{
  WeirEvent event;

  if (!weir_event_codec_decode_stored (self->codec, json, strlen (json), &event, NULL))
    return;
  weir_event_detail_set_url (self->detail,
                             weir_session_get_url (weir_page_get_session (self->page)));
  weir_event_detail_set_event (self->detail, &event);
  gtk_widget_set_visible (self->detail_box, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, self->detail_box);
}

static void
activate_cb (WeirTimelineView *self,
             guint             position)
{
  g_autoptr(WeirTimelineRow) row = g_list_model_get_item (G_LIST_MODEL (self->timeline), position);

  if (row != NULL && weir_timeline_row_get_json (row) != NULL)
    show_detail (self, weir_timeline_row_get_json (row));
}

static void
detail_close_cb (WeirTimelineView *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->list_box);
  gtk_widget_set_visible (self->detail_box, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
detail_copied_cb (WeirTimelineView *self,
                  const char       *what)
{
  weir_page_notice (self->page, what);
}

static void
detail_narrow_cb (WeirTimelineView *self,
                  const char       *property,
                  const char       *literal,
                  gboolean          only)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sss)"));
  g_variant_builder_add (&builder, "(sss)", property, only ? "=" : "!=", literal);
  gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.show-events",
                                      g_variant_builder_end (&builder));
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

/* Time, name, “Error”, and some of the properties. */
static void
setup_cb (WeirTimelineView *self,
          GtkListItem      *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *time = add_label (box, "numeric");
  G_GNUC_UNUSED GtkWidget *name = add_label (box, NULL);
  GtkWidget *badge = add_label (box, "error");
  GtkWidget *detail = add_label (box, "dim-label");

  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (badge, "badge");
  gtk_label_set_text (GTK_LABEL (badge), _("Error"));
  gtk_label_set_ellipsize (GTK_LABEL (time), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_ellipsize (GTK_LABEL (badge), PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (detail, TRUE);
  gtk_widget_add_css_class (box, "timeline-row");
  gtk_list_item_set_child (item, box);
}

static void
name_row (GtkWidget       *box,
          WeirTimelineRow *row,
          const char      *clock)
{
  GtkWidget *widget = gtk_widget_get_parent (box);
  g_autofree char *name = NULL;

  if (widget == NULL)
    return;
  if (weir_timeline_row_get_kind (row) != WEIR_TIMELINE_EVENT)
    name = g_strdup (weir_timeline_row_get_title (row));
  else if (weir_timeline_row_is_error (row))
    name = g_strdup_printf (_("%s, %s, error"), clock, weir_timeline_row_get_title (row));
  else
    name = g_strdup_printf (_("%s, %s"), clock, weir_timeline_row_get_title (row));
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

static void
style_row (GtkWidget        *box,
           WeirTimelineKind  kind,
           gboolean          is_error)
{
  GtkWidget *name = gtk_widget_get_next_sibling (gtk_widget_get_first_child (box));
  static const char *const day[] = { "timeline-row", "timeline-day", NULL };
  static const char *const gap[] = { "timeline-row", "timeline-gap", NULL };
  static const char *const error[] = { "timeline-row", "timeline-error", NULL };
  static const char *const event[] = { "timeline-row", NULL };

  gtk_widget_set_css_classes (box, (const char **) (kind == WEIR_TIMELINE_DAY ? day
                                                    : kind == WEIR_TIMELINE_GAP ? gap
                                                    : is_error ? error : event));
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
}

static void
bind_cb (WeirTimelineView *self,
         GtkListItem      *item)
{
  WeirTimelineRow *row = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *time = gtk_widget_get_first_child (box);
  GtkWidget *name = gtk_widget_get_next_sibling (time);
  GtkWidget *badge = gtk_widget_get_next_sibling (name);
  gboolean is_event = weir_timeline_row_get_kind (row) == WEIR_TIMELINE_EVENT;
  const char *detail = weir_timeline_row_get_detail (row);
  g_autofree char *clock = weir_format_clock (weir_timeline_row_get_time (row), TRUE);
  g_autofree char *instant = weir_format_instant (weir_timeline_row_get_time (row),
                                                  g_get_real_time ());

  gtk_label_set_text (GTK_LABEL (time), clock);
  gtk_widget_set_visible (time, is_event);
  gtk_label_set_text (GTK_LABEL (name), weir_timeline_row_get_title (row));
  gtk_widget_set_visible (badge, is_event && weir_timeline_row_is_error (row));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), detail != NULL ? detail : "");
  gtk_widget_set_tooltip_text (box, is_event ? instant : NULL);
  gtk_list_item_set_activatable (item, is_event);
  gtk_list_item_set_selectable (item, is_event);
  style_row (box, weir_timeline_row_get_kind (row), weir_timeline_row_is_error (row));
  name_row (box, row, clock);
}

static void
weir_timeline_view_dispose (GObject *object)
{
  WeirTimelineView *self = WEIR_TIMELINE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->leaflet != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->leaflet)));
  g_clear_object (&self->timeline);
  g_clear_pointer (&self->codec, weir_event_codec_free);
  g_clear_pointer (&self->person, g_free);

  G_OBJECT_CLASS (weir_timeline_view_parent_class)->dispose (object);
}

static void
weir_timeline_view_class_init (WeirTimelineViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_timeline_view_dispose;

  g_type_ensure (WEIR_TYPE_EVENT_DETAIL);
  g_type_ensure (WEIR_TYPE_FOLD_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-timeline-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, list_box);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, stack);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, list);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, status);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, failed_page);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, detail_box);
  gtk_widget_class_bind_template_child (widget_class, WeirTimelineView, detail);
  gtk_widget_class_bind_template_callback (widget_class, edge_reached_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_close_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_copied_cb);
  gtk_widget_class_bind_template_callback (widget_class, detail_narrow_cb);
}

static void
weir_timeline_view_init (WeirTimelineView *self)
{
  GtkNoSelection *selection;

  self->cancellable = g_cancellable_new ();
  self->codec = weir_event_codec_new ();
  self->timeline = weir_timeline_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->timeline)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}

/**
 * weir_timeline_view_attach:
 * @self: a timeline
 * @page: the page it belongs to
 *
 * Connects it. To be called once.
 */
void
weir_timeline_view_attach (WeirTimelineView *self,
                           WeirPage         *page)
{
  g_return_if_fail (WEIR_IS_TIMELINE_VIEW (self));

  self->page = page;
}

/**
 * weir_timeline_view_set_person:
 * @self: a timeline
 * @person: id of a person
 *
 * Shows what a person did.
 */
void
weir_timeline_view_set_person (WeirTimelineView *self,
                               const char       *person)
{
  g_return_if_fail (WEIR_IS_TIMELINE_VIEW (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->person);
  self->person = g_uri_escape_string (person, NULL, FALSE);
  self->before = 0;
  self->is_asking = FALSE;
  gtk_widget_set_visible (self->detail_box, FALSE);
  adw_leaflet_set_visible_child (self->leaflet, self->list_box);
  weir_timeline_clear (self->timeline);
  retry_cb (self);
}

/**
 * weir_timeline_view_refresh:
 * @self: a timeline
 *
 * Adds what the person did since.
 */
void
weir_timeline_view_refresh (WeirTimelineView *self)
{
  g_return_if_fail (WEIR_IS_TIMELINE_VIEW (self));

  if (!self->is_asking)
    ask (self, 0, newer_cb);
}

/**
 * weir_timeline_view_get_n_events:
 * @self: a timeline
 *
 * Returns: how many events are shown
 */
guint
weir_timeline_view_get_n_events (WeirTimelineView *self)
{
  g_return_val_if_fail (WEIR_IS_TIMELINE_VIEW (self), 0);

  return weir_timeline_get_n_events (self->timeline);
}
