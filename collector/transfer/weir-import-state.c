/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-import-state.h"

#include "weir-data-dir.h"
#include "weir-error.h"

#define GROUP "import"

struct _WeirImportState {
  char *path;             /* NULL: nothing is kept */
  GKeyFile *key_file;
  gboolean is_new;
};

static gboolean
load (WeirImportState  *self,
      const char       *what,
      GError          **error)
{
  g_autoptr(GError) why = NULL;
  g_autofree char *known = NULL;

  if (!g_key_file_load_from_file (self->key_file, self->path, G_KEY_FILE_NONE, &why))
    {
      self->is_new = g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOENT);
      if (!self->is_new)
        g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: %s", self->path,
                     why->message);
      return self->is_new;
    }
  known = g_key_file_get_string (self->key_file, GROUP, "what", NULL);
  if (g_strcmp0 (known, what) == 0)
    return TRUE;
  /* Nothing has come of that one, and now it is tried with other options. */
  if (g_key_file_get_uint64 (self->key_file, GROUP, "events", NULL) == 0)
    {
      g_key_file_unref (self->key_file);
      self->key_file = g_key_file_new ();
      self->is_new = TRUE;
      return TRUE;
    }
  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
               "%s is of another import (other options, or to another collector); remove it to "
               "begin anew, or name another with --state", self->path);
  return FALSE;
}

/**
 * weir_import_state_open:
 * @path: (nullable): the file, which need not exist; %NULL when nothing is to be kept
 * @what: what is imported to where, so that a state is not taken for that of another import
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the state of an import
 */
WeirImportState *
weir_import_state_open (const char  *path,
                        const char  *what,
                        GError     **error)
{
  g_autoptr(WeirImportState) self = g_new0 (WeirImportState, 1);

  self->path = g_strdup (path);
  self->key_file = g_key_file_new ();
  self->is_new = path == NULL;
  if (path != NULL && !load (self, what, error))
    return NULL;
  g_key_file_set_string (self->key_file, GROUP, "what", what);
  return g_steal_pointer (&self);
}

/**
 * weir_import_state_free:
 * @self: (transfer full): a state
 */
void
weir_import_state_free (WeirImportState *self)
{
  g_clear_pointer (&self->key_file, g_key_file_unref);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_import_state_is_new:
 * @self: a state
 *
 * Returns: whether nothing was imported before
 */
gboolean
weir_import_state_is_new (WeirImportState *self)
{
  return self->is_new;
}

/**
 * weir_import_state_restore:
 * @self: a state that was opened
 * @source: the source, which was not read
 * @counts: (out): what is behind
 * @rejected_size: (out): how long the file of rejected rows was
 * @cancellable: (nullable): gives up
 * @error: return location for an error
 *
 * Has the source begin where an earlier run ended, or at its beginning.
 *
 * Returns: whether it could
 */
gboolean
weir_import_state_restore (WeirImportState   *self,
                           WeirImportSource  *source,
                           WeirImportCounts  *counts,
                           guint64           *rejected_size,
                           GCancellable      *cancellable,
                           GError           **error)
{
  counts->n_events = g_key_file_get_uint64 (self->key_file, GROUP, "events", NULL);
  counts->n_rejected = g_key_file_get_uint64 (self->key_file, GROUP, "rejected", NULL);
  *rejected_size = g_key_file_get_uint64 (self->key_file, GROUP, "rejected-size", NULL);
  return source->restore_place (source, self->is_new ? NULL : self->key_file, cancellable, error);
}

/**
 * weir_import_state_mark:
 * @self: a state
 * @source: the source
 *
 * Remembers where the source is, for the next [method@Weir.ImportState.save].
 */
void
weir_import_state_mark (WeirImportState  *self,
                        WeirImportSource *source)
{
  source->save_place (source, self->key_file);
}

/**
 * weir_import_state_save:
 * @self: a state
 * @counts: what is behind
 * @rejected_size: how long the file of rejected rows is
 * @error: return location for an error
 *
 * Keeps the state; when this returns it survives a power cut.
 *
 * Returns: whether it is kept
 */
gboolean
weir_import_state_save (WeirImportState         *self,
                        const WeirImportCounts  *counts,
                        guint64                  rejected_size,
                        GError                 **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (self->path == NULL)
    return TRUE;
  g_key_file_set_uint64 (self->key_file, GROUP, "events", counts->n_events);
  g_key_file_set_uint64 (self->key_file, GROUP, "rejected", counts->n_rejected);
  g_key_file_set_uint64 (self->key_file, GROUP, "rejected-size", rejected_size);
  text = g_key_file_to_data (self->key_file, &length, NULL);
  return weir_data_dir_write (self->path, text, (gssize) length, error);
}
