/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What to paste somewhere, so that an event arrives. */
char  *weir_snippets_create_browser (const char  *url);
char  *weir_snippets_create_python  (const char  *url);
char  *weir_snippets_create_device  (const char  *url,
                                     const char  *key);
char  *weir_snippets_create_link    (const char  *url,
                                     const char  *key);
char  *weir_snippets_find_address   (void);
char  *weir_snippets_replace_host   (const char  *url,
                                     const char  *host);

G_END_DECLS
