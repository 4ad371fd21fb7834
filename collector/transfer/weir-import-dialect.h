/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-event-codec.h"

G_BEGIN_DECLS

/**
 * WeirImportDialect:
 * @codec: keeps its memory between lines
 * @zone: the project's time zone
 * @reason: why the last line was not taken; static
 *
 * What reads a line of another program's export and says the same as `POST /v1/events` takes it.
 * Belongs to one thread.
 */
typedef struct {
  WeirEventCodec *codec;
  GTimeZone *zone;
  const char *reason;
} WeirImportDialect;

/* Appends one event to @out, or sets the reason and returns %FALSE. @line is not trusted. */
typedef gboolean (*WeirImportDialectFunc) (WeirImportDialect *self,
                                           const char        *line,
                                           gsize              length,
                                           GString           *out);

gboolean  weir_import_posthog_translate   (WeirImportDialect  *self,
                                           const char         *line,
                                           gsize               length,
                                           GString            *out);
gboolean  weir_import_mixpanel_translate  (WeirImportDialect  *self,
                                           const char         *line,
                                           gsize               length,
                                           GString            *out);

G_END_DECLS
