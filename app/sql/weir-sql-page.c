/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-sql-page.h"

#include <glib/gi18n.h>

struct _WeirSqlPage
{
  WeirPage parent_instance;
};

G_DEFINE_FINAL_TYPE (WeirSqlPage, weir_sql_page, WEIR_TYPE_PAGE)

static void
weir_sql_page_class_init (WeirSqlPageClass *klass)
{
}

static void
weir_sql_page_init (WeirSqlPage *self)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (status), _("Sql"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _("Questions in SQL."));
  gtk_widget_set_parent (status, GTK_WIDGET (self));
}
