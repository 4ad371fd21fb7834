/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-identity-message.h"

#include "weir-event-json.h"
#include "weir-sse-encoder.h"

static void
append_text (GString    *out,
             const char *member,
             const char *text)
{
  g_string_append (out, member);
  if (text != NULL)
    weir_json_append_string (out, text, -1);
  else
    g_string_append (out, "null");
}

static void
append_notice (const WeirIdentityNotice *notice,
               GString                  *out)
{
  static const char *const kinds[] = { "merge", "refusal", "split" };
  char person[WEIR_PERSON_ID_TEXT_SIZE];

  weir_person_id_format (&notice->person, person);
  g_string_append_printf (out, "{\"kind\":\"%s\",\"edge\":%" G_GINT64_FORMAT ",\"person\":\"%s\"",
                          kinds[notice->kind], notice->edge, person);
  append_text (out, ",\"from\":", notice->from);
  append_text (out, ",\"to\":", notice->to);
  append_text (out, ",\"reason\":", notice->reason);
  g_string_append_printf (out, ",\"seq\":%" G_GUINT64_FORMAT "}", notice->event_seq);
}

/**
 * weir_identity_message_new:
 * @notices: (element-type WeirIdentityNotice): who became who
 *
 * Returns: (transfer full): one `identity` message for each
 */
GBytes *
weir_identity_message_new (GPtrArray *notices)
{
  g_autoptr(GString) data = g_string_new (NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < notices->len; i++)
    {
      g_string_truncate (data, 0);
      append_notice (g_ptr_array_index (notices, i), data);
      weir_sse_append_message (out, "identity", NULL, data->str, data->len);
    }

  return g_string_free_to_bytes (out);
}
