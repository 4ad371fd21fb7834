/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-people-page.h"

#include <glib/gi18n.h>

struct _WeirPeoplePage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirPeoplePage, weir_people_page, WEIR_TYPE_PAGE)

static void
weir_people_page_class_init (WeirPeoplePageClass *klass)
{
}

static void
weir_people_page_init (WeirPeoplePage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("People"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("Who is behind the events."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
