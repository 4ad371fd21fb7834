/* Copyright 2026 The Weir authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "test-funnel-definition.h"
#include "weir-funnel-answer.h"
#include "weir-time.h"

/* Random persons and random funnels, against the definition written down a second time. Then the
 * same live, event by event, merge by merge, second by second. */

#define EPOCH   G_GINT64_CONSTANT (1767225600000000)   /* 2026-01-01T00:00:00Z */
#define N_CASES 20000

static void
append_term (GString        *out,
             const TestTerm *term)
{
  g_string_append_printf (out, "{\"event\":\"%c\"", term->event);
  if (term->wants_k)
    g_string_append (out, ",\"filter\":{\"property\":\"k\",\"op\":\"=\",\"value\":1}");
}

static char *
plan_to_json (const TestPlan *plan,
              const char     *kind,
              const char     *more)
{
  static const char *const orders[] = { "ordered", "strict", "any" };
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"kind\":\"%s\",\"order\":\"%s\",\"window\":\"%ds\"%s,\"steps\":[", kind,
                          orders[plan->order], (int) (plan->window / TEST_SECOND), more);
  for (guint i = 0; i < plan->n_steps; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      append_term (out, &plan->steps[i]);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
  if (plan->exclusion.event != 0)
    {
      g_string_append (out, ",\"exclusions\":[");
      append_term (out, &plan->exclusion);
      g_string_append_printf (out, ",\"from\":%u,\"to\":%u}]", plan->from, plan->to);
    }
  if (plan->last > 0)
    g_string_append_printf (out, ",\"range\":{\"last\":\"%ds\"}", (int) (plan->last / TEST_SECOND));
  if (plan->has_breakdown)
    g_string_append (out, ",\"breakdown\":\"g\"");
  if (plan->has_cohort)
    g_string_append (out, ",\"cohort\":\"did b\"");
  g_string_append_c (out, '}');

  return g_string_free (out, FALSE);
}

static WeirQuestion *
make_question (const TestPlan *plan,
               const char     *kind,
               const char     *more)
{
  g_autofree char *json = plan_to_json (plan, kind, more);
  g_autoptr(GError) error = NULL;
  WeirQuestion *question = weir_question_new_from_json (json, -1, &error);

  g_assert_no_error (error);

  return question;
}

static void
random_plan (TestPlan *plan,
             GRand    *rand)
{
  *plan = (TestPlan) { .n_steps = (guint) g_rand_int_range (rand, 2, TEST_MAX_STEPS + 1),
                   .order = (TestOrder) g_rand_int_range (rand, 0, 3),
                   .window = g_rand_int_range (rand, 0, 12) * TEST_SECOND,
                   .has_breakdown = g_rand_int_range (rand, 0, 4) == 0,
                   .has_cohort = g_rand_int_range (rand, 0, 4) == 0 };
  plan->overlaps = g_rand_int_range (rand, 0, 3) == 0;
  for (guint i = 0; i < plan->n_steps; i++)
    {
      plan->steps[i].event = (char) g_rand_int_range (rand, 'a', 'e');
      plan->steps[i].wants_k = plan->overlaps && g_rand_boolean (rand);
      if (plan->overlaps && g_rand_int_range (rand, 0, 6) == 0)
        plan->steps[i].event = '*';
    }
  if (plan->order != TEST_ANY && g_rand_boolean (rand))
    {
      plan->exclusion.event = (char) g_rand_int_range (rand, 'a', 'f');
      plan->from = (guint) g_rand_int_range (rand, 1, (int) plan->n_steps);
      plan->to = (guint) g_rand_int_range (rand, (int) plan->from + 1, (int) plan->n_steps + 1);
    }
  if (g_rand_int_range (rand, 0, 3) == 0)
    plan->last = g_rand_int_range (rand, 5, 25) * TEST_SECOND;
}

typedef struct {
  GRand *rand;
  TestPlan plan;
  TestMemoryStore *store;
  GArray *events;
  WeirQuestion *question;
  WeirAnswer *live;
  gint64 now;
} Fixture;

static void
add_event (Fixture *fixture)
{
  TestEvent event = { .event = (char) g_rand_int_range (fixture->rand, 'a', 'f'), .k = g_rand_boolean (fixture->rand) };
  guint n_events = fixture->events->len;
  char time[WEIR_TIME_TEXT_SIZE];
  g_autofree char *json = NULL;

  /* Of events that overlap at one time only the order of the steps says which takes which; that is
   * not to be had from all chains. One second each keeps them apart. */
  event.time = EPOCH + g_rand_int_range (fixture->rand, 0, fixture->plan.overlaps ? 40 : 16) * TEST_SECOND;
  for (guint i = 0; fixture->plan.overlaps && i < n_events; i++)
    {
      if (g_array_index (fixture->events, TestEvent, i).time == event.time)
        return;
    }
  g_snprintf (event.id, sizeof event.id, "p%d", g_rand_int_range (fixture->rand, 0, 4));
  event.identity = test_memory_store_get_identity (fixture->store, event.id);
  weir_time_format_rfc3339 (event.time, time);
  json = g_strdup_printf ("{\"event\":\"%c\",\"user_id\":\"%s\",\"timestamp\":\"%s\","
                          "\"properties\":{\"k\":%d%s}}",
                          event.event, event.id, time, event.k,
                          g_rand_boolean (fixture->rand) ? ",\"g\":\"one\"" : ",\"g\":\"two\"");
  test_memory_store_add (fixture->store, json);
  g_array_append_val (fixture->events, event);
  test_memory_store_feed (fixture->store, fixture->live, n_events);
}

static void
change_persons (Fixture *fixture)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  char one[4], two[4];

  g_snprintf (one, sizeof one, "p%d", g_rand_int_range (fixture->rand, 0, 4));
  g_snprintf (two, sizeof two, "p%d", g_rand_int_range (fixture->rand, 0, 4));
  switch (g_rand_int_range (fixture->rand, 0, 5))
    {
    case 0:
    case 1:
      test_memory_store_merge (fixture->store, one, two, changes);
      break;

    case 2:
      test_memory_store_split (fixture->store, one, changes);
      break;

    case 3:
      test_memory_store_set_properties (fixture->store, one, "{\"x\":1}", changes);
      break;

    default:
      test_memory_store_delete (fixture->store, one, changes);
      break;
    }
  weir_answer_change (fixture->live, (WeirPersonChange *) changes->data, changes->len);
}

static char *
write_answer (WeirAnswer *answer,
              gboolean    csv)
{
  g_autoptr(GError) error = NULL;
  GString *out = g_string_new (NULL);

  if (csv)
    weir_answer_write_csv (answer, out, &error);
  else
    weir_answer_write (answer, out, &error);
  g_assert_no_error (error);

  return g_string_free (out, FALSE);
}

static WeirAnswer *
ask (Fixture      *fixture,
     WeirQuestion *question)
{
  g_autoptr(GError) error = NULL;
  WeirAnswer *answer = test_memory_store_ask (fixture->store, question, fixture->now, &error);

  g_assert_no_error (error);

  return answer;
}

static void
print_case (Fixture *fixture)
{
  g_autofree char *question = plan_to_json (&fixture->plan, "funnel", "");

  g_printerr ("now %d: %s\n", (int) ((fixture->now - EPOCH) / TEST_SECOND), question);
  for (guint i = 0; i < fixture->events->len; i++)
    {
      const TestEvent *event = &g_array_index (fixture->events, TestEvent, i);

      g_printerr ("%u %c%s%d\n",
                  weir_person_map_get (weir_people_get_map (test_memory_store_get_people (fixture->store)),
                                       event->identity),
                  event->event, event->k ? "*" : "", (int) ((event->time - EPOCH) / TEST_SECOND));
    }
}

/* Live, fresh, from a file and by the definition: all say the same. */
static void
check_same (Fixture *fixture)
{
  g_autoptr(WeirAnswer) answer = ask (fixture, fixture->question);
  g_autoptr(WeirAnswer) spilled =
      weir_question_answer (fixture->question, test_memory_store_get_people (fixture->store), fixture->now, NULL);
  g_autofree char *fresh = write_answer (answer, FALSE);
  g_autofree char *live = write_answer (fixture->live, FALSE);
  g_autofree char *filed = NULL;
  g_autofree char *defined = test_funnel_define (fixture->store, &fixture->plan, fixture->events, fixture->now);

  weir_funnel_answer_set_max_in_memory (WEIR_FUNNEL_ANSWER (spilled), 3);
  test_memory_store_feed (fixture->store, spilled, 0);
  filed = write_answer (spilled, FALSE);
  if (!g_str_equal (filed, fresh) || !g_str_equal (live, fresh) || !g_str_has_prefix (fresh, defined))
    print_case (fixture);
  g_assert_cmpstr (filed, ==, fresh);
  g_assert_false (weir_answer_needs_reload (fixture->live));
  g_assert_cmpstr (live, ==, fresh);
  if (!fixture->plan.has_breakdown || !g_str_has_prefix (fresh, defined))
    g_assert_cmpstr (fresh, ==, defined);
}

static JsonObject *
parse_members (const char *members,
               JsonParser *parser)
{
  g_autofree char *json = g_strdup_printf ("{%s}", members);
  g_autoptr(GError) error = NULL;

  json_parser_load_from_data (parser, json, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

/* How many persons a list has, page by page. */
static guint
count_list (Fixture    *fixture,
            const char *more)
{
  g_autofree char *cursor = g_strdup ("null");
  g_autoptr(JsonParser) parser = json_parser_new ();
  guint n = 0;

  while (TRUE)
    {
      g_autofree char *page = g_strdup_printf ("%s,\"limit\":2,\"cursor\":%s", more, cursor);
      g_autoptr(WeirQuestion) question = make_question (&fixture->plan, "funnel_persons", page);
      g_autoptr(WeirAnswer) answer = ask (fixture, question);
      g_autofree char *json = write_answer (answer, FALSE);
      JsonObject *object = parse_members (json, parser);
      guint length = json_array_get_length (json_object_get_array_member (object, "persons"));

      g_assert_cmpuint (length, <=, 2);
      n += length;
      if (json_object_get_null_member (object, "cursor"))
        {
          g_assert_cmpuint (n, ==, json_object_get_int_member (object, "total"));
          return n;
        }
      g_assert_cmpuint (length, ==, 2);
      g_free (cursor);
      cursor = g_strdup_printf ("\"%s\"", json_object_get_string_member (object, "cursor"));
    }
}

/* Numbers, lists and files of numbers agree. */
static void
check_lists (Fixture *fixture)
{
  g_autoptr(WeirAnswer) answer = ask (fixture, fixture->question);
  g_autofree char *json = write_answer (answer, FALSE);
  g_autofree char *csv = write_answer (answer, TRUE);
  g_auto(GStrv) lines = g_strsplit (csv, "\r\n", -1);
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonObject *object = parse_members (json, parser);
  JsonArray *steps = json_object_get_array_member (object, "steps");
  guint before = 0;

  for (guint i = 0; i < fixture->plan.n_steps; i++)
    {
      guint count = (guint) json_object_get_int_member (json_array_get_object_element (steps, i), "count");
      g_autofree char *converted = g_strdup_printf (",\"step\":%u", i + 1);
      g_autofree char *dropped = g_strdup_printf (",\"step\":%u,\"converted\":false", i + 1);
      g_autofree char *line = g_strdup_printf ("%u,%c,%u,", i + 1, fixture->plan.steps[i].event, count);

      g_assert_cmpuint (count_list (fixture, converted), ==, count);
      if (i > 0)
        g_assert_cmpuint (count_list (fixture, dropped), ==, before - count);
      if (!fixture->plan.has_breakdown)
        g_assert_true (g_str_has_prefix (lines[i + 1], line));
      before = count;
    }
  g_assert_cmpuint (count_list (fixture, ",\"excluded\":true"), ==, json_object_get_int_member (object, "excluded"));
}

static void
run_case (guint32 seed)
{
  Fixture fixture = { .rand = g_rand_new_with_seed (seed), .now = EPOCH + 8 * TEST_SECOND };
  guint n_events, n_moves = 0;

  random_plan (&fixture.plan, fixture.rand);
  fixture.store = test_memory_store_new ();
  test_memory_store_save_cohort (fixture.store, "did b", "{\"where\":{\"did\":\"b\"}}");
  fixture.events = g_array_new (FALSE, FALSE, sizeof (TestEvent));
  fixture.question = make_question (&fixture.plan, "funnel", "");
  fixture.live =
      weir_question_answer (fixture.question, test_memory_store_get_people (fixture.store), fixture.now, NULL);
  n_events = (guint) g_rand_int_range (fixture.rand, 1, 15);
  while (fixture.events->len < n_events && n_moves++ < 40)
    {
      int move = g_rand_int_range (fixture.rand, 0, 10);

      if (move < 7)
        add_event (&fixture);
      else if (move < 9)
        change_persons (&fixture);
      else
        {
          fixture.now += g_rand_int_range (fixture.rand, 1, 6) * TEST_SECOND;
          weir_answer_advance (fixture.live, fixture.now);
        }
      if (g_rand_int_range (fixture.rand, 0, 3) == 0)
        check_same (&fixture);
    }
  check_same (&fixture);
  if (seed % 8 == 0)
    check_lists (&fixture);
  g_object_unref (fixture.live);
  g_object_unref (fixture.question);
  g_array_unref (fixture.events);
  test_memory_store_free (fixture.store);
  g_rand_free (fixture.rand);
}

static void
test_random (void)
{
  guint32 first = (guint32) g_test_rand_int ();

  for (guint32 i = 0; i < N_CASES; i++)
    run_case (first + i);
}

/* What a live answer cannot work in, it says. */
static void
test_reload (void)
{
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (
      "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"b\"}],"
      "\"filter\":{\"property\":\"person.vip\",\"op\":\"is_set\"}}", -1, NULL);
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (WeirPersonChange));
  g_autoptr(WeirAnswer) answer = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  test_memory_store_add (store, "{\"event\":\"a\",\"user_id\":\"u\"}");
  answer = test_memory_store_ask (store, question, EPOCH, NULL);
  before = write_answer (answer, FALSE);
  g_assert_false (weir_answer_needs_reload (answer));
  test_memory_store_set_properties (store, "u", "{\"vip\":1}", changes);
  weir_answer_change (answer, (WeirPersonChange *) changes->data, changes->len);
  g_assert_true (weir_answer_needs_reload (answer));

  g_clear_object (&answer);
  answer = test_memory_store_ask (store, question, EPOCH, NULL);
  after = write_answer (answer, FALSE);
  g_assert_nonnull (strstr (before, "\"count\":0"));
  g_assert_nonnull (strstr (after, "\"count\":1"));
}

/* So does one that has too many rows to go on, and until then it is right. */
static void
test_too_many (void)
{
  g_autoptr(TestMemoryStore) store = test_memory_store_new ();
  g_autoptr(WeirQuestion) question = weir_question_new_from_json (
      "{\"kind\":\"funnel\",\"steps\":[{\"event\":\"a\"},{\"event\":\"a\"}]}", -1, NULL);
  g_autoptr(WeirAnswer) answer = NULL;

  answer = weir_question_answer (question, test_memory_store_get_people (store), EPOCH, NULL);
  weir_funnel_answer_set_max_in_memory (WEIR_FUNNEL_ANSWER (answer), 3);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *json = NULL;

      test_memory_store_add (store, "{\"event\":\"a\",\"user_id\":\"u\"}");
      test_memory_store_feed (store, answer, i);
      g_assert_cmpint (weir_answer_needs_reload (answer), ==, i >= 3);
      if (i < 3)
        json = write_answer (answer, FALSE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/funnel/random", test_random);
  g_test_add_func ("/funnel/reload", test_reload);
  g_test_add_func ("/funnel/too-many", test_too_many);

  return g_test_run ();
}
