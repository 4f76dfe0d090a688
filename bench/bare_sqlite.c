/* bare_sqlite: how many comments SQLite alone takes, written as the server writes them: clients that each wait for their own row, one writer that
 * commits for all of them at once, WAL, synchronous=FULL. No HTTP, no checks, no pages.
 *
 *   bare_sqlite SITE.DB CLIENTS SECONDS
 *
 * The rows are those of one comment: into comment, and the number on its article. Prints one line of JSON. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256, CLIENTS_MOST = 1024, ARTICLES = 200 };
#define TEXT "A remark that was typed into the form by somebody who had read the whole of it and wanted to add what was missing: that the ferry had not " \
	"sailed since Tuesday, that nobody at the pier could tell why, and that the bakery stays open all the same. Number "

struct client {
	pthread_t thread;
	pthread_cond_t done;
	bool waiting;
	uint64_t number;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct client *queue[CLIENTS_MOST], all[CLIENTS_MOST];
	int queued, clients;
	bool stop;
	uint64_t next, written, commits;
	sqlite3_int64 articles[ARTICLES];
	int articles_n;
} g = { .lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER };

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(sqlite3 *db, bool good)
{
	if (good) return;
	fprintf(stderr, "bare_sqlite: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void *client(void *arg)
{
	struct client *me = arg;
	pthread_mutex_lock(&g.lock);
	while (!g.stop) {
		me->number = g.next++;
		me->waiting = true;
		g.queue[g.queued++] = me;
		pthread_cond_signal(&g.some);
		while (me->waiting && !g.stop) pthread_cond_wait(&me->done, &g.lock);
	}
	pthread_mutex_unlock(&g.lock);
	return NULL;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
	sqlite3_stmt *st;
	must(db, sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK);
	return st;
}

static void step(sqlite3 *db, sqlite3_stmt *st)
{
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) continue;
	must(db, rc == SQLITE_DONE);
	must(db, sqlite3_reset(st) == SQLITE_OK);
}

static void write_one(sqlite3 *db, sqlite3_stmt *insert, sqlite3_stmt *count, uint64_t number, uint64_t salt)
{
	char body[512], page[600];
	uint64_t hash[4] = { number * 0x9E3779B97F4A7C15u ^ salt, number + salt, salt, number };
	int n = snprintf(body, sizeof body, TEXT "%llu.", (unsigned long long)number), m = snprintf(page, sizeof page, "<p>%s</p>", body);
	sqlite3_int64 article = g.articles[number % (uint64_t)g.articles_n];
	sqlite3_bind_int64(insert, 1, article);
	sqlite3_bind_text(insert, 2, body, n, SQLITE_STATIC);
	sqlite3_bind_text(insert, 3, page, m, SQLITE_STATIC);
	sqlite3_bind_int64(insert, 4, (sqlite3_int64)(seconds_of(CLOCK_REALTIME) * 1e6));
	sqlite3_bind_blob(insert, 5, hash, sizeof hash, SQLITE_STATIC);
	step(db, insert);
	sqlite3_bind_int64(count, 1, article);
	step(db, count);
}

static void work(sqlite3 *db, double until)
{
	sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT"),
	    *insert = prepare(db, "INSERT INTO comment (article, title, author, email, person, body, format, body_html, posted, precision, status, content_hash) "
	                          "VALUES (?1, '', '', '', 0, ?2, 0, ?3, ?4, 1, 0, ?5) RETURNING id"),
	    *count = prepare(db, "UPDATE article SET comments = comments + 1 WHERE id = ?1");
	uint64_t salt = (uint64_t)(seconds_of(CLOCK_REALTIME) * 1e6);
	struct client *batch[BATCH];
	while (seconds_of(CLOCK_MONOTONIC) < until) {
		pthread_mutex_lock(&g.lock);
		while (!g.queued) pthread_cond_wait(&g.some, &g.lock);
		int n = g.queued < BATCH ? g.queued : BATCH;
		memcpy(batch, g.queue, (size_t)n * sizeof *batch);
		g.queued -= n;
		memmove(g.queue, g.queue + n, (size_t)g.queued * sizeof *g.queue);
		pthread_mutex_unlock(&g.lock);
		step(db, begin);
		for (int i = 0; i < n; i++) write_one(db, insert, count, batch[i]->number, salt);
		step(db, commit);
		pthread_mutex_lock(&g.lock);
		for (int i = 0; i < n; i++) {
			batch[i]->waiting = false;
			pthread_cond_signal(&batch[i]->done);
		}
		pthread_mutex_unlock(&g.lock);
		g.written += (uint64_t)n;
		g.commits++;
	}
	sqlite3_finalize(begin), sqlite3_finalize(commit), sqlite3_finalize(insert), sqlite3_finalize(count);
}

static void find_articles(sqlite3 *db)
{
	sqlite3_stmt *st = prepare(db, "SELECT id FROM article WHERE status = 0 AND locked = 0 ORDER BY posted DESC, id DESC LIMIT 200");
	while (sqlite3_step(st) == SQLITE_ROW) g.articles[g.articles_n++] = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	must(db, g.articles_n > 0);
}

int main(int n, char **args)
{
	sqlite3 *db;
	if (n != 4 || (g.clients = atoi(args[2])) < 1 || g.clients > CLIENTS_MOST) {
		fprintf(stderr, "usage: bare_sqlite SITE.DB CLIENTS SECONDS\n");
		return 2;
	}
	must(NULL, sqlite3_open_v2(args[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	must(db, sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", NULL, NULL, NULL) == SQLITE_OK);
	find_articles(db);
	for (int i = 0; i < g.clients; i++) {
		pthread_cond_init(&g.all[i].done, NULL);
		if (pthread_create(&g.all[i].thread, NULL, client, &g.all[i]) != 0) return 1;
	}
	double begun = seconds_of(CLOCK_MONOTONIC);
	work(db, begun + atof(args[3]));
	double ended = seconds_of(CLOCK_MONOTONIC);
	pthread_mutex_lock(&g.lock);
	g.stop = true;
	for (int i = 0; i < g.clients; i++) pthread_cond_signal(&g.all[i].done);
	pthread_mutex_unlock(&g.lock);
	for (int i = 0; i < g.clients; i++) pthread_join(g.all[i].thread, NULL);
	sqlite3_close(db);
	printf("{\"written\": %llu, \"commits\": %llu, \"seconds\": %.6f, \"cpu\": %.6f}\n", (unsigned long long)g.written, (unsigned long long)g.commits,
	    ended - begun, seconds_of(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
