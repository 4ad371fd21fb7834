/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-scope.h"

#include <glib/gi18n.h>

#include "weir-conditions.h"
#include "weir-time.h"

#define DEFAULT_LAST "7d"

struct _WeirScope
{
  GObject parent_instance;

  char *last;               /* a duration, when the range is relative */
  gint64 from;              /* µs since the epoch, when it is not; from >= to: everything */
  gint64 to;
  GVariant *conditions;
  char *source;
  char *cohort;
  char *timezone;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirScope, weir_scope, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static const struct {
  const char *duration;
  const char *label;
} known_ranges[] = {
  { "1h", N_("Last hour") },
  { "24h", N_("Last 24 hours") },
  { "7d", N_("Last 7 days") },
  { "30d", N_("Last 30 days") },
  { "90d", N_("Last 90 days") },
  { "365d", N_("Last 365 days") },
};

static GVariant *
no_conditions (void)
{
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(sss)"), NULL, 0));
}

static void
changed (WeirScope *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
replace_text (char       **place,
              const char  *text)
{
  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (*place, text) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

static void
weir_scope_finalize (GObject *object)
{
  WeirScope *self = WEIR_SCOPE (object);

  g_free (self->last);
  g_free (self->source);
  g_free (self->cohort);
  g_free (self->timezone);
  g_variant_unref (self->conditions);

  G_OBJECT_CLASS (weir_scope_parent_class)->finalize (object);
}

static void
weir_scope_class_init (WeirScopeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weir_scope_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_scope_init (WeirScope *self)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  const char *name = g_time_zone_get_identifier (zone);

  self->last = g_strdup (DEFAULT_LAST);
  self->conditions = no_conditions ();
  /* Where the zone has no name of the IANA's (a file, an offset), days are those of UTC. */
  self->timezone = g_strdup (name != NULL && strchr (name, '/') != NULL && *name != '/'
                             ? name : "UTC");
}

/**
 * weir_scope_new:
 *
 * Returns: (transfer full): the last seven days of everything, in the zone of this computer
 */
WeirScope *
weir_scope_new (void)
{
  return g_object_new (WEIR_TYPE_SCOPE, NULL);
}

/**
 * weir_scope_set_last:
 * @self: a scope
 * @duration: (nullable): a duration of the wire contract, such as `7d`; %NULL for all there is
 *
 * Speaks of the time until now.
 */
void
weir_scope_set_last (WeirScope  *self,
                     const char *duration)
{
  g_return_if_fail (WEIR_IS_SCOPE (self));

  if (!replace_text (&self->last, duration) && self->from == self->to)
    return;
  self->from = self->to = 0;
  changed (self);
}

/**
 * weir_scope_set_range:
 * @self: a scope
 * @from: the first moment, in microseconds since the epoch
 * @to: the first moment after it
 *
 * Speaks of a time with two ends. A range without a length is everything.
 */
void
weir_scope_set_range (WeirScope *self,
                      gint64     from,
                      gint64     to)
{
  g_return_if_fail (WEIR_IS_SCOPE (self));

  if (from >= to)
    from = to = 0;
  if (self->last == NULL && self->from == from && self->to == to)
    return;
  g_clear_pointer (&self->last, g_free);
  self->from = from;
  self->to = to;
  changed (self);
}

/**
 * weir_scope_set_conditions:
 * @self: a scope
 * @conditions: of the type %WEIR_CONDITIONS_TYPE; a floating one is taken
 *
 * Speaks of events that meet all these.
 */
void
weir_scope_set_conditions (WeirScope *self,
                           GVariant  *conditions)
{
  g_autoptr(GVariant) taken = g_variant_ref_sink (conditions);

  g_return_if_fail (WEIR_IS_SCOPE (self));
  g_return_if_fail (g_variant_is_of_type (taken, G_VARIANT_TYPE (WEIR_CONDITIONS_TYPE)));

  if (g_variant_equal (self->conditions, taken))
    return;
  g_variant_unref (self->conditions);
  self->conditions = g_steal_pointer (&taken);
  changed (self);
}

/**
 * weir_scope_set_source:
 * @self: a scope
 * @source: (nullable): the name of a source
 *
 * Speaks of the events of one source, or of all.
 */
void
weir_scope_set_source (WeirScope  *self,
                       const char *source)
{
  g_return_if_fail (WEIR_IS_SCOPE (self));

  if (replace_text (&self->source, source))
    changed (self);
}

/**
 * weir_scope_set_cohort:
 * @self: a scope
 * @cohort: (nullable): the name of a saved cohort
 *
 * Speaks of the events of a cohort's members, or of everybody.
 */
void
weir_scope_set_cohort (WeirScope  *self,
                       const char *cohort)
{
  g_return_if_fail (WEIR_IS_SCOPE (self));

  if (replace_text (&self->cohort, cohort))
    changed (self);
}

/**
 * weir_scope_set_timezone:
 * @self: a scope
 * @timezone: an IANA name
 *
 * Says where days begin.
 */
void
weir_scope_set_timezone (WeirScope  *self,
                         const char *timezone)
{
  g_return_if_fail (WEIR_IS_SCOPE (self));
  g_return_if_fail (timezone != NULL);

  if (replace_text (&self->timezone, timezone))
    changed (self);
}

/**
 * weir_scope_get_last:
 * @self: a scope
 *
 * Returns: (nullable) (transfer none): the duration until now, when that is its range
 */
const char *
weir_scope_get_last (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return self->last;
}

/**
 * weir_scope_get_range:
 * @self: a scope
 * @from: (out): its first moment, in microseconds since the epoch
 * @to: (out): the first moment after it
 *
 * Returns: whether its range has two ends
 */
gboolean
weir_scope_get_range (WeirScope *self,
                      gint64    *from,
                      gint64    *to)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), FALSE);

  *from = self->from;
  *to = self->to;
  return self->from < self->to;
}

/**
 * weir_scope_get_conditions:
 * @self: a scope
 *
 * Returns: (transfer none): its conditions, of the type %WEIR_CONDITIONS_TYPE
 */
GVariant *
weir_scope_get_conditions (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return self->conditions;
}

/**
 * weir_scope_get_source:
 * @self: a scope
 *
 * Returns: (nullable) (transfer none): the source it is limited to
 */
const char *
weir_scope_get_source (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return self->source;
}

/**
 * weir_scope_get_cohort:
 * @self: a scope
 *
 * Returns: (nullable) (transfer none): the cohort it is limited to
 */
const char *
weir_scope_get_cohort (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return self->cohort;
}

/**
 * weir_scope_get_timezone:
 * @self: a scope
 *
 * Returns: (transfer none): the IANA name of where its days begin
 */
const char *
weir_scope_get_timezone (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return self->timezone;
}

/**
 * weir_scope_dup_filter:
 * @self: a scope
 *
 * Returns: (transfer full) (nullable): its conditions and source as a `filter` of the wire contract
 */
char *
weir_scope_dup_filter (WeirScope *self)
{
  g_autoptr(GArray) conditions = NULL;

  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  conditions = weir_conditions_from_variant (self->conditions);
  if (self->source != NULL)
    {
      g_autofree char *literal = weir_literal_from_string (self->source, strlen (self->source));

      weir_conditions_add (conditions, "source", "=", literal);
    }
  return weir_conditions_to_filter (conditions);
}

static char *
dup_moment_label (gint64 micros)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local (micros / G_USEC_PER_SEC);

  /* Translators: a moment in the label of a range, see g_date_time_format(). */
  return moment != NULL ? g_date_time_format (moment, _("%e %b %Y %H:%M")) : g_strdup ("");
}

/**
 * weir_scope_dup_range_label:
 * @self: a scope
 *
 * Returns: (transfer full): its range as a reader would say it
 */
char *
weir_scope_dup_range_label (WeirScope *self)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  for (guint i = 0; self->last != NULL && i < G_N_ELEMENTS (known_ranges); i++)
    {
      if (g_str_equal (known_ranges[i].duration, self->last))
        return g_strdup (_(known_ranges[i].label));
    }
  if (self->last != NULL)
    /* Translators: a duration such as “12h”. */
    return g_strdup_printf (_("Last %s"), self->last);
  if (self->from >= self->to)
    return g_strdup (_("All time"));
  from = dup_moment_label (self->from);
  to = dup_moment_label (self->to);
  /* Translators: the two ends of a range of time. */
  return g_strdup_printf (_("%s – %s"), from, to);
}

static void
add_moment (JsonObject *range,
            const char *member,
            gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  weir_time_format_rfc3339 (micros, text);
  json_object_set_string_member (range, member, text);
}

/**
 * weir_scope_add_to_question:
 * @self: a scope
 * @question: a question without `range`, `timezone`, `filter` and `cohort`
 *
 * Adds the members that limit a question to this scope.
 */
void
weir_scope_add_to_question (WeirScope  *self,
                            JsonObject *question)
{
  g_autofree char *filter = NULL;
  JsonObject *range;

  g_return_if_fail (WEIR_IS_SCOPE (self));

  filter = weir_scope_dup_filter (self);
  if (self->last != NULL || self->from < self->to)
    {
      range = json_object_new ();
      if (self->last != NULL)
        json_object_set_string_member (range, "last", self->last);
      else
        {
          add_moment (range, "from", self->from);
          add_moment (range, "to", self->to);
        }
      json_object_set_object_member (question, "range", range);
    }
  json_object_set_string_member (question, "timezone", self->timezone);
  if (filter != NULL)
    json_object_set_member (question, "filter", json_from_string (filter, NULL));
  if (self->cohort != NULL)
    json_object_set_string_member (question, "cohort", self->cohort);
}

/**
 * weir_scope_to_variant:
 * @self: a scope
 *
 * Returns: (transfer floating): what it says, but for the time zone, to go back to
 */
GVariant *
weir_scope_to_variant (WeirScope *self)
{
  g_return_val_if_fail (WEIR_IS_SCOPE (self), NULL);

  return g_variant_new ("(sxx@" WEIR_CONDITIONS_TYPE "ss)",
                        self->last != NULL ? self->last : "", self->from, self->to,
                        self->conditions,
                        self->source != NULL ? self->source : "",
                        self->cohort != NULL ? self->cohort : "");
}

/**
 * weir_scope_set_variant:
 * @self: a scope
 * @variant: what [method@Weir.Scope.to_variant] returned
 *
 * Goes back to what it said then, with one change.
 */
void
weir_scope_set_variant (WeirScope *self,
                        GVariant  *variant)
{
  g_autoptr(GVariant) before = NULL;
  g_autoptr(GVariant) conditions = NULL;
  const char *last, *source, *cohort;

  g_return_if_fail (WEIR_IS_SCOPE (self));
  g_return_if_fail (g_variant_is_of_type (variant,
                                          G_VARIANT_TYPE ("(sxx" WEIR_CONDITIONS_TYPE "ss)")));

  before = g_variant_ref_sink (weir_scope_to_variant (self));
  if (g_variant_equal (before, variant))
    return;
  g_variant_get (variant, "(&sxx@" WEIR_CONDITIONS_TYPE "&s&s)", &last, &self->from, &self->to,
                 &conditions, &source, &cohort);
  replace_text (&self->last, last);
  replace_text (&self->source, source);
  replace_text (&self->cohort, cohort);
  g_variant_unref (self->conditions);
  self->conditions = g_steal_pointer (&conditions);
  changed (self);
}
