/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-access.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST_BYTES     32
#define TOKEN_BYTES      32
#define MAX_SECRET_BYTES 4096

typedef struct {
  guint8 digest[DIGEST_BYTES];
  char *source;
  gint64 last_used;   /* atomic */
} Key;

struct _WeirAccess {
  Key *keys;
  guint n_keys;
  guint8 token[DIGEST_BYTES];
  WeirKeyRing *ring;   /* keys that were made; NULL when read-only */
};

/* Secrets are compared as digests: all of one length, and nothing about the secret itself can be
 * learned from how long the comparison takes.
 */
static void
digest_secret (const char *secret,
               guint8      digest[DIGEST_BYTES])
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = DIGEST_BYTES;

  g_checksum_update (checksum, (const guchar *) secret, (gssize) strlen (secret));
  g_checksum_get_digest (checksum, digest, &size);
}

static gboolean
digests_equal (const guint8 *a,
               const guint8 *b)
{
  volatile guint8 difference = 0;

  for (guint i = 0; i < DIGEST_BYTES; i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}

/**
 * weir_access_new:
 * @keys: (element-type utf8 utf8): write key → source
 * @read_token: the read token
 *
 * Returns: (transfer full): the access rules
 */
WeirAccess *
weir_access_new (GHashTable *keys,
                 const char *read_token)
{
  WeirAccess *self;
  GHashTableIter iter;
  const char *key;
  const char *source;

  g_return_val_if_fail (keys != NULL, NULL);
  g_return_val_if_fail (read_token != NULL && *read_token != '\0', NULL);

  self = g_new0 (WeirAccess, 1);
  self->keys = g_new0 (Key, g_hash_table_size (keys));
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &source))
    {
      digest_secret (key, self->keys[self->n_keys].digest);
      self->keys[self->n_keys++].source = g_strdup (source);
    }
  digest_secret (read_token, self->token);
  return self;
}

/**
 * weir_access_free:
 * @self: (transfer full): the access rules
 *
 * Frees @self.
 */
void
weir_access_free (WeirAccess *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_keys; i++)
    g_free (self->keys[i].source);
  g_free (self->keys);
  g_clear_pointer (&self->ring, weir_key_ring_free);
  g_free (self);
}

/**
 * weir_access_open_keys:
 * @self: the access rules, before they are used
 * @path: the file of the keys that were made
 * @error: return location for a [error@Weir.Error]
 *
 * Lets write keys be made, beside those of the configuration.
 *
 * Returns: whether the file could be read, or is not there yet
 */
gboolean
weir_access_open_keys (WeirAccess  *self,
                       const char  *path,
                       GError     **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  self->ring = weir_key_ring_open (path, error);
  return self->ring != NULL;
}

/**
 * weir_access_get_keys:
 * @self: the access rules
 *
 * Returns: (transfer none) (nullable): the keys that were made, %NULL when none can be
 */
WeirKeyRing *
weir_access_get_keys (WeirAccess *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ring;
}

/**
 * weir_access_dup_key_infos:
 * @self: the access rules
 *
 * Returns: (transfer full) (element-type WeirKeyInfo): what may be shown of all write keys, those
 *   of the configuration first
 */
GPtrArray *
weir_access_dup_key_infos (WeirAccess *self)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify) weir_key_info_free);

  g_return_val_if_fail (self != NULL, infos);

  for (guint i = 0; i < self->n_keys; i++)
    {
      WeirKeyInfo *info = g_new0 (WeirKeyInfo, 1);

      info->id = g_strconcat (WEIR_CONFIGURED_KEY, self->keys[i].source, NULL);
      info->source = g_strdup (self->keys[i].source);
      info->last_used = __atomic_load_n (&self->keys[i].last_used, __ATOMIC_RELAXED);
      info->is_configured = TRUE;
      g_ptr_array_add (infos, info);
    }
  if (self->ring != NULL)
    weir_key_ring_append_info (self->ring, infos);
  return infos;
}

/**
 * weir_access_has_keys:
 * @self: the access rules
 *
 * Returns: whether any write key is configured, or was made
 */
gboolean
weir_access_has_keys (WeirAccess *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_keys > 0 || (self->ring != NULL && weir_key_ring_has_keys (self->ring));
}

/**
 * weir_access_find_source:
 * @self: the access rules
 * @key: a write key; not trusted
 *
 * Returns: (transfer none) (nullable): the source that @key names, or %NULL if it is unknown
 */
const char *
weir_access_find_source (WeirAccess *self,
                         const char *key)
{
  guint8 digest[DIGEST_BYTES];
  const char *source = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (strlen (key) > MAX_SECRET_BYTES)
    return NULL;

  if (self->n_keys > 0)
    digest_secret (key, digest);
  for (guint i = 0; i < self->n_keys; i++)
    if (digests_equal (digest, self->keys[i].digest))
      {
        source = self->keys[i].source;
        __atomic_store_n (&self->keys[i].last_used, g_get_real_time (), __ATOMIC_RELAXED);
      }
  if (source == NULL && self->ring != NULL)
    source = weir_key_ring_find_source (self->ring, key);
  return source;
}

/**
 * weir_access_may_read:
 * @self: the access rules
 * @token: (nullable): what the client presents; not trusted
 *
 * Returns: whether it is the read token
 */
gboolean
weir_access_may_read (WeirAccess *self,
                      const char *token)
{
  guint8 digest[DIGEST_BYTES];

  g_return_val_if_fail (self != NULL, FALSE);

  if (token == NULL || strlen (token) > MAX_SECRET_BYTES)
    return FALSE;
  digest_secret (token, digest);
  return digests_equal (digest, self->token);
}

static gboolean
fail_with_errno (GError     **error,
                 const char  *path)
{
  int reason = errno;

  g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, "%s: %s", path, g_strerror (reason));
  return FALSE;
}

static gboolean
write_new_token (const char  *path,
                 char        *token,
                 GError     **error)
{
  guint8 random[TOKEN_BYTES];
  gssize written;
  int fd;

  if (getrandom (random, sizeof random, 0) != sizeof random)
    return fail_with_errno (error, "getrandom");
  for (guint i = 0; i < TOKEN_BYTES; i++)
    g_snprintf (token + 2 * i, 3, "%02x", random[i]);

  fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail_with_errno (error, path);
  written = write (fd, token, 2 * TOKEN_BYTES);
  if (written != 2 * TOKEN_BYTES || fsync (fd) != 0)
    {
      fail_with_errno (error, path);
      close (fd);
      (void) g_unlink (path);
      return FALSE;
    }
  close (fd);
  return TRUE;
}

/**
 * weir_access_ensure_token:
 * @data_dir: the data directory
 * @error: return location for a [error@Weir.Error]
 *
 * Reads the read token from the file `token` in @data_dir. Makes it first if there is none: 256
 * random bits in hexadecimal, readable by the owner only.
 *
 * Returns: (transfer full): the token, or %NULL
 */
char *
weir_access_ensure_token (const char  *data_dir,
                          GError     **error)
{
  g_autofree char *path = NULL;
  g_autofree char *token = NULL;
  g_autoptr(GError) local = NULL;
  gsize length;

  g_return_val_if_fail (data_dir != NULL, NULL);

  path = g_build_filename (data_dir, "token", NULL);
  if (g_file_get_contents (path, &token, &length, &local))
    {
      g_strstrip (token);
      if (*token != '\0' && strlen (token) <= MAX_SECRET_BYTES)
        {
          (void) g_chmod (path, 0600);
          return g_steal_pointer (&token);
        }
      g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                   "%s holds no token; delete it to have a new one made", path);
      return NULL;
    }

  if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, local->message);
      return NULL;
    }

  token = g_malloc0 (2 * TOKEN_BYTES + 1);
  if (!write_new_token (path, token, error))
    return NULL;
  return g_steal_pointer (&token);
}

/**
 * weir_access_dup_credential:
 * @authorization: (nullable): the value of an `Authorization` header; not trusted
 *
 * Finds the secret in it: the token of `Bearer`, the user of `Basic` (RFC 6750, RFC 7617).
 *
 * Returns: (transfer full) (nullable): the secret, or %NULL if there is none
 */
char *
weir_access_dup_credential (const char *authorization)
{
  g_autofree char *decoded = NULL;
  gsize length;
  char *colon;

  if (authorization == NULL || strlen (authorization) > MAX_SECRET_BYTES)
    return NULL;

  if (g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0)
    return g_strstrip (g_strdup (authorization + 7));
  if (g_ascii_strncasecmp (authorization, "Basic ", 6) != 0)
    return NULL;

  decoded = (char *) g_base64_decode (authorization + 6, &length);
  decoded = g_realloc (decoded, length + 1);
  decoded[length] = '\0';
  if (strlen (decoded) != length || (colon = strchr (decoded, ':')) == NULL)
    return NULL;
  *colon = '\0';
  return g_steal_pointer (&decoded);
}
