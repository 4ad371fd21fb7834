/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-receipt-window.h"

#include <glib/gi18n.h>

#include "weir-csv-saver.h"
#include "weir-format.h"
#include "weir-json.h"

struct _WeirReceiptWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkWidget *summary;
  GtkLabel *verdict;
  GtkGrid *grid;

  JsonObject *receipt;
};

G_DEFINE_FINAL_TYPE (WeirReceiptWindow, weir_receipt_window, ADW_TYPE_WINDOW)

static void
add_cell (WeirReceiptWindow *self,
          const char        *text,
          int                column,
          int                row,
          const char        *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_widget_add_css_class (label, "numeric");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
}

static void
add_counts (WeirReceiptWindow *self)
{
  static const struct {
    const char *member;
    const char *title;
  } counts[] = {
    { "events", N_("Events") },
    { "distinct_ids", N_("Ids") },
    { "edges", N_("Statements about who it is") },
    { "dead_letters", N_("Dead letters") },
    { "journal", N_("Records in the journal") },
  };
  JsonObject *deleted = weir_json_get_object (self->receipt, "deleted");
  JsonObject *before = weir_json_get_object (deleted, "before");
  JsonObject *after = weir_json_get_object (deleted, "after");

  add_cell (self, _("Before"), 1, 0, "dim-label");
  add_cell (self, _("After"), 2, 0, "dim-label");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *was = weir_format_exact (weir_json_get_count (before, counts[i].member));
      g_autofree char *is = weir_format_exact (weir_json_get_count (after, counts[i].member));

      add_cell (self, _(counts[i].title), 0, (int) i + 1, NULL);
      add_cell (self, was, 1, (int) i + 1, NULL);
      add_cell (self, is, 2, (int) i + 1, NULL);
    }
}

static void
copy_cb (WeirReceiptWindow *self)
{
  g_autofree char *text = weir_json_object_to_text (self->receipt, TRUE);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied")));
}

static void
saved_cb (gpointer    user_data,
          const char *message)
{
  WeirReceiptWindow *self = user_data;
  g_autofree char *title = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (title));
}

static void
save_cb (WeirReceiptWindow *self)
{
  char *text = weir_json_object_to_text (self->receipt, TRUE);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));

  weir_save_bytes (GTK_WIDGET (self), bytes, _("receipt.json"), saved_cb, self);
}

static void
weir_receipt_window_dispose (GObject *object)
{
  g_clear_pointer (&WEIR_RECEIPT_WINDOW (object)->receipt, json_object_unref);

  G_OBJECT_CLASS (weir_receipt_window_parent_class)->dispose (object);
}

static void
weir_receipt_window_class_init (WeirReceiptWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_receipt_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-receipt-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirReceiptWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WeirReceiptWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, WeirReceiptWindow, verdict);
  gtk_widget_class_bind_template_child (widget_class, WeirReceiptWindow, grid);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
weir_receipt_window_init (WeirReceiptWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * weir_receipt_window_new:
 * @parent: (nullable): the window it belongs to
 * @name: what the person was called
 * @receipt: what the collector answered
 *
 * Returns: (transfer none): a window
 */
WeirReceiptWindow *
weir_receipt_window_new (GtkWindow  *parent,
                         const char *name,
                         JsonObject *receipt)
{
  WeirReceiptWindow *self = g_object_new (WEIR_TYPE_RECEIPT_WINDOW, "transient-for", parent, NULL);
  g_autofree char *title = g_strdup_printf (_("%s was deleted"), name);

  self->receipt = json_object_ref (receipt);
  gtk_label_set_text (GTK_LABEL (self->summary), title);
  gtk_label_set_text (self->verdict,
                      weir_json_get_boolean (receipt, "verified")
                      ? _("Verified: the texts are in no part of the files any more, used or not.")
                      : _("Not verified: something may still be in the files. Keep this receipt "
                          "and look at the collector's log."));
  add_counts (self);
  return self;
}
