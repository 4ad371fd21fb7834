/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "weir-person-map.h"

G_BEGIN_DECLS

#define WEIR_TYPE_PEOPLE (weir_people_get_type ())
G_DECLARE_DERIVABLE_TYPE (WeirPeople, weir_people, WEIR, PEOPLE, GObject)

typedef void (*WeirPersonFunc)   (guint32     person,
                                  const char *properties,
                                  gsize       length,
                                  gpointer    user_data);
typedef void (*WeirIdentityFunc) (guint32     identity,
                                  gpointer    user_data);

/**
 * WeirPeopleClass:
 * @get_map: who belongs to whom, borrowed; of the same moment as everything else asked here
 * @foreach_person: calls @func once for each person there is, in rising order, with the person's
 *   properties as a JSON object
 * @dup_properties: (nullable): the properties of one person as a JSON object, %NULL when there is
 *   no such person
 * @append_person: appends the person as the API shows it in lists:
 *   `{"id":…,"distinct_ids":[…]}`; nothing when there is no such person
 * @dup_cohort: the definition of a saved cohort, as it was saved: `{"where":…}` or
 *   `{"distinct_ids":[…]}` without the ids; %WEIR_ERROR_INVALID_REQUEST when there is none
 * @foreach_member: calls @func for each identity of a static cohort that the store knows
 *
 * What an answer may ask a store about persons. Everything is of one moment, that of the rows.
 * Belongs to one thread.
 */
struct _WeirPeopleClass {
  GObjectClass parent_class;

  const WeirPersonMap *(*get_map)        (WeirPeople *self);
  gboolean             (*foreach_person) (WeirPeople *self, WeirPersonFunc func,
                                          gpointer user_data, GError **error);
  char                *(*dup_properties) (WeirPeople *self, guint32 person);
  void                 (*append_person)  (WeirPeople *self, guint32 person, GString *out);
  char                *(*dup_cohort)     (WeirPeople *self, const char *name, GError **error);
  gboolean             (*foreach_member) (WeirPeople *self, const char *name,
                                          WeirIdentityFunc func, gpointer user_data,
                                          GError **error);
};

const WeirPersonMap *weir_people_get_map        (WeirPeople        *self);
gboolean             weir_people_foreach_person (WeirPeople        *self,
                                                 WeirPersonFunc     func,
                                                 gpointer           user_data,
                                                 GError           **error);
char                *weir_people_dup_properties (WeirPeople        *self,
                                                 guint32            person);
void                 weir_people_append_person  (WeirPeople        *self,
                                                 guint32            person,
                                                 GString           *out);
char                *weir_people_dup_cohort     (WeirPeople        *self,
                                                 const char        *name,
                                                 GError           **error);
gboolean             weir_people_foreach_member (WeirPeople        *self,
                                                 const char        *name,
                                                 WeirIdentityFunc   func,
                                                 gpointer           user_data,
                                                 GError           **error);

G_END_DECLS
