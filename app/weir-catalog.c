/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-catalog.h"

#include "weir-json.h"

/* An answer this old is asked for again, in seconds. */
#define STALE_SECONDS 30

struct _WeirCatalog
{
  GObject parent_instance;

  WeirSession *session;
  GCancellable *cancellable;
  WeirSeenNames *names;
  GStrv events;
  GStrv properties;
  GStrv sources;
  GStrv cohorts;
  GHashTable *counts;       /* event → guint64 * */
  gint64 asked_at;
};

enum {
  CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (WeirCatalog, weir_catalog, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static GStrv
read_names (JsonArray *array)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < weir_json_array_get_n (array); i++)
    {
      const char *name = weir_json_get_text (weir_json_array_get_object (array, i), "name");

      if (name != NULL)
        g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

static void
replace_names (GStrv     *place,
               JsonArray *array)
{
  g_strfreev (*place);
  *place = read_names (array);
}

static void
note_names (WeirCatalog *self,
            const char  *property,
            GStrv        values)
{
  for (guint i = 0; values[i] != NULL; i++)
    weir_seen_names_add (self->names, property, values[i]);
}

static void
read_counts (WeirCatalog *self,
             JsonArray   *events)
{
  g_hash_table_remove_all (self->counts);
  for (guint i = 0; i < weir_json_array_get_n (events); i++)
    {
      JsonObject *event = weir_json_array_get_object (events, i);
      const char *name = weir_json_get_text (event, "name");
      guint64 count = weir_json_get_count (event, "count");

      if (name != NULL)
        g_hash_table_insert (self->counts, g_strdup (name), g_memdup2 (&count, sizeof count));
    }
}

static void
read_catalog (WeirCatalog *self,
              JsonObject  *answer)
{
  JsonArray *properties = weir_json_get_array (answer, "properties");
  JsonArray *of_persons = weir_json_get_array (answer, "person_properties");

  replace_names (&self->events, weir_json_get_array (answer, "events"));
  replace_names (&self->properties, properties);
  replace_names (&self->sources, weir_json_get_array (answer, "sources"));
  read_counts (self, weir_json_get_array (answer, "events"));
  note_names (self, "event", self->events);
  note_names (self, "source", self->sources);
  for (guint i = 0; self->properties[i] != NULL; i++)
    weir_seen_names_add (self->names, self->properties[i], NULL);
  for (guint i = 0; i < weir_json_array_get_n (of_persons); i++)
    {
      const char *name = weir_json_get_text (weir_json_array_get_object (of_persons, i), "name");
      g_autofree char *path = name != NULL ? g_strconcat ("person.", name, NULL) : NULL;

      if (path != NULL)
        weir_seen_names_add (self->names, path, NULL);
    }
}

/* A catalog that cannot be had is no reason to complain: it only suggests. */
static void
catalog_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirCatalog) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);

  if (answer == NULL)
    return;
  read_catalog (self, answer);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
cohorts_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeirCatalog) self = user_data;
  g_autoptr(JsonObject) answer = weir_answer_finish (object, result, NULL);

  if (answer == NULL)
    return;
  replace_names (&self->cohorts, weir_json_get_array (answer, "cohorts"));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
ask (WeirCatalog *self)
{
  WeirApiClient *client = weir_session_get_client (self->session);

  if (client == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->asked_at = g_get_monotonic_time ();
  weir_api_client_get_async (client, "/v1/catalog", self->cancellable,
                             catalog_cb, g_object_ref (self));
  weir_api_client_get_async (client, "/v1/cohorts", self->cancellable,
                             cohorts_cb, g_object_ref (self));
}

static void
moved_cb (WeirCatalog *self)
{
  g_clear_object (&self->names);
  self->names = weir_seen_names_new ();
  ask (self);
}

static void
weir_catalog_dispose (GObject *object)
{
  WeirCatalog *self = WEIR_CATALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (weir_catalog_parent_class)->dispose (object);
}

static void
weir_catalog_finalize (GObject *object)
{
  WeirCatalog *self = WEIR_CATALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->names);
  g_strfreev (self->events);
  g_strfreev (self->properties);
  g_strfreev (self->sources);
  g_strfreev (self->cohorts);
  g_hash_table_unref (self->counts);

  G_OBJECT_CLASS (weir_catalog_parent_class)->finalize (object);
}

static void
weir_catalog_class_init (WeirCatalogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weir_catalog_dispose;
  G_OBJECT_CLASS (klass)->finalize = weir_catalog_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weir_catalog_init (WeirCatalog *self)
{
  self->cancellable = g_cancellable_new ();
  self->names = weir_seen_names_new ();
  self->events = g_new0 (char *, 1);
  self->properties = g_new0 (char *, 1);
  self->sources = g_new0 (char *, 1);
  self->cohorts = g_new0 (char *, 1);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * weir_catalog_new:
 * @session: whom to ask
 *
 * Returns: (transfer full): a catalog; empty until the collector has answered
 */
WeirCatalog *
weir_catalog_new (WeirSession *session)
{
  WeirCatalog *self;

  g_return_val_if_fail (WEIR_IS_SESSION (session), NULL);

  self = g_object_new (WEIR_TYPE_CATALOG, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  ask (self);
  return self;
}

/**
 * weir_catalog_refresh:
 * @self: a catalog
 *
 * Asks again, if the last answer is half a minute old. Cheap otherwise: call it where names are
 * about to be offered.
 */
void
weir_catalog_refresh (WeirCatalog *self)
{
  g_return_if_fail (WEIR_IS_CATALOG (self));

  if (g_get_monotonic_time () - self->asked_at > STALE_SECONDS * G_USEC_PER_SEC)
    ask (self);
}

/**
 * weir_catalog_forget:
 * @self: a catalog
 *
 * Asks again at once: this console has just changed what there is.
 */
void
weir_catalog_forget (WeirCatalog *self)
{
  g_return_if_fail (WEIR_IS_CATALOG (self));

  ask (self);
}

/**
 * weir_catalog_get_names:
 * @self: a catalog
 *
 * Returns: (transfer none): all names, to be offered where one is typed
 */
WeirSeenNames *
weir_catalog_get_names (WeirCatalog *self)
{
  g_return_val_if_fail (WEIR_IS_CATALOG (self), NULL);

  return self->names;
}

/**
 * weir_catalog_get_events:
 * @self: a catalog
 *
 * Returns: (transfer none): the names of events, the most frequent first
 */
const char * const *
weir_catalog_get_events (WeirCatalog *self)
{
  g_return_val_if_fail (WEIR_IS_CATALOG (self), NULL);

  return (const char * const *) self->events;
}

/**
 * weir_catalog_get_properties:
 * @self: a catalog
 *
 * Returns: (transfer none): the paths of properties that events have
 */
const char * const *
weir_catalog_get_properties (WeirCatalog *self)
{
  g_return_val_if_fail (WEIR_IS_CATALOG (self), NULL);

  return (const char * const *) self->properties;
}

/**
 * weir_catalog_get_sources:
 * @self: a catalog
 *
 * Returns: (transfer none): the names of sources
 */
const char * const *
weir_catalog_get_sources (WeirCatalog *self)
{
  g_return_val_if_fail (WEIR_IS_CATALOG (self), NULL);

  return (const char * const *) self->sources;
}

/**
 * weir_catalog_get_cohorts:
 * @self: a catalog
 *
 * Returns: (transfer none): the names of saved cohorts
 */
const char * const *
weir_catalog_get_cohorts (WeirCatalog *self)
{
  g_return_val_if_fail (WEIR_IS_CATALOG (self), NULL);

  return (const char * const *) self->cohorts;
}

/**
 * weir_catalog_get_count:
 * @self: a catalog
 * @event: the name of an event
 *
 * Returns: how many such events there are; 0 for a name that is not known
 */
guint64
weir_catalog_get_count (WeirCatalog *self,
                        const char  *event)
{
  const guint64 *count;

  g_return_val_if_fail (WEIR_IS_CATALOG (self), 0);

  count = g_hash_table_lookup (self->counts, event);
  return count != NULL ? *count : 0;
}
