/* A role that is locked in can ask no name service, knows no user and reads no file, yet must be able to connect again whenever the server went
 * away. So what libpq would look up by itself is looked up before and said in the URL. An address that changes later is seen at the next start. */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/engine.h"
#include "db/postgres_link.h"
#include "base/banned.h"

#define URL_MOST 16384

struct places {
	struct buf hosts, addresses, ports;
	size_t n;
};

/* key='value', as libpq reads it. */
static void say(struct buf *b, const char *key, const char *value)
{
	buf_fmt(b, "%s='", key);
	for (; *value; value++) buf_fmt(b, *value == '\'' || *value == '\\' ? "\\%c" : "%c", *value);
	buf_lit(b, "' ");
}

static void add(struct places *p, const char *host, const char *address, const char *port)
{
	const char *comma = p->n++ ? "," : "";
	buf_fmt(&p->hosts, "%s%s", comma, host ? host : "");
	buf_fmt(&p->addresses, "%s%s", comma, address ? address : "");
	buf_fmt(&p->ports, "%s%s", comma, port);
}

static err add_port(struct cx *cx, const char *port, struct db_reach *r)
{
	int64_t number;
	if (!str_to_int(str_of(port), 1, UINT16_MAX, &number)) return cx_fail(cx, FAILED, NULL, "the database's URL has a port that is none");
	for (size_t i = 0; i < r->ports_n; i++)
		if (r->ports[i] == number) return OK;
	if (r->ports_n == DB_REACH_PORTS) return cx_fail(cx, FAILED, NULL, "the database's URL has too many ports");
	r->ports[r->ports_n++] = (uint16_t)number;
	return OK;
}

static err look_up(struct cx *cx, const char *host, const char *port, struct places *p)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found;
	char address[64];
	size_t before = p->n;
	if (getaddrinfo(host, port, &want, &found) != 0) return cx_fail(cx, FAILED, NULL, "%.200s, where the database should be, has no address", host);
	for (const struct addrinfo *a = found; a && p->n < PG_HOSTS; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) == 0) add(p, host, address, port);
	freeaddrinfo(found);
	return p->n > before ? OK : cx_fail(cx, FAILED, NULL, "%.200s, where the database should be, has no address", host);
}

static err find(struct cx *cx, const struct pg_link *l, struct places *p, struct db_reach *r)
{
	for (size_t i = 0; i < l->hosts && p->n < PG_HOSTS; i++) {
		const char *host = l->host[i], *address = l->hostaddr[i];
		bool addressed = address && *address;
		if (!addressed && host[0] == '@') return cx_fail(cx, FAILED, NULL, "the database's URL has an abstract socket: one in a folder is needed");
		if (!addressed && host[0] == '/') {
			r->local = true;
			add(p, host, NULL, l->port[i]);
			continue;
		}
		TRY(add_port(cx, l->port[i], r));
		if (addressed) add(p, host, address, l->port[i]);
		else TRY(look_up(cx, host, l->port[i], p));
	}
	return OK;
}

/* Of the options that name files, the ones that are to be read. */
static err note_file(struct cx *cx, const char *key, const char *value, struct db_reach *r)
{
	static const char *const files[DB_REACH_FILES] = { "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "passfile" };
	size_t n = 0, i = 0;
	while (r->files[n]) n++;
	while (i < DB_REACH_FILES && strcmp(key, files[i]) != 0) i++;
	if (i == DB_REACH_FILES || n == DB_REACH_FILES || strcmp(value, PG_NO_FILE) == 0) return OK;
	if (value[0] != '/') return cx_fail(cx, FAILED, NULL, "the database's URL names a file by less than its whole path: %s", key);
	if (access(value, R_OK) != 0) return cx_fail(cx, FAILED, NULL, "%.200s, which the database's URL names: %s", value, strerror(errno));
	r->files[n] = value;
	return OK;
}

err postgres_reach(struct cx *cx, str address, struct db_reach *r)
{
	struct pg_link l = { 0 };
	struct places p = { buf_new(cx, URL_MOST), buf_new(cx, URL_MOST), buf_new(cx, URL_MOST), 0 };
	struct buf whole = buf_new(cx, URL_MOST);
	TRY(pg_link_parse(cx, cx->arena, address, &l));
	TRY(find(cx, &l, &p, r));
	buf_lit(&whole, "postgresql:");
	say(&whole, "host", str_c(cx, buf_view(&p.hosts)));
	say(&whole, "hostaddr", str_c(cx, buf_view(&p.addresses)));
	say(&whole, "port", str_c(cx, buf_view(&p.ports)));
	for (size_t i = 0; l.keys[i]; i++) {
		if (strcmp(l.keys[i], "service") == 0) return cx_fail(cx, FAILED, NULL, "the database's URL names a service: host, user and database must be said in it");
		if (!l.values[i]) continue;
		TRY(note_file(cx, l.keys[i], l.values[i], r));
		say(&whole, l.keys[i], l.values[i]);
	}
	if (p.hosts.full || p.addresses.full || p.ports.full || whole.full) return cx_fail(cx, FAILED, NULL, "the database's URL is too long");
	r->url = buf_view(&whole);
	return OK;
}
