/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "weir-bits.h"
#include "weir-condition.h"
#include "weir-predicate.h"

G_BEGIN_DECLS

/**
 * WeirMembership:
 *
 * Who fulfils a predicate at one moment: fed with rows, told of changes and of the time, it says
 * who is a member. Belongs to one thread.
 */
typedef struct _WeirMembership WeirMembership;

WeirMembership *weir_membership_new               (WeirPredicate           *predicate,
                                                   WeirPeople              *people,
                                                   const WeirRange         *range,
                                                   gint64                   now,
                                                   gboolean                 is_past,
                                                   guint                    first_bit,
                                                   GError                 **error);
void            weir_membership_free              (WeirMembership          *self);
void            weir_membership_append_conditions (WeirMembership          *self,
                                                   GArray                  *conditions);
void            weir_membership_add               (WeirMembership          *self,
                                                   const WeirRows          *rows);
void            weir_membership_change            (WeirMembership          *self,
                                                   const WeirPersonChange  *changes,
                                                   guint                    n_changes);
void            weir_membership_advance           (WeirMembership          *self,
                                                   gint64                   now);
gboolean        weir_membership_update            (WeirMembership          *self,
                                                   GError                 **error);
const WeirBits *weir_membership_get_members       (WeirMembership          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirMembership, weir_membership_free)

G_END_DECLS
