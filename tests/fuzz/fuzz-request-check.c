/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-request-check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
require (gboolean condition)
{
  if (!condition)
    abort ();
}

/* Given at once or byte by byte, the verdict must be the same; and what is let in must be framed in
 * the only way there is.
 */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(WeirRequestRules) rules = weir_request_rules_new (1000);
  g_autoptr(GError) error = NULL;
  WeirRequestHead whole = { 0 };
  WeirRequestHead pieces = { 0 };
  WeirHeadState state = WEIR_HEAD_INCOMPLETE;
  WeirHeadState at_once;

  weir_request_rules_add_host (rules, "localhost");
  weir_request_rules_add_host (rules, "127.0.0.1");
  weir_request_rules_add_host (rules, "::1");
  weir_request_rules_add_origin (rules, "https://good.example");

  at_once = weir_request_check (rules, (const char *) data, size, &whole, &error);
  require ((at_once == WEIR_HEAD_REFUSED) == (error != NULL));
  for (gsize n = 0; n <= size && state == WEIR_HEAD_INCOMPLETE; n++)
    state = weir_request_check (rules, (const char *) data, n, &pieces, NULL);
  require (state == at_once);

  if (at_once == WEIR_HEAD_COMPLETE)
    {
      require (whole.size >= 4 && whole.size <= size);
      require (memcmp (data + whole.size - 4, "\r\n\r\n", 4) == 0);
      require (memmem (data, whole.size - 4, "\r\n\r\n", 4) == NULL);
      require (memchr (data, '\0', whole.size) == NULL);
      require (whole.content_length <= 1000 && pieces.content_length == whole.content_length);
    }
  return 0;
}
