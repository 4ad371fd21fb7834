/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-connection-pill.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"

/* In a narrow window; more does not fit beside the rest. */
#define COMPACT_CHARS 5

struct _WeirConnectionPill
{
  GtkWidget parent_instance;

  GtkWidget *button;
  GtkWidget *dot;
  GtkLabel *label;
  GtkPopover *popover;
  GtkLabel *state_label;
  GtkLabel *reason_label;
  GtkLabel *place_label;
  GtkLabel *lag_label;
  GtkLabel *seq_label;
  GtkLabel *clients_label;
  GtkLabel *owner_label;
  GtkWidget *retry_button;

  WeirSession *session;
  guint countdown_id;
  gboolean compact;
  char *spoken;
};

G_DEFINE_FINAL_TYPE (WeirConnectionPill, weir_connection_pill, GTK_TYPE_WIDGET)

static const char *
get_dot_class (WeirSessionState state)
{
  switch (state)
    {
    case WEIR_SESSION_LIVE:
      return "live";
    case WEIR_SESSION_CATCHING_UP:
    case WEIR_SESSION_WAITING:
      return "late";
    case WEIR_SESSION_FAILED:
      return "failed";
    case WEIR_SESSION_IDLE:
    case WEIR_SESSION_STARTING:
    case WEIR_SESSION_CONNECTING:
    default:
      return "idle";
    }
}

static int
get_seconds_to_retry (WeirConnectionPill *self)
{
  gint64 left = weir_session_get_retry_at (self->session) - g_get_monotonic_time ();

  return (int) MAX (0, (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

static char *
dup_file_name (WeirConnectionPill *self)
{
  const char *file = weir_session_get_file (self->session);
  g_autofree char *name = file != NULL ? g_path_get_basename (file) : NULL;

  return name != NULL ? g_filename_display_name (name) : NULL;
}

static char *
dup_live_text (WeirConnectionPill *self)
{
  WeirStats *stats = weir_session_get_stats (self->session);
  g_autofree char *rate = NULL;
  g_autofree char *lag = NULL;

  if (stats == NULL)
    return g_strdup (_("live"));
  rate = weir_format_unit (WEIR_UNIT_RATE, stats->received_rate);
  if (self->compact)
    return g_steal_pointer (&rate);
  lag = g_strdup_printf (_("%.1f s"), isfinite (stats->lag) ? stats->lag : 0);
  /* Translators: events a second, and how far storing is behind receiving. */
  return g_strdup_printf (_("live  %s  lag %s"), rate, lag);
}

static char *
dup_text (WeirConnectionPill *self)
{
  WeirStats *stats = weir_session_get_stats (self->session);
  g_autofree char *file = dup_file_name (self);
  int seconds;

  switch (weir_session_get_state (self->session))
    {
    case WEIR_SESSION_STARTING:
      if (self->compact)
        return g_strdup ("…");
      return file != NULL ? g_strdup_printf (_("opening %s"), file)
                          : g_strdup (_("starting collector"));
    case WEIR_SESSION_CONNECTING:
      return g_strdup (self->compact ? "…" : _("connecting"));
    case WEIR_SESSION_LIVE:
      if (file != NULL)
        /* Translators: in a narrow window, that a file is shown. */
        return self->compact ? g_strdup (_("file"))
                             : g_strdup_printf (_("%s  read-only"), file);
      return dup_live_text (self);
    case WEIR_SESSION_CATCHING_UP:
      {
        g_autofree char *lag = weir_format_duration (stats != NULL ? stats->lag * 1000 : NAN);

        return self->compact ? g_steal_pointer (&lag)
                             : g_strdup_printf (_("catching up  lag %s"), lag);
      }
    case WEIR_SESSION_WAITING:
      seconds = get_seconds_to_retry (self);
      return self->compact ? g_strdup_printf (_("%d s"), seconds)
                           : g_strdup_printf (_("reconnecting in %d s"), seconds);
    case WEIR_SESSION_FAILED:
      /* Translators: in a narrow window, that there is no connection. */
      return g_strdup (self->compact ? _("off") : _("not connected"));
    case WEIR_SESSION_IDLE:
    default:
      return g_strdup (self->compact ? _("off") : _("offline"));
    }
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text != NULL ? text : "");
}

static void
set_row (GtkLabel   *label,
         const char *text)
{
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (label)), text != NULL);
  set_text (label, text);
}

static const char *
get_state_text (WeirSessionState state)
{
  switch (state)
    {
    case WEIR_SESSION_STARTING:
      return _("Starting the collector");
    case WEIR_SESSION_CONNECTING:
      return _("Connecting");
    case WEIR_SESSION_LIVE:
      return _("Connected");
    case WEIR_SESSION_CATCHING_UP:
      return _("Connected; storing lags behind receiving");
    case WEIR_SESSION_WAITING:
      return _("Connection lost; it will be tried again");
    case WEIR_SESSION_FAILED:
      return _("Not connected");
    case WEIR_SESSION_IDLE:
    default:
      return _("Offline");
    }
}

static void
update_popover (WeirConnectionPill *self)
{
  WeirSessionState state = weir_session_get_state (self->session);
  WeirStats *stats = weir_session_get_stats (self->session);
  const GError *error = weir_session_get_error (self->session);
  const char *file = weir_session_get_file (self->session);
  g_autofree char *shown_file = file != NULL ? g_filename_display_name (file) : NULL;
  g_autofree char *lag = NULL;
  g_autofree char *seq = NULL;
  g_autofree char *clients = NULL;
  gboolean broken = state == WEIR_SESSION_WAITING || state == WEIR_SESSION_FAILED;

  set_text (self->state_label, get_state_text (state));
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), broken && error != NULL);
  set_text (self->reason_label, broken && error != NULL ? error->message : NULL);
  set_row (self->place_label,
           shown_file != NULL ? shown_file : weir_session_get_url (self->session));
  if (stats != NULL && !broken)
    {
      lag = weir_format_duration (stats->lag * 1000);
      seq = weir_format_exact (stats->seq);
      clients = weir_format_exact (stats->n_clients);
    }
  set_row (self->lag_label, lag);
  set_row (self->seq_label, seq);
  set_row (self->clients_label, clients);
  set_row (self->owner_label,
           weir_session_owns_collector (self->session)
           ? _("this console, and ends with it") : NULL);
  gtk_widget_set_visible (self->retry_button, broken);
}

static void
update (WeirConnectionPill *self)
{
  static const char * const classes[] = { "live", "late", "failed", "idle" };
  const char *wanted;
  g_autofree char *text = NULL;
  g_autofree char *spoken = NULL;

  if (self->session == NULL)
    return;

  wanted = get_dot_class (weir_session_get_state (self->session));
  text = dup_text (self);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (g_str_equal (classes[i], wanted))
        gtk_widget_add_css_class (self->dot, classes[i]);
      else
        gtk_widget_remove_css_class (self->dot, classes[i]);
    }
  set_text (self->label, text);
  /* What little it says when there is no room must not be cut. */
  gtk_label_set_width_chars (self->label,
                             self->compact ? (int) MIN (COMPACT_CHARS, g_utf8_strlen (text, -1))
                                           : -1);
  if (gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    update_popover (self);

  /* Spoken when the state changes, not each second with the rate. */
  spoken = g_strdup_printf (_("Connection: %s"),
                            get_state_text (weir_session_get_state (self->session)));
  if (g_strcmp0 (spoken, self->spoken) == 0)
    return;
  g_free (self->spoken);
  self->spoken = g_steal_pointer (&spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->spoken,
                                  -1);
}

static gboolean
countdown_cb (gpointer data)
{
  WeirConnectionPill *self = data;

  update (self);
  if (weir_session_get_state (self->session) == WEIR_SESSION_WAITING)
    return G_SOURCE_CONTINUE;
  self->countdown_id = 0;
  return G_SOURCE_REMOVE;
}

static void
state_cb (WeirConnectionPill *self)
{
  update (self);
  if (self->countdown_id == 0 && weir_session_get_state (self->session) == WEIR_SESSION_WAITING)
    self->countdown_id = g_timeout_add (500, countdown_cb, self);
}

static void
retry_cb (WeirConnectionPill *self)
{
  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.retry", NULL);
}

static void
connect_cb (WeirConnectionPill *self)
{
  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", NULL);
}

static void
weir_connection_pill_measure (GtkWidget      *widget,
                              GtkOrientation  orientation,
                              int             for_size,
                              int            *minimum,
                              int            *natural,
                              int            *minimum_baseline,
                              int            *natural_baseline)
{
  gtk_widget_measure (WEIR_CONNECTION_PILL (widget)->button, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_connection_pill_size_allocate (GtkWidget *widget,
                                    int        width,
                                    int        height,
                                    int        baseline)
{
  WeirConnectionPill *self = WEIR_CONNECTION_PILL (widget);

  gtk_widget_size_allocate (self->button, &(GtkAllocation) { 0, 0, width, height }, baseline);
  gtk_popover_present (self->popover);
}

static void
weir_connection_pill_dispose (GObject *object)
{
  WeirConnectionPill *self = WEIR_CONNECTION_PILL (object);

  g_clear_handle_id (&self->countdown_id, g_source_remove);
  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_connection_pill_parent_class)->dispose (object);
}

static void
weir_connection_pill_finalize (GObject *object)
{
  g_free (WEIR_CONNECTION_PILL (object)->spoken);

  G_OBJECT_CLASS (weir_connection_pill_parent_class)->finalize (object);
}

static void
weir_connection_pill_class_init (WeirConnectionPillClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_connection_pill_dispose;
  object_class->finalize = weir_connection_pill_finalize;
  widget_class->measure = weir_connection_pill_measure;
  widget_class->size_allocate = weir_connection_pill_size_allocate;

  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-connection-pill.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, button);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, dot);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, popover);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, state_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, reason_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, place_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, lag_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, seq_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, clients_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, owner_label);
  gtk_widget_class_bind_template_child (widget_class, WeirConnectionPill, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, weir_connection_pill_open);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
}

static void
weir_connection_pill_init (WeirConnectionPill *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_connection_pill_set_session:
 * @self: a pill
 * @session: the connection it is about
 *
 * Connects the pill. To be called once.
 */
void
weir_connection_pill_set_session (WeirConnectionPill *self,
                                  WeirSession        *session)
{
  g_return_if_fail (WEIR_IS_CONNECTION_PILL (self));
  g_return_if_fail (WEIR_IS_SESSION (session));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "stats-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "moved", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  state_cb (self);
}

/**
 * weir_connection_pill_set_compact:
 * @self: a pill
 * @compact: whether there is little room
 *
 * Makes the pill say less.
 */
void
weir_connection_pill_set_compact (WeirConnectionPill *self,
                                  gboolean            compact)
{
  g_return_if_fail (WEIR_IS_CONNECTION_PILL (self));

  if (self->compact == !!compact)
    return;
  self->compact = !!compact;
  update (self);
}

/**
 * weir_connection_pill_open:
 * @self: a pill
 *
 * Says more.
 */
void
weir_connection_pill_open (WeirConnectionPill *self)
{
  g_return_if_fail (WEIR_IS_CONNECTION_PILL (self));

  if (self->session != NULL)
    update_popover (self);
  gtk_popover_popup (self->popover);
}
