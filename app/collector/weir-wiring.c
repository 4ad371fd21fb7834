/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-wiring.h"

#include <glib/gi18n.h>
#include <math.h>

#include "weir-format.h"
#include "weir-json.h"
#include "weir-stat-card.h"

/* Narrower than this, the parts stand below each other. */
#define WIDE_WIDTH 860

struct _WeirWiring
{
  GtkWidget parent_instance;

  GtkWidget *box;
  WeirStatCard *sources;
  GtkLabel *received_wire;
  WeirStatCard *door;
  GtkLabel *accepted_wire;
  WeirStatCard *journal;
  GtkLabel *stored_wire;
  GtkWidget *sinks;
  WeirStatCard *streams;

  GHashTable *sink_cards;   /* name → WeirStatCard */
};

enum {
  OPENED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirWiring, weir_wiring, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
open_cb (GtkButton  *button,
         WeirWiring *self)
{
  g_signal_emit (self, signals[OPENED], 0, g_object_get_data (G_OBJECT (button), "part"));
}

static WeirStatCard *
create_card (WeirWiring *self,
             const char *title,
             const char *part)
{
  WeirStatCard *card = g_object_new (WEIR_TYPE_STAT_CARD, "title", title, "hexpand", TRUE,
                                     "valign", GTK_ALIGN_CENTER, NULL);

  g_object_set_data (G_OBJECT (card), "part", (gpointer) part);
  g_signal_connect_object (card, "clicked", G_CALLBACK (open_cb), self, 0);
  return card;
}

static GtkLabel *
append_wire (WeirWiring *self)
{
  GtkWidget *wire = gtk_label_new (NULL);

  gtk_widget_add_css_class (wire, "wire");
  gtk_widget_add_css_class (wire, "numeric");
  gtk_label_set_justify (GTK_LABEL (wire), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (self->box), wire);
  return GTK_LABEL (wire);
}

static void
set_wire (WeirWiring *self,
          GtkLabel   *wire,
          double      rate)
{
  gboolean is_wide = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->box))
                     == GTK_ORIENTATION_HORIZONTAL;
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autofree char *number = weir_format_short (rate);
  g_autofree char *text = NULL;

  /* Translators: events a second on a wire, with an arrow that shows where they go. */
  text = g_strdup_printf (_("%s/s\n%s"), number, !is_wide ? "↓" : is_rtl ? "←" : "→");
  if (g_strcmp0 (gtk_label_get_text (wire), text) != 0)
    gtk_label_set_text (wire, text);
}

static void
set_door (WeirWiring *self,
          JsonObject *ledger)
{
  g_autofree char *received = weir_format_exact (weir_json_get_count (ledger, "received"));
  g_autofree char *rejected = weir_format_exact (weir_json_get_count (ledger, "rejected"));
  g_autofree char *duplicate = weir_format_exact (weir_json_get_count (ledger, "duplicate"));
  g_autofree char *detail = NULL;

  /* Translators: events that were not let in: refused ones, and ones that came twice. */
  detail = g_strdup_printf (_("%s rejected, %s duplicates"), rejected, duplicate);
  weir_stat_card_set_value (self->door, received, detail, NULL);
}

static void
set_journal (WeirWiring *self,
             JsonObject *journal)
{
  g_autofree char *bytes = g_format_size (weir_json_get_count (journal, "bytes"));
  g_autofree char *most = g_format_size (weir_json_get_count (journal, "max_bytes"));
  double oldest = weir_json_get_number (journal, "oldest_seconds");
  g_autofree char *age = weir_format_duration ((isfinite (oldest) ? oldest : 0) * 1000);
  g_autofree char *detail = NULL;
  g_autofree char *exact = NULL;

  /* Translators: the age of the oldest event that waits. */
  detail = g_strdup_printf (_("oldest waits %s"), age);
  exact = g_strdup_printf (_("At most %s"), most);
  weir_stat_card_set_value (self->journal, bytes, detail, exact);
}

/* How full the batches are, and how many more of them it takes. */
static char *
describe_batches (JsonObject *sink)
{
  guint64 n_waiting = weir_json_get_count (sink, "behind_events");
  guint64 n_rows = weir_json_get_count (sink, "last_batch_events");
  guint64 n_batches = n_rows > 0 ? (n_waiting + n_rows - 1) / n_rows : 0;
  g_autofree char *rows = weir_format_exact (n_rows);
  g_autofree char *batches = weir_format_exact (n_batches);
  g_autofree char *filled = g_strdup_printf (ngettext ("%s row a batch", "%s rows a batch",
                                                       (gulong) n_rows), rows);

  if (n_rows == 0)
    return g_strdup (_("No batch yet"));
  /* Translators: “400 rows a batch, 3 wait”. */
  return g_strdup_printf (ngettext ("%s, %s waits", "%s, %s wait", (gulong) n_batches), filled,
                          batches);
}

/* What went wrong, as long as it has not been made good, and when it is tried again. */
static char *
describe_sink_error (JsonObject *sink)
{
  const char *state = weir_json_get_text (sink, "state");
  const char *error = weir_json_get_text (sink, "last_error");
  gint64 retry_at = weir_json_get_time (sink, "retry_at");
  g_autofree char *clock = retry_at != 0 ? weir_format_clock (retry_at, TRUE) : NULL;

  if (state == NULL || g_str_equal (state, "ok"))
    return NULL;
  if (error == NULL)
    error = state;
  if (clock == NULL)
    return g_strdup (error);
  /* Translators: what went wrong, and at which time of day it is tried again. */
  return g_strdup_printf (_("%s\nNext try at %s"), error, clock);
}

/* The tooltip says all of it. */
static char *
describe_sink (JsonObject *sink,
               const char *detail)
{
  const char *last = weir_json_get_text (sink, "last_error");
  g_autofree char *batches = weir_format_exact (weir_json_get_count (sink, "batches"));
  g_autofree char *total = g_strdup_printf (_("%s batches since the start"), batches);

  if (last == NULL)
    return g_strdup_printf ("%s\n%s", detail, total);
  /* Translators: the newest error of a sink, perhaps long over. */
  return g_strdup_printf (_("%s\n%s\nLast error: %s"), detail, total, last);
}

static void
set_sink (WeirWiring *self,
          JsonObject *sink)
{
  const char *name = weir_json_get_text (sink, "name");
  double behind = weir_json_get_number (sink, "behind_seconds");
  g_autofree char *number = NULL;
  g_autofree char *events = weir_format_exact (weir_json_get_count (sink, "behind_events"));
  g_autofree char *batches = describe_batches (sink);
  g_autofree char *error = describe_sink_error (sink);
  g_autofree char *waiting = g_strdup_printf (_("behind, %s events wait"), events);
  g_autofree char *detail = NULL;
  g_autofree char *all = NULL;
  WeirStatCard *card;

  if (name == NULL)
    return;
  card = g_hash_table_lookup (self->sink_cards, name);
  if (card == NULL)
    {
      card = create_card (self, g_str_equal (name, "store") ? _("Store") : name, "log");
      gtk_box_prepend (GTK_BOX (self->sinks), GTK_WIDGET (card));
      g_hash_table_insert (self->sink_cards, g_strdup (name), card);
    }
  number = weir_format_duration ((isfinite (behind) ? behind : 0) * 1000);
  detail = error != NULL ? g_strdup_printf ("%s\n%s\n%s", waiting, batches, error)
                         : g_strdup_printf ("%s\n%s", waiting, batches);
  all = describe_sink (sink, detail);
  weir_stat_card_set_value (card, number, detail, all);
}

static void
set_sources (WeirWiring *self,
             WeirStats  *stats)
{
  g_autofree char *number = weir_format_exact (stats->sources->len);

  weir_stat_card_set_value (self->sources, number, _("in the last ten minutes"), NULL);
}

static void
weir_wiring_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  gtk_widget_size_allocate (WEIR_WIRING (widget)->box, &(GtkAllocation) { 0, 0, width, height },
                            baseline);
}

/* The orientation follows the width there is, which is known before the height is asked for. */
static void
weir_wiring_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  WeirWiring *self = WEIR_WIRING (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    {
      GtkOrientation wanted = for_size >= WIDE_WIDTH ? GTK_ORIENTATION_HORIZONTAL
                                                     : GTK_ORIENTATION_VERTICAL;

      if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->box)) != wanted)
        gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box), wanted);
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (GTK_WIDGET (self->door), orientation, -1, minimum, natural, NULL, NULL);
      return;
    }
  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
}

static GtkSizeRequestMode
weir_wiring_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
weir_wiring_dispose (GObject *object)
{
  WeirWiring *self = WEIR_WIRING (object);

  g_clear_pointer (&self->sink_cards, g_hash_table_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (weir_wiring_parent_class)->dispose (object);
}

static void
weir_wiring_class_init (WeirWiringClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_wiring_dispose;
  widget_class->size_allocate = weir_wiring_size_allocate;
  widget_class->measure = weir_wiring_measure;
  widget_class->get_request_mode = weir_wiring_get_request_mode;

  signals[OPENED] =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
weir_wiring_init (WeirWiring *self)
{
  self->sink_cards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->sources = create_card (self, _("Sources"), "sources");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->sources));
  self->received_wire = append_wire (self);
  self->door = create_card (self, _("Received"), "rejected");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->door));
  self->accepted_wire = append_wire (self);
  self->journal = create_card (self, _("Journal"), "log");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->journal));
  self->stored_wire = append_wire (self);
  self->sinks = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_hexpand (self->sinks, TRUE);
  gtk_widget_set_valign (self->sinks, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), self->sinks);
  self->streams = create_card (self, _("Stream clients"), "streams");
  gtk_box_append (GTK_BOX (self->sinks), GTK_WIDGET (self->streams));
}

/**
 * weir_wiring_set_status:
 * @self: the wiring
 * @status: what `/v1/status` answered
 *
 * Shows how the parts are.
 */
void
weir_wiring_set_status (WeirWiring *self,
                        JsonObject *status)
{
  JsonArray *sinks = weir_json_get_array (status, "sinks");
  JsonArray *streams = weir_json_get_array (status, "streams");
  g_autofree char *clients = weir_format_exact (weir_json_array_get_n (streams));
  guint64 n_missed = 0;
  g_autofree char *missed = NULL;
  g_autofree char *detail = NULL;

  g_return_if_fail (WEIR_IS_WIRING (self));

  set_door (self, weir_json_get_object (status, "ledger"));
  set_journal (self, weir_json_get_object (status, "journal"));
  for (guint i = 0; i < weir_json_array_get_n (sinks); i++)
    set_sink (self, weir_json_array_get_object (sinks, i));
  for (guint i = 0; i < weir_json_array_get_n (streams); i++)
    n_missed += weir_json_get_count (weir_json_array_get_object (streams, i), "missed");
  missed = weir_format_exact (n_missed);
  /* Translators: messages that were left out for clients that read too slowly. */
  detail = g_strdup_printf (_("%s missed"), missed);
  weir_stat_card_set_value (self->streams, clients, detail, NULL);
}

/**
 * weir_wiring_set_stats:
 * @self: the wiring
 * @stats: statistics
 *
 * Shows what goes over the wires.
 */
void
weir_wiring_set_stats (WeirWiring *self,
                       WeirStats  *stats)
{
  g_return_if_fail (WEIR_IS_WIRING (self));

  set_sources (self, stats);
  set_wire (self, self->received_wire, stats->received_rate);
  set_wire (self, self->accepted_wire, stats->received_rate);
  set_wire (self, self->stored_wire, stats->stored_rate);
}
