/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-property.h"

#include "weir-filter-private.h"

struct _WeirProperty {
  WeirFilterNode *node;   /* a test of nothing: filters and breakdowns read the same way */
};

/**
 * weir_property_new:
 * @name: what the wire contract calls it
 *
 * Returns: (transfer full): the property
 */
WeirProperty *
weir_property_new (const char *name)
{
  WeirProperty *self = g_new0 (WeirProperty, 1);

  self->node = g_new0 (WeirFilterNode, 1);
  self->node->kind = WEIR_FILTER_TEST;
  self->node->op = WEIR_FILTER_IS_SET;
  weir_filter_node_set_property (self->node, name);

  return self;
}

/**
 * weir_property_free:
 * @self: (transfer full): a property
 */
void
weir_property_free (WeirProperty *self)
{
  weir_filter_node_free (self->node);
  g_free (self);
}

/**
 * weir_property_get_uses:
 * @self: a property
 *
 * Returns: what of an event it looks at
 */
WeirFilterUses
weir_property_get_uses (const WeirProperty *self)
{
  return weir_filter_node_get_uses (self->node);
}

/**
 * weir_property_read:
 * @self: a property
 * @event: an event
 * @codec: (nullable): to look into the event's properties with
 * @properties: (nullable): the properties of the event's person, a JSON object
 * @length: their length in bytes; they are followed by a NUL byte
 * @person_codec: (nullable): another codec, to look into those with
 * @value: (out caller-allocates): the value, valid until a codec is used again
 *
 * Reads the property of an event.
 */
void
weir_property_read (const WeirProperty *self,
                    const WeirEvent    *event,
                    WeirEventCodec     *codec,
                    const char         *properties,
                    gsize               length,
                    WeirEventCodec     *person_codec,
                    WeirValue          *value)
{
  weir_filter_node_look_up (self->node, event, codec, properties, length, person_codec, value);
}
