/* Everything is looked up by name in the lines as they came: a server that is older or newer than this command shows what both know. */
#include "cli/figures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "cli/control.h"
#include "base/banned.h"

#define METRICS_MAX (2 * MIB)
#define ROUTES_MAX 200

err figures_read(struct cx *cx, str text, struct figures *out)
{
	VEC(struct metric_line) lines = { 0 };
	while (text.n) {
		struct metric_line l;
		if (metric_line(str_cut(text, '\n', &text), &l)) vec_push(cx, &lines, l);
	}
	*out = (struct figures){ cx, clock_monotonic(), lines.at, lines.n };
	return lines.n ? OK : cx_fail(cx, FAILED, NULL, "the server told no figures");
}

err figures_ask(struct cx *cx, const char *dir, struct figures *out)
{
	struct cx *own = cx_new();
	str text;
	err e = control_get(own, dir, "/metrics", METRICS_MAX, &text);
	if (e == OK) e = figures_read(own, text, out);
	if (e == OK) return OK;
	e = cx_fail(cx, e, NULL, STR_FMT, STR_ARG(own->fault.sentence));
	cx_end(own);
	return e;
}

/* One page of figures: what is now, and what to take off it. */
struct view {
	const struct figures *now, *before;
	double seconds;
	int columns, rows, used;
	struct buf *out;
};

static double value(const struct figures *f, str name, str labels)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (str_eq(f->lines[i].name, name) && str_eq(f->lines[i].labels, labels)) return f->lines[i].value;
	return 0;
}

static double now(const struct view *v, const char *name) { return value(v->now, str_of(name), S("")); }

static double grown(const struct view *v, str name, str labels) { return value(v->now, name, labels) - value(v->before, name, labels); }
static double rate(const struct view *v, const char *name) { return v->seconds > 0 ? grown(v, str_of(name), S("")) / v->seconds : 0; }

/* Of all lines of that name that carry the label with that value. */
static double grown_where(const struct view *v, str name, str label, str is)
{
	double sum = 0;
	for (size_t i = 0; i < v->now->n; i++) {
		const struct metric_line *l = &v->now->lines[i];
		if (!str_eq(l->name, name) || (label.n && !str_eq(metric_line_label(l, label), is))) continue;
		sum += l->value - value(v->before, name, l->labels);
	}
	return sum;
}

/* A histogram's lines of one series, or of all together (method.p NULL), since before. */
struct spread {
	double upper[METRIC_BOUNDS + 1], below[METRIC_BOUNDS + 1], sum, count;
	size_t n;
};

static void take_bucket(struct spread *s, double upper, double more)
{
	size_t i = 0;
	while (i < s->n && s->upper[i] != upper) i++;
	if (i == sizeof s->upper / sizeof *s->upper) return;
	if (i == s->n) s->upper[s->n++] = upper;
	s->below[i] += more;
}

static struct spread spread_of(const struct view *v, const char *name, str method, str route)
{
	struct spread s = { 0 };
	for (size_t i = 0; i < v->now->n; i++) {
		const struct metric_line *l = &v->now->lines[i];
		if (!str_starts(l->name, str_of(name))) continue;
		if (method.p && (!str_eq(metric_line_label(l, S("method")), method) || !str_eq(metric_line_label(l, S("route")), route))) continue;
		str what = str_sub(l->name, strlen(name), l->name.n);
		double more = l->value - value(v->before, l->name, l->labels);
		struct metric_line bound;
		str le = metric_line_label(l, S("le"));
		if (str_eq(what, S("_sum"))) s.sum += more;
		else if (str_eq(what, S("_count"))) s.count += more;
		else if (str_eq(what, S("_bucket")) && metric_line(str_fmt(v->now->cx, "le " STR_FMT, STR_ARG(le)), &bound)) take_bucket(&s, bound.value, more);
	}
	return s;
}

/* The value below which the share of what was counted lies, as far as the bounds tell; in milliseconds. */
static double quantile_ms(const struct spread *s, double share)
{
	double want = s->count * share, from = 0, under = 0;
	if (s->count <= 0) return 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->below[i] >= want && s->below[i] > under) return 1000 * (from + (s->upper[i] - from) * (want - under) / (s->below[i] - under));
		from = s->upper[i];
		under = s->below[i];
	}
	return 1000 * from;
}

/* One line, cut to the width; control characters become '?'. */
static void say(struct view *v, str line)
{
	if (v->used >= v->rows) return;
	int at = 0;
	for (size_t i = 0; i < line.n && at <= v->columns; i++) {
		unsigned char c = (unsigned char)line.p[i];
		if ((c & 0xC0) != 0x80 && ++at > v->columns) break;
		buf_char(v->out, c < 0x20 || c == 0x7F ? '?' : (char)c);
	}
	buf_char(v->out, '\n');
	v->used++;
}
#define SAY(v, ...) say(v, str_fmt((v)->now->cx, __VA_ARGS__))

static str span(struct cx *cx, double seconds)
{
	int64_t s = (int64_t)seconds;
	if (s >= 86400) return str_fmt(cx, "%" PRId64 " d %" PRId64 " h", s / 86400, s % 86400 / 3600);
	if (s >= 3600) return str_fmt(cx, "%" PRId64 " h %" PRId64 " min", s / 3600, s % 3600 / 60);
	if (s >= 60) return str_fmt(cx, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	return str_fmt(cx, "%" PRId64 " s", s);
}

static double mib(double bytes) { return bytes / (double)MIB; }

static void show_head(struct view *v, const char *site)
{
	str version = S("?"), engine = S("?");
	for (size_t i = 0; i < v->now->n; i++) {
		if (!str_eq(v->now->lines[i].name, S("broadside_build_info"))) continue;
		version = metric_line_label(&v->now->lines[i], S("version"));
		engine = metric_line_label(&v->now->lines[i], S("database"));
	}
	double up = (double)clock_now(&clock_system) / SECOND - now(v, "process_start_time_seconds");
	SAY(v, "%s  broadside " STR_FMT " on " STR_FMT ", up " STR_FMT, site, STR_ARG(version), STR_ARG(engine), STR_ARG(span(v->now->cx, up)));
	SAY(v, "rates over " STR_FMT, STR_ARG(span(v->now->cx, v->seconds)));
	say(v, S(""));
}

static void show_requests(struct view *v)
{
	struct spread s = spread_of(v, "broadside_request_seconds", (str){ 0 }, S(""));
	double by_class[6], all = 0, hits = rate(v, "broadside_cache_hits_total"), misses = rate(v, "broadside_cache_misses_total");
	static const str classes[] = { S_INIT(""), S_INIT("1xx"), S_INIT("2xx"), S_INIT("3xx"), S_INIT("4xx"), S_INIT("5xx") };
	for (int c = 1; c < 6; c++) {
		by_class[c] = grown_where(v, S("broadside_requests_total"), S("class"), classes[c]) / (v->seconds > 0 ? v->seconds : 1);
		all += by_class[c];
	}
	SAY(v, "requests  %9.1f/s   2xx %.1f  3xx %.1f  4xx %.1f  5xx %.1f   refused %.1f", all, by_class[2], by_class[3], by_class[4], by_class[5],
	    rate(v, "broadside_refused_total"));
	SAY(v, "latency   p50 %.2f ms  p99 %.2f ms", quantile_ms(&s, 0.5), quantile_ms(&s, 0.99));
	SAY(v, "cache     %8.1f %% hits   %.1f of %.0f MiB  %.0f pages   stale %.1f/s  evicted %.1f/s", hits + misses > 0 ? 100 * hits / (hits + misses) : 0,
	    mib(now(v, "broadside_cache_bytes")), mib(now(v, "broadside_cache_limit_bytes")), now(v, "broadside_cache_entries"),
	    rate(v, "broadside_cache_stale_total"), rate(v, "broadside_cache_evictions_total"));
}

static void show_server(struct view *v)
{
	struct spread batch = spread_of(v, "broadside_write_batch_size", (str){ 0 }, S("")), wait = spread_of(v, "broadside_write_wait_seconds", (str){ 0 }, S("")),
	              queued = spread_of(v, "broadside_queue_wait_seconds", (str){ 0 }, S(""));
	SAY(v, "open      %9.0f connections of %.0f   %.1f/s new", now(v, "broadside_connections"), now(v, "broadside_connections_limit"),
	    rate(v, "broadside_connections_total"));
	SAY(v, "queue     %9.0f waiting for %.0f workers   p99 %.2f ms   refused %.1f/s", now(v, "broadside_queue_depth"), now(v, "broadside_workers"),
	    quantile_ms(&queued, 0.99), rate(v, "broadside_queue_refused_total"));
	SAY(v, "writes    %9.1f/s   %.1f a commit   p99 %.2f ms   waiting %.0f   failed %.0f%s", v->seconds > 0 ? batch.sum / v->seconds : 0,
	    batch.count > 0 ? batch.sum / batch.count : 0, quantile_ms(&wait, 0.99), now(v, "broadside_write_queue_depth"),
	    now(v, "broadside_write_failed_total"), now(v, "broadside_write_broken") > 0 ? "   THE DISK HAS FAILED" : "");
	SAY(v, "work      %9.0f pictures waiting, the oldest " STR_FMT "%s", now(v, "broadside_pictures_waiting"),
	    STR_ARG(span(v->now->cx, now(v, "broadside_pictures_oldest_age_seconds"))), now(v, "broadside_database_up") > 0 ? "" : "   THE DATABASE DOES NOT ANSWER");
	SAY(v, "process   %9.1f %% of a processor   web %.1f MiB  parent %.1f MiB", 100 * rate(v, "process_cpu_seconds_total"),
	    mib(value(v->now, S("broadside_resident_memory_bytes"), S("role=\"web\""))), mib(value(v->now, S("broadside_resident_memory_bytes"), S("role=\"parent\""))));
	say(v, S(""));
}

struct row {
	str method, route;
	double rate;
	struct spread took;
};

static int by_rate(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return x->rate < y->rate ? 1 : x->rate > y->rate ? -1 : str_cmp(x->route, y->route);
}

static void show_routes(struct view *v)
{
	struct row *rows = cx_array_of(v->now->cx, struct row, ROUTES_MAX);
	size_t n = 0;
	for (size_t i = 0; i < v->now->n && n < ROUTES_MAX; i++) {
		const struct metric_line *l = &v->now->lines[i];
		if (!str_eq(l->name, S("broadside_request_seconds_count"))) continue;
		struct row r = { metric_line_label(l, S("method")), metric_line_label(l, S("route")), 0, { .count = 0 } };
		r.took = spread_of(v, "broadside_request_seconds", r.method, r.route);
		r.rate = v->seconds > 0 ? r.took.count / v->seconds : 0;
		if (r.took.count > 0) rows[n++] = r;
	}
	qsort(rows, n, sizeof *rows, by_rate);
	SAY(v, "%9s  %9s  %9s  %s", "per s", "p50 ms", "p99 ms", "route");
	for (size_t i = 0; i < n; i++)
		SAY(v, "%9.1f  %9.2f  %9.2f  " STR_FMT " " STR_FMT, rows[i].rate, quantile_ms(&rows[i].took, 0.5), quantile_ms(&rows[i].took, 0.99),
		    STR_ARG(rows[i].method), STR_ARG(rows[i].route));
}

void figures_show(const struct figures *n, const struct figures *before, const char *site, int columns, int rows, struct buf *out)
{
	struct view v = { .now = n, .before = before, .columns = columns, .rows = rows, .out = out };
	const char *start = "process_start_time_seconds";
	if (before && now(&v, start) > value(before, str_of(start), S(""))) v.before = NULL;
	v.seconds = v.before ? (double)(n->at - v.before->at) / SECOND : (double)clock_now(&clock_system) / SECOND - now(&v, start);
	show_head(&v, site);
	show_requests(&v);
	show_server(&v);
	show_routes(&v);
}
