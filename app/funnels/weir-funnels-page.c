/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnels-page.h"

#include <glib/gi18n.h>

struct _WeirFunnelsPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirFunnelsPage, weir_funnels_page, WEIR_TYPE_PAGE)

static void
weir_funnels_page_class_init (WeirFunnelsPageClass *klass)
{
}

static void
weir_funnels_page_init (WeirFunnelsPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Funnels"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("How many people get from one step to the next."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
