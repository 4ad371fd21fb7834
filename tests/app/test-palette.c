/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <math.h>

#include "weir-palette.h"

/* The surfaces charts lie on, light and dark: view, window, card. */
static const GdkRGBA surfaces[2][2] = {
  { { 1.f, 1.f, 1.f, 1.f }, { .98f, .98f, .98f, 1.f } },
  { { .141f, .141f, .141f, 1.f }, { .22f, .22f, .22f, 1.f } },
};

/* Normal vision, deuteranopia, protanopia; in linear RGB, severity 1: Machado, Oliveira, Fernandes,
 * “A Physiologically-based Model for Simulation of Color Vision Deficiency”, 2009. */
static const double visions[3][3][3] = {
  { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  { { .367322, .860646, -.227968 }, { .280085, .672501, .047413 }, { -.011820, .042940, .968881 } },
  { { .152286, 1.052583, -.204868 }, { .114503, .786281, .099216 },
    { -.003882, -.048116, 1.051998 } },
};

static double
to_linear (double c)
{
  return c <= .04045 ? c / 12.92 : pow ((c + .055) / 1.055, 2.4);
}

static void
get_linear (const GdkRGBA *color,
            double         linear[3])
{
  linear[0] = to_linear (color->red);
  linear[1] = to_linear (color->green);
  linear[2] = to_linear (color->blue);
}

/* WCAG 2.1 */
static double
get_contrast (const GdkRGBA *a,
              const GdkRGBA *b)
{
  double x[3], y[3], lx, ly;

  get_linear (a, x);
  get_linear (b, y);
  lx = .2126 * x[0] + .7152 * x[1] + .0722 * x[2] + .05;
  ly = .2126 * y[0] + .7152 * y[1] + .0722 * y[2] + .05;
  return MAX (lx, ly) / MIN (lx, ly);
}

/* Ottosson, OKLab, 2020 */
static void
to_oklab (const double c[3],
          double       lab[3])
{
  double l = cbrt (.4122214708 * c[0] + .5363325363 * c[1] + .0514459929 * c[2]);
  double m = cbrt (.2119034982 * c[0] + .6806995451 * c[1] + .1073969566 * c[2]);
  double s = cbrt (.0883024619 * c[0] + .2817188376 * c[1] + .6299787005 * c[2]);

  lab[0] = .2104542553 * l + .7936177850 * m - .0040720468 * s;
  lab[1] = 1.9779984951 * l - 2.4285922050 * m + .4505937099 * s;
  lab[2] = .0259040371 * l + .7827717662 * m - .8086757660 * s;
}

static double
get_distance (const GdkRGBA *a,
              const GdkRGBA *b,
              guint          vision)
{
  double seen[2][3], lab[2][3], linear[3];
  const GdkRGBA *colors[2] = { a, b };

  for (guint i = 0; i < 2; i++)
    {
      get_linear (colors[i], linear);
      for (guint j = 0; j < 3; j++)
        {
          seen[i][j] = 0;
          for (guint k = 0; k < 3; k++)
            seen[i][j] += visions[vision][j][k] * linear[k];
          seen[i][j] = CLAMP (seen[i][j], 0, 1);
        }
      to_oklab (seen[i], lab[i]);
    }
  return 100 * sqrt (pow (lab[0][0] - lab[1][0], 2) + pow (lab[0][1] - lab[1][1], 2)
                     + pow (lab[0][2] - lab[1][2], 2));
}

static void
test_contrast (void)
{
  for (guint dark = 0; dark < 2; dark++)
    {
      for (guint i = 0; i <= WEIR_PALETTE_NEUTRAL; i++)
        {
          GdkRGBA color;

          weir_palette_get_color (i, dark, &color);
          for (guint j = 0; j < 2; j++)
            g_assert_cmpfloat (get_contrast (&color, &surfaces[dark][j]), >=, 3.0);
        }
    }
}

static void
test_told_apart (void)
{
  for (guint dark = 0; dark < 2; dark++)
    {
      for (guint i = 0; i < WEIR_PALETTE_N_COLORS; i++)
        {
          for (guint j = 0; j < i; j++)
            {
              GdkRGBA a, b;

              weir_palette_get_color (i, dark, &a);
              weir_palette_get_color (j, dark, &b);
              for (guint vision = 0; vision < G_N_ELEMENTS (visions); vision++)
                g_assert_cmpfloat (get_distance (&a, &b, vision), >=, 10.0);
            }
        }
    }
}

static void
test_same_everywhere (void)
{
  static const char * const first[] = { "a", "b", "c" };
  static const char * const second[] = { "c", "d", "a" };
  g_autoptr(WeirPalette) palette = weir_palette_new ();
  guint a, c;

  weir_palette_claim (palette, first, G_N_ELEMENTS (first));
  a = weir_palette_lookup (palette, "a");
  c = weir_palette_lookup (palette, "c");
  g_assert_cmpuint (a, !=, c);
  g_assert_cmpuint (a, <, WEIR_PALETTE_N_COLORS);
  weir_palette_claim (palette, second, G_N_ELEMENTS (second));
  g_assert_cmpuint (weir_palette_lookup (palette, "a"), ==, a);
  g_assert_cmpuint (weir_palette_lookup (palette, "c"), ==, c);
  g_assert_cmpuint (weir_palette_lookup (palette, "never seen"), ==, WEIR_PALETTE_NEUTRAL);
  g_assert_cmpuint (weir_palette_lookup (palette, NULL), ==, WEIR_PALETTE_NEUTRAL);
}

static void
test_distinct_in_one_picture (void)
{
  g_autoptr(WeirPalette) palette = weir_palette_new ();

  /* Names that come and go, always five at a time. */
  for (guint round = 0; round < 40; round++)
    {
      g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      gboolean taken[WEIR_PALETTE_N_COLORS] = { FALSE };

      for (guint i = 0; i < 5; i++)
        g_ptr_array_add (names, g_strdup_printf ("type-%u", round + i * 7));
      weir_palette_claim (palette, (const char * const *) names->pdata, names->len);
      for (guint i = 0; i < names->len; i++)
        {
          guint color = weir_palette_lookup (palette, g_ptr_array_index (names, i));

          g_assert_cmpuint (color, <, WEIR_PALETTE_N_COLORS);
          g_assert_false (taken[color]);
          taken[color] = TRUE;
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette/contrast", test_contrast);
  g_test_add_func ("/palette/told-apart", test_told_apart);
  g_test_add_func ("/palette/same-everywhere", test_same_everywhere);
  g_test_add_func ("/palette/distinct-in-one-picture", test_distinct_in_one_picture);
  return g_test_run ();
}
