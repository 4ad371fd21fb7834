/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-event-validator.h"

#include <string.h>

static gboolean
refuse (WeirRejection *rejection,
        const char    *code,
        const char    *message)
{
  rejection->code = code;
  rejection->message = message;
  return FALSE;
}

/* White space as JSON, C and people mean it; ids that differ only in that are the same id. */
static void
trim (WeirEvent     *event,
      WeirEventText  which)
{
  const char *text = event->text[which];
  gsize length = event->length[which];

  if (text == NULL)
    return;
  while (length > 0 && g_ascii_isspace (*text))
    text++, length--;
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  weir_event_set_text (event, which, text, length);
}

static gboolean
has_nul (const WeirEvent *event,
         WeirEventText    which)
{
  return event->text[which] != NULL &&
         memchr (event->text[which], '\0', event->length[which]) != NULL;
}

static gboolean
validate_name (WeirEvent     *event,
               WeirRejection *rejection)
{
  trim (event, WEIR_EVENT_NAME);
  if (event->text[WEIR_EVENT_NAME] == NULL)
    return refuse (rejection, "missing_event", "the event has no name (\"event\")");
  if (has_nul (event, WEIR_EVENT_NAME))
    return refuse (rejection, "invalid_event", "the event name contains a NUL character");
  if (event->length[WEIR_EVENT_NAME] > WEIR_EVENT_NAME_MAX_CHARS &&
      g_utf8_strlen (event->text[WEIR_EVENT_NAME], event->length[WEIR_EVENT_NAME]) >
          WEIR_EVENT_NAME_MAX_CHARS)
    return refuse (rejection, "invalid_event", "the event name is longer than 200 characters");

  return TRUE;
}

static gboolean
validate_identity (WeirEvent     *event,
                   WeirRejection *rejection)
{
  const char *name = event->text[WEIR_EVENT_NAME];

  for (int i = WEIR_EVENT_ID; i <= WEIR_EVENT_SOURCE; i++)
    {
      trim (event, (WeirEventText) i);
      if (event->length[i] > WEIR_EVENT_ID_MAX_BYTES)
        return refuse (rejection, "invalid_id", "an id or the source is longer than 512 bytes");
      if (has_nul (event, (WeirEventText) i))
        return refuse (rejection, "invalid_id", "an id or the source contains a NUL character");
    }

  if (weir_event_get_identity (event) == WEIR_EVENT_N_TEXTS)
    return refuse (rejection, "missing_id",
                   "one of user_id, anonymous_id, device_id or distinct_id is required");

  if (event->length[WEIR_EVENT_NAME] > 7 || name[0] != '$')
    return TRUE;
  if ((g_strcmp0 (name, "$alias") == 0 || g_strcmp0 (name, "$merge") == 0) &&
      event->text[WEIR_EVENT_PREVIOUS_ID] == NULL)
    return refuse (rejection, "missing_previous_id", "$alias and $merge need a previous_id");

  return TRUE;
}

/**
 * weir_event_validate:
 * @event: an event; its ids and name are trimmed of white space
 * @rejection: (out caller-allocates): filled in, but for the index, when the event is refused
 *
 * Checks what no store should ever have to doubt: a name, an id to count it under, texts within
 * their limits.
 *
 * Returns: whether the event is acceptable
 */
gboolean
weir_event_validate (WeirEvent     *event,
                     WeirRejection *rejection)
{
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (rejection != NULL, FALSE);

  if (!validate_name (event, rejection) || !validate_identity (event, rejection))
    return FALSE;
  if (weir_event_get_record_size (event) > WEIR_EVENT_MAX_BYTES)
    return refuse (rejection, "too_large", "the event is larger than 512 KiB");

  return TRUE;
}
