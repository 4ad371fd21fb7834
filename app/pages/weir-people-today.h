/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-session.h"

G_BEGIN_DECLS

/**
 * WeirPeopleToday:
 *
 * How many different persons something happened to since midnight, and until this time of the day
 * before. Follows the stream while it is active.
 */
#define WEIR_TYPE_PEOPLE_TODAY (weir_people_today_get_type ())
G_DECLARE_FINAL_TYPE (WeirPeopleToday, weir_people_today, WEIR, PEOPLE_TODAY, GObject)

/* Signals:
 *  ::changed   the numbers are others
 */
WeirPeopleToday  *weir_people_today_new           (WeirSession      *session);
void              weir_people_today_set_active    (WeirPeopleToday  *self,
                                                   gboolean          active);
double            weir_people_today_get_today     (WeirPeopleToday  *self);
double            weir_people_today_get_yesterday (WeirPeopleToday  *self);

G_END_DECLS
