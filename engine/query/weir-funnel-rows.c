/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-funnel-rows.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "weir-error.h"

#define RUN_BUFFER 4096
#define AHEAD      16
#define LARGE      (4 * 1024 * 1024)

/* A sorted run in the file. */
typedef struct {
  gint64 next;      /* in rows */
  gint64 end;
  WeirFunnelRow *buffer;
  guint n_rows;
  guint position;
} Run;

struct _WeirFunnelRows {
  WeirFunnelKinds *kinds;
  guint max_in_memory;
  WeirFunnelRow *rows;
  guint n_rows;
  guint size;
  int fd;
  gint64 n_spilled;
  GArray *runs;         /* Run */
  GError *error;        /* the first thing that went wrong with the file */
};

static void
clear_run (gpointer data)
{
  Run *run = data;

  g_free (run->buffer);
}

/* Large pages: there is half a second of page faults in 10 million rows else. */
static void
prefer_large_pages (WeirFunnelRow *rows,
                    gsize          n_rows)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize start = ((gsize) rows + page - 1) / page * page;
  gsize end = (gsize) (rows + n_rows) / page * page;

  if (n_rows * sizeof *rows >= LARGE)
    madvise ((gpointer) start, end - start, MADV_HUGEPAGE);
}

static gboolean
fail (WeirFunnelRows *self,
      const char     *verb)
{
  if (self->error == NULL)
    g_set_error (&self->error,
                 WEIR_ERROR,
                 errno == ENOSPC ? WEIR_ERROR_DISK_FULL : WEIR_ERROR_UNAVAILABLE,
                 "the file for the rows of a large funnel could not be %s: %s",
                 verb,
                 g_strerror (errno));
  return FALSE;
}

/* Where large files may lie: /tmp is often memory. */
static gboolean
open_file (WeirFunnelRows *self)
{
  gboolean is_told = g_getenv ("TMPDIR") != NULL || g_access ("/var/tmp", W_OK) != 0;
  const char *dir = is_told ? g_get_tmp_dir () : "/var/tmp";
  g_autofree char *path = g_build_filename (dir, "weir-funnel-XXXXXX", NULL);

  if (self->fd >= 0)
    return TRUE;
  self->fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return fail (self, "made");
  g_unlink (path);

  return TRUE;
}

static gboolean
write_all (WeirFunnelRows *self,
           const void     *data,
           gsize           size)
{
  const char *next = data;

  while (size > 0)
    {
      gssize n = write (self->fd, next, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (self, "written");
      next += n;
      size -= (gsize) n;
    }
  return TRUE;
}

static gboolean
fill_run (WeirFunnelRows *self,
          Run            *run)
{
  gsize wanted = (gsize) MIN (run->end - run->next, RUN_BUFFER) * sizeof (WeirFunnelRow);
  gsize got = 0;

  while (got < wanted)
    {
      gssize n = pread (self->fd,
                        (char *) run->buffer + got,
                        wanted - got,
                        run->next * (goffset) sizeof (WeirFunnelRow) + (goffset) got);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (self, "read");
      got += (gsize) n;
    }
  run->n_rows = wanted / sizeof (WeirFunnelRow);
  run->next += run->n_rows;
  run->position = 0;

  return TRUE;
}

/* How many rows each person has; element 0 is nobody. @persons gets whose each row is. */
static GArray *
count_rows (WeirFunnelRows      *self,
            const WeirPersonMap *map,
            guint32             *persons)
{
  guint n_persons = weir_person_map_get_n_identities (map);
  GArray *counts = g_array_sized_new (FALSE, TRUE, sizeof (guint32), n_persons + 1);

  g_array_set_size (counts, n_persons + 1);
  for (guint i = 0; i < self->n_rows; i++)
    {
      guint32 person = weir_person_map_get (map, self->rows[i].identity);

      if (G_UNLIKELY (person >= counts->len))
        g_array_set_size (counts, person + 1);
      g_array_index (counts, guint32, person)++;
      persons[i] = person;
    }
  return counts;
}

/* Puts the rows of each person side by side (a counting sort). @ends has how many rows each person
 * has, and then where they end. Rows of nobody are dropped. */
static void
bring_together (WeirFunnelRows *self,
                const guint32  *persons,
                guint32        *ends,
                guint           n_ends)
{
  WeirFunnelRow *sorted;
  guint sum = 0;

  ends[0] = 0;
  for (guint i = 1; i < n_ends; i++)
    {
      guint n = ends[i];

      ends[i] = sum;
      sum += n;
    }
  sorted = g_new (WeirFunnelRow, MAX (sum, 1));
  prefer_large_pages (sorted, sum);
  for (guint i = 0; i < self->n_rows; i++)
    {
      /* Where a row goes is hardly ever in the cache: ask for it early. */
      if (i + AHEAD < self->n_rows)
        __builtin_prefetch (sorted + ends[persons[i + AHEAD]], 1);
      if (persons[i] != 0)
        sorted[ends[persons[i]]++] = self->rows[i];
    }
  g_free (self->rows);
  self->rows = sorted;
  self->n_rows = sum;
  self->size = MAX (sum, 1);
}

static void
foreach_in_memory (WeirFunnelRows       *self,
                   const WeirPersonMap  *map,
                   WeirFunnelPersonFunc  func,
                   gpointer              user_data)
{
  g_autofree guint32 *persons = g_new (guint32, MAX (self->n_rows, 1));
  g_autoptr(GArray) counts = count_rows (self, map, persons);
  guint32 *ends = (guint32 *) counts->data;

  bring_together (self, persons, ends, counts->len);
  for (guint32 i = 1, start = 0; i < counts->len; start = ends[i++])
    {
      if (ends[i] == start)
        continue;
      weir_funnel_kinds_sort (self->kinds, self->rows + start, ends[i] - start);
      func (i, self->rows + start, ends[i] - start, user_data);
    }
}

static void
keep_order (guint32              person,
            const WeirFunnelRow *rows,
            guint                n_rows,
            gpointer             user_data)
{
}

/* What is in memory becomes a run of the file. */
static gboolean
spill (WeirFunnelRows      *self,
       const WeirPersonMap *map)
{
  Run run = { self->n_spilled };

  foreach_in_memory (self, map, keep_order, NULL);
  if (!open_file (self) || !write_all (self, self->rows, self->n_rows * sizeof *self->rows))
    return FALSE;
  self->n_spilled += self->n_rows;
  run.end = self->n_spilled;
  run.buffer = g_new (WeirFunnelRow, RUN_BUFFER);
  g_array_append_val (self->runs, run);
  self->n_rows = 0;

  return TRUE;
}

static const WeirFunnelRow *
peek_run (Run *run)
{
  return run->position < run->n_rows ? &run->buffer[run->position] : NULL;
}

/* Finds the row that comes next: of the least person, and of this one the first. */
static Run *
find_next (WeirFunnelRows      *self,
           const WeirPersonMap *map,
           guint32             *person)
{
  Run *best = NULL;

  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = &g_array_index (self->runs, Run, i);
      const WeirFunnelRow *row = peek_run (run);
      guint32 candidate;

      if (row == NULL)
        continue;
      candidate = weir_person_map_get (map, row->identity);
      if (best != NULL && candidate > *person)
        continue;
      if (best != NULL && candidate == *person &&
          !weir_funnel_kinds_precedes (self->kinds, row, peek_run (best)))
        continue;
      best = run;
      *person = candidate;
    }
  return best;
}

/* Rows that only interrupt do so once, however many there are one after the other. The first one
 * interrupts; the last one may be at the same time as what follows, and count there. */
static gboolean
replaces_last (WeirFunnelRows      *self,
               const WeirFunnelRow *row)
{
  return self->n_rows > 1 && weir_funnel_kinds_is_idle (self->kinds, row->kind) &&
         weir_funnel_kinds_is_idle (self->kinds, self->rows[self->n_rows - 1].kind) &&
         weir_funnel_kinds_is_idle (self->kinds, self->rows[self->n_rows - 2].kind);
}

static void
push (WeirFunnelRows      *self,
      const WeirFunnelRow *row)
{
  if (self->n_rows == self->size)
    {
      self->size = MAX (self->size * 2, 1024);
      self->rows = g_renew (WeirFunnelRow, self->rows, self->size);
    }
  self->rows[self->n_rows++] = *row;
}

static gboolean
rewind_runs (WeirFunnelRows *self)
{
  gint64 start = 0;

  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = &g_array_index (self->runs, Run, i);

      run->next = start;
      start = run->end;
      if (!fill_run (self, run))
        return FALSE;
    }
  return TRUE;
}

/* Merges the runs; only the rows of one person are in memory at a time. */
static gboolean
foreach_in_file (WeirFunnelRows       *self,
                 const WeirPersonMap  *map,
                 WeirFunnelPersonFunc  func,
                 gpointer              user_data)
{
  guint32 person = 0, next_person = 0;
  Run *run;

  if (!rewind_runs (self))
    return FALSE;
  while ((run = find_next (self, map, &next_person)) != NULL)
    {
      if (next_person != person && self->n_rows > 0)
        {
          func (person, self->rows, self->n_rows, user_data);
          self->n_rows = 0;
        }
      person = next_person;
      if (replaces_last (self, peek_run (run)))
        self->n_rows--;
      push (self, peek_run (run));
      if (++run->position == run->n_rows && run->next < run->end && !fill_run (self, run))
        return FALSE;
    }
  if (self->n_rows > 0)
    func (person, self->rows, self->n_rows, user_data);
  self->n_rows = 0;

  return TRUE;
}

/**
 * weir_funnel_rows_new:
 * @kinds: what the kinds of the rows mean; must live longer
 * @max_in_memory: from so many rows on they go into a file
 *
 * Returns: (transfer full): no rows yet
 */
WeirFunnelRows *
weir_funnel_rows_new (WeirFunnelKinds *kinds,
                      guint            max_in_memory)
{
  WeirFunnelRows *self = g_new0 (WeirFunnelRows, 1);

  self->kinds = kinds;
  self->max_in_memory = max_in_memory;
  self->fd = -1;
  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_array_set_clear_func (self->runs, clear_run);

  return self;
}

/**
 * weir_funnel_rows_free:
 * @self: (transfer full): rows
 */
void
weir_funnel_rows_free (WeirFunnelRows *self)
{
  g_array_unref (self->runs);
  g_free (self->rows);
  if (self->fd >= 0)
    g_close (self->fd, NULL);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * weir_funnel_rows_reserve:
 * @self: rows
 * @map: who is who
 * @n_rows: (inout): how many rows are to come; how many there is room for now, at least 1
 *
 * Makes room for rows, which [method@Weir.FunnelRows.commit] then adds. When a file is needed and
 * cannot be written, rows are dropped and [method@Weir.FunnelRows.foreach_person] says so.
 *
 * Returns: (transfer none): where to put them
 */
WeirFunnelRow *
weir_funnel_rows_reserve (WeirFunnelRows      *self,
                          const WeirPersonMap *map,
                          guint               *n_rows)
{
  if (self->error != NULL || (self->n_rows == self->max_in_memory && !spill (self, map)))
    self->n_rows = 0;
  *n_rows = MIN (*n_rows, self->max_in_memory - self->n_rows);
  if (self->size < self->n_rows + *n_rows)
    {
      self->size = MAX (self->size * 2, self->n_rows + *n_rows);
      self->rows = g_renew (WeirFunnelRow, self->rows, self->size);
      prefer_large_pages (self->rows, self->size);
    }

  return self->rows + self->n_rows;
}

/**
 * weir_funnel_rows_commit:
 * @self: rows
 * @n_rows: how many were put where there was room, maybe fewer than there was
 */
void
weir_funnel_rows_commit (WeirFunnelRows *self,
                         guint           n_rows)
{
  g_return_if_fail (self->n_rows + n_rows <= self->size);

  self->n_rows += n_rows;
}

/**
 * weir_funnel_rows_is_spilled:
 * @self: rows
 *
 * Returns: whether some are in a file; then who is who must stay as it is
 */
gboolean
weir_funnel_rows_is_spilled (WeirFunnelRows *self)
{
  return self->runs->len > 0 || self->error != NULL;
}

/**
 * weir_funnel_rows_foreach_person:
 * @self: rows
 * @map: who is who
 * @func: (scope call): called for each person that has rows, in rising order, with the rows in the
 *   order in which they count
 * @user_data: for @func
 * @error: return location for an error
 *
 * Of rows that neither serve a step nor taint, and follow each other, only the first and the last
 * may come.
 *
 * Returns: whether all could be read
 */
gboolean
weir_funnel_rows_foreach_person (WeirFunnelRows        *self,
                                 const WeirPersonMap   *map,
                                 WeirFunnelPersonFunc   func,
                                 gpointer               user_data,
                                 GError               **error)
{
  if (self->error == NULL && self->runs->len == 0)
    {
      foreach_in_memory (self, map, func, user_data);
      return TRUE;
    }
  if (self->error != NULL || (self->n_rows > 0 && !spill (self, map)) ||
      !foreach_in_file (self, map, func, user_data))
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }
  return TRUE;
}
