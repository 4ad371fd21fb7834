/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-alerts-page.h"

#include <glib/gi18n.h>

struct _WeirAlertsPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirAlertsPage, weir_alerts_page, WEIR_TYPE_PAGE)

static void
weir_alerts_page_class_init (WeirAlertsPageClass *klass)
{
}

static void
weir_alerts_page_init (WeirAlertsPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Alerts"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("Rules that tell you when something is off."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
