/* Group commit: what many threads write at once, each on its own account; and what is left after kill -9. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/db.h"
#include "db/engine.h"
#include "fixture.h"
#include "sql.h"
#include "base/banned.h"

#define THREADS 8
#define WRITES 150

static const str nothing = { 0 };

/* Adds a note called `title`, and one that no constraint forbids only when `good`. */
struct piece {
	str title;
	bool good;
	int64_t made;
};

static err write_piece(struct cx *cx, struct db *db, void *arg)
{
	struct piece *p = arg;
	struct sql_note_add *row;
	struct sql_counter_raise *raised;
	TRY(sql_note_add(cx, db, 0, p->title, 0, nothing, &row));
	TRY(sql_counter_raise(cx, db, &raised));
	p->made = row->id;
	return p->good ? OK : sql_note_add(cx, db, 0, S("forbidden"), 0, nothing, &row);
}

static int64_t count_notes(struct site *s)
{
	struct sql_note_count *row;
	assert_int_equal(sql_note_count(s->cx, s->db, &row), OK);
	return row->count;
}

static void no_fault(void *arg, str sentence)
{
	(void)arg;
	fail_msg(STR_FMT, STR_ARG(sentence));
}

/* ---- many at once ---- */

struct author {
	pthread_t thread;
	struct db_writer *w;
	int number, wrong;
};

static void *author_main(void *arg)
{
	struct author *a = arg;
	struct cx *cx = cx_new();
	for (int i = 0; i < WRITES; i++) {
		bool good = (i + a->number) % 3 != 0;
		struct piece p = { .title = str_fmt(cx, "%s %d %d", good ? "good" : "bad", a->number, i), .good = good };
		if (db_write(cx, a->w, write_piece, &p) != (good ? OK : CONFLICT)) a->wrong++;
		cx_reset(cx);
	}
	cx_end(cx);
	return NULL;
}

static void each_write_stands_on_its_own(void **state)
{
	struct site *s = *state;
	struct author authors[THREADS];
	struct db_writer *w;
	int64_t good = 0;
	assert_int_equal(db_writer_start(s->cx, s->place, &w), OK);
	for (int i = 0; i < THREADS; i++) {
		authors[i] = (struct author){ .w = w, .number = i };
		pthread_create(&authors[i].thread, NULL, author_main, &authors[i]);
		for (int k = 0; k < WRITES; k++) good += (k + i) % 3 != 0;
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(authors[i].thread, NULL);
		assert_int_equal(authors[i].wrong, 0);
	}
	db_writer_stop(w);
	struct sql_row_note *rows;
	struct sql_counter_value *counter;
	size_t n;
	assert_int_equal(sql_note_list(s->cx, s->db, 0, 10000, &rows, &n), OK);
	assert_int_equal(n, good);
	for (size_t i = 0; i < n; i++) assert_true(str_starts(rows[i].title, S("good ")));
	assert_int_equal(sql_counter_value(s->cx, s->db, &counter), OK);
	assert_int_equal(counter->value, good);
}

static void what_came_back_ok_is_read_at_once(void **state)
{
	struct site *s = *state;
	struct db_writer *w;
	struct sql_row_note *note;
	assert_int_equal(db_writer_start(s->cx, s->place, &w), OK);
	for (int i = 0; i < 20; i++) {
		struct piece p = { .title = S("seen"), .good = true };
		assert_int_equal(db_write(s->cx, w, write_piece, &p), OK);
		assert_int_equal(sql_note_by_id(s->cx, s->db, p.made, &note), OK);
		assert_non_null(note);
	}
	db_writer_stop(w);
}

/* ---- a queue with an end ---- */

struct gate {
	sem_t entered, open;
};

static err wait_at_gate(struct cx *cx, struct db *db, void *arg)
{
	struct gate *g = arg;
	struct piece p = { .title = S("gate"), .good = true };
	sem_post(&g->entered);
	sem_wait(&g->open);
	return write_piece(cx, db, &p);
}

struct caller {
	pthread_t thread;
	struct db_writer *w;
	struct gate *gate; /* NULL: an ordinary write */
	sem_t *busy;       /* told when the queue was full */
	err result;
};

static void *caller_main(void *arg)
{
	struct caller *c = arg;
	struct cx *cx = cx_new();
	struct piece p = { .title = S("queued"), .good = true };
	c->result = c->gate ? db_write(cx, c->w, wait_at_gate, c->gate) : db_write(cx, c->w, write_piece, &p);
	if (c->result == BUSY) sem_post(c->busy);
	cx_end(cx);
	return NULL;
}

static void *stop_main(void *arg)
{
	db_writer_stop(arg);
	return NULL;
}

/* One write holds the writer, `queue` wait and the rest are refused; then the writer is told to stop. */
static void a_full_queue_is_busy_and_a_stop_finishes_it(void **state)
{
	enum { QUEUE = 3, CALLERS = 7 };
	struct site *s = *state;
	struct db_writer *w;
	struct gate gate;
	struct caller holder, callers[CALLERS];
	pthread_t stopper;
	sem_t busy;
	int refused = 0;
	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	sem_init(&busy, 0, 0);
	assert_int_equal(db_writer_start_sized(s->cx, s->place, QUEUE, &w), OK);
	holder = (struct caller){ .w = w, .gate = &gate, .busy = &busy };
	pthread_create(&holder.thread, NULL, caller_main, &holder);
	sem_wait(&gate.entered);
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = (struct caller){ .w = w, .busy = &busy };
		pthread_create(&callers[i].thread, NULL, caller_main, &callers[i]);
	}
	for (int i = 0; i < CALLERS - QUEUE; i++) sem_wait(&busy);
	pthread_create(&stopper, NULL, stop_main, w);
	sem_post(&gate.open);
	pthread_join(stopper, NULL);
	pthread_join(holder.thread, NULL);
	assert_int_equal(holder.result, OK);
	for (int i = 0; i < CALLERS; i++) {
		pthread_join(callers[i].thread, NULL);
		refused += callers[i].result == BUSY;
		assert_true(callers[i].result == OK || callers[i].result == BUSY);
	}
	assert_int_equal(refused, CALLERS - QUEUE);
	assert_int_equal(count_notes(s), 1 + QUEUE);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
	sem_destroy(&busy);
}

/* ---- refused among others ---- */

struct tried {
	struct gate gate;
	pthread_t thread;
	struct db_writer *w;
	bool good;
	int runs;
	err result;
};

/* Waits in the middle, so that others queue; writes, or finds that there is nothing to be written, as when an article is closed. */
static err try_it(struct cx *cx, struct db *db, void *arg)
{
	struct tried *t = arg;
	struct piece p = { .title = S("tried"), .good = true };
	int64_t changed;
	if (t->runs++ == 0) {
		sem_post(&t->gate.entered);
		sem_wait(&t->gate.open);
	}
	if (t->good) return write_piece(cx, db, &p);
	TRY(sql_note_retitle(cx, db, S("never written"), S("nobody's"), &changed));
	assert_int_equal(changed, 0);
	return cx_fail(cx, DENIED, NULL, "it is closed");
}

static void *tried_main(void *arg)
{
	struct tried *t = arg;
	struct cx *cx = cx_new();
	t->result = db_write(cx, t->w, try_it, t);
	cx_end(cx);
	return NULL;
}

/* Where writes share a transaction without savepoints, one that has written nothing is not a reason to begin again. */
static void who_is_refused_costs_the_others_nothing(void **state)
{
	enum { WRITERS = 3, REFUSED = 1 };
	struct site *s = *state;
	struct tried all[WRITERS];
	struct db_writer *w;
	struct db_writer_figures figures = { 0 };
	assert_int_equal(db_writer_start(s->cx, s->place, &w), OK);
	for (int i = 0; i < WRITERS; i++) {
		all[i] = (struct tried){ .w = w, .good = i != REFUSED };
		sem_init(&all[i].gate.entered, 0, 0);
		sem_init(&all[i].gate.open, 0, 0);
		pthread_create(&all[i].thread, NULL, tried_main, &all[i]);
		if (i == 0) sem_wait(&all[0].gate.entered); /* the writer is in the first; the others come while it runs */
	}
	while (figures.queued < WRITERS - 1) db_writer_figures(w, &figures);
	for (int i = 0; i < WRITERS; i++) sem_post(&all[i].gate.open);
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(all[i].thread, NULL);
		assert_int_equal(all[i].result, i == REFUSED ? DENIED : OK);
		assert_int_equal(all[i].runs, 1);
		sem_destroy(&all[i].gate.entered);
		sem_destroy(&all[i].gate.open);
	}
	assert_int_equal(count_notes(s), WRITERS - 1);
	db_writer_stop(w);
}

/* ---- kill -9 ---- */

struct teller {
	pthread_t thread;
	struct db_writer *w;
	int pipe;
};

static void *teller_main(void *arg)
{
	struct teller *t = arg;
	struct cx *cx = cx_new();
	for (;;) {
		struct piece p = { .title = S("told"), .good = true };
		if (db_write(cx, t->w, write_piece, &p) != OK) _exit(3);
		if (write(t->pipe, &p.made, sizeof p.made) != sizeof p.made) _exit(4);
		cx_reset(cx);
	}
	return NULL;
}

static void write_until_killed(struct site *s, int pipe)
{
	struct db_writer *w;
	struct teller tellers[4];
	if (db_writer_start(s->cx, s->place, &w) != OK) _exit(2);
	for (int i = 0; i < 4; i++) {
		tellers[i] = (struct teller){ .w = w, .pipe = pipe };
		pthread_create(&tellers[i].thread, NULL, teller_main, &tellers[i]);
	}
	pthread_join(tellers[0].thread, NULL);
	_exit(5);
}

/* Kills a writing child after it has told of `some` writes; all it ever told of must be there. */
static void kill_one(struct site *s, int some)
{
	int ends[2];
	static int64_t told[100000];
	size_t n = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) write_until_killed(s, ends[1]);
	close(ends[1]);
	while (n < sizeof told / sizeof told[0] && read(ends[0], &told[n], sizeof told[n]) == sizeof told[n])
		if (++n == (size_t)some) kill(child, SIGKILL);
	close(ends[0]);
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &s->db), OK);
	for (size_t i = 0; i < n; i++) {
		struct sql_row_note *note;
		assert_int_equal(sql_note_get(s->cx, s->db, told[i], &note), OK);
	}
	struct sql_counter_value *counter;
	assert_int_equal(sql_counter_value(s->cx, s->db, &counter), OK);
	assert_int_equal(counter->value, count_notes(s)); /* no half of a write */
	assert_int_equal(db_verify(s->cx, s->db, no_fault, NULL), OK);
	db_close(s->db);
	s->db = NULL;
}

static void a_killed_writer_keeps_its_word(void **state)
{
	struct site *s = *state;
	db_close(s->db);
	s->db = NULL;
	for (int i = 0; i < 25; i++) kill_one(s, 1 + i * i % 97);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)
	const struct CMUnitTest both[] = {
		T(each_write_stands_on_its_own),
		T(what_came_back_ok_is_read_at_once),
		T(a_full_queue_is_busy_and_a_stop_finishes_it),
		T(who_is_refused_costs_the_others_nothing),
		T(a_killed_writer_keeps_its_word),
	};
	return cmocka_run_group_tests(both, NULL, NULL);
}
