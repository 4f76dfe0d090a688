/* libpq's blocking calls wait for as long as the kernel does, which for a frozen server is for ever; so they are not used here. */
#include "db/postgres_link.h"

#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "db/db.h"
#include "base/banned.h"

#define CONNECT_PATIENCE (3 * SECOND) /* for each host */
#define QUERY_PATIENCE (12 * SECOND)  /* the server's own limits, in session_texts, come first */
#define HURRIED_PATIENCE (4 * SECOND)
#define FIRST_DELAY (50 * 1000)
#define LONGEST_DELAY (2 * SECOND)
#define BUFFERS (64 * KIB) /* more than libpq's and the TLS library's smallest buffers, and what may stand in them before a message */
#define OLDEST_SERVER 130000 /* the first that normalises Unicode */

static const char *const away = "the database cannot be reached: try again shortly";

/* ---- the address ---- */

static const char *keep(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = arena_bytes(a, n);
	memcpy(copy, s, n);
	return copy;
}

/* Where each comma-separated list of host, hostaddr and port has its i-th entry; NULL past its end. */
static const char *nth(struct arena *a, const char *list, size_t i)
{
	for (; list && i; i--) {
		list = strchr(list, ',');
		if (list) list++;
	}
	if (!list) return NULL;
	size_t n = strcspn(list, ",");
	char *copy = arena_bytes(a, n + 1);
	memcpy(copy, list, n);
	copy[n] = 0;
	return copy;
}

static size_t entries(const char *list)
{
	size_t n = list != NULL;
	for (; list && *list; list++) n += *list == ',';
	return n;
}

/* Roles have no environment and may not ask who they are once they are locked in, so what libpq would look for itself is said. */
static const struct {
	const char *key, *value;
} said[] = {
	{ "application_name", "broadside" }, { "client_encoding", "UTF8" }, { "gssencmode", "disable" }, { "passfile", PG_NO_FILE },
	{ "keepalives_idle", "30" }, { "tcp_user_timeout", "15000" },
};

static const char *own_name(struct arena *a)
{
	const struct passwd *p = getpwuid(geteuid());
	return p ? keep(a, p->pw_name) : NULL;
}

/* Fills l from libpq's list of options that were given. */
static err fill(struct cx *cx, struct arena *a, const PQconninfoOption *o, struct pg_link *l)
{
	const size_t most = 64 + sizeof said / sizeof *said;
	const char **keys = arena_alloc(a, most * sizeof *keys), **values = arena_alloc(a, most * sizeof *values);
	const char *host = NULL, *hostaddr = NULL, *port = NULL;
	bool has_user = false, has_target = false;
	size_t n = 0;
	for (size_t i = 0; i < sizeof said / sizeof *said; i++, n++) keys[n] = said[i].key, values[n] = said[i].value;
	for (; o->keyword && n < most - 3; o++) {
		if (!o->val || !*o->val) continue;
		const char *v = keep(a, o->val);
		if (strcmp(o->keyword, "host") == 0) host = v;
		else if (strcmp(o->keyword, "hostaddr") == 0) hostaddr = v;
		else if (strcmp(o->keyword, "port") == 0) port = v;
		else keys[n] = keep(a, o->keyword), values[n++] = v; /* the later wins */
		has_user |= strcmp(o->keyword, "user") == 0;
		has_target |= strcmp(o->keyword, "target_session_attrs") == 0;
	}
	if (!has_user) keys[n] = "user", values[n++] = own_name(a);
	l->hosts = entries(host) > entries(hostaddr) ? entries(host) : entries(hostaddr);
	if (l->hosts == 0) l->hosts = 1;
	if (l->hosts > PG_HOSTS) return cx_fail(cx, FAILED, NULL, "the database's URL has more than %d hosts", PG_HOSTS);
	/* Of several one is the primary and the others follow it: only there can be written, and only there is what was just written. */
	if (l->hosts > 1 && !has_target) keys[n] = "target_session_attrs", values[n++] = "read-write";
	for (size_t i = 0; i < l->hosts; i++) {
		l->host[i] = nth(a, host, i);
		l->hostaddr[i] = nth(a, hostaddr, i);
		l->port[i] = nth(a, port, entries(port) == 1 ? 0 : i);
		if (!l->port[i] || !*l->port[i]) l->port[i] = "5432";
		if ((!l->host[i] || !*l->host[i]) && !l->hostaddr[i]) l->host[i] = "/var/run/postgresql";
	}
	l->keys = keys;
	l->values = values;
	return OK;
}

err pg_link_parse(struct cx *cx, struct arena *arena, str address, struct pg_link *l)
{
	if (str_find_char(address, '\0', 0) >= 0) return cx_fail(cx, FAILED, NULL, "the database's URL holds a NUL");
	char *why = NULL;
	str whole = str_starts(address, S("//")) ? str_fmt(cx, "postgresql:" STR_FMT, STR_ARG(address)) : address;
	PQconninfoOption *options = PQconninfoParse(str_c(cx, whole), &why);
	if (!options) {
		PQfreemem(why); /* may quote a password */
		return cx_fail(cx, FAILED, NULL, "the database's URL cannot be read: it looks like postgresql://user@host/name");
	}
	err e = fill(cx, arena, options, l);
	PQconninfoFree(options);
	return e;
}

/* ---- waiting ---- */

void pg_link_close(struct pg_link *l)
{
	if (l->c) PQfinish(l->c);
	l->c = NULL;
	l->owed = false;
}

/* False when the time is up. */
static bool wait_for(PGconn *c, short events, int64_t until)
{
	struct pollfd p = { PQsocket(c), events, 0 };
	for (;;) {
		int64_t left = until == INT64_MAX ? -1 : (until - clock_monotonic() + 999) / 1000;
		if (until != INT64_MAX && left < 0) left = 0;
		int n = poll(&p, 1, (int)left);
		if (n > 0) return true;
		if (n == 0) return false;
	}
}

/* The next of libpq's answers (which may be NULL, the end of one command's); false when the connection is lost. */
static bool answer(struct pg_link *l, PGresult **out)
{
	int64_t until = l->patient ? INT64_MAX : clock_monotonic() + (l->hurried ? HURRIED_PATIENCE : QUERY_PATIENCE);
	*out = NULL;
	while (l->c) {
		int unsent = PQflush(l->c);
		if (!PQisBusy(l->c) && unsent >= 0) {
			*out = PQgetResult(l->c);
			return true;
		}
		if (unsent < 0 || !wait_for(l->c, (short)(POLLIN | (unsent ? POLLOUT : 0)), until) || !PQconsumeInput(l->c)) break;
	}
	pg_link_close(l);
	return false;
}

static bool is_lost(const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (PQresultStatus(r) != PGRES_FATAL_ERROR) return false;
	return !state || strncmp(state, "57P0", 4) == 0 || strncmp(state, "08", 2) == 0 || strcmp(state, "25P03") == 0;
}

/* Whether the server has not hung up while the connection was idle. */
static bool stands(struct pg_link *l)
{
	if (!l->c) return false;
	while (wait_for(l->c, POLLIN, 0))
		if (!PQconsumeInput(l->c)) return false;
		else if (l->owed) return true; /* what was owed has come */
	return PQstatus(l->c) == CONNECTION_OK;
}

bool pg_link_pipeline(struct pg_link *l)
{
	if (!l->c) return false;
	if (PQpipelineStatus(l->c) == PQ_PIPELINE_OFF && !PQenterPipelineMode(l->c)) return pg_link_close(l), false;
	if (!l->owed) return true;
	l->owed = false;
	for (bool end = false; !end;) {
		PGresult *r = pg_link_next(l);
		if (!r) return false;
		end = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
		PQclear(r);
	}
	if (stands(l)) return true; /* it may have ended behind what was owed */
	pg_link_close(l);
	return false;
}

bool pg_link_sync(struct pg_link *l)
{
	if (l->c && PQpipelineSync(l->c)) return true;
	pg_link_close(l);
	return false;
}

PGresult *pg_link_next(struct pg_link *l)
{
	PGresult *r, *end;
	if (!answer(l, &r)) return NULL;
	if (!r && (!answer(l, &r) || !r)) return pg_link_close(l), NULL;
	pg_link_passed(l, PQresultMemorySize(r));
	if (PQresultStatus(r) != PGRES_PIPELINE_SYNC && !is_lost(r)) {
		/* A command has one answer here; its end is an answer of its own. */
		if (answer(l, &end) && !end) return r;
		PQclear(end);
		pg_link_close(l);
		return PQclear(r), NULL;
	}
	if (!is_lost(r)) return r;
	pg_link_close(l);
	return PQclear(r), NULL;
}

void pg_link_forget(struct pg_link *l)
{
	if (l->c && PQflush(l->c) < 0) pg_link_close(l);
	l->owed = l->c != NULL;
}

void pg_link_overwrite(struct cx *cx, struct pg_link *l)
{
	if (!stands(l) || !pg_link_pipeline(l)) return; /* no connection, no buffers */
	const unsigned bytea = 17;
	const size_t n = l->widest + BUFFERS;
	const int length = n < INT32_MAX ? (int)n : INT32_MAX, binary = 1;
	const char *zeros = arena_alloc(cx->arena, (size_t)length);
	if (!PQsendQueryParams(l->c, "SELECT $1", 1, &bytea, &zeros, &length, &binary, 1)) return pg_link_close(l);
	if (!pg_link_sync(l)) return;
	PGresult *r = pg_link_next(l), *end = r ? pg_link_next(l) : NULL;
	bool fine = PQresultStatus(r) == PGRES_TUPLES_OK && end;
	PQclear(r);
	PQclear(end);
	if (fine) l->widest = 0;
	else pg_link_close(l);
}

PGresult *pg_link_simple(struct pg_link *l, const char *text)
{
	PGresult *last = NULL, *r;
	if (!l->c || (l->owed && !pg_link_pipeline(l))) return NULL;
	if (PQpipelineStatus(l->c) != PQ_PIPELINE_OFF) {
		if (answer(l, &r) && r) PQclear(r), pg_link_close(l); /* behind a sync there is nothing */
		if (!l->c || !PQexitPipelineMode(l->c)) return pg_link_close(l), NULL;
	}
	if (!PQsendQuery(l->c, text)) return pg_link_close(l), NULL;
	while (answer(l, &r)) {
		if (!r) return last;
		if (last && PQresultStatus(last) == PGRES_FATAL_ERROR) {
			PQclear(r);
			continue;
		}
		PQclear(last);
		last = r;
		if (is_lost(r)) break;
	}
	PQclear(last);
	return pg_link_close(l), NULL;
}

/* ---- connecting ---- */

static void say_nothing(void *arg, const PGresult *r) { (void)arg, (void)r; } /* notices may quote values */

/* What waiting does not mend, by words of libpq and of the server: of a refused handshake there is no SQLSTATE, and these are not translated here. NULL
 * for all else. */
static const char *why_never(const char *message)
{
	static const char refuses[] = "the database server refuses: it knows no such user, password or database";
	static const char not_his[] = "the database server's certificate is not the one that the URL asks for";
	static const struct {
		const char *words, *sentence;
	} rows[] = { { "does not exist", refuses }, { "authentication failed", refuses }, { "no password supplied", refuses }, { "no pg_hba.conf", refuses },
		{ "valid client certificate", refuses }, { " alert ", refuses }, { "certificate verify failed", not_his }, { "does not match host name", not_his },
		{ "does not support SSL", "the database server speaks no TLS, which the URL asks for" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strstr(message, rows[i].words)) return rows[i].sentence;
	return NULL;
}

/* One host's handshake; NULL when it does not come about in time. *never stays NULL where it may at another time. */
static PGconn *shake_hands(const struct pg_link *l, size_t host, const char **never)
{
	const char *keys[96], *values[96];
	size_t n = 0;
	for (; l->keys[n] && n < 90; n++) keys[n] = l->keys[n], values[n] = l->values[n];
	keys[n] = "host", values[n++] = l->host[host];
	keys[n] = "hostaddr", values[n++] = l->hostaddr[host];
	keys[n] = "port", values[n++] = l->port[host];
	keys[n] = values[n] = NULL;
	PGconn *c = PQconnectStartParams(keys, values, 0);
	if (!c) return NULL;
	PQsetNoticeReceiver(c, say_nothing, NULL);
	int64_t until = clock_monotonic() + CONNECT_PATIENCE;
	PostgresPollingStatusType next = PQstatus(c) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
	while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
		if (!wait_for(c, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) break;
		next = PQconnectPoll(c);
	}
	if (next == PGRES_POLLING_OK && PQsetnonblocking(c, 1) == 0) return c;
	if (!*never) *never = why_never(PQerrorMessage(c));
	PQfinish(c);
	return NULL;
}

#define SESSION_ALWAYS \
	"SET standard_conforming_strings = on; SET DateStyle = 'ISO';" PG_PLANNING \
	"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
#define SESSION_CHECK \
	"SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding), datcollate, current_schema() IS NOT NULL, 'a' > 'B'" \
	" FROM pg_database WHERE datname = current_database()"

/* So that a plain BEGIN is that of a snapshot: what it says itself costs a walk through all settings at its end. */
#define SESSION_READS "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read';"

/* by patience, then by reading. Who writes keeps others from writing, and does nothing else meanwhile. */
static const char *const session_texts[2][2] = {
	{ SESSION_ALWAYS "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s';" SESSION_CHECK,
	    SESSION_ALWAYS "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s';"
	                   SESSION_READS SESSION_CHECK },
	{ SESSION_ALWAYS "SET statement_timeout = 0; SET lock_timeout = 0;" SESSION_CHECK,
	    SESSION_ALWAYS "SET statement_timeout = 0; SET lock_timeout = 0;" SESSION_READS SESSION_CHECK },
};

static err check_session(struct cx *cx, const PGresult *r)
{
	if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1) return cx_fail(cx, FAILED, NULL, "the database does not answer as PostgreSQL does");
	int64_t version = 0;
	(void)str_to_int(str_of(PQgetvalue(r, 0, 0)), 0, INT32_MAX, &version);
	if (version < OLDEST_SERVER)
		return cx_fail(cx, FAILED, NULL, "the database server is PostgreSQL %d: %d or later is needed", (int)(version / 10000), OLDEST_SERVER / 10000);
	const char *encoding = PQgetvalue(r, 0, 1), *collation = PQgetvalue(r, 0, 2);
	if (strcmp(PQgetvalue(r, 0, 4), "t") != 0 && strcmp(collation, "C") == 0) collation = "by ICU"; /* whatever stands there for libc's */
	if (strcmp(encoding, "UTF8") != 0 || (strcmp(collation, "C") != 0 && strcmp(collation, "POSIX") != 0))
		return cx_fail(cx, FAILED, NULL,
		    "the database has encoding %.40s and collation %.40s: UTF8 and C are needed; make one with `createdb -T template0 -E UTF8 --locale=C NAME`",
		    encoding, collation);
	if (strcmp(PQgetvalue(r, 0, 3), "t") != 0) return cx_fail(cx, FAILED, NULL, "the database has no schema to make tables in (search_path)");
	return OK;
}

static err set_up_session(struct cx *cx, struct pg_link *l)
{
	PGresult *r = pg_link_simple(l, session_texts[l->patient][l->reads]);
	if (!r) return cx_fail(cx, BUSY, NULL, "%s", away);
	err e = check_session(cx, r);
	PQclear(r);
	if (e != OK) pg_link_close(l);
	return e;
}

static err connect_any(struct cx *cx, struct pg_link *l)
{
	const char *never = NULL;
	for (size_t i = 0; i < l->hosts && !l->c; i++) l->c = shake_hands(l, i, &never);
	if (l->c) return set_up_session(cx, l);
	if (never) return cx_fail(cx, FAILED, NULL, "%s", never);
	return cx_fail(cx, BUSY, NULL, "%s", away);
}

err pg_link_up(struct cx *cx, struct pg_link *l, bool *fresh)
{
	*fresh = false;
	if (stands(l)) return OK;
	pg_link_close(l);
	if (clock_monotonic() < l->not_before) return cx_fail(cx, BUSY, NULL, "%s", away);
	err e = connect_any(cx, l);
	if (e == OK) {
		l->delay = l->not_before = 0;
		*fresh = true;
		return OK;
	}
	l->delay = l->delay == 0 ? FIRST_DELAY : l->delay * 2 < LONGEST_DELAY ? l->delay * 2 : LONGEST_DELAY;
	l->not_before = clock_monotonic() + l->delay + (int64_t)rnd_below(cx->rnd, FIRST_DELAY);
	return e;
}
