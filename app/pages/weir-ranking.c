/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-ranking.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "weir-palette.h"
#include "weir-spark.h"
#include "weir-table-sort.h"

/* How wide a name would like to be; it takes more where there is room. */
#define NAME_CHARS 16
/* Where names and columns have no more room than this, the course of each is left out. */
#define NAME_WIDTH   120
#define COLUMN_WIDTH 70

typedef struct {
  GtkWidget *row;
  guint index;              /* its place in the order in which it was told */
  GtkLabel *swatch;
  GtkLabel *name;
  GtkLabel *cells[WEIR_RANKING_MAX_COLUMNS];
  double values[WEIR_RANKING_MAX_COLUMNS];
  WeirSpark *spark;
  gboolean has_course;
  char *spoken;
  char *markup;
} Row;

typedef struct {
  GtkWidget *button;
  GtkWidget *arrow;
  char *title;
} Heading;

struct _WeirRanking
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;
  GtkSizeGroup *groups[WEIR_RANKING_MAX_COLUMNS];
  GtkSizeGroup *spark_group;
  Heading headings[WEIR_RANKING_MAX_COLUMNS + 1];   /* that of the names, those of the columns */
  Heading *sorted;          /* (nullable): by which of them */
  GtkSortType direction;
  guint n_columns;
  GPtrArray *rows;
  GtkWidget *spark_space;   /* beside the headings, above the courses */
  gboolean is_narrow;
};

enum {
  ROW_ACTIVATED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirRanking, weir_ranking, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
row_free (Row *row)
{
  g_free (row->spoken);
  g_free (row->markup);
  g_free (row);
}

static GtkLabel *
create_label (GtkWidget  *box,
              const char *text,
              float       xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), xalign > 0 ? PANGO_ELLIPSIZE_NONE
                                                         : PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkWidget *
create_row_box (WeirRanking *self,
                Row         *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  gtk_widget_add_css_class (box, "ranking-row");
  row->swatch = create_label (box, NULL, 0);
  row->name = create_label (box, NULL, 0);
  gtk_label_set_max_width_chars (row->name, NAME_CHARS);
  gtk_widget_set_hexpand (GTK_WIDGET (row->name), TRUE);
  for (guint i = 0; i < self->n_columns; i++)
    {
      row->cells[i] = create_label (box, NULL, 1);
      gtk_size_group_add_widget (self->groups[i], GTK_WIDGET (row->cells[i]));
    }
  return box;
}

static Row *
create_row (WeirRanking *self)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = create_row_box (self, row);
  GtkWidget *spark = weir_spark_new ();

  gtk_widget_set_valign (spark, GTK_ALIGN_CENTER);
  gtk_size_group_add_widget (self->spark_group, spark);
  gtk_box_append (GTK_BOX (box), spark);
  row->spark = WEIR_SPARK (spark);
  row->index = self->rows->len;
  row->row = gtk_list_box_row_new ();
  g_object_set_data (G_OBJECT (row->row), "row", row);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row->row), box);
  gtk_list_box_append (self->list, row->row);
  return row;
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
set_swatch (Row   *row,
            guint  color)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autofree char *markup = NULL;
  GdkRGBA rgba;

  gtk_widget_set_visible (GTK_WIDGET (row->swatch), color != G_MAXUINT);
  if (color == G_MAXUINT)
    return;
  weir_palette_get_color (color, dark, &rgba);
  markup = g_strdup_printf ("<span foreground=\"#%02x%02x%02x\">■</span>",
                            (guint) (rgba.red * 255.f + .5f),
                            (guint) (rgba.green * 255.f + .5f),
                            (guint) (rgba.blue * 255.f + .5f));
  if (g_strcmp0 (markup, row->markup) == 0)
    return;
  gtk_label_set_markup (row->swatch, markup);
  g_free (row->markup);
  row->markup = g_steal_pointer (&markup);
}

static void
fill_row (WeirRanking          *self,
          Row                  *row,
          const WeirRankingRow *values)
{
  g_autoptr(GString) spoken = g_string_new (values->name);

  set_swatch (row, values->color);
  set_text (row->name, values->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->name), values->name);
  for (guint i = 0; i < self->n_columns; i++)
    {
      set_text (row->cells[i], values->cells[i]);
      row->values[i] = values->values[i];
      g_string_append_printf (spoken, ", %s %s", self->headings[i + 1].title, values->cells[i]);
    }
  if (values->is_bad)
    gtk_widget_add_css_class (row->row, "bad");
  else
    gtk_widget_remove_css_class (row->row, "bad");
  row->has_course = values->course != NULL;
  gtk_widget_set_visible (GTK_WIDGET (row->spark), row->has_course && !self->is_narrow);
  if (values->course != NULL)
    weir_spark_set_values (row->spark, values->course, values->n_course);
  weir_spark_set_color (row->spark,
                        values->color != G_MAXUINT ? values->color : WEIR_PALETTE_NEUTRAL);

  if (g_strcmp0 (row->spoken, spoken->str) == 0)
    return;
  g_free (row->spoken);
  row->spoken = g_strdup (spoken->str);
  weir_spark_set_label (row->spark, _("Course of the last ten minutes"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, row->spoken,
                                  -1);
}

static void
row_activated_cb (WeirRanking   *self,
                  GtkListBoxRow *row)
{
  Row *at = g_object_get_data (G_OBJECT (row), "row");

  g_signal_emit (self, signals[ROW_ACTIVATED], 0, gtk_label_get_text (at->name));
}

static int
compare_cb (GtkListBoxRow *a,
            GtkListBoxRow *b,
            gpointer       user_data)
{
  WeirRanking *self = user_data;
  const Row *first = g_object_get_data (G_OBJECT (a), "row");
  const Row *second = g_object_get_data (G_OBJECT (b), "row");
  gsize column = self->sorted != NULL ? self->sorted - self->headings : 0;
  int order = 0;

  if (column > 0)
    order = weir_table_sort_numbers (first->values[column - 1], second->values[column - 1]);
  else if (self->sorted != NULL)
    order = g_utf8_collate (gtk_label_get_text (first->name), gtk_label_get_text (second->name));
  if (order == 0)
    return first->index < second->index ? -1 : first->index > second->index;
  return self->direction == GTK_SORT_ASCENDING ? order : -order;
}

static void
show_sort (WeirRanking *self)
{
  for (guint i = 0; i <= self->n_columns; i++)
    {
      Heading *heading = &self->headings[i];
      gboolean is_sorted = heading == self->sorted;
      g_autofree char *name = weir_table_sort_describe (heading->title, is_sorted, self->direction);

      gtk_widget_set_visible (heading->arrow, is_sorted);
      gtk_image_set_from_icon_name (GTK_IMAGE (heading->arrow),
                                    self->direction == GTK_SORT_ASCENDING
                                    ? "pan-up-symbolic" : "pan-down-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (heading->button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
    }
  gtk_list_box_invalidate_sort (self->list);
}

/* Of numbers the greatest come first, as in a ranking that nobody has sorted. */
static void
heading_clicked_cb (WeirRanking *self,
                    GtkWidget   *button)
{
  Heading *heading = self->headings;

  while (heading->button != button)
    heading++;
  if (heading == self->sorted)
    self->direction = self->direction == GTK_SORT_ASCENDING ? GTK_SORT_DESCENDING
                                                            : GTK_SORT_ASCENDING;
  else
    self->direction = heading == self->headings ? GTK_SORT_ASCENDING : GTK_SORT_DESCENDING;
  self->sorted = heading;
  show_sort (self);
}

static void
append_heading (WeirRanking *self,
                GtkWidget   *box,
                Heading     *heading,
                const char  *title)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gboolean is_name = heading == self->headings;

  heading->title = g_strdup (title);
  heading->button = gtk_button_new ();
  gtk_widget_add_css_class (heading->button, "flat");
  gtk_widget_set_halign (content, is_name ? GTK_ALIGN_START : GTK_ALIGN_END);
  gtk_widget_set_hexpand (heading->button, is_name);
  create_label (content, title, 0);
  heading->arrow = gtk_image_new ();
  gtk_box_append (GTK_BOX (content), heading->arrow);
  gtk_button_set_child (GTK_BUTTON (heading->button), content);
  g_signal_connect_swapped (heading->button, "clicked", G_CALLBACK (heading_clicked_cb), self);
  gtk_box_append (GTK_BOX (box), heading->button);
}

static gboolean
fit_courses_cb (gpointer user_data)
{
  WeirRanking *self = user_data;

  if (self->spark_space != NULL)
    gtk_widget_set_visible (self->spark_space, !self->is_narrow);
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      gtk_widget_set_visible (GTK_WIDGET (row->spark), row->has_course && !self->is_narrow);
    }
  return G_SOURCE_REMOVE;
}

static void
weir_ranking_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  gtk_widget_measure (WEIR_RANKING (widget)->box, orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

static void
weir_ranking_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  WeirRanking *self = WEIR_RANKING (widget);
  gboolean narrow = width < NAME_WIDTH + (int) self->n_columns * COLUMN_WIDTH;

  gtk_widget_allocate (self->box, width, height, baseline, NULL);
  if (narrow == self->is_narrow)
    return;
  self->is_narrow = narrow;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_courses_cb, g_object_ref (self), g_object_unref);
}

static void
weir_ranking_dispose (GObject *object)
{
  WeirRanking *self = WEIR_RANKING (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  self->spark_space = NULL;
  g_ptr_array_set_size (self->rows, 0);

  G_OBJECT_CLASS (weir_ranking_parent_class)->dispose (object);
}

static void
weir_ranking_finalize (GObject *object)
{
  WeirRanking *self = WEIR_RANKING (object);

  for (guint i = 0; i < WEIR_RANKING_MAX_COLUMNS; i++)
    g_object_unref (self->groups[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->headings); i++)
    g_free (self->headings[i].title);
  g_object_unref (self->spark_group);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (weir_ranking_parent_class)->finalize (object);
}

static void
weir_ranking_class_init (WeirRankingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = weir_ranking_dispose;
  object_class->finalize = weir_ranking_finalize;

  signals[ROW_ACTIVATED] =
    g_signal_new ("row-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  widget_class->measure = weir_ranking_measure;
  widget_class->size_allocate = weir_ranking_size_allocate;

  gtk_widget_class_set_css_name (widget_class, "ranking");
}

static void
weir_ranking_init (WeirRanking *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  for (guint i = 0; i < WEIR_RANKING_MAX_COLUMNS; i++)
    self->groups[i] = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->spark_group = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_sort_func (self->list, compare_cb, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "ranking-list");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->list));
}

/**
 * weir_ranking_set_columns:
 * @self: a table
 * @name_title: what the names are
 * @titles: (array zero-terminated=1): titles of the columns, at most
 *   %WEIR_RANKING_MAX_COLUMNS
 *
 * Says what the table shows. To be called once. Each heading sorts the table.
 */
void
weir_ranking_set_columns (WeirRanking        *self,
                          const char         *name_title,
                          const char * const *titles)
{
  GtkWidget *box;

  g_return_if_fail (WEIR_IS_RANKING (self));
  g_return_if_fail (self->n_columns == 0);

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  gtk_widget_add_css_class (box, "ranking-row");
  gtk_widget_add_css_class (box, "ranking-heading");
  append_heading (self, box, &self->headings[0], name_title);
  for (guint i = 0; i < WEIR_RANKING_MAX_COLUMNS && titles[i] != NULL; i++)
    {
      append_heading (self, box, &self->headings[i + 1], titles[i]);
      gtk_size_group_add_widget (self->groups[i], self->headings[i + 1].button);
      self->n_columns++;
    }
  self->spark_space = gtk_label_new (NULL);
  gtk_size_group_add_widget (self->spark_group, self->spark_space);
  gtk_box_append (GTK_BOX (box), self->spark_space);
  gtk_box_prepend (GTK_BOX (self->box), box);
  show_sort (self);
}

/**
 * weir_ranking_set_rows:
 * @self: a table with columns
 * @rows: (array length=n_rows): what to show
 * @n_rows: how many
 *
 * Changes what the table shows, in place.
 */
void
weir_ranking_set_rows (WeirRanking          *self,
                       const WeirRankingRow *rows,
                       guint                 n_rows)
{
  g_return_if_fail (WEIR_IS_RANKING (self));

  while (self->rows->len < n_rows)
    g_ptr_array_add (self->rows, create_row (self));
  while (self->rows->len > n_rows)
    {
      Row *last = g_ptr_array_index (self->rows, self->rows->len - 1);

      gtk_list_box_remove (self->list, last->row);
      g_ptr_array_remove_index (self->rows, self->rows->len - 1);
    }
  for (guint i = 0; i < n_rows; i++)
    fill_row (self, g_ptr_array_index (self->rows, i), &rows[i]);
  if (self->sorted != NULL)
    gtk_list_box_invalidate_sort (self->list);
}

/**
 * weir_ranking_set_label:
 * @self: a table
 * @label: what it shows
 *
 * Names the table, for assistive technology.
 */
void
weir_ranking_set_label (WeirRanking *self,
                        const char  *label)
{
  g_return_if_fail (WEIR_IS_RANKING (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}
