/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-trends-page.h"

#include <glib/gi18n.h>

struct _WeirTrendsPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirTrendsPage, weir_trends_page, WEIR_TYPE_PAGE)

static void
weir_trends_page_class_init (WeirTrendsPageClass *klass)
{
}

static void
weir_trends_page_init (WeirTrendsPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Trends"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("How often something happens, by day or hour."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
