/* Addresses, measures and words of files. What a browser is offered is decided here: WebP beside a kind that all know, in the widths that were made. */
#include "web/figures.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/vec.h"
#include "text/esc.h"
#include "text/place.h"
#include "text/url.h"
#include "web/present.h"
#include "base/banned.h"

#define SHOWN_WIDTH 1280 /* the size that a page asks for first, where the browser knows nothing of sizes */

struct measure {
	int64_t width, height;
};

struct sizes {
	str suffix; /* of the kind beside WebP */
	struct measure at[MEDIA_WIDTHS_N + 1];
	size_t n;   /* the widest first */
};

static struct sizes read_sizes(str text)
{
	struct sizes s = { 0 };
	s.suffix = str_cut(text, ' ', &text);
	while (text.n && s.n < sizeof s.at / sizeof *s.at) {
		str rest, one = str_cut(text, ' ', &text), width = str_cut(one, 'x', &rest);
		struct measure *m = &s.at[s.n];
		if (str_to_int(width, 1, 65535, &m->width) && str_to_int(rest, 1, 65535, &m->height)) s.n++;
	}
	return s;
}

static str with_proof(struct page *p, const struct shown_file *f, str address)
{
	return f->proof.n ? str_fmt(p->cx, STR_FMT "?" STR_FMT, STR_ARG(address), STR_ARG(f->proof)) : address;
}

static url size_url(struct page *p, const struct shown_file *f, int64_t width, str suffix)
{
	str hex = str_hex(p->cx, f->sha.p, f->sha.n);
	return (url){ with_proof(p, f, str_fmt(p->cx, "/media/" STR_FMT "/%" PRId64 "w." STR_FMT, STR_ARG(hex), width, STR_ARG(suffix))) };
}

static const char *word_of(enum media_kind k)
{
	switch (media_group(k)) {
	case MEDIA_PICTURE: return "picture";
	case MEDIA_SOUND: return "sound";
	case MEDIA_VIDEO: return "video";
	default: return "document";
	}
}

static str name_of(struct page *p, const struct shown_file *f)
{
	if (f->name.n) return f->name;
	const char *number = f->number > 0 ? str_c(p->cx, str_fmt(p->cx, "-%" PRId64, f->number)) : "";
	return str_fmt(p->cx, "%s%s.%s", word_of(f->kind), number, media_suffix(f->kind));
}

str figures_address(struct page *p, const struct shown_file *f)
{
	struct buf b = buf_new(p->cx, 2048);
	buf_fmt(&b, "/media/" STR_FMT "/", STR_ARG(str_hex(p->cx, f->sha.p, f->sha.n)));
	esc_url(&b, name_of(p, f));
	return with_proof(p, f, buf_view(&b));
}

str figures_bytes(struct cx *cx, int64_t bytes)
{
	if (bytes < 1000) return str_fmt(cx, "%" PRId64 " bytes", bytes);
	if (bytes < 1000 * 1000) return str_fmt(cx, "%" PRId64 " kB", (bytes + 500) / 1000);
	return str_fmt(cx, "%" PRId64 ".%" PRId64 " MB", bytes / 1000000, bytes / 100000 % 10);
}

static str length_of(struct cx *cx, int64_t ms)
{
	int64_t s = (ms + 500) / 1000;
	if (s >= 3600) return str_fmt(cx, "%" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
	return str_fmt(cx, "%" PRId64 ":%02d", s / 60, (int)(s % 60));
}

struct shown_file figures_of_row(const struct sql_row_attached *row)
{
	struct shown_file f = SHOWN_FILE(row);
	f.alt = row->alt;
	f.caption = row->caption;
	f.name = row->name;
	f.number = row->position;
	return f;
}

static void fill_sizes(struct page *p, const struct shown_file *f, const struct sizes *s, struct view_figure *v)
{
	bool whole = f->pages > 1; /* the sizes of a moving picture stand still */
	v->src = (url){ v->href.s };
	if (s->n == 0 || whole) return;
	const struct measure *least = &s->at[s->n - 1];
	v->small_width = least->width;
	v->small = size_url(p, f, least->width, s->suffix);
	v->webp_small = size_url(p, f, least->width, S("webp"));
	v->sizes = cx_array_of(p->cx, struct view_size, s->n);
	v->webp = cx_array_of(p->cx, struct view_size, s->n);
	for (size_t i = s->n - 1; i-- > 0;) {
		v->sizes[v->sizes_n++] = (struct view_size){ size_url(p, f, s->at[i].width, s->suffix), s->at[i].width };
		v->webp[v->webp_n++] = (struct view_size){ size_url(p, f, s->at[i].width, S("webp")), s->at[i].width };
	}
	for (size_t i = 0; i < s->n; i++) {
		if (s->at[i].width > SHOWN_WIDTH) continue;
		v->src = size_url(p, f, s->at[i].width, s->suffix);
		v->width = s->at[i].width;
		v->height = s->at[i].height;
		return;
	}
}

void figures_fill(struct page *p, const struct shown_file *f, struct view_figure *v)
{
	enum media_group group = media_group(f->kind);
	struct sizes s = read_sizes(f->sizes);
	*v = (struct view_figure){ .number = f->number, .picture = group == MEDIA_PICTURE, .audio = group == MEDIA_SOUND, .video = group == MEDIA_VIDEO,
		.document = group == MEDIA_DOCUMENT, .href = { figures_address(p, f) }, .name = name_of(p, f), .kind = str_of(media_name(f->kind)),
		.size = figures_bytes(p->cx, f->bytes), .mime = media_mime(f->kind), .alt = f->alt, .caption = f->caption, .width = f->width,
		.height = f->height, .upright = f->height > f->width };
	if (f->duration) v->length = length_of(p->cx, f->duration);
	if (f->kind == MEDIA_PDF) v->pages = present_count(p->cx, f->pages, "page", "pages");
	if (v->picture) fill_sizes(p, f, &s, v);
	else if (s.n) {
		v->small = size_url(p, f, s.at[0].width, s.suffix);
		v->webp_small = size_url(p, f, s.at[0].width, S("webp"));
		if (v->document) v->width = s.at[0].width, v->height = s.at[0].height;
	}
}

void figures_narrow(struct page *p, const struct shown_file *f, int64_t width, struct view_figure *v)
{
	struct sizes s = read_sizes(f->sizes);
	for (size_t i = s.n; i-- > 0;) {
		if (s.at[i].width < width && i > 0) continue;
		v->src = size_url(p, f, s.at[i].width, s.suffix);
		v->width = s.at[i].width;
		v->height = s.at[i].height;
		return;
	}
}

url figures_thumb(struct page *p, const struct shown_file *f)
{
	struct sizes s = read_sizes(f->sizes);
	if (s.n) return size_url(p, f, s.at[s.n - 1].width, s.suffix);
	return media_group(f->kind) == MEDIA_PICTURE ? (url){ figures_address(p, f) } : (url){ 0 };
}

void figures_into_article(struct page *p, const struct shown_file *files, size_t n, struct view_article_body *v)
{
	struct view_figure *all = cx_array_of(p->cx, struct view_figure, n);
	bool *placed = cx_array_of(p->cx, bool, n);
	VEC(struct view_part) parts = { 0 };
	size_t done = 0, start, end;
	int number;
	if (n == 0) return;
	for (size_t i = 0; i < n; i++) figures_fill(p, &files[i], &all[i]);
	for (size_t at = 0; place_next(v->body, at, &start, &end, &number); at = end) {
		size_t i = 0;
		while (i < n && (all[i].number != number || placed[i])) i++;
		if (i == n) continue; /* there is none, or it stands further up: the mark stays text, so that somebody sees it */
		placed[i] = true;
		vec_push(p->cx, &parts, ((struct view_part){ .text = { str_sub(v->body.s, done, start - done) }, .figure = &all[i] }));
		done = end;
	}
	if (parts.n) vec_push(p->cx, &parts, ((struct view_part){ .text = { str_sub(v->body.s, done, v->body.s.n) } }));
	v->parts = parts.at;
	v->parts_n = parts.n;
	v->figures = cx_array_of(p->cx, struct view_figure, n);
	size_t pictures = 0;
	for (size_t i = 0; i < n; i++) {
		if (placed[i]) continue;
		v->figures[v->figures_n++] = all[i];
		pictures += all[i].picture;
	}
	v->gallery = pictures > 1;
}

void figures_deal(struct page *p, const struct sql_row_attached *rows, size_t n, struct view_article_body *article, struct view_comment *comments,
    size_t comments_n)
{
	struct shown_file *own = cx_array_of(p->cx, struct shown_file, n);
	size_t own_n = 0;
	for (size_t i = 0; i < n && rows[i].comment == 0; i++) own[own_n++] = figures_of_row(&rows[i]);
	if (article) figures_into_article(p, own, own_n, article);
	for (size_t i = own_n, next; i < n; i = next) {
		struct view_comment *c = NULL;
		for (next = i; next < n && rows[next].comment == rows[i].comment;) next++;
		for (size_t k = 0; k < comments_n && !c; k++)
			if (comments[k].id == rows[i].comment) c = &comments[k];
		if (!c || !c->body.s.n) continue; /* not on this page, or hidden */
		c->figures = cx_array_of(p->cx, struct view_figure, next - i);
		for (size_t k = i; k < next; k++) {
			struct shown_file f = figures_of_row(&rows[k]);
			figures_fill(p, &f, &c->figures[c->figures_n]);
			c->figures[c->figures_n++].number = 0;
		}
	}
}

void figures_of_features(struct page *p, const struct sql_row_attached *rows, size_t n, struct view_row *features, size_t features_n)
{
	for (size_t i = 0; i < features_n; i++) {
		for (size_t k = 0; k < n && !features[i].picture; k++) {
			if (rows[k].article != features[i].id) continue;
			struct shown_file f = figures_of_row(&rows[k]);
			features[i].picture = cx_new_of(p->cx, struct view_figure);
			figures_fill(p, &f, features[i].picture);
			features[i].picture->eager = i == 0;
		}
	}
}
