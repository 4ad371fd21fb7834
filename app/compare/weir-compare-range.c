/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-compare-range.h"

#include <glib/gi18n.h>

#include "weir-moment.h"
#include "weir-scope.h"
#include "weir-wrap-layout.h"

#define DEFAULT_DAYS 7

/* What a side is called, and where its ends are typed. */
typedef struct
{
  GtkMenuButton *button;
  GtkLabel *label;
  GtkEditable *from_entry;
  GtkEditable *to_entry;
  GtkWidget *apply;
  WeirScope *scope;
  gint64 latest;            /* when its latest event happened, µs; 0 before that is known */
  char *name;
} Side;

struct _WeirCompareRange
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkLabel *label;
  GtkListBox *list;
  GtkEditable *moment_entry;
  GtkWidget *moment_button;
  GtkBox *sides_box;
  Side sides[2];
  guint days;               /* up to the latest events; 0: all, or not so */
  gint64 length;            /* µs, of what was chosen last */
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCompareRange, weir_compare_range, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* 0 is all there is. */
static const guint row_days[] = { 0, 1, 7, 30, 90 };

static void
update_side (Side *side)
{
  g_autofree char *range = weir_scope_dup_range_label (side->scope);
  g_autofree char *text = NULL;
  gint64 from, to;

  /* Translators: the name of a file, and the time of it that is looked at. */
  text = g_strdup_printf (_("%s: %s"), side->name != NULL ? side->name : "", range);
  gtk_label_set_text (side->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (side->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  if (!weir_scope_get_range (side->scope, &from, &to))
    {
      to = side->latest != 0 ? side->latest : g_get_real_time ();
      from = to - DEFAULT_DAYS * G_TIME_SPAN_DAY;
    }
  weir_moment_write (side->from_entry, from);
  weir_moment_write (side->to_entry, to);
}

static void
update (WeirCompareRange *self,
        const char       *text)
{
  gtk_label_set_text (self->label, text);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    update_side (&self->sides[i]);
}

/* An end is the first moment that does not belong to it, and the clock of events is one of
 * milliseconds. */
static gint64
get_end (Side *side)
{
  return side->latest != 0 ? side->latest + G_TIME_SPAN_MILLISECOND : 0;
}

static char *
dup_days_label (guint days)
{
  if (days == 0)
    return g_strdup (_("All of each"));
  return g_strdup_printf (ngettext ("Last day of each", "Last %u days of each", days), days);
}

/* The ranges that end with the latest event of each. */
static void
apply_days (WeirCompareRange *self)
{
  g_autofree char *text = dup_days_label (self->days);

  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      Side *side = &self->sides[i];
      gint64 to = get_end (side);

      if (self->days > 0 && to != 0)
        weir_scope_set_range (side->scope, to - self->days * G_TIME_SPAN_DAY, to);
      else
        weir_scope_set_last (side->scope, NULL);
    }
  update (self, text);
}

static void
changed (WeirCompareRange *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
row_cb (WeirCompareRange *self,
        GtkListBoxRow    *row)
{
  guint index = (guint) gtk_list_box_row_get_index (row);

  gtk_menu_button_popdown (self->button);
  if (index >= G_N_ELEMENTS (row_days))
    return;
  self->days = row_days[index];
  self->length = (self->days > 0 ? self->days : DEFAULT_DAYS) * G_TIME_SPAN_DAY;
  apply_days (self);
  changed (self);
}

static void
moment_edited_cb (WeirCompareRange *self)
{
  gint64 moment;

  gtk_widget_set_sensitive (self->moment_button, weir_moment_read (self->moment_entry, &moment));
}

static void
moment_cb (WeirCompareRange *self)
{
  g_autofree char *typed = NULL;
  g_autofree char *text = NULL;
  gint64 moment;

  if (!weir_moment_read (self->moment_entry, &moment))
    return;
  gtk_menu_button_popdown (self->button);
  weir_scope_set_range (self->sides[0].scope, moment - self->length, moment);
  weir_scope_set_range (self->sides[1].scope, moment, moment + self->length);
  self->days = 0;
  weir_moment_write (self->moment_entry, moment);
  typed = g_strdup (gtk_editable_get_text (self->moment_entry));
  /* Translators: a moment; as much time before it is compared with as much after it. */
  text = g_strdup_printf (_("Before and after %s"), typed);
  update (self, text);
  changed (self);
}

static gboolean
read_ends (Side   *side,
           gint64 *from,
           gint64 *to)
{
  return weir_moment_read (side->from_entry, from) && weir_moment_read (side->to_entry, to)
         && *from < *to;
}

static void
ends_edited_cb (GtkEditable *entry,
                Side        *side)
{
  gint64 from, to;

  gtk_widget_set_sensitive (side->apply, read_ends (side, &from, &to));
}

/* The other side keeps its end, and becomes as long, unless it is all there is. */
static void
ends_cb (WeirCompareRange *self,
         Side             *side,
         gboolean          alone)
{
  Side *other = &self->sides[side == &self->sides[0] ? 1 : 0];
  gint64 from, to, other_from, other_to;

  if (!read_ends (side, &from, &to))
    return;
  gtk_menu_button_popdown (side->button);
  weir_scope_set_range (side->scope, from, to);
  self->days = 0;
  self->length = to - from;
  if (!weir_scope_get_range (other->scope, &other_from, &other_to))
    other_to = other->latest != 0 ? get_end (other) : to;
  if (!alone)
    weir_scope_set_range (other->scope, other_to - self->length, other_to);
  update (self, _("A range of each"));
  changed (self);
}

static GtkWidget *
add_entry (GtkWidget   *grid,
           const char  *label,
           int          row)
{
  GtkWidget *title = gtk_label_new (label);
  GtkWidget *entry = gtk_entry_new ();

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 17);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("2026-01-31 00:00"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_grid_attach (GTK_GRID (grid), title, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), entry, 1, row, 1, 1);
  return entry;
}

static Side *
get_side (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), "side");
}

static void
apply_cb (WeirCompareRange *self,
          GtkWidget        *widget)
{
  GtkCheckButton *check = g_object_get_data (G_OBJECT (widget), "check");

  ends_cb (self, get_side (widget), !gtk_check_button_get_active (check));
}

static void
create_side (WeirCompareRange *self,
             Side             *side)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *check = gtk_check_button_new_with_label (_("As long a time of the other"));

  side->scope = weir_scope_new ();
  side->from_entry = GTK_EDITABLE (add_entry (grid, _("From"), 0));
  side->to_entry = GTK_EDITABLE (add_entry (grid, _("Until"), 1));
  side->apply = gtk_button_new_with_label (_("Apply"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_grid_attach (GTK_GRID (grid), check, 0, 2, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), side->apply, 1, 3, 1, 1);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "compare-ends");
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *widget = i == 0 ? GTK_WIDGET (side->from_entry)
                          : i == 1 ? GTK_WIDGET (side->to_entry) : side->apply;

      g_object_set_data (G_OBJECT (widget), "side", side);
      g_object_set_data (G_OBJECT (widget), "check", check);
      g_signal_connect_object (widget, i == 2 ? "clicked" : "activate", G_CALLBACK (apply_cb),
                               self, G_CONNECT_SWAPPED);
      if (i < 2)
        g_signal_connect (widget, "changed", G_CALLBACK (ends_edited_cb), side);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  side->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (side->label, PANGO_ELLIPSIZE_MIDDLE);
  side->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_child (side->button, GTK_WIDGET (side->label));
  gtk_menu_button_set_popover (side->button, popover);
  gtk_widget_set_tooltip_text (GTK_WIDGET (side->button), _("Which time of it is compared"));
  gtk_box_append (self->sides_box, GTK_WIDGET (side->button));
}

static void
fill_list (WeirCompareRange *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (row_days); i++)
    {
      g_autofree char *text = dup_days_label (row_days[i]);
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
      gtk_list_box_append (self->list, row);
    }
}

static void
weir_compare_range_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (weir_compare_range_parent_class)->dispose (object);
}

static void
weir_compare_range_finalize (GObject *object)
{
  WeirCompareRange *self = WEIR_COMPARE_RANGE (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      g_object_unref (self->sides[i].scope);
      g_free (self->sides[i].name);
    }

  G_OBJECT_CLASS (weir_compare_range_parent_class)->finalize (object);
}

static void
weir_compare_range_class_init (WeirCompareRangeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weir_compare_range_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_compare_range_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (WEIR_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/weir/ui/weir-compare-range.ui");
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, button);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, label);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, list);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, moment_entry);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, moment_button);
  gtk_widget_class_bind_template_child (widget_class, WeirCompareRange, sides_box);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
  gtk_widget_class_bind_template_callback (widget_class, moment_edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, moment_cb);
}

static void
weir_compare_range_init (WeirCompareRange *self)
{
  self->days = DEFAULT_DAYS;
  self->length = DEFAULT_DAYS * G_TIME_SPAN_DAY;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager
                                                  (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  fill_list (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    create_side (self, &self->sides[i]);
  weir_moment_write (self->moment_entry, g_get_real_time () - DEFAULT_DAYS * G_TIME_SPAN_DAY);
  apply_days (self);
}

/**
 * weir_compare_range_set_names:
 * @self: a range
 * @first: what the first file is called
 * @second: what the second one is called
 *
 * Names the files.
 */
void
weir_compare_range_set_names (WeirCompareRange *self,
                              const char       *first,
                              const char       *second)
{
  g_return_if_fail (WEIR_IS_COMPARE_RANGE (self));

  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      g_free (self->sides[i].name);
      self->sides[i].name = g_strdup (i == 0 ? first : second);
      update_side (&self->sides[i]);
    }
}

/**
 * weir_compare_range_set_latest:
 * @self: a range
 * @side: 0 for the first file, 1 for the second
 * @latest: when its latest event happened, in microseconds since the epoch; 0 when it has none
 *
 * Says where a file ends. A range that ends there moves along, without a signal.
 */
void
weir_compare_range_set_latest (WeirCompareRange *self,
                               guint             side,
                               gint64            latest)
{
  g_return_if_fail (WEIR_IS_COMPARE_RANGE (self));
  g_return_if_fail (side < 2);

  self->sides[side].latest = latest;
  if (self->days > 0)
    apply_days (self);
}

/**
 * weir_compare_range_is_all:
 * @self: a range
 *
 * Returns: whether all of both files is compared
 */
gboolean
weir_compare_range_is_all (WeirCompareRange *self)
{
  gint64 from, to;

  g_return_val_if_fail (WEIR_IS_COMPARE_RANGE (self), TRUE);

  return !weir_scope_get_range (self->sides[0].scope, &from, &to)
         && !weir_scope_get_range (self->sides[1].scope, &from, &to);
}

/**
 * weir_compare_range_get_ends:
 * @self: a range
 * @side: 0 for the first file, 1 for the second
 * @from: (out): the first moment, in microseconds since the epoch
 * @to: (out): the first moment after it; when all is compared, of the file; 0 for an empty file
 *
 * Returns: whether it is a range, and not all there is
 */
gboolean
weir_compare_range_get_ends (WeirCompareRange *self,
                             guint             side,
                             gint64           *from,
                             gint64           *to)
{
  g_return_val_if_fail (WEIR_IS_COMPARE_RANGE (self), FALSE);
  g_return_val_if_fail (side < 2, FALSE);

  if (weir_scope_get_range (self->sides[side].scope, from, to))
    return TRUE;
  *from = 0;
  *to = get_end (&self->sides[side]);
  return FALSE;
}

/**
 * weir_compare_range_add_to_question:
 * @self: a range
 * @side: 0 for the first file, 1 for the second
 * @question: a question without `range` and `timezone`
 *
 * Limits a question to what is compared of a file.
 */
void
weir_compare_range_add_to_question (WeirCompareRange *self,
                                    guint             side,
                                    JsonObject       *question)
{
  g_return_if_fail (WEIR_IS_COMPARE_RANGE (self));
  g_return_if_fail (side < 2);

  weir_scope_add_to_question (self->sides[side].scope, question);
}
