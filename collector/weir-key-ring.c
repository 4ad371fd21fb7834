/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-key-ring.h"

#include <string.h>
#include <sys/random.h>

#include "weir-data-dir.h"
#include "weir-event-json.h"
#include "weir-json-load.h"
#include "weir-time.h"

/*
 * A key is `wk_ID_SECRET`: the ID finds the one hash to compare with, so that a thousand keys cost
 * no more than one.
 */

#define KEY_PREFIX    "wk_"
#define ID_BYTES      4
#define SALT_BYTES    16
#define SECRET_BYTES  20
#define DIGEST_BYTES  32
#define MAX_KEYS      1000
#define MAX_KEY_CHARS 100

typedef struct {
  char *id;
  char *source;
  char *salt;      /* hexadecimal */
  char *digest;    /* the same */
  gint64 created;
  gint64 last_used;
  gboolean is_revoked;
} Key;

struct _WeirKeyRing {
  char *path;
  GMutex file_mutex;      /* one change at a time; taken before the other */
  GMutex mutex;
  GPtrArray *keys;        /* of Key, by age */
  GHashTable *by_id;
  GPtrArray *forgotten;   /* revoked keys that made room: their sources may still be borrowed */
  gboolean is_dirty;      /* when keys were used is not in the file yet */
};

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->id);
  g_free (key->source);
  g_free (key->salt);
  g_free (key->digest);
  g_free (key);
}

static gboolean
make_random (guint    n_bytes,
             char   **text,
             GError **error)
{
  guint8 bytes[SECRET_BYTES];
  GString *hex = g_string_new (NULL);

  g_assert (n_bytes <= sizeof bytes);
  if (getrandom (bytes, n_bytes, 0) != (gssize) n_bytes)
    {
      g_string_free (hex, TRUE);
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "there is no randomness");
      return FALSE;
    }
  for (guint i = 0; i < n_bytes; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  *text = g_string_free (hex, FALSE);
  return TRUE;
}

static char *
digest_key (const char *salt,
            const char *key)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) salt, (gssize) strlen (salt));
  g_checksum_update (checksum, (const guchar *) key, (gssize) strlen (key));
  return g_strdup (g_checksum_get_string (checksum));
}

/* Takes as long whatever differs. */
static gboolean
digests_equal (const char *a,
               const char *b)
{
  volatile char difference = 0;

  for (guint i = 0; i < 2 * DIGEST_BYTES; i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}

static void
add_key (WeirKeyRing *self,
         Key         *key)
{
  g_ptr_array_add (self->keys, key);
  g_hash_table_insert (self->by_id, key->id, key);
}

static const char *
get_text (JsonObject *object,
          const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

static gint64
get_time (JsonObject *object,
          const char *member)
{
  const char *text = get_text (object, member);
  gint64 micros = 0;

  return weir_time_parse_rfc3339 (text, strlen (text), &micros) ? micros : 0;
}

static gboolean
load_key (WeirKeyRing *self,
          JsonNode    *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  Key *key;

  if (object == NULL || strlen (get_text (object, "id")) != 2 * ID_BYTES ||
      *get_text (object, "name") == '\0' ||
      strlen (get_text (object, "digest")) != 2 * DIGEST_BYTES)
    return FALSE;

  key = g_new0 (Key, 1);
  key->id = g_strdup (get_text (object, "id"));
  key->source = g_strdup (get_text (object, "name"));
  key->salt = g_strdup (get_text (object, "salt"));
  key->digest = g_strdup (get_text (object, "digest"));
  key->created = get_time (object, "created");
  key->last_used = get_time (object, "last_used");
  key->is_revoked = json_object_get_boolean_member_with_default (object, "revoked", FALSE);
  add_key (self, key);
  return TRUE;
}

static gboolean
load (WeirKeyRing  *self,
      const char   *json,
      gsize         length,
      GError      **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  JsonNode *keys = NULL;
  gboolean ok = length > 0 && weir_json_load (parser, json, (gssize) length) &&
                (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
                (keys = json_object_get_member (json_node_get_object (root), "keys")) != NULL &&
                JSON_NODE_HOLDS_ARRAY (keys);
  JsonArray *array = ok ? json_node_get_array (keys) : NULL;

  for (guint i = 0; ok && i < json_array_get_length (array); i++)
    ok = load_key (self, json_array_get_element (array, i));
  if (!ok)
    g_set_error (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION,
                 "%s holds no write keys that can be read; move it away to start without",
                 self->path);
  return ok;
}

static void
append_time (GString    *out,
             const char *member,
             gint64      micros)
{
  char text[WEIR_TIME_TEXT_SIZE];

  if (micros == 0)
    {
      g_string_append_printf (out, "%snull", member);
      return;
    }
  weir_time_format_rfc3339 (micros, text);
  g_string_append_printf (out, "%s\"%s\"", member, text);
}

/* Called with both locks; gives up the inner one while it writes. */
static gboolean
save (WeirKeyRing  *self,
      GError      **error)
{
  g_autoptr(GString) out = g_string_new ("{\"keys\":[");
  gboolean is_saved;

  for (guint i = 0; i < self->keys->len; i++)
    {
      const Key *key = g_ptr_array_index (self->keys, i);

      g_string_append_printf (out, "%s\n{\"id\":\"%s\",\"name\":", i > 0 ? "," : "", key->id);
      weir_json_append_string (out, key->source, -1);
      g_string_append (out, ",\"salt\":");
      weir_json_append_string (out, key->salt, -1);
      g_string_append (out, ",\"digest\":");
      weir_json_append_string (out, key->digest, -1);
      append_time (out, ",\"created\":", key->created);
      append_time (out, ",\"last_used\":", key->last_used);
      g_string_append_printf (out, ",\"revoked\":%s}", key->is_revoked ? "true" : "false");
    }
  g_string_append (out, "\n]}\n");
  self->is_dirty = FALSE;

  g_mutex_unlock (&self->mutex);
  is_saved = weir_data_dir_write (self->path, out->str, (gssize) out->len, error);
  g_mutex_lock (&self->mutex);
  self->is_dirty |= !is_saved;
  return is_saved;
}

/* Called with both locks. */
static gboolean
make_room (WeirKeyRing  *self,
           GError      **error)
{
  if (self->keys->len < MAX_KEYS)
    return TRUE;
  for (guint i = 0; i < self->keys->len; i++)
    {
      Key *key = g_ptr_array_index (self->keys, i);

      if (!key->is_revoked)
        continue;
      g_hash_table_remove (self->by_id, key->id);
      g_ptr_array_add (self->forgotten, g_ptr_array_steal_index (self->keys, i));
      return TRUE;
    }
  g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST,
                       "there are 1 000 write keys; revoke one first");
  return FALSE;
}

/**
 * weir_key_ring_open:
 * @path: the file; need not exist
 * @error: return location for an error
 *
 * Returns: (transfer full): the keys, or %NULL with %WEIR_ERROR_CONFIGURATION when they cannot be
 *   read
 */
WeirKeyRing *
weir_key_ring_open (const char  *path,
                    GError     **error)
{
  g_autoptr(WeirKeyRing) self = g_new0 (WeirKeyRing, 1);
  g_autoptr(GError) local = NULL;
  g_autofree char *json = NULL;
  gsize length = 0;

  self->path = g_strdup (path);
  g_mutex_init (&self->file_mutex);
  g_mutex_init (&self->mutex);
  self->keys = g_ptr_array_new_with_free_func (key_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->forgotten = g_ptr_array_new_with_free_func (key_free);

  if (!g_file_get_contents (path, &json, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&self);
      g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_CONFIGURATION, local->message);
      return NULL;
    }
  return load (self, json, length, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * weir_key_ring_free:
 * @self: (transfer full): the keys
 */
void
weir_key_ring_free (WeirKeyRing *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->forgotten);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->file_mutex);
  g_free (self->path);
  g_free (self);
}

/**
 * weir_key_ring_has_keys:
 * @self: the keys
 *
 * Returns: whether a key was ever made, also if it is revoked now
 */
gboolean
weir_key_ring_has_keys (WeirKeyRing *self)
{
  gboolean has_keys;

  g_mutex_lock (&self->mutex);
  has_keys = self->keys->len > 0;
  g_mutex_unlock (&self->mutex);

  return has_keys;
}

/**
 * weir_key_ring_find_source:
 * @self: the keys
 * @key: a write key; not trusted
 *
 * Returns: (transfer none) (nullable): the source that @key names, as long as @self lives; %NULL
 *   when it is unknown or revoked
 */
const char *
weir_key_ring_find_source (WeirKeyRing *self,
                           const char  *key)
{
  g_autofree char *digest = NULL;
  char id[2 * ID_BYTES + 1];
  const char *source = NULL;
  Key *known;

  if (!g_str_has_prefix (key, KEY_PREFIX) || strlen (key) > MAX_KEY_CHARS ||
      strlen (key) < strlen (KEY_PREFIX) + sizeof id)
    return NULL;
  g_strlcpy (id, key + strlen (KEY_PREFIX), sizeof id);

  g_mutex_lock (&self->mutex);
  known = g_hash_table_lookup (self->by_id, id);
  if (known != NULL && !known->is_revoked)
    {
      digest = digest_key (known->salt, key);
      if (digests_equal (digest, known->digest))
        {
          source = known->source;
          known->last_used = g_get_real_time ();
          self->is_dirty = TRUE;
        }
    }
  g_mutex_unlock (&self->mutex);

  return source;
}

/**
 * weir_key_ring_create:
 * @self: the keys
 * @source: the source it is to name
 * @key: (out): the key itself, which cannot be had again
 * @error: return location for an error
 *
 * Makes a write key and keeps it in the file. Blocks.
 *
 * Returns: (transfer full) (nullable): its id
 */
char *
weir_key_ring_create (WeirKeyRing  *self,
                      const char   *source,
                      char        **key,
                      GError      **error)
{
  g_autofree char *id = NULL;
  g_autofree char *salt = NULL;
  g_autofree char *secret = NULL;
  gboolean ok = make_random (ID_BYTES, &id, error) && make_random (SALT_BYTES, &salt, error) &&
                make_random (SECRET_BYTES, &secret, error);
  Key *made;

  if (!ok)
    return NULL;
  made = g_new0 (Key, 1);
  *key = g_strdup_printf (KEY_PREFIX "%s_%s", id, secret);
  made->id = g_strdup (id);
  made->source = g_strdup (source);
  made->digest = digest_key (salt, *key);
  made->salt = g_steal_pointer (&salt);
  made->created = g_get_real_time ();

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  ok = !g_hash_table_contains (self->by_id, id) && make_room (self, error);
  if (ok)
    {
      add_key (self, made);
      ok = save (self, error);
      if (!ok)
        {
          g_hash_table_remove (self->by_id, id);
          g_ptr_array_steal_index (self->keys, self->keys->len - 1);
          g_ptr_array_add (self->forgotten, g_steal_pointer (&made));
        }
    }
  else
    {
      g_clear_pointer (&made, key_free);
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_UNAVAILABLE, "try again");
    }
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);

  if (!ok)
    g_clear_pointer (key, g_free);
  return ok ? g_steal_pointer (&id) : NULL;
}

/**
 * weir_key_ring_set_revoked:
 * @self: the keys
 * @id: id of a key
 * @is_revoked: whether it is to be of no use from now on
 * @error: return location for an error
 *
 * Revokes a key or undoes that, for all threads at once, and keeps it in the file. Blocks.
 *
 * Returns: whether it was done; %WEIR_ERROR_NOT_FOUND when there is no such key
 */
gboolean
weir_key_ring_set_revoked (WeirKeyRing  *self,
                           const char   *id,
                           gboolean      is_revoked,
                           GError      **error)
{
  gboolean was_revoked;
  gboolean ok = FALSE;
  Key *key;

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  key = g_hash_table_lookup (self->by_id, id);
  if (key == NULL)
    g_set_error_literal (error, WEIR_ERROR, WEIR_ERROR_NOT_FOUND, "there is no such key");
  else
    {
      was_revoked = key->is_revoked;
      key->is_revoked = is_revoked;
      ok = save (self, error);
      if (!ok)
        key->is_revoked = was_revoked;
    }
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);

  return ok;
}

/**
 * weir_key_ring_flush:
 * @self: the keys
 *
 * Writes down when keys were last used, if one was. Blocks; to be called now and then.
 */
void
weir_key_ring_flush (WeirKeyRing *self)
{
  g_autoptr(GError) error = NULL;

  g_mutex_lock (&self->file_mutex);
  g_mutex_lock (&self->mutex);
  if (self->is_dirty && !save (self, &error))
    g_debug ("%s", error->message);
  g_mutex_unlock (&self->mutex);
  g_mutex_unlock (&self->file_mutex);
}

/**
 * weir_key_ring_append_info:
 * @self: the keys
 * @infos: (element-type WeirKeyInfo): where to put what may be shown of them
 */
void
weir_key_ring_append_info (WeirKeyRing *self,
                           GPtrArray   *infos)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->keys->len; i++)
    {
      const Key *key = g_ptr_array_index (self->keys, i);
      WeirKeyInfo *info = g_new0 (WeirKeyInfo, 1);

      info->id = g_strdup (key->id);
      info->source = g_strdup (key->source);
      info->prefix = g_strconcat (KEY_PREFIX, key->id, NULL);
      info->created = key->created;
      info->last_used = key->last_used;
      info->is_revoked = key->is_revoked;
      g_ptr_array_add (infos, info);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * weir_key_info_free:
 * @self: (transfer full): what may be shown of a key
 */
void
weir_key_info_free (WeirKeyInfo *self)
{
  g_free (self->id);
  g_free (self->source);
  g_free (self->prefix);
  g_free (self);
}
