/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-edge-text.h"

#include <glib/gi18n.h>

#include "weir-json.h"

/* Translators, of all sentences here: %1$s and %2$s are ids, such as “a” and “u-1042”. */
static const struct {
  const char *kind;
  const char *linked;
  const char *merged;
  const char *redundant;
  const char *refused;
} sentences[] = {
  { "identify",
    N_("%1$s became %2$s by identify"),
    N_("%1$s and %2$s became one person by identify"),
    N_("Identify said once more that %1$s is %2$s"),
    N_("Identify said that %1$s is %2$s, and was refused") },
  { "event",
    N_("%1$s became %2$s by an event that has both ids"),
    N_("%1$s and %2$s became one person by an event that has both ids"),
    N_("An event said once more that %1$s is %2$s"),
    N_("An event said that %1$s is %2$s, and was refused") },
  { "alias",
    N_("%1$s became %2$s by alias"),
    N_("%1$s and %2$s became one person by alias"),
    N_("Alias said once more that %1$s is %2$s"),
    N_("Alias said that %1$s is %2$s, and was refused") },
  { "merge",
    N_("%1$s became %2$s by a merge that a program sent"),
    N_("%1$s and %2$s became one person by a merge that a program sent"),
    N_("A program said once more that %1$s is %2$s"),
    N_("A program wanted to merge %1$s and %2$s, and was refused") },
  { "manual",
    N_("%1$s became %2$s by hand"),
    N_("%1$s and %2$s were merged by hand"),
    N_("%1$s and %2$s were merged by hand once more"),
    N_("Merging %1$s and %2$s by hand was refused") },
  { NULL,
    N_("%1$s became %2$s"),
    N_("%1$s and %2$s became one person"),
    N_("It was said once more that %1$s is %2$s"),
    N_("It was said that %1$s is %2$s, and was refused") },
};

static const char *
choose_sentence (const char *kind,
                 const char *verdict)
{
  guint i = 0;

  while (sentences[i].kind != NULL && g_strcmp0 (sentences[i].kind, kind) != 0)
    i++;
  if (g_strcmp0 (verdict, "refused") == 0)
    return sentences[i].refused;
  if (g_strcmp0 (verdict, "redundant") == 0)
    return sentences[i].redundant;
  return g_strcmp0 (verdict, "merged") == 0 ? sentences[i].merged : sentences[i].linked;
}

/**
 * weir_edge_dup_sentence:
 * @edge: an edge as a collector answers it
 *
 * Returns: (transfer full): what it says and what became of it, in a sentence
 */
char *
weir_edge_dup_sentence (JsonObject *edge)
{
  const char *from = weir_json_get_text (edge, "from");
  const char *to = weir_json_get_text (edge, "to");
  const char *sentence = _(choose_sentence (weir_json_get_text (edge, "kind"),
                                            weir_json_get_text (edge, "verdict")));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_strdup_printf (sentence, from != NULL ? from : "?", to != NULL ? to : "?");
#pragma GCC diagnostic pop
}

/**
 * weir_edge_get_refusal:
 * @edge: an edge
 *
 * Returns: (nullable) (transfer none): why it was refused, in words; %NULL if it was not
 */
const char *
weir_edge_get_refusal (JsonObject *edge)
{
  static const struct {
    const char *reason;
    const char *text;
  } reasons[] = {
    { "already_identified",
      N_("It is identified as someone else already, and two people never become one by chance.") },
    { "illegal_id",
      N_("One of the ids is a word that stands for nobody, such as “null”.") },
    { "anonymous_id_taken",
      N_("The anonymous id belongs to someone else already: two people may share a device.") },
    { "voided", N_("This statement was taken back before, and stays so.") },
  };
  const char *reason = weir_json_get_text (edge, "reason");

  if (g_strcmp0 (weir_json_get_text (edge, "verdict"), "refused") != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (g_strcmp0 (reasons[i].reason, reason) == 0)
        return _(reasons[i].text);
    }
  return reason;
}

/**
 * weir_edge_is_voided:
 * @edge: an edge
 *
 * Returns: whether it was taken back
 */
gboolean
weir_edge_is_voided (JsonObject *edge)
{
  return weir_json_get_boolean (edge, "voided");
}

/**
 * weir_edge_can_be_undone:
 * @edge: an edge
 *
 * Returns: whether it has an effect that can be taken back
 */
gboolean
weir_edge_can_be_undone (JsonObject *edge)
{
  const char *verdict = weir_json_get_text (edge, "verdict");

  return !weir_edge_is_voided (edge)
         && (g_strcmp0 (verdict, "linked") == 0 || g_strcmp0 (verdict, "merged") == 0);
}

/**
 * weir_evidence_dup_sentence:
 * @evidence: why two persons may be one, as a collector answers it
 *
 * Returns: (transfer full): the same in words
 */
char *
weir_evidence_dup_sentence (JsonObject *evidence)
{
  const char *device = weir_json_get_text (evidence, "device_id");
  const char *address = weir_json_get_text (evidence, "ip");
  const char *agent = weir_json_get_text (evidence, "user_agent");

  if (device != NULL)
    return g_strdup_printf (_("Both used the device %s"), device);
  if (address != NULL && agent != NULL)
    return g_strdup_printf (_("Both came from %s with %s within half an hour"), address, agent);
  return weir_json_object_to_text (evidence, FALSE);
}
