/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-ledger-bar.h"

#include <glib/gi18n.h>

#include "weir-format.h"
#include "weir-wrap-layout.h"

typedef enum {
  RECEIVED,
  STORED,
  QUEUED,
  DUPLICATE,
  REJECTED,
  DEAD_LETTERED,
  N_ACCOUNTS,
} Account;

static const char * const explanations[N_ACCOUNTS] = {
  [RECEIVED] = N_("Every event the collector was given, since its data directory was made."),
  [STORED] = N_("Events that are in the database."),
  [QUEUED] = N_("Events that are safe in the journal and will be stored next."),
  [DUPLICATE] = N_("Events whose message id had been received before. They were kept once."),
  [REJECTED] = N_("Events that were not valid. The answer to the client said why."),
  [DEAD_LETTERED] = N_("Events the database refused for good. They are kept aside."),
};

struct _WeirLedgerBar
{
  GtkWidget parent_instance;

  GtkWidget *flow;
  GtkWidget *buttons[N_ACCOUNTS];
  GtkWidget *popover;
  GtkLabel *explanation;
  WeirLedgerStats ledger;
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (WeirLedgerBar, weir_ledger_bar, GTK_TYPE_WIDGET)

static guint64
get_number (const WeirLedgerStats *ledger,
            Account                account)
{
  switch (account)
    {
    case RECEIVED:
      return ledger->received;
    case STORED:
      return ledger->stored;
    case QUEUED:
      return ledger->queued;
    case DUPLICATE:
      return ledger->duplicate;
    case REJECTED:
      return ledger->rejected;
    case DEAD_LETTERED:
      return ledger->dead_lettered;
    case N_ACCOUNTS:
    default:
      g_assert_not_reached ();
    }
}

static char *
format_account (Account account,
                guint64 number)
{
  g_autofree char *text = weir_format_exact (number);

  switch (account)
    {
    case RECEIVED:
      return g_strdup_printf (_("received %s"), text);
    case STORED:
      return g_strdup_printf (_("= stored %s"), text);
    case QUEUED:
      return g_strdup_printf (_("+ queued %s"), text);
    case DUPLICATE:
      return g_strdup_printf (_("+ duplicates %s"), text);
    case REJECTED:
      return g_strdup_printf (_("+ rejected %s"), text);
    case DEAD_LETTERED:
      return g_strdup_printf (_("+ dead letters %s"), text);
    case N_ACCOUNTS:
    default:
      g_assert_not_reached ();
    }
}

static void
clicked_cb (WeirLedgerBar *self,
            GtkWidget     *button)
{
  graphene_rect_t bounds;

  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      if (self->buttons[i] == button)
        gtk_label_set_text (self->explanation, _(explanations[i]));
    }
  if (!gtk_widget_compute_bounds (button, GTK_WIDGET (self), &bounds))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle) {
                                 (int) bounds.origin.x, (int) bounds.origin.y,
                                 (int) bounds.size.width, (int) bounds.size.height,
                               });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
weir_ledger_bar_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  gtk_widget_measure (WEIR_LEDGER_BAR (widget)->flow, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static GtkSizeRequestMode
weir_ledger_bar_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weir_ledger_bar_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  WeirLedgerBar *self = WEIR_LEDGER_BAR (widget);

  gtk_widget_size_allocate (self->flow, &(GtkAllocation) { 0, 0, width, height }, baseline);
  gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
weir_ledger_bar_dispose (GObject *object)
{
  WeirLedgerBar *self = WEIR_LEDGER_BAR (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->flow, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_ledger_bar_parent_class)->dispose (object);
}

static void
weir_ledger_bar_class_init (WeirLedgerBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_ledger_bar_dispose;
  widget_class->measure = weir_ledger_bar_measure;
  widget_class->get_request_mode = weir_ledger_bar_get_request_mode;
  widget_class->size_allocate = weir_ledger_bar_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "ledgerbar");
}

static void
weir_ledger_bar_init (WeirLedgerBar *self)
{
  self->flow = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_layout_manager (self->flow, weir_wrap_layout_new (0));
  gtk_widget_set_parent (self->flow, GTK_WIDGET (self));
  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      self->buttons[i] = gtk_button_new_with_label ("");
      gtk_widget_add_css_class (self->buttons[i], "flat");
      gtk_widget_add_css_class (self->buttons[i], "ledger");
      gtk_widget_add_css_class (self->buttons[i], "numeric");
      gtk_widget_set_tooltip_text (self->buttons[i], _(explanations[i]));
      g_signal_connect_swapped (self->buttons[i], "clicked", G_CALLBACK (clicked_cb), self);
      gtk_box_append (GTK_BOX (self->flow), self->buttons[i]);
    }

  self->explanation = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->explanation, TRUE);
  gtk_label_set_max_width_chars (self->explanation, 40);
  self->popover = gtk_popover_new ();
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_TOP);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->explanation));
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
}

/**
 * weir_ledger_bar_set_ledger:
 * @self: a ledger bar
 * @ledger: the counts
 *
 * Changes the numbers, in place.
 */
void
weir_ledger_bar_set_ledger (WeirLedgerBar         *self,
                            const WeirLedgerStats *ledger)
{
  g_return_if_fail (WEIR_IS_LEDGER_BAR (self));
  g_return_if_fail (ledger != NULL);

  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      guint64 number = get_number (ledger, i);
      g_autofree char *text = NULL;

      if (self->filled && number == get_number (&self->ledger, i))
        continue;
      text = format_account (i, number);
      gtk_button_set_label (GTK_BUTTON (self->buttons[i]), text);
    }
  self->ledger = *ledger;
  self->filled = TRUE;
}

/**
 * weir_ledger_sums:
 * @ledger: counts
 *
 * Returns: whether every event is accounted for
 */
gboolean
weir_ledger_sums (const WeirLedgerStats *ledger)
{
  return ledger->received == ledger->accepted + ledger->duplicate + ledger->rejected
         && ledger->accepted == ledger->stored + ledger->queued + ledger->dead_lettered;
}
