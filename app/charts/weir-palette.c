/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-palette.h"

/*
 * Two sets of eight, hue by hue, one for light and one for dark surfaces. Each colour has a
 * contrast of 3:1 or more on its surfaces, and any two are apart by 10 or more in OKLab × 100 for
 * readers with normal vision, deuteranopia and protanopia (Machado, Oliveira, Fernandes 2009).
 * Found by search from Okabe and Ito's set, whose yellow and sky blue vanish on white;
 * tests/app/test-palette.c measures all of this again.
 */
static const guint32 colors[2][WEIR_PALETTE_N_COLORS + 1] = {
  { 0x0b5c7b, 0xb44307, 0x008474, 0xe14eb9, 0x1892ff, 0xb78909, 0x7e24d2, 0x412e2d, 0x77767b },
  { 0x6190b3, 0xffa500, 0x20e0a9, 0xb5adff, 0xb0fffe, 0xfbf831, 0xa559ff, 0xc36e40, 0x9a9996 },
};

struct _WeirPalette
{
  GObject parent_instance;

  char *names[WEIR_PALETTE_N_COLORS];
  guint64 claimed[WEIR_PALETTE_N_COLORS];
  guint64 turn;
};

G_DEFINE_FINAL_TYPE (WeirPalette, weir_palette, G_TYPE_OBJECT)

static void
weir_palette_finalize (GObject *object)
{
  WeirPalette *self = WEIR_PALETTE (object);

  for (guint i = 0; i < WEIR_PALETTE_N_COLORS; i++)
    g_free (self->names[i]);

  G_OBJECT_CLASS (weir_palette_parent_class)->finalize (object);
}

static void
weir_palette_class_init (WeirPaletteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_palette_finalize;
}

static void
weir_palette_init (WeirPalette *self)
{
}

/* A free colour, the first one counted from where the name would like to be, so that a type tends
 * to have the same colour in every session; else the one that was claimed longest ago. */
static guint
find_place (WeirPalette *self,
            const char  *name)
{
  guint start = g_str_hash (name) % WEIR_PALETTE_N_COLORS;
  guint oldest = start;

  for (guint i = 0; i < WEIR_PALETTE_N_COLORS; i++)
    {
      guint index = (start + i) % WEIR_PALETTE_N_COLORS;

      if (self->names[index] == NULL)
        return index;
      if (self->claimed[index] < self->claimed[oldest])
        oldest = index;
    }
  return oldest;
}

/**
 * weir_palette_get_default:
 *
 * Returns: (transfer none): the palette of this program
 */
WeirPalette *
weir_palette_get_default (void)
{
  static WeirPalette *palette;

  if (palette == NULL)
    palette = weir_palette_new ();
  return palette;
}

/**
 * weir_palette_new:
 *
 * Returns: (transfer full): a palette that has given out no colour yet
 */
WeirPalette *
weir_palette_new (void)
{
  return g_object_new (WEIR_TYPE_PALETTE, NULL);
}

/**
 * weir_palette_claim:
 * @self: a palette
 * @names: (array length=n_names): names that appear in one picture
 * @n_names: how many; only the first eight count
 *
 * Gives each of @names a colour of its own. Names that have one keep it; when none is free, the
 * one that was claimed longest ago loses its.
 */
void
weir_palette_claim (WeirPalette        *self,
                    const char * const *names,
                    guint               n_names)
{
  g_return_if_fail (WEIR_IS_PALETTE (self));

  n_names = MIN (n_names, WEIR_PALETTE_N_COLORS);
  self->turn++;
  for (guint i = 0; i < n_names; i++)
    {
      guint index = weir_palette_lookup (self, names[i]);

      if (index != WEIR_PALETTE_NEUTRAL)
        self->claimed[index] = self->turn;
    }
  for (guint i = 0; i < n_names; i++)
    {
      guint index = weir_palette_lookup (self, names[i]);

      if (index != WEIR_PALETTE_NEUTRAL)
        continue;
      index = find_place (self, names[i]);
      g_free (self->names[index]);
      self->names[index] = g_strdup (names[i]);
      self->claimed[index] = self->turn;
    }
}

/**
 * weir_palette_lookup:
 * @self: a palette
 * @name: (nullable): name of an event type
 *
 * Returns: the index of its colour, or %WEIR_PALETTE_NEUTRAL when it has none
 */
guint
weir_palette_lookup (WeirPalette *self,
                     const char  *name)
{
  g_return_val_if_fail (WEIR_IS_PALETTE (self), WEIR_PALETTE_NEUTRAL);

  if (name == NULL)
    return WEIR_PALETTE_NEUTRAL;
  for (guint i = 0; i < WEIR_PALETTE_N_COLORS; i++)
    {
      if (g_strcmp0 (self->names[i], name) == 0)
        return i;
    }
  return WEIR_PALETTE_NEUTRAL;
}

/**
 * weir_palette_get_color:
 * @index: which colour; anything from %WEIR_PALETTE_NEUTRAL on is grey
 * @dark: whether it will be seen on a dark surface
 * @color: (out): the colour
 *
 * Looks up a colour.
 */
void
weir_palette_get_color (guint     index,
                        gboolean  dark,
                        GdkRGBA  *color)
{
  guint32 rgb = colors[dark ? 1 : 0][MIN (index, WEIR_PALETTE_NEUTRAL)];

  color->red = (float) ((rgb >> 16) & 0xff) / 255.f;
  color->green = (float) ((rgb >> 8) & 0xff) / 255.f;
  color->blue = (float) (rgb & 0xff) / 255.f;
  color->alpha = 1.f;
}
