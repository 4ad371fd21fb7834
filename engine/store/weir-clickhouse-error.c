/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "weir-clickhouse-error.h"

#include <string.h>

/*
 * ClickHouse tells what is wrong by the number of an exception; its HTTP status differs from
 * version to version (a value that cannot be parsed is 400 or 500). The number is in the header
 * X-ClickHouse-Exception-Code, or in old versions only at the beginning of the body, “Code: 27, …”.
 */

static const struct {
  guint16 code;
  guint8 verdict;
} verdicts[] = {
  { 6, WEIR_CLICKHOUSE_SPLIT },     /* CANNOT_PARSE_TEXT */
  { 16, WEIR_CLICKHOUSE_STOP },     /* NO_SUCH_COLUMN_IN_TABLE */
  { 26, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_PARSE_QUOTED_STRING */
  { 27, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_PARSE_INPUT_ASSERTION_FAILED */
  { 33, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_READ_ALL_DATA */
  { 36, WEIR_CLICKHOUSE_STOP },     /* BAD_ARGUMENTS */
  { 38, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_PARSE_DATE */
  { 41, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_PARSE_DATETIME */
  { 47, WEIR_CLICKHOUSE_STOP },     /* UNKNOWN_IDENTIFIER */
  { 53, WEIR_CLICKHOUSE_SPLIT },    /* TYPE_MISMATCH */
  { 60, WEIR_CLICKHOUSE_STOP },     /* UNKNOWN_TABLE */
  { 70, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_CONVERT_TYPE */
  { 72, WEIR_CLICKHOUSE_SPLIT },    /* CANNOT_PARSE_NUMBER */
  { 81, WEIR_CLICKHOUSE_STOP },     /* UNKNOWN_DATABASE */
  { 115, WEIR_CLICKHOUSE_STOP },    /* UNKNOWN_SETTING */
  { 117, WEIR_CLICKHOUSE_SPLIT },   /* INCORRECT_DATA */
  { 130, WEIR_CLICKHOUSE_SPLIT },   /* CANNOT_READ_ARRAY_FROM_TEXT */
  { 131, WEIR_CLICKHOUSE_SPLIT },   /* TOO_LARGE_STRING_SIZE */
  { 159, WEIR_CLICKHOUSE_AGAIN },   /* TIMEOUT_EXCEEDED */
  { 160, WEIR_CLICKHOUSE_AGAIN },   /* TOO_SLOW */
  { 164, WEIR_CLICKHOUSE_STOP },    /* READONLY */
  { 192, WEIR_CLICKHOUSE_STOP },    /* UNKNOWN_USER */
  { 193, WEIR_CLICKHOUSE_STOP },    /* WRONG_PASSWORD */
  { 194, WEIR_CLICKHOUSE_STOP },    /* REQUIRED_PASSWORD */
  { 202, WEIR_CLICKHOUSE_AGAIN },   /* TOO_MANY_SIMULTANEOUS_QUERIES */
  { 209, WEIR_CLICKHOUSE_AGAIN },   /* SOCKET_TIMEOUT */
  { 210, WEIR_CLICKHOUSE_AGAIN },   /* NETWORK_ERROR */
  { 241, WEIR_CLICKHOUSE_AGAIN },   /* MEMORY_LIMIT_EXCEEDED */
  { 242, WEIR_CLICKHOUSE_AGAIN },   /* TABLE_IS_READ_ONLY: a replica without its keeper */
  { 252, WEIR_CLICKHOUSE_CROWDED }, /* TOO_MANY_PARTS */
  { 279, WEIR_CLICKHOUSE_AGAIN },   /* ALL_CONNECTION_TRIES_FAILED */
  { 285, WEIR_CLICKHOUSE_AGAIN },   /* TOO_FEW_LIVE_REPLICAS */
  { 319, WEIR_CLICKHOUSE_AGAIN },   /* UNKNOWN_STATUS_OF_INSERT */
  { 349, WEIR_CLICKHOUSE_SPLIT },   /* CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN */
  { 425, WEIR_CLICKHOUSE_AGAIN },   /* SYSTEM_ERROR */
  { 497, WEIR_CLICKHOUSE_STOP },    /* ACCESS_DENIED */
  { 516, WEIR_CLICKHOUSE_STOP },    /* AUTHENTICATION_FAILED */
  { 999, WEIR_CLICKHOUSE_AGAIN },   /* KEEPER_EXCEPTION */
};

/* Reads a number of at most five digits. */
static guint
read_number (const char *text,
             gsize       length)
{
  guint number = 0;

  for (gsize i = 0; i < length && i < 5 && g_ascii_isdigit (text[i]); i++)
    number = number * 10 + (guint) (text[i] - '0');
  return number;
}

/**
 * weir_clickhouse_find_code:
 * @header: (nullable): the answer's header X-ClickHouse-Exception-Code
 * @body: the beginning of the answer; not trusted
 * @length: length of @body in bytes
 *
 * Returns: number of the exception, 0 when there is none
 */
guint
weir_clickhouse_find_code (const char *header,
                           const char *body,
                           gsize       length)
{
  const gsize prefix = strlen ("Code: ");

  if (header != NULL)
    return read_number (header, strlen (header));
  if (length > prefix && memcmp (body, "Code: ", prefix) == 0)
    return read_number (body + prefix, length - prefix);
  return 0;
}

/* Some proxy in between has answered, or a version that tells no number. */
static WeirClickhouseVerdict
judge_status (guint status)
{
  switch (status)
    {
    case 0:
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return WEIR_CLICKHOUSE_AGAIN;

    case 401:
    case 403:
    case 404:
    case 405:
      return WEIR_CLICKHOUSE_STOP;

    case 413:
      return WEIR_CLICKHOUSE_SPLIT;

    default:
      return status >= 200 && status < 300   ? WEIR_CLICKHOUSE_DONE
             : status >= 300 && status < 400 ? WEIR_CLICKHOUSE_STOP
                                             : WEIR_CLICKHOUSE_UNKNOWN;
    }
}

/**
 * weir_clickhouse_judge:
 * @status: HTTP status of the answer, 0 when there was none or not a whole one
 * @code: number of its exception, 0 for none
 *
 * Returns: what to do
 */
WeirClickhouseVerdict
weir_clickhouse_judge (guint status,
                       guint code)
{
  if (code == 0)
    return judge_status (status);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (verdicts[i].code == code)
      return (WeirClickhouseVerdict) verdicts[i].verdict;
  return WEIR_CLICKHOUSE_UNKNOWN;
}
