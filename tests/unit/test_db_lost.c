/* PostgreSQL whose connections break, at each place where they can; which several servers write; and where strangers get in the way. What came back OK
 * is there, and nothing is there twice. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "cutter.h"
#include "db/db.h"
#include "db/engine.h"
#include "fixture.h"
#include "sql.h"
#include "base/banned.h"

static const str nothing = { 0 };

/* A site, and a second way to it with something in between. */
struct stage {
	struct site *site;
	struct cx *cx;
	struct cutter *cutter;
	str place;
};

/* The folder in "…?host=FOLDER&user=postgres", and the same address with another. */
static str folder_of(str place, str *before, str *after)
{
	str rest, head = str_cut(place, '=', &rest), folder = str_cut(rest, '&', after);
	*before = head;
	return folder;
}

static int set_up(void **state)
{
	str before, after;
	if (!site_on_postgres() || site_set_up(state) != 0) return -1;
	struct site *site = *state;
	struct stage *s = cx_new_of(site->cx, struct stage);
	*s = (struct stage){ .site = site, .cx = site->cx };
	const char *server = str_c(s->cx, folder_of(site->place, &before, &after));
	s->place = str_fmt(s->cx, STR_FMT "=%s&" STR_FMT, STR_ARG(before), site->dir, STR_ARG(after));
	s->cutter = cutter_start(site->dir, server);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	cutter_stop(s->cutter);
	*state = s->site;
	return site_tear_down(state);
}

static int64_t raw(struct stage *s, const char *text) { return site_raw(s->site, text); }

static int64_t notes(struct stage *s) { return raw(s, "SELECT count(*) FROM note"); }

/* Until the database says so; whatever waits for it goes on by itself. */
static void until(struct stage *s, const char *text)
{
	int64_t end = clock_monotonic() + MINUTE / 2;
	while (raw(s, text) < 1) {
		if (clock_monotonic() > end) fail_msg("in vain: %s", text);
		sched_yield();
	}
}

#define OURS "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'broadside'"

/* ---- one write, by a thread of its own where it has to wait ---- */

struct write {
	struct db *db;
	pthread_t thread;
	atomic_int runs;
	err result;
	char sentence[300];
};

static err add_note(struct cx *cx, struct db *db, void *arg)
{
	struct write *w = arg;
	struct sql_note_add *row;
	struct sql_counter_raise *raised;
	atomic_fetch_add(&w->runs, 1);
	TRY(sql_note_add(cx, db, 0, S("one"), 0, nothing, &row));
	return sql_counter_raise(cx, db, &raised);
}

static void *write_main(void *arg)
{
	struct write *w = arg;
	struct cx *cx = cx_new();
	w->result = db_transaction(cx, w->db, add_note, w);
	str s = str_sub(cx->fault.sentence, 0, sizeof w->sentence - 1);
	if (w->result != OK) memcpy(w->sentence, s.p, s.n);
	cx_end(cx);
	return NULL;
}

static struct db *open_cut(struct stage *s)
{
	struct db *db;
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &db), OK);
	return db;
}

/* One write whose COMMIT fares so; answers how often it ran. */
static int write_cut(struct stage *s, enum cut what, int times)
{
	struct write w = { .db = open_cut(s) };
	cutter_plan(s->cutter, what, times);
	write_main(&w);
	assert_int_equal(w.result, OK);
	assert_int_equal(cutter_cuts(s->cutter), times);
	assert_int_equal(notes(s), 1);
	assert_int_equal(raw(s, "SELECT value FROM counter"), 1);
	db_close(w.db);
	return w.runs;
}

static void a_commit_that_never_arrived_is_made_again(void **state) { assert_int_equal(write_cut(*state, CUT_BEFORE, 1), 2); }

static void it_may_be_lost_again(void **state) { assert_int_equal(write_cut(*state, CUT_BEFORE, 3), 4); }

static void a_commit_whose_answer_was_lost_is_found(void **state) { assert_int_equal(write_cut(*state, CUT_AFTER, 1), 1); }

static void a_commit_that_goes_on_behind_a_cut_is_found(void **state) { assert_int_equal(write_cut(*state, CUT_DURING, 1), 1); }

/* ---- an outcome that is not decided yet ---- */

#define WAITS_FOR_KEY "SELECT count(*) " OURS " AND wait_event_type = 'Lock'"
#define END_THE_HELD "SELECT count(pg_terminate_backend(pid)) " OURS " AND state = 'idle in transaction'"

static void begin_held(struct stage *s, struct write *w)
{
	*w = (struct write){ .db = open_cut(s) };
	cutter_plan(s->cutter, CUT_HOLD, 1);
	pthread_create(&w->thread, NULL, write_main, w);
	until(s, WAITS_FOR_KEY);
}

static void end_held(struct stage *s, struct write *w, int runs)
{
	pthread_join(w->thread, NULL);
	assert_int_equal(w->result, OK);
	assert_int_equal(w->runs, runs);
	assert_int_equal(notes(s), 1);
	db_close(w->db);
}

static void a_commit_still_under_way_is_waited_for(void **state)
{
	struct stage *s = *state;
	struct write w;
	begin_held(s, &w);
	cutter_release(s->cutter);
	end_held(s, &w, 1);
}

static void one_that_is_given_up_meanwhile_is_made_again(void **state)
{
	struct stage *s = *state;
	struct write w;
	begin_held(s, &w);
	cutter_drop(s->cutter);
	end_held(s, &w, 2);
}

static void a_session_ended_on_the_server_likewise(void **state)
{
	struct stage *s = *state;
	struct write w;
	begin_held(s, &w);
	assert_int_equal(raw(s, END_THE_HELD), 1);
	end_held(s, &w, 2);
}

/* Takes as long as people are made to wait. */
static void what_cannot_be_found_out_is_said(void **state)
{
	struct stage *s = *state;
	struct write w;
	begin_held(s, &w);
	pthread_join(w.thread, NULL);
	assert_int_equal(w.result, BUSY);
	assert_non_null(strstr(w.sentence, "it may be there or not"));
	cutter_release(s->cutter);
	until(s, "SELECT count(*) FROM note");
	assert_int_equal(notes(s), 1);
	db_close(w.db);
}

/* Found to be there, it is acknowledged only when it is as safe as a commit that was answered: on the standby, where there is one. */
static void what_is_found_is_made_safe_before_it_is_acknowledged(void **state)
{
	struct stage *s = *state;
	struct write w = { .db = open_cut(s) };
	const char *waits = "SELECT count(*) " OURS " AND wait_event = 'SyncRep'";
	raw(s, "ALTER SYSTEM SET synchronous_standby_names = 'absent'");
	raw(s, "SELECT pg_reload_conf()");
	until(s, "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names' AND setting <> ''");
	cutter_plan(s->cutter, CUT_DURING, 1);
	pthread_create(&w.thread, NULL, write_main, &w);
	until(s, waits);
	until(s, WAITS_FOR_KEY);
	assert_int_equal(raw(s, "SELECT pg_terminate_backend(pid)::int " OURS " AND wait_event = 'SyncRep'"), 1); /* it is there now, and nowhere else */
	until(s, waits);
	raw(s, "ALTER SYSTEM RESET synchronous_standby_names");
	raw(s, "SELECT pg_reload_conf()");
	end_held(s, &w, 1);
}

/* ---- wherever a connection can break ---- */

static void a_cut_at_any_message_loses_nothing(void **state)
{
	struct stage *s = *state;
	int64_t there = 0;
	bool cut = true;
	for (int at = 0; cut; at++) {
		struct write w = { 0 };
		cutter_plan(s->cutter, CUT_MESSAGE, at);
		if (db_open(s->cx, s->place, DB_WRITE, &w.db) != OK) continue;
		write_main(&w);
		assert_true(w.result == OK || w.result == BUSY);
		there += w.result == OK;
		assert_int_equal(notes(s), there);
		db_close(w.db);
		cut = cutter_cuts(s->cutter) > 0;
		assert_in_range(at, 0, 10000);
	}
	assert_in_range(there, 5, 10000);
}

static void a_reader_reads_on(void **state)
{
	struct stage *s = *state;
	struct sql_note_count *count;
	struct db *near, *far;
	assert_int_equal(db_open(s->cx, s->site->place, DB_READ, &near), OK);
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &far), OK);
	for (int i = 0; i < 5; i++) {
		cutter_plan(s->cutter, CUT_MESSAGE, 0);
		assert_int_equal(sql_note_count(s->cx, far, &count), BUSY);
		while (sql_note_count(s->cx, far, &count) != OK) sched_yield();
		assert_int_equal(raw(s, "SELECT pg_terminate_backend(pid, 10000)::int " OURS), 1);
		assert_int_equal(db_read_begin(s->cx, near), OK); /* it broke while nobody used it */
		assert_int_equal(sql_note_count(s->cx, near, &count), OK);
		assert_int_equal(count->count, 0);
		db_read_end(near);
	}
	db_close(near);
	db_close(far);
}

/* ---- ended by the server in the middle ---- */

struct victim {
	struct stage *stage;
	int runs, times;
};

static err lose_it(struct cx *cx, struct db *db, void *arg)
{
	struct victim *v = arg;
	struct sql_note_add *row;
	struct sql_counter_raise *raised;
	TRY(sql_note_add(cx, db, 0, S("half"), 0, nothing, &row));
	if (v->runs++ < v->times) (void)raw(v->stage, "SELECT count(pg_terminate_backend(pid, 10000)) " OURS " AND state = 'idle in transaction'");
	return sql_counter_raise(cx, db, &raised);
}

static void a_session_ended_in_the_middle_begins_again(void **state)
{
	struct stage *s = *state;
	struct victim once = { s, 0, 1 }, always = { s, 0, 1000 };
	assert_int_equal(db_transaction(s->cx, s->site->db, lose_it, &once), OK);
	assert_int_equal(once.runs, 2);
	assert_int_equal(notes(s), 1);
	assert_int_equal(db_transaction(s->cx, s->site->db, lose_it, &always), BUSY);
	assert_in_range(always.runs, 2, 10);
	assert_int_equal(notes(s), 1);
	assert_int_equal(raw(s, "SELECT value FROM counter"), 1);
	assert_int_equal(db_transaction(s->cx, s->site->db, lose_it, &once), OK);
}

/* ---- writers in each other's way ---- */

struct author {
	pthread_t thread;
	struct db_writer *w;
	int number, ok, busy, wrong;
};

/* What two of these read, neither may have written alone: on one state of the notes only one of them can stand. */
static err count_up(struct cx *cx, struct db *db, void *arg)
{
	(void)arg;
	struct sql_note_count *count;
	struct sql_note_add *row;
	TRY(sql_note_count(cx, db, &count));
	return sql_note_add(cx, db, 0, str_fmt(cx, "%lld", (long long)count->count), 0, nothing, &row);
}

static void *count_main(void *arg)
{
	struct author *a = arg;
	struct cx *cx = cx_new();
	for (int i = 0; i < 25; i++) {
		if (db_write(cx, a->w, count_up, NULL) != OK) a->wrong++;
		cx_reset(cx);
	}
	cx_end(cx);
	return NULL;
}

#define AUTHORS 8
#define SERVERS 2

static void run_authors(struct stage *s, str place, void *(*main)(void *), struct author authors[AUTHORS])
{
	struct db_writer *w[SERVERS];
	for (int i = 0; i < SERVERS; i++) assert_int_equal(db_writer_start(s->cx, place, &w[i]), OK);
	for (int i = 0; i < AUTHORS; i++) {
		authors[i] = (struct author){ .w = w[i % SERVERS], .number = i };
		pthread_create(&authors[i].thread, NULL, main, &authors[i]);
	}
	for (int i = 0; i < AUTHORS; i++) {
		pthread_join(authors[i].thread, NULL);
		assert_int_equal(authors[i].wrong, 0);
	}
	for (int i = 0; i < SERVERS; i++) db_writer_stop(w[i]);
}

static void each_writes_as_if_alone(void **state)
{
	struct stage *s = *state;
	struct author authors[AUTHORS];
	run_authors(s, s->site->place, count_main, authors);
	assert_int_equal(notes(s), AUTHORS * 25);
	assert_int_equal(raw(s, "SELECT count(DISTINCT title) FROM note"), AUTHORS * 25);
}

/* Servers take turns from their first query on, so that none runs in vain. */
static void who_writes_keeps_others_waiting(void **state)
{
	struct stage *s = *state;
	struct author one = { 0 };
	struct sql_note_count *count;
	struct sql_note_add *row;
	assert_int_equal(db_writer_start(s->cx, s->site->place, &one.w), OK);
	assert_int_equal(db_begin(s->cx, s->site->db), OK);
	assert_int_equal(sql_note_count(s->cx, s->site->db, &count), OK);
	pthread_create(&one.thread, NULL, count_main, &one);
	until(s, "SELECT count(*) " OURS " AND wait_event_type = 'Lock'");
	assert_int_equal(sql_note_add(s->cx, s->site->db, 0, S("0"), 0, nothing, &row), OK);
	assert_int_equal(db_commit(s->cx, s->site->db), OK);
	pthread_join(one.thread, NULL);
	db_writer_stop(one.w);
	assert_int_equal(one.wrong, 0);
	assert_int_equal(raw(s, "SELECT count(DISTINCT title) FROM note"), 26);
}

/* A stranger's session takes two notes in the opposite order, and never sees a deadlock itself. */
struct stranger {
	struct stage *stage;
	struct site site;
	pthread_t thread;
	int runs;
};

static void *stranger_main(void *arg)
{
	struct stranger *t = arg;
	(void)site_raw(&t->site, "BEGIN; SET deadlock_timeout = '1h'; UPDATE note SET score = score + 1 WHERE id = 2; UPDATE note SET score = score + 1 WHERE id = 1;"
	                         " COMMIT");
	return NULL;
}

static err take_both(struct cx *cx, struct db *db, void *arg)
{
	struct stranger *t = arg;
	struct sql_note_touch *row;
	TRY(sql_note_touch(cx, db, 1, &row));
	if (t->runs++ == 0) {
		pthread_create(&t->thread, NULL, stranger_main, t);
		until(t->stage, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
	}
	return sql_note_touch(cx, db, 2, &row);
}

static void of_two_in_a_deadlock_both_come_through(void **state)
{
	struct stage *s = *state;
	struct stranger t = { .stage = s, .site = *s->site };
	t.site.cx = cx_new();
	raw(s, "INSERT INTO note (title, score) VALUES ('a', 0), ('b', 0)");
	assert_int_equal(db_transaction(s->cx, s->site->db, take_both, &t), OK);
	assert_in_range(t.runs, 2, 5); /* the stranger may still be at it */
	pthread_join(t.thread, NULL);
	cx_end(t.site.cx);
	assert_int_equal(raw(s, "SELECT sum(score)::int FROM note"), 4);
}

/* ---- commits cut by chance, under load ---- */

static err write_one(struct cx *cx, struct db *db, void *arg)
{
	struct sql_note_add *row;
	struct sql_counter_raise *raised;
	TRY(sql_note_add(cx, db, 0, *(str *)arg, 0, nothing, &row));
	return sql_counter_raise(cx, db, &raised);
}

static void *write_many_main(void *arg)
{
	struct author *a = arg;
	struct cx *cx = cx_new();
	for (int i = 0; i < 30; i++) {
		str title = str_fmt(cx, "%d %d", a->number, i);
		err e = db_write(cx, a->w, write_one, &title);
		a->ok += e == OK;
		a->busy += e == BUSY;
		a->wrong += e != OK && e != BUSY;
		cx_reset(cx);
	}
	cx_end(cx);
	return NULL;
}

static void under_load_nothing_is_lost_and_nothing_is_twice(void **state)
{
	struct stage *s = *state;
	struct author authors[AUTHORS];
	int64_t ok = 0, busy = 0;
	cutter_plan(s->cutter, CUT_CHANCE, 200);
	run_authors(s, s->place, write_many_main, authors);
	for (int i = 0; i < AUTHORS; i++) ok += authors[i].ok, busy += authors[i].busy;
	assert_int_equal(ok + busy, AUTHORS * 30);
	assert_in_range(cutter_cuts(s->cutter), 20, 200);
	assert_int_equal(raw(s, "SELECT count(*) - count(DISTINCT title) FROM note"), 0);
	assert_in_range(notes(s), ok, ok + busy);
	assert_int_equal(notes(s), raw(s, "SELECT value FROM counter"));
	assert_in_range(ok, 100, AUTHORS * 30);
}

/* ---- what is not waited for ---- */

/* A write that answers nothing, and can't be done; then one that can. */
static err add_kinds(struct cx *cx, struct db *db, void *arg)
{
	struct sql_note_add *row;
	bool asks = arg != NULL;
	TRY(sql_kind_add(cx, db, 1, S("the same")));
	TRY(sql_kind_add(cx, db, 2, S("the same")));
	return asks ? sql_note_add(cx, db, 1, S("behind it"), 0, nothing, &row) : OK;
}

static void a_write_that_answers_nothing_fails_all_the_same(void **state)
{
	struct stage *s = *state;
	assert_int_equal(db_transaction(s->cx, s->site->db, add_kinds, s), CONFLICT);
	assert_int_equal(db_transaction(s->cx, s->site->db, add_kinds, NULL), CONFLICT);
	assert_int_equal(raw(s, "SELECT count(*) FROM kind") + notes(s), 0);
}

static err add_many(struct cx *cx, struct db *db, void *arg)
{
	struct sql_counter_raise *raised;
	int many = *(int *)arg;
	for (int i = 1; i <= many; i++) TRY(sql_kind_add(cx, db, i, str_fmt(cx, "%d", i)));
	return many > 500 ? cx_fail(cx, DENIED, NULL, "not so many") : sql_counter_raise(cx, db, &raised);
}

/* More of them than go out together; and after some that were taken back unseen, the session knows what it has prepared. */
static void any_number_of_them(void **state)
{
	struct stage *s = *state;
	assert_int_equal(db_transaction(s->cx, s->site->db, add_many, &(int){ 1000 }), DENIED);
	assert_int_equal(db_transaction(s->cx, s->site->db, add_many, &(int){ 500 }), OK);
	assert_int_equal(raw(s, "SELECT count(*) FROM kind"), 500);
}

static void a_connection_prepares_what_it_is_asked(void **state)
{
	struct stage *s = *state;
	struct db *further;
	assert_int_equal(db_open_further(s->cx, s->site->place, DB_WRITE, &further), OK);
	assert_int_equal(db_transaction(s->cx, further, add_many, &(int){ 1000 }), DENIED);
	assert_int_equal(db_transaction(s->cx, further, add_kinds, s), CONFLICT);
	assert_int_equal(db_transaction(s->cx, further, add_many, &(int){ 3 }), OK);
	assert_int_equal(raw(s, "SELECT count(*) FROM kind"), 3);
	db_close(further);
}

int main(int argc, char **argv)
{
	if (argc > 1) cmocka_set_test_filter(argv[1]);
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_commit_that_never_arrived_is_made_again),
		T(it_may_be_lost_again),
		T(a_commit_whose_answer_was_lost_is_found),
		T(a_commit_that_goes_on_behind_a_cut_is_found),
		T(a_commit_still_under_way_is_waited_for),
		T(one_that_is_given_up_meanwhile_is_made_again),
		T(a_session_ended_on_the_server_likewise),
		T(what_cannot_be_found_out_is_said),
		T(what_is_found_is_made_safe_before_it_is_acknowledged),
		T(a_cut_at_any_message_loses_nothing),
		T(a_reader_reads_on),
		T(a_session_ended_in_the_middle_begins_again),
		T(each_writes_as_if_alone),
		T(who_writes_keeps_others_waiting),
		T(of_two_in_a_deadlock_both_come_through),
		T(under_load_nothing_is_lost_and_nothing_is_twice),
		T(a_write_that_answers_nothing_fails_all_the_same),
		T(any_number_of_them),
		T(a_connection_prepares_what_it_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
