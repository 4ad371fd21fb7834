/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-fault-drill.h"

#include "weir-time.h"

#define SLOW_US (500 * G_TIME_SPAN_MILLISECOND)

static const char *const names[] = {
  [WEIR_FAULT_SLOW_STORE] = "slow-store",
  [WEIR_FAULT_STORE_DOWN] = "store-down",
  [WEIR_FAULT_DISK_FULL] = "disk-full",
  [WEIR_FAULT_SLOW_JOURNAL] = "slow-journal",
};

struct _WeirFaultDrill {
  GMutex mutex;
  WeirFault fault;
  gint64 started;   /* microseconds since the epoch */
  gint64 ends;      /* monotonic */
  guint seconds;
};

/* Called locked. */
static WeirFault
get_fault (WeirFaultDrill *self)
{
  if (self->fault != WEIR_FAULT_NONE && g_get_monotonic_time () >= self->ends)
    {
      g_message ("the drill “%s” is over", names[self->fault]);
      self->fault = WEIR_FAULT_NONE;
    }
  return self->fault;
}

/**
 * weir_fault_drill_new:
 *
 * Returns: (transfer full): no drill
 */
WeirFaultDrill *
weir_fault_drill_new (void)
{
  WeirFaultDrill *self = g_new0 (WeirFaultDrill, 1);

  g_mutex_init (&self->mutex);
  return self;
}

/**
 * weir_fault_drill_free:
 * @self: (transfer full): a drill
 */
void
weir_fault_drill_free (WeirFaultDrill *self)
{
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * weir_fault_drill_begin:
 * @self: a drill
 * @name: name of a fault; not trusted
 * @seconds: how long it is to last
 * @error: return location for an error
 *
 * Returns: whether it has begun; %WEIR_ERROR_INVALID_REQUEST when there is no such fault, it would
 *   be too long, or another is under way
 */
gboolean
weir_fault_drill_begin (WeirFaultDrill  *self,
                        const char      *name,
                        guint            seconds,
                        GError         **error)
{
  const char *message = "“fault” is slow-store, store-down, disk-full or slow-journal";
  WeirFault fault = WEIR_FAULT_NONE;

  for (guint i = WEIR_FAULT_SLOW_STORE; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      fault = i;
  g_mutex_lock (&self->mutex);
  if (fault != WEIR_FAULT_NONE && get_fault (self) != WEIR_FAULT_NONE)
    {
      message = "a drill is under way; end it first";
      fault = WEIR_FAULT_NONE;
    }
  else if (fault != WEIR_FAULT_NONE)
    {
      self->fault = fault;
      self->seconds = seconds;
      self->started = g_get_real_time ();
      self->ends = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
    }
  g_mutex_unlock (&self->mutex);

  if (fault != WEIR_FAULT_NONE)
    {
      g_message ("the drill “%s” begins, for %u s", name, seconds);
      return TRUE;
    }
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

/**
 * weir_fault_drill_end:
 * @self: a drill
 *
 * Ends what is under way, if something is.
 */
void
weir_fault_drill_end (WeirFaultDrill *self)
{
  g_mutex_lock (&self->mutex);
  self->ends = 0;
  get_fault (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_fault_drill_has:
 * @self: (nullable): a drill, or %NULL where there are none
 * @fault: a fault
 *
 * Returns: whether that is to be had now
 */
gboolean
weir_fault_drill_has (WeirFaultDrill *self,
                      WeirFault       fault)
{
  gboolean has;

  if (self == NULL)
    return FALSE;
  g_mutex_lock (&self->mutex);
  has = get_fault (self) == fault;
  g_mutex_unlock (&self->mutex);
  return has;
}

/**
 * weir_fault_drill_spoils_commit:
 * @self: (nullable): a drill, or %NULL where there are none
 * @error: return location for an error
 *
 * Does to a commit of the journal what the drill wants. May block for half a second.
 *
 * Returns: whether it fails, with @error set
 */
gboolean
weir_fault_drill_spoils_commit (WeirFaultDrill  *self,
                                GError         **error)
{
  if (weir_fault_drill_has (self, WEIR_FAULT_SLOW_JOURNAL))
    g_usleep (SLOW_US);
  if (!weir_fault_drill_has (self, WEIR_FAULT_DISK_FULL))
    return FALSE;
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_DISK_FULL, "the disk is full (fault drill)");
  return TRUE;
}

/**
 * weir_fault_drill_append_json:
 * @self: a drill
 * @out: gets `{"fault","seconds","started","remaining_seconds"}`
 */
void
weir_fault_drill_append_json (WeirFaultDrill *self,
                              GString        *out)
{
  char started[WEIR_TIME_TEXT_SIZE];

  g_mutex_lock (&self->mutex);
  if (get_fault (self) == WEIR_FAULT_NONE)
    g_string_append (out, "{\"fault\":null,\"seconds\":null,\"started\":null,"
                          "\"remaining_seconds\":null}");
  else
    {
      weir_time_format_rfc3339 (self->started, started);
      g_string_append_printf (
          out, "{\"fault\":\"%s\",\"seconds\":%u,\"started\":\"%s\",\"remaining_seconds\":%.1f}",
          names[self->fault], self->seconds, started,
          (double) (self->ends - g_get_monotonic_time ()) / G_USEC_PER_SEC);
    }
  g_mutex_unlock (&self->mutex);
}
