/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-cohorts-page.h"

#include <glib/gi18n.h>

struct _WeirCohortsPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirCohortsPage, weir_cohorts_page, WEIR_TYPE_PAGE)

static void
weir_cohorts_page_class_init (WeirCohortsPageClass *klass)
{
}

static void
weir_cohorts_page_init (WeirCohortsPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Cohorts"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("Groups of people who did, or are, something."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
