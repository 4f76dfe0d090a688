/* One thread with one connection that listens and speaks. What is to be told while it speaks or is away is gathered, and goes out together. */
#include "db/channel.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "db/postgres_link.h"
#include "base/banned.h"

#define WORDS_MOST 7000 /* a notification holds less than 8000 bytes */
#define WORD_MOST 40
#define EVERYTHING "*"
#define LOOK_EVERY 1000 /* milliseconds */
#define GATHER 1        /* what one change is about is told together */
#define SPEAK_EVERY 25  /* at most so often: each telling is a commit, and under load one tells for many */

struct db_channel {
	struct arena *arena;
	struct pg_link link;
	db_channel_heard *heard;
	void *arg;
	pthread_t thread;
	int wake;
	pthread_mutex_t lock;
	char words[WORDS_MOST]; /* to be told; under the lock, like all that follows */
	size_t n;
	bool everything, stopping;
	int64_t count; /* the thread's: as far as was heard; -1 before the first look */
	int64_t speak_from; /* the thread's, monotonic */
	bool behind;   /* the last look found more told than heard: it may still be on its way */
};

void db_channel_tell(struct db_channel *c, str word)
{
	if (!c) return;
	MUST(word.n <= WORD_MOST);
	pthread_mutex_lock(&c->lock);
	bool first = c->n == 0 && !c->everything;
	if (word.n == 0 || c->n + word.n + 1 > sizeof c->words) c->everything = true;
	if (!c->everything) {
		if (c->n) c->words[c->n++] = ' ';
		memcpy(c->words + c->n, word.p, word.n);
		c->n += word.n;
	}
	pthread_mutex_unlock(&c->lock);
	if (first) MUST(eventfd_write(c->wake, 1) == 0);
}

static void miss(struct db_channel *c) { c->heard(c->arg, S("")); }

/* "17 0:0 3:4711": the count, then the words. */
static void take_notification(struct db_channel *c, const PGnotify *n)
{
	str all = str_of(n->extra);
	size_t end = 0;
	int64_t count;
	while (end < all.n && all.p[end] != ' ') end++;
	if (!str_to_int(str_sub(all, 0, end), 0, INT64_MAX, &count)) return miss(c);
	bool next = count == c->count + 1;
	if (count > c->count) c->count = count;
	if (!next) return miss(c);
	if (n->be_pid == PQbackendPID(c->link.c)) return; /* our own */
	c->heard(c->arg, end < all.n ? str_sub(all, end + 1, all.n) : S(""));
}

/* False when the connection is lost. */
static bool listen_to_it(struct db_channel *c)
{
	PGnotify *n;
	if (!PQconsumeInput(c->link.c)) return pg_link_close(&c->link), false;
	while ((n = PQnotifies(c->link.c))) {
		take_notification(c, n);
		PQfreemem(n);
	}
	return true;
}

/* One statement with one text, answered by one number; false when the connection is lost. */
static bool ask(struct db_channel *c, const char *text, const char *word, int64_t *out)
{
	if (!pg_link_pipeline(&c->link)) return false;
	if (!PQsendQueryParams(c->link.c, text, word != NULL, NULL, &word, NULL, NULL, 0) || !pg_link_sync(&c->link)) return pg_link_close(&c->link), false;
	PGresult *r = pg_link_next(&c->link), *end = r ? pg_link_next(&c->link) : NULL;
	*out = 0;
	if (r && PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && !PQgetisnull(r, 0, 0)) (void)str_to_int(str_of(PQgetvalue(r, 0, 0)), 0, INT64_MAX, out);
	bool answered = end != NULL;
	PQclear(r);
	PQclear(end);
	return answered;
}

static bool look(struct db_channel *c)
{
	int64_t count;
	if (!ask(c, "SELECT value FROM setting WHERE name = 'changed'", NULL, &count) || !listen_to_it(c)) return false;
	if (c->count >= 0 && count > c->count && !c->behind) return c->behind = true; /* what says so may come with the next look */
	if (c->behind && count > c->count) miss(c);
	if (count > c->count) c->count = count;
	c->behind = false;
	return true;
}

static bool speak(struct db_channel *c)
{
	char words[WORDS_MOST + 1];
	eventfd_t ignored;
	(void)eventfd_read(c->wake, &ignored);
	pthread_mutex_lock(&c->lock);
	if (c->everything) memcpy(c->words, EVERYTHING, c->n = sizeof EVERYTHING - 1);
	size_t n = c->n;
	memcpy(words, c->words, n);
	words[n] = 0;
	c->n = 0;
	c->everything = false;
	pthread_mutex_unlock(&c->lock);
	if (n == 0) return true;
	int64_t told;
	if (ask(c, "WITH c AS (INSERT INTO setting (name, value) VALUES ('changed', '1') ON CONFLICT (name) DO UPDATE"
	           " SET value = (setting.value::bigint + 1)::text RETURNING value)"
	           " SELECT pg_notify('broadside', value || ' ' || $1)::text FROM c",
	        words, &told))
		return listen_to_it(c);
	db_channel_tell(c, S("")); /* nobody knows whether it went out */
	return false;
}

static bool connect_it(struct db_channel *c, struct cx *cx)
{
	bool fresh = false;
	if (pg_link_up(cx, &c->link, &fresh) != OK) return false;
	if (!fresh) return true;
	/* A count that a crash takes back is nobody's loss: whoever listened hears of the crash, and takes everything for changed. */
	PGresult *r = pg_link_simple(&c->link, "SET synchronous_commit = off; LISTEN broadside");
	bool listening = r && PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	if (!listening) return pg_link_close(&c->link), false;
	c->count = -1;
	c->behind = false;
	if (!look(c)) return false;
	miss(c); /* nobody told us meanwhile */
	return true;
}

static bool is_stopping(struct db_channel *c)
{
	pthread_mutex_lock(&c->lock);
	bool stopping = c->stopping;
	pthread_mutex_unlock(&c->lock);
	return stopping;
}

/* Milliseconds until the next telling may go out; 0: now. */
static int silence_left(const struct db_channel *c)
{
	int64_t left = c->speak_from - clock_monotonic();
	return left > 0 ? (int)((left + 999) / 1000) : 0;
}

static void hush(struct db_channel *c, int milliseconds)
{
	int64_t from = clock_monotonic() + milliseconds * 1000;
	if (from > c->speak_from) c->speak_from = from;
}

static void *run(void *arg)
{
	struct db_channel *c = arg;
	struct cx *cx = cx_new();
	int64_t looked = 0;
	bool woken = false;
	for (bool up = false; !is_stopping(c); cx_reset(cx)) {
		up = connect_it(c, cx);
		struct pollfd p[2] = { { up ? PQsocket(c->link.c) : -1, POLLIN, 0 }, { up && !woken ? c->wake : -1, POLLIN, 0 } };
		(void)poll(p, 2, !up ? 100 : woken ? silence_left(c) : LOOK_EVERY);
		if (p[1].revents) woken = true, hush(c, GATHER);
		if (up && p[0].revents) up = listen_to_it(c);
		if (up && woken && !silence_left(c)) {
			up = speak(c);
			woken = false;
			hush(c, SPEAK_EVERY);
		}
		if (!up || clock_monotonic() - looked < LOOK_EVERY * 1000) continue;
		up = look(c);
		looked = clock_monotonic();
	}
	if (c->link.c) (void)speak(c);
	pg_link_close(&c->link);
	cx_end(cx);
	return NULL;
}

err db_channel_start(struct cx *cx, str place, db_channel_heard *heard, void *arg, struct db_channel **out)
{
	*out = NULL;
	const str scheme = S_INIT("postgresql:");
	if (!str_starts(place, scheme)) return OK;
	struct arena *arena = arena_new();
	struct db_channel *c = arena_alloc(arena, sizeof *c);
	*c = (struct db_channel){ .arena = arena, .heard = heard, .arg = arg, .everything = true };
	err e = pg_link_parse(cx, arena, str_sub(place, scheme.n, place.n), &c->link);
	if (e != OK) return arena_free(arena), e;
	c->wake = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	MUST(c->wake >= 0 && pthread_mutex_init(&c->lock, NULL) == 0);
	MUST(pthread_create(&c->thread, NULL, run, c) == 0);
	*out = c;
	return OK;
}

void db_channel_stop(struct db_channel *c)
{
	if (!c) return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_mutex_unlock(&c->lock);
	MUST(eventfd_write(c->wake, 1) == 0);
	pthread_join(c->thread, NULL);
	close(c->wake);
	pthread_mutex_destroy(&c->lock);
	arena_free(c->arena);
}
