/* load: asks one HTTP/1.1 server over many connections and tells how long the answers took.
 *
 *   load [-c CONNECTIONS] [-d SECONDS] [-w SECONDS] [-r RATE] [-H FIELD]... [-m METHOD] [-b BODY] [-f PATHS] [-n FIRST] ADDRESS PORT PATH
 *
 * Closed loop unless -r: each connection asks again when it has its answer. With -r: RATE requests a second arrive at random whether or not earlier
 * ones are answered, and the time of each counts from when it arrived, so that a server that stalls cannot hide it. -w: so long is asked before anything
 * is counted as latency. -f: a file of paths, taken in turn. In BODY, {n} becomes a number that is given once, from FIRST on. Connections are made before
 * the clock starts, and again when a server ends one. Times are in microseconds; prints one line of JSON. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum phase { IDLE, CONNECTING, SENDING, HEAD, LENGTH, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER, TO_CLOSE };
enum { HEAD_MOST = 16384, REQUEST_MOST = 65536 };

struct conn {
	int fd;
	enum phase phase;
	bool close_after, asked, line_empty, has_chunk_digits;
	int64_t began;        /* when the request arrived */
	size_t out_n, out_at, head_n;
	uint64_t left;
	int status;
	struct conn *next;    /* of those that are idle */
	char head[HEAD_MOST], out[REQUEST_MOST];
};

static struct {
	int connections;
	double seconds, warm, rate;
	const char *method, *body, *address, **paths;
	char fields[8192];
	size_t paths_n;
	uint64_t number;
	struct sockaddr_in to;
	int epoll;
	struct conn *idle;
	uint64_t answered, counted, failed, bytes, statuses[600];
	uint32_t *times;
	size_t times_n, times_room;
	int64_t *waiting;     /* a ring of the arrivals that no connection was free for */
	size_t waiting_at, waiting_n, waiting_room;
	int64_t count_from;
	uint64_t seed;
} g = { .connections = 64, .seconds = 3, .method = "GET", .seed = 88172645463325252ULL };

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double chance(void)
{
	g.seed ^= g.seed << 13, g.seed ^= g.seed >> 7, g.seed ^= g.seed << 17;
	return ((double)(g.seed >> 11) + 1) / 9007199254740993.0;
}

static void watch(struct conn *c, int op, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };
	if (epoll_ctl(g.epoll, op, c->fd, &e) != 0) die("epoll_ctl");
}

static void open_one(struct conn *c)
{
	int one = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0) die("socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(c->fd, (struct sockaddr *)&g.to, sizeof g.to) != 0 && errno != EINPROGRESS) die("connect");
	c->phase = CONNECTING;
	watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void make(struct conn *c)
{
	char body[REQUEST_MOST / 2];
	size_t n = 0;
	uint64_t number = g.number++;
	for (const char *p = g.body ? g.body : ""; *p && n < sizeof body - 32;) {
		if (strncmp(p, "{n}", 3) != 0) body[n++] = *p++;
		else n += (size_t)snprintf(body + n, 24, "%llu", (unsigned long long)number), p += 3;
	}
	char about[128] = "";
	if (g.body) snprintf(about, sizeof about, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n", n);
	int m = snprintf(c->out, sizeof c->out, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s\r\n%.*s", g.method, g.paths[number % g.paths_n], g.address,
	    ntohs(g.to.sin_port), g.fields, about, (int)n, body);
	if (m < 0 || (size_t)m >= sizeof c->out) errno = EMSGSIZE, die("request");
	c->out_n = (size_t)m;
	c->out_at = 0;
}

static void fail(struct conn *c);

static void push(struct conn *c)
{
	while (c->out_at < c->out_n) {
		ssize_t n = send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
			c->phase = SENDING;
			return;
		}
		if (n < 0) return fail(c);
		c->out_at += (size_t)n;
	}
	if (c->phase == SENDING) watch(c, EPOLL_CTL_MOD, EPOLLIN);
	c->phase = HEAD;
}

static void ask(struct conn *c, int64_t began)
{
	c->began = began;
	c->asked = true;
	c->head_n = 0;
	make(c);
	c->phase = HEAD;
	push(c);
}

static void rest(struct conn *c)
{
	c->asked = false;
	c->phase = IDLE;
	if (g.rate == 0) return ask(c, now());
	if (g.waiting_n) {
		int64_t began = g.waiting[g.waiting_at];
		g.waiting_at = (g.waiting_at + 1) % g.waiting_room;
		g.waiting_n--;
		return ask(c, began);
	}
	c->next = g.idle;
	g.idle = c;
}

static void keep(int64_t took)
{
	if (g.times_n == g.times_room) {
		g.times_room = g.times_room ? g.times_room * 2 : 1 << 20;
		g.times = realloc(g.times, g.times_room * sizeof *g.times);
		if (!g.times) die("memory");
	}
	g.times[g.times_n++] = took / 1000 > UINT32_MAX ? UINT32_MAX : (uint32_t)(took / 1000);
}

static void again(struct conn *c)
{
	close(c->fd);
	open_one(c);
}

static void fail(struct conn *c)
{
	if (c->asked) g.failed++;
	c->asked = false;
	again(c);
}

static void answered(struct conn *c)
{
	int64_t t = now();
	g.answered++;
	g.statuses[c->status]++;
	if (t >= g.count_from) keep(t - c->began);
	if (!c->close_after) return rest(c);
	c->asked = false;
	again(c);
}

static const char *field(const char *head, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = strchr(head, '\n'); p; p = strchr(p, '\n'))
		if (strncasecmp(++p, name, n) == 0 && p[n] == ':') return p + n + 1 + strspn(p + n + 1, " ");
	return NULL;
}

/* The head is whole. */
static bool begin_body(struct conn *c)
{
	c->head[c->head_n - 2] = '\0';
	c->status = strncmp(c->head, "HTTP/1.", 7) == 0 ? atoi(c->head + 9) : 0;
	if (c->status < 100 || c->status > 599) return false;
	const char *length = field(c->head, "Content-Length"), *coding = field(c->head, "Transfer-Encoding"), *kept = field(c->head, "Connection");
	c->close_after = (kept && strncasecmp(kept, "close", 5) == 0) || (c->head[7] == '0' && !(kept && strncasecmp(kept, "keep-alive", 10) == 0));
	c->left = 0;
	if (c->status == 304 || c->status == 204) c->phase = LENGTH;
	else if (coding && strncasecmp(coding, "chunked", 7) == 0) c->phase = CHUNK_SIZE, c->has_chunk_digits = true;
	else if (length) c->phase = LENGTH, c->left = strtoull(length, NULL, 10);
	else c->phase = TO_CLOSE, c->close_after = true;
	return true;
}

static size_t take_head(struct conn *c, const char *p, size_t n)
{
	size_t had = c->head_n, room = sizeof c->head - 1 - had, m = n < room ? n : room;
	memcpy(c->head + had, p, m);
	size_t from = had > 3 ? had - 3 : 0;
	char *end = memmem(c->head + from, had + m - from, "\r\n\r\n", 4);
	if (!end) return c->head_n = had + m, m ? m : SIZE_MAX;
	c->head_n = (size_t)(end - c->head) + 4;
	size_t used = c->head_n - had;
	return begin_body(c) ? used : SIZE_MAX;
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

static size_t take_chunk_line(struct conn *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			c->phase = c->left ? CHUNK_DATA : TRAILER;
			c->line_empty = true;
			return i + 1;
		}
		if (digit(p[i]) < 0) c->has_chunk_digits = false;
		if (c->has_chunk_digits) c->left = c->left * 16 + (uint64_t)digit(p[i]);
	}
	return n;
}

/* Takes what it can of n bytes; SIZE_MAX: they are no answer. */
static size_t take(struct conn *c, const char *p, size_t n, bool *whole)
{
	size_t m = n < c->left ? n : (size_t)c->left;
	switch (c->phase) {
	case HEAD: m = take_head(c, p, n); break;
	case LENGTH: c->left -= m; break;
	case CHUNK_SIZE: return take_chunk_line(c, p, n);
	case CHUNK_DATA:
		c->left -= m;
		if (c->left == 0) c->phase = CHUNK_END;
		return m;
	case CHUNK_END:
		if (*p == '\n') c->phase = CHUNK_SIZE, c->has_chunk_digits = true;
		return 1;
	case TRAILER:
		if (*p == '\n') *whole = c->line_empty, c->line_empty = true;
		else if (*p != '\r') c->line_empty = false;
		return 1;
	case TO_CLOSE: return n;
	default: return SIZE_MAX;
	}
	*whole = c->phase == LENGTH && c->left == 0;
	return m;
}

static void readable(struct conn *c)
{
	static char in[1 << 18];
	ssize_t n = recv(c->fd, in, sizeof in, 0);
	if (n < 0 && errno == EAGAIN) return;
	if (n == 0 && c->phase == TO_CLOSE) return answered(c);
	if (n <= 0) return fail(c);
	g.bytes += (uint64_t)n;
	for (size_t at = 0; at < (size_t)n;) {
		bool whole = false;
		size_t used = take(c, in + at, (size_t)n - at, &whole);
		if (used == SIZE_MAX) return fail(c);
		at += used;
		if (whole) return answered(c);
	}
}

static void event(struct conn *c, uint32_t events)
{
	if (c->phase == CONNECTING) {
		int error = 0;
		socklen_t n = sizeof error;
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n);
		if (error) {
			g.failed++;
			again(c);
			return;
		}
		watch(c, EPOLL_CTL_MOD, EPOLLIN);
		return rest(c);
	}
	if (c->phase == SENDING && (events & EPOLLOUT)) return push(c);
	if (c->phase == IDLE) { /* ended by the server while idle: it leaves the list of the idle ones, and comes back when it is connected again */
		for (struct conn **p = &g.idle; *p; p = &(*p)->next)
			if (*p == c) {
				*p = c->next;
				break;
			}
		return again(c);
	}
	readable(c);
}

static void arrive(int64_t at)
{
	struct conn *c = g.idle;
	if (c) {
		g.idle = c->next;
		ask(c, at);
	} else if (g.waiting_n < g.waiting_room)
		g.waiting[(g.waiting_at + g.waiting_n++) % g.waiting_room] = at;
	else
		g.failed++;
}

static void run(int64_t begun)
{
	struct epoll_event events[512];
	int64_t end = begun + (int64_t)(g.seconds * 1e9), next = begun;
	for (;;) {
		int64_t t = now();
		if (t >= end) break;
		int64_t wait = end - t;
		if (g.rate > 0) {
			for (; next <= t; next += (int64_t)(-log(chance()) / g.rate * 1e9) + 1) arrive(next);
			if (next - t < wait) wait = next - t;
		}
		struct timespec until = { .tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000 };
		int n = epoll_pwait2(g.epoll, events, 512, &until, NULL);
		for (int i = 0; i < n; i++) event(events[i].data.ptr, events[i].events);
	}
}

/* Connects them all before the clock starts. */
static struct conn *connect_all(void)
{
	struct conn *all = calloc((size_t)g.connections, sizeof *all);
	if (!all) die("memory");
	double rate = g.rate;
	for (int i = 0; i < g.connections; i++) {
		struct conn *c = &all[i];
		c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int one = 1;
		if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&g.to, sizeof g.to) != 0) die("connect");
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
		watch(c, EPOLL_CTL_ADD, EPOLLIN);
	}
	g.rate = rate;
	return all;
}

static void read_paths(const char *file)
{
	FILE *f = fopen(file, "r");
	char line[4096];
	if (!f) die(file);
	g.paths = NULL;
	g.paths_n = 0;
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		g.paths = realloc(g.paths, (g.paths_n + 1) * sizeof *g.paths);
		if (!g.paths || !(g.paths[g.paths_n++] = strdup(line))) die("memory");
	}
	fclose(f);
	if (!g.paths_n) errno = EINVAL, die(file);
}

static void options(int n, char **args)
{
	static const char *path;
	const char *file = NULL;
	for (int o; (o = getopt(n, args, "c:d:w:r:H:m:b:f:n:")) != -1;) {
		size_t at = strlen(g.fields);
		if (o == 'c') g.connections = atoi(optarg);
		else if (o == 'd') g.seconds = atof(optarg);
		else if (o == 'w') g.warm = atof(optarg);
		else if (o == 'r') g.rate = atof(optarg);
		else if (o == 'H') snprintf(g.fields + at, sizeof g.fields - at, "%s\r\n", optarg);
		else if (o == 'm') g.method = optarg;
		else if (o == 'b') g.body = optarg;
		else if (o == 'f') file = optarg;
		else if (o == 'n') g.number = strtoull(optarg, NULL, 10);
		else exit(2);
	}
	if (optind + 3 != n || g.connections < 1) {
		fprintf(stderr, "usage: load [options] ADDRESS PORT PATH\n");
		exit(2);
	}
	g.address = args[optind];
	g.to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(args[optind + 1])) };
	if (inet_pton(AF_INET, g.address, &g.to.sin_addr) != 1) errno = EINVAL, die(g.address);
	path = args[optind + 2];
	g.paths = &path;
	g.paths_n = 1;
	if (file) read_paths(file);
}

static int by_time(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static uint32_t part(double p) { return g.times_n ? g.times[(size_t)(p * (double)(g.times_n - 1))] : 0; }

int main(int n, char **args)
{
	options(n, args);
	g.epoll = epoll_create1(EPOLL_CLOEXEC);
	g.waiting_room = 1 << 20;
	g.waiting = calloc(g.waiting_room, sizeof *g.waiting);
	if (g.epoll < 0 || !g.waiting) die("start");
	struct conn *all = connect_all();
	int64_t begun = now();
	g.count_from = begun + (int64_t)(g.warm * 1e9);
	for (int i = 0; i < g.connections; i++) rest(&all[i]);
	run(begun);
	int64_t ended = now();
	uint64_t unanswered = 0; /* in an open loop they have waited at least so long */
	if (g.rate > 0) {
		for (size_t i = 0; i < g.waiting_n; i++, unanswered++) keep(ended - g.waiting[(g.waiting_at + i) % g.waiting_room]);
		for (int i = 0; i < g.connections; i++)
			if (all[i].asked) keep(ended - all[i].began), unanswered++;
	}
	qsort(g.times, g.times_n, sizeof *g.times, by_time);
	printf("{\"requests\": %llu, \"seconds\": %.6f, \"failed\": %llu, \"unanswered\": %llu, \"bytes\": %llu, \"p50\": %u, \"p90\": %u, \"p99\": %u, \"p999\": %u, "
	    "\"max\": %u, \"next\": %llu, \"statuses\": {", (unsigned long long)g.answered, (double)(ended - begun) / 1e9, (unsigned long long)g.failed,
	    (unsigned long long)unanswered, (unsigned long long)g.bytes, part(.5), part(.9), part(.99), part(.999), part(1), (unsigned long long)g.number);
	bool first = true;
	for (int i = 0; i < 600; i++)
		if (g.statuses[i]) printf("%s\"%d\": %llu", first ? "" : ", ", i, (unsigned long long)g.statuses[i]), first = false;
	printf("}}\n");
	return 0;
}
