/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "weir-request-check.h"

#include <string.h>

#define MAX_BODY 1000

typedef struct {
  const char *head;
  int code;            /* of WeirError; −1: let in */
  guint64 length;
} Vector;

#define LET_IN -1
#define GET    "GET / HTTP/1.1\r\n"
#define POST   "POST /v1/events HTTP/1.1\r\n"
#define HOST   "Host: localhost\r\n"
#define END    "\r\n"

static const Vector vectors[] = {
  /* What ordinary clients send. */
  { GET HOST END, LET_IN, 0 },
  { GET "Host: 127.0.0.1:8740\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n" END, LET_IN, 0 },
  { GET "host:LOCALHOST:1\r\n" END, LET_IN, 0 },
  { GET "Host: [::1]:8740\r\n" END, LET_IN, 0 },
  { GET "Host: [::1]\r\n" END, LET_IN, 0 },
  { "GET / HTTP/1.0\r\n" END, LET_IN, 0 },
  { "GET / HTTP/1.0\r\n" HOST END, LET_IN, 0 },
  { "GET /%C3%a4?a=%00%25 HTTP/1.1\r\n" HOST END, LET_IN, 0 },
  { "OPTIONS * HTTP/1.1\r\n" HOST END, LET_IN, 0 },
  { "GET http://localhost/healthz HTTP/1.1\r\n" HOST END, LET_IN, 0 },
  { POST HOST "Content-Length: 0\r\n" END, LET_IN, 0 },
  { POST HOST "Content-Length: 999\r\n" END, LET_IN, 999 },
  { POST HOST "Content-Length:\t7 \r\n" END, LET_IN, 7 },
  { POST HOST "Content-Length: 0000000007\r\n" END, LET_IN, 7 },
  { POST HOST "Content-Length: 1000\r\n" END, LET_IN, 1000 },
  { POST HOST "Content-Length: 7\r\nExpect: 100-continue\r\n" END, LET_IN, 7 },
  { POST HOST END, LET_IN, 0 },
  { GET HOST "X-Text: caf\xc3\xa9 \xff\r\n" END, LET_IN, 0 },
  { GET HOST "X-Empty:\r\n" END, LET_IN, 0 },

  /* Framing. */
  { POST HOST "Content-Length: 7\r\nContent-Length: 7\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 7\r\nContent-Length: 8\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 7, 7\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: -5\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: +2\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 2 2\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 0x10\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 1e3\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length:\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 00000000007\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 99999999999999999999\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 1001\r\n" END, WEIR_ERROR_TOO_LARGE },
  { POST HOST "Content-Length: 9999999999\r\n" END, WEIR_ERROR_TOO_LARGE },
  { POST HOST "Transfer-Encoding: chunked\r\n" END, WEIR_ERROR_LENGTH_REQUIRED },
  { POST HOST "Transfer-Encoding: gzip, chunked\r\n" END, WEIR_ERROR_LENGTH_REQUIRED },
  { POST HOST "Transfer-Encoding: \x0b" "chunked\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n" END,
    WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Transfer-Encoding: identity\r\nContent-Length: 7\r\n" END,
    WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length : 7\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST " Content-Length: 7\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "Content-Length:\r\n 7\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { POST HOST "X-Folded: a\r\n\tb\r\n" END, WEIR_ERROR_INVALID_REQUEST },

  /* Lines. */
  { "GET / HTTP/1.1\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: localhost\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "\n", WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "X: a\rb\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "X: a\x01\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "No colon\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST ": no name\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "Na\"me: x\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "N\xc3\xa4me: x\r\n" END, WEIR_ERROR_INVALID_REQUEST },

  /* The request line. */
  { END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET  / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET / HTTP/1.1 \r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET / / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { " GET / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "get / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "G\tT / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET / HTTP/2.0\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET / HTTP/1.2\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET / http/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET healthz HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /\x7f HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /%zz HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /% HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /?a=%4 HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET /\xc3\xa4 HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "CONNECT localhost:80 HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET https://localhost/ HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "GET http://evil.example/ HTTP/1.1\r\n" HOST END, WEIR_ERROR_INVALID_REQUEST },
  { "PRI * HTTP/2.0\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { "\x16\x03\x01\x02\r\n" END, WEIR_ERROR_INVALID_REQUEST },

  /* Host. */
  { GET END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST HOST END, WEIR_ERROR_INVALID_REQUEST },
  { GET HOST "Host: evil.example\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host:\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: a b\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: localhost:80x\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: user@localhost\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: localhost/x\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: [::1\r\n" END, WEIR_ERROR_INVALID_REQUEST },
  { GET "Host: evil.example\r\n" END, WEIR_ERROR_MISDIRECTED },
  { GET "Host: localhost.evil.example\r\n" END, WEIR_ERROR_MISDIRECTED },
  { GET "Host: 10.0.0.1\r\n" END, WEIR_ERROR_MISDIRECTED },
  { "GET / HTTP/1.0\r\nHost: evil.example\r\n" END, WEIR_ERROR_MISDIRECTED },

  /* Origin. */
  { GET HOST "Origin: https://good.example\r\n" END, LET_IN, 0 },
  { GET HOST "Origin: HTTPS://Good.Example\r\n" END, LET_IN, 0 },
  { GET "Host: localhost:8740\r\nOrigin: http://localhost:8740\r\n" END, LET_IN, 0 },
  { GET "Host: localhost:8740\r\nOrigin: http://localhost:8741\r\n" END, WEIR_ERROR_FORBIDDEN },
  { GET "Host: localhost:8740\r\nOrigin: https://localhost:8740\r\n" END, WEIR_ERROR_FORBIDDEN },
  { GET HOST "Origin: https://evil.example\r\n" END, WEIR_ERROR_FORBIDDEN },
  { GET HOST "Origin: null\r\n" END, WEIR_ERROR_FORBIDDEN },
  { GET HOST "Origin:\r\n" END, WEIR_ERROR_FORBIDDEN },
  { GET HOST "Origin: https://good.example\r\nOrigin: https://good.example\r\n" END,
    WEIR_ERROR_INVALID_REQUEST },

  { POST HOST "Content-Length: 7\r\nExpect: magic\r\n" END, WEIR_ERROR_INVALID_REQUEST },
};

static WeirRequestRules *
make_rules (void)
{
  WeirRequestRules *rules = weir_request_rules_new (MAX_BODY);

  weir_request_rules_add_host (rules, "localhost");
  weir_request_rules_add_host (rules, "127.0.0.1");
  weir_request_rules_add_host (rules, "::1");
  weir_request_rules_add_origin (rules, "https://good.example");
  return rules;
}

static void
assert_verdict (const Vector        *vector,
                WeirHeadState        state,
                const WeirRequestHead *head,
                const GError        *error)
{
  if (vector->code == LET_IN)
    {
      g_assert_no_error (error);
      g_assert_cmpint (state, ==, WEIR_HEAD_COMPLETE);
      g_assert_cmpuint (head->size, ==, strlen (vector->head));
      g_assert_cmpuint (head->content_length, ==, vector->length);
      g_assert_cmpint (head->has_length, ==, strstr (vector->head, "Content-Length") != NULL);
    }
  else
    {
      g_assert_cmpint (state, ==, WEIR_HEAD_REFUSED);
      g_assert_error (error, WEIR_ERROR, vector->code);
    }
}

static void
test_vectors (void)
{
  g_autoptr(WeirRequestRules) rules = make_rules ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *escaped = g_strescape (vectors[i].head, NULL);
      WeirRequestHead head = { 0 };
      WeirHeadState state;

      g_test_message ("%s", escaped);
      state = weir_request_check (rules, vectors[i].head, strlen (vectors[i].head), &head, &error);
      assert_verdict (&vectors[i], state, &head, error);
    }
}

/* However the bytes are cut, the verdict is the same, and never earlier than it can be known. */
static void
test_byte_by_byte (void)
{
  g_autoptr(WeirRequestRules) rules = make_rules ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GError) error = NULL;
      WeirRequestHead head = { 0 };
      WeirHeadState state = WEIR_HEAD_INCOMPLETE;
      gsize length = strlen (vectors[i].head);

      for (gsize n = 0; n <= length && state == WEIR_HEAD_INCOMPLETE; n++)
        {
          /* A copy of exactly this size, so that reading further is seen by the sanitizers. */
          g_autofree char *copy = g_memdup2 (vectors[i].head, n);

          state = weir_request_check (rules, copy, n, &head, &error);
          if (vectors[i].code == LET_IN)
            g_assert_cmpint (state == WEIR_HEAD_COMPLETE, ==, n == length);
        }
      assert_verdict (&vectors[i], state, &head, error);
    }
}

static void
test_nul (void)
{
  static const char data[] = GET HOST "X: a\0b\r\n" END;
  g_autoptr(WeirRequestRules) rules = make_rules ();
  g_autoptr(GError) error = NULL;
  WeirRequestHead head = { 0 };

  g_assert_cmpint (weir_request_check (rules, data, sizeof data - 1, &head, &error), ==,
                   WEIR_HEAD_REFUSED);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_INVALID_REQUEST);
}

/* What follows a head is not looked at. */
static void
test_body_follows (void)
{
  static const char data[] = POST HOST "Content-Length: 3\r\n" END "a\nb";
  g_autoptr(WeirRequestRules) rules = make_rules ();
  g_autoptr(GError) error = NULL;
  WeirRequestHead head = { 0 };

  g_assert_cmpint (weir_request_check (rules, data, sizeof data - 1, &head, &error), ==,
                   WEIR_HEAD_COMPLETE);
  g_assert_no_error (error);
  g_assert_cmpuint (head.size, ==, sizeof data - 1 - 3);
  g_assert_cmpuint (head.content_length, ==, 3);
}

static WeirHeadState
check_string (WeirRequestRules  *rules,
              const GString     *text,
              GError           **error)
{
  WeirRequestHead head = { 0 };

  return weir_request_check (rules, text->str, text->len, &head, error);
}

static void
test_limits (void)
{
  g_autoptr(WeirRequestRules) rules = make_rules ();
  g_autoptr(GString) text = g_string_new (GET HOST);
  g_autoptr(GError) error = NULL;

  for (guint i = 1; i < WEIR_REQUEST_MAX_HEADERS; i++)
    g_string_append (text, "X: y\r\n");
  g_string_append (text, END);
  g_assert_cmpint (check_string (rules, text, &error), ==, WEIR_HEAD_COMPLETE);

  g_string_insert (text, strlen (GET), "X: y\r\n");
  g_assert_cmpint (check_string (rules, text, &error), ==, WEIR_HEAD_REFUSED);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_HEADERS_TOO_LARGE);
  g_clear_error (&error);

  /* As many bytes as fit, and one more. */
  g_string_assign (text, GET HOST "X: ");
  while (text->len < WEIR_REQUEST_MAX_HEAD_BYTES - strlen ("\r\n\r\n"))
    g_string_append_c (text, 'x');
  g_string_append (text, "\r\n\r\n");
  g_assert_cmpint (check_string (rules, text, &error), ==, WEIR_HEAD_COMPLETE);
  g_string_insert_c (text, (gssize) strlen (GET HOST "X: "), 'x');
  g_assert_cmpint (check_string (rules, text, &error), ==, WEIR_HEAD_REFUSED);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_HEADERS_TOO_LARGE);
  g_clear_error (&error);

  g_string_assign (text, "GET /");
  for (guint i = 0; i < 9000; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, " HTTP/1.1\r\n" HOST END);
  g_assert_cmpint (check_string (rules, text, &error), ==, WEIR_HEAD_REFUSED);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_HEADERS_TOO_LARGE);
}

static void
test_wildcards (void)
{
  static const char by_address[] = GET "Host: 10.0.0.1:8740\r\n" END;
  static const char by_name[] = GET "Host: evil.example\r\n" END;
  static const char foreign[] = GET HOST "Origin: https://any.example\r\n" END;
  g_autoptr(WeirRequestRules) rules = make_rules ();
  g_autoptr(GError) error = NULL;
  WeirRequestHead head = { 0 };

  weir_request_rules_allow_any_ip (rules);
  weir_request_rules_add_origin (rules, "*");
  g_assert_cmpint (weir_request_check (rules, by_address, strlen (by_address), &head, NULL), ==,
                   WEIR_HEAD_COMPLETE);
  head = (WeirRequestHead) { 0 };
  g_assert_cmpint (weir_request_check (rules, foreign, strlen (foreign), &head, NULL), ==,
                   WEIR_HEAD_COMPLETE);
  g_assert_true (head.has_origin);
  head = (WeirRequestHead) { 0 };
  g_assert_cmpint (weir_request_check (rules, by_name, strlen (by_name), &head, &error), ==,
                   WEIR_HEAD_REFUSED);
  g_assert_error (error, WEIR_ERROR, WEIR_ERROR_MISDIRECTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/collector/request-check/vectors", test_vectors);
  g_test_add_func ("/collector/request-check/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/collector/request-check/nul", test_nul);
  g_test_add_func ("/collector/request-check/body-follows", test_body_follows);
  g_test_add_func ("/collector/request-check/limits", test_limits);
  g_test_add_func ("/collector/request-check/wildcards", test_wildcards);

  return g_test_run ();
}
