/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alert-watch.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-alert-kind.h"
#include "weir-json.h"

struct _WeirAlertWatch
{
  GObject parent_instance;

  GApplication *application;    /* not owned: it owns this */
  WeirSession *session;
  WeirLiveStream *stream;
};

G_DEFINE_FINAL_TYPE (WeirAlertWatch, weir_alert_watch, G_TYPE_OBJECT)

static char *
dup_id (const char *name)
{
  return g_strconcat ("alert-", name, NULL);
}

static void
notify (WeirAlertWatch *self,
        JsonObject     *alert)
{
  const char *name = weir_json_get_text (alert, "name");
  JsonObject *rule = weir_json_get_object (alert, "rule");
  g_autofree char *id = dup_id (name);
  g_autofree char *sentence = weir_alert_kind_describe_rule (rule);
  g_autofree char *value = weir_alert_kind_dup_value (rule, weir_json_get_number (alert, "value"));
  g_autofree char *body = NULL;
  g_autoptr(GNotification) notification = g_notification_new (name);

  /* Translators: a rule as a sentence, and the value that made it fire. */
  body = g_strdup_printf (_("%s. Now %s."), sentence, value);
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-page", "s",
                                                weir_alert_kind_get_page (rule));
  g_notification_add_button_with_target (notification, _("Alerts"), "app.show-page", "s", "alerts");
  g_application_send_notification (self->application, id, notification);
}

static void
message_cb (WeirAlertWatch *self,
            const char     *event,
            GBytes         *data,
            const char     *message_id)
{
  g_autoptr(JsonObject) alert = NULL;
  const char *name;

  if (g_strcmp0 (event, "alert") != 0)
    return;
  alert = weir_json_parse_object (data, NULL);
  name = weir_json_get_text (alert, "name");
  if (name == NULL || weir_json_get_object (alert, "rule") == NULL)
    return;
  if (g_strcmp0 (weir_json_get_text (alert, "state"), "firing") == 0)
    notify (self, alert);
  else
    {
      g_autofree char *id = dup_id (name);

      g_application_withdraw_notification (self->application, id);
    }
}

static void
drop_stream (WeirAlertWatch *self)
{
  if (self->stream == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->stream, self);
  weir_live_stream_stop (self->stream);
  g_clear_object (&self->stream);
}

static void
moved_cb (WeirAlertWatch *self)
{
  drop_stream (self);
  if (weir_session_get_file (self->session) != NULL)
    return;
  self->stream = weir_session_create_stream (self->session, "alerts");
  if (self->stream == NULL)
    return;
  g_signal_connect_object (self->stream, "message",
                           G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  weir_live_stream_start (self->stream);
}

static void
state_cb (WeirAlertWatch *self)
{
  if (weir_session_get_state (self->session) == WEIR_SESSION_IDLE)
    drop_stream (self);
}

static void
weir_alert_watch_dispose (GObject *object)
{
  WeirAlertWatch *self = WEIR_ALERT_WATCH (object);

  drop_stream (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_alert_watch_parent_class)->dispose (object);
}

static void
weir_alert_watch_class_init (WeirAlertWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_alert_watch_dispose;
}

static void
weir_alert_watch_init (WeirAlertWatch *self)
{
}

/**
 * weir_alert_watch_new:
 * @application: whose notifications they are; it must outlive the watch
 * @session: whose collector to listen to
 *
 * Returns: (transfer full): a watch
 */
WeirAlertWatch *
weir_alert_watch_new (GApplication *application,
                      WeirSession  *session)
{
  WeirAlertWatch *self;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);

  self = g_object_new (WEIR_TYPE_ALERT_WATCH, NULL);
  self->application = application;
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state",
                           G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  return self;
}
