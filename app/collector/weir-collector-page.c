/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-collector-page.h"

#include <glib/gi18n.h>

struct _WeirCollectorPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirCollectorPage, weir_collector_page, WEIR_TYPE_PAGE)

static void
weir_collector_page_class_init (WeirCollectorPageClass *klass)
{
}

static void
weir_collector_page_init (WeirCollectorPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Collector"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("What comes in, where it goes, and what waits."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
