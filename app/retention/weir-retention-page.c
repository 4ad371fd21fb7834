/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-retention-page.h"

#include <glib/gi18n.h>

struct _WeirRetentionPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirRetentionPage, weir_retention_page, WEIR_TYPE_PAGE)

static void
weir_retention_page_class_init (WeirRetentionPageClass *klass)
{
}

static void
weir_retention_page_init (WeirRetentionPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Retention"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("Who comes back."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
