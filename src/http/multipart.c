/* multipart/form-data as RFC 7578 and RFC 2046 5.1 have it and browsers write it. One byte at a time is always enough: the delimiter begins
 * with CR, which no boundary holds, so a match that breaks can only begin again at the byte that broke it. */
#include "http/form_part.h"

#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "http/wire.h"
#include "base/banned.h"

#define PART_HEADERS_MAX (4 * KIB)
#define LINE_MAX_BYTES (2 * KIB)
#define PART_TEXT_MAX (2 * MIB)

static err malformed(struct form_reader *r) { return cx_fail(r->cx, INVALID, NULL, "The form's parts are malformed."); }

/* Only a quote or a backslash is ever escaped: some browsers send whole Windows paths. */
static bool is_escape(str s, size_t at) { return s.p[at] == '\\' && at + 1 < s.n && (s.p[at + 1] == '"' || s.p[at + 1] == '\\'); }

/* Takes one `name=value` or `name="value"` off the front of a header's parameters; false at the end or when malformed (*bad). */
static bool next_parameter(struct cx *cx, str *rest, str *name, str *value, bool *bad)
{
	str s = wire_trim(*rest);
	*bad = false;
	while (s.n && s.p[0] == ';') s = wire_trim(str_sub(s, 1, s.n));
	if (s.n == 0) return false;
	ptrdiff_t eq = str_find_char(s, '=', 0);
	*bad = true;
	if (eq < 0) return false;
	*name = wire_trim(str_sub(s, 0, (size_t)eq));
	if (!wire_is_token(*name)) return false;
	s = wire_trim(str_sub(s, (size_t)eq + 1, s.n));
	if (s.n == 0 || s.p[0] != '"') {
		*value = wire_trim(str_cut(s, ';', rest));
		*bad = !wire_is_token(*value);
		return !*bad;
	}
	size_t end = 1, n = 0;
	while (end < s.n && s.p[end] != '"') end += is_escape(s, end) ? 2 : 1;
	if (end >= s.n) return false;
	char *p = arena_bytes(cx->arena, end); /* as much as it is long: a line may hold hundreds */
	for (size_t i = 1; i < end; i++) {
		if (is_escape(s, i)) i++;
		p[n++] = s.p[i];
	}
	*value = (str){ p, n };
	s = wire_trim(str_sub(s, end + 1, s.n));
	*bad = s.n > 0 && s.p[0] != ';';
	*rest = s;
	return !*bad;
}

/* Browsers escape exactly the quote and the line ends of a name or filename, as %22, %0D and %0A. */
static str unescape_name(struct cx *cx, str s)
{
	char *p = arena_bytes(cx->arena, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		str three = str_sub(s, i, 3);
		if (str_eq(three, S("%22"))) p[n++] = '"', i += 2;
		else if (str_eq_ascii_ci(three, S("%0D"))) p[n++] = '\r', i += 2;
		else if (str_eq_ascii_ci(three, S("%0A"))) p[n++] = '\n', i += 2;
		else p[n++] = s.p[i];
	}
	return (str){ p, n };
}

static bool is_boundary(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!alnum && (c == 0 || strchr("'()+_,-./:=? ", c) == NULL)) return false;
	}
	return s.n > 0 && s.n <= 70 && s.p[s.n - 1] != ' ';
}

err multipart_start(struct form_reader *r, str parameters)
{
	str name, value, boundary = { 0 };
	bool bad;
	while (next_parameter(r->cx, &parameters, &name, &value, &bad)) {
		if (!str_eq_ascii_ci(name, S("boundary"))) continue;
		if (boundary.n) return malformed(r);
		boundary = value;
	}
	if (bad || !is_boundary(boundary)) return malformed(r);
	struct multipart *m = &r->multipart;
	r->is_multipart = true;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
	m->matched = 2; /* the first delimiter needs no line end before it */
	m->at_start = true;
	m->line = buf_new(r->cx, LINE_MAX_BYTES);
	return OK;
}

/* Content of a part, or of the preamble, which is nobody's. */
static err content(struct form_reader *r, const char *p, size_t n)
{
	struct multipart *m = &r->multipart;
	if (n == 0 || m->state == PART_PREAMBLE) return OK;
	if (m->state == PART_FIELD) {
		TRY(form_count_text(r, n));
		buf_str(&m->value, (str){ p, n });
		return OK;
	}
	if (!m->file_open) TRY(form_open_file(r, m->name, m->filename));
	m->file_open = true;
	return form_write_file(r, p, n);
}

static err end_part(struct form_reader *r)
{
	struct multipart *m = &r->multipart;
	if (m->state == PART_FIELD) return form_add_field(r, m->name, &m->value);
	if (m->state != PART_FILE) return OK;
	/* An empty part without a filename is a file field in which nothing was chosen. */
	if (!m->file_open && m->filename.n == 0) return form_skip_file(r);
	if (!m->file_open) TRY(form_open_file(r, m->name, m->filename));
	return form_close_file(r);
}

static err disposition(struct form_reader *r, str value)
{
	struct multipart *m = &r->multipart;
	str rest, name, text, kind = wire_trim(str_cut(value, ';', &rest));
	if (!str_eq_ascii_ci(kind, S("form-data")) || m->has_name) return malformed(r);
	bool bad;
	while (next_parameter(r->cx, &rest, &name, &text, &bad)) {
		if (str_eq_ascii_ci(name, S("name"))) {
			if (m->has_name) return malformed(r);
			m->has_name = true;
			m->name = unescape_name(r->cx, text);
		} else if (str_eq_ascii_ci(name, S("filename"))) {
			if (m->has_filename) return malformed(r);
			m->has_filename = true;
			m->filename = unescape_name(r->cx, text);
		}
	}
	return bad || !m->has_name ? malformed(r) : OK;
}

static err header(struct form_reader *r, str line)
{
	if (str_find_char(line, ':', 0) < 0 || memchr(line.p, 0, line.n) || memchr(line.p, '\r', line.n)) return malformed(r);
	str value, name = str_cut(line, ':', &value);
	if (!wire_is_token(name)) return malformed(r);
	value = wire_trim(value);
	if (str_eq_ascii_ci(name, S("content-disposition"))) return disposition(r, value);
	if (str_eq_ascii_ci(name, S("content-transfer-encoding")) && !str_eq_ascii_ci(value, S("7bit")) &&
	    !str_eq_ascii_ci(value, S("8bit")) && !str_eq_ascii_ci(value, S("binary")))
		return malformed(r);
	return OK;
}

static err start_content(struct form_reader *r)
{
	struct multipart *m = &r->multipart;
	if (!m->has_name) return malformed(r);
	TRY(form_check_name(r->cx, m->name));
	m->state = m->has_filename ? PART_FILE : PART_FIELD;
	m->value = buf_new(r->cx, PART_TEXT_MAX);
	m->matched = 2; /* an empty part's delimiter may follow its headers' empty line at once */
	m->at_start = true;
	return OK;
}

static void start_part(struct multipart *m)
{
	m->state = PART_HEADERS;
	m->name = m->filename = (str){ 0 };
	m->has_name = m->has_filename = m->file_open = false;
	m->header_bytes = 0;
	m->line.n = 0;
}

/* One byte of a line; *done when it ended, with the line in m->line without its CR LF. */
static err line_byte(struct form_reader *r, char c, bool *done)
{
	struct multipart *m = &r->multipart;
	*done = false;
	if (c != '\n') {
		buf_char(&m->line, c);
		return m->line.full ? cx_fail(r->cx, LIMIT, NULL, "The form's parts have too long headers.") : OK;
	}
	if (m->line.n == 0 || m->line.p[m->line.n - 1] != '\r') return malformed(r);
	buf_cut(&m->line, m->line.n - 1);
	*done = true;
	return OK;
}

/* After a delimiter: "--" ends the form, else blanks at most and a line end. */
static err delimited_byte(struct form_reader *r, char c)
{
	struct multipart *m = &r->multipart;
	bool done;
	TRY(line_byte(r, c, &done));
	str line = buf_view(&m->line);
	if (line.n == 2 && line.p[0] == '-' && line.p[1] == '-' && !done) {
		m->state = PART_EPILOGUE;
		return OK;
	}
	if (!done) return OK;
	if (wire_trim(line).n) return malformed(r);
	start_part(m);
	return OK;
}

static err header_byte(struct form_reader *r, char c)
{
	struct multipart *m = &r->multipart;
	bool done;
	if (++m->header_bytes > PART_HEADERS_MAX) return cx_fail(r->cx, LIMIT, NULL, "The form's parts have too long headers.");
	TRY(line_byte(r, c, &done));
	if (!done) return OK;
	str line = str_copy(r->cx, buf_view(&m->line));
	m->line.n = 0;
	return line.n ? header(r, line) : start_content(r);
}

/* Looks for the delimiter; whatever proves not to be it is content. Returns how many bytes it took. */
static err content_bytes(struct form_reader *r, const char *p, size_t n, size_t *took)
{
	struct multipart *m = &r->multipart;
	if (m->matched == 0) {
		const char *cr = memchr(p, '\r', n);
		*took = cr ? (size_t)(cr - p) : n;
		TRY(content(r, p, *took));
		if (!cr) return OK;
		m->matched = 1;
		++*took;
		return OK;
	}
	*took = 1;
	if (p[0] == m->delimiter[m->matched]) {
		if (++m->matched < m->delimiter_n) return OK;
		m->matched = 0;
		m->at_start = false;
		TRY(end_part(r));
		m->state = PART_DELIMITED;
		m->line.n = 0;
		return OK;
	}
	/* At the start of a content the delimiter's CR LF is not content: it belongs to the line before. */
	size_t virtual = m->at_start ? 2 : 0;
	size_t held = m->matched - virtual;
	m->matched = 0;
	m->at_start = false;
	*took = 0; /* this byte may begin a match of its own */
	return content(r, m->delimiter + virtual, held);
}

err multipart_feed(struct form_reader *r, const char *p, size_t n)
{
	struct multipart *m = &r->multipart;
	while (n) {
		size_t took = 1;
		switch (m->state) {
		case PART_EPILOGUE: return OK;
		case PART_DELIMITED: TRY(delimited_byte(r, *p)); break;
		case PART_HEADERS: TRY(header_byte(r, *p)); break;
		default: TRY(content_bytes(r, p, n, &took)); break;
		}
		p += took;
		n -= took;
	}
	return OK;
}

err multipart_end(struct form_reader *r) { return r->multipart.state == PART_EPILOGUE ? OK : malformed(r); }
