/* What operators' programs ask: is it alive, is it ready, and the figures. Plain text, never cached. */
#include "base/limits.h"
#include "http/cache.h"
#include "sql.h"
#include "sys/usage.h"
#include "web/challenge.h"
#include "web/lane.h"
#include "web/logins.h"
#include "web/pages.h"
#include "web/ready.h"
#include "web/respond.h"
#include "web/routes.h"
#include "base/banned.h"

#define METRICS_MAX (1 * MIB)
#define PLAIN S("text/plain; charset=utf-8")

err page_healthz(struct page *p) { return respond_bytes(p, PLAIN, S("ok\n")); }

err page_readyz(struct page *p)
{
	if (ready_check(p) == OK) return respond_bytes(p, PLAIN, S("ready\n"));
	p->res->status = 503;
	p->retry_after = 2;
	return respond_bytes(p, PLAIN, str_fmt(p->cx, STR_FMT "\n", STR_ARG(p->cx->fault.sentence)));
}

static void one(struct buf *b, const char *name, const char *type, const char *help, double value)
{
	metric_family(b, name, type, help);
	metric_sample_real(b, name, S(""), value);
}

static void counter(struct buf *b, const char *name, const char *help, uint64_t value)
{
	metric_family(b, name, "counter", help);
	metric_sample(b, name, S(""), value);
}

static void gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
	metric_family(b, name, "gauge", help);
	metric_sample(b, name, S(""), value);
}

static void histogram(struct buf *b, const char *name, const char *help, const struct metric_scale *scale, const struct metric_sum *sum)
{
	metric_family(b, name, "histogram", help);
	metric_sample_histogram(b, name, S(""), scale, sum);
}

/* The words of one route: method and pattern. Label 0 is for what is no page. */
static str route_words(struct page *p, unsigned label)
{
	struct buf words = buf_new(p->cx, 200);
	const struct route *r = label ? &routes[label - 1] : NULL;
	metric_label(&words, "method", r ? (r->method == METHOD_POST ? S("POST") : S("GET")) : S("any"));
	metric_label(&words, "route", r ? str_of(r->path) : S("none"));
	return buf_view(&words);
}

static void tell_requests(struct page *p, struct buf *b, const struct http_series *series)
{
	static const char *const classes[] = { NULL, "1xx", "2xx", "3xx", "4xx", "5xx" };
	metric_family(b, "broadside_requests_total", "counter", "Requests answered, by route and class of status.");
	for (unsigned i = 0; i <= routes_n; i++) {
		for (int c = 1; c < 6; c++) {
			if (series[i].by_class[c] == 0) continue;
			str labels = str_fmt(p->cx, STR_FMT ",class=\"%s\"", STR_ARG(route_words(p, i)), classes[c]);
			metric_sample(b, "broadside_requests_total", labels, series[i].by_class[c]);
		}
	}
	metric_family(b, "broadside_request_seconds", "histogram", "From a request's head to its answer, by route.");
	for (unsigned i = 0; i <= routes_n; i++)
		if (metric_count(&series[i].answered)) metric_sample_histogram(b, "broadside_request_seconds", route_words(p, i), &metric_times, &series[i].answered);
	metric_family(b, "broadside_handler_seconds", "histogram", "Making the answers that the page cache did not have, by route.");
	for (unsigned i = 0; i <= routes_n; i++)
		if (metric_count(&series[i].handled)) metric_sample_histogram(b, "broadside_handler_seconds", route_words(p, i), &metric_times, &series[i].handled);
}

static void tell_server(struct page *p, struct buf *b)
{
	struct http_stats st = http_server_stats(p->app->server);
	counter(b, "broadside_connections_total", "Connections accepted.", st.connections);
	counter(b, "broadside_connections_cut_total", "Idle and slow connections ended to make room for others.", st.cut);
	gauge(b, "broadside_connections", "Connections open now.", st.connections_now);
	gauge(b, "broadside_connections_limit", "Most connections that may be open.", (uint64_t)p->app->conf.connections);
	counter(b, "broadside_refused_total", "Requests that the server refused by itself: malformed, too large, too slow, or no room.", st.refused);
	gauge(b, "broadside_queue_depth", "Requests waiting for a worker now.", st.queue_now);
	counter(b, "broadside_queue_refused_total", "Requests refused because the queue was full.", st.queue_full);
	histogram(b, "broadside_queue_wait_seconds", "Waiting for a worker.", &metric_times, &st.waited);
}

static void tell_cache(struct page *p, struct buf *b)
{
	if (!p->app->cache) return;
	struct cache_stats st = cache_stats(p->app->cache);
	counter(b, "broadside_cache_hits_total", "Requests answered from the page cache.", st.hits + http_server_stats(p->app->server).at_hand);
	counter(b, "broadside_cache_misses_total", "Requests that could have been, and were not.", st.misses);
	counter(b, "broadside_cache_stale_total", "Pages dropped because something they showed had changed.", st.stale);
	counter(b, "broadside_cache_older_total", "Requests answered by a page that was no longer true, since none could be made.", st.older);
	counter(b, "broadside_cache_evictions_total", "Pages dropped for want of room.", st.evictions);
	gauge(b, "broadside_cache_bytes", "Memory that kept pages take.", st.bytes);
	gauge(b, "broadside_cache_limit_bytes", "Memory that they may take.", (uint64_t)p->app->conf.cache_mb * MIB);
	gauge(b, "broadside_cache_entries", "Pages kept.", st.entries);
}

static void tell_writer(struct page *p, struct buf *b)
{
	struct db_writer_figures w;
	db_writer_figures(p->app->writer, &w);
	counter(b, "broadside_queries_total", "Queries that pages asked of the database, beside those of writes.", metric_read(&p->app->queries));
	histogram(b, "broadside_write_batch_size", "Writes that shared one commit.", &metric_sizes, &w.batch);
	histogram(b, "broadside_write_commit_seconds", "A batch, from its first write to its end on the disk.", &metric_times, &w.commit);
	histogram(b, "broadside_write_wait_seconds", "A write, from its queueing to its end on the disk.", &metric_times, &w.waited);
	gauge(b, "broadside_write_queue_depth", "Writes waiting now.", w.queued);
	counter(b, "broadside_write_refused_total", "Writes refused because the queue was full.", w.refused);
	counter(b, "broadside_write_failed_total", "Batches that could not be committed.", w.failed);
	gauge(b, "broadside_write_broken", "1: the disk has failed and nothing is written any more.", w.broken);
}

static double age(struct page *p, int64_t since) { return since ? (double)(cx_now(p->cx) - since) / SECOND : 0; }

/* What the work role has done ahead or left undone. */
static void tell_jobs(struct page *p, struct buf *b)
{
	struct sql_challenge_ages *pictures;
	bool answers = sql_challenge_ages(p->cx, p->db, &pictures) == OK;
	gauge(b, "broadside_database_up", "1: the database answers.", answers);
	if (p->app->conf.challenge != CHALLENGE_NUMBER) return;
	gauge(b, "broadside_pictures_wanted", "Anti-spam pictures that could still be taken into memory.", challenges_wanting(p->app->challenges));
	if (!answers) return;
	gauge(b, "broadside_pictures_waiting", "Anti-spam pictures drawn ahead.", (uint64_t)pictures->waiting);
	one(b, "broadside_pictures_oldest_age_seconds", "gauge", "Since the first of them was drawn.", age(p, pictures->oldest));
	one(b, "broadside_pictures_newest_age_seconds", "gauge", "Since the last of them was drawn.", age(p, pictures->newest));
}

static void tell_process(struct page *p, struct buf *b)
{
	struct buf words = buf_new(p->cx, 200);
	str rest, engine = str_cut(p->app->database, ':', &rest);
	metric_label(&words, "version", p->app->version);
	metric_label(&words, "database", engine);
	metric_family(b, "broadside_build_info", "gauge", "The program that runs, and its database engine; always 1.");
	metric_sample(b, "broadside_build_info", buf_view(&words), 1);
	one(b, "process_start_time_seconds", "gauge", "When the web process started, in seconds since 1970.", (double)p->app->started / SECOND);
	one(b, "process_cpu_seconds_total", "counter", "Processor time of the web process.", usage_processor());
	metric_family(b, "broadside_resident_memory_bytes", "gauge", "Resident memory, by process.");
	metric_sample(b, "broadside_resident_memory_bytes", S("role=\"web\""), (uint64_t)usage_resident(p->app->usage->self));
	metric_sample(b, "broadside_resident_memory_bytes", S("role=\"parent\""), (uint64_t)usage_resident(p->app->usage->parent));
	gauge(b, "broadside_passwords_waiting", "Log-ins that wait for their turn.", (uint64_t)lane_waiting(p->app->passwords));
	gauge(b, "broadside_numbers_at_login", "1: so many passwords were tried lately that new browsers are asked for a number.",
	    logins_asking(p->app->logins, cx_now(p->cx)));
	gauge(b, "broadside_workers", "Threads that make pages.", (uint64_t)p->app->conf.workers);
}

err page_metrics(struct page *p)
{
	struct buf b = buf_new(p->cx, METRICS_MAX);
	struct http_series *series = cx_array_of(p->cx, struct http_series, routes_n + 1);
	for (unsigned i = 0; i <= routes_n; i++) series[i] = http_server_series(p->app->server, i);
	tell_process(p, &b);
	tell_server(p, &b);
	tell_requests(p, &b, series);
	tell_cache(p, &b);
	tell_writer(p, &b);
	tell_jobs(p, &b);
	str text;
	TRY(buf_done(p->cx, &b, &text));
	return respond_bytes(p, S("text/plain; version=0.0.4; charset=utf-8"), text);
}
