/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEIR_ERROR (weir_error_quark ())

/**
 * WeirError:
 *
 * What can go wrong with something a user, a device or a file gave us. Each code has one name on
 * the wire ([func@Weir.error_get_name]) and one HTTP status ([func@Weir.error_get_status]).
 */
typedef enum {
  WEIR_ERROR_INVALID_REQUEST,      /* 400 invalid_request */
  WEIR_ERROR_INVALID_JSON,         /* 400 invalid_json */
  WEIR_ERROR_INVALID_ENCODING,     /* 400 invalid_encoding: the compressed body is damaged */
  WEIR_ERROR_UNAUTHORIZED,         /* 401 unauthorized */
  WEIR_ERROR_FORBIDDEN,            /* 403 forbidden */
  WEIR_ERROR_NOT_FOUND,            /* 404 not_found */
  WEIR_ERROR_METHOD_NOT_ALLOWED,   /* 405 method_not_allowed */
  WEIR_ERROR_TIMEOUT,              /* 408 timeout */
  WEIR_ERROR_LENGTH_REQUIRED,      /* 411 length_required */
  WEIR_ERROR_TOO_LARGE,            /* 413 too_large */
  WEIR_ERROR_UNSUPPORTED_ENCODING, /* 415 unsupported_encoding */
  WEIR_ERROR_MISDIRECTED,          /* 421 misdirected: a Host this collector does not serve */
  WEIR_ERROR_RATE_LIMITED,         /* 429 rate_limited */
  WEIR_ERROR_HEADERS_TOO_LARGE,    /* 431 headers_too_large */
  WEIR_ERROR_QUEUE_FULL,           /* 503 queue_full */
  WEIR_ERROR_DISK_FULL,            /* 503 disk_full */
  WEIR_ERROR_UNAVAILABLE,          /* 503 unavailable */
  WEIR_ERROR_CORRUPT,              /* 503 corrupt: stored data cannot be read */
  WEIR_ERROR_CONFIGURATION,        /* 503 configuration; a program that meets it exits with 78 */
} WeirError;

GQuark       weir_error_quark      (void);
gboolean     weir_error_set        (GError      **error,
                                    WeirError     code,
                                    const char   *format,
                                    ...) G_GNUC_PRINTF (3, 4);
const char  *weir_error_get_name   (const GError *error);
guint        weir_error_get_status (const GError *error);
char        *weir_error_to_json    (const GError *error);

G_END_DECLS
