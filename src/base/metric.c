/* Bounds are the same for every histogram of a kind, so that figures of threads can be added up and those of years compared. */
#include "base/metric.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "base/banned.h"

const struct metric_scale metric_times = {
	{ 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 2500000, 10000000 }, 1e6,
};
const struct metric_scale metric_sizes = { { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192 }, 1 };

size_t metric_bucket(const struct metric_scale *s, int64_t value)
{
	size_t i = 0;
	while (i < METRIC_BOUNDS && value > s->bound[i]) i++;
	return i;
}

void metric_observe(struct metric_histogram *h, const struct metric_scale *s, int64_t value)
{
	if (value < 0) value = 0;
	metric_add(&h->bucket[metric_bucket(s, value)], 1);
	metric_add(&h->sum, (uint64_t)value);
}

void metric_observe_shared(struct metric_histogram *h, const struct metric_scale *s, int64_t value)
{
	if (value < 0) value = 0;
	metric_add_shared(&h->bucket[metric_bucket(s, value)], 1);
	metric_add_shared(&h->sum, (uint64_t)value);
}

void metric_gather(struct metric_sum *into, const struct metric_histogram *h)
{
	for (size_t i = 0; i <= METRIC_BOUNDS; i++) into->bucket[i] += metric_read(&h->bucket[i]);
	into->sum += metric_read(&h->sum);
}

uint64_t metric_count(const struct metric_sum *s)
{
	uint64_t n = 0;
	for (size_t i = 0; i <= METRIC_BOUNDS; i++) n += s->bucket[i];
	return n;
}

void metric_family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void begin(struct buf *b, const char *name, const char *suffix, str labels)
{
	buf_fmt(b, "%s%s", name, suffix);
	if (!labels.n) return;
	buf_char(b, '{');
	buf_str(b, labels);
	buf_char(b, '}');
}

void metric_sample(struct buf *b, const char *name, str labels, uint64_t value)
{
	begin(b, name, "", labels);
	buf_fmt(b, " %" PRIu64 "\n", value);
}

void metric_sample_real(struct buf *b, const char *name, str labels, double value)
{
	begin(b, name, "", labels);
	buf_fmt(b, " %.15g\n", value);
}

void metric_sample_histogram(struct buf *b, const char *name, str labels, const struct metric_scale *s, const struct metric_sum *h)
{
	uint64_t below = 0;
	const char *comma = labels.n ? "," : "";
	for (size_t i = 0; i <= METRIC_BOUNDS; i++) {
		below += h->bucket[i];
		buf_fmt(b, "%s_bucket{" STR_FMT "%sle=\"", name, STR_ARG(labels), comma);
		if (i < METRIC_BOUNDS) buf_fmt(b, "%.9g", (double)s->bound[i] / s->unit);
		else buf_lit(b, "+Inf");
		buf_fmt(b, "\"} %" PRIu64 "\n", below);
	}
	begin(b, name, "_sum", labels);
	buf_fmt(b, " %.9g\n", (double)h->sum / s->unit);
	begin(b, name, "_count", labels);
	buf_fmt(b, " %" PRIu64 "\n", below);
}

void metric_label(struct buf *b, const char *name, str value)
{
	buf_fmt(b, "%s%s=\"", b->n ? "," : "", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n') buf_lit(b, "\\n");
		else if (value.p[i] == '"' || value.p[i] == '\\') buf_fmt(b, "\\%c", value.p[i]);
		else buf_char(b, value.p[i]);
	}
	buf_char(b, '"');
}

/* Where the labels end: at the brace that stands outside of quotes. */
static size_t labels_end(str line, size_t from)
{
	bool quoted = false;
	for (size_t i = from; i < line.n; i++) {
		if (quoted && line.p[i] == '\\') i++;
		else if (line.p[i] == '"') quoted = !quoted;
		else if (line.p[i] == '}' && !quoted) return i;
	}
	return line.n;
}

bool metric_line(str line, struct metric_line *out)
{
	char number[40], *end;
	size_t n = 0;
	*out = (struct metric_line){ 0 };
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '{') n++;
	if (n == 0 || n == line.n || line.p[0] == '#') return false;
	out->name = str_sub(line, 0, n);
	if (line.p[n] == '{') {
		size_t close = labels_end(line, n + 1);
		if (close == line.n) return false;
		out->labels = str_sub(line, n + 1, close - n - 1);
		n = close + 1;
	}
	str value = str_trim(str_sub(line, n, line.n));
	if (value.n == 0 || value.n >= sizeof number) return false;
	snprintf(number, sizeof number, STR_FMT, STR_ARG(value));
	out->value = strtod(number, &end);
	return *end == 0 && isfinite(out->value);
}

str metric_line_label(const struct metric_line *l, str name)
{
	str rest = l->labels;
	while (rest.n) {
		ptrdiff_t equals = str_find_char(rest, '=', 0);
		if (equals <= 0 || (size_t)equals + 1 >= rest.n || rest.p[equals + 1] != '"') return S("");
		size_t from = (size_t)equals + 2, to = from;
		while (to < rest.n && rest.p[to] != '"') to += rest.p[to] == '\\' ? 2 : 1;
		if (to >= rest.n) return S("");
		if (str_eq(str_sub(rest, 0, (size_t)equals), name)) return str_sub(rest, from, to - from);
		rest = str_sub(rest, to + 1, rest.n);
		if (rest.n && rest.p[0] == ',') rest = str_sub(rest, 1, rest.n);
	}
	return S("");
}
