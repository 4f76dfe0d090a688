/* bare_pq: how many comments PostgreSQL takes through libpq alone, from as many connections as the server has workers: each in a transaction of its
 * own, with prepared statements. No HTTP, no checks, no pages.
 *
 *   bare_pq URL CONNECTIONS SECONDS
 *
 * The rows are those of one comment: into comment, and the number on its article. Prints one line of JSON. */
#define _GNU_SOURCE
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECTIONS_MOST = 64, ARTICLES = 200 };
#define TEXT "A remark that was typed into the form by somebody who had read the whole of it and wanted to add what was missing: that the ferry had not " \
	"sailed since Tuesday, that nobody at the pier could tell why, and that the bakery stays open all the same. Number "

static struct {
	const char *url;
	double until;
	char articles[ARTICLES][24];
	int articles_n;
} g;

struct client {
	pthread_t thread;
	int which;
	uint64_t written;
};

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static PGresult *checked(PGconn *c, PGresult *r)
{
	ExecStatusType s = PQresultStatus(r);
	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK) return r;
	fprintf(stderr, "bare_pq: %s\n", PQerrorMessage(c));
	exit(1);
}

static PGconn *open_one(void)
{
	PGconn *c = PQconnectdb(g.url);
	if (PQstatus(c) == CONNECTION_OK) return c;
	fprintf(stderr, "bare_pq: %s\n", PQerrorMessage(c));
	exit(1);
}

static void run(PGconn *c, const char *name, int n, const char *const *values)
{
	PQclear(checked(c, PQexecPrepared(c, name, n, values, NULL, NULL, 0)));
}

static void write_one(PGconn *c, uint64_t number, uint64_t salt)
{
	char body[512], page[600], posted[24], hash[80];
	const char *article = g.articles[number % (uint64_t)g.articles_n];
	snprintf(body, sizeof body, TEXT "%llu.", (unsigned long long)number);
	snprintf(page, sizeof page, "<p>%s</p>", body);
	snprintf(posted, sizeof posted, "%lld", (long long)(seconds_of(CLOCK_REALTIME) * 1e6));
	snprintf(hash, sizeof hash, "\\x%016llx%016llx%016llx%016llx", (unsigned long long)(number * 0x9E3779B97F4A7C15u ^ salt), (unsigned long long)(number + salt),
	    (unsigned long long)salt, (unsigned long long)number);
	run(c, "begin", 0, NULL);
	run(c, "insert", 5, (const char *[]){ article, body, page, posted, hash });
	run(c, "count", 1, &article);
	run(c, "commit", 0, NULL);
}

static void *client(void *arg)
{
	static const char *const statements[][2] = { { "begin", "BEGIN" }, { "commit", "COMMIT" },
		{ "insert", "INSERT INTO comment (article, title, author, email, person, body, format, body_html, posted, precision, status, content_hash) "
		            "VALUES ($1, '', '', '', 0, $2, 0, $3, $4, 1, 0, $5) RETURNING id" },
		{ "count", "UPDATE article SET comments = comments + 1 WHERE id = $1" } };
	struct client *me = arg;
	PGconn *c = open_one();
	uint64_t salt = (uint64_t)(seconds_of(CLOCK_REALTIME) * 1e6), number = (uint64_t)me->which << 40;
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) PQclear(checked(c, PQprepare(c, statements[i][0], statements[i][1], 0, NULL)));
	while (seconds_of(CLOCK_MONOTONIC) < g.until) {
		write_one(c, number, salt);
		number += 1 + (uint64_t)me->which;
		me->written++;
	}
	PQfinish(c);
	return NULL;
}

static void find_articles(void)
{
	PGconn *c = open_one();
	PGresult *r = checked(c, PQexec(c, "SELECT id FROM article WHERE status = 0 AND locked = 0 ORDER BY posted DESC, id DESC LIMIT 200"));
	for (int i = 0; i < PQntuples(r) && i < ARTICLES; i++) snprintf(g.articles[g.articles_n++], sizeof *g.articles, "%s", PQgetvalue(r, i, 0));
	PQclear(r);
	PQfinish(c);
	if (g.articles_n) return;
	fprintf(stderr, "bare_pq: there are no articles\n");
	exit(1);
}

int main(int n, char **args)
{
	struct client all[CONNECTIONS_MOST] = { 0 };
	int connections = n == 4 ? atoi(args[2]) : 0;
	uint64_t written = 0;
	if (connections < 1 || connections > CONNECTIONS_MOST) {
		fprintf(stderr, "usage: bare_pq URL CONNECTIONS SECONDS\n");
		return 2;
	}
	g.url = args[1];
	find_articles();
	double begun = seconds_of(CLOCK_MONOTONIC);
	g.until = begun + atof(args[3]);
	for (int i = 0; i < connections; i++) {
		all[i].which = i;
		if (pthread_create(&all[i].thread, NULL, client, &all[i]) != 0) return 1;
	}
	for (int i = 0; i < connections; i++) {
		pthread_join(all[i].thread, NULL);
		written += all[i].written;
	}
	printf("{\"written\": %llu, \"seconds\": %.6f, \"cpu\": %.6f}\n", (unsigned long long)written, seconds_of(CLOCK_MONOTONIC) - begun,
	    seconds_of(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}
