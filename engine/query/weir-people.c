/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-people.h"

G_DEFINE_ABSTRACT_TYPE (WeirPeople, weir_people, G_TYPE_OBJECT)

static void
weir_people_class_init (WeirPeopleClass *klass)
{
}

static void
weir_people_init (WeirPeople *self)
{
}

/**
 * weir_people_get_map:
 * @self: people
 *
 * Returns: (transfer none): who belongs to whom
 */
const WeirPersonMap *
weir_people_get_map (WeirPeople *self)
{
  return WEIR_PEOPLE_GET_CLASS (self)->get_map (self);
}

/**
 * weir_people_foreach_person:
 * @self: people
 * @func: (scope call): called for each person, in rising order
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all could be read
 */
gboolean
weir_people_foreach_person (WeirPeople      *self,
                            WeirPersonFunc   func,
                            gpointer         user_data,
                            GError         **error)
{
  return WEIR_PEOPLE_GET_CLASS (self)->foreach_person (self, func, user_data, error);
}

/**
 * weir_people_dup_properties:
 * @self: people
 * @person: a person
 *
 * Returns: (transfer full) (nullable): the person's properties, a JSON object; %NULL when there is
 *   no such person
 */
char *
weir_people_dup_properties (WeirPeople *self,
                            guint32     person)
{
  return WEIR_PEOPLE_GET_CLASS (self)->dup_properties (self, person);
}

/**
 * weir_people_append_person:
 * @self: people
 * @person: a person
 * @out: where to append the person as lists of the API show it
 */
void
weir_people_append_person (WeirPeople *self,
                           guint32     person,
                           GString    *out)
{
  WEIR_PEOPLE_GET_CLASS (self)->append_person (self, person, out);
}

/**
 * weir_people_dup_cohort:
 * @self: people
 * @name: name of a saved cohort
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): its definition as JSON, or %NULL with
 *   %WEIR_ERROR_INVALID_REQUEST when there is none
 */
char *
weir_people_dup_cohort (WeirPeople  *self,
                        const char  *name,
                        GError     **error)
{
  return WEIR_PEOPLE_GET_CLASS (self)->dup_cohort (self, name, error);
}

/**
 * weir_people_foreach_member:
 * @self: people
 * @name: name of a static cohort
 * @func: (scope call): called for each of its ids that the store knows
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all could be read
 */
gboolean
weir_people_foreach_member (WeirPeople        *self,
                            const char        *name,
                            WeirIdentityFunc   func,
                            gpointer           user_data,
                            GError           **error)
{
  return WEIR_PEOPLE_GET_CLASS (self)->foreach_member (self, name, func, user_data, error);
}
