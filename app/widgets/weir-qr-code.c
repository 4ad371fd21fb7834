/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-qr-code.h"

#include <qrencode.h>

/* Light squares around the code, without which readers do not find it (ISO/IEC 18004). */
#define QUIET_ZONE 4
#define MIN_SIZE   120
#define NATURAL_SIZE 200

struct _WeirQrCode
{
  GtkWidget parent_instance;

  QRcode *code;
};

G_DEFINE_FINAL_TYPE (WeirQrCode, weir_qr_code, GTK_TYPE_WIDGET)

static void
weir_qr_code_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  WeirQrCode *self = WEIR_QR_CODE (widget);
  int size = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  int n, scale, left, top;

  if (self->code == NULL)
    return;
  n = self->code->width + 2 * QUIET_ZONE;
  scale = MAX (size / n, 1);
  left = (gtk_widget_get_width (widget) - n * scale) / 2;
  top = (gtk_widget_get_height (widget) - n * scale) / 2;
  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { 1, 1, 1, 1 },
                             &GRAPHENE_RECT_INIT ((float) left, (float) top,
                                                  (float) (n * scale), (float) (n * scale)));
  for (int y = 0; y < self->code->width; y++)
    {
      for (int x = 0; x < self->code->width; x++)
        {
          if ((self->code->data[y * self->code->width + x] & 1) == 0)
            continue;
          gtk_snapshot_append_color (snapshot, &(GdkRGBA) { 0, 0, 0, 1 },
                                     &GRAPHENE_RECT_INIT ((float) (left + (x + QUIET_ZONE) * scale),
                                                          (float) (top + (y + QUIET_ZONE) * scale),
                                                          (float) scale, (float) scale));
        }
    }
}

static void
weir_qr_code_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  *minimum = MIN_SIZE;
  *natural = NATURAL_SIZE;
}

static void
weir_qr_code_finalize (GObject *object)
{
  g_clear_pointer (&WEIR_QR_CODE (object)->code, QRcode_free);

  G_OBJECT_CLASS (weir_qr_code_parent_class)->finalize (object);
}

static void
weir_qr_code_class_init (WeirQrCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weir_qr_code_finalize;
  widget_class->snapshot = weir_qr_code_snapshot;
  widget_class->measure = weir_qr_code_measure;

  gtk_widget_class_set_css_name (widget_class, "qrcode");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
weir_qr_code_init (WeirQrCode *self)
{
}

/**
 * weir_qr_code_set_text:
 * @self: a code
 * @text: (nullable): what it says
 * @label: what those who do not see it should know
 *
 * Shows a text. One that is too long for a code shows nothing.
 */
void
weir_qr_code_set_text (WeirQrCode *self,
                       const char *text,
                       const char *label)
{
  g_return_if_fail (WEIR_IS_QR_CODE (self));

  g_clear_pointer (&self->code, QRcode_free);
  if (text != NULL)
    self->code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
